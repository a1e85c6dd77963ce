"""The invented town of 澄川 and its country: what lies where. Kilometres east and north of the centre of the map."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Km = tuple[float, float]
RoadKind = Literal["primary", "secondary", "tertiary", "unclassified", "track"]


@dataclass(frozen=True)
class Place:
    """A settlement."""

    name: str
    at: Km
    people: int


@dataclass(frozen=True)
class Road:
    """A road outside the town."""

    ends: tuple[str, str]
    """Names of places, or of ``CORNERS``."""
    kind: RoadKind
    name: str = ""
    via: tuple[Km, ...] = ()


@dataclass(frozen=True)
class District:
    """A part of a town with a street grid of its own."""

    place: Place
    outline: tuple[Km, ...]
    axis: Km
    """Direction of its rows; need not have length 1."""
    spacing_m: float
    rows: dict[int, str]
    """Names of the main streets along the axis, by their number from the centre, northwards."""
    columns: dict[int, str]
    """Names of the main streets across the axis, eastwards."""


RIVER_NAME = "澄江"
RIVER_HALF_WIDTH_M = 110.0
RIVER: tuple[Km, ...] = (
    (-1.6, 8.95), (-1.1, 7.6), (-1.9, 5.4), (-1.3, 3.6), (0.0, 2.0), (0.45, 0.2), (0.1, -1.6), (-0.9, -3.4),
    (-0.9, -5.0), (0.3, -6.6), (1.3, -8.0), (1.5, -8.95),
)  # fmt: skip

# The ring road; its western side runs along the river.
RING_NAME = "环城路"
RING: tuple[Km, ...] = (
    (0.7, 0.2), (0.57, 1.2), (0.15, 2.2), (0.45, 3.1), (1.9, 3.7), (3.8, 3.3), (5.1, 2.4), (5.6, 0.9), (5.4, -0.9),
    (4.7, -2.2), (3.2, -2.9), (1.6, -3.1), (0.4, -2.75), (0.32, -1.7), (0.58, -0.7),
)  # fmt: skip

TOWN = District(
    place=Place("澄川城区", (2.5, 0.4), 77_500),
    outline=RING,
    axis=(1.0, 0.1),
    spacing_m=205,
    rows={-12: "澄南路", -8: "桂花路", -4: "柳荫路", 0: "澄江大道", 4: "文昌路", 8: "松风路", 12: "北苑路"},
    columns={-8: "滨河路", -4: "望江路", 0: "钟楼路", 4: "东园路", 8: "学府路", 12: "朝晖路"},
)
WEST_BANK = District(
    place=Place("河西", (-0.55, 0.2), 10_000),
    outline=(
        (-0.1, 1.75),
        (0.1, 0.95),
        (0.25, 0.2),
        (0.12, -0.8),
        (-0.15, -1.6),
        (-1.2, -1.3),
        (-1.45, 0.2),
        (-1.1, 1.5),
    ),
    axis=(1.0, 0.02),
    spacing_m=190,
    rows={-4: "石桥路", 0: "河西大道", 4: "果园路"},
    columns={-4: "西岭路", 0: "河西中路", 4: "沿江西路"},
)
MARKET = District(
    place=Place("白石镇", (4.6, 6.7), 9_000),
    outline=((3.9, 6.3), (4.0, 7.3), (4.7, 7.45), (5.3, 7.1), (5.25, 6.2), (4.5, 5.95)),
    axis=(1.0, -0.25),
    spacing_m=150,
    rows={-4: "白石南街", 0: "白石大街", 4: "白石北街"},
    columns={0: "集市街", -4: "米市街", 4: "东门街"},
)

# What stands in single blocks of the town.
SQUARE: Km = (2.95, 0.55)
PARK: Km = (3.6, 1.55)
SHOPPING_STREET: tuple[Km, ...] = ((1.75, 0.95), (1.75, 1.15))
ESTATES: tuple[Km, ...] = ((4.25, 0.0), (4.05, -1.25), (1.9, 2.3))

VILLAGES: tuple[Place, ...] = (
    # east of the river
    Place("石塘村", (1.2, 5.6), 1150), Place("水口村", (0.5, 7.8), 620), Place("北坑村", (2.9, 8.4), 380),
    Place("上杨村", (8.4, 7.6), 940), Place("枫岭村", (10.5, 5.2), 560), Place("梅家村", (7.3, 4.5), 1080),
    Place("竹山村", (8.9, 1.6), 870), Place("东坪村", (10.9, -0.6), 640), Place("柳塘", (6.4, -5.4), 1480),
    Place("田心村", (3.3, -5.2), 1210), Place("杨柳村", (2.9, -7.7), 730), Place("樟坑村", (9.4, -4.2), 520),
    Place("罗家村", (8.6, -7.9), 610), Place("石下村", (11.2, -6.6), 290), Place("南渡村", (0.35, -4.6), 900),
    # west of it
    Place("沙洲村", (-2.3, -3.9), 980), Place("古渡村", (-1.5, -6.6), 690), Place("滩头村", (-2.9, 3.9), 1060),
    Place("望江村", (-3.2, 7.1), 820), Place("云岭", (-7.0, -1.2), 1320), Place("高坪村", (-10.5, -2.4), 410),
    Place("龙潭村", (-6.1, -5.0), 760), Place("上坑村", (-9.5, -5.6), 480), Place("大岭村", (-11.4, -8.3), 430),
    Place("桐木村", (-6.4, -7.9), 540), Place("茶园村", (-7.6, 7.0), 590), Place("天井村", (-11.0, 7.7), 350),
    Place("石壁村", (-4.6, 1.0), 700),
)  # fmt: skip

ROUNDABOUT: Km = (6.3, 0.5)
ROUNDABOUT_RADIUS_M = 38.0

# Where roads leave the map; they run to its very edge.
CORNERS: dict[str, Km] = {
    "北界": (3.3, 9.0), "东北界": (11.98, 8.2), "东界": (11.98, -1.1), "南界": (6.9, -9.0), "西界": (-11.98, -2.0),
    "西北界": (-11.98, 8.2),
}  # fmt: skip

ROADS: tuple[Road, ...] = (
    Road(("澄川城区", "白石镇"), "primary", "澄白公路", ((3.2, 4.6),)),
    Road(("澄川城区", "石塘村"), "tertiary", "石塘路"),
    Road(("澄川城区", "环岛"), "primary", "迎宾大道"),
    Road(("环岛", "竹山村"), "secondary", "竹山公路", ((7.3, 0.8),)),
    Road(("环岛", "梅家村"), "tertiary", "梅家路", ((6.6, 2.4),)),
    Road(("环岛", "柳塘"), "secondary", "东环外路", ((6.2, -2.4),)),
    Road(("澄川城区", "柳塘"), "primary", "澄柳公路", ((4.4, -3.8),)),
    Road(("澄川城区", "田心村"), "tertiary", "田心路"),
    Road(("石塘村", "水口村"), "tertiary"),
    Road(("石塘村", "白石镇"), "unclassified"),
    Road(("水口村", "北坑村"), "unclassified"),
    Road(("北坑村", "白石镇"), "unclassified"),
    Road(("北坑村", "北界"), "unclassified"),
    Road(("白石镇", "上杨村"), "tertiary", "白上路"),
    Road(("白石镇", "梅家村"), "tertiary", "白梅路"),
    Road(("上杨村", "枫岭村"), "unclassified"),
    Road(("上杨村", "东北界"), "tertiary"),
    Road(("枫岭村", "梅家村"), "unclassified"),
    Road(("枫岭村", "竹山村"), "track", "", ((10.4, 3.2),)),
    Road(("竹山村", "东坪村"), "unclassified"),
    Road(("东坪村", "东界"), "unclassified"),
    Road(("东坪村", "樟坑村"), "unclassified"),
    Road(("樟坑村", "柳塘"), "tertiary"),
    Road(("樟坑村", "石下村"), "unclassified"),
    Road(("石下村", "罗家村"), "unclassified"),
    Road(("罗家村", "柳塘"), "unclassified"),
    Road(("柳塘", "南界"), "primary", "澄柳公路", ((6.8, -7.2),)),
    Road(("田心村", "南渡村"), "unclassified"),
    Road(("田心村", "柳塘"), "unclassified"),
    Road(("南渡村", "杨柳村"), "unclassified", "", ((1.6, -6.4),)),
    Road(("杨柳村", "田心村"), "unclassified"),
    Road(("杨柳村", "罗家村"), "track", "", ((5.6, -8.3),)),
    Road(("河西", "沙洲村"), "tertiary", "沙洲路", ((-1.75, -2.4),)),
    Road(("沙洲村", "古渡村"), "unclassified", "", ((-2.0, -5.2),)),
    Road(("古渡村", "桐木村"), "unclassified"),
    Road(("沙洲村", "龙潭村"), "unclassified"),
    Road(("龙潭村", "桐木村"), "unclassified"),
    Road(("龙潭村", "云岭"), "unclassified"),
    Road(("河西", "石壁村"), "secondary", "云岭公路"),
    Road(("石壁村", "云岭"), "secondary", "云岭公路"),
    Road(("云岭", "高坪村"), "tertiary", "高坪路"),
    Road(("高坪村", "西界"), "tertiary"),
    Road(("高坪村", "上坑村"), "unclassified"),
    Road(("上坑村", "大岭村"), "unclassified"),
    Road(("上坑村", "龙潭村"), "track", "", ((-8.0, -5.9),)),
    Road(("河西", "滩头村"), "tertiary", "滩头路", ((-1.9, 2.3),)),
    Road(("滩头村", "望江村"), "unclassified", "", ((-3.4, 5.5),)),
    Road(("望江村", "茶园村"), "unclassified"),
    Road(("茶园村", "天井村"), "unclassified"),
    Road(("天井村", "西北界"), "unclassified"),
)

# Bridges: the road ends on the east and the west bank, and where the river is crossed.
TOWN_BRIDGE = Road(("澄川城区", "河西"), "primary", "澄江大桥", ((0.45, 0.2),))
FAR_BRIDGE = Road(("水口村", "望江村"), "tertiary", "水口大桥", ((-1.15, 7.5),))
UNFINISHED_BRIDGE = Road(("南渡村", "沙洲村"), "tertiary", "南渡大桥（在建）", ((-0.75, -4.45), (-1.4, -4.35)))

MOTORWAY_NAME = "澄东高速"
MOTORWAY: tuple[Km, ...] = (
    (11.98, 3.6), (10.2, 3.0), (8.3, 2.0), (7.4, 0.5), (7.25, -1.4), (7.6, -3.6), (7.9, -6.0), (7.6, -9.0),
)  # fmt: skip

# A hamlet whose road is missing its joint with the others, as it happens in OpenStreetMap.
ISLAND = Place("磨石坳", (11.0, -3.0), 160)
ISLAND_ROAD: tuple[Km, ...] = ((10.75, -3.45), (10.9, -3.2), (11.0, -3.0), (11.2, -2.85), (11.35, -2.6))

# Houses in the western hills, more than 2 km from any road.
LONE_HOUSES: tuple[Place, ...] = (
    Place("鹰嘴岩", (-9.6, 3.1), 34), Place("云深坑", (-8.9, 2.4), 27), Place("石门里", (-10.3, 2.2), 22),
)  # fmt: skip


@dataclass(frozen=True)
class Township:
    """A region of the map."""

    code: str
    name: str
    outline: tuple[Km, ...]


# Straight boundaries, which partly follow the river's knots.
_RIVER = ((-1.6, 9.1), *RIVER[1:-1], (1.5, -9.1))
_NORTHERN: tuple[Km, ...] = (RIVER[3], (0.6, 4.1), (3.0, 4.4), (6.0, 3.6), (9.4, 3.4), (12.0, 4.1))
_SOUTHERN: tuple[Km, ...] = (RIVER[7], (1.2, -3.7), (4.0, -3.5), (7.0, -3.2), (10.0, -2.2), (12.0, -2.0))
_TOWN_SPLIT: tuple[Km, ...] = (_NORTHERN[2], (2.9, 2.0), (3.1, 0.4), (2.8, -1.5), _SOUTHERN[2])
_WESTERN: tuple[Km, ...] = ((-4.2, 9.1), (-4.4, 5.0), (-4.1, 1.9), (-3.6, 0.0), (-4.4, -3.0), (-4.2, -9.1))

# Codes begin with 99, which is no province.
COUNTY = "澄江区"
TOWNSHIPS: tuple[Township, ...] = (
    Township("990102001", "清江街道", (*_NORTHERN[:3], *_TOWN_SPLIT[1:], *_SOUTHERN[1::-1], *_RIVER[6:3:-1])),
    Township("990102002", "东园街道", (*_NORTHERN[2:], *_SOUTHERN[:1:-1], *_TOWN_SPLIT[-2:0:-1])),
    Township("990102003", "河西街道", (*_WESTERN, *_RIVER[::-1])),
    Township("990102101", "白石镇", (*_RIVER[:4], *_NORTHERN[1:], (12.0, 9.1))),
    Township("990102102", "柳塘镇", (*_SOUTHERN, (12.0, -9.1), *_RIVER[:7:-1])),
    Township("990102201", "云岭乡", ((-12.0, 9.1), *_WESTERN, (-12.0, -9.1))),
)
