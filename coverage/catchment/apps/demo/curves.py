"""Lines drawn by hand: gentle curves, offsets, points along. Only + - * / and square roots: the same bits anywhere."""

from __future__ import annotations

import itertools
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


def lengths(xy: Floats) -> Floats:
    """
    Length of each segment [m], shape (n - 1,).

    Examples
    --------
    >>> lengths(np.array([[0, 0], [3, 4], [3, 5]])).tolist()
    [5.0, 1.0]
    """
    step = np.diff(xy, axis=0)
    return np.sqrt(step[:, 0] ** 2 + step[:, 1] ** 2)


def curve(points: Floats, step_m: float, *, closed: bool = False) -> Floats:
    """
    A smooth line through all points (Catmull-Rom), with a vertex about every ``step_m``.

    Parameters
    ----------
    points
        What it goes through [m], shape (n, 2).
    step_m
        Distance of its vertices; each span has at least one.
    closed
        It ends where it began.

    Examples
    --------
    >>> curve(np.array([[0.0, 0.0], [100.0, 0.0]]), 50).tolist()
    [[0.0, 0.0], [50.0, 0.0], [100.0, 0.0]]
    """
    around = (points[-1:], points[:2]) if closed else (2 * points[:1] - points[1:2], 2 * points[-1:] - points[-2:-1])
    knots = np.vstack([around[0], points, around[1]])
    spans = []
    for before, start, end, after in zip(knots, knots[1:], knots[2:], knots[3:], strict=False):
        count = max(1, round(float(lengths(np.array([start, end]))[0]) / step_m))
        t = (np.arange(count) / count)[:, None]
        spans.append(
            start
            + t * (end - before) / 2
            + t * t * (2 * before - 5 * start + 4 * end - after) / 2
            + t * t * t * (3 * start - before - 3 * end + after) / 2
        )
    return np.vstack([*spans, points[:1] if closed else points[-1:]])


def wander(points: Floats, random: np.random.Generator, *, share: float = 0.07, step_m: float = 110.0) -> Floats:
    """
    A country road through points: between each two it strays to either side by up to ``share`` of their distance.

    Examples
    --------
    >>> road = wander(np.array([[0.0, 0.0], [1000.0, 0.0]]), np.random.default_rng(1))
    >>> bool(abs(road[:, 1]).max() < 100), road[-1].tolist()
    (True, [1000.0, 0.0])
    """
    knots = [points[:1]]
    for start, end in itertools.pairwise(points):
        chord = end - start
        across = np.array([-chord[1], chord[0]])
        count = max(1, round(float(lengths(np.array([start, end]))[0]) / 900))
        along = (np.arange(count) + 1) / (count + 1)
        stray = (random.random(count) * 2 - 1) * share / (1 + 0.3 * count)
        knots += [start + along[:, None] * chord + stray[:, None] * across, end[None, :]]
    return curve(np.vstack(knots), step_m)


def beside(xy: Floats, offset_m: float) -> Floats:
    """
    The line moved to its left (negative: right).

    Examples
    --------
    >>> beside(np.array([[0.0, 0.0], [10.0, 0.0]]), 2).tolist()
    [[0.0, 2.0], [10.0, 2.0]]
    """
    ahead = np.vstack([xy[1:2] - xy[:1], xy[2:] - xy[:-2], xy[-1:] - xy[-2:-1]])
    norm = np.sqrt(ahead[:, 0] ** 2 + ahead[:, 1] ** 2)[:, None]
    moved: Floats = xy + offset_m * np.column_stack([-ahead[:, 1], ahead[:, 0]]) / norm
    return moved


def points_along(xy: Floats, step_m: float) -> Floats:
    """
    Points every ``step_m`` or a little less, in the middle of equal parts of each segment, shape (k, 2).

    Examples
    --------
    >>> points_along(np.array([[0.0, 0.0], [40.0, 0.0]]), 20).tolist()
    [[10.0, 0.0], [30.0, 0.0]]
    """
    counts = np.ceil(lengths(xy) / step_m).astype(np.int64)
    segment = np.repeat(np.arange(len(counts)), counts)
    first = np.concatenate([[0], np.cumsum(counts)[:-1]])
    share = (np.arange(len(segment)) - first[segment] + 0.5) / counts[segment]
    points: Floats = xy[segment] + share[:, None] * (xy[segment + 1] - xy[segment])
    return points


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


def direction(random: np.random.Generator) -> Floats:
    """A random direction of length 1, shape (2,)."""
    t = random.random() * 2 - 1
    half = np.array([1 - t * t, 2 * t]) / (1 + t * t)
    return half if random.random() < 0.5 else -half
