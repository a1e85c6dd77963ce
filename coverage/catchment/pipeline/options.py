"""What may be ticked and unticked in a run, and what of it there is no room for."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from catchment.model import Candidates, Finding
from catchment.siting.candidates import TIERS, no_candidates
from catchment.siting.options import reach_options, readings, shown_candidates

if TYPE_CHECKING:
    from catchment.config import Settings
    from catchment.model import Mode, Options, Places
    from catchment.pipeline.judged import Judged
    from catchment.pipeline.suggest import Advice


def options_of(ground: Judged, settings: Settings, advice: Advice | None) -> tuple[Options | None, list[Finding]]:
    """
    The options of a run, and a note on what had to be left out.

    Parameters
    ----------
    ground
        Who is covered on which roads.
    settings
        The project.
    advice
        The candidates, if the project asks for suggestions.
    """
    candidates, places = _shown(ground, advice)
    found = reach_options(
        ground.settled.people,
        settings.standard.standard(),
        candidates,
        roads={mode: network.roads for mode, network in ground.networks.items()},
        homes={mode: network.people for mode, network in ground.networks.items()},
        sites={mode: network.sites for mode, network in ground.networks.items()},
        counted=ground.counted,
        places=places,
        count_gaps=settings.roads.count_gaps,
        threads=os.cpu_count() or 1,
    )
    return found, _room_findings(found, len(candidates), settings)


def _shown(ground: Judged, advice: Advice | None) -> tuple[Candidates, dict[Mode, Places]]:
    """The candidates that may be ticked, and where they join the roads."""
    if advice is None:
        candidates = no_candidates()
        return candidates, {mode: network.join(candidates) for mode, network in ground.networks.items()}
    own = advice.candidates.frame["tier"].to_numpy() == TIERS[0]
    chosen = shown_candidates(advice.suggestions.plan.site, advice.suggestions.alone_units, first=own)
    frame = advice.candidates.frame.iloc[chosen].reset_index(drop=True)
    return Candidates(frame), {mode: joined.some(chosen) for mode, joined in advice.places.items()}


def _room_findings(found: Options | None, candidates_count: int, settings: Settings) -> list[Finding]:
    if found is None:
        return [Finding("warning", "finding.options_none")]
    findings = []
    kept = len(found.candidates)
    if kept < candidates_count:
        findings.append(Finding("note", "finding.options_candidates", {"kept": kept, "count": candidates_count}))
    left_out = [key for key in readings(settings.standard.standard()) if key not in found.readings]
    if left_out:
        findings.append(Finding("note", "finding.options_readings", {"count": len(left_out)}))
    return findings
