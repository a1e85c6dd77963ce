"""The rules of a project file (``[siting]``) as rules of a plan, and as they are said."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial import KDTree

from catchment.errors import SettingsError
from catchment.geo.measure import earth_centred
from catchment.geo.shapes import polygon_of
from catchment.model import Finding, SaidRule, share_of
from catchment.outputs.wishes import share_asked
from catchment.pipeline.named import candidate_of, kind_named, regions_named
from catchment.pipeline.survey import refused_candidates
from catchment.siting.floors import PeopleFloor
from catchment.siting.rules import NO_RULES, Group, Rules
from catchment.words import Phrases

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from catchment.config import FloorSettings, QuotaSettings, Settings, SitingSettings
    from catchment.model import Candidates, Floats, Ints, Mask, Regions
    from catchment.pipeline.judged import Judged
    from catchment.pipeline.read import Inputs
    from catchment.siting.quotas import Quotas

MOST_NAMES = 10
"""So many candidates or regions of a rule are named."""

_KEYS = {
    "error.rules_least_most": "quota",
    "error.rules_must_most": "must, quota, exclusive",
    "error.rules_budget": "budget, must, quota, one_per_unit",
    "error.rules_most_cost": "most_cost, cost",
}
"""What of ``[siting]`` an error of the solver is about."""


@dataclass(frozen=True, eq=False)
class Wished:
    """What a project wishes of its plan besides the number of sites or the share."""

    rules: Rules = NO_RULES
    floors: tuple[PeopleFloor, ...] = ()
    said: tuple[SaidRule, ...] = ()
    findings: tuple[Finding, ...] = ()


@contextmanager
def named_by_key() -> Iterator[None]:
    """Errors of rules that contradict one another say the key of the project file too."""
    try:
        yield
    except SettingsError as problem:
        if problem.word not in _KEYS:
            raise
        reason = Phrases(((problem.word, problem.facts),))
        raise SettingsError("error.siting_rules", key=_KEYS[problem.word], reason=reason) from problem


def wished(candidates: Candidates, inputs: Inputs, settings: Settings, ground: Judged) -> Wished:
    """
    The rules of a project over its candidates.

    Parameters
    ----------
    candidates
        All of them.
    inputs, settings
        What was read, and how.
    ground
        Who is covered, and which sites count.

    Raises
    ------
    SettingsError
        If a rule names what is not there, or two contradict each other; it names the key.
    """
    asked, regions = settings.siting, inputs.regions
    must, never = (_listed(getattr(asked, key), candidates, key) for key in ("must", "never"))
    both = sorted(set(must) & set(never))
    if both:
        raise SettingsError("error.siting_must_never", sites=", ".join(str(site + 1) for site in both))
    refused = refused_candidates(candidates, inputs.survey)
    _refuse_refused(must, refused)
    near = _near_sites(candidates, inputs, ground, asked)
    _refuse_near(must, near, asked)
    barred = near.copy()
    barred[never] = True
    usable = ~barred
    usable[refused] = False
    groups = [*_quotas(asked.quota, candidates, regions), *_exclusive(asked, candidates)]
    units, findings = _units(candidates, inputs, ground, ~usable) if asked.one_per_unit else ([], [])
    with named_by_key():
        rules = Rules(
            groups=(*(group for group, _ in groups), *units),
            must=must,
            never=np.flatnonzero(barred).tolist(),
            spacing_m=asked.spacing_m,
            cost=costs_of(candidates, asked),
            most_cost=asked.most_cost,
        )
    if not rules.none:
        # By themselves they serve nobody in the plan; but a quota takes places that serve nobody.
        rules = replace(rules, never=np.flatnonzero(~usable).tolist())
    said = (
        *_said_distances(asked),
        *_said_sites(candidates, must=must, never=never, refused=refused),
        *(text for _, text in groups),
        *([SaidRule("one_per_unit", "rule.one_per_unit", {"count": len(units)})] if asked.one_per_unit else []),
        *_said_floors(asked.floor),
        *([] if asked.most_cost is None else [SaidRule("most_cost", "rule.most_cost", {"most": asked.most_cost})]),
    )
    return Wished(rules, tuple(_floors(asked.floor, regions, ground)), said, tuple(findings))


# ---- distances and single candidates


def _existing_m(asked: SitingSettings) -> float:
    return asked.spacing_m if asked.spacing_existing_m is None else asked.spacing_existing_m


def _said_distances(asked: SitingSettings) -> Iterator[SaidRule]:
    if asked.spacing_m:
        yield SaidRule("spacing_m", "rule.spacing", {"metres": f"{asked.spacing_m:g}"})
    if _existing_m(asked):
        yield SaidRule("spacing_existing_m", "rule.spacing_existing", {"metres": f"{_existing_m(asked):g}"})


def _near_sites(candidates: Candidates, inputs: Inputs, ground: Judged, asked: SitingSettings) -> Mask:
    """Candidates nearer to a counted site than allowed, shape (candidates,)."""
    least_m, sites_xy = _existing_m(asked), inputs.sites.xy[ground.counted]
    if not least_m or not len(sites_xy) or not len(candidates):
        return np.zeros(len(candidates), bool)
    away_m, _ = KDTree(earth_centred(sites_xy)).query(earth_centred(candidates.xy))
    near: Mask = away_m < least_m
    return near


def _refuse_refused(must: Sequence[int], refused: Sequence[int]) -> None:
    both = sorted(set(must) & set(refused))
    if both:
        raise SettingsError("error.siting_must_refused", sites=", ".join(str(site + 1) for site in both))


def _refuse_near(must: Sequence[int], near: Mask, asked: SitingSettings) -> None:
    for site in must:
        if near[site]:
            raise SettingsError("error.siting_must_near", site=site + 1, metres=f"{_existing_m(asked):g}")


def _listed(written: Sequence[int | str], candidates: Candidates, key: str) -> list[int]:
    """The candidates of a list, each once."""
    return list(dict.fromkeys(candidate_of(each, candidates, key) for each in written))


def filled_by(quota: Quotas, candidates: Candidates, inputs: Inputs) -> Wished:
    """The quotas of the targets, over what no site visit has found unusable."""
    refused = refused_candidates(candidates, inputs.survey)
    return Wished(Rules(groups=quota.groups, never=refused), said=tuple(_said_sites(candidates, refused=refused)))


def _said_sites(candidates: Candidates, **lists: Sequence[int]) -> Iterator[SaidRule]:
    for key, sites in lists.items():
        if sites:
            yield SaidRule(key, f"rule.{key}", {"count": len(sites), "names": _names(sites, candidates)})


def _names(sites: Sequence[int], candidates: Candidates) -> str:
    names = candidates.frame["name"].tolist()
    return ", ".join(f"{site + 1} {names[site]}".strip() for site in sites[:MOST_NAMES])


# ---- money


def costs_of(candidates: Candidates, asked: SitingSettings) -> Ints | None:
    """What each candidate costs, shape (candidates,); ``None`` where money decides nothing."""
    if not asked.cost or (asked.most_cost is None and asked.cover is None):
        return None
    kinds = candidates.frame["premises"].to_numpy()
    cost = np.full(len(candidates), asked.cost.get("default", 0), np.int64)
    for written, amount in asked.cost.items():
        if written != "default":
            cost[kinds == kind_named(written, "cost")] = amount
    return cost


# ---- groups


def _quotas(
    asked: Sequence[QuotaSettings], candidates: Candidates, regions: Regions | None
) -> Iterator[tuple[Group, SaidRule]]:
    kinds = candidates.frame["premises"].to_numpy()
    for number, quota in enumerate(asked, 1):
        key, here = f"quota {number}", np.ones(len(candidates), bool)
        if quota.county is not None or quota.region is not None:
            mine = regions_named(regions, county=quota.county, region=quota.region, key=key)
            here &= np.append(mine, False)[_region_of(candidates, regions)]
        if quota.kind is not None:
            here &= kinds == kind_named(quota.kind, key)
        parts = (quota.county, quota.region, quota.kind)
        name = quota.name or " ".join(filter(None, parts)) or f"quota {number}"
        word = "rule.quota_least" if quota.most is None else "rule.quota"
        said = SaidRule("quota", word, {"name": name, "least": quota.least, "most": quota.most or 0})
        yield Group(name, np.flatnonzero(here), quota.least, quota.most), said


def _exclusive(asked: SitingSettings, candidates: Candidates) -> Iterator[tuple[Group, SaidRule]]:
    for written in asked.exclusive:
        sites = sorted({candidate_of(each, candidates, "exclusive") for each in written})
        names = _names(sites, candidates)
        yield Group(names, np.array(sites, np.int64), 0, 1), SaidRule("exclusive", "rule.exclusive", {"names": names})


def _units(candidates: Candidates, inputs: Inputs, ground: Judged, barred: Mask) -> tuple[list[Group], list[Finding]]:
    """A group for each region that has candidates and no counted site; and which have neither."""
    regions = inputs.regions
    if regions is None:
        raise SettingsError("error.siting_needs_regions", key="one_per_unit")
    unit = np.where(barred, -1, _region_of(candidates, regions))
    served = _inside(inputs.sites.xy[ground.counted], regions)
    names = regions.frame["name"].astype(str).tolist()
    empty = [region for region in range(len(regions)) if region not in served]
    groups = [Group(names[region], np.flatnonzero(unit == region), 1) for region in empty if (unit == region).any()]
    lost = [names[region] for region in empty if not (unit == region).any()]
    facts: dict[str, str | int] = {"count": len(lost), "names": ", ".join(lost[:MOST_NAMES])}
    return groups, [Finding("note", "finding.suggest_unit_empty", facts)] if lost else []


def _region_of(candidates: Candidates, regions: Regions | None) -> Ints:
    if regions is None:
        return np.full(len(candidates), -1)
    return polygon_of(candidates.xy, regions.frame.geometry.to_numpy()).astype(np.int64)


def _inside(xy: Floats, regions: Regions) -> set[int]:
    """Regions that some places lie in."""
    return set(polygon_of(xy, regions.frame.geometry.to_numpy()).tolist())


# ---- floors


def _floors(
    asked: float | tuple[FloorSettings, ...] | None, regions: Regions | None, ground: Judged
) -> Iterator[PeopleFloor]:
    people, covered = ground.settled.people, ground.access.covered
    for name, share, mine in _shares(asked, regions):
        here = np.append(mine, False)[people.region]
        least_units = share_of(share, int(people.units[here].sum())) - int(people.units[here & covered].sum())
        if least_units > 0:
            yield PeopleFloor(name, here, least_units)


def _said_floors(asked: float | tuple[FloorSettings, ...] | None) -> Iterator[SaidRule]:
    if isinstance(asked, float):
        yield SaidRule("floor", "rule.floor_each", {"share": share_asked(asked)})
    elif asked is not None:
        for number, floor in enumerate(asked, 1):
            yield SaidRule(
                "floor", "rule.floor", {"name": _floor_name(floor, number), "share": share_asked(floor.share)}
            )


def _floor_name(floor: FloorSettings, number: int) -> str:
    return " ".join(filter(None, (floor.county, floor.region))) or f"floor {number}"


def _shares(
    asked: float | tuple[FloorSettings, ...] | None, regions: Regions | None
) -> Iterator[tuple[str, float, Mask]]:
    """Name, least share and regions of each floor; one share alone is for every county, or region without counties."""
    if asked is None or asked == ():
        return
    if isinstance(asked, tuple):
        for number, floor in enumerate(asked, 1):
            mine = regions_named(regions, county=floor.county, region=floor.region, key=f"floor {number}")
            yield _floor_name(floor, number), floor.share, mine
        return
    if regions is None:
        raise SettingsError("error.siting_needs_regions", key="floor")
    parents = regions.frame["parent"].astype(str).tolist()
    counties = sorted(set(filter(None, parents)))
    labels = parents if len(counties) > 1 else regions.frame["name"].astype(str).tolist()
    for label in dict.fromkeys(filter(None, labels)):
        yield label, asked, np.array([each == label for each in labels], bool)
