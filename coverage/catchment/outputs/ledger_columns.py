"""The columns of a ledger as this program writes one: in the template to fill in, and in the clean ledger."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from catchment.model import SiteType
from catchment.words import say

if TYPE_CHECKING:
    from catchment.words import Language


@dataclass(frozen=True)
class LedgerColumn:
    """A column that every reader of ledgers knows under its header."""

    field: str
    """As ``SITE_COLUMNS`` calls it; its words are ``ledger.<field>``, ``..._how`` and ``..._example``."""
    frame: str
    """Column of ``Sites.frame``."""
    width: int
    """Columns of a character grid."""
    kind: Literal["text", "count", "area", "lon", "lat", "choice", "words"] = "text"
    """What stands in it; of ``words`` one may be chosen, or another one written."""
    needed: bool = False


COLUMNS: tuple[LedgerColumn, ...] = (
    LedgerColumn("id", "site_id", 16),
    LedgerColumn("name", "name", 30, needed=True),
    LedgerColumn("type", "type", 16, "words"),
    LedgerColumn("status", "status", 10, "choice"),
    LedgerColumn("county", "county", 14),
    LedgerColumn("township", "township", 16),
    LedgerColumn("village", "village", 16),
    LedgerColumn("address", "address", 36),
    LedgerColumn("lon", "", 13, "lon", needed=True),
    LedgerColumn("lat", "", 13, "lat", needed=True),
    LedgerColumn("area", "area_m2", 11, "area"),
    LedgerColumn("staff", "staff", 11, "count"),
    LedgerColumn("street_front", "street_front", 11, "choice"),
    LedgerColumn("way", "way", 14, "choice"),
    LedgerColumn("batch", "batch", 10),
    LedgerColumn("honours", "honours", 22),
    LedgerColumn("services", "services", 30),
)
"""In the order of the sheet. Personal contacts have none: they are not needed for any result."""

STATUSES = ("open", "preparing", "planned", "closed")
WAYS = ("upgrade", "exchange", "joint", "merge", "new_building")


def header(column: LedgerColumn, language: Language) -> str:
    """
    The header of a column.

    Examples
    --------
    >>> header(COLUMNS[0], "zh"), header(COLUMNS[0], "en")
    ('网点编码', 'Site ID')
    """
    return say(f"ledger.{column.field}", language)


def choices(field: str, language: Language) -> tuple[str, ...]:
    """
    The texts to choose from in a column.

    Examples
    --------
    >>> choices("street_front", "zh"), choices("status", "en")
    (('是', '否'), ('open', 'being prepared', 'planned', 'closed'))
    """
    words = {
        "type": [f"type.{kind}" for kind in SiteType],
        "status": [f"status.{status}" for status in STATUSES],
        "street_front": ["book.yes", "book.no"],
        "way": [f"way.{way}" for way in WAYS],
    }
    return tuple(say(word, language) for word in words[field])
