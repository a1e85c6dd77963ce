"""The cards of the sites of a row of the annex: a Word document with a small table for each, to check on the spot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catchment.outputs.documents import Heading, Table, Text, document_bytes
from catchment.outputs.payload import type_text
from catchment.outputs.style import people_text, printable, standard_line, title_text
from catchment.words import say

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from catchment.model import Run
    from catchment.model.evaluation import RowFacts, SiteFacts
    from catchment.outputs.documents import Block
    from catchment.words import Language


def write_site_cards(facts: RowFacts, run: Run, path: Path) -> None:
    """
    Write a card for each site of a row. Text from data is only ever text; the same run gives the same bytes.

    Parameters
    ----------
    facts
        Of the row, as its form has them.
    run
        The whole run, for addresses and places.
    path
        Where to write.
    """
    title = say("card.title", run.language, row=printable(facts.row))
    path.write_bytes(document_bytes(_blocks(facts, run, title), language=run.language, title=title, date=run.date))


def _blocks(facts: RowFacts, run: Run, title: str) -> Iterator[Block]:
    language = run.language
    yield Heading(0, title)
    for text in (title_text(run, language), standard_line(run.standard, language), say("card.note", language)):
        yield Text(printable(text), "small")
    if run.synthetic:
        yield Text(say("page.synthetic", language), "mark")
    if not facts.sites:
        yield Text(say("card.none", language))
    ids = run.sites.frame["site_id"].tolist()
    for number, site in enumerate(facts.sites, start=1):
        yield _card(number, site, run, ids.index(site.site_id))


def _card(number: int, site: SiteFacts, run: Run, at: int) -> Table:
    language = run.language
    comma = say("form.between", language)
    lon, lat = run.sites.xy[at]
    known = [_area(site, language), _staff(site, language)]
    people = say(
        "card.people_text",
        language,
        catchment=people_text(site.catchment),
        covered=people_text(site.covered),
    )
    said = {
        "form.head_site_id": site.site_id,
        "card.kind": f"{type_text(site.type, language)}{comma}{say(f'status.{site.status}', language)}",
        "card.where": f"{run.sites.frame['address'].iloc[at]}  {lon:.6f}, {lat:.6f}".strip(),
        "card.room": comma.join(filter(None, known)),
        "card.people": people if site.counted else say("card.not_counted", language),
        "form.head_lacking": comma.join(say(word, language) for word in site.lacking),
    }
    rows = tuple((say(word, language), printable(text) or "—", "") for word, text in said.items())
    heads = tuple(say(f"card.{word}", language) for word in ("item", "says", "check"))
    return Table(f"{number}. {printable(site.name)}", heads, rows, (False, False, False))


def _area(site: SiteFacts, language: Language) -> str:
    return "" if site.area_m2 is None else say("card.area_text", language, area=f"{site.area_m2:g}")


def _staff(site: SiteFacts, language: Language) -> str:
    return "" if site.staff is None else say("card.staff_text", language, staff=site.staff)
