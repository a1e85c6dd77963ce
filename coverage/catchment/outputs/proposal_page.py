"""The plan as the page takes it: plain lists, texts and numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from catchment.outputs.candidates_page import plan_options
from catchment.outputs.curve import curve_figures
from catchment.outputs.merits import page_merits
from catchment.outputs.proposal import bound_text, curve_texts, headline_text, kind_text, plan_notes, proof_text
from catchment.outputs.style import share_text

if TYPE_CHECKING:
    from catchment.model import Run
    from catchment.outputs.proposal import Proposal
    from catchment.words import Language


def proposal_figures(run: Run, proposal: Proposal | None, *, gaps_shown: int) -> dict[str, Any] | None:
    """
    What the page shows of a plan in any language; ``None`` without one.

    Parameters
    ----------
    run
        The run.
    proposal
        Its plan in whole persons; ``units`` beside them are exact, in 1/1024 person.
    gaps_shown
        Gaps that the page lists: a place knows its gap only if it is among these.
    """
    found, people = run.suggestions, run.totals.people
    if found is None or proposal is None:
        return None
    exact = found.frame[["added", "only", "reach"]].astype(np.int64).to_dict("records")
    plan, merits = found.plan, page_merits(run, found.frame["candidate_id"].tolist())
    return {
        "rows": [
            {
                "premises": bool(row.premises),
                "region": row.region,
                "street": row.street,
                "setting": row.setting.name.lower(),
                "added": row.added,
                "only": row.only,
                "shared": row.shared,
                "reach": row.reach,
                "site": row.site,
                "cost_m": row.cost_m,
                "gap": row.gap if row.gap < gaps_shown else -1,
                "xy": [round(row.lon, 6), round(row.lat, 6)],
                "units": units,
                "option": option,
                "merit": merit,
            }
            for row, units, option, merit in zip(proposal.rows, exact, plan_options(run), merits, strict=True)
        ],
        "after": proposal.after,
        "gain": proposal.gain,
        "share": share_text(proposal.after_units, people),
        "fraction": plan.covered_units / people if people else 0.0,
        "regions": _regions(run, proposal),
        "status": plan.status,
        "units": {
            "added": plan.covered_units,
            "bound": plan.bound_units,
            "coverable": plan.coverable_units,
            "uncovered": found.uncovered_units,
        },
        "curve": curve_figures(run, found),
    }


def _regions(run: Run, proposal: Proposal) -> list[dict[str, Any]]:
    """What the plan adds in each region, and the share covered with it."""
    if run.regions is None or not len(run.by_region):
        return []
    shares = map(share_text, proposal.region_units.tolist(), run.by_region["people"].tolist())
    return [{"added": added, "share": share} for added, share in zip(proposal.by_region.tolist(), shares, strict=True)]


def proposal_texts(run: Run, proposal: Proposal | None, language: Language) -> dict[str, Any] | None:
    """What the places of a plan are called and are, in their order, and its headline; ``None`` without a plan."""
    if run.suggestions is None or proposal is None:
        return None
    return {
        "places": [row.place[language] for row in proposal.rows],
        "kinds": [kind_text(row, language) for row in proposal.rows],
        "headline": headline_text(proposal, run, language),
        "proof": proof_text(proposal, run.suggestions, language),
        "bound": bound_text(proposal, run.suggestions, language),
        "curve": curve_texts(run.suggestions, language),
        "notes": plan_notes(run, language),
    }
