"""Lines drawn by hand: gentle curves, offsets, smooth noise. Only + - * / and square roots: the same bits anywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from catchment.model import Floats


def kilometres(*points: tuple[float, float]) -> Floats:
    """
    Points given in kilometres as an array in metres, shape (n, 2).

    Examples
    --------
    >>> kilometres((1, -0.5)).tolist()
    [[1000.0, -500.0]]
    """
    return np.array(points, dtype=np.float64) * 1000.0


def lengths(vectors: Floats) -> Floats:
    """
    Length of each vector, without its last axis.

    Examples
    --------
    >>> lengths(np.array([[3.0, 4.0]])).tolist()
    [5.0]
    """
    length: Floats = np.sqrt(vectors[..., 0] ** 2 + vectors[..., 1] ** 2)
    return length


def units(vectors: Floats) -> Floats:
    """
    Vectors of length 1 in the same directions; zero stays.

    Examples
    --------
    >>> units(np.array([[0.0, 2.0], [0.0, 0.0]])).tolist()
    [[0.0, 1.0], [0.0, 0.0]]
    """
    unit: Floats = vectors / np.maximum(lengths(vectors), 1e-12)[..., None]
    return unit


def leftwards(vectors: Floats) -> Floats:
    """
    Vectors turned by a right angle to the left.

    Examples
    --------
    >>> leftwards(np.array([[1.0, 0.0]])).tolist()
    [[-0.0, 1.0]]
    """
    return np.stack([-vectors[..., 1], vectors[..., 0]], axis=-1)


def curve(points: Floats, step_m: float) -> Floats:
    """
    A smooth line through all points (Catmull-Rom), with a vertex about every ``step_m``.

    Parameters
    ----------
    points
        What it goes through [m], shape (n, 2).
    step_m
        Distance of its vertices; each span has at least one.

    Examples
    --------
    >>> curve(np.array([[0.0, 0.0], [100.0, 0.0]]), 50).tolist()
    [[0.0, 0.0], [50.0, 0.0], [100.0, 0.0]]
    """
    knots = np.vstack([2 * points[:1] - points[1:2], points, 2 * points[-1:] - points[-2:-1]])
    spans = []
    for before, start, end, after in zip(knots, knots[1:], knots[2:], knots[3:], strict=False):
        count = max(1, round(float(lengths(end - start)) / step_m))
        ends = (start[None], end[None], (end - before)[None] / 2, (after - start)[None] / 2)
        spans.append(hermite(*ends, count)[0, :-1])
    return np.vstack([*spans, points[-1:]])


def hermite(start: Floats, end: Floats, leaving: Floats, arriving: Floats, count: int) -> Floats:
    """
    Cubic curves between pairs of points with given velocities at both ends, shape (n, count + 1, 2).

    The ends are met to the last bit.

    Examples
    --------
    >>> one = np.ones((1, 2))
    >>> hermite(0 * one, 3 * one, 3 * one, 3 * one, 3)[0, :, 0].tolist()
    [0.0, 1.0, 2.0, 3.0]
    """
    t = (np.arange(count + 1) / count)[None, :, None]
    start, end, leaving, arriving = (part[:, None] for part in (start, end, leaving, arriving))
    bend = 3 * (end - start) - 2 * leaving - arriving
    twist = 2 * (start - end) + leaving + arriving
    points: Floats = start + t * (leaving + t * (bend + t * twist))
    points[:, -1] = end[:, 0]
    return points


def beside(xy: Floats, offset_m: float) -> Floats:
    """
    The line moved to its left (negative: right).

    Examples
    --------
    >>> beside(np.array([[0.0, 0.0], [10.0, 0.0]]), 2).tolist()
    [[0.0, 2.0], [10.0, 2.0]]
    """
    ahead = np.vstack([xy[1:2] - xy[:1], xy[2:] - xy[:-2], xy[-1:] - xy[-2:-1]])
    moved: Floats = xy + offset_m * leftwards(units(ahead))
    return moved


def nearest_row(xy: Floats, to: Floats | Sequence[float]) -> int:
    """
    Index of the point nearest to another.

    Examples
    --------
    >>> nearest_row(np.array([[0, 0], [9, 9]]), (7, 8))
    1
    """
    apart = xy - np.asarray(to)
    return int(np.argmin(apart[:, 0] ** 2 + apart[:, 1] ** 2))


def nearest_point(xy: Floats, to: Floats) -> Floats:
    """
    The point nearest to another, shape (2,).

    Examples
    --------
    >>> nearest_point(np.array([[0.0, 0.0], [9.0, 9.0]]), np.array([7.0, 8.0])).tolist()
    [9.0, 9.0]
    """
    point: Floats = xy[nearest_row(xy, to)]
    return point


def hill(away: Floats, radii: Floats | float) -> Floats:
    """
    1 in the middle, 0 from the radius on: (1 - r²)², a kernel made of products only.

    Examples
    --------
    >>> hill(np.array([[0.0, 0.0], [3.0, 0.0]]), 3.0).tolist()
    [1.0, 0.0]
    """
    flat = away / radii
    height: Floats = np.maximum(0, 1 - (flat[..., 0] ** 2 + flat[..., 1] ** 2)) ** 2
    return height


def noise(xy: Floats, wave_m: float, random: np.random.Generator) -> Floats:
    """
    Smooth random numbers in -1..1 that change sign about every ``wave_m``, shape (n,).

    Examples
    --------
    >>> here = noise(np.zeros((2, 2)), 100.0, np.random.default_rng(1))
    >>> bool(here[0] == here[1])
    True
    """
    table = random.random((96, 96)) * 2 - 1
    at = xy / wave_m
    corner = np.floor(at)
    share = at - corner
    share = share * share * (3 - 2 * share)
    # The table repeats; far more waves than any sheet has.
    column, row = np.mod(corner.astype(np.int64), 95).T
    low = table[row, column] + share[:, 0] * (table[row, column + 1] - table[row, column])
    high = table[row + 1, column] + share[:, 0] * (table[row + 1, column + 1] - table[row + 1, column])
    smooth: Floats = low + share[:, 1] * (high - low)
    return smooth
