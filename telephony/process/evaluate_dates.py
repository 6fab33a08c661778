"""The date and party grammars on a file of utterances, one prediction a line."""

import json
from collections.abc import Iterator
from datetime import datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from agent.local_model.dates import read_dates
from agent.local_model.party import read_party

_ZONE = ZoneInfo("UTC")
_NOON = "12:00"


def predict_row(row: dict[str, Any]) -> dict[str, Any]:
    """Slots of one row (`text`, `context`, `today`, `today_time`): only what was said."""
    day, clock = row.get("today"), row.get("today_time") or _NOON
    now = datetime.combine(datetime.fromisoformat(day).date(), time.fromisoformat(clock), _ZONE) if day else None
    text, context = row["text"], row.get("context")
    dates, party = read_dates(text, now, context=context), read_party(text, context=context)
    slots: dict[str, Any] = {
        "check_in": dates.check_in and dates.check_in.isoformat(),
        "check_out": dates.check_out and dates.check_out.isoformat(),
        "date": dates.date and dates.date.isoformat(),
        "nights": dates.nights,
        "check_in_weekday": dates.check_in_weekday,
        "adults": party.all_adults,
        "children": party.children,
        "people": party.people,
        "rooms": party.rooms,
    }
    return {name: value for name, value in slots.items() if value is not None}


def evaluate_dates(path: Path) -> Iterator[dict[str, Any]]:
    """One prediction `{"id", "slots"}` for each row of a .jsonl file."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                row = json.loads(line)
                yield {"id": row["id"], "slots": predict_row(row)}
