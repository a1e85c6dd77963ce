"""What the forms of counties show to be mended, and where they and the ledger say different things."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from catchment.model.evaluation import MEASURES, Problem
from catchment.words import Phrases

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catchment.model.evaluation import CountyForm, SiteReturn

DIFFERENCES = frozenset(f"rectify.{word}" for word in ("status", "area", "staff", "extra", "open_count"))
"""Problems in which ledger and county contradict one another."""


def problems_of(form: CountyForm) -> tuple[Problem, ...]:
    """
    Everything to be mended in a row: of each site in the order of the ledger, then of the row itself.

    Of a site: what the county says otherwise than the ledger; of an open one also the items that are not met or not
    answered, and the figures that are missing. Of the row: sites that the ledger does not have, another number of open
    sites, totals that are not the sum of the sites, and fewer open sites than the annex asks for.
    """
    return (*(found for site in form.sites for found in _of_site(form, site)), *_of_row(form))


def _of_site(form: CountyForm, site: SiteReturn) -> Iterator[Problem]:
    facts = site.facts

    def problem(word: str, column: str, **about: str | float | Phrases) -> Problem:
        cell = site.cells.get(column, "")
        return Problem(form.facts.row, facts.site_id, facts.name, word, about, form.file, form.sheet, cell)

    if site.status is not None and site.status != facts.status:
        said = {"ledger": _status(facts.status), "county": _status(site.status)}
        yield problem("rectify.status", "status", **said)
    if site.area_m2 is not None and site.area_m2 != facts.area_m2:
        yield problem("rectify.area", "area_m2", ledger=_figure(facts.area_m2), county=_figure(site.area_m2))
    if site.staff is not None and site.staff != facts.staff:
        yield problem("rectify.staff", "staff", ledger=_figure(facts.staff), county=_figure(site.staff))
    if not site.evaluated:
        return
    for measure in MEASURES:
        if site.measures[measure] is None:
            yield problem("rectify.no_figure", measure, measure=Phrases(((f"form.{measure}", {}),)))
    for item in form.items:
        if item.key in site.answers and site.answers[item.key] is not True:
            word = "rectify.item_no" if site.answers[item.key] is False else "rectify.item_blank"
            yield replace(problem(word, item.key), item=item)


def _of_row(form: CountyForm) -> Iterator[Problem]:
    facts = form.facts

    def problem(word: str, sheet: str, cell: str, **about: str | float | Phrases) -> Problem:
        return Problem(facts.row, "", "", word, about, form.file, sheet, cell)

    for site in form.extra:
        yield problem("rectify.extra", form.sheet, site.cell, name=site.name)
    if form.open_count is not None and form.open_count != facts.open_count:
        cell = form.cells.get("open", "")
        yield problem("rectify.open_count", form.totals_sheet, cell, ledger=facts.open_count, county=form.open_count)
    for measure in MEASURES:
        total = form.totals[measure]
        added = sum(site.measures[measure] or 0 for site in form.sites)
        if total is not None and total != added:
            name = Phrases(((f"form.{measure}", {}),))
            cell = form.cells.get(measure, "")
            yield problem("rectify.total", form.totals_sheet, cell, measure=name, total=total, added=added)
    if facts.open_count < facts.target:
        yield problem("rectify.short", form.totals_sheet, "", target=facts.target, open=facts.open_count)


def _status(status: str) -> Phrases:
    return Phrases(((f"status.{status}", {}),))


def _figure(value: float | None) -> str | Phrases:
    return Phrases((("rectify.nothing", {}),)) if value is None else f"{value:g}"
