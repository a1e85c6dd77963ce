"""The table of township-level units that a plan holds: codes, names, counties, and the rows they are counted under."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catchment.errors import InputError
from catchment.files import open_input
from catchment.geo.divisions import division_stem
from catchment.inputs.cells import quoted, text_of
from catchment.inputs.headers import columns_of
from catchment.inputs.tables import cell_name, read_sheets
from catchment.model import Finding, PlanUnit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from catchment.inputs.headers import Columns, Synonyms
    from catchment.inputs.sheets import Row, Sheet

_SYNONYMS: Synonyms = {
    "code": ("townshipcode", "code", "区划代码", "代码", "乡镇代码", "统计用区划代码"),
    "name": ("name", "名称", "乡镇街道", "乡镇名称", "单位名称"),
    "county": ("county", "县区", "县市区", "区县", "所属县区"),
    "row": ("annexrow", "annex", "任务行", "任务单位", "row"),
    "basis": ("annexbasis", "rowbasis", "basis", "依据", "归属依据"),
    "civil": ("civilaffairsunit", "civil", "建制乡镇", "是否建制"),
    "other": ("altname", "othernames", "别名", "曾用名"),
}
_HEADER_ROWS = 10
_INFERRED = ("inferred", "nameguess", "推定", "示例", "待核")


def read_plan_units(path: Path) -> tuple[tuple[PlanUnit, ...], tuple[Finding, ...]]:
    """
    The units in the order of their codes, and a finding for every row that is none.

    A row's basis ``inferred``, ``name-guess``, 推定 or 待核 marks the row of the targets as not confirmed.

    Raises
    ------
    MissingInputError
        If there is no such file.
    InputError
        If it is of another kind, is damaged, has no columns of codes and names, or a code stands twice. The message
        names the cell.
    """
    file = open_input(path, "csv", "xlsx")
    sheets, odd = read_sheets(file)
    for sheet in sheets:
        for number, row in enumerate(sheet.rows[:_HEADER_ROWS]):
            columns = columns_of(row, _SYNONYMS)
            if {"code", "name"} <= set(columns.index):
                units, findings = _units(sheet, number, columns, file.path.name)
                return units, (*odd, *findings)
    raise InputError("error.plan_units_columns", file=file.path.name)


def _units(sheet: Sheet, header: int, columns: Columns, file: str) -> tuple[tuple[PlanUnit, ...], list[Finding]]:
    found: dict[str, tuple[PlanUnit, str]] = {}
    findings = []
    for number, unit in _rows(sheet.rows, header, columns):
        cell = cell_name(number + 1, columns.index["code"])
        if len(division_stem(unit.code)) not in (9, 12) or not unit.name:
            facts = {"cell": cell, "found": quoted(unit.code), "name": quoted(unit.name)}
            findings.append(Finding("warning", "finding.plan_unit_code", facts, file, sheet.name, number + 1))
        elif unit.code in found:
            raise InputError("error.plan_unit_twice", file=file, cell=f"{found[unit.code][1]}, {cell}", code=unit.code)
        else:
            found[unit.code] = unit, cell
    return tuple(found[code][0] for code in sorted(found)), findings


def _rows(rows: Sequence[Row], header: int, columns: Columns) -> Iterator[tuple[int, PlanUnit]]:
    for number, row in enumerate(rows[header + 1 :], start=header + 1):
        texts = {field: text_of(row[column]) if column < len(row) else "" for field, column in columns.index.items()}
        if not any(texts.values()):
            continue
        basis = texts.get("basis", "").replace("-", "").lower()
        names = texts.get("other", "").replace("、", ";").replace("；", ";").split(";")
        yield (
            number,
            PlanUnit(
                code=texts["code"],
                name=texts["name"],
                county=texts.get("county", ""),
                row=texts.get("row", ""),
                inferred=any(word in basis for word in _INFERRED),
                civil=texts.get("civil", "Y").upper() not in ("N", "NO", "否", "0"),
                other_names=tuple(name.strip() for name in names if name.strip()),
            ),
        )
