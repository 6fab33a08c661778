"""Migrations, transactions and the server's going away."""

import asyncio

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect, select, text, update
from sqlalchemy.exc import DBAPIError

from data.database import MIGRATIONS, Database, driver_url, migrate
from data.errors import DatabaseUnavailable
from data.hotel import Hotel
from data.tables import Base, HotelRow, InventoryNightRow


def test_migrated_schema_is_what_the_tables_say(database_url: str) -> None:
    engine = create_engine(driver_url(database_url))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()


def test_a_migration_can_be_taken_back(database_url: str) -> None:
    engine = create_engine(driver_url(database_url))
    with engine.connect() as connection:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
        connection.commit()
        assert set(inspect(connection).get_table_names()) == {"alembic_version"}
    engine.dispose()
    migrate(database_url)


async def test_several_processes_may_migrate_at_once(database: Database) -> None:
    await asyncio.gather(*[Database(database.url).migrate() for _ in range(3)])
    async with database.read() as session:
        assert (await session.execute(text("SELECT version_num FROM alembic_version"))).scalars().all() == ["0001"]


async def test_a_transaction_is_whole_or_nothing(database: Database, demo_hotel: Hotel) -> None:
    async def rename_then_fail() -> None:
        async with database.begin() as session:
            await session.execute(update(HotelRow).values(name="Other"))
            raise ValueError("stop")

    with pytest.raises(ValueError, match="stop"):
        await rename_then_fail()
    async with database.read() as session:
        assert (await session.execute(select(HotelRow.name))).scalar_one() == demo_hotel.name


async def test_reading_writes_nothing(database: Database, demo_hotel: Hotel) -> None:
    with pytest.raises(DBAPIError, match="read-only"):
        async with database.read() as session:
            await session.execute(update(HotelRow).values(name="Other"))


async def test_a_room_cannot_be_sold_twice(database: Database, demo_hotel: Hotel) -> None:
    with pytest.raises(DBAPIError, match="not_oversold"):
        async with database.begin() as session:
            await session.execute(update(InventoryNightRow).values(booked=InventoryNightRow.total, held=1))


async def test_a_server_that_is_not_there(database_url: str) -> None:
    away = Database("postgresql://nobody:x@127.0.0.1:1/none")
    assert not await away.reachable()
    with pytest.raises(DatabaseUnavailable) as raised:
        async with away.begin() as session:
            await session.execute(text("SELECT 1"))
    assert raised.value.retryable
    with pytest.raises(DatabaseUnavailable):
        await away.migrate()
    await away.aclose()


async def test_a_connection_that_broke_is_replaced(database: Database) -> None:
    assert await database.reachable()
    with pytest.raises(DatabaseUnavailable):
        async with database.begin() as session:
            await session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
    assert await database.reachable()


def test_any_usual_address_is_taken() -> None:
    for url in ("postgresql://a:b@h:1/d", "postgresql+psycopg://a:b@h:1/d", "postgres://a:b@h:1/d"):
        assert driver_url(url) == "postgresql+psycopg://a:b@h:1/d"
