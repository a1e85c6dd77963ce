"""Where next: candidates, and the plan chosen from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from catchment.model.access import ReachSets, Standard
    from catchment.model.kinds import Floats, Indices, Ints, Mask, Setting

Reading = Literal["asked", "slow", "brisk", "two_thirds", "one_third"]
"""As the run asks; everybody at 3.6 or at 5.0 km/h; two thirds and one third of every limit."""


@dataclass(frozen=True, eq=False)
class Candidates:
    """
    Places where a site might stand: premises first, then stretches of street.

    A stretch of street is a place to look for premises, never a site.
    """

    frame: pd.DataFrame
    """A row per candidate: ``candidate_id`` (1, 2, ...), ``label`` (entry of the catalogue that says what it is),
    ``name`` (of the premises, empty for a stretch), ``premises`` (entry of the catalogue for its kind, empty for a
    stretch), ``street`` (its name, or that of the street in front of the premises; empty without a name), ``kind``
    (OSM ``highway`` of that street), ``way_id`` (OSM way, -1 without a street), ``lon, lat`` [degrees]."""

    @property
    def xy(self) -> Floats:
        """lon, lat [degrees], shape (n, 2)."""
        return self.frame[["lon", "lat"]].to_numpy(np.float64)

    def __len__(self) -> int:
        return len(self.frame)


CRITERIA = ("convenience", "transport", "conspicuousness", "street_front")
"""What the plan asks of a place: 方便群众, 交通便利, 相对醒目, 临街."""


@dataclass(frozen=True)
class CriteriaWeights:
    """How much each criterion counts in the score; not negative, not all 0. By default 临街 and 方便群众 come first."""

    convenience: float = 3.0
    transport: float = 2.0
    conspicuousness: float = 2.0
    street_front: float = 3.0


@dataclass(frozen=True, eq=False)
class Criteria:
    """What the four criteria say of places."""

    frame: pd.DataFrame
    """A row per place: the columns ``CRITERIA`` and ``score``, each in [0, 1], NaN where it is not known; ``known``,
    the share of the weights whose criteria are known."""
    weights: CriteriaWeights

    def __len__(self) -> int:
        return len(self.frame)


@dataclass(frozen=True, eq=False)
class SitingPlan:
    """
    Candidates chosen one after another for the people they add, and how good the choice is.

    The bound is for plans of at most as many of the same candidates as were asked for; other places are not in it.
    """

    candidate: Indices
    """Indices of the chosen candidates, in order, shape (p,)."""
    added_units: Ints
    """People each adds to those before it [1/1024 person], never more than the one before, shape (p,)."""
    uncovered_units: int
    """People not covered before."""
    coverable_units: int
    """Of these, people in reach of any candidate."""
    alone_units: Ints
    """Of these, people in reach of each candidate, chosen or not, shape (candidates,)."""
    bound_units: int
    """No plan of so many of these candidates adds more people than this."""

    @property
    def covered_units(self) -> int:
        """People all chosen candidates add."""
        return int(self.added_units.sum())

    @property
    def status(self) -> Literal["optimal", "greedy"]:
        """``optimal`` if the bound proves it, else ``greedy``."""
        return "optimal" if self.covered_units == self.bound_units else "greedy"


@dataclass(frozen=True, eq=False)
class CoverPlan:
    """
    Sites chosen to serve most people, with the proof of how good the choice is. People are units of 1/1024 person.

    The bound is for plans of at most ``budget`` of the sites of the same problem; other places are not in it.
    """

    site: Indices
    """The chosen sites, each the one that adds most to those before it, shape (p,)."""
    added_units: Ints
    """People each adds to those before it, never more than the one before, shape (p,)."""
    budget: int
    """How many were asked for."""
    coverable_units: int
    """People whom all sites together would serve."""
    bound_units: int
    """No plan of so many sites covers more people."""
    curve_bound_units: Ints
    """No plan of 0, 1, ... ``budget`` sites covers more people, shape (budget + 1,)."""
    bound_leaves_out: tuple[str, ...]
    """What was asked of the plan and is not in the bound, as entries of the catalogue."""
    stopped: Literal["proven", "rounds", "time", "interrupted"]
    """Why the work ended. Unless time ran out or somebody interrupted it, the same call gives the same plan."""
    seed: int

    @property
    def covered_units(self) -> int:
        """People whom the plan serves."""
        return int(self.added_units.sum())

    @property
    def gap(self) -> float:
        """By what share of the plan's people a better plan could exceed it at most; 0 is a proof."""
        return (self.bound_units - self.covered_units) / max(self.covered_units, 1)

    @property
    def status(self) -> Literal["optimal", "bounded"]:
        """``optimal`` if nothing is between plan and bound, else ``bounded``."""
        return "optimal" if self.covered_units == self.bound_units else "bounded"


@dataclass(frozen=True, eq=False)
class Suggestions:
    """Where next: a plan, and what a planner asks of each of its places. People are units of 1/1024 person."""

    frame: pd.DataFrame
    """
    A row per chosen candidate in the order to build them: ``rank`` (1, 2, ...), ``candidate_id``, ``label`` (entry of
    the catalogue that says what it is), ``name`` (of the premises, empty for a stretch of street), ``premises``
    (entry of the catalogue for its kind, empty for a stretch), ``street`` (its name, or that of the street in front,
    empty if it has none), ``kind`` (OSM ``highway`` of that street), ``lon, lat`` [degrees], ``region`` (index, -1
    outside), ``setting`` (``Setting`` of where it stands), units in ``added`` (new to the ones before it), ``reach``
    (all people in its reach, covered or not) and ``only`` (people only it reaches of all sites and the plan),
    ``site`` (nearest counted site, -1 if none within the search), ``cost_mm`` (distance to it by the mode of its
    setting [mm], -1 if none), ``gap`` (row of ``Gaps`` with most of the people it adds, -1 without).
    """
    plan: SitingPlan
    budget: int
    """How many were asked for."""
    considered_count: int
    """Candidates the plan was chosen from."""
    added_by_region: Ints
    """People the whole plan adds in each region, shape (regions,)."""
    added_by_setting: Mapping[Setting, int]
    """The same by where they live."""

    def __len__(self) -> int:
        return len(self.frame)


@dataclass(frozen=True, eq=False)
class Options:
    """
    Places that may serve or not, and whom each covers under each reading of the standard.

    First the sites of the ledger that joined the roads, whatever their status and type, then the candidates.
    """

    site: Indices
    """Row of ``Sites`` of each option, -1 for a candidate, shape (o,)."""
    candidate: Indices
    """Row of ``candidates`` of each option, -1 for a site, shape (o,)."""
    candidates: Candidates
    """The candidates among the options; ``candidate_id`` is that of all candidates of the run, so numbers are left
    out; those of the plan come first, in the order to build them."""
    open: Mask
    """Which options count in the run as computed, shape (o,)."""
    readings: Mapping[Reading, Standard]
    """``asked`` first; others only where there is room for them."""
    reach: Mapping[Reading, ReachSets]
    """All people each option covers, a source per option; keys as ``readings``, one ``order`` for all."""

    def __len__(self) -> int:
        return len(self.site)
