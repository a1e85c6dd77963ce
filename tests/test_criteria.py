"""The four criteria, what they are made of, and the score: by head, by the laws of a share, and as the docs say."""

import re
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from streetmap import street_map

from catchment.access.nearest import nearest_sites
from catchment.config import settings_of
from catchment.errors import SettingsError
from catchment.model import CRITERIA, CriteriaWeights, Stops
from catchment.network.graph import graph
from catchment.network.passing import passing_people
from catchment.network.streets import STREET_KINDS
from catchment.siting import criteria
from catchment.siting.criteria import (
    CLASS_SHARE,
    class_share,
    conspicuousness,
    convenience,
    reference_people,
    street_front,
    transport,
)
from catchment.siting.surroundings import junction_m, mean_walk_m, passing_at, people_within, stop_m
from catchment.siting.weigh import criteria_findings, scored

PERSON = 1024
PROJECT = {"inputs": {"sites": "s.csv", "roads": "r.osm", "population": "p.tif"}}
DOCS = Path(__file__).parents[1] / "docs" / "criteria.md"

amounts = st.floats(0, 1e9)
shares = st.floats(0, 1)


def one(value):
    return np.array([value], np.float64)


def stops_at(xy):
    return Stops(gpd.GeoDataFrame(geometry=gpd.points_from_xy(*xy.T), crs="EPSG:4326"))


@settings(deadline=None)
@given(st.tuples(*[amounts] * 6), st.floats(0, 1200), shares, st.sampled_from([0.0, 1.0]))
def test_every_criterion_is_a_share(figures, walk, share, corner):
    near, more, stop, junction, passing, front = figures
    values = [
        convenience(one(near * PERSON), one((near + more) * PERSON), one(walk)),
        transport(one(stop), one(share)),
        conspicuousness(one(corner), one(share), one(junction), one(passing * PERSON)),
        street_front(one(front), one(stop)),
    ]
    assert all(0 <= value[0] <= 1 for value in values)


@settings(deadline=None)
@given(amounts, amounts, shares, st.floats(0, 1200))
def test_more_of_what_is_good_never_lowers_a_criterion(amount, more, share, walk):
    both = np.array([amount, amount + more])
    same = np.full(2, share)

    def rises(values):
        return values[1] >= values[0] - 1e-12

    assert rises(convenience(both * PERSON, both[1:] * PERSON, np.full(2, walk)))
    assert rises(convenience(both[:1] * PERSON, both * PERSON, np.full(2, walk)))
    assert rises(convenience(both[:1], both[:1], np.array([walk, walk / 2])))
    assert rises(transport(both[::-1], same))
    assert rises(transport(np.full(2, amount), np.array([share / 2, share])))
    assert rises(conspicuousness(np.array([0.0, 1.0]), same, np.full(2, amount), np.full(2, more)))
    assert rises(conspicuousness(same, same, both[::-1], np.full(2, more)))
    assert rises(conspicuousness(same, same, np.full(2, more), both * PERSON))
    assert rises(street_front(both, np.full(2, walk / 40)))
    assert rises(street_front(np.full(2, amount), both[::-1]))


def test_an_unknown_part_makes_its_criterion_unknown_and_no_other():
    nothing, some = one(np.nan), one(0.4)
    assert np.isnan(convenience(nothing, some, some))
    assert np.isnan(convenience(some, some, nothing))
    assert np.isnan(transport(nothing, some))
    assert np.isnan(transport(some, nothing))
    for unknown in range(4):
        parts = [nothing if part == unknown else some for part in range(4)]
        assert np.isnan(conspicuousness(*parts))
    assert np.isnan(street_front(nothing, some))
    # Without a front there is no setback to know.
    assert street_front(one(0), nothing).tolist() == [0]


