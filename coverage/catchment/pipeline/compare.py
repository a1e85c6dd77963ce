"""The comparison of two runs by cause: read, attributed and written."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from catchment.access.compare import compare_runs
from catchment.files import atomic_output
from catchment.model import ChangeCause
from catchment.outputs.causes import cause_record, cause_sheets
from catchment.outputs.maps import write_map
from catchment.outputs.workbook import write_sheets
from catchment.pipeline.assess import assess
from catchment.pipeline.causes import attribute_change, read_side
from catchment.pipeline.runs import read_run
from catchment.words import say

if TYPE_CHECKING:
    from pathlib import Path

    from catchment.model import Attribution
    from catchment.pipeline.causes import Side
    from catchment.words import Language


@dataclass(frozen=True, eq=False)
class ComparedByCause:
    """What was found and where it stands."""

    found: Attribution
    changed_inputs: tuple[tuple[str, str], ...]
    """``before`` or ``after``, and the role of each file that is another than when that run was made."""
    files: tuple[Path, ...]


def compare_by_cause(
    before: Path, after: Path, *, out: Path, language: Language, cache: Path | None = None
) -> ComparedByCause:
    """
    Read two runs, share out the change of covered people among its causes and write it down.

    Written are ``compare.json``, a workbook and, where both are over the same people, the page that shows who gains
    and who loses.

    Parameters
    ----------
    before, after
        Folders of results or project files.
    out
        Folder to write to.
    language
        Of workbook and page.
    cache
        Folder for parsed streets; ``None`` parses afresh.

    Raises
    ------
    InputError, SettingsError
        If one of the two cannot be used, or they are of different regions.
    OutputError
        If a file cannot be written.
    """
    named = [read_run(path) for path in (before, after)]
    first, second = (read_side(run.settings, cache=cache) for run in named)
    changed = tuple(
        (name, role)
        for name, run, side in zip(("before", "after"), named, (first, second), strict=True)
        for role in run.changed(side.inputs.sources)
    )
    found = attribute_change(first, second)
    record, book = out / "compare.json", out / f"{say('file.changes', language)}.xlsx"
    with atomic_output(record) as draft:
        text = json.dumps(cause_record(found, changed_inputs=changed), ensure_ascii=False, indent=1)
        draft.write_text(text + "\n", encoding="utf-8")
    with atomic_output(book) as draft:
        title, date = say("changed.title", language), found.after.date
        write_sheets(cause_sheets(found, language), draft, language=language, title=title, date=date)
    pages = [] if ChangeCause.POPULATION in found.causes else [_page(first, second, out, language)]
    return ComparedByCause(found, changed, (record, book, *pages))


def _page(before: Side, after: Side, out: Path, language: Language) -> Path:
    """The map page of the run after, with who gains and who loses."""
    was, run = (assess(side.inputs, side.settings, language=language) for side in (before, after))
    page = out / f"{say('file.compared', language)}.html"
    comparison = compare_runs(was, run)
    with atomic_output(page) as draft:
        write_map(run, draft, against=comparison)
    return page
