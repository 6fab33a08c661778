"""Rooms for a stay: what is free, what it costs in all, and what else there is. The duty and `GET /availability` ask the same question."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Any

from pydantic import Field

from data.database import Database
from data.hotel import Hotel
from data.queries.rooms import fees, nights, room_types
from tools.catalogue import Arguments, Duty, Outcome, Slot
from tools.context import Context
from tools.errors import Refused
from tools.money import as_content, written
from tools.stays import MAX_OPTIONS, MAX_ROOMS, NEARBY_DAYS, House, Option, Party, nearby, options, suits, wanted_types
from tools.wording import a, count, day, days, listed, number

MAX_NIGHTS = 30


class AvailabilityArguments(Arguments):
    check_in: Annotated[
        date,
        Field(description="Day of arrival, ISO, by the hotel's calendar."),
        Slot(
            questions=("What day would you like to arrive?", "For which date should I look?", "Which day would you be checking in?"),
            expects="date",
            reads="check_in",
        ),
    ]
    check_out: Annotated[
        date | None,
        Field(description="Day of departure, ISO. Give this or nights."),
        Slot(
            questions=("And how many nights will you stay?", "Until which day would you like to stay?", "When would you be leaving us?"),
            expects="date",
            reads="check_out",
            unless="nights",
        ),
    ] = None
    nights: Annotated[int | None, Field(ge=1, description="Number of nights. Give this or check_out."), Slot(expects="number", reads="nights")] = None
    adults: Annotated[
        int,
        Field(ge=1, le=99),
        Slot(
            questions=("How many of you will be staying?", "For how many adults?", "How many guests should I look for?"),
            expects="number",
            reads="adults",
        ),
    ]
    children: Annotated[int, Field(ge=0, le=99), Slot(expects="number", reads="children")] = 0
    rooms: Annotated[int, Field(ge=1, le=99), Slot(expects="number", reads="rooms")] = 1
    room_type: Annotated[str | None, Field(description="The kind of room in the caller's words, if they named one."), Slot(reads="choice")] = None
    pets: Annotated[bool, Field(description="They bring a pet."), Slot()] = False
    accessible: Annotated[bool, Field(description="They need an accessible room."), Slot()] = False
    smoking: Annotated[bool, Field(description="They insist on a smoking room."), Slot()] = False


@dataclass(frozen=True, slots=True)
class Findings:
    """What there is for a wish."""

    check_in: date
    check_out: date
    party: Party
    options: tuple[Option, ...]
    """For the days asked for, best first."""
    alternatives: tuple[Option, ...]
    """Other days for as many nights, nearest first; only where there is nothing for those asked for."""
    wish: str
    """The kind of room that was asked for, as the house calls it where it has one."""
    wish_free: bool
    """The options are of that kind."""
    unmet: tuple[str, ...]
    """Whole sentences about wishes that no room of the house meets."""

    @property
    def nights(self) -> int:
        return (self.check_out - self.check_in).days


def stay_days(arguments: AvailabilityArguments, today: date) -> tuple[date, date]:
    """Arrival and departure, checked. Raises Refused."""
    check_in, check_out = arguments.check_in, arguments.check_out
    if check_out is None and arguments.nights is None:
        raise Refused("How many nights will that be?", ("check_out",))
    if check_in < today:
        raise Refused(f"{day(check_in, today)} has already passed. Which day would you like to arrive?", ("check_in",))
    if check_out is None:
        check_out = check_in + timedelta(days=arguments.nights or 0)
    if check_out <= check_in:
        raise Refused(f"You would leave after {day(check_in, today)}. Which day would that be?", ("check_out",))
    if (check_out - check_in).days > MAX_NIGHTS:
        raise Refused(f"For more than {MAX_NIGHTS} nights, the desk makes an offer. I can take your details for it.")
    return check_in, check_out


async def find_rooms(database: Database, hotel: Hotel, today: date, arguments: AvailabilityArguments) -> Findings:
    """Look at the hotel's counters and rates. Raises Refused, DatabaseUnavailable."""
    check_in, check_out = stay_days(arguments, today)
    if arguments.rooms > MAX_ROOMS or arguments.adults + arguments.children > hotel_limit(hotel):
        raise Refused("For a group that large, the desk makes an offer. I can take your details for it.")
    async with database.read() as session:
        types = await room_types(session, hotel.id)
        spread = timedelta(days=NEARBY_DAYS)
        found = await nights(session, hotel.id, check_in - spread, check_out + spread)
        charges = await fees(session, hotel.id)
    if not found:
        raise Refused(f"We don't take bookings for {days(check_in, check_out, today)} yet. Which other day would do?", ("check_in",))
    house = House(types, {(night.room_type_id, night.night): night for night in found}, charges, hotel.taxes, hotel.currency)
    party, unmet = met_wishes(house, arguments)
    wanted = wanted_types(types, arguments.room_type) if arguments.room_type else []
    length = (check_out - check_in).days
    of_kind = options(house, wanted or types, party, check_in, length)
    any_kind = of_kind or options(house, types, party, check_in, length)
    kind = listed([room.name for room in wanted], "or") or (arguments.room_type or "")
    return Findings(
        check_in=check_in,
        check_out=check_out,
        party=party,
        options=tuple(any_kind[:MAX_OPTIONS]),
        alternatives=tuple(nearby(house, wanted or types, party, check_in, length, today)[:MAX_OPTIONS]) if not of_kind else (),
        wish=kind,
        wish_free=bool(wanted and of_kind),
        unmet=unmet,
    )


