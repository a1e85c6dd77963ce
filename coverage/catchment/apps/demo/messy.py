"""Ten ledgers as ten offices send them: the demo's own rows, each file broken in a way of its own."""

from __future__ import annotations

import csv
import datetime as dt
import io
from typing import TYPE_CHECKING

import numpy as np
import xlsxwriter
from pyproj import Transformer

from catchment.files import atomic_output
from catchment.geo.datum import bd09_from_gcj02, wgs84_from_gcj02
from catchment.inputs.sites import read_sites

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    import pandas as pd

    Rows = Sequence[Sequence[object]]

_COUNTY, _IN_BD09 = "袁州区", "宜阳新区"
"""The county, and the zone whose ledger is in BD-09."""

_COLUMNS = ("name", "type", "county", "township", "address")
_HEADS = ("名称", "类型", "县区", "乡镇（街道）", "地址")
_TYPES = {
    "county": "县级",
    "township": "乡镇（街道）",
    "village": "社区（村）",
    "zone": "开发区",
    "college": "大中专",
    "tech": "技工学校",
}
_STATUS = {"open": "已建成", "planned": "规划", "preparing": "筹建", "closed": "关闭"}
_CONTACT = ("示例联系人", "000-00009999")
_GRID_OF_ZONE_38 = 4526


def write_messy_ledgers(ledger: Path, folder: Path) -> tuple[Path, ...]:
    """
    Write the rows of the demo's ledger as ten ledgers that are broken in ten ways.

    They hold the same sites at the same places, to 1e-8 degrees, but for those of the last, which has none: below a
    title and above a total and a note, in GBK, under a header of two rows with merged cells, in degrees and minutes,
    exchanged, in millionths of a degree, in metres of a survey grid, in one cell, in BD-09, and without coordinates.

    Parameters
    ----------
    ledger
        The demo's, in GCJ-02.
    folder
        Where to write; made if it is not there.
    """
    read = read_sites(ledger)
    sites = read.frame.assign(lon=read.xy[:, 0], lat=read.xy[:, 1]).drop(columns="geometry")
    baidu = sites["county"] == _IN_BD09
    rest = sites[~baidu]
    bare = np.zeros(len(rest), bool)
    bare[np.flatnonzero(rest["county"] == _COUNTY)[3::9]] = True
    dealt = rest[~bare]
    contents = {name: make(dealt.iloc[number :: len(_DEALT)]) for number, (name, make) in enumerate(_DEALT.items())}
    contents["09 宜阳新区（百度）.xlsx"] = _in_bd09(sites[baidu])
    contents["10 第九片区（无坐标）.csv"] = _without_places(rest[bare])
    for name, content in contents.items():
        with atomic_output(folder / name) as draft:
            draft.write_bytes(content)
    return tuple(folder / name for name in contents)


def _rows(sites: pd.DataFrame, *columns: Iterable[object]) -> Rows:
    """The words of each site, then the cells of its place, its status and its contact."""
    words = [[*row[:1], _TYPES.get(row[1], row[1]), *row[2:]] for row in sites[list(_COLUMNS)].itertuples(index=False)]
    status = [_STATUS[one] for one in sites["status"]]
    return [[*row, *cells, said, *_CONTACT] for row, *cells, said in zip(words, *columns, status, strict=True)]


def _headers(*places: str) -> list[object]:
    return [*_HEADS, *places, "状态", "联系人", "联系电话"]


def _csv(rows: Rows, encoding: str) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode(encoding)


def _xlsx(rows: Rows, merged: Sequence[tuple[int, int, int, int]] = ()) -> bytes:
    """A workbook; merged are first row, first column, last row, last column, counted from 0."""
    content = io.BytesIO()
    options = {"in_memory": True, "strings_to_urls": False, "strings_to_formulas": False}
    with xlsxwriter.Workbook(content, options) as book:
        book.set_properties({"created": dt.datetime(2023, 12, 1, tzinfo=dt.UTC)})
        sheet = book.add_worksheet("网点台账")
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
        for first_row, first, last_row, last in merged:
            sheet.merge_range(first_row, first, last_row, last, rows[first_row][first])
    return content.getvalue()


