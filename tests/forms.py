"""Self-assessment forms for tests: thirteen counties of two townships each, filled in as a county would."""

from __future__ import annotations

import datetime as dt
import warnings
from typing import TYPE_CHECKING, Any

import openpyxl

from catchment.inputs.evaluation_rules import example_rules
from catchment.model.evaluation import FormIdentity, RowFacts, SiteFacts
from catchment.outputs.form import write_form

if TYPE_CHECKING:
    from pathlib import Path

ANNEX = {
    "市本级": 4, "经开区": 4, "袁州区": 38, "樟树": 31, "丰城": 46, "靖安": 16, "奉新": 27, "高安": 35,
    "上高": 25, "宜丰": 24, "铜鼓": 18, "万载": 26, "宜阳新区": 3, "明月山": 3,
}  # fmt: skip
"""Targets of the plan's annex, 300 in all."""

COUNTIES = [row for row in ANNEX if row != "市本级"]

# Columns of the form in Chinese: L to N only if other than the ledger, O to Q figures, R to V five questions that a
# township is asked, W and X two that it is not, Y remarks. Sites stand in rows 5 and 6.
SHEET = "自评表"


def facts_of(row: str, *, target: int = 2, people: int = 1000, covered: int = 800) -> RowFacts:
    """Two open townships of 60 m² and 2 staff; 500 live nearest to each, 400 of them covered."""
    sites = tuple(
        SiteFacts(f"{row}-{number}", f"{row}{number}号", "township", "open", 60.0, 2, True, 500, 400)
        for number in (1, 2)
    )
    return RowFacts(row, target, people, covered, {"登记失业": 100}, sites)


def identity_of(row: str, **changes: Any) -> FormIdentity:
    """All rows but the city's own hand in a form."""
    about = {"plan": "p" * 64, "run": "r" * 64, "name": "宜春", "date": "2024-09-30", **changes}
    return FormIdentity(row, tuple(ANNEX), tuple(ANNEX.values()), tuple(COUNTIES), **about)


def send(folder: Path, row: str, *, facts: RowFacts | None = None, language: Any = "zh", **identity: Any) -> Path:
    """A form as it goes out."""
    path = folder / f"自评表-{row}.xlsx"
    rules, day = example_rules(), dt.date(2024, 9, 30)
    about = {"language": language, "title": "宜春", "date": day}
    write_form(facts or facts_of(row), identity_of(row, **identity), rules, path, **about)
    return path


def fill(path: Path, cells: dict[str, object], *, totals: dict[str, object] | None = None) -> Path:
    """Write into cells of the two sheets of a form, as a spreadsheet program would."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(path)
    for sheet, values in zip(book.worksheets, (cells, totals or {}), strict=False):
        for cell, value in values.items():
            sheet[cell] = value
    book.save(path)
    return path


def filled_well(path: Path, cells: dict[str, object] | None = None, *, totals: dict[str, object] | None = None) -> Path:
    """Every figure 10 at the first and 20 at the second site, every answer yes, totals that add up; then ``cells``."""
    said: dict[str, object] = {f"{column}{row}": "是" for column in "RSTUV" for row in (5, 6)}
    said |= {f"{column}{row}": value for column in "OPQ" for row, value in ((5, 10), (6, 20))}
    added: dict[str, object] = {"C7": 2, "C8": 30, "C9": 30, "C10": 30}
    return fill(path, said | (cells or {}), totals=added | (totals or {}))
