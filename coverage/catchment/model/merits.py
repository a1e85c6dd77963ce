"""What places are like by the plan's criteria, and what can be said of one of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from catchment.model.fronts import BarredWays, Buildings
    from catchment.model.inputs import Stops
    from catchment.model.siting import CriteriaWeights


@dataclass(frozen=True, eq=False)
class Scene:
    """What of a road file is looked at beside its streets, where sites are to be suggested."""

    stops: Stops | None = None
    """``None`` where the roads are a planner's lines."""
    buildings: Buildings | None = None
    """``None`` where the file has none."""
    barred: BarredWays | None = None
    """``None`` where nobody knows."""


@dataclass(frozen=True, eq=False)
class Merits:
    """What candidates are like: the four criteria, and what they are made of."""

    frame: pd.DataFrame
    """
    A row per candidate, those of the plan first: ``candidate_id``; ``convenience, transport, conspicuousness,
    street_front, score, known`` as in ``Criteria``; ``place`` (1, 2, ... by tier, then by what share of the weights is
    known, then by score); ``tier, township, honours`` as in ``Candidates``; ``near, walk`` (people within 5 and 15
    minutes on foot [1/1024 person]), ``mean_walk_m`` (``inf`` if nobody lives within 15 minutes), ``stop`` (name of the
    nearest stop, empty without one), ``stop_kind`` (entry of the catalogue, empty without a stop), ``stop_m`` [m],
    ``passing`` (people who pass by on their ways to town [1/1024 person], NaN where unknown); ``frontage_m`` (0 without
    a front, NaN where no building is known), ``setback_m`` [m], ``side``, ``compass`` (entries of the catalogue),
    ``corner`` (1 or 0, NaN where unknown), ``front_street`` (its name), ``front_kind`` (OSM ``highway`` of the street
    in front, named or not; empty if there is none within 50 m), ``front_reason`` (why there is no front, an entry of
    the catalogue, empty if there is one). A stretch of street has no building: its front is unknown and
    ``front_reason`` empty. Instead it has ``along_count`` and ``along_m`` (buildings with a front on its street within
    100 m, and the metres of these) and ``along_setback_m`` (mean by metres, NaN without any) [m], NaN where no building
    is known and of premises.
    """
    weights: CriteriaWeights

    def __len__(self) -> int:
        return len(self.frame)


@dataclass(frozen=True, eq=False)
class Explanation:
    """What can be said of one candidate. People are units of 1/1024 person."""

    place: Mapping[str, Any]
    """The columns of ``Candidates``, and ``region``, ``setting``, ``site`` and ``cost_mm`` as in ``Suggestions``."""
    rank: int
    """In the plan, 1 the first; 0 if it is not in it."""
    alone_units: int
    """People not covered before whom it would cover by itself."""
    extra_units: int
    """Of these, people whom no other place of the plan covers."""
    reach_units: int
    """All people in its reach, covered or not."""
    shared_sites: tuple[tuple[int, int], ...]
    """Counted sites that reach some of these too, as row of ``Sites`` and people, most first."""
    shared_plan: tuple[tuple[int, int], ...]
    """Other places of the plan that cover some of ``alone_units`` too, as rank and people, most first."""

    @property
    def candidate_id(self) -> int:
        """Its number."""
        return int(self.place["candidate_id"])
