"""Five thousand random networks, the same at every run: every distance and every reach set is that of networkx."""

import numpy as np
import pytest
from networks import MODES, exact_costs, random_edges, ranked, scattered, streets_of

from catchment.access.nearest import nearest_sites
from catchment.access.reach import reach_sets
from catchment.network.graph import graph

SITES, PEOPLE, PER_BLOCK = 4, 8, 500


@pytest.mark.parametrize("block", range(10))
def test_distances_and_reach_sets_are_those_of_networkx(block):
    joined = reached = 0
    for number in range(block * PER_BLOCK, (block + 1) * PER_BLOCK):
        random = np.random.default_rng(number)
        streets = streets_of(*random_edges(random), random)
        mode, respect_oneway = MODES[number % len(MODES)]
        roads = graph(streets, mode, respect_oneway=respect_oneway)
        sites, people = scattered(roads, SITES, random), scattered(roads, PEOPLE, random)
        exact = exact_costs(streets, mode, respect_oneway, sites, people)
        _nearest_are(exact, roads, sites, people, number)
        # Half of the limits are hit exactly.
        limit_mm = int(random.choice(exact.ravel()) if number % 2 else random.integers(0, 4_000_000))
        reach = reach_sets(roads, sites, people, limit_m=limit_mm / 1000)
        within = (exact >= 0) & (exact <= limit_mm)
        for site in range(SITES):
            assert sorted(reach.people(site).tolist()) == np.flatnonzero(within[:, site]).tolist(), (number, site)
        joined += people.snapped.sum()
        reached += (exact >= 0).sum()
    # The worlds are neither all alike nor empty.
    assert 0.2 < joined / (PER_BLOCK * PEOPLE) < 0.99
    assert 0.1 < reached / (PER_BLOCK * PEOPLE * SITES) < 0.9


def _nearest_are(exact, roads, sites, people, number):
    for k in (1, 2):
        found = nearest_sites(roads, sites, people, cutoff_m=np.inf, k=k)
        for person, row in enumerate(exact.tolist()):
            pairs = zip(found.cost_mm[person].tolist(), found.site[person].tolist(), strict=True)
            assert [pair for pair in pairs if pair[1] >= 0] == ranked(row, k), (number, k, person)