def hotel_limit(hotel: Hotel) -> int:
    """Most guests that one answer is given for."""
    return 2 * hotel.rooms


def met_wishes(house: House, arguments: AvailabilityArguments) -> tuple[Party, tuple[str, ...]]:
    """The party with the wishes that the house can meet at all, and a sentence for each that it cannot."""
    sentences = {
        "smoking": "All our rooms are non-smoking.",
        "pets": "I'm afraid we have no rooms for pets.",
        "accessible": "I'm afraid we have no accessible rooms.",
    }
    met, unmet = {}, []
    for wish, sentence in sentences.items():
        asked = getattr(arguments, wish)
        met[wish] = asked and any(suits(room, Party(1, **{wish: True})) for room in house.types)
        if asked and not met[wish]:
            unmet.append(sentence)
    return Party(arguments.adults, arguments.children, arguments.rooms, **met), tuple(unmet)


def option_content(option: Option) -> dict[str, Any]:
    """One option as JSON: the total first, then its parts."""
    price = option.price
    return {
        "room_type": option.room.code,
        "name": option.room.name,
        "total": as_content(price.total, price.currency),
        "room_total": as_content(price.room_total, price.currency),
        "per_night": [as_content(night, price.currency) for night in price.nightly],
        "fees": [{"name": fee.name, **as_content(fee.minor, price.currency)} for fee in price.fees],
        "taxes": [{"name": tax.name, **as_content(tax.minor, price.currency)} for tax in price.taxes],
        "tax_total": as_content(price.tax_total, price.currency),
        "check_in": option.check_in.isoformat(),
        "check_out": option.check_out.isoformat(),
        "nights": option.nights,
        "rooms": option.rooms,
        "left": option.left,
        "description": option.room.description,
        "beds": option.room.beds,
        "max_occupancy": option.room.max_occupancy,
    }


def as_json(findings: Findings, hotel: Hotel) -> dict[str, Any]:
    """Findings for a model and for `GET /availability`."""
    return {
        "available": bool(findings.options),
        "check_in": findings.check_in.isoformat(),
        "check_out": findings.check_out.isoformat(),
        "nights": findings.nights,
        "adults": findings.party.adults,
        "children": findings.party.children,
        "rooms": findings.party.rooms,
        "on_request": hotel.inventory == "request",
        "options": [option_content(option) for option in findings.options],
        "alternatives": [option_content(option) for option in findings.alternatives],
        "notes": list(findings.unmet),
    }


def rooms_named(option: Option) -> str:
    """ "a Harbor King", "two Harbor Kings"."""
    return a(option.room.name) if option.rooms == 1 else f"{number(option.rooms)} {option.room.name}s"


