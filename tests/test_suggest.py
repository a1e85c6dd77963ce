"""Suggestions for a budget: every column by brute force, and what is judged again when the plan is built."""

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from streetmap import street_map
from test_candidates import named, premises_of
from test_nearest import networks, streets_of

from catchment.access.gaps import find_gaps
from catchment.access.judge import judge
from catchment.access.nearest import nearest_sites
from catchment.access.travel import straight_distance_m, travel
from catchment.model import Cause, Places, Points, Premises, Rule, Setting, Standard
from catchment.model import People as PeopleOf
from catchment.network.graph import graph
from catchment.network.snap import snap
from catchment.siting.candidates import Search, candidate_places
from catchment.siting.suggest import suggest

MODES = ("walk", "road")
GAP_M = 400


def people_at(xy, units, setting, region):
    return PeopleOf(
        xy=xy,
        units=np.array(units, np.int64),
        point_id=np.arange(len(xy)),
        region=np.array(region, np.int32),
        setting=np.array(setting, np.int8),
    )


class World:
    """Streets, people and sites, judged under a standard."""

    def __init__(self, streets, people, sites_xy, standard, *, count_gaps=True):
        self.streets, self.people, self.standard, self.count_gaps = streets, people, standard, count_gaps
        self.roads = {mode: graph(streets, mode) for mode in MODES}
        self.homes = self.joined(people)
        self.sites_xy = sites_xy
        self.access = self.judged(sites_xy)

    def joined(self, points):
        return {mode: snap(each, points, max_gap_m=GAP_M) for mode, each in self.roads.items()}

    def judged(self, sites_xy):
        sites = self.joined(Points(sites_xy))
        travels = {
            mode: travel(each, sites[mode], self.homes[mode], cutoff_m=1e6, count_gaps=self.count_gaps)
            for mode, each in self.roads.items()
        }
        straight = straight_distance_m(self.people.xy, sites_xy)
        far = np.full(len(self.people), np.inf)
        return judge(self.people, self.standard, travels, straight_m=straight, edge_m=far)

    def searches(self, spacing_m=200.0):
        modes = np.array([self.standard.rule(kind).mode for kind in Setting])[self.people.setting]
        slack = 1 if self.count_gaps else 1 + 2 * GAP_M
        return {
            mode: Search(
                self.people.xy[(modes == mode) & ~self.access.covered & (self.people.units > 0)],
                self.standard.limit_mm(mode) / 1000 + slack,
                spacing_m,
            )
            for mode in MODES
        }

    def suggestions(self, premises, budget=0, *, threads=1, **wished):
        searches = self.searches()
        found = candidate_places(premises, self.streets, list(searches.values()), sites_xy=self.sites_xy)
        suggestions = suggest(
            found,
            self.people,
            self.access,
            budget=budget,
            searches=searches,
            standard=self.standard,
            roads=self.roads,
            places=self.joined(found),
            sites=self.joined(Points(self.sites_xy)),
            homes=self.homes,
            gaps=find_gaps(self.people, self.access),
            region=np.arange(len(found), dtype=np.int32) % 2,
            setting=(np.arange(len(found)) % 3).astype(np.int8),
            region_count=2,
            count_gaps=self.count_gaps,
            threads=threads,
            **wished,
        )
        return found, suggestions

    def reached_by(self, xy):
        """Everybody whom one place alone serves, by the search that judges people."""
        return self.judged(xy.reshape(1, 2)).covered


def no_premises():
    return Premises(premises_of(("", (0.0, 0.0))).frame.iloc[:0])


STANDARD = Standard("custom", Rule.walking(7.5, 4.0), Rule.walking(7.5, 4.0), Rule.by_road(0.9))


