"""What a planner asks of a plan, in numbers for ``--json`` and in tables for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from catchment.model import UNITS_PER_PERSON
from catchment.outputs.figures import printed_figures
from catchment.outputs.proposal import place_name, printed_proposal
from catchment.outputs.style import distance_text, people_text, printable, share_text, whole
from catchment.outputs.suggested import people, terminal_table
from catchment.rounding import largest_remainder
from catchment.words import say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from catchment.model import Answers, Exchange, Ints, Run, Suggestions
    from catchment.outputs.proposal import Proposal

MOST_ALTERNATIVES = 10
"""So many alternatives of each place are recorded."""

MOST_CLOSINGS = 10
"""So many sites are printed of those whose closing loses fewest people."""


def with_answers(record: dict[str, Any] | None, run: Run) -> dict[str, Any] | None:
    """
    The record of a plan with what else is asked of it, in exact persons.

    Each of ``sites`` gets its ``alternatives`` and, over scenarios, ``frequency`` and ``standing``; ``never`` says why
    people stay uncovered, ``closing`` what the closing of each counted site would lose, ``swaps`` what those asked for
    change.

    Parameters
    ----------
    record
        From ``suggestion_record``; ``None`` stays so.
    run
        The run.
    """
    found = run.suggestions
    if record is None or found is None or found.answers is None:
        return record
    answers = found.answers
    sites = [
        {**site, **_certainty(answers, site["id"]), "alternatives": _alternatives(run, answers, rank)}
        for rank, site in enumerate(record["sites"], 1)
    ]
    return {
        **record,
        "sites": sites,
        "never": [
            {"reason": str(reason), "people": people(units), "people_units": units, "share": _share(units, run)}
            for reason, units in answers.left_out.items()
        ],
        "closing": _closing(run, answers.closing_units),
        "swaps": [_swap(run, found, each) for each in answers.exchanges],
        "scenarios_within_rules": not _ruled(run),
        "scenarios": 0 if answers.robustness is None else answers.robustness.scenario_count,
    }


def _ruled(run: Run) -> bool:
    """Whether the plan had to keep rules or quotas, which plans of scenarios do not."""
    return run.filling is not None or bool(run.suggestions and run.suggestions.rules)


def _share(units: int, run: Run) -> float | None:
    return units / run.totals.people if run.totals.people else None


def _certainty(answers: Answers, candidate_id: int) -> dict[str, Any]:
    if answers.robustness is None:
        return {}
    place = candidate_id - 1
    share = round(float(answers.robustness.frequency[place]), 6)
    return {"frequency": share, "standing": answers.robustness.standing(place)}


def _alternatives(run: Run, answers: Answers, rank: int) -> list[dict[str, Any]]:
    mine = answers.alternatives[answers.alternatives["rank"] == rank].head(MOST_ALTERNATIVES)
    return [
        {
            "id": int(row["candidate_id"]),
            "name": _place(run, row),
            "lon": float(row["lon"]),
            "lat": float(row["lat"]),
            "distance_m": round(float(row["distance_m"]), 1),
            "people_change": people(row["change"]),
        }
        for row in mine.to_dict("records")
    ]


def _place(run: Run, row: Mapping[Any, Any]) -> str:
    """What an alternative is called; a nameless street by its class and region, if it lies in one."""
    return place_name(run, {**row, "site": -1})


def _closing(run: Run, with_plan: Ints) -> list[dict[str, Any]]:
    frame = run.by_site
    return [
        {
            "id": frame["site_id"].iloc[site],
            "name": frame["name"].iloc[site],
            "people_lost": people(frame["unique"].iloc[site]),
            "people_lost_with_plan": people(with_plan[site]),
        }
        for site in np.flatnonzero(run.counted)
    ]


def _swap(run: Run, found: Suggestions, swap: Exchange) -> dict[str, Any]:
    ids = [] if run.regions is None else run.regions.frame["region_id"].tolist()
    covered = run.totals.covered + found.plan.covered_units + swap.change_units
    return {
        "asked": list(swap.asked),
        "places": [
            {"rank": rank, "id": candidate, "lon": lon, "lat": lat}
            for rank, candidate, (lon, lat) in zip(swap.rank, swap.candidate, swap.lonlat, strict=True)
        ],
        "people_gained": people(swap.gained_units),
        "people_lost": people(swap.lost_units),
        "people_change": people(swap.change_units),
        "people_covered": people(covered),
        "regions": [
            {"region_id": ids[region], "people_gained": people(gained), "people_lost": people(lost)}
            for region, (gained, lost) in enumerate(swap.by_region)
            if gained or lost
        ],
    }


def answer_lines(run: Run) -> list[str]:
    """
    What is asked of a plan as tables for a terminal, people as whole persons that add up.

    How sure each place is and its best alternative, the swaps asked for, who is left out and why, and the sites whose
    closing would lose fewest.
    """
    found, proposal = run.suggestions, printed_proposal(run)
    if found is None or proposal is None or found.answers is None:
        return []
    answers = found.answers
    return [
        *(_places(run, answers, proposal) if len(found) else []),
        *(line for swap in answers.exchanges for line in _exchange(run, found, swap)),
        *_left_out(run, answers, proposal),
        *_closings(run, answers.closing_units),
    ]


def _words(run: Run, *words: str) -> list[str]:
    return [say(f"asked.{word}", run.language) for word in words]


def _places(run: Run, answers: Answers, proposal: Proposal) -> list[str]:
    """A row per place of the plan: how sure it is, and what could stand for it at the least loss."""
    robust = answers.robustness
    rows = [_words(run, "number", *(("frequency", "standing") if robust else ()), "alternative", "away", "change")]
    lines = [say("asked.places", run.language)]
    if robust is not None:
        said = say("asked.robust", run.language, count=robust.scenario_count)
        lines = [f"{said} {say('asked.robust_no_rules', run.language)}" if _ruled(run) else said, *lines]
    best = answers.alternatives.drop_duplicates("rank").set_index("rank").to_dict("index")
    ids = run.suggestions.frame["candidate_id"].tolist() if run.suggestions else []
    for row, candidate_id in zip(proposal.rows, ids, strict=True):
        sure = []
        if robust is not None:
            place = candidate_id - 1
            times = round(float(robust.frequency[place]) * robust.scenario_count)
            standing = say(f"standing.{robust.standing(place)}", run.language)
            sure = [share_text(times, robust.scenario_count), standing]
        rows.append([str(row.number), *sure, *_best(run, best.get(row.number))])
    return [*lines, *terminal_table(rows)]


def _best(run: Run, row: Mapping[Any, Any] | None) -> list[str]:
    if row is None:
        return ["-", "-", "-"]
    place = f"{printable(_place(run, row))} [{row['candidate_id']}]"
    return [place, distance_text(row["distance_m"], run.language), _signed(_rounded(int(row["change"])))]


def _rounded(units: int) -> int:
    """Whole persons, of a loss as of a gain."""
    return whole(units) if units >= 0 else -whole(-units)


def _signed(persons: int) -> str:
    return f"{persons:+,}" if persons else "0"


def _exchange(run: Run, found: Suggestions, swap: Exchange) -> list[str]:
    """What some swaps change in all, then by region."""
    gained, lost = whole(swap.gained_units), whole(swap.lost_units)
    covered = run.totals.covered + found.plan.covered_units
    effect = say(
        "asked.swap",
        run.language,
        swap="; ".join(printable(asked) for asked in swap.asked),
        gained=people_text(gained),
        lost=people_text(lost),
        change=_signed(gained - lost),
        share_before=share_text(covered, run.totals.people),
        share_after=share_text(covered + swap.change_units, run.totals.people),
    )
    if run.regions is None or not any(map(any, swap.by_region)):
        return [effect]
    units = np.array(swap.by_region, np.int64)
    columns = [_to_total(units[:, 0], gained), _to_total(units[:, 1], lost)]
    names = run.regions.frame["name"].tolist()
    rows = [_words(run, "region", "gained", "lost", "change")]
    for region, (more, fewer) in enumerate(zip(*columns, strict=True)):
        if units[region].any():
            rows.append([printable(names[region]), people_text(more), people_text(fewer), _signed(more - fewer)])
    return [effect, *terminal_table(rows)]


def _to_total(units: Sequence[int] | Ints, total: int) -> list[int]:
    """Whole persons that add up to a printed total."""
    found: list[int] = largest_remainder(np.asarray(units, np.int64) / UNITS_PER_PERSON, total).tolist()
    return found


def _left_out(run: Run, answers: Answers, proposal: Proposal) -> list[str]:
    """Why people stay uncovered: the parts of what is printed as uncovered after the plan."""
    left = sum(answers.left_out.values())
    persons = printed_figures(run).people - proposal.after
    title = say("asked.left_out", run.language, people=people_text(persons), share=share_text(left, run.totals.people))
    rows = [_words(run, "reason", "people", "share")]
    printed = _to_total(list(answers.left_out.values()), persons)
    for (reason, units), count in zip(answers.left_out.items(), printed, strict=True):
        rows.append([say(f"left_out.{reason}", run.language), people_text(count), share_text(units, run.totals.people)])
    return [title, *terminal_table(rows)]


def _closings(run: Run, with_plan: Ints) -> list[str]:
    """The counted sites whose closing would lose fewest people once the plan is built."""
    counted = np.flatnonzero(run.counted)
    if not len(counted):
        return []
    now = run.by_site["unique"].to_numpy(np.int64)
    first = counted[np.lexsort((counted, now[counted], with_plan[counted]))][:MOST_CLOSINGS]
    title = say("asked.closing", run.language, count=len(first), sites=len(counted))
    rows = [_words(run, "site", "closing_now", "closing_planned")]
    for site in first:
        name = printable(run.by_site["name"].iloc[site])
        rows.append([name, people_text(whole(int(now[site]))), people_text(whole(int(with_plan[site])))])
    return [title, *terminal_table(rows)]
