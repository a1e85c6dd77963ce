"""Records: the recognised cells of one table row, or the attributes and shape of one feature, and where they stand."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from catchment.errors import InputError
from catchment.inputs.cells import is_blank, text_of, without_phones
from catchment.inputs.headers import Columns, columns_of, found_headers, header_row, normal
from catchment.inputs.tables import cell_name
from catchment.model import Finding
from catchment.words import LANGUAGES, Phrases, say

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from shapely.geometry.base import BaseGeometry

    from catchment.inputs.headers import Wanted
    from catchment.inputs.sheets import Row, Sheet

_TOTAL = re.compile(r".{0,12}?(小计|合计|总计|共计|总数|subtotal|total)[\d个处:]*")
_NOTE = re.compile(
    r"(注|备注|说明|(填报|填表|制表|审核|审批|复核|经办|负责|责任|联系|联络)(人|单位|部门|时间|日期)?|(联系)?(电话|方式)|note|notes)\d?[:：]"
)


@dataclass(frozen=True)
class Record:
    """One row or feature."""

    row: int
    """Row as the planner's program numbers it, or the number of the feature."""
    values: Mapping[str, object]
    """Field -> cell."""
    geometry: BaseGeometry | None = None
    """Shape of a feature, WGS84."""
    flaw: Literal["", "missing", "broken"] = ""
    """Why a feature has no shape."""

    def text(self, name: str) -> str:
        """The text of a field, empty if there is none."""
        value = self.values.get(name)
        text = "" if value is None else text_of(value)
        return "" if not text or is_blank(text) else text


@dataclass(frozen=True)
class Part:
    """A sheet of a table or a layer of a map file."""

    file: str
    sheet: str
    columns: Columns
    records: tuple[Record, ...]
    spatial: bool
    """A layer, whose places are shapes instead of cells."""
    findings: tuple[Finding, ...] = field(default=())

    def finding(
        self,
        level: Literal["bad_row", "warning", "note"],
        word: str,
        record: Record | None = None,
        column: str = "",
        **facts: str | float,
    ) -> Finding:
        """A finding about this part, or about a field of one of its records."""
        row = None if record is None else record.row
        cell = ""
        if record is not None:
            known = not self.spatial and column in self.columns.index
            cell = cell_name(record.row, self.columns.index[column]) if known else f"#{record.row}"
        written = self.columns.written.get(column, "")
        return Finding(level, word, {"cell": cell, **facts}, self.file, self.sheet, row, written)


def parts_of_sheets(file: str, sheets: Sequence[Sheet], wanted: Wanted) -> tuple[list[Part], list[Finding]]:
    """
    The sheets whose header is recognised, as records; the others are listed.

    Raises
    ------
    InputError
        If no sheet has the columns that are needed; what was found and what is accepted is named.
    """
    parts: list[Part] = []
    findings: list[Finding] = []
    filled = [sheet for sheet in sheets if any(any(map(text_of, row)) for row in sheet.rows) and not _is_ours(sheet)]
    for sheet in filled:
        header = header_row(sheet.rows, wanted)
        needs = [group for group in wanted.needs if not (wanted.placeless and "pair" in group)]
        if header is None or header[1].missing(needs):
            findings.append(Finding("warning", "finding.sheet_skipped", {"sheet": sheet.name}, file, sheet.name))
        else:
            part = _part(file, sheet, *header, wanted)
            parts.append(replace(part, findings=(*part.findings, *_sheet_findings(part, sheet, wanted))))
    if not filled:
        raise InputError("error.empty_file", file=file)
    if not parts:
        raise missing_columns(file, filled[0].name, filled[0].rows, wanted)
    return parts, findings


def _is_ours(sheet: Sheet) -> bool:
    """Whether a sheet is one that this program puts beside a ledger: what was found in it, how to fill it in."""
    first = next(iter(sheet.rows[0]), None) if sheet.rows else None
    titles = ("annotated.title", "template.guide_title")
    return any(first == say(title, language) for title in titles for language in LANGUAGES)


def _sheet_findings(part: Part, sheet: Sheet, wanted: Wanted) -> list[Finding]:
    """What is not shown to whoever looks at the sheet, and coordinates that nobody has written yet."""
    findings = []
    hidden = sorted({record.row for record in part.records} & set(sheet.hidden_rows))
    if hidden:
        rows = ", ".join(map(str, hidden[:20]))
        findings.append(part.finding("note", "finding.rows_hidden", count=len(hidden), rows=rows))
    if sheet.hidden:
        findings.append(part.finding("note", "finding.sheet_hidden", sheet=sheet.name))
    if wanted.placeless and not {"lon", "lat", "pair"} & set(part.columns.index):
        findings.append(part.finding("warning", "finding.no_coordinate_columns", count=len(part.records)))
    return findings


