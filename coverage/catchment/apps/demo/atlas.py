"""
The demo's worlds: a county like 袁州区, and a small one for tests. Kilometres east and north of the county town.

Facts: names and codes of the townships, the annex rows they are counted under, the residents of the census. All else,
where they lie included, is invented.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from catchment.apps.demo.frame import Frame

Km = tuple[float, float]


@dataclass(frozen=True)
class Township:
    """A street office, a town or a rural township."""

    code: str
    name: str
    annex: str
    """The row of the plan's annex that its sites are counted under."""
    at: Km
    """Its seat."""
    people: int = 0
    """Who live in the town at the seat, before calibration; 0 for a part of the city."""


@dataclass(frozen=True)
class Bridge:
    """Where a country road crosses the river."""

    name: str
    at_x: float
    built: bool = True


@dataclass(frozen=True)
class Hill:
    """A range: centre, half-axes [km] and height, the highest about 1."""

    at: Km
    radii: Km
    height: float


@dataclass(frozen=True)
class World:
    """What lies where."""

    county: str
    adcode: str
    frame: Frame
    area_km2: float
    residents: int
    """Of the whole county, as counted by the census."""
    urban: int
    """Of them, residents of city and towns."""
    city_radii: Km
    city_people: int
    townships: tuple[Township, ...]
    river: tuple[Km, ...]
    """From west to east."""
    bridges: tuple[Bridge, ...]
    city_bridges: dict[int, str]
    """Names by the number of the column of the city's grid."""
    exits: tuple[Km, ...]
    """Where main roads leave the sheet."""
    hills: tuple[Hill, ...]
    island: Km
    """A hamlet whose roads meet no others."""
    wild: tuple[Km, ...]
    """Roadless heights with a few houses each."""
    motorway: tuple[Km, ...]
    interchanges: tuple[float, ...]
    """Kilometres east of the town."""
    targets: dict[str, tuple[int, ...]]
    """Rows of the plan's annex: city, county, zone, college, tech, township, village."""
    unready: dict[str, str]
    """Township sites that are not open yet, by township; empty: not in the ledger at all."""
    step_m: float = 100.0
    """Distance of the vertices of country roads."""
    marks_per_block: float = 1.0
    """Shops and clinics in a block of a town, on average."""
    schools: tuple[tuple[str, str], ...] = ()
    """Technical schools: their names and townships."""
    village_sites: tuple[str, ...] = ("彬江镇", "温汤镇")
    """Townships one village of which has a site too."""
    people_anywhere: float = 0.0
    """People in a cell of lowland far from any house, before calibration; 0: people live in houses only."""

    @property
    def towns(self) -> tuple[Township, ...]:
        """Townships with a town of their own."""
        return tuple(township for township in self.townships if township.people)


YUAN, JING, YI, MING = "袁州区", "经开区", "宜阳新区", "明月山"

# Official codes and names (National Bureau of Statistics). Which zone runs which township is inferred from the annex:
# with 金园, 官园, 温汤 and 洪江 in the zones, 28 are left, the number of its row for 袁州区.
_TOWNSHIPS = (
    Township("360902001", "灵泉街道", YUAN, (0.2, 1.0)),
    Township("360902002", "秀江街道", YUAN, (-0.9, -1.5)),
    Township("360902004", "湛郎街道", YUAN, (1.9, -1.3)),
    Township("360902005", "珠泉街道", YUAN, (0.4, -2.7)),
    Township("360902006", "化成街道", YUAN, (-2.5, 1.0)),
    Township("360902007", "官园街道", YI, (-1.5, 2.7)),
    Township("360902008", "下浦街道", YUAN, (3.6, -2.0)),
    Township("360902009", "凤凰街道", YUAN, (2.6, 1.5)),
    Township("360902010", "金园街道", JING, (1.2, 3.2)),
    Township("360902011", "新康府街道", YUAN, (-3.2, -2.2)),
    Township("360902100", "彬江镇", YUAN, (17.0, -4.0), 21_000),
    Township("360902101", "西村镇", YUAN, (-20.0, -4.8), 17_000),
    Township("360902102", "金瑞镇", YUAN, (-9.5, 11.0), 13_500),
    Township("360902103", "温汤镇", MING, (-7.0, -14.0), 15_000),
    Township("360902104", "三阳镇", YUAN, (10.5, 9.5), 16_000),
    Township("360902105", "慈化镇", YUAN, (-24.5, 15.5), 18_500),
    Township("360902106", "天台镇", YUAN, (-16.5, 17.5), 10_500),
    Township("360902107", "洪塘镇", YUAN, (-1.0, 11.5), 11_500),
    Township("360902108", "渥江镇", YUAN, (9.0, 3.4), 12_500),
    Township("360902109", "新坊镇", YUAN, (9.5, -14.5), 10_000),
    Township("360902110", "寨下镇", YUAN, (-5.0, 18.5), 10_800),
    Township("360902111", "芦村镇", YUAN, (6.5, 17.5), 11_000),
    Township("360902112", "湖田镇", YUAN, (-9.0, -5.8), 14_000),
    Township("360902113", "新田镇", YUAN, (18.5, 4.5), 10_600),
    Township("360902114", "南庙镇", YUAN, (1.5, -9.5), 12_000),
    Township("360902115", "竹亭镇", YUAN, (-8.5, 4.2), 9_800),
    Township("360902116", "水江镇", YUAN, (-23.0, 6.5), 10_200),
    Township("360902117", "辽市镇", YUAN, (16.5, 15.5), 11_200),
    Township("360902118", "洪江镇", MING, (-17.0, -13.0), 9_900),
    Township("360902206", "楠木乡", YUAN, (-15.5, 2.6), 3_600),
    Township("360902210", "柏木乡", YUAN, (19.0, -12.0), 3_200),
    Township("360902213", "飞剑潭乡", YUAN, (-14.5, 9.8), 2_900),
)

