"""A ledger against its plan: lines for the terminal, numbers for ``run.json``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from catchment.outputs.plan_page import milestone_text
from catchment.outputs.profile import published
from catchment.outputs.style import printable, share_text
from catchment.outputs.suggested import people
from catchment.words import say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catchment.model import MilestoneState, Progress, Run, ServiceCover

_MOST_NAMES = 10
"""Units named on the terminal; the workbook has them all."""


def plan_lines(run: Run) -> Iterator[str]:
    """What of the plan is done, late or lacking, and who can get what done."""
    run = published(run)
    held, language = run.planned, run.language
    if held is None:
        return
    if run.progress is not None:
        yield _targets_line(run.progress, run)
        yield from (milestone_text(state, language) for state in held.milestones)
    bare = [check.unit.name for check in held.units if check.unit.civil and check.state == "none"]
    if bare:
        names = say("plan.comma", language).join(map(printable, bare[:_MOST_NAMES]))
        yield say("plan.bare_line", language, count=len(bare), names=names)
    if held.villages:
        yield say("plan.villages_line", language, count=len(held.villages), people=held.plan.village_people)
    if held.names:
        yield say("plan.names_line", language, count=len(held.names))
    lacking = sum(bool(fit.missing()) for fit in held.fit)
    unsaid = sum(bool(fit.unknown()) for fit in held.fit)
    if lacking or unsaid:
        yield say("plan.fit_line", language, lacking=lacking, unsaid=unsaid, count=len(held.fit))
    if held.services:
        parts = (f"{printable(one.name)} {share_text(one.covered, one.people)}" for one in held.services)
        yield say("plan.services_line", language, services=say("plan.comma", language).join(parts))


def _targets_line(found: Progress, run: Run) -> str:
    facts = {"target": found.targets.total, "open": int(found.done.sum()), "coming": int(found.coming.sum())}
    facts |= {"missing": int(found.missing.sum()), "over": int(found.over.sum())}
    return say("plan.targets_line", run.language, **facts)


# ---- run.json


def plan_record(run: Run) -> dict[str, Any] | None:
    """The ledger against the plan, exact; ``None`` without a plan, and for the public."""
    run = published(run)
    held = run.planned
    if held is None:
        return None
    ids = run.sites.frame["site_id"].tolist()
    return {
        "name": held.plan.name,
        "source": held.plan.source,
        "milestones": [_milestone(state, run.progress) for state in held.milestones],
        "batches": {batch: int(counts.sum()) for batch, counts in (held.by_batch or {}).items()},
        "units": [
            {
                "code": check.unit.code,
                "name": check.unit.name,
                "row": check.row,
                "row_inferred": check.inferred,
                "township": check.unit.civil,
                "state": check.state,
            }
            for check in held.units
        ],
        "next_batch": [
            {
                "region_id": village.region_id,
                "name": village.name,
                "people": people(village.people),
                "people_uncovered": people(village.uncovered),
            }
            for village in held.villages
        ],
        "names_and_codes": [
            {
                "site": ids[check.site],
                "problems": [word.removeprefix("coded.") for word in check.words],
                "name": check.name or None,
                "code": check.code or None,
            }
            for check in held.names
        ],
        "sites": [
            {
                "site": ids[fit.site],
                "people": people(fit.people),
                "people_catchment": people(fit.catchment),
                "people_per_staff": fit.per_staff,
                "people_per_100_m2": fit.per_100m2,
                "lacking": list(fit.missing()),
                "not_said": list(fit.unknown()),
            }
            for fit in held.fit
        ],
        "services": [_service(one) for one in held.services],
    }


def _milestone(state: MilestoneState, found: Progress | None) -> dict[str, Any]:
    left = state.asked - state.open
    targets = found.targets if found else None
    return {
        "name": state.milestone.name,
        "date": state.milestone.date.isoformat(),
        "due": state.due,
        "asked_count": int(state.asked.sum()),
        "open_count": int(state.open.sum()),
        "missing_count": state.missing,
        "missing": [
            {"row": targets.rows[row], "type": targets.types[kind], "count": int(left[row, kind])}
            for row, kind in np.argwhere(left)
            if targets is not None
        ],
    }


def _service(one: ServiceCover) -> dict[str, Any]:
    return {
        "name": one.name,
        "sites_count": one.sites_count,
        "counted_sites_count": one.counted_count,
        "stated_sites_count": one.stated_count,
        **_pair((one.people, one.covered)),
        "settings": {setting.name.lower(): _pair(pair) for setting, pair in one.by_setting.items()},
        "groups": {name: _pair(pair) for name, pair in one.by_group.items()},
    }


def _pair(pair: tuple[int, int]) -> dict[str, Any]:
    total, covered = pair
    share = covered / total if total else None
    return {"people_total": people(total), "people_covered": people(covered), "covered_share": share}
