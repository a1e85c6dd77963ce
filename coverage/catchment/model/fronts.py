"""Buildings, ways that have no fronts, and which building looks onto which street."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from catchment.model.inputs import Finding


@dataclass(frozen=True, eq=False)
class Buildings:
    """Outlines of buildings, each sound and once, in the order of ``building_id``."""

    frame: gpd.GeoDataFrame
    """
    Columns ``building_id`` (``w1`` or ``r1`` for a way or relation of OSM; of a layer its own id or one from its
    content), ``kind`` (the value of OSM ``building``, or the layer's word), ``name`` (may be empty), ``levels``
    (storeys, NaN where unknown), ``amenity, shop, office`` (empty where there is none), ``geometry`` (valid WGS84
    polygons or multipolygons).
    """
    findings: tuple[Finding, ...] = ()

    def __len__(self) -> int:
        return len(self.frame)


@dataclass(frozen=True, eq=False)
class BarredWays:
    """Ways of a road file that are no place for a front by their tags, in the order of ``way_id``."""

    frame: gpd.GeoDataFrame
    """Columns ``way_id``, ``reason`` (entry of the catalogue, ``front.<something>``), ``geometry`` (WGS84 lines)."""

    def __len__(self) -> int:
        return len(self.frame)


@dataclass(frozen=True, eq=False)
class Fronts:
    """Which building looks onto which street, and why the others look onto none."""

    frame: pd.DataFrame
    """
    A row per building and street, by building, then the longest first: ``building`` (row of ``Buildings``, or of the
    premises where no building is known), ``street`` (its name, empty without one; a paved area without a name has that
    of the nearest street), ``kind`` (OSM ``highway``), ``edge`` (row of ``Streets`` in front of the face's middle),
    ``way_id``, ``frontage_m`` (length of wall that looks onto the street, NaN where no building is known),
    ``setback_m`` (smallest distance of that wall from the street's line), ``side`` (``front.left`` or ``front.right``
    of the street, in the direction of its way), ``compass`` (``compass.n``, ``compass.ne``, ...: on which side of the
    street the building stands), ``corner`` (it looks onto another street too, 45 to 135 degrees from this), ``lon,
    lat`` (middle of the longest straight piece of the face [degrees]).
    """
    reason: tuple[str, ...]
    """Of each building, in the order of ``Buildings``: why it has no front (entry of the catalogue), empty if it has
    one."""
    findings: tuple[Finding, ...] = ()
    """Buildings that stand across a street, and ways with fronts whose name or class nobody knows."""

    def __len__(self) -> int:
        return len(self.frame)
