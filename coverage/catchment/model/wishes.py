"""What a planner wishes of a plan besides its number of sites, as it is said of the plan."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from catchment.model.siting import FewestPlan


@dataclass(frozen=True, eq=False)
class CoverGoal:
    """So large a share of everybody is to be covered with the fewest sites. People are units of 1/1024 person."""

    share: float
    """Of all people, those nobody can reach among them; above 0, at most 1."""
    people_units: int
    """Everybody."""
    before_units: int
    """Covered before."""
    fewest: FewestPlan
    """The fewest new sites, or the cheapest, and the proof."""

    @property
    def wanted_units(self) -> int:
        """People who were to be covered."""
        return share_of(self.share, self.people_units)

    @property
    def reached_units(self) -> int:
        """People whom sites and that plan cover."""
        return self.before_units + self.fewest.covered_units

    @property
    def allowed_units(self) -> int:
        """People whom sites and all candidates that the rules allow would cover, if nothing else were in the way."""
        share = [short.reachable for short in self.fewest.shortfalls if short.kind == "share"]
        return self.before_units + (share[0] if share else self.fewest.coverable_units)

    @property
    def reachable_units(self) -> int:
        """People whom sites and all candidates would cover."""
        return self.before_units + self.fewest.coverable_units

    @property
    def met(self) -> bool:
        """Whether the plan does it."""
        return self.reached_units >= self.wanted_units


@dataclass(frozen=True)
class SaidRule:
    """A rule that a plan was made under, as it is said."""

    key: str
    """Of the project file, ``siting.<key>``."""
    word: str
    """Entry of the catalogue."""
    facts: Mapping[str, str | int | float] = field(default_factory=dict)


def share_of(share: float, units: int) -> int:
    """
    The fewest units that are no less than a share, the share taken as it is written.

    Examples
    --------
    >>> share_of(0.95, 100), share_of(0.95, 101), share_of(1, 7)
    (95, 96, 7)
    """
    return math.ceil(Fraction(str(share)) * units)


@dataclass(frozen=True)
class HonourPreference:
    """Village sites that go into honoured communities first, and what it costs. People are units of 1/1024 person."""

    villages: int
    """Village sites of the plan."""
    honoured: int
    """Of these, in honoured communities: no plan that fills the targets has more."""
    honoured_without: int
    """The same of the plan that was made without the preference."""
    cost_units: int
    """By how many people fewer the plan adds than that one; below 0 only if a search was cut short."""
    most_units: int
    """No plan without the preference adds so many more than this; the cost itself where both are proven."""