@st.composite
def worlds(draw):
    node_count, edges, seed = draw(networks())
    random = np.random.default_rng(seed)
    streets = streets_of(node_count, edges, random)
    streets = replace(named(streets), name=random.integers(-1, 1, len(streets)).astype(np.int32))
    count = 25
    people = people_at(
        random.uniform(0, 0.02, (count, 2)),
        random.integers(0, 5000, count),
        random.integers(0, 3, count),
        random.integers(-1, 2, count),
    )
    halls = random.uniform(0, 0.02, (6, 2))
    premises = premises_of(*((f"馆{number}", place) for number, place in enumerate(halls)))
    world = World(streets, people, random.uniform(0, 0.02, (2, 2)), STANDARD, count_gaps=draw(st.booleans()))
    return world, premises


@given(worlds(), st.integers(1, 5))
@settings(max_examples=60, deadline=None)
def test_judging_again_with_the_plan_built_covers_exactly_what_it_says(drawn, budget):
    world, premises = drawn
    found, suggestions = world.suggestions(premises, budget)
    plan = suggestions.plan
    after = world.judged(np.concatenate([world.sites_xy, found.xy[plan.site]]))
    people, before = world.people, world.access.covered
    new = np.where(after.covered & ~before, people.units, 0)
    assert (before <= after.covered).all()
    assert plan.covered_units == new.sum() == suggestions.frame["added"].sum()
    assert suggestions.added_by_region.tolist() == [new[people.region == region].sum() for region in (0, 1)]
    assert suggestions.added_by_setting == {kind: new[people.setting == kind].sum() for kind in Setting}
    assert suggestions.uncovered_units == people.units[~before].sum()


@given(worlds(), st.integers(1, 5))
@settings(max_examples=60, deadline=None)
def test_every_column_is_that_of_looking_at_everybody(drawn, budget):
    world, premises = drawn
    found, suggestions = world.suggestions(premises, budget)
    people, frame, chosen = world.people, suggestions.frame, suggestions.plan.site
    alone = [world.reached_by(found.xy[candidate]) for candidate in chosen]
    sites, patch = world.joined(Points(world.sites_xy)), find_gaps(people, world.access).patch
    served = world.access.covered.copy()
    for rank, reached in enumerate(alone):
        row = frame.iloc[rank]
        new = np.where(reached & ~served, people.units, 0)
        others = np.logical_or.reduce([world.access.covered, *(alone[:rank] + alone[rank + 1 :])])
        assert row["added"] == new.sum()
        assert row["reach"] == people.units[reached].sum()
        assert row["only"] == people.units[reached & ~others].sum()
        totals = {number: new[patch == number].sum() for number in set(patch[new > 0].tolist())}
        assert row["gap"] == min(totals, key=lambda number: (-totals[number], number))
        served |= reached
        mode = STANDARD.rule(Setting(row["setting"])).mode
        here = Places(*(column[[chosen[rank]]] for column in _columns(world.joined(found)[mode])))
        nearest = nearest_sites(world.roads[mode], sites[mode], here, cutoff_m=1e9, k=1, count_gaps=world.count_gaps)
        cost_mm = nearest.cost_mm[0, 0]
        # Sites are searched to twice the limit, and on foot at least as far as a brisk quarter of an hour walks.
        searched_mm = {"walk": 2 * STANDARD.city.limit_mm, "road": 15_000_000}[mode]
        known = 0 <= cost_mm <= searched_mm
        assert (row["site"], row["cost_mm"]) == ((nearest.site[0, 0], cost_mm) if known else (-1, -1))


def _columns(places):
    return places.edge, places.offset_mm, places.gap_mm


@given(worlds())
@settings(max_examples=40, deadline=None)
def test_a_candidate_counts_if_it_reaches_anybody_uncovered_and_threads_change_nothing(drawn):
    world, premises = drawn
    found, suggestions = world.suggestions(premises, 3)
    reaching = [world.people.units[world.reached_by(place) & ~world.access.covered].sum() > 0 for place in found.xy]
    assert suggestions.considered_count == sum(reaching)
    _, again = world.suggestions(premises, 3, threads=3)
    pd.testing.assert_frame_equal(suggestions.frame, again.frame)