def _as_sent(sites: pd.DataFrame) -> bytes:
    rows = _rows(sites, sites["lon"], sites["lat"])
    note = ["填报人：示例填报人　联系电话：000-00009999"]
    return _xlsx(
        [["“5+2就业之家”网点台账"], _headers("经度", "纬度"), *rows, ["合 计", len(rows)], note], [(0, 0, 0, 9)]
    )


def _in_gbk(sites: pd.DataFrame) -> bytes:
    return _csv([_headers("经度", "纬度"), *_rows(sites, sites["lon"], sites["lat"])], "gbk")


def _two_row_header(sites: pd.DataFrame) -> bytes:
    """Counties are merged cells, of which only the first has a text."""
    sites = sites.sort_values(["county", "site_id"])
    rows = _rows(sites, sites["lon"], sites["lat"])
    upper, lower = [*_HEADS, "位置", "", "状态", "联系方式", ""], [*[""] * 5, "经度", "纬度", "", "姓名", "电话"]
    counties = sites["county"].tolist()
    first = [at for at, county in enumerate(counties) if at == 0 or county != counties[at - 1]]
    spans = [(at, counties.count(counties[at])) for at in first]
    merged = [(at + 2, 2, at + count + 1, 2) for at, count in spans if count > 1]
    return _xlsx([upper, lower, *rows], [(0, 5, 0, 6), (0, 8, 0, 9), *merged])


def _minutes(degrees: float) -> str:
    """Degrees, minutes and seconds, to a ten-thousandth of a second: six decimals of a degree need no more."""
    ticks = round(degrees * 36_000_000)
    minutes, rest = divmod(ticks, 600_000)
    return f"{minutes // 60}°{minutes % 60:02}′{rest / 10_000:07.4f}″"


def _in_minutes(sites: pd.DataFrame) -> bytes:
    return _xlsx([_headers("东经", "北纬"), *_rows(sites, sites["lon"].map(_minutes), sites["lat"].map(_minutes))])


def _exchanged(sites: pd.DataFrame) -> bytes:
    return _csv([_headers("经度", "纬度"), *_rows(sites, sites["lat"], sites["lon"])], "utf-8-sig")


def _in_millionths(sites: pd.DataFrame) -> bytes:
    whole = [(sites[axis] * 1e6).round().astype(int) for axis in ("lon", "lat")]
    return _csv([_headers("X坐标", "Y坐标"), *_rows(sites, *whole)], "utf-16")


def _in_metres(sites: pd.DataFrame) -> bytes:
    """The northing stands under X, as surveyors have it."""
    to_metres = Transformer.from_crs(4490, _GRID_OF_ZONE_38, always_xy=True)
    east, north = to_metres.transform(*wgs84_from_gcj02(sites[["lon", "lat"]].to_numpy(np.float64)).T)
    cells = [[f"{metres:.4f}" for metres in axis] for axis in (north, east)]
    return _csv([_headers("X", "Y"), *_rows(sites, *cells)], "utf-8")


def _in_one_cell(sites: pd.DataFrame) -> bytes:
    pairs = [f"{lat}，{lon}" for lon, lat in zip(sites["lon"], sites["lat"], strict=True)]
    return _xlsx([_headers("经纬度"), *_rows(sites, pairs)])


def _in_bd09(sites: pd.DataFrame) -> bytes:
    lon, lat = bd09_from_gcj02(sites[["lon", "lat"]].to_numpy(np.float64)).T.round(10)
    return _xlsx([_headers("经度", "纬度"), *_rows(sites, lon, lat)])


def _without_places(sites: pd.DataFrame) -> bytes:
    return _csv([_headers(), *_rows(sites)], "gb18030")


_DEALT: dict[str, Callable[[pd.DataFrame], bytes]] = {
    "01 第一片区.xlsx": _as_sent,
    "02 第二片区.csv": _in_gbk,
    "03 第三片区.xlsx": _two_row_header,
    "04 第四片区.xlsx": _in_minutes,
    "05 第五片区.csv": _exchanged,
    "06 第六片区.txt": _in_millionths,
    "07 第七片区（测绘）.csv": _in_metres,
    "08 第八片区.xlsx": _in_one_cell,
}
