"""Two projects, and why other people are covered in the second: every mixture of both is judged."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from catchment.access.judge import covered_under
from catchment.access.ledgers import ledger_changes
from catchment.access.shares import shared_change
from catchment.access.travel import travel
from catchment.errors import InputError
from catchment.model import Attribution, ChangeCause, ComparedRun
from catchment.pipeline.judged import counted_by
from catchment.pipeline.network import MODES, network_of, only
from catchment.pipeline.people import settle
from catchment.pipeline.read import read_inputs

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from catchment.access.ledgers import LedgerChanges
    from catchment.config import Settings
    from catchment.model import Ints, Mask, Mode, People, Places, RoadGraph, Sites, Standard
    from catchment.pipeline.read import Inputs
    from catchment.pipeline.stopwatch import Stopwatch

NETWORK_ROLES = ("roads", "edits")
POPULATION_ROLES = ("population", "census", "regions", "urban")
"""Files whose content makes the cause."""


@dataclass(frozen=True, eq=False)
class Side:
    """One of the two projects, read, with its people in their settings."""

    settings: Settings
    inputs: Inputs
    people: People


def read_side(settings: Settings, *, cache: Path | None = None, watch: Stopwatch | None = None) -> Side:
    """
    Read a project and settle its people; where it would build is not looked at.

    Raises
    ------
    InputError, SettingsError
        As ``read_inputs``.
    """
    siting = settings.siting.model_copy(update={"budget": None, "cover": None, "fill_targets": False})
    settings = settings.model_copy(update={"siting": siting})
    inputs = read_inputs(settings, cache=cache, watch=watch)
    return Side(settings, inputs, settle(inputs, settings).people)


def attribute_change(before: Side, after: Side) -> Attribution:
    """
    The change of covered people by cause, in all and by region.

    Raises
    ------
    InputError
        If the two are of different regions, or of places that do not meet.
    """
    _refuse_other_regions(before, after)
    changes = ledger_changes(
        before.inputs.sites,
        after.inputs.sites,
        counted_before=_counted(before.inputs.sites, before, after),
        counted_after=_counted(after.inputs.sites, before, after),
        other_datum=before.settings.sites.datum != after.settings.sites.datum,
    )
    causes = _causes(before, after, changes)
    values = _values((before, after), changes, causes)
    people = np.column_stack(
        [_by_region(side.people, np.ones(len(side.people), bool), after) for side in (before, after)]
    )
    return Attribution(
        before=_titled(before),
        after=_titled(after),
        causes=causes,
        regions=_region_names(after),
        people=people,
        covered=np.column_stack([values[0], values[-1]]),
        change=shared_change(values),
        sites=_sites(before, after, changes),
        evaluated=len(values),
    )


def _refuse_other_regions(before: Side, after: Side) -> None:
    ids = [_region_ids(side) for side in (before, after)]
    if ids[0] != ids[1]:
        alone = sorted({*ids[0]} ^ {*ids[1]})
        facts = {"before": len(ids[0]), "after": len(ids[1]), "ids": ", ".join(alone[:10])}
        raise InputError("error.compare_regions", **facts)
    # Two places that share no regions at all share no ground either.
    lows, highs = (
        [getattr(side.people.xy[side.people.units > 0], side_of)(axis=0) for side in (before, after)]
        for side_of in ("min", "max")
    )
    if (np.maximum(*lows) > np.minimum(*highs)).any():
        raise InputError("error.compare_places")


def _region_ids(side: Side) -> list[str]:
    regions = side.inputs.regions
    return [] if regions is None else regions.frame["region_id"].tolist()


def _region_names(side: Side) -> pd.DataFrame:
    if side.inputs.regions is None:
        return pd.DataFrame({name: [""] for name in ("region_id", "name", "parent")})
    names: pd.DataFrame = side.inputs.regions.frame[["region_id", "name", "parent"]].reset_index(drop=True)
    return names


def _titled(side: Side) -> ComparedRun:
    settings = side.settings
    return ComparedRun(settings.name, settings.date or side.inputs.newest, settings.standard.standard())


def _counted(sites: Sites, before: Side, after: Side) -> Mask:
    """Which sites of a ledger count by the rules before and by those after, shape (2, sites)."""
    rules = (side.settings.sites for side in (before, after))
    return np.array([counted_by(rule, sites) for rule in rules])


def _causes(before: Side, after: Side, changes: LedgerChanges) -> tuple[ChangeCause, ...]:
    """What differs between the two."""
    one, other = before.settings, after.settings
    differs = {cause: bool((changes.before == cause).any() or (changes.after == cause).any()) for cause in ChangeCause}
    differs[ChangeCause.NETWORK] = _files(before, *NETWORK_ROLES) != _files(after, *NETWORK_ROLES) or (
        one.roads != other.roads
    )
    differs[ChangeCause.POPULATION] = _files(before, *POPULATION_ROLES) != _files(after, *POPULATION_ROLES) or (
        (one.census, one.settlement) != (other.census, other.settlement)
    )
    differs[ChangeCause.STANDARD] = (
        one.standard.standard(),
        {*one.sites.uncounted_types},
        {*one.sites.counted_ids},
    ) != (other.standard.standard(), {*other.sites.uncounted_types}, {*other.sites.counted_ids})
    return tuple(cause for cause in ChangeCause if differs[cause])


def _files(side: Side, *roles: str) -> dict[str, str]:
    return {source.role: source.sha256 for source in side.inputs.sources if source.role in roles}


def _sites(before: Side, after: Side, changes: LedgerChanges) -> tuple[tuple[ChangeCause, str, str], ...]:
    """Sites by cause and id, called as after, or as before where they are not in the ledger any more."""
    gone, serving = changes.before == ChangeCause.CLOSED, (changes.after >= 0) & (changes.after != ChangeCause.CLOSED)
    found = []
    for side, causes, here in ((before, changes.before, gone), (after, changes.after, serving)):
        frame = side.inputs.sites.frame[here]
        rows = zip(causes[here].tolist(), frame["site_id"], frame["name"], strict=True)
        found += [(ChangeCause(cause), site, name) for cause, site, name in rows]
    return tuple(sorted(found))


def _by_region(people: People, here: Mask, side: Side) -> Ints:
    """Units by region; all in one row where there are no regions."""
    if side.inputs.regions is None:
        return np.array([int(people.units[here].sum())])
    here = here & (people.region >= 0)
    total = np.zeros(len(side.inputs.regions), np.int64)
    np.add.at(total, people.region[here], people.units[here])
    return total


@dataclass(frozen=True, eq=False)
class _Joined:
    """The roads of one project with the people of one and the sites of both, before first."""

    roads: RoadGraph
    sites: Places
    people: Places


def _values(sides: tuple[Side, Side], changes: LedgerChanges, causes: tuple[ChangeCause, ...]) -> Ints:
    """Covered people of every mixture by region, shape (2**k, r)."""
    networks, populations = (
        (False, True) if cause in causes else (False,) for cause in (ChangeCause.NETWORK, ChangeCause.POPULATION)
    )
    # Joined once for each pair; the sites of both ledgers stand one after another.
    joined = {pair: _joined(sides, *pair) for pair in product(networks, populations)}
    counted = np.concatenate([_counted(side.inputs.sites, *sides) for side in sides], axis=1)
    rows = []
    for mixture in range(1 << len(causes)):
        came = {cause for bit, cause in enumerate(causes) if mixture >> bit & 1}
        serving = counted[int(ChangeCause.STANDARD in came)] & changes.kept(came)
        network, population = ChangeCause.NETWORK in came, ChangeCause.POPULATION in came
        rows.append(_covered(sides, joined[network, population], serving, came))
    return np.array(rows, np.int64)


def _joined(sides: tuple[Side, Side], network: bool, population: bool) -> Mapping[Mode, _Joined]:  # noqa: FBT001 - keys of a table
    side, people = sides[network], sides[population].people
    joined = {}
    for mode in MODES:
        found = network_of(mode, side.inputs, people, side.settings)
        ledgers = [found.join(each.inputs.sites) for each in sides]
        joined[mode] = _Joined(found.roads, ledgers[0].followed_by(ledgers[1]), found.people)
    return joined


def _covered(sides: tuple[Side, Side], networks: Mapping[Mode, _Joined], serving: Mask, came: set[ChangeCause]) -> Ints:
    """Covered people by region where some causes have come."""
    people = sides[ChangeCause.POPULATION in came].people
    rules = sides[ChangeCause.STANDARD in came].settings.standard.standard()
    count_gaps = sides[ChangeCause.NETWORK in came].settings.roads.count_gaps
    travels = {
        mode: travel(
            joined.roads,
            only(joined.sites, serving),
            joined.people,
            cutoff_m=_limit_m(rules, mode),
            count_gaps=count_gaps,
        )
        for mode, joined in networks.items()
    }
    return _by_region(people, covered_under(people, rules, travels), sides[1])


def _limit_m(standard: Standard, mode: Mode) -> float:
    """How far to search: a mode that no rule uses is searched for a metre [m]."""
    return max(standard.limit_mm(mode) / 1000, 1.0)
