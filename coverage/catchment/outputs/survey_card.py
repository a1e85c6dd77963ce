"""What stands on the card of a place that is to be visited, as plain texts, before anything is written."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from catchment.geo.datum import bd09_from_gcj02, gcj02_from_wgs84
from catchment.inputs.cells import text_of
from catchment.model import CHECKS, Listed
from catchment.outputs.explained import criteria_text, explanation_text, street_text
from catchment.outputs.merits import merits_of
from catchment.outputs.proposal import kind_text, printed_proposal
from catchment.outputs.style import distance_text, people_text
from catchment.outputs.suggested import reasons, terminal_width
from catchment.words import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from catchment.model import Check, Run, Verdict, Visit
    from catchment.outputs.proposal import Suggested
    from catchment.words import Language


@dataclass(frozen=True)
class Checked:
    """A line of the checklist."""

    title: str
    known: str
    """What the data say, to be verified on the spot; a dash where they say nothing."""
    answer: bool | None
    """What an earlier visit found."""


@dataclass(frozen=True)
class Card:
    """The sheet of one place; every text is free of control characters."""

    number: int
    title: str
    kind: str
    coordinates: tuple[tuple[str, str], ...]
    """Name of the datum, and "lon, lat" with six decimals."""
    facts: tuple[tuple[str, str], ...]
    """Title and text: street, nearest site, whom it would serve, why."""
    checks: tuple[Checked, ...]
    verdict: Verdict | None
    """Of an earlier visit."""
    remarks: str


def cards(run: Run) -> tuple[Card, ...]:
    """The cards of a plan in its order; none without one."""
    proposal, found = printed_proposal(run), run.suggestions
    if proposal is None or found is None or not proposal.rows:
        return ()
    explained = {said.candidate_id: explanation_text(run, said) for said in found.explained}
    numbers = found.frame["candidate_id"].tolist()
    whys = [
        # Whom it serves and which site is nearest stand above; the criteria say what is left.
        explained.get(number) or criteria_text(run, number) or reason
        for number, reason in zip(numbers, reasons(run), strict=True)
    ]
    rows = zip(proposal.rows, numbers, whys, strict=True)
    return tuple(_card(run, row, number, why, len(whys)) for row, number, why in rows)


def _card(run: Run, row: Suggested, number: int, why: str, count: int) -> Card:
    language = run.language
    notes = None if run.suggestions is None else run.suggestions.notes
    visit = notes.visits.get(number) if notes else None
    listed = (notes.listed.get(number) if notes else None) or Listed()
    title = say("survey.title", language, number=row.number, count=count, place=row.place[language])
    facts = {
        "survey.street": street_text(run, number) or row.street or "—",
        "survey.nearest": _nearest(run, row),
        "survey.serves": _serves(row, language),
        "survey.why": why,
    }
    if listed.address:
        facts = {"book.address": listed.address, **facts}
    return Card(
        number=row.number,
        title=text_of(title),
        kind=text_of(kind_text(row, language)),
        coordinates=coordinates(row.lon, row.lat, language),
        facts=tuple((say(word, language), text_of(text)) for word, text in facts.items()),
        checks=tuple(_checked(run, number, listed, visit)),
        verdict=visit.verdict if visit else None,
        remarks=visit.remarks if visit else "",
    )


def coordinates(lon: float, lat: float, language: Language) -> tuple[tuple[str, str], ...]:
    """
    A place in the three datums of Chinese maps, lon before lat.

    Parameters
    ----------
    lon, lat
        [degrees, WGS84].
    language
        Of the names.

    Examples
    --------
    >>> [text for _, text in coordinates(114.382063, 27.803222, "en")]
    ['114.382063, 27.803222', '114.387379, 27.800117', '114.393850, 27.806160']
    """
    wgs84 = np.array([[lon, lat]])
    gcj02 = gcj02_from_wgs84(wgs84)
    places = {"wgs84": wgs84, "gcj02": gcj02, "bd09": bd09_from_gcj02(gcj02)}
    return tuple((say(f"survey.{name}", language), "{:.6f}, {:.6f}".format(*xy[0])) for name, xy in places.items())


def _nearest(run: Run, row: Suggested) -> str:
    if row.site < 0:
        return say("survey.nearest_none", run.language)
    site, distance = run.sites.frame["name"].iloc[row.site], distance_text(row.cost_m, run.language)
    return say("survey.nearest_at", run.language, site=site, distance=distance)


def _serves(row: Suggested, language: Language) -> str:
    counts = {name: people_text(getattr(row, name)) for name in ("added", "only", "reach", "shared")}
    people = say("survey.people", language, **counts)
    if not row.region:
        return people
    return people + say("survey.between", language) + say("survey.region", language, region=row.region)


# ---- the checklist


def _checked(run: Run, number: int, listed: Listed, visit: Visit | None) -> Iterator[Checked]:
    language = run.language
    known: Mapping[Check, str] = {
        "street_front": _front(merits_of(run).get(number), language),
        "ownership": _owner(listed, language),
    }
    answers = visit.checks if visit else {}
    for check in CHECKS:
        yield Checked(say(f"survey.{check}", language), text_of(known.get(check, "")) or "—", answers.get(check))


def _front(row: Mapping[str, Any] | None, language: Language) -> str:
    """The front as buildings and streets show it; nothing where no building is known."""
    if row is None:
        return ""
    if row["front_reason"]:
        return say(row["front_reason"], language)
    if math.isnan(row["setback_m"]):
        return ""
    facts = {"setback": f"{row['setback_m']:.0f}"}
    if math.isnan(row["frontage_m"]):
        return say("survey.setback", language, **facts)
    corner = say("explain.corner", language) if row["corner"] else ""
    return say("survey.front", language, frontage=f"{row['frontage_m']:.0f}", corner=corner, **facts)


def _owner(listed: Listed, language: Language) -> str:
    single = {"yes": "survey.single_yes", "no": "survey.single_no"}.get(listed.single_building, "")
    parts = (
        listed.ownership,
        "" if math.isnan(listed.area_m2) else say("survey.area", language, area=f"{listed.area_m2:g}"),
        say(single, language) if single else "",
    )
    return say("survey.between", language).join(filter(None, parts))


def shortened(text: str, width: int) -> str:
    """
    A text no wider than so many columns of a character grid, cut with a mark that it goes on.

    Examples
    --------
    >>> shortened("宜春市就业之家", 9), shortened("short", 9)
    ('宜春市就…', 'short')
    """
    if terminal_width(text) <= width:
        return text
    taken, kept = 1, ""
    for mark in text:
        taken += terminal_width(mark)
        if taken > width:
            break
        kept += mark
    return kept.rstrip() + "…"
