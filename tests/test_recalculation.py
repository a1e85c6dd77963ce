"""The sums of a real report, worked out again: by head over its cells, and by LibreOffice where there is one."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import zipfile
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from catchment.config import read_settings
from catchment.pipeline.run import run_project

if TYPE_CHECKING:
    from pathlib import Path

ALWAYS_RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode"><value>0</value></prop>
</item>
</oor:items>
"""


@pytest.fixture(scope="module")
def report(small_demo, tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("report") / "结果"
    run_project(read_settings(small_demo), out=out, language="zh")
    return out / "报告.xlsx"


def values_of(path: Path) -> dict[tuple[str, str], Any]:
    book = openpyxl.load_workbook(path, data_only=True)
    return {(sheet.title, cell.coordinate): cell.value for sheet in book for row in sheet.iter_rows() for cell in row}


def formulas_of(path: Path) -> dict[tuple[str, str], str]:
    book = openpyxl.load_workbook(path)
    cells = (cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f")
    return {(cell.parent.title, cell.coordinate): cell.value for cell in cells}


def summed(book: Any, sheet: str, formula: str) -> int:
    parts = re.fullmatch(r"=SUM\((\w+(?::\w+)?)\)", formula)
    assert parts, formula
    cells = book[sheet][parts[1]]
    return sum(part.value for (part,) in cells) if isinstance(cells, tuple) else cells.value


def test_every_total_is_the_sum_of_its_parts_and_of_the_record(report):
    book = openpyxl.load_workbook(report, data_only=True)
    totals = {place: summed(book, place[0], formula) for place, formula in formulas_of(report).items()}
    shown = values_of(report)
    assert len(totals) > 30
    assert totals == {place: shown[place] for place in totals}

    record = json.loads((report.parent / "run.json").read_text(encoding="utf-8"))
    for name, head, key in (
        ("分区域", "常住人口", "people_total"),
        ("分区域", "已覆盖", "people_covered"),
        ("分区域", "未覆盖", "people_uncovered"),
        ("分网点", "其中已覆盖", "people_covered"),
        ("覆盖空白区", "未覆盖", "people_uncovered"),
    ):
        sheet = book[name]
        (column,) = [cell.column for cell in sheet[1] if cell.value == head]
        # Rounded once for the whole report, so that parts may differ by the half of a person.
        assert abs(sheet.cell(sheet.max_row, column).value - record[key]) < 1, (name, head)


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice (soffice) is not installed on this machine")
def test_libreoffice_works_out_the_totals_that_are_printed(report, tmp_path):
    blank = tmp_path / "blank.xlsx"
    with zipfile.ZipFile(report) as good, zipfile.ZipFile(blank, "w") as bare:
        for name in good.namelist():
            bare.writestr(name, re.sub(rb"</f><v>\d+</v>", b"</f><v>-1</v>", good.read(name)))
    profile = tmp_path / "profile"
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(ALWAYS_RECALCULATE, encoding="utf-8")
    profiled = ["soffice", "--headless", f"-env:UserInstallation={profile.as_uri()}"]
    convert = [*profiled, "--convert-to", "xlsx", "--outdir", str(tmp_path / "again"), str(blank)]
    subprocess.run(convert, check=True, capture_output=True, timeout=120)
    printed, worked_out = values_of(report), values_of(tmp_path / "again" / "blank.xlsx")
    places = formulas_of(report)
    assert {values_of(blank)[place] for place in places} == {-1}
    assert {place: worked_out[place] for place in places} == {place: printed[place] for place in places}
