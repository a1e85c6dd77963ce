"""The kept register of sites, and how a quarter's ledger matches it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

MatchKind = Literal["same", "renamed", "retyped", "moved", "corrected", "closed", "reopened", "new"]
"""What became of a site since it was registered."""

CHANGES: tuple[MatchKind, ...] = ("new", "renamed", "retyped", "moved", "corrected", "closed", "reopened")
"""All but ``same``, in the order in which they are told."""


@dataclass(frozen=True)
class Registered:
    """A site as the register keeps it."""

    id: str
    county: str
    type: str
    """As ``Sites.frame`` has it."""
    name: str
    lon: float
    """[degrees, WGS84]."""
    lat: float
    open: bool = True
    former_names: tuple[str, ...] = ()
    """The oldest first."""


@dataclass(frozen=True)
class SiteMatch:
    """A site of the register, a row of the ledger, or both."""

    id: str
    """Of the register; for a new site the one it will have."""
    kinds: tuple[MatchKind, ...]
    """``("same",)`` where nothing changed; otherwise all that did."""
    site: int = -1
    """Row of the sites, -1 where the ledger has none."""
    before: Registered | None = None
    """As registered; ``None`` for a new site."""
    moved_m: float = 0.0
    """How far from where it was registered [m]."""


@dataclass(frozen=True)
class MatchDoubt:
    """A row of the ledger that may be one site or another; somebody who knows has to say."""

    site: int
    ids: tuple[str, ...]
    """Sites of the register it may be, in order; none where rows of the ledger cannot be told apart."""
    reason: Literal["several", "same_id", "repeated"]


@dataclass(frozen=True)
class Matching:
    """A ledger against a register."""

    matches: tuple[SiteMatch, ...]
    """In the order of ``id``."""
    doubts: tuple[MatchDoubt, ...] = ()
    """In the order of the sites' own ids. What they may be is neither closed nor changed."""
