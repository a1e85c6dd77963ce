"""What files give: sites, regions, census, people, and what was odd about them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol

import numpy as np

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    import geopandas as gpd
    import pandas as pd
    from shapely import LineString

    from catchment.model.kinds import Floats, Ints, Mask, Role, UnitHint
    from catchment.words import Phrases


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
    facts: Mapping[str, str | int | float | Phrases] = field(default_factory=dict)
    file: str = ""
    sheet: str = ""
    row: int | None = None
    """Row as the planner's program numbers it, the header row counted."""
    column: str = ""


@dataclass(frozen=True)
class Origin:
    """Where a site stands in its ledger."""

    file: str
    sheet: str
    row: int
    """Row as the planner's program numbers it, or the number of a feature."""
    cells: tuple[str, str]
    """Names of the cells of longitude and latitude, twice the same for one cell; empty for a feature of a map file."""
    columns: tuple[str, str]
    """Headers of these, as written."""
    texts: tuple[str, str]
    """What they say, as messages quote it."""


RepairWord = Literal[
    "repair.minutes",
    "repair.digits",
    "repair.millionths",
    "repair.grid",
    "repair.swapped",
    "repair.pair",
    "repair.one_digit",
]
"""Why another text is proposed for a cell: degrees and minutes; marks that are no digits; degrees x 1e6; metres of a
survey grid; longitude and latitude exchanged; both in one cell; one digit mistyped (a guess, never applied)."""


@dataclass(frozen=True)
class Repair:
    """
    Another text for one cell of a ledger, and why. The file itself is never changed.

    ``say(word, language, **facts)`` is the reason; its facts are ``cell``, ``found``, ``proposed`` and perhaps more.
    A row whose place needs two cells has a repair for each.
    """

    file: str
    sheet: str
    row: int
    """Row as the planner's program numbers it, the header row counted."""
    column: str
    """Header as written."""
    cell: str
    """As spreadsheets name it, ``C17``."""
    field: str
    """What the column holds: ``lon``, ``lat`` or ``pair`` (both in one cell)."""
    found: str
    """Text of the cell, as messages quote it."""
    proposed: str
    """Text to write into the cell."""
    word: RepairWord
    """Entry of the catalogue."""
    facts: Mapping[str, str | int | float]
    applied: bool = False
    """The run used ``proposed``; else the row is a bad row, listed."""


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
    """
    Columns ``site_id, name, type, status, county, township, address, services, geometry`` (WGS84 points); ``services``
    is what can be done there, as the ledger words it, empty where it says nothing.

    Those of ``read_sites`` have also, blank where the ledger says nothing: ``village`` (村、社区), ``area_m2`` and
    ``staff`` (persons; NaN if blank), ``street_front`` (临街: ``yes`` or ``no``), ``way`` (建设方式, entry of the
    catalogue), ``batch`` (批次) and ``honours`` (原荣誉) as worded;
    ``single_building`` (单体建筑), ``hotline``, ``complaint`` (投诉举报方式), ``notices`` (公示) and ``service_ledger``
    (服务台账): ``yes`` or ``no``; ``precision_m``, what the last written digit of
    the finer coordinate is worth on a meridian [m], NaN if unknown as in map files; and ``surveyed``, true where the
    ledger has metres of a survey grid, which are WGS84 whatever the datum of its degrees.
    Where some were converted to WGS84 also ``lon_in, lat_in`` [degrees] and ``datum_in``: what stands in the ledger.
    Where places were guessed or pointed at also ``approximate`` (the place is a guess, 近似) and ``uncertainty_m``
    (how far off it may be [m], 0 where exact).
    """
    findings: tuple[Finding, ...] = ()
    repairs: tuple[Repair, ...] = ()
    """What other text is proposed for cells of the ledger, in the order of its rows; applied or not."""
    origins: Mapping[str, Origin] = field(default_factory=dict)
    """Where each site stands in the ledger, by ``site_id``; empty if the sites are not of a ledger."""

    @property
    def xy(self) -> Floats:
        """lon, lat [degrees], shape (n, 2)."""
        return np.column_stack([self.frame.geometry.x, self.frame.geometry.y]).astype(np.float64)

    @property
    def approximate(self) -> Mask:
        """Whose places are only guessed (近似), shape (n,)."""
        guessed = self.frame.get("approximate", False)
        return np.broadcast_to(np.asarray(guessed, bool), len(self.frame))

    @property
    def uncertainty_m(self) -> Floats:
        """How far off a guessed place may be [m], 0 where exact, shape (n,)."""
        off = self.frame.get("uncertainty_m", 0.0)
        return np.broadcast_to(np.asarray(off, np.float64), len(self.frame))

    def __len__(self) -> int:
        return len(self.frame)


