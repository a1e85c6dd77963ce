"""The immutable values that flow through the pipeline, each field with its meaning, shape and unit."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING, Literal, Protocol

import numpy as np

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Indices = NDArray[np.int32]
    Codes = NDArray[np.int8]
    Mask = NDArray[np.bool_]

Mode = Literal["walk", "road"]
Role = Literal["sites", "roads", "population", "census", "regions", "urban", "roads_area"]
"""What a file is for."""

SettlementRule = Literal["polygons", "codes", "grid"]
"""What tells city, town and country apart: the planner's polygons, class codes of regions, or the grid of people."""

UNITS_PER_PERSON = 1024
"""People are counted in 1/1024 person: every sum is exact in numpy, numba and JavaScript, in any order."""


class Setting(IntEnum):
    """Where a resident lives: 城区, 镇区, 农村."""

    CITY = 0
    TOWN = 1
    RURAL = 2


class Cause(IntEnum):
    """Why a resident is not covered; the first that holds, except that ``TOO_FAR`` has two places in the order."""

    COVERED = 0
    NO_SITE = 1
    NO_ROAD = 2
    CUT_OFF = 3
    EDGE_OF_DATA = 4
    TOO_FAR = 5


class SiteType(StrEnum):
    """The seven types of site of the plan; a ledger of another field keeps its own words."""

    CITY = "city"
    COUNTY = "county"
    ZONE = "zone"
    COLLEGE = "college"
    TECH = "tech"
    TOWNSHIP = "township"
    VILLAGE = "village"


class Located(Protocol):
    """Anything with places: ``xy`` is lon, lat in degrees (WGS84), shape (n, 2)."""

    @property
    def xy(self) -> Floats: ...  # noqa: D102 - the class says it


@dataclass(frozen=True, eq=False)
class Points:
    """Bare places, for callers with arrays."""

    xy: Floats
    """lon, lat [degrees, WGS84], shape (n, 2)."""


@dataclass(frozen=True)
class Finding:
    """One line of the data report: what is odd, and where it stands."""

    level: Literal["bad_row", "warning", "note"]
    word: str
    """Entry of the catalogue, ``finding.<something>``."""
    facts: Mapping[str, str | int | float] = field(default_factory=dict)
    file: str = ""
    sheet: str = ""
    row: int | None = None
    """Row as the planner's program numbers it, the header row counted."""
    column: str = ""


@dataclass(frozen=True)
class Source:
    """A file the run has read."""

    role: Role
    path: str
    """As the planner wrote it."""
    sha256: str
    date: dt.date | None
    """The date the file states itself (OSM replication time), never the clock of a disk."""
    attribution: str = ""
    licence: str = ""


@dataclass(frozen=True, eq=False)
class Sites:
    """The usable rows of a ledger, in the order of ``site_id`` (so that the smaller index wins a tie)."""

    frame: gpd.GeoDataFrame
    """Columns ``site_id, name, type, status, county, township, address, geometry`` (WGS84 points)."""
    findings: tuple[Finding, ...] = ()

    @property
    def xy(self) -> Floats:
        """lon, lat [degrees], shape (n, 2)."""
        return np.column_stack([self.frame.geometry.x, self.frame.geometry.y]).astype(np.float64)

    def __len__(self) -> int:
        return len(self.frame)


@dataclass(frozen=True, eq=False)
class Regions:
    """Counties, townships or any areas to report by, in the order of ``region_id``."""

    frame: gpd.GeoDataFrame
    """
    Columns ``region_id, name, parent, geometry`` (WGS84 polygons), and, where the file has class codes (城乡分类),
    ``settlement``: ``city``, ``town``, ``rural`` or empty.
    """
    findings: tuple[Finding, ...] = ()

    def __len__(self) -> int:
        return len(self.frame)


@dataclass(frozen=True, eq=False)
class UrbanAreas:
    """The planner's own outlines of city and town."""

    frame: gpd.GeoDataFrame
    """Columns ``setting`` (``city`` or ``town``), ``geometry`` (WGS84 polygons)."""
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, eq=False)
class Census:
    """Control totals: the residents of counties or other units, in the order of ``unit_id``."""

    frame: pd.DataFrame
    """
    Columns ``unit_id, name`` and, in persons, ``people, urban, rural, city`` (常住人口, 城镇, 乡村, 城区); the last
    three are -1 where the table does not say.
    """
    findings: tuple[Finding, ...] = ()

    def __len__(self) -> int:
        return len(self.frame)