def missing_columns(file: str, sheet: str, rows: Sequence[Row], wanted: Wanted, *, spatial: bool = False) -> InputError:
    """The error that names the columns that are needed, those that were found and the names that are accepted."""
    header = header_row(rows, wanted)
    columns = header[1] if header else _fullest(rows, wanted)
    missing = [group for group in columns.missing(wanted.needs) if not (spatial and "pair" in group)]
    return InputError(
        "error.columns_missing",
        file=file,
        sheet=sheet or "-",
        missing=", ".join(dict.fromkeys(_label(group[0], wanted) for group in missing)),
        found=found_headers(rows, wanted.synonyms) or "-",
        accepted="; ".join(", ".join(wanted.synonyms[name][:8]) for name in dict.fromkeys(sum(missing, ()))),
    )


def _fullest(rows: Sequence[Row], wanted: Wanted) -> Columns:
    found = (columns_of(row, wanted.synonyms) for row in rows[:10])
    return max(found, key=lambda columns: len(columns.index), default=Columns({}, {}))


def _label(name: str, wanted: Wanted) -> str:
    return f"{wanted.synonyms[name][0]} ({name})"


def _part(file: str, sheet: Sheet, header: int, columns: Columns, wanted: Wanted) -> Part:
    part = Part(file, sheet.name, columns, (), spatial=False)
    records: list[Record] = []
    findings = column_findings(part)
    for number, row in enumerate(sheet.rows[header + 1 :], start=header + 2):
        if not any(map(text_of, row)):
            continue
        values = {name: row[column] for name, column in columns.index.items() if column < len(row)}
        record = Record(number, values)
        word = _no_record(row, record, columns, wanted)
        if word:
            findings.append(part.finding("note", word, record))
        else:
            records.append(record)
    return Part(file, sheet.name, columns, tuple(records), spatial=False, findings=tuple(findings))


def _no_record(row: Row, record: Record, columns: Columns, wanted: Wanted) -> str:
    """Why a row that is not empty holds no record: the word of the finding, or nothing."""
    if any(record.text(name) for name in ("lon", "lat", "pair")):
        again = all(normal(record.values.get(name)) == normal(written) for name, written in columns.written.items())
        return "finding.row_header_again" if again else ""
    if any(map(is_total, row)):
        return "finding.row_total"
    first = next(cell for cell in row if text_of(cell))
    if is_note(first) or not any(record.text(name) for name in wanted.holds):
        return "finding.row_note"
    return ""


def is_total(cell: object) -> bool:
    """
    Whether a cell names a row or column of totals.

    Examples
    --------
    >>> is_total("小 计"), is_total("袁州区合计："), is_total("计划")
    (True, True, False)
    """
    return _TOTAL.fullmatch(_closed_up(cell)) is not None


def is_note(cell: object) -> bool:
    """
    Whether a cell begins a note below a table.

    Examples
    --------
    >>> is_note("注：含农场"), is_note("填报人：某"), is_note("注册地")
    (True, True, False)
    """
    return _NOTE.match(_closed_up(cell)) is not None


def _closed_up(cell: object) -> str:
    # NFKC first: the colon, the digits and the spaces may be full-width.
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text_of(cell))).lower()


def column_findings(part: Part) -> list[Finding]:
    """What happened to the columns of a part that belong to no field."""
    findings = []
    columns = part.columns
    if columns.ignored:
        listed = without_phones(", ".join(title[:20] for title in columns.ignored[:20]))
        findings.append(part.finding("note", "finding.columns_ignored", count=len(columns.ignored), columns=listed))
    if columns.contact_count:
        findings.append(part.finding("note", "finding.contacts_dropped", count=columns.contact_count))
    return findings


def no_good_row(file: str, findings: Iterable[Finding]) -> InputError:
    """The error when every record was bad: the first three reasons, and what they have in common."""
    bad = [finding for finding in findings if finding.level == "bad_row"]
    if not bad:
        return InputError("error.empty_file", file=file)
    swapped = sum(finding.word == "finding.coordinate_swapped" for finding in bad)
    word = "error.no_good_row_swapped" if swapped * 2 > len(bad) else "error.no_good_row"
    reasons = Phrases(tuple((finding.word, finding.facts) for finding in bad[:3]))
    return InputError(word, file=file, count=len(bad), reasons=reasons)
