"""A caller's wish and details, noted for a person at the desk. Nothing is booked by it."""

import asyncio
import hashlib
from datetime import date
from typing import Annotated, Literal
from uuid import UUID

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from pydantic import Field

from data.errors import DatabaseUnavailable, JournalError
from data.queries.leads import save_lead
from data.records import LeadRecord
from tools.catalogue import Arguments, Duty, Outcome, Receipt, Slot
from tools.context import Context
from tools.errors import Refused, StoreAway
from tools.wording import count, day, days

Kind = Literal["booking", "callback", "change", "question", "complaint", "group"]

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""No letter or digit that sounds or looks like another."""
ID_LENGTH = 6
LATEST = "lead"
"""Key in `Context.done` of the call's latest lead, as KIND ID."""


class LeadArguments(Arguments):
    name: Annotated[
        str | None,
        Field(max_length=200, description="The caller's full name, spelled as they spell it."),
        Slot(
            questions=("May I have your name, please?", "Who should the desk ask for?", "What name shall I put on it?"),
            expects="name",
            read_back=True,
            reads="name",
        ),
    ]
    phone: Annotated[
        str | None,
        Field(max_length=40, description="Number to call back. Leave it out if it is the number they call from."),
        Slot(
            questions=("What number can we reach you at?", "Which phone number should the desk call?", "And your phone number, please?"),
            expects="phone",
            read_back=True,
            reads="phone",
            default_from="caller_number",
        ),
    ]
    email: Annotated[str | None, Field(max_length=254), Slot(expects="email", read_back=True, reads="email")] = None
    kind: Annotated[
        Kind | None,
        Field(description="booking: wants a room; change: has a reservation to change, cancel, look up or pay; callback: anything else."),
        Slot(),
    ] = None
    interest: Annotated[str | None, Field(max_length=200, description="Room type they want."), Slot(reads="choice")] = None
    check_in: Annotated[date | None, Slot(expects="date", reads="check_in")] = None
    check_out: Annotated[date | None, Slot(expects="date", reads="check_out")] = None
    adults: Annotated[int | None, Field(ge=1, le=500), Slot(expects="number", reads="adults")] = None
    children: Annotated[int | None, Field(ge=0, le=500), Slot(expects="number", reads="children")] = None
    note: Annotated[str | None, Field(max_length=2000, description="What they want, in a sentence."), Slot(reads="question")] = None


def lead_id(call_id: UUID, kind: str, today: date) -> str:
    """LD-YYYYMMDD-XXXXXX, the same for the same call, kind and day, so that a repeated write finds its row."""
    digest = int.from_bytes(hashlib.sha256(f"{call_id}:{kind}".encode()).digest())
    letters = ""
    for _ in range(ID_LENGTH):
        digest, place = divmod(digest, len(ALPHABET))
        letters += ALPHABET[place]
    return f"LD-{today:%Y%m%d}-{letters}"


def checked_phone(number: str, country: str) -> str:
    """The number as E.164. Raises Refused."""
    try:
        parsed = phonenumbers.parse(number, country)
    except phonenumbers.NumberParseException:
        parsed = None
    if parsed is None or not phonenumbers.is_possible_number(parsed):
        raise Refused("That phone number doesn't seem to be complete. Could you give it to me once more, digit by digit?", ("phone",))
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def checked_email(address: str) -> str:
    """The address in its usual form. Raises Refused."""
    try:
        return validate_email(address, check_deliverability=False).normalized
    except EmailNotValidError as error:
        raise Refused("That e-mail address doesn't seem to be complete. Could you spell it for me?", ("email",)) from error


def the_lead(context: Context, arguments: LeadArguments) -> LeadRecord:
    """What is to be stored, its values checked. Raises Refused."""
    phone = checked_phone(arguments.phone, context.hotel.country) if arguments.phone else None
    email = checked_email(arguments.email) if arguments.email else None
    if arguments.check_in and arguments.check_out and arguments.check_out <= arguments.check_in:
        raise Refused(f"You would leave after {day(arguments.check_in, context.today())}. Which day would that be?", ("check_out",))
    latest, _, latest_id = context.done.get(LATEST, "").partition(" ")
    kind = arguments.kind or latest or "callback"
    if kind != latest:  # a later one of the same call only adds to what was told before
        phone = phone or context.caller_number
        if not (phone or email):
            raise Refused("What number can the desk reach you at?", ("phone",))
    guests = (arguments.adults or 0) + (arguments.children or 0) or None
    now = context.utc_now()
    return LeadRecord(
        id=latest_id if kind == latest else lead_id(context.call_id, kind, context.today()),
        hotel_id=context.hotel.id,
        kind=kind,
        created_at=now,
        updated_at=now,
        call_id=context.call_id,
        name=arguments.name,
        phone=phone,
        email=email,
        interest=arguments.interest,
        check_in=arguments.check_in,
        check_out=arguments.check_out,
        guests=guests,
        note=arguments.note,
        partial=arguments.name is None,
    )


def spoken_lead(context: Context, lead: LeadRecord, added: bool) -> tuple[str, ...]:
    """What was noted, and that a person goes on from here."""
    thanks = f"Thank you, {lead.name}." if lead.name else "Thank you."
    if added:
        return (f"{thanks} I've noted that too.",)
    if lead.kind != "booking":
        return (f"{thanks} I've noted that for the desk, and they will get back to you.",)
    today = context.today()
    stay = [f"for the {lead.interest}" if lead.interest else "for a room"]
    if lead.check_in and lead.check_out:
        stay.append(f"from {days(lead.check_in, lead.check_out, today)}")
    if lead.guests:
        stay.append(f"for {count(lead.guests, 'guest')}")
    return (
        f"{thanks} I've noted your request {' '.join(stay)}.",
        "It isn't a booking yet: the desk will get back to you to confirm it.",
    )


async def create_lead(context: Context, arguments: LeadArguments) -> Outcome:
    lead = the_lead(context, arguments)
    mark = f"{lead.kind} {lead.id}"
    added = context.done.get(LATEST) == mark
    stored = True
    try:
        async with context.database.begin() as session:
            lead = await save_lead(session, lead)
    except DatabaseUnavailable:
        stored = False
        try:
            await asyncio.to_thread(context.journal.append, "lead", lead)
        except JournalError as error:
            raise StoreAway("I'm sorry, I can't note that down just now.") from error
    context.done[LATEST] = mark
    return Outcome(
        content={
            "lead_id": lead.id,
            "kind": lead.kind,
            "name": lead.name,
            "phone": lead.phone,
            "email": lead.email,
            "check_in": lead.check_in.isoformat() if lead.check_in else None,
            "check_out": lead.check_out.isoformat() if lead.check_out else None,
            "guests": lead.guests,
            "booked": False,
            "stored": "database" if stored else "journal",
        },
        spoken=spoken_lead(context, lead, added),
        receipt=Receipt("lead", lead.id),
    )


LEADS = Duty(
    name="create_lead",
    description=(
        "Notes who the caller is and what they want, so that the desk follows up: a booking request, a change or cancellation, a call "
        "back, a message. Ask for the name and the number first. It books, changes and cancels nothing: say that the desk will confirm."
    ),
    arguments=LeadArguments,
    run=create_lead,
    intents=("give_contact_details", "cancel_or_modify", "lookup_reservation", "pay"),
    writes=True,
    receipt="lead",
)
