"""
How long ledgers take: one of 20,000 rows, and ten workbooks of 300 sites with every check; and what goes back.

    python tests/benchmarks/ledger.py [--json]

One row in ten is written in another way (degrees and minutes, swapped, survey grid, marks that are no digits), and
each is read with its repair applied.
"""

from __future__ import annotations

import argparse
import csv
import json
import tempfile
import time
from pathlib import Path

import geopandas as gpd
import numpy as np
import openpyxl
from shapely import box

from catchment.inputs.sites import read_sites
from catchment.inputs.whereabouts import site_region_findings
from catchment.model import Regions
from catchment.pipeline.check import check_ledger, write_checked

HEADER = (
    "序号",
    "县（市、区）",
    "乡镇（街道）",
    "网点名称",
    "网点类型",
    "地址",
    "面积（㎡）",
    "经度",
    "纬度",
    "联系电话",
)
TYPES = ("县级", "街道（乡镇）", "社区（村）", "工业园区")
ODD = ("minutes", "swapped", "grid", "digits")
LIMITS_S = {"one CSV of 20,000 rows": 3.0, "one workbook of 20,000 rows": 3.0, "ten workbooks of 300 sites": 5.0}
BACK = "ten workbooks of 300 sites, checked and written back"
BACK_LIMIT_S = 5.0


def rows_of(count: int, seed: int) -> list[tuple[object, ...]]:
    """Rows of ten counties in a row, each a tenth of a degree wide, with ten townships above one another."""
    draw = np.random.default_rng(seed)
    lon, lat = 114 + draw.random(count), 27.6 + draw.random(count)
    return [_row(number, float(lon[number]), float(lat[number])) for number in range(count)]


def _row(number: int, lon: float, lat: float) -> tuple[object, ...]:
    county, township = int((lon - 114) * 10), int((lat - 27.6) * 10)
    one, other = _cells(lon, lat, ODD[number // 10 % 4] if number % 10 == 0 else "")
    name = f"第{number}村就业之家"
    where = (f"{county}县", f"{township}镇", name, TYPES[number % 4], f"大路{number}号")
    return (number + 1, *where, 120, one, other, "13900001234")


def _cells(lon: float, lat: float, odd: str) -> tuple[object, object]:
    if odd == "minutes":
        return tuple(f"{int(x)}°{int(x % 1 * 60)}′{x * 3600 % 60:.1f}″" for x in (lon, lat))  # type: ignore[return-value]
    if odd == "swapped":
        return round(lat, 6), round(lon, 6)
    if odd == "grid":
        return round(3_060_000 + (lat - 27.6) * 110_800, 1), round(38_500_000 + (lon - 114) * 98_000, 1)
    if odd == "digits":
        return f"{lon:.6f}E", f"{lat:.6f}".replace(".", "。")
    return round(lon, 6), round(lat, 6)


def regions() -> Regions:
    """The townships of ``rows_of``."""
    cells = [(county, township) for county in range(10) for township in range(10)]
    frame = {
        "region_id": [f"{county}{township}" for county, township in cells],
        "name": [f"{township}镇" for _, township in cells],
        "parent": [f"{county}县" for county, _ in cells],
    }
    shapes = [box(114 + c / 10, 27.6 + t / 10, 114.1 + c / 10, 27.7 + t / 10) for c, t in cells]
    return Regions(gpd.GeoDataFrame(frame, geometry=shapes, crs="EPSG:4326"))


def workbook(path: Path, rows: list[tuple[object, ...]]) -> None:
    """A sheet with a title over its header."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("台账")
    for row in (("网点一览表",), HEADER, *rows):
        sheet.append(row)
    book.save(path)


def measured(path: Path) -> tuple[float, float]:
    """Seconds, and those of the processor, to read a ledger, repair it and hold it against the regions."""
    started, worked = time.perf_counter(), time.process_time()
    sites = read_sites(path, repair=True)
    site_region_findings(sites, regions())
    seconds = time.perf_counter() - started, time.process_time() - worked
    assert len(sites) == (3000 if path.is_dir() else 20_000), len(sites)
    return round(seconds[0], 2), round(seconds[1], 2)


def written_back(path: Path, out: Path) -> tuple[float, float]:
    """Seconds, and those of the processor, to check a ledger and write annotated copies and the clean ledger."""
    started, worked = time.perf_counter(), time.process_time()
    paths = write_checked(check_ledger(path, repair=True), out, language="zh").paths
    seconds = time.perf_counter() - started, time.process_time() - worked
    assert len(paths) == 11, paths
    return round(seconds[0], 2), round(seconds[1], 2)


def main() -> None:
    """Write the ledgers, read them, print the seconds."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print JSON")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        rows, ten = rows_of(20_000, 0), Path(folder, "ten")
        ten.mkdir()
        for number in range(10):
            workbook(ten / f"{number}.xlsx", rows_of(300, number + 1))
        workbook(Path(folder, "one.xlsx"), rows)
        with Path(folder, "one.csv").open("w", encoding="utf-8-sig", newline="") as stream:
            csv.writer(stream).writerows((HEADER, *rows))
        paths = (Path(folder, "one.csv"), Path(folder, "one.xlsx"), ten)
        measured(ten)  # imports and first calls
        found = {name: measured(path) for name, path in zip(LIMITS_S, paths, strict=True)}
        found[BACK] = written_back(ten, Path(folder, "back"))
    if asked.json:
        print(json.dumps(found))
        return
    limits = {**LIMITS_S, BACK: BACK_LIMIT_S}
    for name, (seconds, worked) in found.items():
        print(f"{name}: {seconds:.2f} s, {worked:.2f} s of the processor (asked for: {limits[name]:.0f} s)")


if __name__ == "__main__":
    main()