def test_far_from_everything_is_nothing_but_known():
    nowhere = one(np.inf)
    assert convenience(one(0), one(0), nowhere).tolist() == [0]
    assert transport(nowhere, one(0)).tolist() == [0]
    assert conspicuousness(one(0), one(0), nowhere, one(0)).tolist() == [0]


def test_every_class_of_street_has_a_share():
    assert set(CLASS_SHARE) == set(STREET_KINDS)
    assert not np.isnan(class_share(STREET_KINDS)).any()


def test_a_score_is_the_mean_by_weight_of_what_is_known():
    columns = {
        "convenience": np.array([1.0, np.nan, np.nan, 0.5]),
        "transport": np.array([0.0, 0.5, np.nan, 0.5]),
        "conspicuousness": np.array([0.5, 0.5, np.nan, np.nan]),
        "street_front": np.array([0.0, 1.0, np.nan, np.nan]),
    }
    found = scored(columns, CriteriaWeights(convenience=4, transport=3, conspicuousness=2, street_front=1))
    # (4 + 1) / 10; (1.5 + 1 + 1) / 6; nothing known; 0.5 whatever the weights.
    assert found.frame["score"].round(6).tolist()[:2] == [0.5, 0.583333]
    assert np.isnan(found.frame["score"][2])
    assert found.frame["score"][3] == 0.5
    assert found.frame["known"].tolist() == [1.0, 0.6, 0.0, 0.7]
    assert list(found.frame) == [*CRITERIA, "score", "known"]
    said = {finding.word: finding.facts for finding in criteria_findings(found)}
    assert said == {
        "finding.criterion_convenience": {"count": 2, "total": 4},
        "finding.criterion_transport": {"count": 1, "total": 4},
        "finding.criterion_conspicuousness": {"count": 2, "total": 4},
        "finding.criterion_street_front": {"count": 2, "total": 4},
    }


def test_a_criterion_without_weight_changes_no_score():
    columns = {name: np.array([0.25, 0.5]) for name in CRITERIA}
    weights = CriteriaWeights(transport=0)
    other = columns | {"transport": np.array([np.nan, 1.0])}
    assert scored(columns, weights).frame["score"].tolist() == scored(other, weights).frame["score"].tolist()
    only = CriteriaWeights(0, 1, 0, 0)
    assert np.isnan(scored(other, only).frame["score"][0])


@settings(deadline=None)
@given(st.lists(st.tuples(*[st.one_of(shares, st.just(np.nan))] * 4), min_size=1, max_size=8), st.floats(0.01, 100))
def test_only_ratios_of_weights_matter_and_a_score_lies_among_its_criteria(rows, factor):
    columns = dict(zip(CRITERIA, np.array(rows).T, strict=True))
    first = scored(columns, CriteriaWeights()).frame["score"].to_numpy()
    again = scored(columns, CriteriaWeights(3 * factor, 2 * factor, 2 * factor, 3 * factor)).frame["score"]
    np.testing.assert_allclose(first, again, atol=1e-12)
    for row, score in zip(rows, first, strict=True):
        known = [value for value in row if not np.isnan(value)]
        assert (min(known) - 1e-12 <= score <= max(known) + 1e-12) if known else np.isnan(score)


def test_people_within_three_walks_and_their_mean():
    drawn = street_map("A----B-C---D")
    roads = graph(drawn.streets, "walk")
    # From B: A is 500 m away, C 200 m, D 600 m.
    homes, place = drawn.places(roads, "ACD"), drawn.places(roads, "B")
    units = np.array([1, 2, 5])
    within = people_within(roads, place, homes, units, limits_m=(400, 550, 1200))
    assert within.tolist() == [[2, 3, 8]]
    # 2 walk 200 m, 1 walks 475 m, 5 walk 875 m.
    assert mean_walk_m(within, (400, 550, 1200)).tolist() == [(2 * 200 + 475 + 5 * 875) / 8]


