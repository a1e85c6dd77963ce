"""The demo planner's own table of premises that a site may be put into, with the gaps such tables have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from catchment.apps.demo.curves import kilometres, nearest_point
from catchment.geo.datum import gcj02_from_wgs84

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from catchment.apps.demo.atlas import Km
    from catchment.apps.demo.sheet import Sheet
    from catchment.model import Floats, Ints

HEADERS = (
    *("场所名称", "场所类型", "乡镇(街道)", "详细地址", "使用面积", "产权", "建设方式", "原荣誉", "单体建筑"),
    *("申报县区", "经度", "纬度"),
)
_FROM_STREET_M = np.array([8.0, 11.0])

# Township, how many kilometres from its seat, name, type; then area, ownership, way of building, honours and single
# building, a dash for a blank; and whether the table says which county proposes it.
_ROWS: tuple[tuple[str, Km, str, str, str, bool], ...] = (
    ("灵泉街道", (0.6, -0.7), "示例社区党群服务中心", "社区党群服务中心", "420㎡ 国有 提升 高质量就业社区 是", True),
    ("秀江街道", (-1.6, 0.7), "示例社区居委会", "社区居委会", "180 集体 联营 充分就业社区 否", True),
    ("秀江街道", (1.1, -0.8), "示例临街门面", "闲置门面", "96.5平方米 国有 置换 - -", True),
    ("官园街道", (1.1, -0.5), "示例文化活动中心", "文化活动中心", "约650平方米 国有 打通 - 是", True),
    ("金园街道", (-0.7, 0.6), "示例社区便民服务站", "社区便民服务站", "- 集体 提升 高质量就业社区 -", True),
    ("湖田镇", (-0.8, 0.5), "示例村党群服务中心", "村党群服务中心", "240㎡ 集体 提升 充分就业村 是", True),
    ("温汤镇", (0.8, 0.4), "示例旧粮站", "闲置仓房", "1200 国有 置换 - 是", False),
    ("化成街道", (1.2, -0.5), "示例邮政所", "邮政所", "130㎡ - 联营 - 否", True),
    ("南庙镇", (0.4, 0.2), "示例村便民服务站", "村便民服务站", "310㎡ 集体 提升 充分就业村 -", True),
    ("新坊镇", (0.1, 0.4), "示例图书室", "图书室", "- - - - -", False),
)


@dataclass(frozen=True, eq=False)
class Listed:
    """A row of the table."""

    cells: tuple[str, ...]
    """All but the coordinates."""
    at: Floats
    """[m], shape (2,)."""


def listed(drawn: Sheet, township_of: Callable[[Floats], Ints]) -> list[Listed]:
    """
    The rows whose township lies on the sheet, each beside a corner of its streets.

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
    of_corner = township_of(corners)
    rows = []
    for house, (of, aside, name, kind, told, proposed) in enumerate(_ROWS, start=1):
        if of in by_name:
            number, township = by_name[of]
            near = kilometres(township.at)[0] + kilometres(aside)[0]
            at = nearest_point(corners[of_corner == number], near) + _FROM_STREET_M
            address = f"{township.annex}{of}示例街{house}号"
            particulars = ("" if word == "-" else word for word in told.split())
            county = township.annex if proposed else ""
            rows.append(Listed((f"{of}{name}", kind, of, address, *particulars, county), at))
    return rows


def premises_rows(rows: Sequence[Listed], lonlat: Floats) -> list[tuple[str, ...]]:
    """
    What stands under the header, the coordinates in GCJ-02 as in the ledger.

    Parameters
    ----------
    rows
        From ``listed``.
    lonlat
        Where they are, WGS84 [degrees], shape (n, 2).
    """
    shown = gcj02_from_wgs84(lonlat).round(6).tolist()
    return [(*row.cells, *map(str, place)) for row, place in zip(rows, shown, strict=True)]
