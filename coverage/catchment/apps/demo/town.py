"""Streets of a town: a warped grid inside an outline, main streets, missing links, and what stands in the blocks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from catchment.apps.demo import atlas
from catchment.apps.demo.curves import beside, kilometres, nearest_point, nearest_row
from catchment.apps.demo.junctions import Line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from catchment.apps.demo.atlas import District, Km
    from catchment.model import Floats, Mask

_REACH = 16  # rows and columns on either side of the centre
_DUAL_HALF_WIDTH_M = 9.0
_MISSING_SHARE = {"residential": 0.2, "tertiary": 0.06, "secondary": 0.0}


@dataclass(frozen=True, eq=False)
class Grid:
    """A district's corners, and which of the streets between them exist."""

    district: District
    xy: Floats
    """Corners [m], shape (columns, rows, 2)."""
    along: Mask
    """Street from corner (i, j) to (i + 1, j), shape (columns - 1, rows)."""
    across: Mask
    """Street from corner (i, j) to (i, j + 1), shape (columns, rows - 1)."""

    @property
    def blocks(self) -> Mask:
        """Blocks with a street on all four sides, shape (columns - 1, rows - 1)."""
        return self.along[:, :-1] & self.along[:, 1:] & self.across[:-1] & self.across[1:]

    def block_corners(self, i: int, j: int) -> Floats:
        """Counter-clockwise from the south-west, shape (4, 2)."""
        return np.array([self.xy[i, j], self.xy[i + 1, j], self.xy[i + 1, j + 1], self.xy[i, j + 1]])

    def main_corners(self) -> Floats:
        """Where a main street meets another street, shape (n, 2)."""
        used = np.zeros(self.xy.shape[:2], dtype=bool)
        for number in self.district.rows:
            row = number + _REACH
            used[:-1, row] |= self.along[:, row]
            used[1:, row] |= self.along[:, row]
        return self.xy[used]


def grid(district: District, random: np.random.Generator) -> Grid:
    """The streets of a district: nowhere quite regular, some links missing, all of one piece."""
    xy = _corners(district, random)
    inside = shapely.contains_xy(shapely.Polygon(kilometres(*district.outline)).buffer(-70), xy[..., 0], xy[..., 1])
    along = inside[:-1] & inside[1:] & _present(district.rows, random, inside.shape)[:-1]
    across = inside[:, :-1] & inside[:, 1:] & _present(district.columns, random, inside.shape[::-1]).T[:, :-1]
    return _largest_piece(Grid(district, xy, along, across))


def _corners(district: District, random: np.random.Generator) -> Floats:
    """Corners of all rows and columns, unevenly spaced, bent and jittered."""
    count = 2 * _REACH + 1
    lines = []
    for _ in range(2):
        gaps = district.spacing_m * (0.72 + 0.56 * random.random(count))
        at = np.cumsum(gaps)
        lines.append(at - at[_REACH])
    axis = np.array(district.axis) / np.sqrt(district.axis[0] ** 2 + district.axis[1] ** 2)
    normal = np.array([-axis[1], axis[0]])
    flat = lines[0][:, None, None] * axis + lines[1][None, :, None] * normal
    bends = district.spacing_m * 0.45 * _smooth_field(random, count)
    jitter = district.spacing_m * 0.1 * (random.random((count, count, 2)) * 2 - 1)
    xy: Floats = kilometres(district.place.at)[0] + flat + bends + jitter
    return xy


def _smooth_field(random: np.random.Generator, count: int, knots: int = 7) -> Floats:
    """Random vectors in -1..1 that change slowly over the grid, shape (count, count, 2)."""
    coarse = random.random((knots, knots, 2)) * 2 - 1
    at = np.arange(count) * (knots - 1) / count
    cell = at.astype(np.int64)
    share = at - cell
    share = share * share * (3 - 2 * share)
    rows = coarse[cell] + share[:, None, None] * (coarse[cell + 1] - coarse[cell])
    smooth: Floats = rows[:, cell] + share[None, :, None] * (rows[:, cell + 1] - rows[:, cell])
    return smooth


