"""A hotel's folder → rows: hotel.yaml, rooms.yaml, rates.yaml and knowledge/CATEGORY/TOPIC.md. Loading again brings the rows up to date."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from sqlalchemy import delete, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from data.database import Database
from data.errors import HotelFileError
from data.hotel import AnswerMode, Hotel
from data.knowledge_index import Article
from data.queries.articles import save_articles
from data.queries.hotels import hotel_by_slug
from data.tables import FeeRow, HotelNumberRow, HotelRow, RateRow, RoomTypeRow

DEMO_HOTEL = Path(__file__).parent / "demo_hotel"
NIGHTS_AHEAD = 730
SEASON_YEARS = 4
EVERY_DAY = 0b1111111
WEEKEND = 0b0110000
"""Friday and Saturday nights."""

SAVE_NIGHTS = text("""
    INSERT INTO inventory_nights (hotel_id, room_type_id, night, total)
    SELECT :hotel_id, kind, night, total
    FROM unnest(CAST(:types AS bigint[]), CAST(:nights AS date[]), CAST(:totals AS int[])) AS cells(kind, night, total)
    ORDER BY kind, night
    ON CONFLICT (room_type_id, night) DO UPDATE SET total = excluded.total
    WHERE inventory_nights.total <> excluded.total AND inventory_nights.booked + inventory_nights.held <= excluded.total
""")
"""In key order, as every statement that locks nights, so that none can wait for another."""

Cents = Annotated[int, BeforeValidator(lambda dollars: int(Decimal(str(dollars)) * 100))]
BasisPoints = Annotated[int, BeforeValidator(lambda percent: int(Decimal(str(percent)) * 100))]


class Part(BaseModel):
    """Part of a file: unknown keys are refused, so that a typing mistake is told."""

    model_config = ConfigDict(extra="forbid")


class TaxPart(Part):
    name: str
    percent: BasisPoints
    on_fees: bool = False


class HotelPart(Part):
    slug: str
    name: str
    town: str = ""
    address: str = ""
    country: str = "US"
    rooms: int
    timezone: str
    currency: str = "USD"
    numbers: list[str] = []
    desk_number: str | None = None
    answer_mode: AnswerMode = AnswerMode.ALWAYS
    desk_ring_s: int = 20
    desk_opens: time | None = None
    desk_closes: time | None = None
    check_in_from: time
    check_out_until: time
    greeting: str
    voice: str | None = None
    inventory: Literal["ours", "request"] = "ours"
    taxes: list[TaxPart] = []
    blocked_numbers: list[str] = []
    calls_per_number_hour: int = 20


class RoomPart(Part):
    code: str
    name: str
    description: str
    rooms: int
    max_occupancy: int
    adults: int
    children: int
    beds: str
    pets_allowed: bool = False
    accessible: bool = False
    smoking: bool = False


class AllotmentPart(Part):
    """Rooms that are not ours to sell (groups, repairs): from `first` on, every so many days, for some nights."""

    room: str
    first: date
    every_days: int = Field(gt=0)
    nights: int = Field(gt=0)
    rooms: int = Field(gt=0)


class RoomsFile(Part):
    rooms: list[RoomPart]
    allotments: list[AllotmentPart] = []


class SeasonPart(Part):
    """`first` and `last`: MM-DD of every year; a season may run over New Year."""

    name: str
    first: str = Field(pattern=r"^\d\d-\d\d$")
    last: str = Field(pattern=r"^\d\d-\d\d$")


class PricePart(Part):
    night: Cents
    weekend: Cents


class FeePart(Part):
    code: str
    name: str
    kind: Literal["per_stay", "per_night", "percent"]
    amount: Cents
    mandatory: bool = False


class RatesFile(Part):
    seasons: list[SeasonPart]
    prices: dict[str, dict[str, PricePart]]
    """Room code → "usual" or a season's name → prices."""
    fees: list[FeePart] = []


class ArticleHead(Part):
    topic: str
    title: str
    questions: list[str] = []