@dataclass(frozen=True)
class ControlCheck:
    """One control unit: the people of the source and of the census, and the urban people of both."""

    unit_id: str
    name: str
    source_people: float
    """People of the source in the unit's regions, before calibration [persons]."""
    census_people: int
    """What the census counts [persons]."""
    people: int
    """People after calibration [1/1024 persons]: the census's, or 0 where the source has nobody."""
    urban: int
    """Of them in city and town, before urban and rural people are calibrated apart [1/1024 persons]."""
    city: int
    """Of them in the city, likewise [1/1024 persons]."""
    census_urban: int
    """城镇人口 [persons], -1 where the table does not say."""
    census_city: int
    """城区人口 [persons], -1 where the table does not say."""
    urban_factor: float
    """What urban people of the source were multiplied by where urban and rural were calibrated apart, else NaN."""
    rural_factor: float
    """The same of rural people."""

    @property
    def factor(self) -> float:
        """What people of the source are multiplied by to make those of the census; NaN if the source has nobody."""
        return self.census_people / self.source_people if self.source_people else float("nan")


@dataclass(frozen=True, eq=False)
class Population:
    """People as a source gives them: one point per populated cell or table row, not yet rounded."""

    xy: Floats
    """Cell centres or points, lon, lat [degrees], shape (n, 2)."""
    persons: Floats
    """People at each point, > 0, shape (n,)."""
    point_id: Ints
    """Row-major cell number or row number, ascending, shape (n,)."""
    cell_degrees: tuple[float, float] | None
    """Width and height of a cell [degrees] where the source is a grid; for drawing only."""
    findings: tuple[Finding, ...] = ()
    grid_width: int | None = None
    """Columns of the whole grid (``point_id`` is row * width + column), ``None`` where the source is a table."""


@dataclass(frozen=True, eq=False)
class People:
    """Residents at points, counted in 1/1024 person."""

    xy: Floats
    """lon, lat [degrees], shape (n, 2)."""
    units: Ints
    """1/1024 persons at each point, shape (n,)."""
    point_id: Ints
    """Ascending, shape (n,)."""
    region: Indices
    """Index of the region each point lies in, -1 without regions, shape (n,)."""
    setting: Codes
    """``Setting`` of each point, shape (n,); all ``RURAL`` until ``with_settlement``."""
    cell_degrees: tuple[float, float] | None = None
    """Width and height of a cell [degrees]; for drawing only."""
    left_out_units: int = 0
    """People of the source outside every region."""
    grid_width: int | None = None
    """As in ``Population``."""

    def __len__(self) -> int:
        return len(self.units)


@dataclass(frozen=True, eq=False)
class Streets:
    """
    One edge table for all modes of travel.

    Ways are split where they meet; edges of one way follow one another. ``flags`` holds the bits of
    ``catchment.network.streets``.
    """

    node_id: Ints
    """OSM ids of the edges' end nodes, ascending, shape (n,)."""
    start: Indices
    """Node index at each edge's first vertex, shape (m,)."""
    end: Indices
    """Node index at each edge's last vertex, shape (m,)."""
    vertex_ptr: Ints
    """Edge e has the vertices ``vertex_ptr[e]:vertex_ptr[e + 1]``, shape (m + 1,)."""
    vertex_xy: Floats
    """lon, lat [degrees], shape (v, 2)."""
    vertex_mm: Ints
    """Geodesic length from the edge's start to each vertex [mm], shape (v,)."""
    way_id: Ints
    """OSM way of each edge, shape (m,)."""
    first_segment: Indices
    """Number of the edge's first segment within its way, shape (m,)."""
    flags: NDArray[np.uint8]
    """Who may use the edge, shape (m,)."""
    kind: Codes
    """Index into ``STREET_KINDS``, shape (m,)."""
    name: Indices
    """Index into ``names``, -1 without a name, shape (m,)."""
    names: tuple[str, ...] = ()
    bounds: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    """West, south, east, north [degrees]: how far the road data reaches."""
    oddities: Mapping[str, int] = field(default_factory=dict)
    """How often something odd was met while reading, by catalogue entry ``finding.<something>``."""
    snapshot: dt.date | None = None
    """The date the road file states for itself."""

    @property
    def length_mm(self) -> Ints:
        """Geodesic length of each edge [mm], shape (m,)."""
        return self.vertex_mm[self.vertex_ptr[1:] - 1]

    def __len__(self) -> int:
        return len(self.start)


