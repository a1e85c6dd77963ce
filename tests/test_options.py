"""What-if options: the union of runs is what the search judges, for the run as computed and under every reading."""

from dataclasses import replace

import numpy as np
import pytest
from choices import covered_by, with_hand_made_options
from streetmap import street_map
from test_suggest import people_at

from catchment.access.reach import reach_under_standard, reach_under_standards
from catchment.model import Points, Rule, Setting, Standard
from catchment.network.graph import graph
from catchment.network.snap import snap
from catchment.siting.candidates import no_candidates, street_stretches
from catchment.siting.options import reach_options, readings

MODES = ("walk", "road")


def test_the_open_options_cover_exactly_the_covered(village_run):
    options, access = village_run.options, village_run.access
    assert (covered_by(village_run, "asked", options.open) == access.covered).all()


def test_the_open_options_give_the_figures_of_every_region_and_setting(village_run):
    people, options = village_run.people, village_run.options
    units = np.where(covered_by(village_run, "asked", options.open), people.units, 0)
    by_region = [units[people.region == region].sum() for region in range(len(village_run.by_region))]
    assert by_region == village_run.by_region["covered"].tolist()
    by_setting = {
        kind: (people.units[people.setting == kind].sum(), units[people.setting == kind].sum()) for kind in Setting
    }
    assert by_setting == village_run.totals.by_setting


def test_slow_and_brisk_readings_give_the_range_of_the_headline(village_run):
    units, options, totals = village_run.people.units, village_run.options, village_run.totals
    assert units[covered_by(village_run, "slow", options.open)].sum() == totals.covered_slow
    assert units[covered_by(village_run, "brisk", options.open)].sum() == totals.covered_brisk


def test_building_the_plan_step_by_step_adds_what_it_says(village_run):
    units, options, plan = village_run.people.units, village_run.options, village_run.suggestions
    chosen, covered = options.open.copy(), village_run.totals.covered
    ids = options.candidates.frame["candidate_id"].to_numpy()
    assert len(plan) > 0
    for row in plan.frame.to_dict("records"):
        option = np.flatnonzero(options.candidate >= 0)[ids == row["candidate_id"]]
        assert units[options.reach["asked"].people(option[0])].sum() == row["reach"]
        chosen[option] = True
        covered += row["added"]
        assert units[covered_by(village_run, "asked", chosen)].sum() == covered


def test_sites_on_the_roads_come_first_then_the_plan_then_the_others(village_run):
    options, plan = village_run.options, village_run.suggestions
    sites = int((options.site >= 0).sum())
    assert (np.diff(options.site[:sites]) > 0).all()
    assert set(np.flatnonzero(~village_run.unsnapped)) <= set(options.site[:sites].tolist())
    assert options.candidate[sites:].tolist() == list(range(len(options.candidates)))
    shown = options.candidates.frame["candidate_id"].tolist()
    assert shown[: len(plan)] == village_run.suggestions.frame["candidate_id"].tolist()
    alone = plan.alone_units[np.array(shown) - 1]
    own = (options.candidates.frame["tier"] == "tier.own").to_numpy()[len(plan) :]
    assert not (np.diff(own.astype(int)) > 0).any()
    for those in (own, ~own):
        assert (np.diff(alone[len(plan) :][those]) <= 0).all()
    assert alone.min() > 0
    assert (options.open == np.append(village_run.counted[options.site[:sites]], np.zeros(len(shown), bool))).all()


def test_a_shorter_reading_covers_nobody_a_longer_one_does_not(village_run):
    options = village_run.options
    assert list(options.readings) == ["asked", "slow", "brisk", "two_thirds", "one_third"]
    one, two, asked, slow, brisk = (
        covered_by(village_run, key, options.open) for key in ("one_third", "two_thirds", "asked", "slow", "brisk")
    )
    assert (one <= two).all()
    assert (two <= asked).all()
    assert (slow <= asked).all()
    assert (asked <= brisk).all()


WALK = Rule.walking(7.5, 4.0)
STANDARD = Standard("custom", WALK, WALK, Rule.by_road(0.9))


