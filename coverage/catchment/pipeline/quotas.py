"""Candidates wherever the targets lack a site, and the quotas of a plan that fills them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from catchment.access.progress import STATUSES
from catchment.errors import SettingsError
from catchment.geo.shapes import polygon_of
from catchment.inputs.particulars import is_honoured
from catchment.inputs.premises import no_premises
from catchment.model import HonourPreference, SiteType
from catchment.pipeline.targets import progress_of
from catchment.siting.candidates import Search, candidate_places
from catchment.siting.quotas import OWN_HOUSES, filling, quotas

if TYPE_CHECKING:
    from collections.abc import Mapping

    from catchment.config import Settings
    from catchment.model import Candidates, CoverPlan, Indices, Mask, Mode, Places, Progress
    from catchment.pipeline.judged import Judged
    from catchment.pipeline.read import Inputs
    from catchment.siting.quotas import Quotas

NEAR_PEOPLE_M = 500.0
"""A site of a township or a village stands among people: so far from them at most, in a straight line [m]."""

SPACING_M = 400.0
"""How far apart stretches of street are looked at [m], more where there are too many."""


def candidates_to_fill(
    inputs: Inputs, settings: Settings, ground: Judged, searches: Mapping[Mode, Search]
) -> tuple[Candidates, dict[Mode, Places]]:
    """
    Candidates near uncovered people, and near anybody in the regions of rows that lack a site.

    A township whose people are all covered from elsewhere still gets its site, so it needs candidates too. None
    stands beside a site that is planned or being prepared: those have their places.
    """
    people, sites, progress = ground.settled.people, inputs.sites, _progress(inputs, settings)
    lacking = np.flatnonzero(progress.lacking.any(axis=1))
    wanted = np.append(np.isin(progress.unit_row, lacking), False)[people.region]
    wanted &= people.units > 0
    here = Search(people.xy[wanted], NEAR_PEOPLE_M, SPACING_M, people.units[wanted])
    taken = ground.counted | sites.frame["status"].isin(STATUSES[1:]).to_numpy(bool)
    premises = inputs.premises or no_premises()
    candidates = candidate_places(premises, inputs.streets, [*searches.values(), here], sites_xy=sites.xy[taken])
    return candidates, {mode: network.join(candidates) for mode, network in ground.networks.items()}


def quotas_of(
    candidates: Candidates, inputs: Inputs, settings: Settings, ground: Judged, *, prefer_honoured: bool
) -> Quotas:
    """The quotas of a plan over some candidates, of which village sites may prefer the honoured ones."""
    people, progress = ground.settled.people, _progress(inputs, settings)
    left = ~ground.access.covered & (people.region >= 0)
    waiting = np.zeros(len(progress.unit_row), np.int64)
    np.add.at(waiting, people.region[left], people.units[left])
    polygons = [] if inputs.regions is None else inputs.regions.frame.geometry.to_numpy()
    unit = polygon_of(candidates.xy, polygons)
    honoured = np.array([prefer_honoured and is_honoured(text) for text in candidates.frame["honours"]], bool)
    return quotas(progress, unit=unit, house=houses_of(candidates), unit_units=waiting, honoured=honoured)


def honour_preference(made: Quotas, plan: CoverPlan, other: CoverPlan) -> HonourPreference:
    """
    What it costs that village sites prefer honoured communities.

    Parameters
    ----------
    made, plan
        The quotas with the preference, and their plan.
    other
        The plan without it.
    """
    village, without = (_villages(made, each) for each in (plan, other))
    return HonourPreference(
        villages=len(village),
        honoured=int(made.honoured[village].sum()),
        honoured_without=int(made.honoured[without].sum()),
        cost_units=other.covered_units - plan.covered_units,
        most_units=other.bound_units - plan.covered_units,
    )


def _villages(made: Quotas, plan: CoverPlan) -> Indices:
    """The candidates that a plan has for village sites; those of honoured communities as far as it has any."""
    types = made.progress.targets.types
    village = [types[kind] == SiteType.VILLAGE for kind in filling(made, plan.site).type]
    found: Indices = plan.site[village]
    return found


def _progress(inputs: Inputs, settings: Settings) -> Progress:
    """The ledger against the targets of a project that is to fill them: ``refuse_unfillable`` saw that it can."""
    found = progress_of(inputs, settings)
    if found is None:
        raise SettingsError("error.targets_needed")
    return found


def houses_of(candidates: Candidates) -> list[str]:
    """Of each candidate the type whose own house it is, else empty."""
    kinds = {f"premises.{kind}": str(kind) for kind in OWN_HOUSES}
    return [kinds.get(kind, "") for kind in candidates.frame["premises"]]


def serve_the_public(candidates: Candidates, settings: Settings) -> Mask:
    """
    Which candidates would serve the public, shape (candidates,): not the houses of types that do not count for it.

    A park's or a college's site is chosen since the plan asks for it, not for people it would not serve.
    """
    apart = np.isin(houses_of(candidates), list(settings.sites.uncounted_types))
    serving: Mask = ~apart
    return serving