def test_the_plan_of_a_drawn_town():
    drawn = street_map("S---A------B-C------D")
    one = 1024
    people = people_at(drawn.points("ABCD").xy, [9 * one, 5 * one, 4 * one, one], [0, 0, 0, 0], [0, 0, 1, 1])
    world = World(named(drawn.streets), people, drawn.points("S").xy, STANDARD)
    hall = premises_of(("文化站", drawn.points("B", shift_m=(100, 20)).xy[0]))
    found, suggestions = world.suggestions(hall, 1)
    # S serves A, 400 m away; the hall between B and C serves both over 100 m of street and a gap of 20 m; D, at
    # 2,000 m, is 800 m away from it, over the limit of 500 m.
    row = suggestions.frame.iloc[0]
    assert (row["rank"], row["name"], row["premises"], row["street"]) == (1, "文化站", "premises.library", "中山路")
    assert (row["added"], row["only"], row["reach"]) == (9 * one, 9 * one, 9 * one)
    assert (row["site"], row["cost_mm"], row["gap"]) == (-1, -1, 0)
    assert suggestions.added_by_region.tolist() == [5 * one, 4 * one]
    assert (suggestions.uncovered_units, suggestions.plan.budget) == (10 * one, 1)
    # No single candidate reaches more, so for one site the bound proves it.
    assert suggestions.plan.status == "optimal"
    assert found.frame["premises"].tolist()[0] == "premises.library"


def test_people_cut_off_from_every_site_are_covered_by_a_candidate_on_their_own_roads():
    drawn = street_map("S--A\n\n\nB---C")
    people = people_at(drawn.points("ABC").xy, [1024, 2048, 1024], [2, 2, 2], [0, 0, 0])
    world = World(named(drawn.streets), people, drawn.points("S").xy, STANDARD)
    assert [Cause(cause) for cause in world.access.cause] == [Cause.COVERED, Cause.CUT_OFF, Cause.CUT_OFF]
    _, suggestions = world.suggestions(no_premises(), 1)
    assert suggestions.frame["added"].tolist() == [3 * 1024]
    assert suggestions.frame["only"].tolist() == [3 * 1024]
    assert suggestions.plan.status == "optimal"


@pytest.mark.parametrize("premises", [None, "far"])
def test_without_a_candidate_or_without_a_gap_there_is_nothing_to_suggest(premises):
    drawn = street_map("S--A")
    people = people_at(drawn.points("A").xy, [1024], [0], [0])
    halls = no_premises() if premises is None else premises_of(("远", (10.0, 10.0)))
    covered = World(named(drawn.streets), people, drawn.points("S").xy, STANDARD)
    _, nothing = covered.suggestions(halls, 3)
    assert (len(nothing), nothing.uncovered_units, nothing.considered_count) == (0, 0, 0)
    assert (nothing.added_by_region.tolist(), nothing.plan.status) == ([0, 0], "optimal")
    tracks = replace(named(drawn.streets, "track"), name=np.full(len(drawn.streets), -1, np.int32))
    left = World(tracks, people, np.array([[1.0, 1.0]]), STANDARD)
    _, nothing = left.suggestions(halls, 3)
    assert (len(nothing), nothing.uncovered_units, nothing.considered_count) == (0, 1024, 0)


def test_the_frame_has_the_columns_of_the_model():
    drawn = street_map("S--A-------B")
    people = people_at(drawn.points("AB").xy, [1024, 2048], [0, 2], [0, 1])
    _, suggestions = World(named(drawn.streets), people, drawn.points("S").xy, STANDARD).suggestions(no_premises(), 2)
    assert list(suggestions.frame.columns) == [
        *("rank", "candidate_id", "label", "name", "premises", "street", "kind", "lon", "lat", "region", "setting"),
        *("added", "reach", "only", "site", "cost_mm", "gap"),
    ]
    assert isinstance(no_premises().frame, gpd.GeoDataFrame)
