"""A ledger against its plan, on the page: rows of services and targets, checks of sites, sentences on dates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from catchment.outputs.profile import published
from catchment.outputs.style import printable, share_text, whole
from catchment.words import say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from catchment.model import MilestoneState, Progress, Run
    from catchment.words import Language


def plan_rows(run: Run) -> dict[str, Any] | None:
    """
    What the page shows of the plan; ``None`` without one, and for the public.

    ``services`` in shares and whole persons; ``rows`` of the targets in sites; ``fit`` by site, which checks are not
    met and how many the ledger does not say, ``null`` for closed sites.
    """
    run = published(run)
    held = run.planned
    if held is None:
        return None
    fits: list[dict[str, Any] | None] = [None] * len(run.sites)
    for fit in held.fit:
        fits[fit.site] = {"lacking": list(fit.missing()), "not_said": len(fit.unknown())}
    return {
        "services": [
            {
                "name": printable(one.name),
                "sites": one.counted_count,
                "covered": whole(one.covered),
                "share": share_text(one.covered, one.people),
                "settings": _shares({setting.name.lower(): pair for setting, pair in one.by_setting.items()}),
                "groups": _shares({printable(name): pair for name, pair in one.by_group.items()}),
            }
            for one in held.services
        ],
        "rows": [] if run.progress is None else _target_rows(run.progress),
        "fit": fits,
    }


def _shares(pairs: Mapping[str, tuple[int, int]]) -> dict[str, str]:
    return {name: share_text(covered, total) for name, (total, covered) in pairs.items() if total}


def _target_rows(found: Progress) -> list[dict[str, Any]]:
    tables = {"target": found.targets.counts, "done": found.done, "coming": found.coming}
    tables |= {"missing": found.missing, "over": found.over}
    return [
        {"name": printable(name), **{key: int(table[row].sum()) for key, table in tables.items()}}
        for row, name in enumerate(found.targets.rows)
    ]


def plan_texts(run: Run, language: Language) -> list[str]:
    """Sentences of the page on the dates of the plan."""
    held = published(run).planned
    return [] if held is None else [milestone_text(state, language) for state in held.milestones]


def milestone_text(state: MilestoneState, language: Language) -> str:
    """A milestone in a sentence."""
    return say(
        "plan.milestone_line",
        language,
        name=printable(state.milestone.name),
        date=state.milestone.date.isoformat(),
        state=state_text(state, language),
        asked=int(state.asked.sum()),
        open=int(state.open.sum()),
    )


def state_text(state: MilestoneState, language: Language) -> str:
    """Met, late or still to come."""
    word = "plan.met" if not state.missing else "plan.late" if state.due else "plan.ahead"
    return say(word, language)