@dataclass(frozen=True, eq=False)
class Premises:
    """Premises that a service may be put into, in the order of ``premises_id``."""

    frame: gpd.GeoDataFrame
    """
    Columns ``premises_id`` (``n1``, ``w1`` or ``r1`` for a node, way or relation of OSM; of a table its own id or one
    from its content), ``name`` (may be empty), ``kind`` (entry of the catalogue), ``address``, ``source`` (``osm`` or
    ``table``), ``geometry`` (WGS84 points).

    Where some are of a planner's table also, blank where it says nothing: ``type`` (its own word), ``area_m2`` (NaN if
    blank), ``ownership`` (产权), ``way`` (建设方式, entry of the catalogue), ``honours`` (原荣誉), ``single_building``
    (单体建筑: ``yes`` or ``no``), ``proposed_by`` (申报县区), ``township`` (乡镇, as the table names it).
    """
    findings: tuple[Finding, ...] = ()

    @property
    def xy(self) -> Floats:
        """lon, lat [degrees], shape (n, 2)."""
        return np.column_stack([self.frame.geometry.x, self.frame.geometry.y]).astype(np.float64)

    def __len__(self) -> int:
        return len(self.frame)


@dataclass(frozen=True, eq=False)
class Stops:
    """Stops and stations of public transport, each once, in the order of ``stop_id``."""

    frame: gpd.GeoDataFrame
    """
    Columns ``stop_id`` (``n1``, ``w1`` or ``r1`` for a node, way or relation of OSM), ``name`` (may be empty), ``kind``
    (entry of the catalogue), ``geometry`` (WGS84 points).
    """
    merged_count: int = 0
    """Further entries of the file for one of these stops."""

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
    ``settlement``: ``city``, ``town``, ``rural`` or empty; where it says under which row of the plan's targets a
    township is counted, ``annex``.
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
class RoadEdits:
    """What a planner would close and build."""

    barriers: tuple[LineString, ...]
    """Lines across streets, lon, lat [degrees]."""
    links: tuple[LineString, ...]
    """New ways, lon, lat [degrees]."""
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, eq=False)
class Water:
    """Water of the road file, for drawing; nothing is measured by it."""

    areas: gpd.GeoDataFrame
    """Columns ``name`` (may be empty), ``geometry`` (WGS84 multipolygons): lakes, wide rivers, reservoirs."""
    lines: gpd.GeoDataFrame
    """Columns ``name``, ``geometry`` (WGS84 lines): rivers and canals."""
    broken_count: int = 0
    """Areas of the file that could not be put together."""

    def __len__(self) -> int:
        return len(self.areas) + len(self.lines)


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
class GridPlane:
    """Where the cells of a grid lie in its own coordinate reference system."""

    crs: str
    """Name or WKT."""
    transform: tuple[float, float, float, float, float, float]
    """``a, b, c, d, e, f``: x = a * column + b * row + c, y = d * column + e * row + f."""


@dataclass(frozen=True, eq=False)
class PeopleAreas:
    """People of whole areas (hexagons, villages, communities, townships), from south to north."""

    frame: gpd.GeoDataFrame
    """Columns ``name`` (may be empty), ``persons`` (> 0), ``geometry`` (valid WGS84 polygons)."""
    findings: tuple[Finding, ...] = ()

    def __len__(self) -> int:
        return len(self.frame)


@dataclass(frozen=True, eq=False)
class KeyGroups:
    """People of key groups (登记失业、脱贫、零工、毕业生, age bands) by unit, in the order of the table."""

    frame: pd.DataFrame
    """Columns ``unit_id, name, township, county`` (texts, may be empty), then those of each group [persons], >= 0."""
    groups: tuple[str, ...]
    """The groups, as the table calls them."""
    file: str = ""
    findings: tuple[Finding, ...] = ()

    def __len__(self) -> int:
        return len(self.frame)


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
    unit_hint: UnitHint = ""
    """What a grid says its values are, by its labels or its name."""
    cell_ha: Floats | None = None
    """Ground that each cell covers [ha], shape (n,), where the source is a grid."""
    plane: GridPlane | None = None
    """Where the cells lie, where the source is a grid."""
