"""Where next: candidates, and the plan chosen from them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np

from catchment.model.survey import FieldNotes

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from catchment.model.access import ReachSets, Standard
    from catchment.model.asked import Answers
    from catchment.model.kinds import Floats, Indices, Ints, Mask, Setting
    from catchment.model.merits import Explanation, Merits
    from catchment.model.wishes import CoverGoal, HonourPreference, SaidRule

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
    ``tier`` (of the catalogue: premises of the planner's list, other premises, a stretch), ``name`` (of the
    premises, empty for a stretch), ``premises`` (entry of the catalogue for its kind, empty for a stretch),
    ``township, honours`` (as the planner's list has them, else empty), ``street`` (its name, or that of the street
    in front of the premises; empty without a name), ``kind`` (OSM ``highway`` of that street), ``way_id`` (OSM way,
    -1 without a street), ``lon, lat`` [degrees]."""

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


@dataclass(frozen=True)
class Shortfall:
    """A wish that a plan does not meet. People are units of 1/1024 person."""

    kind: Literal["group", "must", "floor", "share"]
    """Sites of a group, a site that must be, people of a floor, all people."""
    name: str
    """Of the group or floor, the index of the site, empty for all people."""
    wanted: int
    """Sites of a group or must; people of a floor or share."""
    reached: int
    """What of it the plan has."""
    reachable: int
    """What of it could be had if no other wish, limit or budget were in the way; less than wanted: nothing else is."""

    @property
    def missing(self) -> int:
        """How much is missing, not negative: sites of a group or must, people of a floor or share."""
        return max(self.wanted - self.reached, 0)


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
    shortfalls: tuple[Shortfall, ...] = ()
    """Wishes among the rules that the plan does not meet: of all plans within the limits it lacks fewest sites, then
    fewest people. Bounds are for plans that lack no more."""

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
        """``optimal`` if nothing is between plan and bound and the bound leaves nothing out, else ``bounded``."""
        proven = self.covered_units == self.bound_units and not self.bound_leaves_out
        return "optimal" if proven else "bounded"


@dataclass(frozen=True, eq=False)
class CoverCurve:
    """
    What 0, 1, ... new sites add, and what they could add at most. People are units of 1/1024 person.

    The best plans of different sizes do not contain one another: whoever builds the sites of a large plan one after
    another has at times fewer people covered than the best plan of that size would have. That is the price of nesting.
    """

    nested_units: Ints
    """People whom the first 0, 1, ... ``budget`` sites of the plan add, in the order to build them; once all are
    built it stays. Shape (budget + 1,)."""
    bound_units: Ints
    """No plan of so many of the same candidates adds more people, shape (budget + 1,)."""
    own_count: Ints
    """Numbers of sites for which a plan of their own was looked for, ascending, shape (f,)."""
    own_units: Ints
    """People whom the best plan found of so many sites adds, shape (f,)."""
    knee: int
    """After so many sites of the plan, the next ones add clearly fewer; 0 if there is no such place."""


@dataclass(frozen=True, eq=False)
class FewestPlan:
    """
    The fewest sites that serve so many, or the cheapest, with the proof. People are units of 1/1024 person.

    If so many cannot be served, the bound is for plans that serve as many as this one.
    """

    site: Indices
    """The chosen sites, each the one that adds most to those before it, shape (p,)."""
    added_units: Ints
    """People each adds to those before it, never more than the one before, shape (p,)."""
    least_units: int
    """People who were to be served."""
    coverable_units: int
    """People whom all sites together would serve."""
    counted: Literal["sites", "cost"]
    """What there is least of."""
    amount: int
    """How many sites the plan has, or what it costs."""
    least: int
    """No plan that does as much has fewer, or costs less."""
    bound_leaves_out: tuple[str, ...]
    """What was asked of the plan and is not in the bound, as entries of the catalogue."""
    stopped: Literal["proven", "rounds", "time", "interrupted"]
    """Why the work ended. Unless time ran out or somebody interrupted it, the same call gives the same plan."""
    seed: int
    shortfalls: tuple[Shortfall, ...] = ()
    """Wishes that the plan does not meet, the share of people last: of all plans within the limits it lacks fewest
    sites, then fewest people of floors, then serves most."""

    @property
    def covered_units(self) -> int:
        """People whom the plan serves."""
        return int(self.added_units.sum())

    @property
    def status(self) -> Literal["optimal", "bounded"]:
        """``optimal`` if no plan does as much with less, and none does more of what this one lacks."""
        return "optimal" if self.amount == self.least and not self.bound_leaves_out else "bounded"


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
    plan: CoverPlan
    """Its sites are candidates; its people those not covered before."""
    curve: CoverCurve
    uncovered_units: int
    """People not covered before."""
    alone_units: Ints
    """Of these, people in reach of each candidate, chosen or not, shape (candidates,)."""
    added_by_region: Ints
    """People the whole plan adds in each region, shape (regions,)."""
    added_by_setting: Mapping[Setting, int]
    """The same by where they live."""
    answers: Answers | None = None
    """What else is asked of the plan."""
    merits: Merits | None = None
    """What the candidates shown are like by the plan's criteria, those of ``frame`` first, in its order."""
    explained: tuple[Explanation, ...] = ()
    """What can be said of the candidates that were asked about."""
    goal: CoverGoal | None = None
    """The share of everybody that the plan was made for; ``None`` if it is for a number of sites."""
    rules: tuple[SaidRule, ...] = ()
    """What the plan had to keep to besides, as it is said."""
    notes: FieldNotes = field(default_factory=FieldNotes)
    """What is known of its places from site visits and the planner's table."""
    cost: Ints | None = None
    """What each chosen site costs, in the project's unit, shape (p,); ``None`` where money decides nothing."""
    honours: HonourPreference | None = None
    """What it costs that village sites prefer honoured communities; ``None`` where they do not, or there are none."""

    @property
    def considered_count(self) -> int:
        """Candidates the plan was chosen from: those that reach anybody who is not covered."""
        return int((self.alone_units > 0).sum())

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
