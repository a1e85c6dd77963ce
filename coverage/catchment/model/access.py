"""Who is served: distances, reach, areas, the standard, and who is covered or why not."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

import numpy as np

from catchment.model.kinds import Cause

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from numpy.typing import NDArray

    from catchment.model.kinds import Codes, Floats, Indices, Ints, Mask, Mode, Setting


@dataclass(frozen=True, eq=False)
class Nearest:
    """The k nearest sites of every point, nearest first; ties go to the smaller site index."""

    site: Indices
    """Index of the site, -1 where none is within the cutoff, shape (n, k)."""
    cost_mm: Ints
    """Distance [mm], -1 where none, shape (n, k)."""

    @property
    def cost_m(self) -> Floats:
        """Distance to the nearest site [m], NaN where none, shape (n,)."""
        first = self.cost_mm[:, 0]
        return np.where(first < 0, np.nan, first / 1000.0)


@dataclass(frozen=True, eq=False)
class ReachSets:
    """Everybody within a limit of each of many sources, as runs of people who stand together in an order."""

    source_ptr: Ints
    """Source s has the runs ``source_ptr[s]:source_ptr[s + 1]``, shape (s + 1,)."""
    start: Indices
    """First place of each run in the order, ascending for each source, shape (runs,)."""
    stop: Indices
    """The place after its last, shape (runs,)."""
    order: Indices
    """Index of the person at each place of the order, shape (n,)."""

    def people(self, source: int) -> Indices:
        """Indices of the people in reach of one source, in order, shape (k,)."""
        runs = slice(self.source_ptr[source], self.source_ptr[source + 1])
        found = [self.order[start:stop] for start, stop in zip(self.start[runs], self.stop[runs], strict=True)]
        return np.concatenate([np.empty(0, np.int32), *found])

    def __len__(self) -> int:
        return len(self.source_ptr) - 1


@dataclass(frozen=True, eq=False)
class PeopleClasses:
    """People who are reached by exactly the same sources, together: all that a choice of sources can tell apart."""

    stretch_ptr: Ints
    """Stretch t is the places ``stretch_ptr[t]:stretch_ptr[t + 1]`` of the order, shape (stretches + 1,)."""
    stretch_class: Indices
    """Class of each stretch, numbered by where they first stand; -1 if no source reaches it, shape (stretches,)."""
    units: Ints
    """People of each class [1/1024 person], shape (c,)."""

    def __len__(self) -> int:
        return len(self.units)


@dataclass(frozen=True, eq=False)
class StreetParts:
    """Parts of street edges, in several lists one after another."""

    ptr: Ints
    """List i has the parts ``ptr[i]:ptr[i + 1]``, shape (lists + 1,)."""
    edge: Indices
    """Street edge of each part, shape (n,)."""
    from_mm: Ints
    """Where the part begins, from the edge's start [mm], shape (n,)."""
    to_mm: Ints
    """Where it ends, from the edge's start, after ``from_mm`` [mm], shape (n,)."""

    def __len__(self) -> int:
        return len(self.edge)

    def of_lists(self, first: int, last: int) -> StreetParts:
        """The lists ``first:last`` alone."""
        begin, end = self.ptr[first], self.ptr[last]
        return StreetParts(
            self.ptr[first : last + 1] - begin, self.edge[begin:end], self.from_mm[begin:end], self.to_mm[begin:end]
        )


@dataclass(frozen=True, eq=False)
class ServiceAreas:
    """
    Drawings of what sites reach, one for each limit: never what decides who is covered.

    No point of a polygon is farther than ``allowance_m + half_cell_m + tolerance_m`` from a reached street part or
    the site's gap leg. A covered person may stand outside.
    """

    mode: Mode
    limits_mm: tuple[int, ...]
    """Ascending [mm], b of them."""
    site: Indices
    """Site of each area, ascending; -1 for all sites together; sites off the road have none; shape (a,)."""
    polygons: NDArray[np.object_]
    """shapely polygons, lon, lat [degrees], shape (a, b)."""
    parts: StreetParts
    """The street parts reached; those of area a within limit b are list ``a * len(limits_mm) + b``."""
    allowance_m: float
    """How far polygons reach beyond the streets [m]."""
    half_cell_m: float
    """Half a cell of the grid they are drawn on [m]."""
    tolerance_m: float
    """How much simpler outlines may be than the contour on that grid [m]."""

    def __len__(self) -> int:
        return len(self.site)

    def parts_of(self, area: int, band: int) -> StreetParts:
        """The street parts of one area within one limit."""
        number = area * len(self.limits_mm) + band
        return self.parts.of_lists(number, number + 1)


