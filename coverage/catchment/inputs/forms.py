"""Self-assessment forms (自评表) as counties send them back: whole as they went out, or refused with the cell."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from catchment.errors import InputError
from catchment.files import open_input
from catchment.inputs.cells import is_blank, persons_of, quoted, text_of, without_phones
from catchment.inputs.headers import normal
from catchment.inputs.tables import cell_name, read_sheets
from catchment.model import Finding, SiteType
from catchment.model.evaluation import (
    FORM_SCHEMA,
    FORM_SHEET,
    MEASURES,
    STATUSES,
    CountyForm,
    ExtraSite,
    FormIdentity,
    FormItem,
    FormLayout,
    RowFacts,
    SiteFacts,
    SiteReturn,
)
from catchment.words import LANGUAGES, say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from catchment.inputs.sheets import Sheet
    from catchment.model.evaluation import Measure

MOST_CELLS = 10
"""Altered cells that a message names."""

_MOST_COUNT = 1_000_000_000
_MOST_AREA_M2 = 1_000_000
_SITE_COLUMNS = ("status", "area_m2", "staff", *MEASURES, "remarks")


def read_form(path: Path) -> CountyForm:
    """
    The form of one county as it came back.

    A cell to be filled in that holds something else than asked is not used, and a finding says which; anything else
    that is not as it went out refuses the form.

    Raises
    ------
    MissingInputError
        If there is no such file.
    InputError
        If it is no workbook, no form of this program, a sheet of it is gone or renamed, or cells have moved or were
        altered that are not to be filled in. The message names the cells.
    """
    file = open_input(path, "xlsx")
    sheets = read_sheets(file)[0]
    lines = _hidden_lines(sheets, path.name)
    try:
        made = _made(lines)
    except (ValueError, LookupError, TypeError) as problem:
        raise InputError("error.form_identity", file=path.name, sheet=FORM_SHEET) from problem
    tables = _tables(sheets, made.layout, path.name)
    _refuse_altered(tables, made, path.name)
    reader = _Reader(path.name, tables, made.layout, [])
    sites = tuple(reader.site(made.layout.first + at, facts, made.items) for at, facts in enumerate(made.facts.sites))
    extra = tuple(reader.extra())
    open_count, totals = reader.total("open"), {measure: reader.total(measure) for measure in MEASURES}
    reader.say_unread(made)
    return CountyForm(
        file=path.name,
        sheet=made.layout.sheet,
        totals_sheet=made.layout.totals_sheet,
        identity=made.identity,
        items=made.items,
        facts=made.facts,
        sites=sites,
        extra=extra,
        open_count=open_count,
        totals=totals,
        cells={name: cell_name(row, made.layout.totals_column) for name, row in made.layout.totals.items()},
        findings=tuple(reader.findings),
    )


def form_checksum(lines: Sequence[tuple[str, str]]) -> str:
    r"""
    The checksum of the hidden lines of a form: it finds what was altered by mistake, not by intent.

    Examples
    --------
    >>> form_checksum([("a", "b")]) == hashlib.sha256(b"a\tb").hexdigest()
    True
    """
    return hashlib.sha256("\n".join(f"{key}\t{text}" for key, text in lines).encode()).hexdigest()


# ---- what it was when it went out


@dataclass(frozen=True)
class _Made:
    """A form as it was written."""

    identity: FormIdentity
    layout: FormLayout
    facts: RowFacts
    items: tuple[FormItem, ...]
    locked: tuple[tuple[str, str, str], ...]
    """Sheet, cell and text."""


def _hidden_lines(sheets: Sequence[Sheet], file: str) -> list[tuple[str, str]]:
    hidden = [sheet for sheet in sheets if sheet.name == FORM_SHEET]
    if not hidden:
        names = ", ".join(sheet.name for sheet in sheets) or "-"
        raise InputError("error.form_none", file=file, sheets=names, expected=FORM_SHEET)
    lines = [(text_of(row[0]), text_of(row[1])) for row in hidden[0].rows if len(row) > 1]
    if not lines or lines[0] != ("schema", FORM_SCHEMA) or lines[-1] != ("sha256", form_checksum(lines[:-1])):
        raise InputError("error.form_identity", file=file, sheet=FORM_SHEET)
    return lines


def _made(lines: Sequence[tuple[str, str]]) -> _Made:
    def of(key: str) -> list[Any]:
        return [json.loads(text) for name, text in lines if name == key]

    layout, facts = of("layout")[0], of("facts")[0]
    identity: dict[str, Any] = {
        key: tuple(told) if isinstance(told, list) else told for key, told in of("identity")[0].items()
    }
    return _Made(
        identity=FormIdentity(**identity),
        layout=FormLayout(**layout),
        facts=RowFacts(
            **facts, sites=tuple(SiteFacts(**{**site, "lacking": tuple(site["lacking"])}) for site in of("site"))
        ),
        items=tuple(FormItem(**{**item, "types": tuple(item["types"])}) for item in of("item")),
        locked=tuple((sheet, cell, text) for sheet, cell, text in of("locked")),
    )


def _tables(sheets: Sequence[Sheet], layout: FormLayout, file: str) -> dict[str, dict[str, object]]:
    """The cells of both sheets that people see, by name."""
    found = {sheet.name: sheet for sheet in sheets}
    for name in (layout.sheet, layout.totals_sheet):
        if name not in found:
            names = ", ".join(other for other in found if other != FORM_SHEET) or "-"
            raise InputError("error.form_sheet", file=file, expected=name, sheets=names)
    return {
        name: {
            cell_name(number, column): value
            for number, row in enumerate(found[name].rows, start=1)
            for column, value in enumerate(row)
            if value is not None
        }
        for name in (layout.sheet, layout.totals_sheet)
    }


def _refuse_altered(tables: Mapping[str, Mapping[str, object]], made: _Made, file: str) -> None:
    altered = [
        (sheet, cell, text, text_of(tables[sheet].get(cell)))
        for sheet, cell, text in made.locked
        if text_of(tables[sheet].get(cell)) != text_of(text)
    ]
    if altered:
        sheet, cell, expected, found = altered[0]
        cells = ", ".join(where for name, where, *_ in altered[:MOST_CELLS] if name == sheet)
        about = {"count": len(altered), "cells": cells, "expected": quoted(expected), "found": quoted(found) or "-"}
        raise InputError("error.form_altered", file=file, sheet=sheet, cell=cell, **about)


# ---- what was filled in


@dataclass(frozen=True)
class _Reader:
    """The cells of a form that is whole; ``findings`` grow while it is read."""

    file: str
    tables: Mapping[str, Mapping[str, object]]
    layout: FormLayout
    findings: list[Finding]

    def site(self, row: int, facts: SiteFacts, items: Sequence[FormItem]) -> SiteReturn:
        columns = {name: self.layout.columns[name] for name in _SITE_COLUMNS}
        columns |= {item.key: self.layout.columns[f"item.{item.key}"] for item in items if item.asked_of(facts.type)}
        cells = {name: cell_name(row, column) for name, column in columns.items()}
        staff = self._count(cells["staff"])
        measures: dict[Measure, int | None] = {measure: self._count(cells[measure]) for measure in MEASURES}
        return SiteReturn(
            facts=facts,
            measures=measures,
            answers={item.key: self._answer(cells[item.key]) for item in items if item.key in cells},
            status=self._status(cells["status"]),
            area_m2=self._area(cells["area_m2"]),
            staff=staff,
            remarks=without_phones(text_of(self._cell(cells["remarks"]))),
            cells=cells,
        )

    def extra(self) -> Iterator[ExtraSite]:
        columns = self.layout.extra_columns
        for row in range(self.layout.extra, self.layout.extra + self.layout.extra_count):
            cells = {name: cell_name(row, column) for name, column in columns.items()}
            name = without_phones(text_of(self._cell(cells["name"])))
            kind, status = text_of(self._cell(cells["type"])), self._status(cells["status"])
            if name:
                yield ExtraSite(name, _type_of(kind), status, cells["name"])
            elif kind or status:
                self._odd("finding.form_extra", cells["name"], kind or text_of(self._cell(cells["status"])))

    def total(self, name: str) -> int | None:
        cell = cell_name(self.layout.totals[name], self.layout.totals_column)
        return self._count(cell, self.layout.totals_sheet)

    def say_unread(self, made: _Made) -> None:
        """Whatever stands where nothing is asked is said, so that nobody believes it was read."""
        known = {(sheet, cell) for sheet, cell, _ in made.locked} | set(self._entry_cells(len(made.facts.sites)))
        for sheet, cells in self.tables.items():
            for cell, value in cells.items():
                if (sheet, cell) not in known and text_of(value):
                    self._odd("finding.form_unread", cell, value, sheet)

    def _entry_cells(self, site_count: int) -> Iterator[tuple[str, str]]:
        layout = self.layout
        for row in range(layout.first, layout.first + site_count):
            yield from ((layout.sheet, cell_name(row, column)) for column in layout.columns.values())
        for row in range(layout.extra, layout.extra + layout.extra_count):
            yield from ((layout.sheet, cell_name(row, column)) for column in layout.extra_columns.values())
        yield from ((layout.totals_sheet, cell_name(row, layout.totals_column)) for row in layout.totals.values())

    def _cell(self, cell: str, sheet: str = "") -> object:
        return self.tables[sheet or self.layout.sheet].get(cell)

    def _count(self, cell: str, sheet: str = "") -> int | None:
        value = self._cell(cell, sheet)
        number = None if is_blank(value) else persons_of(value)
        if is_blank(value) or (number is not None and number.is_integer() and 0 <= number <= _MOST_COUNT):
            return None if number is None else int(number)
        self._odd("finding.form_count", cell, value, sheet)
        return None

    def _area(self, cell: str) -> float | None:
        value = self._cell(cell)
        number = None if is_blank(value) else persons_of(value)
        if is_blank(value) or (number is not None and 0 <= number <= _MOST_AREA_M2):
            return number
        self._odd("finding.form_area", cell, value)
        return None

    def _status(self, cell: str) -> str | None:
        words = {normal(say(f"status.{status}", language)): status for status in STATUSES for language in LANGUAGES}
        return self._word(cell, words, "finding.form_status")

    def _answer(self, cell: str) -> bool | None:
        words = {normal(say(f"survey.{word}", language)): word for word in ("yes", "no") for language in LANGUAGES}
        said = self._word(cell, words, "finding.form_answer")
        return None if said is None else said == "yes"

    def _word(self, cell: str, words: Mapping[str, str], otherwise: str) -> str | None:
        value = self._cell(cell)
        if is_blank(value):
            return None
        if normal(value) not in words:
            self._odd(otherwise, cell, value)
        return words.get(normal(value))

    def _odd(self, word: str, cell: str, value: object, sheet: str = "") -> None:
        found = Finding("bad_row", word, {"cell": cell, "found": quoted(value)}, self.file, sheet or self.layout.sheet)
        self.findings.append(found)


def _type_of(text: str) -> str:
    words = {normal(say(f"type.{kind}", language)): str(kind) for kind in SiteType for language in LANGUAGES}
    return words.get(normal(text), text)
