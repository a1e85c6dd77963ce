"""The plan of the demo: the annex and its inferred rows are those of the real plan, rooms and dates are examples."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catchment.apps.demo.atlas import JING, MING, YI

if TYPE_CHECKING:
    from collections.abc import Sequence

    from catchment.apps.demo.atlas import World

UNIT_HEADERS = ("区划代码", "名称", "县区", "任务行", "依据")

_ZONES = (JING, YI, MING)

_HEAD = """\
# 演示用的计划。任务数取自附件，代管关系为推定；节点、面积、人员、命名、编码均为示例，用前请按正式文件改写。
name = "“5+2就业之家”建设计划（演示）"
source = "示例"
asked = ["street_front", "single_building", "service_ledger"]

[targets]
table = "targets.csv"
units = "units.csv"
"""

_MANAGED = """
[[targets.managed]]
row = "{row}"
units = [{units}]
inferred = true
"""

_REST = """
[types.city]
services = ["就业经办", "就业援助", "信息摸排", "岗位推荐"]
department = "人社"
hotline = true
basis = "示例/待核"

[types.county]
services = ["就业经办", "就业援助", "信息摸排", "岗位推荐"]
department = "人社"
hotline = true
basis = "示例/待核"

[types.zone]
public = false
services = ["企业用工服务"]
department = "发改"
basis = "示例/待核"

[types.college]
public = false
services = ["毕业生就业服务"]
department = "教体"
basis = "示例/待核"

[types.tech]
public = false
services = ["毕业生就业服务"]
department = "人社"
basis = "示例/待核"

[types.township]
services = ["就业经办", "就业援助"]
department = "人社"
basis = "示例/待核"

[types.village]
services = ["信息摸排", "岗位推荐"]
department = "人社"
basis = "示例/待核"

[[milestone]]
name = "县级网点建成"
date = 2023-11-30
types = ["县级"]
basis = "示例"

[[milestone]]
name = "九成乡镇（街道）建成"
date = 2023-12-01
types = ["乡镇(街道)"]
share = 0.9
basis = "示例"

[[milestone]]
name = "全面实施"
date = 2024-06-30
basis = "示例"

[[room]]
type = "县级"
area_m2 = 300
staff = 6
basis = "示例/待核"

[[room]]
type = "乡镇(街道)"
area_m2 = 60
staff = 2
people_per_staff = 15000
basis = "示例/待核"

[[room]]
type = "乡镇(街道)"
people_from = 50000
area_m2 = 100
staff = 3
people_per_staff = 20000
basis = "示例/待核"

[[room]]
type = "村(社区)"
area_m2 = 20
staff = 1
basis = "示例/待核"

[names]
ending = "就业之家"
patterns = { "县级" = "{county}就业之家", "乡镇(街道)" = "{county}{township}就业之家" }
basis = "示例/待核"

[codes]
unit_digits = 12
serial_digits = 2
basis = "示例/待核"

[codes.type_digits]
"市级" = "1"
"县级" = "2"
"乡镇(街道)" = "3"
"村(社区)" = "4"
"工业园区" = "5"
"大中专院校" = "6"
"技工院校" = "7"

[next_batch]
people = 2000
basis = "示例/待核"

[award]
share = 0.2

[evaluation]
basis = "示例/待核"
item = [
  { name = "服务人次", weight = 30, source = "自评表" },
  { name = "岗位数", weight = 20, source = "自评表" },
  { name = "推荐成功数", weight = 20, source = "自评表" },
  { name = "规范化", weight = 15, source = "网点体检" },
  { name = "覆盖", weight = 15, source = "测算结果" },
]
"""


def plan_text(worlds: Sequence[World]) -> str:
    """The plan as TOML; only townships that the worlds have are listed."""
    by_row = {
        row: [township.name for world in worlds for township in world.townships if township.annex == row]
        for row in _ZONES
    }
    managed = (
        _MANAGED.format(row=row, units=", ".join(f'"{name}"' for name in names))
        for row, names in by_row.items()
        if names
    )
    return _HEAD + "".join(managed) + _REST


def unit_rows(worlds: Sequence[World]) -> list[tuple[str, ...]]:
    """The townships with the rows of the annex they are counted under; a zone's are inferred."""
    return [
        (township.code, township.name, world.county, township.annex, "推定" if township.annex in _ZONES else "所属县区")
        for world in worlds
        for township in world.townships
    ]