def test_the_mean_walk_is_off_by_half_a_step_at_most():
    random = np.random.default_rng(5)
    drawn = street_map("+-+-+-+\n| | | |\n+-+-+-+\n| | | |\n+-A-+-B\n")
    roads = graph(drawn.streets, "walk")
    edges = random.integers(0, len(drawn.streets), 60).astype(np.int32)
    homes = drawn.places(roads, "A" * 60)
    homes = type(homes)(edges, random.integers(0, 100_000, 60), np.zeros(60, np.int64))
    places, units = drawn.places(roads, "AB"), random.integers(1, 100, 60)
    limits = (200.0, 400.0, 600.0)
    found = mean_walk_m(people_within(roads, places, homes, units, limits_m=limits), limits)
    for place in range(2):
        index = np.array([place], np.int32)
        cost = nearest_sites(roads, places.some(index), homes, cutoff_m=600, k=1).cost_m
        exact = (cost * units)[~np.isnan(cost)].sum() / units[~np.isnan(cost)].sum()
        assert abs(found[place] - exact) <= 100


def test_a_junction_is_where_three_streets_meet_and_a_path_makes_none():
    drawn = street_map("A-B-C-D\n  |   :\n  +   .\n")
    xy = drawn.points("BCAD").xy
    assert junction_m(xy, drawn.streets).round().tolist() == [0, 200, 200, 400]
    assert junction_m(xy, street_map("A-B-C-D").streets).tolist() == [np.inf] * 4


def test_a_road_file_without_any_stop_tells_nothing_of_stops():
    here = np.array([[0.0, 0.0]])
    none = stops_at(np.empty((0, 2)))
    assert np.isnan(stop_m(here, None)).all()
    assert np.isnan(stop_m(here, none)).all()
    two = stops_at(np.array([[0.01, 0.0], [0.0, 0.001]]))
    assert stop_m(here, two).round(1).tolist() == [110.6]


def test_who_passes_a_place_is_who_passes_its_street():
    drawn = street_map("A-B-T")
    roads = graph(drawn.streets, "walk")
    homes = drawn.places(roads, "A")
    passing = passing_people(roads, homes, np.array([3]), drawn.places(roads, "T"))
    assert passing_at(passing, drawn.places(roads, "BA").edge).tolist() == [3, 3]


def test_weights_are_read_from_the_project_file():
    plain = settings_of(PROJECT, file="p.toml", folder=Path())
    assert plain.siting.weights.weights() == CriteriaWeights()
    asked = settings_of(PROJECT | {"siting": {"weights": {"transport": 0}}}, file="p.toml", folder=Path())
    assert asked.siting.weights.weights() == CriteriaWeights(transport=0)


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ({"transport": -1}, "transport"),
        ({"transport": float("nan")}, "transport"),
        ({"transport": float("inf")}, "transport"),
        ({"street": 1}, "street_front"),
        (dict.fromkeys(CRITERIA, 0), "all weights"),
    ],
)
def test_weights_that_cannot_be_meant_are_refused(weights, message):
    with pytest.raises(SettingsError, match=message):
        settings_of(PROJECT | {"siting": {"weights": weights}}, file="p.toml", folder=Path())


def test_the_docs_state_the_figures_of_the_code():
    text = DOCS.read_text(encoding="utf-8")
    figures = (criteria.STOP_M, criteria.JUNCTION_M, criteria.SETBACK_M, criteria.FRONT_M)
    assert all(f"{figure:.0f} m" in text for figure in figures)
    assert f"half {criteria.TOWN_PEOPLE:,}" in text
    assert f"half {reference_people(400):,.0f};" in text
    assert f"half {reference_people(1200):,.0f};" in text
    weights = CriteriaWeights()
    for name in CRITERIA:
        row = re.search(rf"\| `{name}` \| \S+ \| (\d+) \|", text)
        assert float(row[1]) == getattr(weights, name)
    for share in set(CLASS_SHARE.values()) - {0.0}:
        assert f"{share:g}" in text