@dataclass(frozen=True)
class Rule:
    """What one setting asks for: at most so far on foot or by road. The limit is inclusive."""

    mode: Mode
    limit_mm: int
    minutes: Fraction | None = None
    """The walking time the limit stands for."""
    speed_kmh: Fraction | None = None

    @classmethod
    def walking(cls, minutes: float, speed_kmh: float) -> Rule:
        """
        A walking time at a speed.

        Examples
        --------
        >>> Rule.walking(15, 4.8).limit_mm
        1200000
        """
        time, speed = Fraction(str(minutes)), Fraction(str(speed_kmh))
        return cls("walk", int(time * speed * 1_000_000 / 60), time, speed)

    @classmethod
    def by_road(cls, kilometres: float) -> Rule:
        """
        A distance along the road.

        Examples
        --------
        >>> Rule.by_road(15).limit_mm
        15000000
        """
        return cls("road", int(Fraction(str(kilometres)) * 1_000_000))


@dataclass(frozen=True)
class Standard:
    """What "covered" asks of each setting, and where it comes from."""

    preset: str
    """``common``, ``gb50180``, ``elderly``, ``brisk`` or ``custom``."""
    city: Rule
    town: Rule
    rural: Rule

    def rule(self, setting: Setting) -> Rule:
        """The rule of a setting."""
        return (self.city, self.town, self.rural)[setting]

    def limit_mm(self, mode: Mode) -> int:
        """The widest limit of any setting in a mode [mm]; 0 if no setting uses it."""
        return max((rule.limit_mm for rule in (self.city, self.town, self.rural) if rule.mode == mode), default=0)


@dataclass(frozen=True, eq=False)
class Access:
    """Who is covered, or the one cause why not."""

    cause: Codes
    """``Cause`` of each point of people, shape (n,)."""
    site: Indices
    """Nearest counted site under the rule of the resident's setting, -1 if none within twice the limit, shape (n,)."""
    second_site: Indices
    """The next nearest, shape (n,)."""
    cost_mm: Ints
    """Distance to ``site`` [mm], -1 if none, shape (n,)."""
    second_cost_mm: Ints
    """Distance to ``second_site`` [mm], -1 if none, shape (n,)."""
    straight_m: Floats
    """Straight distance to the nearest counted site [m], NaN without any, shape (n,)."""

    @property
    def covered(self) -> Mask:
        """Shape (n,)."""
        covered: Mask = self.cause == Cause.COVERED
        return covered


@dataclass(frozen=True, eq=False)
class Gaps:
    """Connected patches of uncovered people of one setting, those with most people first."""

    frame: pd.DataFrame
    """A row per patch: ``gap_id`` (1, 2, ... by rank), ``people`` (units), ``setting`` (``Setting``), ``cause`` (the
    ``Cause`` of most of its people), units in ``no_site, no_road, cut_off, edge_of_data, too_far``, ``region`` (index
    of the region of most of its people, -1 without regions), ``point`` (index of the point with most people),
    ``lon, lat`` of that point [degrees], ``site`` (its nearest counted site, -1 if none within the search),
    ``cost_mm`` (distance to it [mm], -1 if none), ``straight_m`` (straight distance to the nearest counted site [m],
    NaN without any)."""
    patch: Indices
    """Row of ``frame`` of each point of people, -1 where covered or where nobody lives, shape (n,)."""
    lattice_m: int | None = None
    """Width of the lattice that joins the points of a table [m]; ``None`` for a grid, which is its own."""

    def __len__(self) -> int:
        return len(self.frame)


