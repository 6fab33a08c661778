"""All tables, by subject; importing this makes the metadata whole."""

from data.tables.base import Base
from data.tables.calls import CallRow, CallStatusRow, RecordingRow, ToolUseRow, TurnRow, UtteranceRow
from data.tables.hotels import HotelNumberRow, HotelRow
from data.tables.journal import JournalEntryRow
from data.tables.knowledge import ArticleRow
from data.tables.leads import LeadRow
from data.tables.rooms import FeeRow, InventoryNightRow, RateRow, RoomTypeRow

__all__ = [
    "ArticleRow",
    "Base",
    "CallRow",
    "CallStatusRow",
    "FeeRow",
    "HotelNumberRow",
    "HotelRow",
    "InventoryNightRow",
    "JournalEntryRow",
    "LeadRow",
    "RateRow",
    "RecordingRow",
    "RoomTypeRow",
    "ToolUseRow",
    "TurnRow",
    "UtteranceRow",
]
