"""A ledger with all its rows, and what a planner has said about where those without coordinates lie."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from catchment.errors import InputError
from catchment.files import open_input
from catchment.inputs.headers import SITE_COLUMNS, Wanted, normal
from catchment.inputs.parts import read_parts
from catchment.inputs.places import place_of
from catchment.inputs.records import no_good_row
from catchment.inputs.sites import frame_of, ledger_drafts, sites_of_drafts
from catchment.model import Finding
from catchment.model.locate import Ledger, Placed

if TYPE_CHECKING:
    from catchment.geo.grids import Grid
    from catchment.inputs.headers import Synonyms

ROWS = Wanted(
    SITE_COLUMNS,
    needs=(("name",), ("type", "county", "township", "address")),
    holds=("name", "address"),
    shape="Point",
)
"""A ledger need not have coordinates at all, but then something must say that it is one."""

EMPTY = ("finding.coordinate_missing", "finding.coordinate_zero", "finding.shape_missing")
"""What is said of rows in which nobody has written a place."""

_PLACED_COLUMNS: Synonyms = {
    **{field: SITE_COLUMNS[field] for field in ("name", "county", "township", "lon", "lat")},
    "sheet": ("sheet", "工作表"),
    "row": ("row", "行"),
    # Said by the page that writes such files; nothing is read from them.
    **{field: (field,) for field in ("file", "type", "how", "by")},
}
PLACED = Wanted(_PLACED_COLUMNS, needs=(("name",), ("lon",), ("lat",)), holds=("name",), shape="Point")

# What a spreadsheet would take for a formula, and the mark that keeps it from doing so.
_GUARDED = "'"


def read_ledger(path: str | Path, *, repair: bool = False, grid: Grid | None = None) -> Ledger:
    """
    Read a ledger as ``read_sites`` does, and keep the rows that have no usable coordinates apart instead of bad.

    Sheets without any column of coordinates are read as well. Ids are those of ``read_sites``; a row without
    coordinates gets its id from its words, so that it stays the same site once it is placed.

    Parameters
    ----------
    path, repair, grid
        As ``read_sites``.

    Raises
    ------
    MissingInputError
        If there is no such file.
    InputError
        If it is of another kind, is damaged, lacks a column or has no row at all.
    """
    by_id, findings, repairs = ledger_drafts(path, ROWS, repair=repair, grid=grid, with_unplaced=True)
    if not by_id:
        raise no_good_row(Path(path).name, findings)
    placed = {site: draft for site, draft in by_id.items() if draft.problem is None}
    rest = {site: draft for site, draft in by_id.items() if site not in placed}
    # As the planner sees them, not by their ids.
    rest = dict(
        sorted(rest.items(), key=lambda item: (item[1].part.file, item[1].part.sheet, item[1].record.row, item[0]))
    )
    problems = tuple(draft.problem for draft in rest.values() if draft.problem is not None)
    further, unread = frame_of(rest)
    frame = further.drop(columns="geometry").set_index("site_id").loc[list(rest)].reset_index()
    frame = pd.DataFrame(frame)
    frame["file"] = [draft.part.file for draft in rest.values()]
    frame["sheet"] = [draft.part.sheet for draft in rest.values()]
    frame["row"] = np.array([draft.record.row for draft in rest.values()], np.int64)
    frame["empty"] = np.array([problem.word in EMPTY for problem in problems], bool)
    return Ledger(sites_of_drafts(placed, [*findings, *unread], repairs), frame, problems)


def read_placed(path: str | Path) -> Placed:
    """
    Read places that a planner has pointed at, as the page of ``catchment locate`` saves them: WGS84, a row each.

    Raises
    ------
    MissingInputError
        If there is no such file.
    InputError
        If it is of another kind, is damaged, or lacks name, longitude or latitude.
    """
    file = open_input(path, "csv", "xlsx")
    parts, findings = read_parts(file, PLACED)
    rows = []
    for part in parts:
        for record in part.records:
            place = place_of(part, record)
            if isinstance(place, Finding):
                findings.append(place)
                continue
            texts = [_unguarded(record.text(field)) for field in ("name", "county", "township", "sheet")]
            row = record.text("row")
            rows.append((*texts, int(row) if row.isdecimal() else 0, record.row, place.lon, place.lat))
    columns = ["name", "county", "township", "sheet", "row", "at", "lon", "lat"]
    return Placed(pd.DataFrame(rows, columns=columns), file.path.name, tuple(findings))


def _unguarded(text: str) -> str:
    return text[1:] if text.startswith(_GUARDED) and text[1:2] in tuple("=+-@＝＋－＠") else text


def row_key(name: str, county: str, township: str) -> tuple[str, str, str]:
    """
    What a row is known by, whatever its place in a ledger.

    Examples
    --------
    >>> row_key("东村 就业之家", "袁州区", "") == row_key("东村就业之家", "袁州区", "")
    True
    """
    return normal(name), normal(county), normal(township)


def refuse_unplaced(path: str | Path, problem: InputError) -> InputError:
    """
    The error for a ledger that no row of can be used: says how rows without coordinates can be placed, if that is it.

    Parameters
    ----------
    path
        The ledger.
    problem
        What ``read_sites`` said of it.
    """
    if problem.word not in ("error.columns_missing", "error.no_good_row"):
        return problem
    try:
        ledger = read_ledger(path)
    except InputError:
        return problem
    if not ledger.unplaced["empty"].any():
        return problem
    count = int(ledger.unplaced["empty"].sum())
    return InputError("error.sites_unplaced", file=Path(path).name, count=count)