@dataclass(frozen=True, eq=False)
class RoadGraph:
    """
    The edges of one mode, folded: chains of edges between junctions.

    Every usable edge lies on one chain. ``forward`` means from the chain's start to its end.
    """

    mode: Mode
    streets: Streets
    edge_chain: Indices
    """Chain of each street edge, -1 if not usable in the mode, shape (m,)."""
    edge_from_mm: Ints
    """Position on the chain of the edge's first vertex [mm], shape (m,)."""
    edge_flipped: Mask
    """The edge runs against its chain, shape (m,)."""
    chain_start: Indices
    """Junction at each chain's start, shape (c,)."""
    chain_end: Indices
    """Junction at each chain's end, shape (c,)."""
    chain_mm: Ints
    """Length of each chain [mm], shape (c,)."""
    chain_forward: Mask
    """Travel from start to end is allowed, shape (c,)."""
    chain_backward: Mask
    """Travel from end to start is allowed, shape (c,)."""
    chain_component: Indices
    """Connected component of each chain (directions ignored), shape (c,)."""
    component_mm: Ints
    """Length of all chains of each component [mm], shape (k,)."""
    arc_ptr: Ints
    """Junction j is entered through the arcs ``arc_ptr[j]:arc_ptr[j + 1]``, shape (j + 1,)."""
    arc_from: Indices
    """Junction each arc comes from, in travel direction, shape (a,)."""
    arc_mm: Ints
    """Length of each arc [mm], shape (a,)."""
    junction_node: Indices
    """Street node of each junction, shape (j,)."""


@dataclass(frozen=True, eq=False)
class Places:
    """Where points join a graph: on an edge, so far from its start, over a gap."""

    edge: Indices
    """Street edge, -1 if nothing usable lies within the maximum gap, shape (n,)."""
    offset_mm: Ints
    """Distance from the edge's start [mm], shape (n,)."""
    gap_mm: Ints
    """Straight distance from point to edge [mm]; -1 if not snapped, shape (n,)."""
    passed_over_count: int = 0
    """Points for which a nearer edge of an islet (component under 500 m) was passed over."""

    def __len__(self) -> int:
        return len(self.edge)

    @property
    def snapped(self) -> Mask:
        """Which points have a place, shape (n,)."""
        return self.edge >= 0


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

    def __len__(self) -> int:
        return len(self.frame)


@dataclass(frozen=True, eq=False)
class Candidates:
    """Places where a site might stand. A stretch of street is a place to look for premises, never a site."""

    frame: pd.DataFrame
    """A row per candidate: ``candidate_id`` (1, 2, ...), ``label`` (entry of the catalogue that says what it is),
    ``street`` (its name), ``kind`` (OSM ``highway``), ``way_id`` (OSM way), ``lon, lat`` [degrees]."""

    @property
    def xy(self) -> Floats:
        """lon, lat [degrees], shape (n, 2)."""
        return self.frame[["lon", "lat"]].to_numpy(np.float64)

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


@dataclass(frozen=True, eq=False)
class Run:
    """Everything the outputs draw."""

    name: str
    date: dt.date
    language: Literal["zh", "en"]
    standard: Standard
    settlement_rule: SettlementRule
    """What told city, town and country apart."""
    synthetic: bool
    """Streets, people and sites are generated, and every output says so."""
    review_number: str
    """审图号 of the map, empty if it was not reviewed."""
    sites: Sites
    counted: Mask
    """Which sites count for the public, shape (sites,)."""
    site_region: Indices
    """Region of each site, -1 outside, shape (sites,)."""
    unsnapped: Mask
    """Sites that no usable edge lies near, in the mode of their own setting, shape (sites,)."""
    regions: Regions | None
    streets: Streets
    people: People
    access: Access
    totals: Totals
    by_region: pd.DataFrame
    """A row per region: ``region_id, name, parent, sites_count, counted_sites_count`` and units in
    ``people, city, town, rural, covered, uncovered, no_site, no_road, cut_off, edge_of_data, too_far``."""
    by_site: pd.DataFrame
    """A row per site, in the order of ``sites``: ``site_id, name, type, status, region, counted, gap_m`` and units in
    ``reach, catchment, catchment_covered, unique``."""
    findings: tuple[Finding, ...]
    sources: tuple[Source, ...]
    settlement_details: tuple[Literal["gaps", "shaped", "wider"], ...] = ()
    """How: regions without a code by the grid; urban centres smoothed and filled; the wider clusters as towns."""
    census_check: tuple[ControlCheck, ...] = ()
    """A line per control unit; empty without a census."""
    gaps: Gaps | None = None
    """Patches of uncovered people, ranked."""
    areas: Mapping[Mode, ServiceAreas] = field(default_factory=dict)
    """Areas of the counted sites, each in the mode of its own setting, in three bands."""
    dissolved: Mapping[Mode, ServiceAreas] = field(default_factory=dict)
    """The same as one area per mode and band."""
