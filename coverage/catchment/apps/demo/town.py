"""Streets of a town: a warped grid, main streets, missing links, lanes in the blocks, bridges."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from catchment.apps.demo.curves import beside, leftwards, lengths, nearest_row, noise, units
from catchment.apps.demo.lines import Lines, alike, joined, single

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from catchment.apps.demo.land import River
    from catchment.model import Floats, Ints, Mask

DUAL_GAP_M = 18.0
_BANK_M = 125.0
# By class: 0 residential, 1 tertiary, 2 secondary.
_MISSING_SHARE = np.array([0.2, 0.06, 0.0])
_CLASSES = ("residential", "tertiary", "secondary")
_LANES: tuple[Mapping[str, str], ...] = (
    {"highway": "residential"},
    {"highway": "living_street"},
    {"highway": "service"},
    {"highway": "footway"},
    {"highway": "service", "service": "driveway"},
)
_LANE_UNTIL = np.array([0.18, 0.3, 0.5, 0.65, 0.76])


@dataclass(frozen=True, eq=False)
class Plan:
    """What a town is to look like."""

    middle: Floats
    """[m], shape (2,)."""
    radii_m: tuple[float, float]
    spacing_m: float
    row_names: Mapping[int, str]
    """Names of the main streets along the grid's axis, by their number from the middle, northwards."""
    column_names: Mapping[int, str]
    bridges: Mapping[int, str]
    """Columns that cross the river."""
    dual: bool = False
    """Its middle street has two carriageways: rows 0 and 1."""


@dataclass(frozen=True, eq=False)
class Grid:
    """A town's corners, and which of the streets between them exist."""

    plan: Plan
    xy: Floats
    """Corners [m], shape (columns, rows, 2)."""
    along: Mask
    """Street from corner (i, j) to (i + 1, j), shape (columns - 1, rows)."""
    across: Mask
    """Street from corner (i, j) to (i, j + 1), shape (columns, rows - 1)."""

    @property
    def reach(self) -> int:
        """Number of columns, and of rows, on either side of the middle."""
        return (len(self.xy) - 1) // 2

    @property
    def blocks(self) -> Ints:
        """Blocks with a street on all four sides as (column, row), shape (n, 2)."""
        whole = self.along[:, :-1] & self.along[:, 1:] & self.across[:-1] & self.across[1:]
        if self.plan.dual:
            whole[:, self.reach] = False
        return np.argwhere(whole)

    def block_corners(self, block: Ints) -> Floats:
        """Counter-clockwise from the south-west, shape (n, 4, 2)."""
        i, j = block.T
        return np.stack([self.xy[i, j], self.xy[i + 1, j], self.xy[i + 1, j + 1], self.xy[i, j + 1]], axis=1)

    def corners(self, *, main: bool = False) -> Floats:
        """Corners with a street, or with a main street, shape (n, 2)."""
        along, across = self.along, self.across
        if main:
            along = along & (_class_of(self, self.plan.row_names, along.shape[1]) == 2)[None, :]
            across = across & (_class_of(self, self.plan.column_names, across.shape[0]) == 2)[:, None]
        used = np.zeros(self.xy.shape[:2], dtype=bool)
        used[:-1] |= along
        used[1:] |= along
        used[:, :-1] |= across
        used[:, 1:] |= across
        return self.xy[used]


def grid(plan: Plan, water: River, random: np.random.Generator) -> Grid:
    """The streets of a town: nowhere quite regular, some links missing, clear of the water, all of one piece."""
    reach = int(max(plan.radii_m) / plan.spacing_m * 1.25) + 3
    xy = _corners(plan, reach, random)
    away = (xy - plan.middle) / plan.radii_m
    ragged = 1 + 0.22 * noise((xy - plan.middle).reshape(-1, 2), max(plan.radii_m) * 0.6, random).reshape(xy.shape[:2])
    inside = lengths(away) < ragged
    inside &= (water.distance_m(xy.reshape(-1, 2)) > _BANK_M).reshape(inside.shape)
    north = water.is_north(xy)
    empty = Grid(plan, xy, inside[:-1] & inside[1:], inside[:, :-1] & inside[:, 1:])
    there = [
        random.random(links.shape) >= _MISSING_SHARE[_class_of(empty, names, size)][shape]
        for links, names, size, shape in (
            (empty.along, plan.row_names, xy.shape[1], np.s_[None, :]),
            (empty.across, plan.column_names, xy.shape[0], np.s_[:, None]),
        )
    ]
    along = empty.along & there[0] & (north[:-1] == north[1:])
    across = empty.across & there[1] & (north[:, :-1] == north[:, 1:])
    return _largest_piece(Grid(plan, xy, along, across), water)