def _street_class(number: int, names: Mapping[int, str]) -> str:
    if number in names:
        return "secondary"
    return "tertiary" if number % 4 == 2 else "residential"


def _present(names: Mapping[int, str], random: np.random.Generator, shape: tuple[int, int]) -> Mask:
    """Which links of each line are not missing, shape (links, lines)."""
    missing = [_MISSING_SHARE[_street_class(number, names)] for number in range(-_REACH, _REACH + 1)]
    return random.random(shape) >= np.array(missing)[None, :]


def _largest_piece(streets: Grid) -> Grid:
    """Without the streets that lost their last joint with the others."""
    node = np.arange(streets.xy.shape[0] * streets.xy.shape[1]).reshape(streets.xy.shape[:2])
    one = np.concatenate([node[:-1][streets.along], node[:, :-1][streets.across]])
    two = np.concatenate([node[1:][streets.along], node[:, 1:][streets.across]])
    links = coo_array((np.ones(len(one), np.int8), (one, two)), shape=(node.size, node.size))
    piece = connected_components(links, directed=False)[1].reshape(node.shape)
    largest = piece == np.argmax(np.bincount(piece.ravel()))
    return Grid(streets.district, streets.xy, streets.along & largest[:-1], streets.across & largest[:, :-1])


def grid_lines(streets: Grid, *, ring: Floats | None = None, dual_row: int | None = None) -> list[Line]:
    """
    The streets of a grid as lines.

    Parameters
    ----------
    streets
        The grid.
    ring
        A ring road that main streets are led to [m], shape (n, 2).
    dual_row
        A row that is a dual carriageway, one line for each direction.
    """
    lines = []
    for number in range(-_REACH, _REACH + 1):
        place = number + _REACH
        for names, links, corners in (
            (streets.district.rows, streets.along[:, place], streets.xy[:, place]),
            (streets.district.columns, streets.across[place], streets.xy[place]),
        ):
            kind = _street_class(number, names)
            dual = names is streets.district.rows and number == dual_row
            tags = {"highway": "primary" if dual else kind, "name": names.get(number, "")}
            for start, stop in _runs(links):
                xy = corners[start : stop + 1]
                if ring is not None and kind != "residential":
                    xy = _led_to(ring, xy)
                lines += _dual(xy, tags, streets.district) if dual else [Line(xy, tags, streets.district.place.name)]
    return lines


def _runs(links: Mask) -> Iterator[tuple[int, int]]:
    """First and last corner of each unbroken stretch of links."""
    change = np.flatnonzero(np.diff(np.concatenate([[False], links, [False]]).astype(np.int8)))
    yield from zip(change[::2].tolist(), change[1::2].tolist(), strict=True)


def _led_to(ring: Floats, xy: Floats, reach_m: float = 420.0) -> Floats:
    """The line with both ends led on to the ring where that is near and ahead."""
    for _ in range(2):
        xy = xy[::-1]
        target = nearest_point(ring, xy[-1] + 0.6 * (xy[-1] - xy[-2]))
        if ((target - xy[-1]) ** 2).sum() < reach_m**2 and ((target - xy[-1]) * (xy[-1] - xy[-2])).sum() > 0:
            xy = np.vstack([xy, target])
    return xy


def _dual(xy: Floats, tags: Mapping[str, str], district: District) -> list[Line]:
    tags = {**tags, "oneway": "yes"}
    sides = (beside(xy, -_DUAL_HALF_WIDTH_M), beside(xy, _DUAL_HALF_WIDTH_M)[::-1])
    return [Line(side, tags, district.place.name) for side in sides]


def block_lines(streets: Grid, random: np.random.Generator) -> list[Line]:
    """Lanes, footways and yards inside the blocks."""
    lines = []
    for i, j in np.argwhere(streets.blocks).tolist():
        lines += _lanes(streets.block_corners(i, j), random.random(4).tolist(), streets.district.place.name)
    return lines