def drawn_town():
    """Sites S and T, six homes of which F is cut off, and candidates 200 m apart, as arguments of reach_options."""
    drawn = street_map("S---A-----B--C--T---D---E\n\n\nF--G")
    streets = replace(drawn.streets, kind=np.full_like(drawn.streets.kind, 5))
    one = 1024
    people = people_at(
        drawn.points("ABCDEF").xy, [one, 2 * one, 3 * one, 4 * one, 5 * one, 6 * one], [0, 1, 2, 0, 2, 2], [0] * 6
    )
    roads = {mode: graph(streets, mode) for mode in MODES}
    candidates = street_stretches(streets, people.xy, near_m=500)

    def joined(points):
        return {mode: snap(roads[mode], points, max_gap_m=100) for mode in MODES}

    return (
        people,
        candidates,
        {
            "roads": roads,
            "homes": joined(people),
            "sites": joined(Points(drawn.points("ST").xy)),
            "counted": np.array([True, False]),
            "places": joined(candidates),
        },
    )


def test_every_reading_has_the_order_of_the_first():
    people, _, world = drawn_town()
    arguments = (world["roads"], world["places"], world["homes"])
    orders = [reach_under_standard(people, each, *arguments).order.tolist() for each in readings(STANDARD).values()]
    together = list(reach_under_standards(people, list(readings(STANDARD).values()), *arguments))
    assert all(order == orders[0] for order in orders)
    assert [reach.order.tolist() for reach in together] == orders
    assert sorted(orders[0]) == list(range(len(people)))


def test_standards_searched_together_reach_whom_they_reach_alone():
    people, _, world = drawn_town()
    arguments = (world["roads"], world["places"], world["homes"])
    standards = list(readings(STANDARD).values())
    for standard, reach in zip(standards, reach_under_standards(people, standards, *arguments), strict=True):
        alone = reach_under_standard(people, standard, *arguments)
        for name in ("source_ptr", "start", "stop", "order"):
            assert getattr(reach, name).tolist() == getattr(alone, name).tolist()


def test_readings_go_from_the_end_when_there_is_no_room():
    people, candidates, world = drawn_town()
    everything = reach_options(people, STANDARD, candidates, **world)
    sizes = [len(reach.start) for reach in everything.reach.values()]
    assert len(sizes) == 5
    for count in range(1, 6):
        some = reach_options(people, STANDARD, candidates, **world, most_runs=sum(sizes[:count]))
        assert list(some.readings) == list(some.reach) == list(everything.readings)[:count]
    only_asked = reach_options(people, STANDARD, candidates, **world, most_runs=0)
    assert list(only_asked.readings) == ["asked"]


def test_candidates_go_from_the_end_when_even_the_first_reading_has_no_room():
    people, candidates, world = drawn_town()
    everything = reach_options(people, STANDARD, candidates, **world)
    ptr = everything.reach["asked"].source_ptr
    for count in range(2, len(everything) + 1):
        room = int(ptr[count])
        some = reach_options(people, STANDARD, candidates, **world, most_runs_asked=room)
        # Options that reach nobody take no room.
        assert len(some) == np.searchsorted(ptr, room, side="right") - 1
        assert len(some.candidates) == len(some) - 2
        for option in range(len(some)):
            mine, whole = (each.reach["asked"].people(option).tolist() for each in (some, everything))
            assert mine == whole
    assert reach_options(people, STANDARD, candidates, **world, most_runs_asked=int(ptr[2]) - 1) is None


def test_without_candidates_the_sites_are_the_options():
    people, _, world = drawn_town()
    nothing = no_candidates()
    world["places"] = {mode: snap(world["roads"][mode], nothing, max_gap_m=100) for mode in MODES}
    options = reach_options(people, STANDARD, nothing, **world)
    assert options.site.tolist() == [0, 1]
    assert options.open.tolist() == [True, False]
    # On foot (500 m) S reaches A at 400 m, T C at 300 m and D at 400 m, not B at 600 m; by road (900 m) E at 800 m.
    assert options.reach["asked"].people(0).tolist() == [0]
    assert set(options.reach["asked"].people(1).tolist()) == {2, 3, 4}


@pytest.mark.parametrize("walks", [True, False])
def test_walking_speeds_are_readings_only_where_minutes_are_asked(walks):
    rule = WALK if walks else Rule.by_road(2)
    keys = list(readings(Standard("custom", rule, rule, Rule.by_road(5))))
    assert keys == ["asked", *(["slow", "brisk"] if walks else []), "two_thirds", "one_third"]


def test_the_hand_made_options_cover_what_the_hand_made_run_does(make_run):
    run = with_hand_made_options(make_run())
    units, options = run.people.units, run.options
    assert (covered_by(run, "asked", options.open) == run.access.covered).all()
    assert units[covered_by(run, "slow", options.open)].sum() == run.totals.covered_slow
