"""What a planner asks of a plan: other places, swaps, how sure each place is, what a closing loses, who is left out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from catchment.model.kinds import Floats, Indices, Ints

Standing = Literal["core", "swing", "fragile"]
"""How sure a place of a plan is: chosen in more than 80 % of the scenarios, in half of them or more, in fewer."""


class LeftOut(StrEnum):
    """Why a plan leaves somebody uncovered; the first that holds."""

    NO_ROAD = "no_road"
    """No usable road lies within the maximum gap."""
    NOT_CHOSEN = "not_chosen"
    """A candidate would cover him, but is not in the plan."""
    CUT_OFF = "cut_off"
    """Neither a site nor a candidate lies on the roads that his are connected to."""
    NO_CANDIDATE = "no_candidate"
    """All candidates are beyond his limit."""


@dataclass(frozen=True, eq=False)
class Alternatives:
    """
    Places that could stand for one of a plan, and what the whole plan would gain by each; a row per pair.

    By place of the plan; of each the best first, then the nearest, then the smaller index.
    """

    rank: Indices
    """Place of the plan, 0 the first, shape (a,)."""
    candidate: Indices
    """The candidate that could stand for it, shape (a,)."""
    distance_m: Floats
    """How far it is from it [m], shape (a,)."""
    change_units: Ints
    """People of the plan with it less people of the plan as it is [1/1024 person], negative for a loss, shape (a,)."""

    def __len__(self) -> int:
        return len(self.rank)


@dataclass(frozen=True, eq=False)
class Swapped:
    """A plan some of whose places are replaced, and whom that gains and loses."""

    plan: Indices
    """The candidates of the new plan, shape (p,)."""
    gained: Ints
    """People at each place of the order whom only the new plan serves [1/1024 person], shape (n,)."""
    lost: Ints
    """People whom only the former one serves, shape (n,)."""

    @property
    def gained_units(self) -> int:
        """People gained in all."""
        return int(self.gained.sum())

    @property
    def lost_units(self) -> int:
        """People lost in all."""
        return int(self.lost.sum())

    @property
    def change_units(self) -> int:
        """By how many people more the new plan serves, negative if fewer."""
        return self.gained_units - self.lost_units


@dataclass(frozen=True, eq=False)
class Robustness:
    """How often each candidate, or one near it, is in the plans of many scenarios."""

    scenario_count: int
    frequency: Floats
    """Share of the scenarios, 0 to 1, shape (candidates,)."""

    def standing(self, candidate: int) -> Standing:
        """How sure a candidate of a plan is."""
        share = float(self.frequency[candidate])
        if share > 0.8:
            return "core"
        return "swing" if share >= 0.5 else "fragile"


@dataclass(frozen=True)
class Exchange:
    """What swaps that somebody proposes change. People are units of 1/1024 person."""

    asked: tuple[str, ...]
    """The swaps as they were written; of several together all of them."""
    rank: tuple[int, ...]
    """Place of the plan that each replaces, 1 the first."""
    candidate: tuple[int | None, ...]
    """``candidate_id`` of the place instead; ``None`` for a place of its own."""
    lonlat: tuple[tuple[float, float], ...]
    """Where it is [degrees]."""
    gained_units: int
    lost_units: int
    by_region: tuple[tuple[int, int], ...]
    """Gained and lost people of each region."""

    @property
    def change_units(self) -> int:
        """By how many people more are covered, negative if fewer."""
        return self.gained_units - self.lost_units


@dataclass(frozen=True, eq=False)
class Answers:
    """What a planner asks of the suggestions of a run."""

    left_out: Mapping[LeftOut, int]
    """People whom sites and plan leave uncovered [1/1024 person], all reasons."""
    closing_units: Ints
    """Whom nobody would serve if a site closed, with the plan built [1/1024 person], shape (sites,)."""
    alternatives: pd.DataFrame
    """
    A row per place that could stand for one of the plan, as ``Alternatives`` sorts them: ``rank`` (1 the first), the
    columns of ``Candidates`` from ``candidate_id`` on, ``region`` (index, -1 outside), ``distance_m`` [m] and
    ``change`` [1/1024 person].
    """
    exchanges: tuple[Exchange, ...] = ()
    """Each of the swaps asked for alone, then all together if there are several."""
    robustness: Robustness | None = None
    """Of the candidates by ``candidate_id`` less 1; ``None`` if it was not asked for."""