def _lanes(corners: Floats, draw: list[float], place: str) -> list[Line]:
    """One of the ways a block may be opened up."""
    middles = (corners + np.roll(corners, -1, axis=0)) / 2
    side = int(draw[1] * 4)
    one, two = middles[side], middles[(side + 2) % 4]
    centre = corners.mean(axis=0) + (draw[2] - 0.5) * 0.3 * (one - two)
    if draw[0] < 0.3:
        kind = "residential" if draw[3] < 0.5 else "living_street"
        return [Line(np.array([one, centre, two]), {"highway": kind}, place, 1.2)]
    if draw[0] < 0.5:
        return [Line(np.array([one, centre]), {"highway": "service"}, place, 1.5)]
    if draw[0] < 0.65:
        return [Line(np.array([one, centre, two]), {"highway": "footway"}, place, 0.8)]
    if draw[0] < 0.78:
        corner = middles[(side + 1) % 4]
        service = {"highway": "service", "service": "driveway"}
        return [Line(np.array([one, centre, corner]), service, place, 1.4)]
    return []


def special_blocks(streets: Grid) -> list[Line]:
    """The square, the park, the shopping street and the gated estates of the town."""
    lines = [
        *_square(_block_near(streets, atlas.SQUARE)),
        *_park(_block_near(streets, atlas.PARK)),
        *(line for at in atlas.ESTATES for line in _estate(_block_near(streets, at))),
    ]
    for at in atlas.SHOPPING_STREET:
        corners = _block_near(streets, at)
        ends = np.array([(corners[0] + corners[3]) / 2, (corners[1] + corners[2]) / 2])
        lines.append(Line(ends, {"highway": "pedestrian", "name": "步行街"}, atlas.TOWN.place.name, 2.0))
    return lines


def _block_near(streets: Grid, at: Km) -> Floats:
    whole = np.argwhere(streets.blocks)
    middles = np.array([streets.block_corners(i, j).mean(axis=0) for i, j in whole.tolist()])
    i, j = whole[nearest_row(middles, kilometres(at)[0])].tolist()
    return streets.block_corners(i, j)


def _inner(corners: Floats, share: float) -> Floats:
    """The block shrunk towards its middle, closed."""
    middle = corners.mean(axis=0)
    inner = middle + share * (corners - middle)
    return np.vstack([inner, inner[:1]])


def _square(corners: Floats) -> list[Line]:
    area = _inner(corners, 0.62)
    tags = {"highway": "pedestrian", "area": "yes", "name": "人民广场"}
    walks = [np.array([corners[k], area[k]]) for k in range(4)]
    return [Line(area, tags), *(Line(walk, {"highway": "footway"}) for walk in walks)]


def _park(corners: Floats) -> list[Line]:
    around = _inner(corners, 0.7)
    middle = corners.mean(axis=0)
    return [
        Line(around, {"highway": "path", "name": "湖山公园步道"}),
        *(Line(np.array([corners[k], around[k], middle]), {"highway": "footway"}) for k in (0, 2)),
        Line(np.array([middle, (around[1] + around[2]) / 2]), {"highway": "steps"}),
    ]


def _estate(corners: Floats) -> list[Line]:
    """A gated estate: private roads, one gate."""
    private = {"highway": "service", "access": "private"}
    loop = _inner(corners, 0.6)
    gate, opposite = (corners[0] + corners[1]) / 2, (loop[2] + loop[3]) / 2
    return [
        Line(loop, private, atlas.TOWN.place.name, 3.0),
        Line(np.array([gate, (loop[0] + loop[1]) / 2, opposite]), private, atlas.TOWN.place.name, 2.0),
    ]


def ring_lines(ring: Floats) -> list[Line]:
    """The ring road, lived along only thinly."""
    return [Line(ring, {"highway": "secondary", "name": atlas.RING_NAME}, atlas.TOWN.place.name, 0.4)]
