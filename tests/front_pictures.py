"""
The pictures of docs/frontage, drawn from the blocks that the tests measure and the faces that the program finds.

    python tests/front_pictures.py

writes them again; a test holds that they are what is drawn now.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

TESTS = Path(__file__).parent
if __name__ == "__main__":
    sys.path[:0] = [str(TESTS), str(TESTS.parent / "coverage")]

import numpy as np  # noqa: E402 - with what is found by the lines above
import shapely  # noqa: E402 - as above
from blocks import buildings_of, fronts_of, streets_of  # noqa: E402 - as above
from conformance.drawing import lon_lat  # noqa: E402 - as above
from front_blocks import KINDS  # noqa: E402 - as above

from catchment.siting._kernels_fronts import TOUCH_M  # noqa: E402 - as above
from catchment.siting.faces import faces_of  # noqa: E402 - as above
from catchment.siting.frontlines import front_lines  # noqa: E402 - as above
from catchment.siting.fronts import LEAST_FRONT_M, SETBACK_M  # noqa: E402 - as above

if TYPE_CHECKING:
    from collections.abc import Iterator

    from blocks import Block

PICTURES = TESTS.parent / "docs" / "frontage"

MARGIN_M, NAMES_M = 4.0, 9.0
PIXELS_A_METRE = 9.0
ANCHOR = ' text-anchor="start"'
PAPER, HOUSE, STREET, BARRED, FRONT, INK = "#fcfcf9", "#d9d4c9", "#a3b4c2", "#d8a9a0", "#1b7f4f", "#333"


def picture(drawn: Block) -> str:
    """Houses grey, streets blue, ways without fronts red and dashed, fronts green with their metres."""
    west, south, east, north = _bounds(drawn)
    wide, high = east + NAMES_M - west, north - south
    pixels = f'width="{wide * PIXELS_A_METRE:.0f}" height="{high * PIXELS_A_METRE:.0f}"'
    view = f'x="{west:.2f}" y="{-north:.2f}" width="{wide:.2f}" height="{high:.2f}"'
    box = f"{west:.2f} {-north:.2f} {wide:.2f} {high:.2f}"
    letters = 'font-family="sans-serif" font-size="1.2" text-anchor="middle"'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {pixels} viewBox="{box}" {letters} fill="{INK}">',
        f'<rect {view} fill="{PAPER}"/>',
        *_houses(drawn),
        *_ways(drawn, shapely.box(west, south, east, north)),
        *_faces(drawn),
        *_letters(drawn),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _bounds(drawn: Block) -> tuple[float, ...]:
    """The houses, and what is nearest to them of every way."""
    houses = shapely.union_all(list(drawn.buildings.values()))
    nearest = [shapely.shortest_line(houses, line) for _, line in drawn.ways]
    bounds: tuple[float, ...] = shapely.union_all([houses, *nearest]).buffer(MARGIN_M).bounds
    return bounds


def _houses(drawn: Block) -> Iterator[str]:
    for house in drawn.buildings.values():
        for part in shapely.get_parts(house):
            rings = "".join(f"M{_places(shapely.get_coordinates(ring))}Z" for ring in shapely.get_rings(part))
            yield f'<path d="{rings}" fill="{HOUSE}" fill-rule="evenodd" stroke="{INK}" stroke-width="0.15"/>'


def _letters(drawn: Block) -> Iterator[str]:
    """Of each house its letter, and why it has no front."""
    halo = f'paint-order="stroke" stroke="{HOUSE}" stroke-width="0.5"'
    for (letter, house), reason in zip(drawn.buildings.items(), fronts_of(drawn).reason, strict=True):
        x, y = shapely.get_coordinates(shapely.point_on_surface(house))[0]
        up = 0.5 if reason else 0.0
        yield f'<text x="{x:.2f}" y="{0.5 - y - up:.2f}" font-size="1.5" font-weight="bold" {halo}>{letter}</text>'
        if reason:
            said = reason.removeprefix("front.").replace("_", " ")
            yield f'<text x="{x:.2f}" y="{1.2 - y:.2f}" font-size="1" font-style="italic" {halo}>{said}</text>'


def _ways(drawn: Block, window: shapely.Polygon) -> Iterator[str]:
    """Every way with its name, at its eastern or northern end."""
    closed = {way_id - 1 for way_id in streets_of(drawn)[1].frame["way_id"]}
    for number, (tags, line) in enumerate(drawn.ways):
        dashed = number in closed or tags["highway"] == "footway"
        look = f'stroke="{BARRED}" stroke-dasharray="1 0.6"' if dashed else f'stroke="{STREET}"'
        parts = shapely.get_parts(shapely.intersection(line, window))
        for part in parts:
            yield f'<path d="M{_places(shapely.get_coordinates(part))}" fill="none" {look} stroke-width="0.6"/>'
        xy = shapely.get_coordinates(parts[0])
        x, y = xy[(xy @ [1, 0.1]).argmax()]
        upright = np.ptp(xy[:, 1]) > np.ptp(xy[:, 0])
        place = f'x="{x - 0.3:.2f}" y="{-y - 0.6:.2f}"' if upright else f'x="{x + 0.6:.2f}" y="{0.4 - y:.2f}"'
        name = tags.get("name", tags["highway"])
        yield f"<text {place}{'' if upright else ANCHOR}>{name}</text>"


def _faces(drawn: Block) -> Iterator[str]:
    """Every face along its wall, with its length and the way to its street."""
    houses = list(drawn.buildings.values())
    polygons = buildings_of(drawn).frame.geometry.to_numpy()
    faces, _ = faces_of(polygons, front_lines(*streets_of(drawn)), setback_m=SETBACK_M)
    for face in np.flatnonzero(faces.length_m >= LEAST_FRONT_M):
        middle = faces.middle[face] / lon_lat(1.0, 1.0)
        half = _wall_at(houses[faces.polygon[face]], middle) * faces.length_m[face] / 2
        yield f'<path d="M{_places(np.array([middle - half, middle + half]))}" stroke="{FRONT}" stroke-width="0.5"/>'
        way = faces.towards[face]
        if faces.setback_m[face] < TOUCH_M:  # a direction only
            way = 2 * way / np.hypot(*way)
        else:
            ends = _places(np.array([middle, middle + way]))
            yield f'<path d="M{ends}" stroke="{FRONT}" stroke-width="0.15" stroke-dasharray="0.5 0.4"/>'
        upright = abs(way[1]) > abs(way[0])
        x, y = middle + way * (0.28 if upright else 0.5)  # beside the wall, clear of other ways
        place = f'x="{x + 0.3:.2f}" y="{0.4 - y:.2f}"{ANCHOR}' if upright else f'x="{x:.2f}" y="{-y - 0.4:.2f}"'
        yield f'<text {place} font-size="1" fill="{FRONT}">{faces.length_m[face]:.2f}</text>'


def _wall_at(house: shapely.Geometry, place: np.ndarray) -> np.ndarray:
    """Direction of the wall that a place lies on."""
    corners = [shapely.get_coordinates(ring) for ring in shapely.get_rings(shapely.get_parts(house))]
    walls = np.concatenate([np.stack([ring[:-1], ring[1:]], axis=1) for ring in corners])
    wall = walls[shapely.distance(shapely.linestrings(walls), shapely.Point(place)).argmin()]
    direction: np.ndarray = (wall[1] - wall[0]) / np.hypot(*(wall[1] - wall[0]))
    return direction


def _places(xy: np.ndarray) -> str:
    return " ".join(f"{x:.2f},{-y:.2f}" for x, y in xy).replace("-0.00", "0.00")


def main() -> None:
    for kind, drawn in KINDS.items():
        (PICTURES / f"{kind}.svg").write_text(picture(drawn), encoding="utf-8")


if __name__ == "__main__":
    main()
