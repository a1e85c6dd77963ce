"""The report as a Word document, in the habits of an official letter: what was found, by what measure, what next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catchment.access.totals import BRISK_KMH, SLOW_KMH
from catchment.outputs.documents import Heading, Picture, Table, Text, document_bytes
from catchment.outputs.figures import printed_figures
from catchment.outputs.groups import group_lines
from catchment.outputs.lettering import lettering
from catchment.outputs.payload import finding_text
from catchment.outputs.profile import cause_groups, doubt_note_word, published, shown_patches
from catchment.outputs.proposal import bound_text, curve_texts, headline_text, plan_notes, proof_text
from catchment.outputs.report_areas import area_blocks, area_word, region_table, said_words
from catchment.outputs.report_map import report_map
from catchment.outputs.report_tables import lines_under, table_of
from catchment.outputs.roads import road_findings
from catchment.outputs.sheets import sheets
from catchment.outputs.style import (
    people_text,
    printable,
    review_text,
    share_text,
    short_rule_text,
    standard_line,
    standard_notes,
    whole,
)
from catchment.words import say

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from catchment.model import Run
    from catchment.outputs.documents import Block
    from catchment.outputs.figures import Figures
    from catchment.outputs.lettering import Lettering
    from catchment.outputs.lines import Sheet
    from catchment.words import Language

GAPS_SHOWN = 10
"""The workbook has them all."""

FINDINGS_SHOWN = 12
"""Rows not used and warnings; the workbook has them all."""

_NUMERALS = "〇一二三四五六七八九十"


def write_report(run: Run, path: Path, *, letters: Lettering | None = None) -> None:
    """
    Write the report. Its figures are those of the workbook, to the person; text from data is only ever text.

    The same run gives the same bytes on the same machine.

    Parameters
    ----------
    run
        The run; of a public one what everybody may see.
    path
        Where to write.
    letters
        Fonts of the map; by default the best of this machine.
    """
    run = published(run)
    blocks = report_blocks(run, letters=letters or lettering())
    path.write_bytes(document_bytes(blocks, language=run.language, title=_title(run), date=run.date))


def report_blocks(run: Run, *, letters: Lettering) -> list[Block]:
    """
    Everything the report says, in order, headings, tables and figures numbered.

    Parameters
    ----------
    run
        As its profile shows it.
    letters
        Fonts of the map.
    """
    language, figures = run.language, printed_figures(run)
    book = {sheet.name: sheet for sheet in sheets(run, figures)}
    sections: tuple[tuple[str, list[Block]], ...] = (
        ("overview", [*_overview(run, figures, book), _map(run, figures, letters)]),
        ("standard", list(_standard(run))),
        (area_word(figures), list(area_blocks(run, figures, book))),
        ("causes", list(_causes(run, figures, book))),
        ("gaps", list(_gaps(run, figures, book))),
        ("plan", list(_plan(run, figures, book))),
        ("targets", list(_targets(run))),
        ("groups", [Text(printable(line).strip()) for line in group_lines(run)]),
        ("data", list(_data(run, book))),
    )
    blocks: list[Block] = list(_head(run))
    filled = [(word, found) for word, found in sections if found]
    for number, (word, found) in enumerate(filled, start=1):
        title = say(f"doc.{word}", language)
        blocks.append(Heading(1, say("doc.section", language, number=_numeral(number, language), title=title)))
        blocks.extend(found)
    blocks.extend(_foot(run))
    blocks.extend(_annex(run, figures, book))
    return _captioned(blocks, language)


def _numeral(number: int, language: Language) -> str:
    return _NUMERALS[number] if language == "zh" else str(number)


def _captioned(blocks: Sequence[Block], language: Language) -> list[Block]:
    """The blocks with their tables and pictures numbered."""
    made: list[Block] = []
    for block in blocks:
        if isinstance(block, Table):
            number = 1 + sum(isinstance(each, Table) for each in made)
            caption = say("doc.table", language, number=number, title=block.caption)
            made.append(Table(caption, block.heads, block.rows, block.numeric, block.has_total))
        elif isinstance(block, Picture):
            number = 1 + sum(isinstance(each, Picture) for each in made)
            made.append(Picture(say("doc.figure", language, number=number, title=block.caption), block.png))
        else:
            made.append(block)
    return made


def _parts(run: Run, *parts: tuple[str, Sequence[Block]]) -> Iterator[Block]:
    """Parts of a section under their headings; empty ones are left out."""
    language = run.language
    for number, (word, found) in enumerate(((word, found) for word, found in parts if found), start=1):
        title = say(f"doc.{word}", language)
        yield Heading(2, say("doc.part", language, number=_numeral(number, language), title=title))
        yield from found


# ---- head and foot


def _title(run: Run) -> str:
    return say("doc.title" if run.name else "doc.title_bare", run.language, name=printable(run.name))


def _date(date: dt.date, language: Language) -> str:
    return say("doc.date", language, year=date.year, month=date.month, day=date.day)


def _head(run: Run) -> Iterator[Block]:
    language = run.language
    yield Heading(0, _title(run))
    yield Text(say("doc.as_of", language, date=_date(run.date, language)), "centred")
    yield Text(review_text(run, language), "centred")
    if run.synthetic:
        yield Text(say("page.synthetic", language), "mark")


def _foot(run: Run) -> Iterator[Block]:
    # A run for the public names no inputs, so nobody can make it again.
    word = "doc.closing" if run.profile == "internal" else "doc.closing_public"
    yield Text(say(word, run.language), "closing")
    yield Text(say("doc.signed", run.language), "signature")
    yield Text(_date(run.date, run.language), "signature")


# ---- sections


def _overview(run: Run, figures: Figures, book: dict[str, Sheet]) -> Iterator[Block]:
    language, totals = run.language, run.totals
    sheet = book[say("book.sheet_overview", language)]
    by_setting = lines_under(sheet, "page.by_setting", language)
    percentiles = lines_under(sheet, "book.percentiles", language)
    beyond = lines_under(sheet, "book.beyond", language)
    sites = say(
        "doc.sites_count",
        language,
        count=people_text(len(run.sites)),
        counted=people_text(int(run.counted.sum())),
        share=share_text(totals.covered_by_all_sites, totals.people),
    )
    yield from _parts(
        run,
        ("people", [*_headline(run, figures), table_of(say("doc.by_setting", language), by_setting, ())]),
        ("sites", [Text(sites)]),
        (
            "distances",
            [
                Text(say("doc.distance_note", language)),
                table_of(say("doc.percentiles", language), percentiles, ()),
                table_of(say("doc.beyond", language), beyond, ()),
            ],
        ),
    )


def _headline(run: Run, figures: Figures) -> Iterator[Block]:
    """The sentences that people quote, made of the printed figures."""
    language, totals = run.language, run.totals
    yield Text(
        say(
            "doc.headline",
            language,
            date=_date(run.date, language),
            name=printable(run.name) or say("doc.this_area", language),
            people=people_text(figures.people),
            covered=people_text(figures.covered),
            share=share_text(totals.covered, totals.people),
            uncovered=people_text(figures.uncovered),
        )
    )
    if figures.doubtful:
        yield Text(say("doc.doubtful", language, people=people_text(figures.doubtful)))
    readings = {
        "low": totals.covered_slow,
        "high": totals.covered_brisk,
        "walk": totals.covered_towns_on_foot,
        "road": totals.covered_towns_by_road,
    }
    yield Text(
        say(
            "doc.range",
            language,
            slow=SLOW_KMH,
            brisk=BRISK_KMH,
            walk_rule=short_rule_text(run.standard.city, language),
            road_rule=short_rule_text(run.standard.rural, language),
            **{name: share_text(units, totals.people) for name, units in readings.items()},
        )
    )


def _map(run: Run, figures: Figures, letters: Lettering) -> Block:
    return Picture(say("doc.map", run.language), report_map(run, figures, letters=letters))


def _standard(run: Run) -> Iterator[Block]:
    """The same words as on the map and in the workbook."""
    language = run.language
    yield Text(standard_line(run.standard, language))
    for note in standard_notes(run, language):
        yield Text(note)
    yield Text(say("page.rounding", language))
    yield Text(say(doubt_note_word(run), language))
    if run.totals.left_out:
        yield Text(say("page.left_out", language, people=people_text(whole(run.totals.left_out))))


def _causes(run: Run, figures: Figures, book: dict[str, Sheet]) -> Iterator[Block]:
    language, totals = run.language, run.totals
    if not totals.uncovered:
        yield Text(say("doc.nobody", language))
        return
    said = []
    for group in cause_groups(run):
        units = sum(totals.uncovered_by_cause[cause] for cause in group.causes)
        if units:
            people = people_text(sum(figures.by_cause[cause] for cause in group.causes))
            share = share_text(units, totals.uncovered)
            said.append(say("doc.cause_of", language, cause=group.marked(language), people=people, share=share))
    causes = say("doc.cause_between", language).join(said)
    yield Text(say("doc.cause_list", language, people=people_text(figures.uncovered), causes=causes))
    lines = lines_under(book[say("book.sheet_causes", language)], "book.cause_by_setting", language)
    yield table_of(say("doc.cause_table", language), lines, ())


def _gaps(run: Run, figures: Figures, book: dict[str, Sheet]) -> Iterator[Block]:
    language = run.language
    listed = shown_patches(run, figures.patches)
    if run.gaps is None or not listed:
        return
    first = listed[:GAPS_SHOWN]
    units = run.gaps.frame.set_index("gap_id")["people"].loc[[patch.number for patch in first]].sum()
    yield Text(
        say(
            "doc.gap_list",
            language,
            count=people_text(len(listed)),
            shown=len(first),
            people=people_text(sum(patch.people for patch in first)),
            share=share_text(int(units), run.totals.uncovered),
        )
    )
    heads = ("page.gap_number", "page.region", "page.setting", "page.cause", "page.uncovered", "page.nearest")
    lines = list(book[say("book.sheet_gaps", language)].lines)
    texts = said_words((*heads, "book.network_km"), language)
    yield table_of(say("doc.gap_table", language), lines, texts, most=GAPS_SHOWN)


def _plan(run: Run, figures: Figures, book: dict[str, Sheet]) -> Iterator[Block]:
    language, proposal, found = run.language, figures.proposal, run.suggestions
    if proposal is None or found is None:
        return
    if not proposal.rows:
        yield from (Text(text) for text in plan_notes(run, language) or [say("proposal.nothing", language)])
        return
    end = say("doc.sentence_end", language)
    yield Text(headline_text(proposal, run, language) + end)
    for text in (
        proof_text(proposal, found, language),
        bound_text(proposal, found, language),
        *curve_texts(found, language),
        *plan_notes(run, language),
    ):
        yield Text(text)
    sheet = book[say("book.sheet_suggestions", language)]
    heads = ("page.gap_number", "proposal.place", "proposal.kind", "page.region", "proposal.added", "page.unique")
    texts = said_words((*heads, "proposal.nearest", "book.network_km"), language)
    yield table_of(say("doc.plan_table", language), sheet.lines[sheet.above :], texts)
    yield Text(say("proposal.note", language), "small")


def _targets(run: Run) -> Iterator[Block]:
    """In all, and by row of the plan; the workbook has them by type too."""
    language, found = run.language, run.progress
    if found is None:
        return
    names = ("target", "done", "coming", "missing", "lacking", "over")
    tables = (found.targets.counts, found.done, found.coming, found.missing, found.lacking, found.over)
    sums = {name: people_text(int(table.sum())) for name, table in zip(names, tables, strict=True)}
    yield Text(say("doc.target_list", language, **sums))
    rows = [
        (printable(row), *(people_text(int(table[number].sum())) for table in tables))
        for number, row in enumerate(found.targets.rows)
    ]
    yield Table(
        say("doc.target_table", language),
        (say("targets.row", language), *(say(f"targets.{name}", language) for name in names)),
        (*rows, (say("page.total", language), *sums.values())),
        (False, *[True] * len(names)),
        has_total=True,
    )


def _data(run: Run, book: dict[str, Sheet]) -> Iterator[Block]:
    language = run.language
    lines = lines_under(book[say("book.sheet_overview", language)], "book.sources", language)
    heads = said_words(("book.sources", "book.file", "book.date", "book.attribution", "book.licence"), language)
    yield from _parts(
        run,
        ("checks", list(_checks(run)) if run.profile == "internal" else []),
        ("roads", [Text(printable(text)) for text in road_findings(run, language)]),
        ("sources", [table_of(say("doc.source_table", language), lines, heads)]),
    )


def _checks(run: Run) -> Iterator[Block]:
    language, levels = run.language, [finding.level for finding in run.findings]
    if not levels:
        yield Text(say("doc.check_none", language))
        return
    counts = {"bad": levels.count("bad_row"), "warnings": levels.count("warning"), "notes": levels.count("note")}
    yield Text(say("doc.check_counts", language, count=len(levels), **counts))
    said = [finding for level in ("bad_row", "warning") for finding in run.findings if finding.level == level]
    for number, finding in enumerate(said[:FINDINGS_SHOWN], start=1):
        row = "" if finding.row is None else say("level.row", language, row=finding.row)
        where = [say(f"level.{finding.level}", language), finding.file, finding.sheet, row, finding.column]
        place = say("page.comma", language).join(printable(part) for part in where if part)
        text = say("doc.check_line", language, number=number, where=place, text=finding_text(finding, language))
        yield Text(text, "small")
    if len(said) > FINDINGS_SHOWN:
        yield Text(say("doc.check_more", language, count=people_text(len(said) - FINDINGS_SHOWN)), "small")


def _annex(run: Run, figures: Figures, book: dict[str, Sheet]) -> Iterator[Block]:
    """All regions, where the report itself is by county."""
    if area_word(figures) == "counties":
        yield Heading(1, say("doc.annex", run.language))
        yield region_table(run, book)