COUNTY = World(
    county="袁州区",
    adcode="360902",
    frame=Frame(366, 270, 366, 270),
    area_km2=2533,
    residents=1_121_707,
    urban=737_782,
    city_radii=(4.7, 3.9),
    city_people=503_000,
    townships=_TOWNSHIPS,
    river=(
        (-30.0, -2.0), (-26.0, -1.0), (-22.0, -2.4), (-18.0, -0.8), (-14.0, -2.4), (-11.0, -1.3), (-7.5, -2.4),
        (-4.6, -0.7), (-2.1, -0.1), (0.2, -0.7), (2.4, 0.1), (4.8, -0.9), (7.5, 0.3), (10.5, -1.8), (14.0, -0.5),
        (17.5, -1.8), (21.0, -0.3), (25.0, -1.7), (30.0, -2.0),
    ),
    bridges=(
        Bridge("西村大桥", -19.6), Bridge("湖田大桥", -9.2), Bridge("渥江大桥", 8.9), Bridge("彬江大桥", 16.9),
        Bridge("东江大桥（在建）", 23.2, built=False),
    ),
    city_bridges={-8: "秀江西桥", 0: "秀江大桥", 8: "秀江东桥"},
    exits=((-31.0, 4.0), (31.0, 4.0), (-31.0, -6.5), (31.0, -6.5), (3.0, 25.0), (3.0, -25.0), (-14.0, 25.0)),
    hills=(
        Hill((-13, -20), (27, 13), 1.0), Hill((14, -23), (22, 11), 0.9), Hill((-26, 13), (15, 11), 0.75),
        Hill((-8, 25), (20, 10), 0.65), Hill((24, 19), (14, 11), 0.6), Hill((-15, 6.5), (7, 5), 0.45),
        Hill((14, 5.8), (4.5, 4), 0.35), Hill((28, -3), (7, 12), 0.4),
    ),
    island=(21.5, -15.2),
    wild=((-12.0, -19.5), (10.0, -20.5), (-21.5, 10.8)),
    motorway=(
        (-30.0, -9.5), (-22.0, -8.2), (-14.0, -9.0), (-7.0, -8.0), (0.0, -6.2), (7.0, -5.6), (13.0, -6.6),
        (22.0, -6.4), (30.0, -9.5),
    ),
    interchanges=(-11.0, 4.0),
    targets={
        YUAN: (0, 1, 1, 0, 1, 28, 7),
        JING: (0, 0, 1, 0, 1, 1, 1),
        YI: (0, 1, 0, 0, 0, 1, 1),
        MING: (0, 0, 0, 0, 0, 2, 1),
    },
    unready={
        "慈化镇": "规划", "水江镇": "规划", "天台镇": "", "洪江镇": "在建", "飞剑潭乡": "",
        "新坊镇": "规划", "南庙镇": "", "柏木乡": "规划",
    },
    schools=(("宜春示例技工学校", "金园街道"),),
)  # fmt: skip

VILLAGE = World(
    county="袁州区",
    adcode="360902",
    frame=Frame(130, 100, 180, 100),
    area_km2=370,
    residents=112_170,
    urban=93_778,
    city_radii=(2.1, 1.9),
    city_people=76_000,
    townships=tuple(
        replace(_TOWNSHIPS[number], at=at, people=people)
        for number, at, people in (
            (0, (0.3, 0.6), 0), (1, (-0.4, -0.9), 0), (5, (-0.7, 1.0), 0), (8, (0.9, -0.8), 0),
            (22, (8.6, -3.4), 9_500), (13, (8.2, 4.6), 10_500), (29, (-6.0, 4.6), 2_000),
        )
    ),
    river=(
        (-10.6, -1.0), (-7.0, 0.2), (-4.0, -0.7), (-1.6, -0.2), (0.4, 0.1), (2.4, -0.4), (5.0, 0.6),
        (9.0, -0.6), (14.7, -1.0),
    ),
    bridges=(Bridge("湖田大桥", 8.4), Bridge("东江大桥（在建）", 12.0, built=False)),
    city_bridges={0: "秀江大桥"},
    exits=((-11.0, 3.0), (15.0, 3.0), (3.0, 9.5), (3.0, -9.5)),
    hills=(Hill((-7, -7), (7, 6), 1.0), Hill((14, 9), (6, 5), 0.9), Hill((-6, 8), (5, 4), 0.5)),
    island=(12.0, 1.8),
    wild=((-7.2, -5.6),),
    motorway=((-10.6, -3.6), (-4.0, -3.6), (2.0, -3.4), (7.0, -5.4), (14.7, -6.0)),
    interchanges=(3.0,),
    targets={
        YUAN: (0, 1, 1, 0, 1, 4, 3),
        JING: (0, 0, 0, 0, 0, 1, 0),
        YI: (0, 1, 0, 0, 0, 1, 1),
        MING: (0, 0, 0, 0, 0, 1, 0),
    },
    unready={"楠木乡": "规划", "温汤镇": "规划", "秀江街道": ""},
)  # fmt: skip
