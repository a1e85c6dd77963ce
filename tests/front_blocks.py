"""The blocks that tests measure and the documents show, a kind of front each."""

from __future__ import annotations

import numpy as np
import shapely
from blocks import HIGH, Block, block

FOOTWAY = {"highway": "footway", "covered": "arcade"}
ROOFED = {"highway": "pedestrian", "covered": "yes", "name": "Arcade"}
PASSAGE = {"highway": "pedestrian", "tunnel": "building_passage", "name": "Arcade"}
BRIDGE = {"highway": "primary", "bridge": "yes", "name": "High Road"}
SQUARE = {"highway": "pedestrian", "name": "The Square"}

BOW_TIE = ((0, 3), (10, 3), (0, 11), (10, 11), (0, 3))
"""An outline that crosses itself in (5, 7)."""


def at_distance(gap_m: float) -> Block:
    """A house of 10 m, so far from High Street."""
    house = shapely.box(0, gap_m, 10, gap_m + 10)
    return Block({"A": house}, ((HIGH, shapely.LineString([(-50, 0), (60, 0)])),))


def wedge(degrees: float) -> Block:
    """A wedge that points at the street, with two walls of 8 m, each turned away by so many degrees."""
    east, north = 8 * np.cos(np.radians(degrees)), 8 * np.sin(np.radians(degrees))
    house = shapely.Polygon([(0, 12), (east, 12 + north), (-east, 12 + north)])
    return Block({"A": house}, ((HIGH, shapely.LineString([(-90, 0), (1, 0), (90, 0)])),))


def square(north_m: float = 0.0) -> Block:
    """A square of 40 m by 20 m whose edge is a way along its houses; B stands behind A, C opposite."""
    edge = shapely.LineString([(0, 0), (40, 0), (40, -20), (0, -20), (0, 0)])
    houses = {"A": shapely.box(10, north_m, 20, 8), "B": shapely.box(10, 8, 20, 16), "C": shapely.box(12, -30, 20, -20)}
    return Block(houses, ((SQUARE, edge),))


def arcade() -> Block:
    """A house over a covered footway, as under the upper floors of a 骑楼."""
    drawn = block("AAAAA\nAAAAA\n\n-------")
    return Block(drawn.buildings, (*drawn.ways, (FOOTWAY, shapely.LineString([(-2, -3), (12, -3)]))))


KINDS = {
    "along": block("AAAA\nAAAA\n\n------"),
    "corner": block("""
AAA  BB |
AAA  BB |
AAA  BB |
        |
--------+
"""),
    "parallel": block("=====\n     \nAAAAA\n     \n-----", {"highway": "primary", "name": "Back Street"}),
    "behind": block("""
  BB
  BB

AAAAAA
AAAAAA

----------
"""),
    "half": block("""
BBBBBB
BBBBBB

AAA
AAA

--------
"""),
    "courtyard": block("""
AAAAAAA
A     A
A BBB A
A     A
AAAAAAA

-------
"""),
    "open-court": block("""
AAAAAA
A    A
A    A

------
"""),
    "party-walls": block("""
   |
   | AABBCC
   | AABBCC

  --------------
"""),
    "arcade": arcade(),
    "roofed": block("AAAA\n\n====\n\n------", ROOFED),
    "passage": block("AAAA\n\n====\n\n------", PASSAGE),
    "within": at_distance(30.0),
    "beyond": at_distance(30.01),
    "44-degrees": wedge(44),
    "46-degrees": wedge(46),
    "bridge": block("AAAA\n\n======\n\n------", BRIDGE),
    "across": Block({"A": shapely.box(0, -5, 10, 5)}, at_distance(5).ways),
    "square": square(),
    "bow-tie": Block(
        {"A": shapely.make_valid(shapely.Polygon(BOW_TIE), method="structure", keep_collapsed=False)},
        at_distance(3).ways,
    ),
}
"""What each picture of ``docs/frontage`` shows."""
