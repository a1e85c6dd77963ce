"""The ledger of the demo, as an office keeps it: a title over all columns, headers, a total and a note below."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from catchment.apps.demo.curves import kilometres, nearest_point
from catchment.apps.demo.premises import seat_corner
from catchment.geo.datum import gcj02_from_wgs84

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from catchment.apps.demo.sheet import Sheet
    from catchment.model import Floats, Ints

HEADERS = (
    "序号",
    "网点编码",
    "网点名称",
    "类型",
    "县区",
    "乡镇(街道)",
    "详细地址",
    "经度",
    "纬度",
    "状态",
    "联系人",
    "联系电话",
    "服务事项",
    "建筑面积(㎡)",
    "工作人员数",
    "是否临街",
    "是否单体建筑",
    "建设方式",
    "批次",
    "统一服务热线",
    "投诉举报方式",
    "服务台账",
)
_FROM_STREET_M = np.array([9.0, 7.0])
_TYPE_DIGIT = {"县级": 2, "乡镇(街道)": 3, "村(社区)": 4, "工业园区": 5, "技工": 7}
_NOTE = "填报人：示例填报人　联系电话：000-00009999　坐标为高德（GCJ-02）经纬度"

Cell = str | int | float | None


@dataclass(frozen=True, eq=False)
class Site:
    """A row of the ledger."""

    name: str
    kind: str
    township: str
    annex: str
    at: Floats | None
    """[m], shape (2,); ``None`` where the office has not filled in the place."""
    status: str = "已建成"


# Sites of zones, schools and the county stand beside the seat of a township, moved by so many kilometres.
_OTHERS = (
    ("{county}就业之家", "县级", "灵泉街道", (-0.5, 0.2), "已建成"),
    ("宜阳新区就业之家", "县级", "官园街道", (0.5, 0.5), "已建成"),
    ("{county}工业园区就业之家", "工业园区", "彬江镇", (0.4, 0.3), "已建成"),
    ("经开区就业之家", "工业园区", "金园街道", (0.4, 0.2), "已建成"),
    ("示例技工学校就业之家", "技工", "凤凰街道", (0.5, 0.6), "已建成"),
    ("官园街道示例社区就业之家", "村(社区)", "官园街道", (-0.7, -0.5), "已建成"),
    ("秀江街道示例社区就业之家", "村(社区)", "秀江街道", (-0.9, -0.3), "已建成"),
    ("凤凰街道示例社区就业之家", "村(社区)", "凤凰街道", (0.9, -0.5), "规划"),
    ("灵泉街道示例社区就业之家", "村(社区)", "灵泉街道", None, "已建成"),
)


def sites(drawn: Sheet, township_of: Callable[[Floats], Ints]) -> list[Site]:
    """
    The rows: a site in almost every township, and some of the other kinds.

    Parameters
    ----------
    drawn
        The sheet.
    township_of
        Index of the township of places [m].
    """
    world = drawn.world
    by_name = {township.name: (number, township) for number, township in enumerate(world.townships)}
    corners = np.vstack([grid.corners() for grid in drawn.grids])
    of_corner, of_village = township_of(corners), township_of(drawn.village_xy)
    rows = []
    for name, kind, of, aside, status in _OTHERS:
        if of in by_name:
            number, township = by_name[of]
            at = None
            if aside is not None:
                near = kilometres(township.at)[0] + kilometres(aside)[0]
                at = nearest_point(corners[of_corner == number], near) + _FROM_STREET_M
            rows.append(Site(name.format(county=world.county), kind, of, township.annex, at, status))
    for number, township in enumerate(world.townships):
        status = world.unready.get(township.name, "已建成")
        if status:
            at = seat_corner(drawn, number) + _FROM_STREET_M
            rows.append(Site(f"{township.name}就业之家", "乡镇(街道)", township.name, township.annex, at, status))
    for of in world.village_sites:
        here = np.flatnonzero(of_village == by_name[of][0]) if of in by_name else np.empty(0, np.int64)
        if len(here):
            # The village farthest from the seat.
            away = drawn.village_xy[here] - kilometres(by_name[of][1].at)[0]
            village = int(here[np.argmax((away**2).sum(axis=1))])
            at = drawn.village_xy[village] + _FROM_STREET_M
            rows.append(Site(f"{of}{village + 1}村就业之家", "村(社区)", of, by_name[of][1].annex, at))
    return rows


def ledger_rows(rows: Sequence[Site], lonlat: Floats, codes: Sequence[str]) -> list[tuple[Cell, ...]]:
    """
    What stands under the header: the sites, then the total and a note.

    Parameters
    ----------
    rows
        The sites.
    lonlat
        Where they are, WGS84 [degrees], shape (n, 2); the ledger holds GCJ-02, as the office's map shows it.
    codes
        Code of the township of each.
    """
    shown = gcj02_from_wgs84(np.nan_to_num(lonlat)).round(6)
    cells: list[tuple[Cell, ...]] = []
    for number, (site, code, place) in enumerate(zip(rows, codes, shown.tolist(), strict=True), start=1):
        lon, lat = ("待定", None) if site.at is None else place
        address = f"{site.annex}{site.township}示例路{number}号"
        own = f"{code}000{_TYPE_DIGIT[site.kind]}{number:02}"
        person = (site.status, f"示例联系人{number:02}", f"000-0000{number:04}")
        place_cells = (site.annex, site.township, address, lon, lat)
        cells.append((number, own, site.name, site.kind, *place_cells, *person, *_particulars(site.kind, number)))
    cells.append(("合计", None, f"{len(rows)}个", *[None] * (len(HEADERS) - 3)))
    cells.append((_NOTE, *[None] * (len(HEADERS) - 1)))
    return cells


def _particulars(kind: str, number: int) -> tuple[Cell, ...]:
    """What else an office writes of a site, with the blanks that ledgers have; all of it made up."""
    at_county = kind == "县级"
    services = "就业经办、就业援助、岗位推荐" if number % 6 == 0 else None
    area = 420 if at_county else (80, 65, 120, 45, None)[number % 5]
    staff = 8 if at_county else (2, 3, 1, None, 2, 4)[number % 6]
    front, single = ("是", "是", "否", None)[number % 4], ("是", "是", None, "否", "是")[number % 5]
    way = "新建" if number == 17 else ("提升", "置换", "联营", "打通", None)[number % 5]
    hotline, complaint = ("有", "有" if number % 2 else "无") if at_county else (None, None)
    return services, area, staff, front, single, way, "第一批", hotline, complaint, ("有", "无", "有")[number % 3]
