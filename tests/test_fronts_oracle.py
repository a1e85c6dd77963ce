"""Street fronts beside a slow and plain count, and in places of the earth far from the equator."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pyproj
import pytest
import shapely
from blocks import HIGH, NORTH, Block, block, fronts_of
from hypothesis import given, settings
from hypothesis import strategies as st

STEP_M = 0.1
EAST = {"highway": "secondary", "name": "East Street"}


def town(seed):
    """Houses of all sizes and directions on plots of 16 m, and three straight streets through them."""
    random = np.random.default_rng(seed)
    houses = {}
    for number, letter in enumerate("ABCDEFGHI"):
        house = shapely.box(*-random.uniform(1, 5, 2), *random.uniform(1, 5, 2))
        turned = shapely.affinity.rotate(house, random.uniform(0, 360), origin=(0, 0))
        houses[letter] = shapely.affinity.translate(turned, 16 * (number % 3), 16 * (number // 3))
    streets = [shapely.LineString(random.uniform(-25, 57, (2, 2))) for _ in range(3)]
    return Block(houses, tuple(zip((HIGH, NORTH, EAST), streets, strict=True)))


def counted(drawn):
    """Metres of each house on each street, by places every 10 cm that ask every street and every wall."""
    streets = np.array([line for _, line in drawn.ways])
    walls = shapely.boundary(list(drawn.buildings.values()))
    metres: dict[tuple[str, str], float] = {}
    for letter, house in drawn.buildings.items():
        corners = shapely.get_coordinates(shapely.orient_polygons(house, exterior_cw=False))
        for start, stop in pairwise(corners):
            size = math.dist(start, stop)
            count = math.ceil(size / STEP_M)
            along = (stop - start) / size
            places = start + np.outer((np.arange(count) + 0.5) * size / count, along)
            seen = _streets_seen(places, np.array([along[1], -along[0]]), streets, walls)
            for street in seen[seen >= 0]:
                key = letter, drawn.ways[street][0]["name"]
                metres[key] = metres.get(key, 0.0) + size / count
    return metres


def _streets_seen(places, out, streets, walls):
    """Of each place of a wall the nearest street in front and in sight, -1 without one."""
    reach, seen = np.full(len(places), np.inf), np.full(len(places), -1)
    points = shapely.points(places)
    for number, street in enumerate(streets):
        way = shapely.get_coordinates(shapely.line_interpolate_point(street, shapely.line_locate_point(street, points)))
        way = way - places
        far = np.linalg.norm(way, axis=1)
        straight = np.degrees(np.arccos(np.clip(way @ out / far, -1, 1)))
        sight = shapely.linestrings(np.stack([places + 0.02 * way / far[:, None], places + way], axis=1))
        hidden = shapely.intersects(sight[:, None], walls[None, :]).any(axis=1)
        better = (far <= 30) & (straight <= 45) & ~hidden & (far < reach)
        reach[better], seen[better] = far[better], number
    return seen


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10**6))
def test_fronts_are_what_a_slow_count_of_places_finds(seed):
    drawn = town(seed)
    frame = fronts_of(drawn).frame
    letters = list(drawn.buildings)
    found = {(letters[b], s): metres for b, s, metres in frame[["building", "street", "frontage_m"]].to_numpy()}
    slow = counted(drawn)
    for key in found.keys() | slow.keys():
        # Less than a metre is none, and a gap of less than half a metre may be overlooked.
        assert abs(found.get(key, 0.0) - slow.get(key, 0.0)) < (0.6 if key in found else 1.2), key


@pytest.mark.parametrize("place", [(114.39, 27.81), (-15.43, 28.12), (9.52, 69.9), (-70.0, -45.0)])
def test_a_block_measures_the_same_to_a_centimetre_wherever_it_stands(place):
    lon, lat = place
    plane = pyproj.Proj(proj="aeqd", lon_0=lon, lat_0=lat, ellps="WGS84")
    drawn = block("AAAAA BB |\nAAAAA BB |\n         |\n---------+")

    def to_earth(metres):
        # So far off the middle that the district's plane touches the earth a kilometre away.
        return np.column_stack(plane(metres[:, 0] + 600, metres[:, 1] - 900, inverse=True))

    frame = fronts_of(drawn, to_earth=to_earth).frame.sort_values(["building", "street"])
    assert frame["street"].tolist() == ["High Street", "High Street", "North Street"]
    assert frame["frontage_m"].to_numpy() == pytest.approx([10, 4, 4], abs=0.005)
    assert frame["setback_m"].to_numpy() == pytest.approx([3, 3, 3], abs=0.005)
