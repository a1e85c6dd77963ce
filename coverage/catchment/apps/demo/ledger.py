"""The ledger of the demo, as an office keeps it: a title over all columns, headers, a total and a note below."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from catchment.apps.demo import atlas
from catchment.apps.demo.curves import kilometres, nearest_point
from catchment.apps.demo.frame import degrees

if TYPE_CHECKING:
    from collections.abc import Sequence

    from catchment.apps.demo.atlas import Km
    from catchment.apps.demo.junctions import Line

TITLE = "澄川市“5+2就业之家”网点台账（演示数据，均为虚构）"
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
)
_FROM_STREET_M = np.array([9.0, 7.0])
_TYPE_DIGIT = {"市级": 1, "县级": 2, "乡镇(街道)": 3, "村(社区)": 4, "工业园区": 5, "大中专": 6, "技工": 7}

Cell = str | int | float | None


class _Site(NamedTuple):
    name: str
    kind: str
    township: str
    at: Km | None
    status: str = "已建成"


_SITES: tuple[_Site, ...] = (
    _Site("澄川市就业之家", "市级", "东园街道", (3.35, 0.6)),
    _Site("澄江区就业之家", "县级", "东园街道", (4.3, -1.1)),
    _Site("清江街道就业之家", "乡镇(街道)", "清江街道", (1.75, 0.9)),
    _Site("东园街道就业之家", "乡镇(街道)", "东园街道", (4.5, 1.5)),
    _Site("河西街道就业之家", "乡镇(街道)", "河西街道", (-0.6, 0.4), "规划"),
    _Site("白石镇就业之家", "乡镇(街道)", "白石镇", (4.6, 6.75)),
    _Site("柳塘镇就业之家", "乡镇(街道)", "柳塘镇", (6.4, -5.4)),
    _Site("云岭乡就业之家", "乡镇(街道)", "云岭乡", (-7.0, -1.2), "规划"),
    _Site("南门社区就业之家", "村(社区)", "清江街道", (2.4, -1.6)),
    _Site("枫林社区就业之家", "村(社区)", "清江街道", (1.7, 2.55)),
    _Site("桥头社区就业之家", "村(社区)", "清江街道", None),
    _Site("上杨村就业之家", "村(社区)", "白石镇", (8.4, 7.6)),
    _Site("竹山村就业之家", "村(社区)", "东园街道", (8.9, 1.6)),
    _Site("澄川工业园就业之家", "工业园区", "东园街道", (6.3, -1.2)),
    _Site("澄川职业学院就业之家", "大中专", "东园街道", (4.3, 2.6)),
    _Site("澄川技工学校就业之家", "技工", "清江街道", (1.6, -2.4)),
    _Site("梅家村就业之家", "村(社区)", "白石镇", (7.3, 4.5)),
    _Site("罗家村就业之家", "村(社区)", "柳塘镇", (8.6, -7.9)),
)


def ledger_rows(lines: Sequence[Line]) -> list[tuple[Cell, ...]]:
    """The rows under the header: the sites, each beside a street of the drawing, then the total and a note."""
    corners = np.vstack(
        [line.xy for line in lines if line.tags.get("highway") in {"residential", "tertiary", "secondary"}]
    )
    codes = {township.name: township.code for township in atlas.TOWNSHIPS}
    rows: list[tuple[Cell, ...]] = []
    for number, site in enumerate(_SITES, start=1):
        lon: Cell = "待定"
        lat: Cell = None
        if site.at:
            beside_street = nearest_point(corners, kilometres(site.at)[0]) + _FROM_STREET_M
            lon, lat = degrees(beside_street[None, :])[0].round(6).tolist()
        code = f"{codes[site.township]}000{_TYPE_DIGIT[site.kind]}{number:02}"
        address = f"{atlas.COUNTY}{site.township}示例路{number}号"
        person, phone = f"示例联系人{number:02}", f"000-0000{number:04}"
        rows.append(
            (
                number,
                code,
                site.name,
                site.kind,
                atlas.COUNTY,
                site.township,
                address,
                lon,
                lat,
                site.status,
                person,
                phone,
            )
        )
    rows.append(("合计", None, f"{len(_SITES)}个", *[None] * (len(HEADERS) - 3)))
    rows.append(("填报人：示例填报人　联系电话：000-00009999　坐标为WGS84经纬度", *[None] * (len(HEADERS) - 1)))
    return rows
