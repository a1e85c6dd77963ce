"""
The demo: a county the size of 袁州区, written as real input files.

The names and codes of its townships, their rows in the plan's annex and the census totals are facts. Boundaries,
streets, buildings, where people live, the sites and the planner's list of premises are generated.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from catchment.apps.demo.atlas import COUNTY, VILLAGE
from catchment.apps.demo.county import county, joined_counties
from catchment.apps.demo.ledger import ledger_rows
from catchment.apps.demo.listed import HEADERS, premises_rows
from catchment.apps.demo.plan import UNIT_HEADERS, plan_text, unit_rows
from catchment.apps.demo.writers import write_ledger, write_population, write_streets, write_table, write_townships
from catchment.files import atomic_output

if TYPE_CHECKING:
    from pathlib import Path

    from catchment.apps.demo.atlas import World
    from catchment.apps.demo.county import County

Size = Literal["village", "county", "prefecture"]

TITLE = "袁州区“5+2就业之家”网点台账（演示数据，均为虚构）"
_TARGETS = (
    "县区", "市级", "县级", "工业园区", "大中专院校", "技工院校", "乡镇(街道)", "村(社区)等其他(第一批)", "合计"
)  # fmt: skip
_CENSUS = ("区划代码", "省", "市", "区县", "人口数_合计", "城镇人口", "乡村人口")
_PREFECTURE_COLUMNS, _PREFECTURE_ROWS = 3, 2
_VILLAGE_SITES = 20
"""In each made-up county: with a site in each of its 32 townships, 300 in the prefecture."""

_PROJECT = """\
# 演示：乡镇名称、代码和普查总数是真实的；边界、道路、建筑、人口分布和网点均由程序生成。
name = "袁州区就业之家（演示，仅乡镇名称属实）"
date = 2023-12-07

[inputs]
sites = "sites.xlsx"
roads = "streets.osm.pbf"
population = "population.tif"
regions = "townships.geojson"
census = "census.csv"
targets = "targets.csv"
plan = "plan.toml"
premises = "premises.csv"

[sites]
datum = "gcj02"               # 台账坐标取自高德地图

[siting]
budget = 10                   # 建议 10 处新网点，优先可用场所清单和现有公共场所

[map]
synthetic = true

[sources.roads]
attribution = "catchment demo, generated"

[sources.population]
attribution = "catchment demo, generated"
"""


def write_demo(folder: Path, *, seed: int = 5, size: Size = "county") -> Path:
    """
    Write the demo's inputs: streets, people, ledger, premises, townships, targets, plan, census and a project file.

    The same seed gives the same bytes on any machine.

    Parameters
    ----------
    folder
        Where to write; made if it is not there.
    seed
        Draws terrain, streets and homes; what the atlas says stays.
    size
        ``county``; ``village``, a tenth of it for tests; or ``prefecture``, six counties with finer roads: a million
        road nodes, two million populated cells, 300 sites and 50,000 premises.

    Returns
    -------
    Path
        The project file, ``demo.toml``.
    """
    drawn = _drawn(size, seed)
    codes = {township.name: township.code for world in drawn.worlds for township in world.townships}
    rows = ledger_rows(drawn.sites, drawn.sites_lonlat, [codes[site.township] for site in drawn.sites])
    write_streets(folder / "streets.osm.pbf", drawn.frame, drawn.lines, drawn.marks)
    write_population(folder / "population.tif", drawn.frame, drawn.persons)
    write_ledger(folder / "sites.xlsx", TITLE, rows)
    write_townships(folder / "townships.geojson", _properties(drawn), drawn.outlines)
    write_table(folder / "premises.csv", [HEADERS, *premises_rows(drawn.listed, drawn.listed_lonlat)])
    write_table(folder / "targets.csv", [_TARGETS, *_target_rows(drawn)])
    write_table(folder / "census.csv", [_CENSUS, *_census_rows(drawn)])
    write_table(folder / "units.csv", [UNIT_HEADERS, *unit_rows(drawn.worlds)])
    with atomic_output(folder / "plan.toml") as draft:
        draft.write_bytes(plan_text(drawn.worlds).encode())
    with atomic_output(folder / "demo.toml") as draft:
        draft.write_bytes(_PROJECT.encode())
    return folder / "demo.toml"


def _drawn(size: Size, seed: int) -> County:
    if size == "prefecture":
        worlds = [_neighbour(number) for number in range(_PREFECTURE_COLUMNS * _PREFECTURE_ROWS)]
        return joined_counties(worlds, seed, columns=_PREFECTURE_COLUMNS)
    return county(COUNTY if size == "county" else VILLAGE, seed)


def _neighbour(number: int) -> World:
    """
    The county itself with finer roads, or one like it whose names and codes are made up: no province has 99.

    People are spread as WorldPop's unconstrained grids do it: every cell of land has a few.
    """
    fine = replace(COUNTY, step_m=19.0, marks_per_block=5.5, people_anywhere=0.3)
    if number == 0:
        return fine
    name = f"示例{number}县"
    townships = tuple(
        replace(township, code=f"99{number:02}{row:05}", name=f"{name}{row}号镇", annex=name)
        for row, township in enumerate(fine.townships, start=1)
    )
    *planned, _ = (sum(column) for column in zip(*fine.targets.values(), strict=True))
    return replace(
        fine,
        county=name,
        adcode=f"99{number:02}00",
        area_km2=2560,
        townships=townships,
        schools=(),
        village_sites=tuple(township.name for township in townships[-_VILLAGE_SITES:]),
        targets={name: (*planned, _VILLAGE_SITES)},
    )


def _properties(drawn: County) -> list[dict[str, str]]:
    return [
        {"code": township.code, "name": township.name, "county": world.county, "annex": township.annex}
        for world in drawn.worlds
        for township in world.townships
    ]


def _target_rows(drawn: County) -> list[tuple[object, ...]]:
    return [(name, *counts, sum(counts)) for world in drawn.worlds for name, counts in world.targets.items()]


def _census_rows(drawn: County) -> list[tuple[object, ...]]:
    return [
        (world.adcode, "江西省", "宜春市", world.county, world.residents, world.urban, world.residents - world.urban)
        for world in drawn.worlds
    ]
