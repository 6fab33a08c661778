"""PostgreSQL by SQLAlchemy: transactions, reading, migrations. The only place that opens connections."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import psycopg
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.pool import NullPool

from data.errors import DatabaseUnavailable

POOL_SIZE = 10
POOL_OVERFLOW = 10
POOL_WAIT_S = 5.0
CONNECT_LIMIT_S = 3
STATEMENT_LIMIT_MS = 10_000
LOCK_LIMIT_MS = 3_000
REACHABLE_LIMIT_S = 2.0
MIGRATION_LOCK = 7_216_001
MIGRATIONS = Path(__file__).parent / "migrations"


def driver_url(url: str) -> str:
    """`postgresql://…` as SQLAlchemy names psycopg 3."""
    parsed = make_url(url)
    return parsed.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


def is_connection_trouble(error: BaseException) -> bool:
    """The server is away, as opposed to a statement it refused."""
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or isinstance(error, (InterfaceError, OperationalError))
    return isinstance(error, (PoolTimeout, OSError))


class Database:
    """One pool of connections. `url`: postgresql://user:password@host:port/name."""

    def __init__(self, url: str) -> None:
        self.url = driver_url(url)
        options = f"-c statement_timeout={STATEMENT_LIMIT_MS} -c lock_timeout={LOCK_LIMIT_MS} -c timezone=UTC"
        self._engine = create_async_engine(
            self.url,
            pool_size=POOL_SIZE,
            max_overflow=POOL_OVERFLOW,
            pool_timeout=POOL_WAIT_S,
            pool_pre_ping=True,
            hide_parameters=True,  # an error's text must not hold what a guest said
            connect_args={"connect_timeout": CONNECT_LIMIT_S, "options": options},
        )
        self._sessions = async_sessionmaker(self._engine, expire_on_commit=False)

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncSession]:
        """A transaction: committed at the end, rolled back by an exception. Raises DatabaseUnavailable."""
        try:
            async with self._sessions() as session, session.begin():
                yield session
        except (DBAPIError, PoolTimeout, OSError) as error:
            if is_connection_trouble(error):
                raise DatabaseUnavailable("PostgreSQL cannot be reached") from error
            raise

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """One consistent view of the rows; nothing is written. Raises DatabaseUnavailable."""
        async with self.begin() as session:
            await session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"))
            yield session

    async def reachable(self) -> bool:
        """PostgreSQL answers within REACHABLE_LIMIT_S."""
        try:
            async with asyncio.timeout(REACHABLE_LIMIT_S), self.begin() as session:
                await session.execute(text("SELECT 1"))
        except (TimeoutError, DatabaseUnavailable):
            return False
        return True

    async def migrate(self) -> None:
        """Bring the tables to this program's version; several processes may ask at once. Raises DatabaseUnavailable."""
        await asyncio.to_thread(migrate, self.url)

    async def aclose(self) -> None:
        await self._engine.dispose()


def migrate(url: str) -> None:
    """Alembic's upgrade to the newest version, one migrator at a time. Blocks."""
    engine = create_engine(driver_url(url), poolclass=NullPool, connect_args={"connect_timeout": CONNECT_LIMIT_S})
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": MIGRATION_LOCK})
            connection.commit()  # the lock outlives its transaction, so that a failed migration is not committed with it
            try:
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
            finally:
                connection.rollback()
                connection.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": MIGRATION_LOCK})
                connection.commit()
    except (OperationalError, psycopg.OperationalError) as error:
        raise DatabaseUnavailable("PostgreSQL cannot be reached") from error
    finally:
        engine.dispose()
