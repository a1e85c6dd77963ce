"""The ledger against the plan's targets: a sheet of the workbook, and numbers for ``run.json``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from catchment.outputs.lines import Line, Sheet, Sum
from catchment.outputs.payload import type_text
from catchment.outputs.style import printable
from catchment.words import say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catchment.model import Progress, Run

_COLUMNS = ("target", "done", "coming", "missing", "lacking", "over")


def progress_sheet(run: Run, found: Progress) -> Sheet:
    """A line per row and type that is asked for or has a site, and the total."""
    return Sheet(say("targets.sheet", run.language), tuple(_lines(run, found)), is_table=True)


def _lines(run: Run, found: Progress) -> Iterator[Line]:
    language = run.language
    heads = ("targets.row", "book.type", *(f"targets.{name}" for name in _COLUMNS))
    yield Line(tuple(say(word, language) for word in heads), "header")
    listed = [(row, kind, counts) for row, kind, counts in _cells(found) if any(counts)]
    for row, kind, counts in listed:
        texts = printable(found.targets.rows[row]), type_text(found.targets.types[kind], language)
        # Nobody has to act on what is met.
        yield Line((*texts, *counts), "plain" if counts[3] or counts[5] else "quiet")
    sums = (Sum(sum(counts[at] for _, _, counts in listed)) for at in range(len(_COLUMNS)))
    yield Line((say("page.total", language), "", *sums), "total")


def _cells(found: Progress) -> Iterator[tuple[int, int, tuple[int, ...]]]:
    tables = (found.targets.counts, found.done, found.coming, found.missing, found.lacking, found.over)
    for row in range(len(found.targets)):
        for kind in range(len(found.targets.types)):
            yield row, kind, tuple(int(table[row, kind]) for table in tables)


def progress_record(run: Run) -> dict[str, Any] | None:
    """
    Targets, sites open and coming, and what is missing, lacking and over, by row and type; ``None`` without a table.

    Row by row those types alone that are asked for or have a site.
    """
    found = run.progress
    if found is None:
        return None
    rows: list[dict[str, Any]] = [{"row": name, "types": {}} for name in found.targets.rows]
    for row, kind, counts in _cells(found):
        if any(counts):
            rows[row]["types"][found.targets.types[kind]] = dict(zip(_COLUMNS, counts, strict=True))
    tables = (found.targets.counts, found.done, found.coming, found.missing, found.lacking, found.over)
    return {
        **{f"{name}_count": int(table.sum()) for name, table in zip(_COLUMNS, tables, strict=True)},
        "uncounted_sites": run.sites.frame["site_id"].iloc[found.uncounted].tolist(),
        "rows": rows,
    }
