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

    from catchment.model.kinds import Floats, Ints, Role
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

    Where some were converted to WGS84 also ``lon_in, lat_in`` [degrees] and ``datum_in``: what stands in the ledger.
    """
    findings: tuple[Finding, ...] = ()

    @property
    def xy(self) -> Floats:
        """lon, lat [degrees], shape (n, 2)."""
        return np.column_stack([self.frame.geometry.x, self.frame.geometry.y]).astype(np.float64)

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
    (单体建筑: ``yes`` or ``no``), ``proposed_by`` (申报县区).
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
