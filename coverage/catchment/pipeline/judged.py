"""Everybody joined to the roads and judged: what every answer about a project begins with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from catchment.access.approximate import sure_enough
from catchment.access.judge import judge
from catchment.access.tables import counted_sites
from catchment.access.totals import widest_search_m
from catchment.access.travel import straight_distance_m, travel
from catchment.geo.measure import distance_to_edge_m
from catchment.geo.shapes import distance_inside_m
from catchment.inputs.kinds import type_of
from catchment.model import Setting
from catchment.pipeline.network import MODES, Network, network_of, only
from catchment.pipeline.people import Settled, settle

if TYPE_CHECKING:
    from collections.abc import Mapping

    from catchment.access.travel import Travel
    from catchment.config import Settings, SiteSettings
    from catchment.model import Access, Floats, Mask, Mode, People, Sites
    from catchment.pipeline.read import Inputs
    from catchment.pipeline.stopwatch import Stopwatch


@dataclass(frozen=True, eq=False)
class Judged:
    """People in their settings, the roads with everybody on them, and who is covered."""

    settled: Settled
    networks: Mapping[Mode, Network]
    counted: Mask
    """Which sites count for the public, shape (sites,)."""
    travels: Mapping[Mode, Travel]
    """To the sites that count."""
    access: Access


def judged(inputs: Inputs, settings: Settings, watch: Stopwatch) -> Judged:
    """
    Settle the people, join everybody to the roads and judge.

    Raises
    ------
    InputError, SettingsError
        As ``settle``.
    """
    sites = inputs.sites
    with watch.stage("people"):
        settled = settle(inputs, settings)
    people = settled.people
    with watch.stage("network"):
        networks = {mode: network_of(mode, inputs, people, settings) for mode in MODES}
    counted = counted_by(settings.sites, sites)
    sure = {mode: _sure(sites, mode, settings) for mode in MODES}
    counted = counted & (sure["walk"] | sure["road"])
    with watch.stage("access"):
        travels = travels_to(networks, counted, settings)
        access = judge(
            people,
            settings.standard.standard(),
            travels,
            straight_m=_straight_m(people, sites, {mode: counted & sure[mode] for mode in MODES}, settings),
            edge_m=_edge_m(people.xy, inputs),
        )
    return Judged(settled, networks, counted, travels, access)


def counted_by(rule: SiteSettings, sites: Sites) -> Mask:
    """Which sites count for the public; the types of the project are told as those of a ledger are."""
    return counted_sites(sites, tuple(map(type_of, rule.uncounted_types)), rule.counted_ids, rule.counted_zones)


def travels_to(networks: Mapping[Mode, Network], counted: Mask, settings: Settings) -> dict[Mode, Travel]:
    """How far everybody travels to the sites that count, by mode."""
    standard = settings.standard.standard()
    return {
        mode: travel(
            network.roads,
            only(network.sites, counted),
            network.people,
            cutoff_m=widest_search_m(standard, mode),
            count_gaps=settings.roads.count_gaps,
        )
        for mode, network in networks.items()
    }


def _sure(sites: Sites, mode: Mode, settings: Settings) -> Mask:
    return sure_enough(sites, mode, limit_m=settings.standard.standard().limit_mm(mode) / 1000)


def _straight_m(people: People, sites: Sites, counted: Mapping[Mode, Mask], settings: Settings) -> Floats:
    """Straight distance to the nearest site that counts under a resident's own rule, shape (n,)."""
    by_road = straight_distance_m(people.xy, sites.xy[counted["road"]])
    if np.array_equal(counted["walk"], counted["road"]):
        return by_road
    standard = settings.standard.standard()
    on_foot = np.array([standard.rule(setting).mode == "walk" for setting in Setting])[people.setting]
    return np.where(on_foot, straight_distance_m(people.xy, sites.xy[counted["walk"]]), by_road)


def _edge_m(xy: Floats, inputs: Inputs) -> Floats:
    if inputs.roads_area is None:
        return distance_to_edge_m(xy, inputs.streets.bounds)
    return distance_inside_m(xy, inputs.roads_area)
