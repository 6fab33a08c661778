"""A hotel's folder as rows, loaded again and again."""

import shutil
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from data.database import Database
from data.errors import HotelFileError, NotFound
from data.hotel import AnswerMode, Hotel
from data.hotel_files import DEMO_HOTEL, NIGHTS_AHEAD, load_hotel, read_hotel
from data.queries.articles import published_articles
from data.queries.hotels import hotel_by_slug, list_hotels
from data.queries.rooms import fees, nights, room_types
from data.tables import ArticleRow, FeeRow, HotelNumberRow, InventoryNightRow, RateRow, RoomTypeRow

TODAY = date(2027, 3, 1)
TABLES = (ArticleRow, FeeRow, HotelNumberRow, InventoryNightRow, RateRow, RoomTypeRow)


async def count(database: Database) -> dict[str, int]:
    async with database.read() as session:
        return {table.__tablename__: (await session.execute(select(func.count()).select_from(table))).scalar_one() for table in TABLES}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(DEMO_HOTEL, tmp_path / "hotel"))


async def test_the_demo_hotel_is_whole(database: Database, demo_hotel: Hotel) -> None:
    assert demo_hotel.answer_mode is AnswerMode.ALWAYS
    first_sentence = demo_hotel.greeting.split(". ")[0]
    assert "automated" in first_sentence
    assert "recorded" in first_sentence
    async with database.read() as session:
        types = await room_types(session, demo_hotel.id)
        articles = await published_articles(session, demo_hotel.id)
        assert sum(room.rooms for room in read_hotel(DEMO_HOTEL).rooms.rooms) == demo_hotel.rooms == 42
        assert len(types) == 5
        assert await hotel_by_slug(session, demo_hotel.slug) == demo_hotel
        assert await list_hotels(session) == [demo_hotel]
        with pytest.raises(NotFound):
            await hotel_by_slug(session, "elsewhere")
    assert len(articles) == len(list(DEMO_HOTEL.glob("knowledge/*/*.md")))
    assert all(article.body and article.title and article.questions for article in articles)


async def test_numbers_of_the_demo_hotel_are_nobodys(demo_hotel: Hotel) -> None:
    assert all(number[-7:-2] == "55501" for number in (*demo_hotel.numbers, demo_hotel.desk_number or ""))


async def test_every_night_of_two_years_has_a_price_and_a_room_of_some_kind(database: Database, demo_hotel: Hotel) -> None:
    async with database.read() as session:
        found = await nights(session, demo_hotel.id, TODAY, TODAY + timedelta(days=NIGHTS_AHEAD))
    free: Counter[date] = Counter()
    for night in found:
        assert night.price_cents > 0
        free[night.night] += night.free
    assert len(found) == 5 * NIGHTS_AHEAD
    assert min(free.values()) >= 10
    assert {night.free for night in found} >= {0, 1}


async def test_loading_again_changes_nothing(database: Database, demo_hotel: Hotel) -> None:
    before = await count(database)
    again = await load_hotel(database, DEMO_HOTEL, TODAY)
    assert again == demo_hotel
    assert await count(database) == before


async def test_days_go_on_and_sold_rooms_stay(database: Database, demo_hotel: Hotel) -> None:
    night = TODAY + timedelta(days=5)
    async with database.begin() as session:
        await session.execute(update(InventoryNightRow).where(InventoryNightRow.night == night).values(booked=1, total=InventoryNightRow.total + 1))
    before = await count(database)
    await load_hotel(database, DEMO_HOTEL, TODAY + timedelta(days=3))
    after = await count(database)
    assert after["inventory_nights"] == before["inventory_nights"] + 3 * 5
    async with database.read() as session:
        rows = (await session.execute(select(InventoryNightRow).where(InventoryNightRow.night == night))).scalars().all()
    assert {row.booked for row in rows} == {1}


async def test_a_changed_article_gets_a_new_version_and_a_missing_one_is_unpublished(database: Database, folder: Path) -> None:
    hotel = await load_hotel(database, folder, TODAY)
    pool, pets = folder / "knowledge/wellness/pool.md", folder / "knowledge/policies/pets.md"
    pool.write_text(pool.read_text() + "\nTowels are at the door.\n")
    pets.unlink()
    changed = await load_hotel(database, folder, TODAY)
    assert changed.knowledge_version == hotel.knowledge_version + 1
    async with database.read() as session:
        rows = {row.topic: row for row in (await session.execute(select(ArticleRow))).scalars()}
        published = {article.topic: article for article in await published_articles(session, hotel.id)}
    assert rows["pool"].version == 2
    assert rows["gym"].version == 1
    assert published["pool"].body.endswith("Towels are at the door.")
    assert "pets" not in published
    assert not rows["pets"].published


async def test_fees_come_mandatory_first(database: Database, demo_hotel: Hotel) -> None:
    async with database.begin() as session:
        await session.execute(update(FeeRow).where(FeeRow.code == "parking").values(mandatory=True))
    async with database.read() as session:
        assert [fee.code for fee in await fees(session, demo_hotel.id)] == ["parking", "pet", "extra_bed"]


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        ("hotel.yaml", "rooms: 42", "roms: 42", "roms"),
        ("hotel.yaml", "slug: harborview", "slug: [", "hotel.yaml"),
        ("hotel.yaml", "answer_mode: always", "answer_mode: sometimes", "answer_mode"),
        ("rates.yaml", "  double-queen:", "  triple-queen:", "double-queen, triple-queen"),
        ("rates.yaml", 'first: "11-16"', 'first: "autumn"', "first"),
        ("rooms.yaml", "room: accessible-queen", "room: tower", "tower"),
        ("knowledge/wellness/pool.md", "---\n", "", "front matter"),
        ("knowledge/wellness/pool.md", "topic: pool", "topic: [", "pool.md"),
        ("knowledge/wellness/pool.md", "topic: pool", "topic: pets", "same topic"),
        ("knowledge/wellness/pool.md", "topic: pool", "subject: pool", "subject"),
    ],
)
def test_a_mistake_in_a_file_is_named(folder: Path, file: str, old: str, new: str, told: str) -> None:
    path = folder / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    with pytest.raises(HotelFileError, match=told):
        read_hotel(folder)


def test_a_missing_file_is_named(folder: Path) -> None:
    (folder / "rates.yaml").unlink()
    with pytest.raises(HotelFileError, match=r"rates\.yaml"):
        read_hotel(folder)
