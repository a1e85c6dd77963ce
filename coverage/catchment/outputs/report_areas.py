"""The part of the report by county or region: a sentence that people quote, and the table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from catchment.outputs.documents import Table, Text
from catchment.outputs.report_tables import table_of
from catchment.outputs.style import people_text, printable, share_text
from catchment.words import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd

    from catchment.model import Run
    from catchment.outputs.documents import Block
    from catchment.outputs.figures import Figures
    from catchment.outputs.lines import Sheet
    from catchment.words import Language

NAMES_SAID = 3
"""More names make no sentence."""

_COLUMNS = (
    *("book.name", "page.residents", "page.covered", "page.covered_share", "page.uncovered", "book.sites_counted"),
    *("proposal.region_added", "proposal.region_share"),
)


def area_word(figures: Figures) -> str:
    """``counties`` where there are several, else ``regions``."""
    return "counties" if len(figures.by_county) else "regions"


def area_blocks(run: Run, figures: Figures, book: dict[str, Sheet]) -> Iterator[Block]:
    """By county where there are several, then the regions stand in the annex; else by region."""
    language, word = run.language, area_word(figures)
    exact, printed = (run.by_county, figures.by_county) if word == "counties" else (run.by_region, figures.by_region)
    if not len(exact):
        return
    yield Text(_extremes(exact, printed, word, language))
    if word == "counties":
        lines = list(book[say("book.sheet_counties", language)].lines)
        heads = ("book.county", *_COLUMNS[1:])
        yield table_of(say("doc.county_table", language), lines, said_words(heads, language))
    else:
        yield region_table(run, book)


def region_table(run: Run, book: dict[str, Sheet]) -> Table:
    """A row per region, with its county where there are several."""
    language = run.language
    lines = list(book[say("book.sheet_regions", language)].lines)
    heads = ("book.name", *(("book.parent",) if len(run.by_county) else ()), *_COLUMNS[1:])
    return table_of(say("doc.region_table", language), lines, said_words(heads, language))


def said_words(words: Sequence[str], language: Language) -> list[str]:
    """Some entries of the catalogue."""
    return [say(word, language) for word in words]


def _extremes(exact: pd.DataFrame, printed: pd.DataFrame, word: str, language: Language) -> str:
    """Who is lowest by share, compared exactly, and where most people are not covered."""
    covered, people = (exact[name].to_numpy(np.int64) for name in ("covered", "people"))
    kind, count = say(f"doc.kind_{word}", language), len(exact)
    lived = np.flatnonzero(people > 0)
    full = int((covered[lived] == people[lived]).sum())
    if full == len(lived):
        return say("doc.all_full", language, count=count, kind=kind)
    shares = [int(covered[row]) / int(people[row]) for row in lived]
    lowest = lived[[share == min(shares) for share in shares]]
    names = [printable(name) or say("page.no_parent", language) for name in exact["name"]]
    most = int(np.argmax(people - covered))
    return say(
        "doc.lowest",
        language,
        count=count,
        kind=kind,
        full=full,
        lowest=_names([names[row] for row in lowest], language),
        share=share_text(int(covered[lowest[0]]), int(people[lowest[0]])),
        most=names[most],
        people=people_text(int(printed["uncovered"].iloc[most])),
    )


def _names(names: Sequence[str], language: Language) -> str:
    if len(names) > NAMES_SAID:
        return say("doc.so_many", language, name=names[0], count=len(names))
    return say("page.comma", language).join(names)
