"""What people can get done within the standard: who has a site in reach that offers it."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from catchment.inputs.headers import normal
from catchment.model import ServiceCover, Setting

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from catchment.model import Ints, Mask, People, Plan, ReachSets, Sites

MOST_OTHERS = 20
"""Things that ledgers offer beyond the plan's: those that most sites offer."""

_BETWEEN = re.compile(r"[,，、;；/+＋\s]+")


class Offer(NamedTuple):
    """One thing to get done, and which open sites offer it."""

    name: str
    sites: Mask
    """Shape (sites,)."""
    stated: Mask
    """Those whose ledger says so itself, shape (sites,)."""


def offers(sites: Sites, plan: Plan) -> tuple[Offer, ...]:
    """
    The plan's services in its order, then others of the ledger, and who offers them.

    A site offers what its ledger says (column ``services``), else what the plan says of its type. The ledger says one
    of the plan's services if its text has the words in it.

    Parameters
    ----------
    sites
        The ledger; sites that are not open offer nothing.
    plan
        Its types and their services.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> from catchment.model import Plan, PlanType, Sites
    >>> columns = {"site_id": ["a", "b"], "type": ["county"] * 2, "status": ["open"] * 2, "services": ["", "jobs"]}
    >>> sites = Sites(gpd.GeoDataFrame(columns, geometry=shapely.points([[0, 0], [0, 1]]), crs=4326))
    >>> plan = Plan("x", types=(PlanType("county", services=("advice",)),))
    >>> [(offer.name, offer.sites.tolist()) for offer in offers(sites, plan)]
    [('advice', [True, False]), ('jobs', [False, True])]
    """
    frame = sites.frame
    is_open = (frame["status"] == "open").to_numpy()
    texts = frame.get("services", frame["type"].map(lambda _: ""))
    stated = np.array([normal(text) != "" for text in texts], bool) & is_open
    names = dict.fromkeys(service for kind in plan.types for service in kind.services)
    others = _others(texts[stated], list(names))
    found = []
    for name in [*names, *others]:
        by_type = {kind.code for kind in plan.types if name in kind.services}
        says = stated & np.array([normal(name) in normal(text) for text in texts], bool)
        found.append(Offer(name, says | (is_open & ~stated & frame["type"].isin(by_type).to_numpy()), says))
    return tuple(found)


def _others(texts: Sequence[str], known: Sequence[str]) -> list[str]:
    words = Counter(word for text in texts for word in dict.fromkeys(_BETWEEN.split(text)) if word)
    new = {word: count for word, count in words.items() if not any(normal(name) in normal(word) for name in known)}
    return sorted(new, key=lambda word: (-new[word], word))[:MOST_OTHERS]


def service_cover(
    found: Sequence[Offer],
    people: People,
    reach: ReachSets,
    *,
    counted: Mask,
    groups: Mapping[str, Ints] | None = None,
) -> tuple[ServiceCover, ...]:
    """
    Who has each service within the standard, by network cost to people.

    Parameters
    ----------
    found
        From ``offers``.
    people
        Residents in their settings.
    reach
        Whom each site covers under their own rule, from ``reach_under_standard``.
    counted
        Which sites count for the public; the others serve nobody here, shape (sites,).
    groups
        1/1024 persons of each key group at each point, by its name.
    """
    return tuple(_covers(found, people, reach, counted, groups or {}))


def _covers(
    found: Sequence[Offer], people: People, reach: ReachSets, counted: Mask, groups: Mapping[str, Ints]
) -> Iterator[ServiceCover]:
    for offer in found:
        covered = reached_by(reach, offer.sites & counted)
        yield ServiceCover(
            name=offer.name,
            sites_count=int(offer.sites.sum()),
            counted_count=int((offer.sites & counted).sum()),
            people=int(people.units.sum()),
            covered=int(people.units[covered].sum()),
            by_setting={
                setting: (int(people.units[here].sum()), int(people.units[here & covered].sum()))
                for setting in Setting
                if (here := people.setting == setting).any()
            },
            by_group={name: (int(units.sum()), int(units[covered].sum())) for name, units in groups.items()},
            stated_count=int(offer.stated.sum()),
        )


def reached_by(reach: ReachSets, sources: Mask) -> Mask:
    """
    Everybody whom at least one of some sources reaches, shape (n,).

    Parameters
    ----------
    reach
        Reach sets.
    sources
        Which of them, shape (sources,).

    Examples
    --------
    >>> from catchment.model import ReachSets
    >>> runs = np.array([0, 2], np.int32), np.array([2, 3], np.int32)
    >>> reach = ReachSets(np.array([0, 1, 2]), *runs, order=np.array([2, 0, 1], np.int32))
    >>> reached_by(reach, np.array([True, False])).tolist()
    [True, False, True]
    """
    runs = np.repeat(sources, np.diff(reach.source_ptr))
    steps = np.zeros(len(reach.order) + 1, np.int64)
    np.add.at(steps, reach.start[runs], 1)
    np.add.at(steps, reach.stop[runs], -1)
    reached = np.zeros(len(reach.order), bool)
    reached[reach.order] = np.cumsum(steps[:-1]) > 0
    return reached
