"""The datum of a ledger told from the roads: by head, on real and generated roads, in whole runs."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from datum_draws import beside_streets, in_datum
from hypothesis import given
from hypothesis import strategies as st

from catchment.config import read_settings
from catchment.errors import InputError, SettingsError
from catchment.model import Regions, Sites
from catchment.network.datum_fit import DATUMS, SURE, datum_fit, datums_of, road_distances_mm
from catchment.network.graph import graph
from catchment.network.osm import read_osm
from catchment.outputs.datums import datum_lines
from catchment.pipeline.datum import AskedFor, datum_fits, in_wgs84
from catchment.pipeline.read import read_inputs

DEMO = Path(__file__).parents[1] / "data" / "demo"


def fit_of(road_mm, *, stated=None, inside=None, group="a"):
    road_mm = np.array(road_mm)
    count = len(road_mm)
    stated = np.zeros(count, bool) if stated is None else np.array(stated)
    inside = np.zeros((count, 3), bool) if inside is None else np.array(inside, bool)
    return datum_fit(group, road_mm, stated, inside)


@pytest.fixture(scope="module")
def demo_streets():
    return read_osm(DEMO / "streets.osm.pbf")


def sites_of(xy, county="", township="", findings=()):
    said = {"county": county, "township": township, "name": "甲", "type": "township"}
    columns = {name: [value] * len(xy) if isinstance(value, str) else value for name, value in said.items()}
    ids = [f"{row:03}" for row in range(len(xy))]
    frame = gpd.GeoDataFrame({"site_id": ids, **columns}, geometry=gpd.points_from_xy(*xy.T), crs="EPSG:4326")
    return Sites(frame, findings)


def asked(datum, **by_county):
    return AskedFor(datum, "台账.csv", "sites.datum", by_county)


# ---------------------------------------------------------------- by head


def test_a_far_site_counts_a_hundred_metres_and_one_without_any_road_counts_nothing():
    found = fit_of([[10_000, 250_000, -1], [20_000, 30_000, -1], [-1, -1, -1]])
    assert (found.count, found.judged_count) == (3, 2)
    # (10 + 20) / 2, (100 + 30) / 2, (100 + 100) / 2
    assert found.road_m == (15.0, 65.0, 100.0)
    assert found.best == "wgs84"


def test_the_lead_is_the_mean_difference_over_its_standard_error():
    # Two sites, 40 m nearer each: no spread of their own, so 4 x 50² over 2 - 1 + 4 is the variance: 2000 m².
    found = fit_of([[50_000, 10_000, 90_000]] * 2)
    assert found.behind[0] == pytest.approx(40 / (2000 / 2) ** 0.5)
    assert found.behind[1] == 0
    assert found.confidence == found.behind[0]
    # One site is no proof, however near.
    assert not fit_of([[100_000, 0, 100_000]]).sure


def test_a_datum_that_takes_sites_out_of_their_county_loses():
    same = [[20_000, 20_000, 90_000]] * 30
    undecided = fit_of(same)
    assert undecided.confidence == 0
    inside = [[False, True, True]] * 10 + [[True, True, True]] * 20
    decided = fit_of(same, stated=[True] * 30, inside=inside)
    assert (decided.best, decided.inside_count) == ("gcj02", (20, 30, 30))
    assert decided.sure
    assert decided.road_m == (20.0, 20.0, 90.0)
    # Sites that say a wrong county are outside under every datum and say nothing.
    assert fit_of(same, stated=[True] * 30).behind == undecided.behind


def test_without_a_road_nothing_is_sure():
    found = fit_of([[-1, -1, -1]] * 50)
    assert found.judged_count == 0
    assert not found.sure
    assert datums_of(found, [found]) == [None]


def test_a_group_that_speaks_against_its_file_is_asked_and_in_a_mixed_file_every_unsure_one():
    gcj, bd = [[60_000, 15_000, 70_000]] * 30, [[60_000, 70_000, 15_000]] * 30
    # One site at 35 m rather than 30 m.
    unsure, against = [[60_000, 30_000, 35_000]], [[60_000, 70_000, 15_000]] * 2
    groups = [fit_of(rows) for rows in (gcj, unsure, against)]
    assert datums_of(fit_of(gcj + unsure + against), groups) == ["gcj02", "gcj02", None]
    groups = [fit_of(rows) for rows in (gcj, gcj, bd, unsure)]
    assert datums_of(fit_of(gcj + gcj + bd + unsure), groups) == ["gcj02", "gcj02", "bd09", None]


@given(st.lists(st.tuples(*[st.integers(-1, 300_000)] * 3), min_size=1, max_size=30), st.randoms())
def test_the_order_of_rows_leaves_no_trace(rows, random):
    shuffled = list(rows)
    random.shuffle(shuffled)
    # NaN is not equal to itself.
    assert repr(fit_of(rows)) == repr(fit_of(shuffled))


@given(st.lists(st.tuples(*[st.integers(0, 300_000)] * 3), min_size=1, max_size=30))
def test_the_best_has_the_smallest_mean_and_nobody_is_before_it(rows):
    found = fit_of(rows)
    assert found.road_m[DATUMS.index(found.best)] == min(found.road_m)
    assert min(found.behind) == 0


# ---------------------------------------------------------------- on roads


def verdicts(streets, sites_count, draws, seed):
    """Of many ledgers in each datum: whether the best is right, and the lead."""
    roads, random = graph(streets, "walk"), np.random.default_rng(seed)
    xy = beside_streets(streets, sites_count * draws, random)
    nowhere, outside = np.zeros(sites_count, bool), np.zeros((sites_count, 3), bool)
    found = []
    for datum in DATUMS:
        road_mm = road_distances_mm(roads, in_datum(xy, datum)).reshape(draws, sites_count, 3)
        fits = [datum_fit("", one, nowhere, outside) for one in road_mm]
        found += [(fit.best == datum, fit.confidence) for fit in fits]
    right, lead = np.array(found).T
    return right.astype(bool), lead


def test_twenty_sites_tell_the_datum_on_the_roads_of_wuhan(shared_data):
    streets = read_osm(shared_data / "wuhan" / "wuhan_drive.osm.pbf")
    right, lead = verdicts(streets, 20, 400, seed=20)
    assert right.mean() >= 0.99
    assert right[lead >= SURE].all()
    assert (lead >= SURE).mean() > 0.8
    # Five sites are often too few, and then it is not sure.
    right, lead = verdicts(streets, 5, 400, seed=5)
    assert right.mean() < 0.99
    assert right[lead >= SURE].all()


def test_twenty_sites_tell_the_datum_in_the_demo_county(demo_streets):
    right, lead = verdicts(demo_streets, 20, 400, seed=21)
    assert right.mean() >= 0.99
    assert right[lead >= SURE].all()


# ---------------------------------------------------------------- ledgers


def mixed_ledger(streets):
    """Three counties of 25 sites; the second is in BD-09, the others in GCJ-02."""
    xy = beside_streets(streets, 75, np.random.default_rng(9))
    county = np.repeat(["甲县", "乙县", "丙县"], 25)
    given_xy = np.where((county == "乙县")[:, None], in_datum(xy, "bd09"), in_datum(xy, "gcj02"))
    return xy, sites_of(given_xy, county=list(county))


def test_a_county_in_another_datum_is_found_and_converted_from_its_own(demo_streets):
    xy, ledger = mixed_ledger(demo_streets)
    moved, fits = in_wgs84(ledger, asked("auto"), streets=demo_streets, regions=None)
    np.testing.assert_allclose(moved.xy, xy, atol=1e-6)
    assert {fit.group: fit.best for fit in fits.groups} == {"甲县": "gcj02", "乙县": "bd09", "丙县": "gcj02"}
    mixed = [dict(one.facts) for one in moved.findings if one.word == "finding.datum_mixed"]
    assert mixed == [{"datums": "GCJ-02: 丙县, 甲县; BD-09: 乙县"}]
    np.testing.assert_array_equal(moved.frame[["lon_in", "lat_in"]], ledger.xy)
    assert list(moved.frame["datum_in"]) == ["gcj02"] * 25 + ["bd09"] * 25 + ["gcj02"] * 25
    table = datum_lines(fits.table(), "zh")
    assert len(table) == 2 + 4
    assert table[-1].startswith("甲县") and "GCJ-02" in table[-1]  # noqa: PT018 - one line


def test_a_stated_datum_is_taken_and_doubted_where_the_roads_say_another(demo_streets):
    xy, ledger = mixed_ledger(demo_streets)
    moved, _ = in_wgs84(ledger, asked("gcj02"), streets=demo_streets, regions=None)
    np.testing.assert_allclose(moved.xy[:25], xy[:25], atol=1e-6)
    doubts = [one for one in moved.findings if one.word == "finding.datum_doubted"]
    assert [(one.facts["group"], one.facts["best"]) for one in doubts] == [("乙县", "BD-09")]
    # Whoever names the county is not doubted.
    moved, _ = in_wgs84(ledger, asked("gcj02", 乙县="bd09"), streets=demo_streets, regions=None)
    np.testing.assert_allclose(moved.xy, xy, atol=1e-6)
    assert {one.word for one in moved.findings} == {"finding.datum_converted"}
    with pytest.raises(SettingsError, match="乙县"):
        in_wgs84(ledger, asked("gcj02", 乙="bd09"), streets=demo_streets, regions=None)


def test_too_few_sites_are_asked_for_with_their_scores(demo_streets):
    xy = in_datum(beside_streets(demo_streets, 2, np.random.default_rng(3)), "gcj02")
    with pytest.raises(InputError) as problem:
        in_wgs84(sites_of(xy, county="甲县"), asked("auto"), streets=demo_streets, regions=None)
    for language in ("zh", "en"):
        text = problem.value.text(language)
        assert "--datum" in text and "BD-09" in text and "台账.csv" in text  # noqa: PT018 - one message
    moved, _ = in_wgs84(sites_of(xy, county="甲县"), asked("auto", 甲县="gcj02"), streets=demo_streets, regions=None)
    assert list(moved.frame["datum_in"]) == ["gcj02"] * 2


def test_names_of_files_are_a_hint_that_is_said_but_never_counted(demo_streets):
    xy = in_datum(beside_streets(demo_streets, 40, np.random.default_rng(4)), "gcj02")
    said = AskedFor("auto", "百度坐标.csv", "sites.datum", {})
    moved, fits = in_wgs84(sites_of(xy), said, streets=demo_streets, regions=None)
    assert (fits.whole.hint, fits.whole.best) == ("bd09", "gcj02")
    assert [one.facts["hint"] for one in moved.findings if one.word == "finding.datum_hint"] == ["BD-09"]


def test_places_abroad_have_no_datum_to_tell(demo_streets):
    paris = sites_of(np.array([[2.35, 48.85]]))
    moved, fits = in_wgs84(paris, asked("auto"), streets=demo_streets, regions=None)
    assert moved.findings == ()
    assert fits is None


def test_a_site_is_looked_for_in_the_township_it_states_else_in_its_county(demo_streets):
    xy = beside_streets(demo_streets, 3, np.random.default_rng(6))
    (west, south), (east, north) = xy.min(axis=0) - 0.1, xy.max(axis=0) + 0.1
    frame = {"region_id": ["1", "2"], "name": ["东镇", "西镇"], "parent": ["樟树市", "樟树市"]}
    boxes = [shapely.box(west, south, east, north), shapely.box(east, south, east + 1, north)]
    regions = Regions(gpd.GeoDataFrame(frame, geometry=boxes, crs="EPSG:4326"))
    ledger = sites_of(xy, county=["樟树", "樟树", "别县"], township=["西镇", "", ""])
    fit = datum_fits(ledger, demo_streets, regions, file="a.csv").whole
    # The first states the western township and lies in the other; the second lies in its county; 别县 is no region.
    assert (fit.stated_count, fit.inside_count) == (2, (1, 1, 1))


def test_a_run_with_auto_is_the_run_with_the_datum_said(small_demo):
    said = read_inputs(read_settings(small_demo))
    told = read_inputs(read_settings(small_demo, overrides={"sites": {"datum": "auto"}}))
    np.testing.assert_array_equal(told.sites.xy, said.sites.xy)
    assert next(one.facts["best"] for one in told.findings if one.word == "finding.datum_judged") == "GCJ-02"
    wrong = read_inputs(read_settings(small_demo, overrides={"sites": {"datum": "bd09"}}))
    doubted = {one.file: one.facts["best"] for one in wrong.findings if one.word == "finding.datum_doubted"}
    assert doubted["sites.xlsx"] == "GCJ-02"