def _corners(plan: Plan, reach: int, random: np.random.Generator) -> Floats:
    """Corners of all rows and columns, unevenly spaced, bent and jittered."""
    count = 2 * reach + 1
    lines = []
    for dual in (False, plan.dual):
        gaps = plan.spacing_m * (0.76 + 0.48 * random.random(count))
        if dual:
            gaps[reach + 1] = DUAL_GAP_M
        at = np.cumsum(gaps)
        lines.append(at - at[reach])
    tilt = (random.random() - 0.5) * 0.24
    axis = units(np.array([1.0, tilt]))
    flat = lines[0][:, None, None] * axis + lines[1][None, :, None] * leftwards(axis)
    places = flat.reshape(-1, 2)
    bends = np.column_stack([noise(places, plan.spacing_m * 7, random) for _ in range(2)]).reshape(flat.shape)
    jitter = 2 * random.random(flat.shape) - 1
    if plan.dual:
        jitter[:, reach + 1] = jitter[:, reach]
        bends[:, reach + 1] = bends[:, reach]
    xy: Floats = plan.middle + flat + plan.spacing_m * (0.4 * bends + 0.08 * jitter)
    return xy


def _class_of(streets: Grid, names: Mapping[int, str], size: int) -> Ints:
    """Class of each row or column, shape (size,)."""
    number = np.arange(size) - streets.reach
    main = np.isin(number, list(names))
    return np.where(main, 2, np.where(number % 4 == 2, 1, 0))


def _bridge_ends(streets: Grid, water: River) -> Iterator[tuple[str, tuple[int, int], tuple[int, int]]]:
    """Name, southern and northern corner of each bridge that can be built."""
    used = np.zeros(streets.xy.shape[:2], dtype=bool)
    used[:, :-1] |= streets.across
    used[:, 1:] |= streets.across
    north = water.is_north(streets.xy)
    for number, name in streets.plan.bridges.items():
        column = number + streets.reach
        south_rows, north_rows = (np.flatnonzero(used[column] & side) for side in (~north[column], north[column]))
        if len(south_rows) and len(north_rows):
            yield name, (column, int(south_rows[-1])), (column, int(north_rows[0]))


def _largest_piece(streets: Grid, water: River) -> Grid:
    """Without the streets that lost their last joint with the others."""
    node = np.arange(streets.xy.shape[0] * streets.xy.shape[1]).reshape(streets.xy.shape[:2])
    bridges = np.array([(node[one], node[two]) for _, one, two in _bridge_ends(streets, water)]).reshape(-1, 2)
    one = np.concatenate([node[:-1][streets.along], node[:, :-1][streets.across], bridges[:, 0]])
    two = np.concatenate([node[1:][streets.along], node[:, 1:][streets.across], bridges[:, 1]])
    links = coo_array((np.ones(len(one), np.int8), (one, two)), shape=(node.size, node.size))
    piece = connected_components(links, directed=False)[1].reshape(node.shape)
    largest = piece == np.argmax(np.bincount(piece.ravel()))
    return replace(streets, along=streets.along & largest[:-1], across=streets.across & largest[:, :-1])


def street_lines(streets: Grid, water: River) -> Lines:
    """The streets of a grid; each has a vertex in the middle of a block, where lanes begin."""
    plan, reach, xy = streets.plan, streets.reach, streets.xy
    parts = []
    for links, names, is_row in ((streets.along, plan.row_names, True), (streets.across, plan.column_names, False)):
        i, j = np.nonzero(links)
        start, end = xy[i, j], xy[i + is_row, j + (not is_row)]
        number = (j if is_row else i) - reach
        kinds = _class_of(streets, names, xy.shape[1 if is_row else 0])[number + reach]
        tags, tag = _street_tags(names, number, kinds)
        dual = plan.dual and is_row
        if dual:
            # Traffic keeps right: the southern carriageway of the middle street runs east, the northern one west.
            west = number == 1
            start, end = np.where(west[:, None], end, start), np.where(west[:, None], start, end)
            tags.append({"highway": "primary", "oneway": "yes", "name": names[0]})
            tag = np.where((number == 0) | west, len(tags) - 1, tag)
        parts.append(alike(np.stack([start, (start + end) / 2, end], axis=1), tags, tag))
    parts += [
        single(np.array([xy[one], xy[two]]), {"highway": "primary", "name": name, "bridge": "yes", "layer": "1"})
        for name, one, two in _bridge_ends(streets, water)
    ]
    return joined(parts)


