"""The candidates that are shown, scored by the plan's criteria."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from catchment.demand.town_centres import town_centres
from catchment.model import CRITERIA, Merits, Points, Scene
from catchment.network.passing import passing_people
from catchment.network.streets import STREET_KINDS
from catchment.siting.along import fronts_along
from catchment.siting.candidates import STREET_STRETCH, TIERS
from catchment.siting.criteria import (
    ALONG_HALF_M,
    class_share,
    conspicuousness,
    convenience,
    street_front,
    transport,
)
from catchment.siting.frontage import IN_FRONT_M
from catchment.siting.housed import fronts_of_premises
from catchment.siting.options import shown_candidates
from catchment.siting.surroundings import (
    junction_m,
    mean_walk_m,
    nearest_row,
    passing_at,
    people_within,
    stop_m,
)
from catchment.siting.weigh import criteria_findings, scored

if TYPE_CHECKING:
    from collections.abc import Sequence

    from catchment.config import Settings
    from catchment.model import (
        Candidates,
        Criteria,
        CriteriaWeights,
        Finding,
        Floats,
        Indices,
        Ints,
        Stops,
        Streets,
    )
    from catchment.pipeline.judged import Judged
    from catchment.pipeline.read import Inputs
    from catchment.pipeline.suggest import Advice

_FRONT_COLUMNS = ("frontage_m", "setback_m", "side", "compass", "corner")


def with_merits(inputs: Inputs, settings: Settings, ground: Judged, advice: Advice | None) -> Advice | None:
    """
    The advice with what its candidates are like: those of the plan, those that may be ticked, those asked about.

    Parameters
    ----------
    inputs, settings
        What was read, and how.
    ground
        Who is covered on which roads.
    advice
        Candidates and plan; ``None`` stays so.
    """
    if advice is None:
        return None
    found = advice.suggestions
    asked = np.array([number - 1 for number in settings.siting.explain], np.int32)
    own = advice.candidates.frame["tier"].to_numpy() == TIERS[0]
    shown = np.concatenate([shown_candidates(found.plan.site, found.alone_units, first=own), asked])
    shown = shown[(shown >= 0) & (shown < len(advice.candidates))]
    shown = pd.unique(shown)
    candidates = replace(advice.candidates, frame=advice.candidates.frame.iloc[shown].reset_index(drop=True))
    count_gaps, scene = settings.roads.count_gaps, inputs.scene or Scene()
    table, odd = measured(candidates, inputs.streets, scene, ground, count_gaps=count_gaps)
    odd = tuple(replace(finding, file=settings.inputs.roads.name) for finding in odd)
    criteria = criteria_of(table, candidates, inputs.streets, settings.siting.weights.weights())
    own = candidates.frame[["candidate_id", "tier", "township", "honours"]]
    frame = pd.concat([own, criteria.frame, table], axis=1)
    known, score = frame["known"].to_numpy(), frame["score"].to_numpy()
    frame = frame.assign(place=places_by_merit(frame["tier"].tolist(), known, score))
    return replace(
        advice,
        suggestions=replace(found, merits=Merits(frame, criteria.weights)),
        findings=(*advice.findings, *odd, *criteria_findings(criteria)),
    )


def places_by_merit(tiers: Sequence[str], known: Floats, score: Floats) -> Ints:
    """
    The place of each among all, 1 the first: by tier, then what share of the weights is known, score, row.

    The plan builds nothing new, so premises come before mere streets, where they are still to be found. A score that
    leaves out more may be higher for that alone, so what is better known comes first.

    Parameters
    ----------
    tiers
        Of ``TIERS``, shape (n,).
    known, score
        As in ``Criteria``, shape (n,).

    Examples
    --------
    >>> places_by_merit(["tier.public"] * 3, np.array([0.5, 1.0, 1.0]), np.array([0.9, 0.2, 0.4])).tolist()
    [3, 2, 1]
    >>> places_by_merit(["tier.street", "tier.own"], np.array([1.0, 0.5]), np.array([0.9, 0.2])).tolist()
    [2, 1]
    """
    tier = np.array([TIERS.index(each) for each in tiers], np.int64)
    place = np.empty(len(score), np.int64)
    place[np.lexsort((np.arange(len(score)), -score, -known, tier))] = np.arange(1, len(score) + 1)
    return place


def measured(
    candidates: Candidates, streets: Streets, scene: Scene, ground: Judged, *, count_gaps: bool
) -> tuple[pd.DataFrame, tuple[Finding, ...]]:
    """
    The columns of ``Merits`` that the criteria are made of, and what is odd about the fronts of premises.

    Parameters
    ----------
    candidates
        Whatever is to be scored.
    streets, scene
        What of the road file they are judged by.
    ground
        The roads with everybody on them.
    count_gaps
        The way from a door to the road counts.
    """
    walk, units = ground.networks["walk"], ground.settled.people.units
    joined = {mode: network.join(Points(candidates.xy)) for mode, network in ground.networks.items()}
    within = people_within(
        walk.roads, joined["walk"], walk.people, units, count_gaps=count_gaps, threads=os.cpu_count() or 1
    )
    centres = walk.people.some(town_centres(ground.settled.people).astype(np.int32))
    front, odd = _fronts(candidates, streets, scene)
    names, kinds = np.array([*streets.names, ""], object), np.array([*STREET_KINDS, ""], object)
    near = [(place.edge, place.gap_mm) for place in (joined["road"], joined["walk"])]
    edge = _edge_in_front(front["edge"].to_numpy(), near)
    nearest = names[np.where(edge < 0, -1, streets.name[edge])]
    passing = np.full(len(candidates), np.nan)
    if len(centres) and len(candidates):
        ways = passing_people(walk.roads, walk.people, units, centres, count_gaps=count_gaps)
        passing = np.where(edge < 0, 0.0, passing_at(ways, edge))
    table = pd.DataFrame(
        {
            "near": within[:, 0],
            "walk": within[:, -1],
            "mean_walk_m": mean_walk_m(within),
            **_nearest_stop(candidates.xy, scene.stops),
            "passing": passing,
            **{name: front[name] for name in _FRONT_COLUMNS},
            **_along(candidates, streets, scene),
            "front_street": np.where(front["edge"] < 0, nearest, front["street"]),
            "front_kind": kinds[np.where(edge < 0, -1, streets.kind[edge])],
            "front_reason": front["reason"],
        }
    )
    return table, odd


def _fronts(candidates: Candidates, streets: Streets, scene: Scene) -> tuple[pd.DataFrame, tuple[Finding, ...]]:
    """As ``fronts_of_premises``; of stretches nothing is known, since their premises are still to be found."""
    frame = candidates.frame
    premises = np.flatnonzero(frame["label"].to_numpy() != STREET_STRETCH)
    found, odd = fronts_of_premises(candidates.xy[premises], streets, scene.buildings, scene.barred)
    found = found.set_index(premises).reindex(np.arange(len(frame)))
    texts = dict.fromkeys(("street", "kind", "side", "compass", "reason"), "")
    return found.fillna({**texts, "edge": -1}).astype({"edge": np.int64}), odd


def _along(candidates: Candidates, streets: Streets, scene: Scene) -> dict[str, Floats]:
    """Of stretches the fronts along them, as columns of ``Merits``; NaN of premises."""
    frame = candidates.frame
    bare = np.flatnonzero(frame["label"].to_numpy() == STREET_STRETCH)
    way_id, street = frame["way_id"].to_numpy()[bare], frame["street"].iloc[bare].tolist()
    found = fronts_along(
        candidates.xy[bare], way_id, street, streets=streets, buildings=scene.buildings, barred=scene.barred
    )
    found = found.set_index(bare).reindex(np.arange(len(frame)))
    return {
        "along_count": found["along_count"].to_numpy(),
        "along_m": found["along_m"].to_numpy(),
        "along_setback_m": found["setback_m"].to_numpy(),
    }


def _edge_in_front(front: Ints, near: list[tuple[Indices, Ints]]) -> Ints:
    """The street of the front, else the nearest one for vehicles, else the nearest way; -1 if none is within 50 m."""
    edge = front.copy()
    for nearest, gap_mm in near:
        edge = np.where((edge < 0) & (nearest >= 0) & (gap_mm <= IN_FRONT_M * 1000), nearest, edge)
    return edge


def _nearest_stop(xy: Floats, stops: Stops | None) -> dict[str, object]:
    columns = {"stop": np.full(len(xy), "", object), "stop_kind": np.full(len(xy), "", object)}
    if stops is not None and len(stops) and len(xy):
        row = nearest_row(xy, stops.xy)
        columns = {"stop": stops.frame["name"].to_numpy()[row], "stop_kind": stops.frame["kind"].to_numpy()[row]}
    return {**columns, "stop_m": stop_m(xy, stops)}


def criteria_of(table: pd.DataFrame, candidates: Candidates, streets: Streets, weights: CriteriaWeights) -> Criteria:
    """The criteria of candidates, from what ``measured`` says of them."""
    # Where no street is in front, that is known: it counts nothing.
    share = np.where(table["front_kind"] == "", 0.0, class_share(table["front_kind"].tolist()))
    bare = (candidates.frame["label"] == STREET_STRETCH).to_numpy()
    along = street_front(table["along_m"].to_numpy(), table["along_setback_m"].to_numpy(), half_m=ALONG_HALF_M)
    floats = {name: table[name].to_numpy(np.float64) for name in ("corner", "passing", "frontage_m", "setback_m")}
    values = (
        convenience(table["near"].to_numpy(), table["walk"].to_numpy(), table["mean_walk_m"].to_numpy()),
        transport(table["stop_m"].to_numpy(), share),
        conspicuousness(floats["corner"], share, junction_m(candidates.xy, streets), floats["passing"]),
        np.where(bare, along, street_front(floats["frontage_m"], floats["setback_m"])),
    )
    return scored(dict(zip(CRITERIA, values, strict=True)), weights)
