"""Rows as records."""

from dataclasses import fields
from typing import TypeVar

from data.tables import Base

Record = TypeVar("Record")


def record(kind: type[Record], row: Base) -> Record:
    """The row's values as a record of that kind: they share their names."""
    return kind(**{field.name: getattr(row, field.name) for field in fields(kind)})  # type: ignore[arg-type]