def _street_tags(names: Mapping[int, str], number: Ints, kinds: Ints) -> tuple[list[dict[str, str]], Ints]:
    """Tags without a name by class, then those of each main street; and which each link has."""
    tags = [{"highway": kind} for kind in _CLASSES]
    tag = kinds.copy()
    for main, name in names.items():
        tag[number == main] = len(tags)
        tags.append({"highway": "secondary", "name": name})
    return tags, tag


def block_lanes(corners: Floats, random: np.random.Generator) -> Lines:
    """
    Lanes, footways and yards inside blocks: through, into the middle, round a corner, or none.

    Parameters
    ----------
    corners
        Of the blocks [m], shape (n, 4, 2).
    random
        Draws which.
    """
    count = len(corners)
    draw = random.random((3, count))
    middles = (corners + np.roll(corners, -1, axis=1)) / 2
    side, row = (draw[1] * 4).astype(np.int64), np.arange(count)
    one, two, turned = (middles[row, (side + turn) % 4] for turn in (0, 2, 1))
    centre = corners.mean(axis=1) + (draw[2, :, None] - 0.5) * 0.2 * (one - two)
    kind = np.searchsorted(_LANE_UNTIL, draw[0], side="right")
    through, dead_end, corner = (np.isin(kind, kinds) for kinds in ((0, 1, 3), (2,), (4,)))
    return joined(
        [
            alike(np.stack([one, centre, two], axis=1)[through], _LANES, kind[through]),
            alike(np.stack([one, centre], axis=1)[dead_end], _LANES, 2),
            alike(np.stack([one, centre, turned], axis=1)[corner], _LANES, 4),
        ]
    )


def gated_estate(corners: Floats) -> Lines:
    """A gated estate in a block: private roads, one gate; corners of shape (4, 2)."""
    private = {"highway": "service", "access": "private"}
    loop = _inner(corners, 0.6)
    gate = np.array([(corners[0] + corners[1]) / 2, loop[1], loop[4]])
    return joined([single(loop, private), single(gate, private)])


def square(corners: Floats) -> Lines:
    """A square in the middle of a block, walkable all over, with walks to the corners."""
    area = _inner(corners, 0.62)
    area = np.delete(area, [1, 4], axis=0)
    walks = np.stack([corners, area[:4]], axis=1)
    tags = {"highway": "pedestrian", "area": "yes", "name": "人民广场"}
    return joined([single(area, tags), alike(walks, [{"highway": "footway"}])])


def park(corners: Floats) -> Lines:
    """A park: a walk around, paths to its middle, steps up to it."""
    around = np.delete(_inner(corners, 0.7), [1, 4], axis=0)
    middle = corners.mean(axis=0)
    paths = np.array([[corners[k], around[k], middle] for k in (0, 2)])
    return joined(
        [
            single(around, {"highway": "path", "name": "湖山公园步道"}),
            alike(paths, [{"highway": "footway"}]),
            single(np.array([middle, around[1]]), {"highway": "steps"}),
        ]
    )


def _inner(corners: Floats, share: float) -> Floats:
    """The block shrunk towards its middle, with a vertex in its southern and northern side, closed."""
    inner = corners.mean(axis=0) + share * (corners - corners.mean(axis=0))
    south, north = (inner[0] + inner[1]) / 2, (inner[2] + inner[3]) / 2
    return np.array([inner[0], south, inner[1], inner[2], north, inner[3], inner[0]])


def riverside(streets: Grid, water: River) -> Lines:
    """Walks along both banks of the town, with steps up to its streets."""
    away = (water.xy - streets.plan.middle) / streets.plan.radii_m
    here = water.xy[lengths(away) < 0.8]
    corners = streets.corners()
    bank = water.is_north(corners)
    parts = []
    for offset_m, side in ((112.0, bank), (-112.0, ~bank)):
        walk, dry = beside(here, offset_m), corners[side]
        parts.append(single(walk, {"highway": "footway", "name": "滨江步道"}))
        rows = np.arange(2, len(walk) - 2, 9)
        ends = np.array([dry[nearest_row(dry, walk[row])] for row in rows])
        parts.append(alike(np.stack([walk[rows], ends], axis=1), [{"highway": "steps"}]))
    return joined(parts)
