"""The plan of a run as printed: whole persons that add up, what each place is called, and how good the plan is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from catchment.model import UNITS_PER_PERSON, Setting
from catchment.outputs.style import people_text, printable, share_text, whole
from catchment.outputs.wishes import goal_headline, wish_texts
from catchment.rounding import largest_remainder
from catchment.words import LANGUAGES, say

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from catchment.model import Ints, Run, Suggestions, Verdict
    from catchment.words import Language


_NOTES = (
    "finding.suggest_nobody",
    "finding.suggest_no_candidates",
    "finding.suggest_nothing",
    "finding.suggest_budget_none",
    "finding.suggest_enough",
    "finding.suggest_interrupted",
    "finding.suggest_time",
    "finding.suggest_unit_empty",
)
"""Findings that belong beside the plan."""


@dataclass(frozen=True)
class Suggested:
    """A place of the plan as printed."""

    number: int
    """1, 2, ... in the order to build them."""
    place: Mapping[Language, str]
    """What it is called: the premises, their kind, the street, or the class of a nameless street and where it is."""
    premises: str
    """Entry of the catalogue for the kind of premises; empty for a stretch of street, which is no site."""
    label: str
    """Entry of the catalogue that says what it is."""
    street: str
    """Its name, or that of the street in front; empty without one."""
    highway: str
    """OSM ``highway`` of that street."""
    region: str
    """Empty outside all."""
    setting: Setting
    added: int
    """People new to the places before it; whole persons as the next two."""
    only: int
    """People whom only it reaches of all sites and the plan; part of ``added``."""
    reach: int
    """All people in its reach, covered or not."""
    site: int
    """Nearest counted site, -1 if none within the search."""
    cost_m: int
    """Distance to it [m], -1 if none."""
    gap: int
    """Row of the gap with most of the people it adds, -1 without."""
    lon: float
    """[degrees]."""
    lat: float
    visited: Verdict | None = None
    """What was found there on a site visit; ``None`` without one."""

    @property
    def shared(self) -> int:
        """People in its reach whom another site, or another place of the plan, reaches as well."""
        return self.reach - self.only


@dataclass(frozen=True, eq=False)
class Proposal:
    """A plan in whole persons: what the rows add sums up to the gain, and covered and gain to what is then covered."""

    rows: tuple[Suggested, ...]
    after: int
    """People covered if the plan is adopted."""
    gain: int
    """People it adds."""
    upper: int
    """No plan of so many of these candidates has more people covered."""
    bound: int
    """The same as people added."""
    after_units: int
    """``after`` in 1/1024 person."""
    upper_units: int
    """``upper`` in 1/1024 person."""
    by_region: Ints
    """People the plan adds in each region, shape (regions,)."""
    region_units: Ints
    """People covered in each region if the plan is adopted [1/1024 person], shape (regions,)."""

    @property
    def excess_text(self) -> str:
        """By how much the bound exceeds what the plan covers, as a share of it; 0% only if it is so exactly."""
        return share_text(self.upper_units - self.after_units, self.after_units)


def printed_proposal(run: Run) -> Proposal | None:
    """The plan of a run as printed; ``None`` if none was asked for."""
    found = run.suggestions
    if found is None:
        return None
    before = run.totals.covered
    after, upper = before + found.plan.covered_units, before + found.plan.bound_units
    gain = whole(after) - whole(before)
    in_regions = len(run.by_region) > 0
    added = found.added_by_region if in_regions else np.zeros(0, np.int64)
    return Proposal(
        rows=tuple(_rows(run, found, gain)),
        after=whole(after),
        gain=gain,
        upper=whole(upper),
        bound=whole(upper) - whole(before),
        after_units=after,
        upper_units=upper,
        by_region=largest_remainder(added / UNITS_PER_PERSON, gain if in_regions else 0),
        region_units=added + (run.by_region["covered"].to_numpy(np.int64) if in_regions else 0),
    )


def _rows(run: Run, found: Suggestions, gain: int) -> list[Suggested]:
    names = [] if run.regions is None else run.regions.frame["name"].tolist()
    records = ({str(name): value for name, value in row.items()} for row in found.frame.to_dict("records"))
    rows = zip(records, _persons(found.frame, gain).tolist(), strict=True)
    return [
        Suggested(
            number=int(row["rank"]),
            place={said: printable(place_name(replace(run, language=said), row)) for said in LANGUAGES},
            premises=row["premises"],
            label=row["label"],
            street=printable(row["street"]),
            highway=row["kind"],
            region=printable(names[row["region"]]) if names and row["region"] >= 0 else "",
            setting=Setting(row["setting"]),
            added=added,
            only=only,
            reach=reach,
            site=int(row["site"]),
            cost_m=round(row["cost_mm"] / 1000) if row["site"] >= 0 else -1,
            gap=int(row["gap"]),
            lon=float(row["lon"]),
            lat=float(row["lat"]),
            visited=verdict_of(run, row),
        )
        for row, (added, only, reach) in rows
    ]


def _persons(frame: pd.DataFrame, gain: int) -> Ints:
    """
    Added, only and reach of each row as whole persons, shape (n, 3).

    Those added make up the gain; a part is never printed above its whole. People in reach of several places are in
    reach of each: that column has no sum.
    """
    added = largest_remainder(frame["added"].to_numpy(np.int64) / UNITS_PER_PERSON, gain)
    only = np.minimum(largest_remainder(frame["only"].to_numpy(np.int64) / UNITS_PER_PERSON), added)
    reach = np.maximum(np.array([whole(units) for units in frame["reach"].tolist()], np.int64), added)
    return np.column_stack([added, only, reach])


# ---- words


def place_name(run: Run, row: Mapping[str, Any]) -> str:
    """
    What a suggested place is called: the premises, their kind, the street, or its class and where it is.

    Parameters
    ----------
    run
        Its regions and sites say where a street without a name is.
    row
        A row of ``Suggestions.frame``.
    """
    language = run.language
    if row["name"]:
        return str(row["name"])
    if row["premises"]:
        return say(row["premises"], language)
    return str(row["street"]) or _nameless(run, row)


def _nameless(run: Run, row: Mapping[str, Any]) -> str:
    street = say(f"street.{row['kind']}", run.language)
    if run.regions is not None and row["region"] >= 0:
        return say(
            "suggest.street_in", run.language, street=street, place=run.regions.frame["name"].iloc[row["region"]]
        )
    if row["site"] >= 0:
        return say("suggest.street_near", run.language, street=street, place=run.sites.frame["name"].iloc[row["site"]])
    return street


def kind_text(place: Suggested, language: Language) -> str:
    """
    What a place is: a kind of premises, or a stretch of street to look for premises on, never a site.

    Examples
    --------
    >>> stretch = Suggested(
    ...     1, {}, "", "candidate.street_stretch", "", "residential", "", Setting.RURAL, 9, 5, 20, -1, -1, -1, 0, 0
    ... )
    >>> kind_text(stretch, "zh")
    '寻址路段：需核实可用场所'
    """
    return visited_text(say(place.premises or place.label, language), place, language)


def visited_text(kind: str, place: Suggested, language: Language) -> str:
    """What a place is, and what was found there if it was visited."""
    if place.visited is None:
        return kind
    return say("survey.visited", language, kind=kind, verdict=say(f"survey.{place.visited}", language))


def verdict_of(run: Run, row: Mapping[str, Any]) -> Verdict | None:
    """What was found at a place of the plan on a site visit; ``None`` without one."""
    visit = None if run.suggestions is None else run.suggestions.notes.visits.get(int(row["candidate_id"]))
    return visit.verdict if visit else None


def headline_text(proposal: Proposal, run: Run, language: Language) -> str:
    """The share covered if the plan is adopted, and the people it adds."""
    share = share_text(proposal.after_units, run.totals.people)
    if run.suggestions is not None and run.suggestions.goal is not None:
        return goal_headline(share, proposal.gain, run.suggestions.goal, language)
    return say("proposal.headline", language, share=share, people=people_text(proposal.gain))


def proof_text(proposal: Proposal, found: Suggestions, language: Language) -> str:
    """
    In one line: what no plan exceeds, by how much that is more, whether the plan is proven the best, and of what.

    Then what was wished of it besides.
    """
    facts = {"upper": people_text(proposal.upper), "excess": proposal.excess_text}
    considered = people_text(found.considered_count)
    proof = say(f"proposal.proof_{found.plan.status}", language, considered=considered, **facts)
    return " ".join([proof, *wish_texts(found, language)])


def bound_text(proposal: Proposal, found: Suggestions, language: Language) -> str:
    """What the bound says, and what it leaves out."""
    return say(
        "proposal.bound_note",
        language,
        considered=people_text(found.considered_count),
        budget=people_text(found.plan.budget),
        upper=people_text(proposal.upper),
        bound=people_text(proposal.bound),
        excess=proposal.excess_text,
    )


def curve_texts(found: Suggestions, language: Language) -> list[str]:
    """What building in order costs, as far as is known, and after how many sites the next ones add clearly fewer."""
    curve, texts = found.curve, []
    if curve.knee:
        share = share_text(int(curve.nested_units[curve.knee]), found.plan.covered_units)
        texts.append(say("proposal.knee", language, count=curve.knee, share=share))
    price = curve.own_units - curve.nested_units[curve.own_count]
    if price.any():
        dearest = int(np.argmax(price))
        facts = {"count": int(curve.own_count[dearest]), "people": people_text(whole(int(price[dearest])))}
        texts.append(say("proposal.nesting", language, **facts))
    elif len(price):
        texts.append(say("proposal.nesting_none", language, counts=", ".join(map(str, curve.own_count.tolist()))))
    return texts


def plan_notes(run: Run, language: Language) -> list[str]:
    """Why there is nothing to suggest, or fewer sites than asked for, or that the search was cut short."""
    noted = (finding for finding in run.findings if finding.word in _NOTES)
    return [printable(say(finding.word, language, **finding.facts)) for finding in noted]
