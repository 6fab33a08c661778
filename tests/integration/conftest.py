"""One real PostgreSQL per test run, one database per test."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import date
from itertools import count

import psycopg
import pytest

from data.database import Database, migrate
from data.hotel import Hotel
from data.hotel_files import DEMO_HOTEL, load_hotel
from data.queries.hotels import hotel_by_slug
from telephony.process.stores.embedded_postgres import EmbeddedPostgres

TODAY = date(2027, 3, 1)
numbers = count(1)


def address(server_url: str, name: str) -> str:
    return f"{server_url.rpartition('/')[0]}/{name}"


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A running server with the databases `with_tables` and `with_hotel`, to be copied."""
    server = EmbeddedPostgres(tmp_path_factory.mktemp("postgres"), durable=False)
    url = server.start()
    try:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CREATE DATABASE with_tables")
            migrate(address(url, "with_tables"))
            connection.execute("CREATE DATABASE with_hotel TEMPLATE with_tables STRATEGY file_copy")
            asyncio.run(load_demo(address(url, "with_hotel")))
        yield url
    finally:
        server.stop()


async def load_demo(url: str) -> None:
    database = Database(url)
    await load_hotel(database, DEMO_HOTEL, TODAY)
    await database.aclose()


@pytest.fixture
def database_url(postgres_url: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """A database of the test's own, with the tables, and with the demo hotel where the test asks for it."""
    name, template = f"test_{next(numbers)}", "with_hotel" if "demo_hotel" in request.fixturenames else "with_tables"
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        yield address(postgres_url, name)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    opened = Database(database_url)
    yield opened
    await opened.aclose()


@pytest.fixture
async def demo_hotel(database: Database) -> Hotel:
    """The demo hotel as it is on Monday, March 1st, 2027."""
    async with database.read() as session:
        return await hotel_by_slug(session, "harborview")
