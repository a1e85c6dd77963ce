"""The best that is known while plans are searched for, and when to stop."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from catchment.model import Indices, Ints


@dataclass(frozen=True, eq=False)
class State:
    """The best that is known."""

    plan: Indices
    covered_units: int
    bound_units: int
    curve: Ints
    unheld: tuple[str, ...] = ()
    """Rules that the bound does not hold, as entries of the catalogue."""
    least_lacking: bool = True
    """Whether it is proven that no plan lacks less of what rules wish."""

    @property
    def proven(self) -> bool:
        """Whether no plan is better."""
        return self.bound_units <= self.covered_units

    @property
    def left_out(self) -> tuple[str, ...]:
        """What the bound leaves out: nothing if the plan reaches it, but for whether a plan could lack less."""
        unheld = () if self.proven else self.unheld
        return unheld if self.least_lacking else (*unheld, "leaves_out.lacking")

    def better(self, plan: Indices, covered_units: int) -> State:
        """With another plan if it is better."""
        return replace(self, plan=plan, covered_units=covered_units) if covered_units > self.covered_units else self

    def bounded(self, bound_units: int) -> State:
        """With a bound that holds for every plan better than this one."""
        return replace(self, bound_units=max(min(self.bound_units, bound_units), self.covered_units))


@dataclass(frozen=True)
class Clock:
    """When to stop."""

    begun_s: float
    limit_s: float

    def left_s(self, share: float = 1.0) -> float:
        """Seconds until a share of the time is over, not negative."""
        return max(self.begun_s + share * self.limit_s - time.monotonic(), 0.0)

    def over(self, share: float = 1.0) -> Callable[[], bool]:
        """Whether a share of the time is over, asked again and again."""
        return lambda: self.left_s(share) <= 0