def parts_of(option: Option) -> str:
    """ "that is $179 a night plus $39.38 in taxes": what the total is made of."""
    price = option.price
    each = " for each room" if option.rooms > 1 else ""
    if len(set(price.nightly)) == 1:
        room = f"{written(price.nightly[0], price.currency)} a night{each}"
    else:
        room = f"{written(price.room_total, price.currency)} for the {'room' if option.rooms == 1 else 'rooms'}"
    extra = [f"the {written(fee.minor, price.currency)} {fee.name}" for fee in price.fees]
    extra += [f"{written(price.tax_total, price.currency)} in taxes"] if price.taxes else []
    return f"that is {room}" + (f" plus {listed(extra)}" if extra else "")


def included(option: Option) -> str:
    names = [name for name, there in (("taxes", option.price.taxes), ("fees", option.price.fees)) if there]
    return f" in all, {listed(names)} included" if names else " in all"


def span(option: Option, today: date) -> str:
    return f"{days(option.check_in, option.check_out, today)}, {count(option.nights, 'night')}"


def spoken_options(found: Sequence[Option], today: date) -> list[str]:
    """The first option whole, the others by their totals."""
    first, *others = found
    total = written(first.price.total, first.price.currency)
    verb = "is" if first.rooms == 1 else "are"
    sentences = [f"For {span(first, today)}, {rooms_named(first)} {verb} {total}{included(first)}: {parts_of(first)}."]
    if first.left - first.rooms < first.rooms:
        sentences.append("That is the last one we have." if first.rooms == 1 else "Those are the last ones we have.")
    if others:
        totals = listed([f"{rooms_named(option)} for {written(option.price.total, option.price.currency)}" for option in others])
        sentences.append(f"I also have {totals}, all included.")
    return sentences


def spoken_findings(findings: Findings, hotel: Hotel, today: date) -> tuple[str, ...]:
    sentences = list(findings.unmet)
    stay = days(findings.check_in, findings.check_out, today)
    if findings.wish and not findings.wish_free and (findings.options or findings.alternatives):
        sentences.append(f"I have no {findings.wish} from {stay}.")
    if findings.options:
        if findings.options[0].rooms > findings.party.rooms:
            guests = count(findings.party.adults + findings.party.children, "guest")
            sentences.append(f"For {guests} you would need {count(findings.options[0].rooms, 'room')}.")
        sentences += spoken_options(findings.options, today)
        if hotel.inventory == "request":
            sentences.append("The desk confirms every room here, so I can only put in a request.")
    elif findings.alternatives:
        if not findings.wish:
            sentences.append(f"I'm sorry, we have nothing free from {stay}.")
        first, *others = findings.alternatives
        total = written(first.price.total, first.price.currency)
        sentences.append(f"The nearest I have is {span(first, today)}: {rooms_named(first)} for {total}{included(first)}.")
        if others:
            sentences.append(f"You could also arrive on {listed([day(option.check_in, today) for option in others], 'or')}.")
    else:
        sentences.append(f"I'm sorry, we have nothing free from {stay}, nor in the week before or after.")
    return tuple(sentences)


async def check_room_availability(context: Context, arguments: AvailabilityArguments) -> Outcome:
    today = context.today()
    findings = await find_rooms(context.database, context.hotel, today, arguments)
    offered = findings.options or findings.alternatives
    known: dict[str, Any] = {"kind": "booking", "adults": arguments.adults, "children": arguments.children}
    if offered:
        best = offered[0]
        known |= {"check_in": best.check_in.isoformat(), "check_out": best.check_out.isoformat(), "interest": best.room.name}
        follow_up = f"Shall I put in a request for {'the' if best.rooms == 1 else 'those'} {best.room.name}{'' if best.rooms == 1 else 's'}?"
    else:
        known |= {"check_in": findings.check_in.isoformat(), "check_out": findings.check_out.isoformat()}
        follow_up = "Shall I take your details, so that the desk calls you if something opens up?"
    return Outcome(
        content=as_json(findings, context.hotel),
        spoken=spoken_findings(findings, context.hotel, today),
        offers=tuple(dict.fromkeys(option.room.name for option in offered)),
        follow_up=follow_up,
        follow_duty="create_lead",
        follow_arguments=known,
    )


AVAILABILITY = Duty(
    name="check_room_availability",
    description=(
        "Which rooms are free for a stay and what they cost in all. Use it for every question about rooms, dates or room prices, and "
        "before a booking request. Never work out or guess a price. Nothing is booked by it."
    ),
    arguments=AvailabilityArguments,
    run=check_room_availability,
    intents=("availability", "price_question", "book"),
)