Shape = TypeVar("Shape", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class HotelFiles:
    hotel: HotelPart
    rooms: RoomsFile
    rates: RatesFile
    articles: tuple[Article, ...]


def checked(shape: type[Shape], found: Any, path: Path) -> Shape:
    try:
        return shape.model_validate(found)
    except ValidationError as error:
        raise HotelFileError(f"{path}: {error}") from error


def read_yaml(shape: type[Shape], path: Path) -> Shape:
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise HotelFileError(f"{path}: {error}") from error
    return checked(shape, found, path)


def read_article(path: Path) -> Article:
    """A knowledge article: YAML between two `---` lines, then the text. Its folder is its category."""
    parts = path.read_text(encoding="utf-8").split("---\n", 2)
    if len(parts) != 3 or parts[0].strip():
        raise HotelFileError(f"{path}: no front matter between two lines of ---")
    try:
        head = checked(ArticleHead, yaml.safe_load(parts[1]), path)
    except yaml.YAMLError as error:
        raise HotelFileError(f"{path}: {error}") from error
    return Article(head.topic, head.topic, head.title, " ".join(parts[2].split()), tuple(head.questions), path.parent.name)


def read_hotel(folder: Path) -> HotelFiles:
    """Read and check a hotel's folder. Raises HotelFileError."""
    files = HotelFiles(
        hotel=read_yaml(HotelPart, folder / "hotel.yaml"),
        rooms=read_yaml(RoomsFile, folder / "rooms.yaml"),
        rates=read_yaml(RatesFile, folder / "rates.yaml"),
        articles=tuple(read_article(path) for path in sorted((folder / "knowledge").glob("*/*.md"))),
    )
    codes = {room.code for room in files.rooms.rooms}
    if strange := (set(files.rates.prices) ^ codes) | ({part.room for part in files.rooms.allotments} - codes):
        raise HotelFileError(f"{folder}: rooms.yaml and rates.yaml disagree about {', '.join(sorted(strange))}")
    if len({article.topic for article in files.articles}) != len(files.articles):
        raise HotelFileError(f"{folder}: two articles have the same topic")
    return files


async def load_hotel(database: Database, folder: Path, today: date) -> Hotel:
    """Make the hotel's rows what its folder says; nights for two years ahead, sold rooms stay. Raises HotelFileError."""
    files = read_hotel(folder)
    async with database.begin() as session:
        hotel_id = await _save_hotel(session, files.hotel)
        types = await _save_room_types(session, hotel_id, files.rooms)
        await _save_rates(session, hotel_id, files.rates, types, today)
        await _save_nights(session, hotel_id, files.rooms, types, today)
        await save_articles(session, hotel_id, files.articles)
        return await hotel_by_slug(session, files.hotel.slug)


async def _save_hotel(session: AsyncSession, hotel: HotelPart) -> int:
    values = hotel.model_dump(exclude={"numbers", "taxes"})
    values["taxes"] = [{"name": tax.name, "basis_points": tax.percent, "on_fees": tax.on_fees} for tax in hotel.taxes]
    statement = insert(HotelRow).values(**values).on_conflict_do_update(index_elements=["slug"], set_=values)
    hotel_id = (await session.execute(statement.returning(HotelRow.id))).scalar_one()
    await session.execute(delete(HotelNumberRow).where(HotelNumberRow.hotel_id == hotel_id))
    session.add_all(HotelNumberRow(number=number, hotel_id=hotel_id, position=place) for place, number in enumerate(hotel.numbers))
    return hotel_id


async def _save_room_types(session: AsyncSession, hotel_id: int, rooms: RoomsFile) -> dict[str, int]:
    types: dict[str, int] = {}
    for place, room in enumerate(rooms.rooms):
        values = room.model_dump() | {"sort_order": place}
        statement = insert(RoomTypeRow).values(hotel_id=hotel_id, **values)
        statement = statement.on_conflict_do_update(index_elements=["hotel_id", "code"], set_=values)
        types[room.code] = (await session.execute(statement.returning(RoomTypeRow.id))).scalar_one()
    return types


def season_dates(season: SeasonPart, year: int) -> tuple[date, date]:
    first, last = (date.fromisoformat(f"{year}-{day}") for day in (season.first, season.last))
    return first, last if last >= first else date.fromisoformat(f"{year + 1}-{season.last}")


def rate_rows(rates: RatesFile, types: dict[str, int], today: date) -> Iterator[dict[str, Any]]:
    """The usual price below, the seasons of the coming years above it; weekends above the other nights of each."""
    for code, prices in rates.prices.items():
        spans = [("usual", date(today.year - 1, 1, 1), date(today.year + SEASON_YEARS, 12, 31))]
        for season in rates.seasons:
            spans += [(season.name, *season_dates(season, today.year + ahead)) for ahead in range(-1, SEASON_YEARS)]
        for rank, (name, first, last) in enumerate(spans):
            price = prices.get(name)
            if price is None:
                continue
            same = {"room_type_id": types[code], "season": name, "first_night": first, "last_night": last}
            yield same | {"weekdays": EVERY_DAY, "rank": 2 * rank, "price_cents": price.night}
            yield same | {"weekdays": WEEKEND, "rank": 2 * rank + 1, "price_cents": price.weekend}


async def _save_rates(session: AsyncSession, hotel_id: int, rates: RatesFile, types: dict[str, int], today: date) -> None:
    await session.execute(delete(RateRow).where(RateRow.hotel_id == hotel_id))
    await session.execute(delete(FeeRow).where(FeeRow.hotel_id == hotel_id))
    await session.execute(insert(RateRow).values([{"hotel_id": hotel_id, **row} for row in rate_rows(rates, types, today)]))
    session.add_all(FeeRow(hotel_id=hotel_id, **fee.model_dump()) for fee in rates.fees)


def for_sale(rooms: RoomsFile, room: RoomPart, night: date) -> int:
    """Rooms of the type less those that are given away for the night."""
    given = sum(
        part.rooms
        for part in rooms.allotments
        if part.room == room.code and night >= part.first and (night - part.first).days % part.every_days < part.nights
    )
    return max(0, room.rooms - given)


async def _save_nights(session: AsyncSession, hotel_id: int, rooms: RoomsFile, types: dict[str, int], today: date) -> None:
    first = today - timedelta(days=1)
    ahead = [first + timedelta(days=day) for day in range(NIGHTS_AHEAD + 1)]
    cells = [(types[room.code], night, for_sale(rooms, room, night)) for room in rooms.rooms for night in ahead]
    columns = {"types": [cell[0] for cell in cells], "nights": [cell[1] for cell in cells], "totals": [cell[2] for cell in cells]}
    await session.execute(SAVE_NIGHTS, {"hotel_id": hotel_id, **columns})
