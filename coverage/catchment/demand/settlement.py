"""City, town or country: by the planner's polygons, or by the degree of urbanisation of the population itself."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from pyproj import Transformer
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from catchment.geo.shapes import polygon_of
from catchment.model import UNITS_PER_PERSON, Setting

if TYPE_CHECKING:
    from catchment.model import Codes, Floats, Ints, People, UrbanAreas

DENSE_PER_KM2 = 1_500
CITY_PEOPLE = 50_000
TOWN_PEOPLE = 5_000

# Columns of the 1-km grid; the Mollweide world is 36,082 km wide.
_COLUMNS = 40_000


@dataclass(frozen=True, eq=False)
class SettlementGrid:
    """The cells of a 1-km equal-area grid that are city or town; all others are country."""

    cell: Ints
    """Cell numbers, ascending, shape (n,)."""
    setting: Codes
    """``Setting.CITY`` or ``Setting.TOWN``, shape (n,)."""


def setting_by_areas(xy: Floats, areas: UrbanAreas) -> Codes:
    """
    Setting of each place by the planner's polygons: inside a city polygon, else inside a town polygon, else rural.

    Parameters
    ----------
    xy
        lon, lat [degrees], shape (n, 2).
    areas
        The polygons.
    """
    setting = np.full(len(xy), Setting.RURAL, np.int8)
    for name, code in (("town", Setting.TOWN), ("city", Setting.CITY)):
        polygons = areas.frame.geometry[areas.frame["setting"] == name].to_numpy()
        if len(polygons):
            setting[polygon_of(xy, polygons) >= 0] = code
    return setting


def setting_by_grid(xy: Floats, grid: SettlementGrid) -> Codes:
    """
    Setting of each place by the cell it lies in.

    Parameters
    ----------
    xy
        lon, lat [degrees], shape (n, 2).
    grid
        From ``settlement_grid``.
    """
    setting = np.full(len(xy), Setting.RURAL, np.int8)
    if not len(grid.cell):
        return setting
    cell = grid_cell(xy)
    at = np.minimum(np.searchsorted(grid.cell, cell), len(grid.cell) - 1)
    urban = grid.cell[at] == cell
    setting[urban] = grid.setting[at[urban]]
    return setting


def settlement_grid(people: People) -> SettlementGrid:
    """
    Urban centres and dense clusters of a population, by the degree of urbanisation.

    People are summed in the 1-km cells of the world Mollweide grid (the one of GHS-POP, so the result does not
    depend on how the area was cut). Cells of at least 1,500 people that share a side form a cluster; one of at least
    50,000 people is city, one of at least 5,000 is town. All cells count as land; holes are not filled.

    References
    ----------
    Eurostat, "Applying the Degree of Urbanisation" (2021), level 1 and level 2 classes 30 and 23.
    """
    cell, index = np.unique(grid_cell(people.xy), return_inverse=True)
    units = np.zeros(len(cell), np.int64)
    np.add.at(units, index, people.units)
    dense = units >= DENSE_PER_KM2 * UNITS_PER_PERSON
    cell, units = cell[dense], units[dense]
    cluster = _side_clusters(cell)
    total = np.zeros(len(cell), np.int64)
    np.add.at(total, cluster, units)
    in_cluster = total[cluster]
    setting = np.where(in_cluster >= CITY_PEOPLE * UNITS_PER_PERSON, Setting.CITY, Setting.TOWN).astype(np.int8)
    large = in_cluster >= TOWN_PEOPLE * UNITS_PER_PERSON
    return SettlementGrid(cell[large], setting[large])


def _side_clusters(cell: Ints) -> Ints:
    """Cluster number of each cell; cells that share a side share a cluster."""
    if not len(cell):
        return np.empty(0, np.int64)
    pairs = []
    for step in (1, _COLUMNS):
        at = np.minimum(np.searchsorted(cell, cell + step), len(cell) - 1)
        here = np.flatnonzero(cell[at] == cell + step)
        pairs.append(np.column_stack([here, at[here]]))
    joined = np.concatenate(pairs)
    links = coo_array((np.ones(len(joined), np.int8), (joined[:, 0], joined[:, 1])), shape=(len(cell),) * 2)
    label: Ints = connected_components(links, directed=False)[1].astype(np.int64)
    return label


def grid_cell(xy: Floats) -> Ints:
    """Number of the 1-km Mollweide cell of each place (row-major from the south-west), shape (n,)."""
    east, north = _to_mollweide().transform(xy[:, 0], xy[:, 1])
    column = np.floor(np.asarray(east) / 1000).astype(np.int64) + _COLUMNS // 2
    row = np.floor(np.asarray(north) / 1000).astype(np.int64) + _COLUMNS // 2
    number: Ints = row * _COLUMNS + column
    return number


@cache
def _to_mollweide() -> Transformer:
    # JRC's files say EPSG:54009, which does not exist; the code is ESRI's.
    return Transformer.from_crs("EPSG:4326", "ESRI:54009", always_xy=True)
