"""The self-assessment form (自评表) of a county: facts of the run locked, answers to be filled in."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import xlsxwriter

from catchment.inputs.cells import text_of
from catchment.inputs.forms import form_checksum
from catchment.inputs.tables import cell_name
from catchment.model import SiteType
from catchment.model.evaluation import FORM_SCHEMA, FORM_SHEET, MEASURES, STATUSES, FormLayout
from catchment.outputs.payload import type_text
from catchment.outputs.style import printable
from catchment.outputs.workbook import line_count, workbook_options
from catchment.words import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from catchment.model.evaluation import EvaluationRules, FormIdentity, FormItem, RowFacts, SiteFacts
    from catchment.words import Language

EXTRA_ROWS = 10
"""Rows for sites that the ledger does not have."""

_GIVEN = ("number", "site_id", "name", "type", "status", "area", "staff", "catchment", "covered", "load", "lacking")
_FILLED = ("status", "area_m2", "staff", *MEASURES)
_WIDTHS = {"number": 5, "site_id": 17, "name": 26, "type": 13, "lacking": 24, "remarks": 26, "status": 9}
_WIDTH = 9.5
_LINE = 15
_LOCKED: dict[str, Any] = {"border": 1, "border_color": "#D5DADF", "valign": "vcenter", "text_wrap": True}
_LOOKS: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 14},
    "note": {"font_color": "#5B666F", "text_wrap": True, "valign": "top"},
    "group": {**_LOCKED, "bold": True, "bg_color": "#DDE6EE", "align": "center"},
    "header": {**_LOCKED, "bold": True, "bg_color": "#EEF3F8", "align": "center"},
    "text": {**_LOCKED, "bg_color": "#F6F7F8", "indent": 1},
    "number": {**_LOCKED, "bg_color": "#F6F7F8", "num_format": "#,##0.##", "align": "right"},
    "whole": {**_LOCKED, "bg_color": "#F6F7F8", "num_format": "#,##0", "align": "right"},
    "not_asked": {**_LOCKED, "bg_color": "#ECEEF0", "align": "center", "font_color": "#8A949C"},
    "entry": {**_LOCKED, "bg_color": "#FFF9E5", "border_color": "#D8CFA8", "locked": False},
}
_NOTHING = "—"
_PROTECTION = {"format_columns": True, "format_rows": True, "select_locked_cells": True}


def write_form(
    facts: RowFacts,
    identity: FormIdentity,
    rules: EvaluationRules,
    path: Path,
    *,
    language: Language,
    title: str,
    date: dt.date,
) -> None:
    """
    Write the form of one county or zone.

    What ledger and run say is locked, without a password: the form is a question, not a safe. A hidden sheet keeps what
    stood in every locked cell, so that a form that comes back altered is known by its cell. Text from data is only ever
    text; the same facts give the same bytes.

    Parameters
    ----------
    facts
        Of the row.
    identity
        Which row of which plan and run it is.
    rules
        The items that are asked.
    path
        Where to write.
    language
        Of the form.
    title, date
        Of the network, and of the run.
    """
    with xlsxwriter.Workbook(str(path), workbook_options(language)) as book:
        day = dt.datetime.combine(date, dt.time(), dt.UTC).replace(tzinfo=None)
        book.set_properties({"title": printable(f"{facts.row} {title}")[:255], "created": day})
        made = _Form(book, language)
        layout = _site_sheet(made, facts, rules, title)
        totals = _totals_sheet(made, facts)
        _identity_sheet(made, facts, identity, rules, FormLayout(**layout, **totals))


@dataclass
class _Form:
    """A workbook while it is written: its formats, and what stands in its locked cells."""

    book: Any
    language: Language
    locked: list[tuple[str, str, str]] = field(default_factory=list)
    formats: dict[str, Any] = field(default_factory=dict)

    def look(self, name: str) -> Any:
        if name not in self.formats:
            self.formats[name] = self.book.add_format(_LOOKS[name])
        return self.formats[name]

    def say(self, word: str, **facts: object) -> str:
        return say(f"form.{word}", self.language, **facts)

    def put(self, sheet: Any, row: int, column: int, value: str | float | None, look: str) -> None:
        """A locked cell; rows and columns count from 0."""
        value = _NOTHING if value is None or value == "" else printable(value) if isinstance(value, str) else value
        if isinstance(value, str):
            sheet.write_string(row, column, value[:32_767], self.look(look))
        else:
            sheet.write_number(row, column, value, self.look(look))
        self.locked.append((sheet.name, cell_name(row + 1, column), text_of(value)))

    def entry(self, sheet: Any, row: int, column: int) -> None:
        sheet.write_blank(row, column, None, self.look("entry"))

    def note(self, sheet: Any, row: int, last_column: int, text: str, width: float) -> None:
        """A text over all columns; LibreOffice does not work heights out when it opens a file."""
        sheet.merge_range(row, 0, row, last_column, "", self.look("note"))
        self.put(sheet, row, 0, text, "note")
        sheet.set_row(row, _LINE * line_count(text, width))


# ---- the sites


def _site_sheet(made: _Form, facts: RowFacts, rules: EvaluationRules, title: str) -> dict[str, Any]:
    """The sheet of sites; gives where things stand in it."""
    name = made.say("sheet")
    sheet = made.book.add_worksheet(name)
    filled = (*_FILLED, *(f"item.{item.key}" for item in rules.items), "remarks")
    columns = {column: len(_GIVEN) + at for at, column in enumerate(filled)}
    widths = [_WIDTHS.get(column.removeprefix("item."), _WIDTH) for column in (*_GIVEN, *filled)]
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    made.put(sheet, 0, 0, made.say("title", row=facts.row, title=title), "title")
    note = made.say("note") + ("" if rules.official else made.say("example"))
    made.note(sheet, 1, len(widths) - 1, note, sum(widths))
    _site_heads(made, sheet, rules, columns)
    first = 5
    for number, site in enumerate(facts.sites, start=1):
        _site_row(made, sheet, first + number - 2, number, site)
        _site_entries(made, sheet, first + number - 2, site, items=rules.items, columns=columns)
    last = first - 1 + len(facts.sites)
    _add_checks(made, sheet, (first - 1, max(last - 1, first - 1)), rules.items, columns)
    extra = last + 4
    extra_columns = {"name": 2, "type": 3, "status": columns["status"], "remarks": columns["remarks"]}
    made.put(sheet, extra - 3, 0, made.say("extra"), "title")
    heads = {"name": "head_name", "type": "head_type", "status": "head_status_now", "remarks": "head_remarks"}
    for of_extra, word in heads.items():
        made.put(sheet, extra - 2, extra_columns[of_extra], made.say(word), "header")
    _extra_rows(made, sheet, extra - 1, extra_columns)
    _set_page(made, sheet, landscape=True)
    sheet.freeze_panes(first - 1, 3)
    sheet.repeat_rows(first - 3, first - 2)
    layout = {"sheet": name, "first": first, "columns": columns, "extra": extra, "extra_count": EXTRA_ROWS}
    return {**layout, "extra_columns": extra_columns}


def _site_heads(made: _Form, sheet: Any, rules: EvaluationRules, columns: dict[str, int]) -> None:
    """Two rows of heads: who fills in what, and the columns."""
    groups = (
        ("by_us", 0, len(_GIVEN) - 1),
        ("if_other", columns["status"], columns["staff"]),
        ("performance", columns["visits"], columns["placed"]),
        ("items", columns["placed"] + 1, columns["remarks"] - 1),
    )
    for word, start, stop in groups:
        if stop > start:
            sheet.merge_range(2, start, 2, stop, "", made.look("group"))
        if stop >= start:
            made.put(sheet, 2, start, made.say(word), "group")
    heads = [made.say(f"head_{column}") for column in _GIVEN]
    heads += [made.say(f"head_{column}") for column in ("status_now", "area_now", "staff_now")]
    heads += [made.say(measure) for measure in MEASURES]
    heads += [item.zh if made.language == "zh" else item.en for item in rules.items]
    for column, head in enumerate((*heads, made.say("head_remarks"))):
        made.put(sheet, 3, column, head, "header")
    sheet.set_row(3, _LINE * max(line_count(printable(head), 8) for head in heads))


def _site_row(made: _Form, sheet: Any, row: int, number: int, site: SiteFacts) -> None:
    load = site.catchment // site.staff if site.staff else None
    lacking = made.say("between").join(say(word, made.language) for word in site.lacking)
    people = (site.catchment, site.covered, load) if site.counted else (None, None, None)
    cells: tuple[tuple[str | float | None, str], ...] = (
        (number, "whole"),
        (site.site_id, "text"),
        (site.name, "text"),
        (type_text(site.type, made.language), "text"),
        (say(f"status.{site.status}", made.language), "text"),
        (site.area_m2, "number"),
        (site.staff, "whole"),
        *((value, "whole") for value in people),
        (lacking, "text"),
    )
    for column, (value, look) in enumerate(cells):
        made.put(sheet, row, column, value, look)
    sheet.set_row(row, _LINE * max(line_count(printable(site.name), 24), line_count(lacking, 22)))


def _site_entries(
    made: _Form, sheet: Any, row: int, site: SiteFacts, *, items: Sequence[FormItem], columns: dict[str, int]
) -> None:
    for column in (*_FILLED, "remarks"):
        made.entry(sheet, row, columns[column])
    for item in items:
        if item.asked_of(site.type):
            made.entry(sheet, row, columns[f"item.{item.key}"])
        else:
            made.put(sheet, row, columns[f"item.{item.key}"], _NOTHING, "not_asked")


def _add_checks(
    made: _Form, sheet: Any, rows: tuple[int, int], items: Sequence[FormItem], columns: dict[str, int]
) -> None:
    """Lists to choose from, and whole numbers where figures are asked for."""

    def check(column: str, **rule: Any) -> None:
        about = {"error_title": made.say("sheet"), "error_message": made.say("only_numbers")}
        at = columns[column]
        sheet.data_validation(rows[0], at, rows[1], at, {**rule, **({} if rule["validate"] == "list" else about)})

    whole = {"validate": "integer", "criteria": ">=", "value": 0}
    check("status", validate="list", source=_statuses(made.language))
    check("area_m2", validate="decimal", criteria=">=", value=0)
    for column in ("staff", *MEASURES):
        check(column, **whole)
    for item in items:
        check(f"item.{item.key}", validate="list", source=[say(f"survey.{word}", made.language) for word in _ANSWERS])


_ANSWERS = ("yes", "no")


def _statuses(language: Language) -> list[str]:
    return [say(f"status.{status}", language) for status in STATUSES]


def _extra_rows(made: _Form, sheet: Any, first: int, columns: dict[str, int]) -> None:
    last = first + EXTRA_ROWS - 1
    for row in range(first, last + 1):
        made.put(sheet, row, 0, row - first + 1, "whole")
        for at in columns.values():
            made.entry(sheet, row, at)
    kinds = [say(f"type.{kind}", made.language) for kind in SiteType]
    for column, texts in (("type", kinds), ("status", _statuses(made.language))):
        sheet.data_validation(first, columns[column], last, columns[column], {"validate": "list", "source": texts})


# ---- the totals, and what the form is


def _totals_sheet(made: _Form, facts: RowFacts) -> dict[str, Any]:
    """The sheet of totals of the county; gives where they stand."""
    name = made.say("totals_sheet")
    sheet = made.book.add_worksheet(name)
    for column, width in enumerate((34, 16, 16)):
        sheet.set_column(column, column, width)
    made.put(sheet, 0, 0, made.say("totals_title", row=facts.row), "title")
    for column, word in enumerate(("head_about", "head_ledger", "head_county")):
        made.put(sheet, 2, column, made.say(word), "header")
    given: tuple[tuple[str, int | None], ...] = (
        ("target", facts.target),
        ("residents", facts.people or None),
        ("residents_covered", facts.covered if facts.people else None),
    )
    for row, (word, value) in enumerate(given, start=3):
        made.put(sheet, row, 0, made.say(word), "text")
        made.put(sheet, row, 1, value, "whole")
        made.put(sheet, row, 2, _NOTHING, "not_asked")
    rows: dict[str, int] = {}
    for row, word in enumerate(("open", *MEASURES), start=3 + len(given)):
        made.put(sheet, row, 0, made.say("open_count" if word == "open" else f"{word}_total"), "text")
        made.put(sheet, row, 1, facts.open_count if word == "open" else None, "whole")
        made.entry(sheet, row, 2)
        rows[word] = row + 1
        rule = {"validate": "integer", "criteria": ">=", "value": 0, "error_message": made.say("only_numbers")}
        sheet.data_validation(row, 2, row, 2, rule)
    _set_page(made, sheet, landscape=False)
    return {"totals_sheet": name, "totals": rows, "totals_column": 2}


def _set_page(made: _Form, sheet: Any, *, landscape: bool) -> None:
    sheet.set_paper(8 if landscape else 9)  # A3 for the many columns of sites, A4
    sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
    sheet.fit_to_pages(1, 0)
    sheet.hide_gridlines(1)
    sheet.set_footer(f"&R{say('book.page_of', made.language)}")
    if landscape:
        sheet.set_landscape()
    sheet.protect("", _PROTECTION)


def _identity_sheet(
    made: _Form, facts: RowFacts, identity: FormIdentity, rules: EvaluationRules, layout: FormLayout
) -> None:
    """The sheet that nobody sees: every line is a key and a text, the last one the checksum of those before."""
    sheet = made.book.add_worksheet(FORM_SHEET)
    lines = list(_identity_lines(made, facts, identity, rules, layout))
    lines.append(("sha256", form_checksum(lines)))
    for row, (key, text) in enumerate(lines):
        sheet.write_string(row, 0, key)
        sheet.write_string(row, 1, text)
    sheet.very_hidden()
    sheet.protect("", {})


def _identity_lines(
    made: _Form, facts: RowFacts, identity: FormIdentity, rules: EvaluationRules, layout: FormLayout
) -> Iterator[tuple[str, str]]:
    about = {key: value for key, value in asdict(facts).items() if key != "sites"}
    yield "schema", FORM_SCHEMA
    yield "identity", _json(asdict(identity))
    yield "layout", _json(asdict(layout))
    yield "facts", _json(about)
    for item in rules.items:
        yield "item", _json(asdict(item))
    for site in facts.sites:
        yield "site", _json(asdict(site))
    for where in made.locked:
        yield "locked", _json(where)


def _json(value: object) -> str:
    return printable(json.dumps(value, ensure_ascii=False, separators=(",", ":")))
