"""One candidate explained: a paragraph made from its numbers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from catchment.model import CRITERIA, Setting
from catchment.outputs.merits import merit_record, merits_of, score_text, tier_record, tier_text
from catchment.outputs.proposal import place_name, printed_proposal
from catchment.outputs.style import distance_text, people_text, printable, whole
from catchment.outputs.suggested import people
from catchment.words import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from catchment.model import Explanation, Run
    from catchment.words import Language

_SITES_NAMED = 3


def with_explanations(record: dict[str, Any] | None, run: Run) -> dict[str, Any] | None:
    """
    The record of a plan with the candidates that were asked about, in exact persons and as texts.

    Parameters
    ----------
    record
        From ``suggestion_record``; ``None`` stays so.
    run
        The run.
    """
    if record is None or run.suggestions is None:
        return record
    return {**record, "explained": [_record(run, each) for each in run.suggestions.explained]}


def explanation_lines(run: Run) -> list[str]:
    """Each of the candidates that were asked about, in a paragraph."""
    return [explanation_text(run, each) for each in run.suggestions.explained] if run.suggestions else []


def explanation_text(run: Run, said: Explanation) -> str:
    """
    What a candidate is, whom it adds and shares, what is near, why it has its place, and what if it is skipped.

    Parameters
    ----------
    run
        With suggestions.
    said
        One of its explanations.
    """
    parts = [
        _what(run, said),
        street_text(run, said.candidate_id),
        *_people(run, said),
        _nearest(run, said),
        criteria_text(run, said.candidate_id),
    ]
    joint = "" if run.language == "zh" else " "
    return printable(joint.join(part for part in parts if part))


def _what(run: Run, said: Explanation) -> str:
    place, kind = place_name(run, said.place), say(said.place["premises"] or said.place["label"], run.language)
    facts = {"number": said.candidate_id, "place": place, "kind": kind}
    word = "explain.what" if kind != place else "explain.what_kind"
    return say(word, run.language, **facts)


def street_text(run: Run, candidate_id: int) -> str:
    """The street in front and the side; of a stretch only the street, since its premises are still to be found."""
    row, language = merits_of(run).get(candidate_id), run.language
    if row is None:
        return ""
    if row["front_reason"]:
        return say("explain.no_front", language, reason=say(row["front_reason"], language))
    if not row["front_kind"]:
        return say("explain.no_street", language)
    kind = say(f"street.{row['front_kind']}", language)
    street = say("explain.named", language, street=row["front_street"], kind=kind) if row["front_street"] else kind
    if math.isnan(row["setback_m"]):
        return say("explain.on_street", language, street=street) + _along(row, language)
    facts = {"street": street, "side": say(row["compass"], language), "setback": f"{row['setback_m']:.0f}"}
    if math.isnan(row["frontage_m"]):
        return say("explain.side", language, **facts)
    corner = say("explain.corner", language) if row["corner"] else ""
    return say("explain.front", language, **facts, frontage=f"{row['frontage_m']:.0f}", corner=corner)


def _along(row: Mapping[str, Any], language: Language) -> str:
    """What there is to find along a stretch of street; empty where no building is known."""
    if math.isnan(row["along_count"]):
        return ""
    facts = {"count": int(row["along_count"]), "metres": f"{row['along_m']:,.0f}"}
    return ("" if language == "zh" else " ") + say("explain.along", language, **facts)


def _people(run: Run, said: Explanation) -> Iterator[str]:
    language, proposal = run.language, printed_proposal(run)
    if proposal is None:
        return
    rows = proposal.rows
    alone, reach, extra = (whole(units) for units in (said.alone_units, said.reach_units, said.extra_units))
    if said.rank:
        row = rows[said.rank - 1]
        facts = {"rank": said.rank, "added": people_text(row.added), "alone": people_text(max(alone, row.added))}
        yield say("explain.chosen", language, **facts)
        if said.rank > 1:
            before = people_text(rows[said.rank - 2].added)
            yield say("explain.after", language, rank=said.rank - 1, before=before)
        if said.rank < len(rows):
            yield say("explain.before", language, rank=said.rank + 1, following=people_text(rows[said.rank].added))
        reach = max(reach, row.reach)
    else:
        facts = {"alone": people_text(alone), "extra": people_text(extra)}
        yield say("explain.not_chosen", language, **facts)
        if rows:
            yield say("explain.last", language, rank=len(rows), last=people_text(rows[-1].added))
    yield say("explain.reach", language, reach=people_text(reach))
    yield from _shared(run, said)
    yield from _skipped(run, said)


def _shared(run: Run, said: Explanation) -> Iterator[str]:
    """Which sites, and which places of the plan, reach some of the same people."""
    language, names = run.language, run.sites.frame["name"].tolist()
    between = say("explain.between", language)
    if said.shared_sites:
        listed = between.join(
            say("explain.site_people", language, site=names[site], people=people_text(whole(units)))
            for site, units in said.shared_sites[:_SITES_NAMED]
        )
        yield say("explain.shared", language, count=len(said.shared_sites), sites=listed)
    else:
        yield say("explain.shared_none", language)
    if said.shared_plan:
        ranks = between.join(str(rank) for rank, _ in said.shared_plan[:_SITES_NAMED])
        units = sum(units for _, units in said.shared_plan[:1])
        yield say("explain.shared_plan", language, ranks=ranks, most=people_text(whole(units)))


def _skipped(run: Run, said: Explanation) -> Iterator[str]:
    """What is lost without it, and what could best stand for it."""
    proposal, found, language = printed_proposal(run), run.suggestions, run.language
    if not said.rank or proposal is None or found is None:
        if not said.rank:
            yield say("explain.skipped_other", language)
        return
    row = proposal.rows[said.rank - 1]
    if row.only == row.added:
        yield say("explain.skipped", language, only=people_text(row.only))
    else:
        yield say(
            "explain.skipped_part", language, only=people_text(row.only), others=people_text(row.added - row.only)
        )
    if found.answers is None:
        return
    best = found.answers.alternatives
    best = best[best["rank"] == said.rank]
    if len(best):
        change, number = int(best["change"].iloc[0]), int(best["candidate_id"].iloc[0])
        facts = {"number": number, "people": people_text(whole(abs(change)))}
        word = "explain.instead_more" if change > 0 else "explain.instead" if change else "explain.instead_same"
        yield say(word, language, **facts)


def _nearest(run: Run, said: Explanation) -> str:
    site, cost_mm = said.place["site"], said.place["cost_mm"]
    if site < 0:
        return say("explain.alone", run.language)
    name, distance = run.sites.frame["name"].iloc[site], distance_text(cost_mm / 1000, run.language)
    return say("explain.nearest", run.language, site=name, distance=distance)


def criteria_text(run: Run, candidate_id: int) -> str:
    """The four criteria, the score, and its place among all candidates shown."""
    rows, language = merits_of(run), run.language
    row = rows.get(candidate_id)
    if row is None or math.isnan(row["score"]):
        return ""
    shares = {
        name: say("merit.unknown", language) if math.isnan(row[name]) else f"{row[name]:.2f}" for name in CRITERIA
    }
    facts = {"score": score_text(row), "place": int(row["place"]), "count": len(rows), "tier": tier_text(row, language)}
    return say("explain.score", language, **shares, **facts)


def _record(run: Run, said: Explanation) -> dict[str, Any]:
    place, ids = said.place, run.sites.frame["site_id"].tolist()
    return {
        "id": said.candidate_id,
        "name": printable(place_name(run, place)),
        "is": "premises" if place["premises"] else "street_stretch",
        **tier_record(merits_of(run).get(said.candidate_id)),
        "lon": float(place["lon"]),
        "lat": float(place["lat"]),
        "setting": Setting(place["setting"]).name.lower(),
        "rank": said.rank or None,
        "new_alone": people(said.alone_units),
        "new_to_plan": people(said.extra_units),
        "in_reach": people(said.reach_units),
        "shared_with_sites": [{"site": ids[site], "people": people(units)} for site, units in said.shared_sites],
        "shared_with_plan": [{"rank": rank, "people": people(units)} for rank, units in said.shared_plan],
        **_site_record(ids, place),
        "criteria": merit_record(merits_of(run).get(said.candidate_id)),
        "text": explanation_text(run, said),
    }


def _site_record(ids: list[str], place: Mapping[str, Any]) -> dict[str, Any]:
    near = place["site"] >= 0
    return {
        "nearest_site": ids[place["site"]] if near else None,
        "nearest_site_m": place["cost_mm"] / 1000 if near else None,
    }
