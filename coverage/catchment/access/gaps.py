"""Gaps in service: connected patches of uncovered people of one setting, ranked by people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import KDTree

from catchment.geo.measure import earth_centred
from catchment.model import Cause, Gaps

if TYPE_CHECKING:
    from catchment.model import Access, Floats, Indices, Ints, People

STEP_DEGREES = 0.0009
"""Height of a row of a lattice of 100 m, within half a percent, anywhere."""

HOUSES_M, VILLAGES_M = 100, 500
"""Widths of the lattice for points that come from no grid."""

VILLAGES_APART_M = 200.0
"""Where half of the points of a table are farther than this from the next one, they are villages, not houses [m]."""


def lattice_m(people: People) -> int:
    """
    Width of the lattice on which the points of a table are joined to gaps [m].

    A table of villages, or of any areas by their centres, is told from one of houses by how far its points are apart:
    where the median distance from a place to the next one is over 200 m, the lattice is 500 m wide, else 100 m. To be
    asked of the whole source, so that no result depends on how the area is cut.

    Parameters
    ----------
    people
        Everybody, covered or not; places where nobody lives and repeated places are passed over.

    Examples
    --------
    Three villages 600 m apart, and three houses 60 m apart.

    >>> from catchment.model import People
    >>> none, ids = np.full(3, -1, np.int32), np.arange(3)
    >>> def table(degrees):
    ...     return People(np.column_stack([ids * degrees, 0.0 * ids]), ids + 1, ids, none, none.astype(np.int8))
    >>> lattice_m(table(0.0054)), lattice_m(table(0.00054))
    (500, 100)
    """
    places = np.unique(people.xy[people.units > 0], axis=0)
    if len(places) < 2:
        return HOUSES_M
    centred = earth_centred(places)
    apart_m, _ = KDTree(centred).query(centred, k=[2])
    return VILLAGES_M if np.median(apart_m) > VILLAGES_APART_M else HOUSES_M


def find_gaps(people: People, access: Access, *, width_m: int | None = None) -> Gaps:
    """
    Patches of uncovered people, whatever the cause.

    Two uncovered points of one setting belong to one patch if their cells touch, at a corner too. The cells are those
    of the population grid; points of a table lie on a fixed lattice, so that no result depends on how the area was
    cut. Points where nobody lives are part of no patch, so the people of all patches add up to the uncovered.

    Parameters
    ----------
    people
        With their settings.
    access
        From ``judge``.
    width_m
        Width of the lattice for the points of a table [m], a multiple of 100; by default that of ``lattice_m``. A
        grid is its own lattice.

    Returns
    -------
    Patches with most people first; of equals, the one with the smallest ``point_id`` first.
    """
    member = np.flatnonzero(~access.covered & (people.units > 0))
    if people.grid_width is None:
        width_m = width_m or lattice_m(people)
        cells = _lattice(people.xy[member], STEP_DEGREES * width_m / 100)
    else:
        width_m = None
        row, column = np.divmod(people.point_id[member], people.grid_width)
        cells = _Cells(row, column, column)
    label = _patches(cells, people.setting[member].astype(np.int64))
    total = _sums(label, people.units[member])
    first = np.full(len(total), np.iinfo(np.int64).max)
    np.minimum.at(first, label, people.point_id[member])
    ranked = np.lexsort((first, -total))
    rank = np.empty(len(ranked), np.int32)
    rank[ranked] = np.arange(len(ranked))
    patch = np.full(len(people), -1, np.int32)
    patch[member] = rank[label]
    return Gaps(_table(people, access, member, rank[label], total[ranked]), patch, width_m)


@dataclass(frozen=True, eq=False)
class _Cells:
    """Where points lie on a lattice; all arrays of shape (n,)."""

    row: Ints
    column: Ints
    next_column: Ints
    """Column of the cell of the next row that lies beside the point's own cell."""


