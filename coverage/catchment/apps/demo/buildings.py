"""Buildings in the blocks of a town: rows of slabs, courtyards, shops along the street."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from catchment.apps.demo.curves import hill
from catchment.apps.demo.lines import Houses

if TYPE_CHECKING:
    from catchment.model import Floats

# West, south, east, north of each building within its block, from 0 to 1: the middle stays free for a lane.
_SLABS = tuple((west, south, west + 0.33, south + 0.09) for west in (0.1, 0.57) for south in (0.1, 0.28, 0.6, 0.8))
_TOWERS = tuple((west, south, west + 0.14, south + 0.14) for west in (0.12, 0.7) for south in (0.12, 0.7))
_SHOPS = (
    (0.07, 0.07, 0.43, 0.15), (0.57, 0.07, 0.93, 0.15), (0.07, 0.85, 0.43, 0.93), (0.57, 0.85, 0.93, 0.93),
    (0.07, 0.24, 0.16, 0.44), (0.84, 0.24, 0.93, 0.44), (0.07, 0.57, 0.16, 0.77), (0.84, 0.57, 0.93, 0.77),
)  # fmt: skip
_HALL = ((0.12, 0.12, 0.42, 0.4), (0.6, 0.6, 0.9, 0.88))
_PATTERNS = (_SLABS, _TOWERS, _SHOPS, _HALL)
_SHARES = np.array([0.45, 0.6, 0.92, 1.0])


def block_houses(
    corners: Floats, middle: Floats, radius_m: float, place: int, random: np.random.Generator, *, floors: float
) -> Houses:
    """
    Buildings of a town; more people live in them towards its middle.

    Parameters
    ----------
    corners
        Of the blocks [m], shape (n, 4, 2).
    middle
        Of the town [m], shape (2,).
    radius_m
        Beyond it few people live in a building.
    place
        Index of the settlement.
    random
        Draws what stands in each block.
    floors
        Height of slabs and towers against shops.
    """
    pattern = np.searchsorted(_SHARES, random.random(len(corners)), side="right")
    parts, weights = [], []
    for number, shapes in enumerate(_PATTERNS):
        block = corners[pattern == number]
        u = np.array([[one[0], one[2], one[2], one[0]] for one in shapes])
        v = np.array([[one[1], one[1], one[3], one[3]] for one in shapes])
        xy = _inside(block[:, None, None], u[None], v[None]).reshape(-1, 4, 2)
        stands = random.random(len(xy)) < 0.86
        parts.append(xy[stands])
        weights.append(np.full(int(stands.sum()), (floors, 1.9 * floors, 1.0, 0.0)[number]) * _area(xy[stands]))
    xy = np.concatenate(parts)
    density = 0.22 + hill(xy.mean(axis=1) - middle, radius_m)
    return Houses(xy, np.full(len(xy), place), np.concatenate(weights) * density)


def _inside(block: Floats, u: Floats, v: Floats) -> Floats:
    """Points of blocks by their shares of the way east and north."""
    u, v = u[..., None], v[..., None]
    south = block[..., 0, :] + u * (block[..., 1, :] - block[..., 0, :])
    north = block[..., 3, :] + u * (block[..., 2, :] - block[..., 3, :])
    points: Floats = south + v * (north - south)
    return points


def _area(corners: Floats) -> Floats:
    """[m²], shape (n,)."""
    one, two = corners[:, 2] - corners[:, 0], corners[:, 3] - corners[:, 1]
    area: Floats = np.abs(one[:, 0] * two[:, 1] - one[:, 1] * two[:, 0]) / 2
    return area
