"""Everything the desk can do for a caller."""

from tools.availability import AVAILABILITY
from tools.catalogue import Duty
from tools.farewell import FAREWELL
from tools.knowledge import KNOWLEDGE
from tools.leads import LEADS
from tools.transfer import TRANSFER

DUTIES: tuple[Duty, ...] = (KNOWLEDGE, AVAILABILITY, LEADS, TRANSFER, FAREWELL)
