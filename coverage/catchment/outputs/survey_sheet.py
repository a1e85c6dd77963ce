"""The sheet of the workbook to fill in after site visits (踏勘), and to read back into the next run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catchment.inputs.cells import text_of
from catchment.model import CHECKS, VERDICTS, Visit, place_key
from catchment.outputs.lines import Degrees, Entry, Line, Sheet
from catchment.outputs.proposal import kind_text
from catchment.outputs.style import title_text
from catchment.words import say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catchment.model import Run
    from catchment.outputs.lines import Cell
    from catchment.outputs.proposal import Proposal
    from catchment.words import Language

_GIVEN = ("survey.number", "proposal.place", "proposal.kind", "page.region", "book.lon", "book.lat", "proposal.added")
_FILLED = ("verdict", *CHECKS, "remarks", "surveyor", "date")
_WIDE = {"verdict": 10, "remarks": 36, "surveyor": 12, "date": 14}


def survey_sheet(run: Run, proposal: Proposal) -> Sheet:
    """A row per place of the plan with columns to fill in, then the places visited before that are not in it."""
    language = run.language
    above = [Line((title_text(run, language),), "title"), Line((say("survey.note", language),), "note")]
    if run.suggestions is not None and run.suggestions.notes.elsewhere:
        above.append(Line((say("survey.note_elsewhere", language),), "note"))
    filled = {f"survey.{name}": name for name in _FILLED}
    heads = tuple(say(word, language) for word in (*_GIVEN, *filled, "survey.key"))
    first = len(_GIVEN)
    answers = tuple(say(f"survey.{word}", language) for word in ("yes", "no"))
    choices = {first + _FILLED.index(check): answers for check in CHECKS}
    choices[first] = tuple(say(f"survey.{verdict}", language) for verdict in VERDICTS)
    lines = (*above, Line(heads, "header"), *_rows(run, proposal))
    return Sheet(say("survey.sheet", language), lines, is_table=True, above=len(above), choices=choices)


def _rows(run: Run, proposal: Proposal) -> Iterator[Line]:
    language, found = run.language, run.suggestions
    if found is None:
        return
    ids, names = (found.frame[column].tolist() for column in ("candidate_id", "name"))
    for row, number, name in zip(proposal.rows, ids, names, strict=True):
        given: tuple[Cell, ...] = (row.number, row.place[language], kind_text(row, language), row.region)
        visit = found.notes.visits.get(number) or Visit(row.lon, row.lat, "")
        key = place_key(row.lon, row.lat, text_of(name))
        yield Line((*given, Degrees(row.lon), Degrees(row.lat), row.added, *_entries(visit, language), key))
    for visit in found.notes.elsewhere:
        given = (None, visit.name, "", "", Degrees(visit.lon), Degrees(visit.lat), None)
        yield Line((*given, *_entries(visit, language), visit.key))


def _entries(visit: Visit, language: Language) -> Iterator[Cell]:
    """The cells to fill in, with what was found before."""
    texts = {"verdict": say(f"survey.{visit.verdict}", language) if visit.verdict else ""}
    texts |= {check: say("survey.yes" if said else "survey.no", language) for check, said in visit.checks.items()}
    texts |= {"remarks": visit.remarks, "date": visit.date}
    for name in _FILLED:
        yield Entry(texts.get(name, ""), _WIDE.get(name, 8))
