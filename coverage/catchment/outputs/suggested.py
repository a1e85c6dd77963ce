"""What is suggested, in numbers for ``run.json`` and in sentences for a person."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any

from catchment.model import UNITS_PER_PERSON, Setting
from catchment.outputs.merits import merit_record, merits_of, score_text, tier_record, tier_text
from catchment.outputs.proposal import (
    curve_texts,
    kind_text,
    place_name,
    plan_notes,
    printed_proposal,
    proof_text,
    verdict_of,
    visited_text,
)
from catchment.outputs.style import distance_text, people_text, printable, share_text
from catchment.outputs.wishes import wish_texts
from catchment.words import say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from catchment.model import CoverCurve, Run, Suggestions
    from catchment.outputs.proposal import Proposal, Suggested
    from catchment.words import Language

LEFT_OUT = ("suggest.bound_other_places", "suggest.bound_other_numbers")
"""What the bound says nothing about, entries of the catalogue."""


def suggestion_record(run: Run) -> dict[str, Any] | None:
    """
    The plan, how good it is and its places, in exact persons; ``None`` if no sites were to be suggested.

    ``people_covered`` is with the plan; ``gap`` is how much more the best plan of so many of the same candidates
    could cover at most, as a share of that; ``gap_of_new`` is the same as a share of the people the plan adds, which
    are all it decides about. ``notes`` say why there is nothing to suggest, or that the search was cut short.
    """
    found = run.suggestions
    if found is None:
        return None
    before = run.totals.covered
    after, bound = before + found.plan.covered_units, before + found.plan.bound_units
    return {
        "people_total": people(run.totals.people),
        "people_covered_before": people(before),
        "people_covered": people(after),
        "upper_bound": people(bound),
        "gap": (bound - after) / after if after else None,
        "status": found.plan.status,
        "gap_of_new": found.plan.gap,
        "stopped": found.plan.stopped,
        "bound_leaves_out": [say(word, run.language) for word in (*found.plan.bound_leaves_out, *LEFT_OUT)],
        "seed": found.plan.seed,
        "budget": found.plan.budget,
        "candidates_count": found.considered_count,
        "people_added_by_setting": {kind.name.lower(): people(units) for kind, units in found.added_by_setting.items()},
        "people_units": {
            "total": run.totals.people,
            "covered_before": before,
            "covered": after,
            "upper_bound": bound,
            "new": found.plan.covered_units,
        },
        "curve": curve_record(found.curve),
        "notes": plan_notes(run, run.language),
        "sites": [_place(run, row, reason) for row, reason in zip(_rows(found), reasons(run), strict=True)],
    }


def curve_record(curve: CoverCurve) -> dict[str, Any]:
    """What 0, 1, ... new sites add and could add at most, in exact persons, and where the curve bends."""
    return {
        "new": [people(units) for units in curve.nested_units.tolist()],
        "at_most": [people(units) for units in curve.bound_units.tolist()],
        "knee": curve.knee,
        "own_plans": [
            {"sites": count, "new": people(units)}
            for count, units in zip(curve.own_count.tolist(), curve.own_units.tolist(), strict=True)
        ],
    }


def reasons(run: Run) -> list[str]:
    """A sentence for each suggested place, from its numbers; the people it adds add up to those of the plan."""
    proposal = printed_proposal(run)
    return [_reason(run, row) for row in proposal.rows] if proposal else []


def suggestion_lines(run: Run) -> list[str]:
    """
    The plan as lines for a terminal: what it changes, how good it is, and a table of its places.

    Chinese letters are two columns wide, and the table keeps its columns in both languages.
    """
    found, language, proposal = run.suggestions, run.language, printed_proposal(run)
    if found is None or proposal is None:
        return []
    if not len(found):
        return [*wish_texts(found, language), *(plan_notes(run, language) or [say("proposal.nothing", language)])]
    effect = say(
        "suggest.effect",
        language,
        count=len(found),
        before=people_text(proposal.after - proposal.gain),
        after=people_text(proposal.after),
        added=people_text(proposal.gain),
        share_before=share_text(run.totals.covered, run.totals.people),
        share_after=share_text(proposal.after_units, run.totals.people),
    )
    proof = (proof_text(proposal, found, language), *curve_texts(found, language), *plan_notes(run, language))
    return [effect, *proof, *terminal_table(_cells(run, proposal))]


def _cells(run: Run, proposal: Proposal) -> list[list[str]]:
    """A row per place under a row of titles: number, place, what it is, and the numbers of its reason."""
    language = run.language
    titles = ("suggest.rank", "suggest.place", "suggest.added", "suggest.only", "proposal.shared", "page.nearest")
    rows, merits = [[say(word, language) for word in titles]], merits_of(run)
    numbers = [] if run.suggestions is None else run.suggestions.frame["candidate_id"].tolist()
    if merits:
        rows[0] += [say("suggest.score", language), say("merit.tier", language)]
    for row, number in zip(proposal.rows, numbers, strict=True):
        near, kind = row.site >= 0, say(row.premises or "suggest.stretch", language)
        site = printable(run.sites.frame["name"].iloc[row.site]) if near else ""
        rows.append(
            [
                str(row.number),
                f"{row.place[language]} [{visited_text(kind, row, language)}]",
                people_text(row.added),
                people_text(row.only),
                people_text(row.shared),
                f"{site} ({distance_text(row.cost_m, language)})" if near else "-",
                *([score_text(merits.get(number)), tier_text(merits.get(number), language)] if merits else []),
            ]
        )
    return rows


def terminal_table(rows: list[list[str]]) -> list[str]:
    """
    Rows of cells as lines whose columns stand under one another; Chinese letters are two columns wide.

    Examples
    --------
    >>> terminal_table([["县", "1"], ["town", "20"]])
    ['县    1', 'town  20']
    """
    widths = [max(map(terminal_width, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(cell + " " * (width - terminal_width(cell)) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def terminal_width(text: str) -> int:
    """
    Columns a text takes on a terminal.

    Examples
    --------
    >>> terminal_width("宜春 ab")
    7
    """
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def _rows(found: Suggestions) -> list[dict[str, Any]]:
    return [{str(key): value for key, value in row.items()} for row in found.frame.to_dict("records")]


def _reason(run: Run, row: Suggested) -> str:
    language: Language = run.language
    facts = {
        "kind": kind_text(row, language),
        "added": people_text(row.added),
        "only": people_text(row.only),
        "reach": people_text(row.reach),
        "shared": people_text(row.shared),
    }
    if not row.added:
        return say("suggest.reason_nobody", language, **facts)
    if row.site < 0:
        return say("suggest.reason_alone", language, **facts)
    site = run.sites.frame["name"].iloc[row.site]
    return say("suggest.reason", language, **facts, site=site, distance=distance_text(row.cost_m, language))


def _place(run: Run, row: Mapping[str, Any], reason: str) -> dict[str, Any]:
    inside = run.regions is not None and row["region"] >= 0
    return {
        "id": int(row["candidate_id"]),
        "name": place_name(run, row),
        "lon": float(row["lon"]),
        "lat": float(row["lat"]),
        "new": people(row["added"]),
        "unique": people(row["only"]),
        "shared": people(row["reach"] - row["only"]),
        "in_reach": people(row["reach"]),
        "units": {
            "new": int(row["added"]),
            "unique": int(row["only"]),
            "shared": int(row["reach"] - row["only"]),
            "in_reach": int(row["reach"]),
        },
        "is": "premises" if row["premises"] else "street_stretch",
        "visited": verdict_of(run, row),
        **tier_record(merits_of(run).get(int(row["candidate_id"]))),
        "street": row["street"],
        "region": run.regions.frame["region_id"].iloc[row["region"]] if inside and run.regions is not None else None,
        "setting": Setting(row["setting"]).name.lower(),
        "nearest_site": run.sites.frame["site_id"].iloc[row["site"]] if row["site"] >= 0 else None,
        "nearest_site_m": row["cost_mm"] / 1000 if row["site"] >= 0 else None,
        "criteria": merit_record(merits_of(run).get(int(row["candidate_id"]))),
        "reason": reason,
    }


def people(units: int) -> float | int:
    """
    Units of 1/1024 person as persons, exactly.

    Examples
    --------
    >>> people(2048), people(1536)
    (2, 1.5)
    """
    whole, rest = divmod(int(units), UNITS_PER_PERSON)
    return whole if rest == 0 else int(units) / UNITS_PER_PERSON
