"""City, town or country: by polygons, by class codes of regions, or by the degree of urbanisation of the population."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from pyproj import Transformer
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from catchment.demand.centres import shaped
from catchment.geo.shapes import polygon_of
from catchment.model import UNITS_PER_PERSON, Setting

if TYPE_CHECKING:
    from catchment.model import Codes, Floats, Indices, Ints, Mask, People, Regions, UrbanAreas

DENSE_PER_KM2 = 1_500
WIDER_PER_KM2 = 300
CITY_PEOPLE = 50_000
TOWN_PEOPLE = 5_000

# Columns of the 1-km grid; the Mollweide world is 36,082 km wide.
_COLUMNS = 40_000
SIDES = (1, _COLUMNS)
"""What the numbers of two cells that share a side differ by."""

_SIDES_AND_CORNERS = (*SIDES, _COLUMNS - 1, _COLUMNS + 1)


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


def setting_by_codes(region: Indices, regions: Regions) -> Codes:
    """
    Setting of each place by the class code (城乡分类代码) of its region, -1 where there is none.

    Parameters
    ----------
    region
        Region of each place, -1 outside all, shape (n,).
    regions
        With or without codes.
    """
    code = {setting.name.lower(): setting for setting in Setting}
    texts = regions.frame["settlement"] if "settlement" in regions.frame else [""] * len(regions)
    # A region of -1 takes the last entry: none.
    of_region = np.array([*(code.get(text, -1) for text in texts), -1], np.int8)
    setting: Codes = of_region[region]
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


def settlement_grid(people: People, *, shaped_centres: bool = True, wider_clusters: bool = False) -> SettlementGrid:
    """
    Urban centres and dense clusters of a population, by the degree of urbanisation.

    People are summed in the 1-km cells of the world Mollweide grid (the one of GHS-POP, so the result does not
    depend on how the area was cut). Cells of at least 1,500 people that share a side form a cluster; one of at least
    50,000 people is an urban centre and city, one of at least 5,000 a dense cluster and town. All cells count as
    land, and people alone make a cell dense (no built-up area).

    Parameters
    ----------
    people
        Residents.
    shaped_centres
        Edges of urban centres are smoothed (a cell joins the centre to which at least five of its eight neighbours
        belong, until none does), then their holes of under 15 km² are filled.
    wider_clusters
        Cells of at least 300 people that share a side or a corner and hold at least 5,000 people together are town
        as well.

    References
    ----------
    Eurostat, "Applying the Degree of Urbanisation" (2021), level 1 and level 2 classes 30 and 23; smoothing and
    filling as in GHSL Data Package 2022.
    """
    cell, index = np.unique(grid_cell(people.xy), return_inverse=True)
    units = np.zeros(len(cell), np.int64)
    np.add.at(units, index, people.units)
    dense = units >= DENSE_PER_KM2 * UNITS_PER_PERSON
    label, total = clusters(cell[dense], units[dense], SIDES)
    centre = total >= CITY_PEOPLE * UNITS_PER_PERSON
    city = cell[dense][centre]
    if shaped_centres:
        city = _shaped(city, label[centre])
    towns = [cell[dense][total >= TOWN_PEOPLE * UNITS_PER_PERSON]]
    if wider_clusters:
        wide = units >= WIDER_PER_KM2 * UNITS_PER_PERSON
        towns.append(
            cell[wide][clusters(cell[wide], units[wide], _SIDES_AND_CORNERS)[1] >= TOWN_PEOPLE * UNITS_PER_PERSON]
        )
    urban = np.unique(np.concatenate([city, *towns]))
    return SettlementGrid(urban, np.where(np.isin(urban, city), Setting.CITY, Setting.TOWN).astype(np.int8))


def clusters(cell: Ints, units: Ints, steps: tuple[int, ...]) -> tuple[Ints, Ints]:
    """
    Cluster number of each cell and the people of that cluster; cells that lie a step apart share a cluster.

    Parameters
    ----------
    cell
        Cell numbers, ascending, shape (n,).
    units
        People in each, shape (n,).
    steps
        Differences of the numbers of cells that hang together, ``SIDES`` or more.

    Examples
    --------
    Two cells side by side, and one a row and a column on.

    >>> [found.tolist() for found in clusters(np.array([7, 8, 40_009]), np.array([1, 2, 4]), SIDES)]
    [[0, 0, 1], [3, 3, 4]]
    """
    if not len(cell):
        return np.empty(0, np.int64), np.empty(0, np.int64)
    pairs = []
    for step in steps:
        at = np.minimum(np.searchsorted(cell, cell + step), len(cell) - 1)
        here = np.flatnonzero(cell[at] == cell + step)
        pairs.append(np.column_stack([here, at[here]]))
    joined = np.concatenate(pairs)
    links = coo_array((np.ones(len(joined), np.int8), (joined[:, 0], joined[:, 1])), shape=(len(cell),) * 2)
    label: Ints = connected_components(links, directed=False)[1].astype(np.int64)
    total = np.zeros(len(cell), np.int64)
    np.add.at(total, label, units)
    return label, total[label]


def _shaped(cell: Ints, label: Ints) -> Ints:
    """The cells of urban centres, each centre smoothed and filled within its own box, which it cannot outgrow."""
    row, column = np.divmod(cell, _COLUMNS)
    cells = []
    for number in np.unique(label):
        own = label == number
        top, left = row[own].min(), column[own].min()
        box = (int(row[own].max() - top + 1), int(column[own].max() - left + 1))
        inside = (row >= top) & (row < top + box[0]) & (column >= left) & (column < left + box[1])
        centre, closed = (_drawn(row[here] - top, column[here] - left, box) for here in (own, inside & ~own))
        rows, columns = np.nonzero(shaped(centre, closed))
        cells.append((rows + top) * _COLUMNS + columns + left)
    return np.unique(np.concatenate(cells)) if cells else cell


def _drawn(row: Ints, column: Ints, box: tuple[int, int]) -> Mask:
    drawing = np.zeros(box, np.bool_)
    drawing[row, column] = True
    return drawing


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