def _lattice(xy: Floats, step_degrees: float) -> _Cells:
    """The cells of a fixed lattice in which places lie."""
    lon, lat = xy.T
    row = np.floor(lat / step_degrees).astype(np.int64)
    width = _width_degrees(row, step_degrees)
    column = np.floor(lon / width).astype(np.int64)
    middle = (column + 0.5) * width
    return _Cells(row, column, np.floor(middle / _width_degrees(row + 1, step_degrees)).astype(np.int64))


def _width_degrees(row: Ints, step_degrees: float) -> Floats:
    """Width of a row's cells: as many metres as the row is high."""
    latitude = np.minimum(np.abs((row + 0.5) * step_degrees), 89.0)
    width: Floats = step_degrees / np.cos(np.radians(latitude))
    return width


def _patches(cells: _Cells, setting: Ints) -> Ints:
    """Number of the patch of each point, shape (n,)."""
    if not len(setting):
        return np.empty(0, np.int64)
    # Two columns more than there are keep the last cell of a row from being the neighbour of the next row's first.
    columns = np.concatenate([cells.column, cells.next_column])
    least = int(columns.min()) - 1
    width = int(columns.max()) - least + 2
    height = int(np.ptp(cells.row)) + 2

    def key(row: Ints, column: Ints) -> Ints:
        number: Ints = (setting * height + row - cells.row.min()) * width + column - least
        return number

    own, first, index = np.unique(key(cells.row, cells.column), return_index=True, return_inverse=True)
    beside = [key(cells.row, cells.column + 1)]
    beside += [key(cells.row + 1, cells.next_column + step) for step in (-1, 0, 1)]
    pairs = []
    for neighbour in beside:
        at = np.minimum(np.searchsorted(own, neighbour[first]), len(own) - 1)
        here = np.flatnonzero(own[at] == neighbour[first])
        pairs.append(np.column_stack([here, at[here]]))
    one, other = np.concatenate(pairs).T
    links = coo_array((np.ones(len(one), np.int8), (one, other)), shape=(len(own),) * 2)
    label: Ints = connected_components(links, directed=False)[1].astype(np.int64)
    return label[index]


def _table(people: People, access: Access, member: Ints, patch: Indices, total: Ints) -> pd.DataFrame:
    """A row per patch; ``patch`` is that of each member."""
    units, cause = people.units[member], access.cause[member]
    causes = {
        kind: _sums(patch[cause == kind], units[cause == kind], len(total)) for kind in Cause if kind != Cause.COVERED
    }
    kinds = np.array(list(causes))
    heart = member[_first_by(patch, units, people.point_id[member])]
    return pd.DataFrame(
        {
            "gap_id": np.arange(1, len(total) + 1),
            "people": total,
            "setting": people.setting[heart],
            "cause": kinds[np.argmax(list(causes.values()), axis=0)].astype(np.int8),
            **{kind.name.lower(): part for kind, part in causes.items()},
            "region": _main_region(patch, people.region[member], units),
            "point": heart,
            "lon": people.xy[heart, 0],
            "lat": people.xy[heart, 1],
            "site": access.site[heart],
            "cost_mm": access.cost_mm[heart],
            "straight_m": access.straight_m[heart],
        }
    )


def _main_region(patch: Indices, region: Indices, units: Ints) -> Ints:
    """The region of most people of each patch, the smaller index of equals."""
    both, index = np.unique(np.column_stack([patch, region]), axis=0, return_inverse=True)
    total = _sums(index, units)
    main: Ints = both[_first_by(both[:, 0], total, both[:, 1]), 1]
    return main


def _first_by(group: Ints | Indices, units: Ints, tie: Ints | Indices) -> Ints:
    """Of each group the entry with most people, the smaller tie of equals; groups ascending."""
    order = np.lexsort((tie, -units, group))
    first: Ints = order[np.flatnonzero(np.diff(group[order], prepend=-1))]
    return first


def _sums(index: Ints | Indices, units: Ints, count: int | None = None) -> Ints:
    total = np.zeros(int(index.max(initial=-1)) + 1 if count is None else count, np.int64)
    np.add.at(total, index, units)
    return total
