"""Quotas that fill the targets: by head on small tables; and that a plan which keeps them fills what it says."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catchment.model import Progress, Targets
from catchment.siting.quotas import filling, quotas

TYPES = ("city", "county", "zone", "college", "tech", "township", "village")


def known(lacking, unit_row, *, has=(), townships=True, types=TYPES):
    """Progress of a ledger without sites, but for townships in ``has``; ``lacking`` is a row of counts per type."""
    counts = np.array(lacking, np.int64).reshape(-1, len(types))
    names = tuple("ABCDEF"[: len(counts)])
    table = Targets(names, types, counts, counts > 0, tuple(f"A{row + 2}" for row in range(len(counts))))
    none, nobody = np.zeros_like(counts), np.empty(0, np.int32)
    return Progress(
        targets=table,
        by_status={"open": none, "preparing": none, "planned": none},
        site_row=nobody,
        site_type=nobody,
        uncounted=nobody,
        unit_row=np.array(unit_row, np.int32),
        unit_name=tuple(f"u{unit}" for unit in range(len(unit_row))),
        is_township=np.full(len(unit_row), townships),
        has_township_site=np.isin(np.arange(len(unit_row)), has),
    )


def made_of(progress, unit, *, house=None, waiting=None, honoured=None):
    return quotas(
        progress,
        unit=unit,
        house=[""] * len(unit) if house is None else house,
        unit_units=np.zeros(len(progress.unit_row), int) if waiting is None else waiting,
        honoured=honoured,
    )


def shown(made):
    return [(group.name, np.asarray(group.sites).tolist(), group.least, group.most) for group in made.groups]


def lost(made):
    names, types = made.progress.targets.rows, made.progress.targets.types
    return [(names[short.row], types[short.type], short.count, short.word[6:], short.units) for short in made.unfilled]


def test_each_township_without_a_site_gets_one():
    made = made_of(known([0, 0, 0, 0, 0, 2, 0], [0, 0, 0], has=[1]), [0, 0, 1, 2])
    assert shown(made) == [("A/u0", [0, 1], 1, 1), ("A/u2", [3], 1, 1)]
    assert (made.budget, lost(made)) == (2, [])


def test_village_sites_go_anywhere_in_their_row_and_share_its_townships():
    made = made_of(known([[0, 0, 0, 0, 0, 1, 2], [0, 0, 0, 0, 0, 0, 1]], [0, 0, 1], has=[1]), [0, 1, 1, 2, -1])
    assert shown(made) == [("A/u0", [0], 1, 3), ("A", [0, 1, 2], 3, 3), ("B", [3], 1, 1)]
    assert made.budget == 4


def test_where_fewer_are_lacking_than_townships_are_empty_those_with_most_people_come_first():
    made = made_of(known([0, 0, 0, 0, 0, 2, 0], [0, 0, 0, 0]), [0, 1, 2, 3], waiting=[5, 9, 5, 7])
    assert [name for name, *_ in shown(made)] == ["A/u1", "A/u3"]
    tied = made_of(known([0, 0, 0, 0, 0, 1, 0], [0, 0]), [0, 1])
    assert [name for name, *_ in shown(tied)] == ["A/u0"]


def test_parks_and_schools_take_premises_of_their_own_kind_and_nobody_else_takes_those():
    houses = ["zone", "", "zone", "college"]
    made = made_of(known([0, 0, 1, 1, 1, 1, 0], [0]), [0, 0, 0, 0], house=houses)
    assert shown(made) == [("A/u0", [1], 1, 1), ("A/zone", [0, 2], 1, 1), ("A/college", [3], 1, 1)]
    assert lost(made) == [("A", "tech", 1, "no_house", ())]


def test_what_cannot_be_filled_is_said_with_its_reason_and_townships():
    lacking = [[0, 0, 0, 0, 0, 4, 2], [1, 0, 0, 0, 0, 1, 1]]
    made = made_of(known(lacking, [0, 0, 0], has=[2]), [0])
    assert shown(made) == [("A/u0", [0], 1, 1)]
    assert lost(made) == [
        ("A", "township", 1, "no_place_in_township", ("u1",)),
        ("A", "township", 2, "every_township_has_one", ()),
        ("A", "village", 2, "no_place_in_row", ()),
        ("B", "city", 1, "no_place_in_row", ()),
        ("B", "township", 1, "no_townships", ()),
        ("B", "village", 1, "no_place_in_row", ()),
    ]
    assert made.budget + sum(short.count for short in made.unfilled) == np.sum(lacking)


def test_a_layer_of_counties_fills_villages_but_not_townships():
    made = made_of(known([0, 0, 0, 0, 0, 1, 1], [0], townships=False), [0, 0])
    assert shown(made) == [("A", [0, 1], 1, 1)]
    assert lost(made) == [("A", "township", 1, "no_townships", ())]


def test_a_table_without_townships_has_quotas_by_row():
    made = made_of(known([2, 1], [0], types=("county", "clinic")), [0, 0, 0])
    assert shown(made) == [("A", [0, 1, 2], 3, 3)]
    types = [made.progress.targets.types[kind] for kind in filling(made, [2, 0, 1]).type]
    assert types == ["county", "county", "clinic"]


def test_the_first_place_in_a_township_is_its_site_and_the_highest_level_serves_most():
    made = made_of(known([0, 1, 1, 0, 0, 1, 1], [0, 0], has=[1]), [0, 0, 1, 0], house=["", "", "", "zone"])
    found = filling(made, [2, 1, 3, 0])
    assert [TYPES[kind] for kind in found.type] == ["county", "township", "zone", "village"]
    assert (found.row.tolist(), found.lacking, found.unfilled) == ([0, 0, 0, 0], 4, ())


def test_what_a_stopped_plan_did_not_choose_is_said():
    made = made_of(known([0, 0, 0, 0, 0, 1, 1], [0]), [0, 0])
    assert [(short.type, short.count, short.word) for short in filling(made, [1]).unfilled] == [
        (6, 1, "quota.not_chosen")
    ]


def test_village_sites_take_honoured_communities_and_townships_other_places():
    made = made_of(known([0, 0, 0, 0, 0, 1, 2], [0, 0], has=[1]), [0, 0, 1, 1], honoured=[True, False, False, True])
    assert shown(made) == [("A/u0", [1], 1, 3), ("A", [0, 1, 2, 3], 3, 3), ("A/village", [0, 3], 2, None)]
    assert [TYPES[kind] for kind in filling(made, [0, 1, 3]).type] == ["village", "township", "village"]


def test_a_township_with_honoured_places_alone_keeps_one_for_its_own_site():
    made = made_of(known([0, 0, 0, 0, 0, 1, 2], [0, 0], has=[1]), [0, 0, 1], honoured=[True, True, False])
    # One of the two is the township's own, so that one is left for villages.
    assert shown(made) == [("A/u0", [0, 1], 1, 3), ("A", [0, 1, 2], 3, 3), ("A/village", [0, 1], 2, None)]


def test_a_row_that_lacks_no_village_site_has_no_preference():
    made = made_of(known([0, 0, 0, 0, 0, 1, 0], [0]), [0, 0], honoured=[True, True])
    assert shown(made) == [("A/u0", [0, 1], 1, 1)]
    assert not made.honoured.any()


def test_a_site_of_the_county_leaves_the_honoured_community_to_a_village():
    made = made_of(known([0, 1, 0, 0, 0, 0, 1], [0]), [0, 0], honoured=[True, False])
    assert [TYPES[kind] for kind in filling(made, [0, 1]).type] == ["village", "county"]


def test_a_stopped_plan_that_misses_a_township_still_says_what_each_place_is_for():
    made = made_of(known([0, 0, 0, 0, 0, 1, 1], [0, 0], has=[1]), [0, 1, 1])
    assert [TYPES[kind] for kind in filling(made, [1, 2]).type] == ["village", "township"]


def test_nothing_lacking_is_nothing_to_fill():
    made = made_of(known([0] * 7, [0]), [0, 0])
    assert (made.groups, made.budget, made.unfilled) == ((), 0, ())


@st.composite
def worlds(draw):
    """Up to two rows, four townships and six candidates."""
    lacking = draw(st.lists(st.tuples(*[st.integers(0, 2)] * 3), min_size=1, max_size=2))
    counts = [[0, 0, zone, 0, 0, township, village] for zone, township, village in lacking]
    unit_row = draw(st.lists(st.integers(-1, len(lacking) - 1), min_size=1, max_size=4))
    unit = draw(st.lists(st.integers(-1, len(unit_row) - 1), min_size=0, max_size=6))
    house = draw(st.lists(st.sampled_from(["", "", "zone"]), min_size=len(unit), max_size=len(unit)))
    has = draw(st.lists(st.integers(0, len(unit_row) - 1), max_size=2))
    return known(counts, unit_row, has=has), unit, house


@settings(deadline=None, max_examples=150)
@given(worlds())
def test_some_plan_keeps_all_quotas_and_every_one_that_does_fills_exactly_what_is_said(world):
    progress, unit, house = world
    made = made_of(progress, unit, house=house)
    said = sum(short.count for short in made.unfilled)
    assert made.budget + said == progress.lacking.sum()
    plans = [
        plan
        for plan in combinations(range(len(unit)), made.budget)
        if all(
            group.least <= np.isin(plan, group.sites).sum() <= (len(unit) if group.most is None else group.most)
            for group in made.groups
        )
    ]
    assert plans
    for plan in plans:
        found = filling(made, plan)
        assert found.unfilled == made.unfilled
        filled = np.zeros_like(progress.lacking)
        np.add.at(filled, (found.row, found.type), 1)
        assert (filled <= progress.lacking).all()
        of_townships = [unit[site] for site, kind in zip(plan, found.type, strict=True) if TYPES[kind] == "township"]
        assert len(set(of_townships)) == len(of_townships)
        assert not progress.has_township_site[of_townships].any()


def keeps(plan, groups):
    """Whether a plan keeps the quotas."""
    inside = [(group, np.isin(plan, group.sites).sum()) for group in groups]
    return all(group.least <= count <= (99 if group.most is None else group.most) for group, count in inside)


@settings(deadline=None, max_examples=150)
@given(worlds(), st.lists(st.booleans(), min_size=6, max_size=6))
def test_with_the_preference_every_plan_has_as_many_honoured_villages_as_any_that_fills_the_targets(world, marks):
    progress, unit, house = world
    honoured = np.array(marks[: len(unit)], bool) & np.array([not kind for kind in house], bool)
    made, plain = (made_of(progress, unit, house=house, honoured=each) for each in (honoured, None))
    assert (made.budget, made.unfilled) == (plain.budget, plain.unfilled)

    def honoured_villages(plan, quotas_made):
        kinds = [TYPES[kind] for kind in filling(quotas_made, plan).type]
        return sum(kind == "village" and honoured[site] for site, kind in zip(plan, kinds, strict=True))

    plans = list(combinations(range(len(unit)), made.budget))
    preferred = [plan for plan in plans if keeps(plan, made.groups)]
    assert preferred
    assert all(keeps(plan, plain.groups) for plan in preferred)
    # Whatever township site is taken out of the honoured ones, no plan that fills the targets has more.
    most = max(honoured_villages(plan, made) for plan in plans if keeps(plan, plain.groups))
    assert {honoured_villages(plan, made) for plan in preferred} == {most}
    for plan in preferred:
        found = filling(made, plan)
        assert found.unfilled == made.unfilled


@pytest.mark.parametrize("word", ["quota.no_house", "quota.no_townships"])
def test_reasons_are_words_of_the_catalogue(word):
    from catchment.words import say  # noqa: PLC0415 - only here

    assert say(word, "zh") != say(word, "en")