@dataclass(frozen=True)
class Percentiles:
    """Distances within which 50, 90 and 95 % of the people of one rule have a site, and the farthest."""

    mode: Mode
    people_units: int
    p50_m: float
    """NaN where beyond the search, twice the limit [m]."""
    p90_m: float
    p95_m: float
    max_m: float
    beyond_search_m: float
    """How far was searched [m]: a NaN above means "farther than this"."""


@dataclass(frozen=True)
class Totals:
    """The figures of a run. All people are whole numbers of 1/1024 person; every output prints these."""

    people: int
    covered: int
    uncovered_by_cause: Mapping[Cause, int]
    """Every cause but ``COVERED``."""
    by_setting: Mapping[Setting, tuple[int, int]]
    """People, and those covered."""
    covered_slow: int
    """Covered if everyone walked at 3.6 km/h."""
    covered_brisk: int
    """Covered if everyone walked at 5.0 km/h."""
    covered_towns_on_foot: int
    """Covered if towns ask for the city's walk."""
    covered_towns_by_road: int
    """Covered if towns ask for the rural distance."""
    covered_by_all_sites: int
    """Covered if sites of every type counted."""
    beyond_road: Mapping[int, int]
    """People with no counted site within 5, 10, 15 km by road, keyed by metres; without a road they are beyond."""
    beyond_straight: Mapping[int, int]
    """The same in a straight line."""
    percentiles: tuple[Percentiles, ...]
    left_out: int
    """People of the source outside every region."""

    @property
    def uncovered(self) -> int:
        """People not covered, whatever the cause."""
        return self.people - self.covered

    @property
    def doubtful(self) -> int:
        """Uncovered people whose cause is a doubt about the data, not a gap in service."""
        doubts = (Cause.NO_ROAD, Cause.CUT_OFF, Cause.EDGE_OF_DATA)
        return sum(self.uncovered_by_cause[cause] for cause in doubts)


class RoadClass(IntEnum):
    """Whether a region has the roads that its people and its area let one expect; the smaller the better."""

    ENOUGH = 0
    DOUBTFUL = 1
    FEW = 2


@dataclass(frozen=True)
class Detour:
    """How much longer the way to a site is than the straight line, for the people of one setting."""

    setting: Setting
    mode: Mode
    factor: float
    """Way by straight line: half of the people have a shorter detour. Infinite where most found no way at all."""
    low: float
    """A quarter of the people have a shorter detour."""
    high: float
    """A quarter of the people have a longer one; infinite where that many found no way."""
    basis: Literal["setting", "mode", "given"]
    """Learned from people of the setting, of all settings of the mode, or too few to learn from."""
    units: int = 0
    """People it was learned from [1/1024 person]."""
    points: int = 0
    """Points they live at."""
    regions: int = 0
    """Regions they live in."""


@dataclass(frozen=True, eq=False)
class RoadsMissing:
    """Where roads are too few, and who would likely be covered if they were there: never a part of the covered."""

    by_region: pd.DataFrame
    """
    A row per region: ``region_id, name, parent, road_class`` (``RoadClass``), ``area_km2``, ``street_mm`` and
    ``road_mm`` (all streets, and those passable by road), ``relative`` (streets against the median of the peers, NaN
    without any), then in 1/1024 person ``people``, ``near_200`` and ``near_500`` (with a street within so many
    metres), ``doubt`` (uncovered for a cause that is a doubt), ``likely`` (of them likely covered if the roads were
    there), ``likely_least`` and ``likely_most`` (the same with long and with short detours), ``far`` (too far by the
    roads though not in a straight line, in regions of few roads), ``far_likely``.
    """
    detours: tuple[Detour, ...]
    """One for each setting, in their order."""
    peers: int
    """Regions that others were measured against; 0 if there were too few."""
    likely: Mask
    """Who, of those in doubt, would likely be covered, shape (n,)."""
    far_likely: Mask
    """Who, of those too far in regions of few roads, would likely be covered, shape (n,)."""

    def __len__(self) -> int:
        return len(self.by_region)
