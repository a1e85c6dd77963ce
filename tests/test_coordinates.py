"""Coordinates as ledgers have them: what each notation means, what is asked, and that good ones stay as they are."""

from __future__ import annotations

import csv

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Transformer

from catchment.errors import InputError
from catchment.geo.grids import lonlat_of_grid
from catchment.inputs.sites import diagnosed_sites, read_sites
from catchment.words import LANGUAGES, say

# Every row means this place: 114 + 23/60 + 15/3600 = 114.3875, 27 + 48/60 + 18/3600 = 27.805.
LON, LAT = "114.3875", "27.805"

# Cell of the longitude, cell of the latitude, what is proposed for each (empty: it stays), and why.
CELLS = [
    ("114°23′15″", LAT, LON, "", "minutes"),
    ("114度23分15秒", "27度48分18秒", LON, LAT, "minutes"),
    ("E114°23'15.0\"", "N27°48'18\"", LON, LAT, "minutes"),
    ("东经114°23′15″", "北纬27°48′18″", LON, LAT, "minutes"),
    ("１１４°２３′１５″", LAT, LON, "", "minutes"),
    ("114º23'15''", LAT, LON, "", "minutes"),
    ("114 ° 23 ′ 15 ″", LAT, LON, "", "minutes"),
    ("114°23.25′", LAT, LON, "", "minutes"),
    ("114.23.15", "27.48.18", LON, LAT, "minutes"),
    ("114:23:15", "27:48:18", LON, LAT, "minutes"),
    ("114 23 15", "27 48 18", LON, LAT, "minutes"),
    ("114-23-15", "27-48-18", LON, LAT, "minutes"),
    ("114。3875", LAT, LON, "", "digits"),
    ("１１４｡３８７５", LAT, LON, "", "digits"),
    ("114，3875", "27,805", LON, LAT, "digits"),
    ("114.3875E", "27.805N", LON, LAT, "digits"),
    ("114.3875°", "27.805°", LON, LAT, "digits"),
    ("经度：114.3875", LAT, LON, "", "digits"),
    ("114. 3875", "27 .805", LON, LAT, "digits"),
    ("114.387 5", LAT, LON, "", "digits"),
    ("114.3875", "27.8O5", "", LAT, "digits"),
    (LAT, LON, LON, LAT, "swapped"),
    ("N27°48′18″", "E114°23′15″", LON, LAT, "swapped"),
    ("27805000", "114387500", LON, LAT, "swapped"),
    ("114387500", "27805000", LON, LAT, "millionths"),
    ("114387500", LAT, LON, "", "millionths"),
    ("114.3875,27.805", "", LON, LAT, "pair"),
    ("27.805，114.3875", "27.805，114.3875", LON, LAT, "pair"),
    ("", "E114°23′15″ N27°48′18″", LON, LAT, "pair"),
]

PAIRS = [
    "东经114°23′15″，北纬27°48′18″",
    "N27°48′18″ E114°23′15″",
    "E114°23′15″N27°48′18″",
    "114°23′15″E27°48′18″N",
    "114 23 15 27 48 18",
    "114.23.15,27.48.18",
    "114.3875E/27.805N",
    "[114.3875, 27.805]",
    "114387500,27805000",
    "27805000；114387500",
    "北纬27.805东经114.3875",
]


def ledger(folder, *cells, header="名称,经度,纬度"):
    path = folder / "台账.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([header.split(","), *((f"站{number}", *row) for number, row in enumerate(cells))])
    return path


@pytest.mark.parametrize(("lon", "lat", "lon_text", "lat_text", "kind"), CELLS)
def test_each_way_to_write_a_coordinate_has_its_proposal(*, tmp_path, lon, lat, lon_text, lat_text, kind):
    path = ledger(tmp_path, ("114.1234567", "27.1234567"), (lon, lat))
    sites = read_sites(path)
    proposed = {repair.field: repair.proposed for repair in sites.repairs}
    assert proposed == {name: text for name, text in (("lon", lon_text), ("lat", lat_text)) if text}
    assert {repair.word for repair in sites.repairs} == {f"repair.{kind}"}
    assert [repair.cell for repair in sites.repairs] == [{"lon": "B3", "lat": "C3"}[name] for name in proposed]
    assert not any(repair.applied for repair in sites.repairs)
    assert sites.frame["name"].tolist() == ["站0"]
    (bad,) = [finding for finding in sites.findings if finding.level == "bad_row"]
    assert (bad.file, bad.row) == ("台账.csv", 3)


@pytest.mark.parametrize(("lon", "lat", "kind"), [(row[0], row[1], row[4]) for row in CELLS])
def test_an_applied_repair_is_the_place_that_was_meant_and_is_noted(*, tmp_path, lon, lat, kind):
    sites = read_sites(ledger(tmp_path, (lon, lat)), repair=True)
    assert sites.xy.round(9).tolist() == [[114.3875, 27.805]]
    assert all(repair.applied for repair in sites.repairs)
    (note,) = [finding for finding in sites.findings if finding.word == "finding.repaired"]
    assert (note.level, note.row) == ("note", 2)
    for language in LANGUAGES:
        text = say(note.word, language, **note.facts)
        assert "114.3875" in text or "27.805" in text
        assert say(f"repair.{kind}", language, found="x", proposed="y")


@pytest.mark.parametrize("pair", PAIRS)
def test_a_pair_in_one_cell_is_proposed_in_one_form(tmp_path, pair):
    path = ledger(tmp_path, (pair,), header="名称,坐标")
    (repair,) = diagnosed_sites(path).repairs
    assert (repair.cell, repair.field, repair.proposed) == ("B2", "pair", f"{LON},{LAT}")
    assert read_sites(path, repair=True).xy.round(9).tolist() == [[114.3875, 27.805]]


GRIDS = [(4547, 500_000), (4526, 38_500_000), (4527, 39_243_000), (4498, 20_243_000)]


@pytest.mark.parametrize(("epsg", "east"), GRIDS)
@pytest.mark.parametrize("north_first", [False, True])
def test_metres_of_a_survey_grid_become_degrees_whichever_column_is_x(*, tmp_path, epsg, east, north_first):
    there = Transformer.from_crs(f"EPSG:{epsg}", "EPSG:4490", always_xy=True).transform(east, 3_075_000)
    cells = (str(3_075_000), str(east)) if north_first else (str(east), str(3_075_000))
    sites = read_sites(ledger(tmp_path, cells), repair=True)
    assert sites.xy[0] == pytest.approx(there, abs=1e-12)
    assert {repair.facts["epsg"] for repair in sites.repairs} == {epsg}
    assert sites.frame["surveyed"].tolist() == [True]


def test_a_grid_of_six_degrees_meets_one_of_three_on_their_common_meridian():
    assert lonlat_of_grid(39_500_000.0, 3e6, 4527) == pytest.approx(lonlat_of_grid(20_500_000.0, 3e6, 4498), abs=1e-12)


@pytest.mark.parametrize(
    ("cells", "word", "grid"),
    [
        (("219000", "3075000"), "finding.ask_grid", "EPSG:4548"),
        (("3075000", "219000"), "finding.ask_grid", "EPSG:32650"),
        (("12733000", "3224000"), "finding.ask_mercator", "EPSG:3857"),
    ],
)
def test_metres_that_may_be_two_things_are_asked_about_and_the_answer_is_taken(*, tmp_path, cells, word, grid):
    path = ledger(tmp_path, cells)
    found = diagnosed_sites(path, repair=True)
    assert (len(found), found.repairs) == (0, ())
    (bad,) = [finding for finding in found.findings if finding.level == "bad_row"]
    assert bad.word == word
    assert all("--grid EPSG:" in say(bad.word, language, **bad.facts) for language in LANGUAGES)
    lon, lat = read_sites(path, repair=True, grid=grid).xy[0]
    assert 114 < lon < 114.5
    assert 27.7 < lat < 27.9


@pytest.mark.parametrize("cells", [("", ""), ("0", "0"), ("无", "待定"), ("/", "-"), ("114.3875", "")])
def test_a_place_that_is_not_given_is_not_made_up(tmp_path, cells):
    found = diagnosed_sites(ledger(tmp_path, cells), repair=True)
    assert (len(found), found.repairs) == (0, ())
    assert next(finding.word for finding in found.findings if finding.level == "bad_row") in (
        "finding.coordinate_missing",
        "finding.coordinate_zero",
    )


@pytest.mark.parametrize(
    "text", ["中山路1号", "13900001234", "0795-3271234", "114°73′", "2023年", "114.3875 13900001234", "1e999"]
)
def test_what_is_no_coordinate_is_never_mended(tmp_path, text):
    found = diagnosed_sites(ledger(tmp_path, (text, "27.805")), repair=True)
    assert (len(found), found.repairs) == (0, ())
    assert "13900001234" not in repr(found.findings)


@settings(max_examples=60, deadline=None)
@given(
    lon=st.decimals(-180, 180, places=6).filter(bool),
    lat=st.decimals(-90, 90, places=6).filter(bool),
)
def test_a_good_row_is_never_changed(tmp_path_factory, lon, lat):
    path = ledger(tmp_path_factory.mktemp("good"), (str(lon), str(lat)))
    as_it_is, repaired = diagnosed_sites(path), diagnosed_sites(path, repair=True)
    if len(as_it_is):
        assert as_it_is.xy.tolist() == repaired.xy.tolist() == [[float(lon), float(lat)]]
        assert as_it_is.repairs == repaired.repairs == ()
    else:
        assert {repair.word for repair in as_it_is.repairs} == {"repair.swapped"}


@settings(max_examples=60, deadline=None)
@given(text=st.text(alphabet="0123456789.,°′″'\"度分秒EN东经北纬 -/;OＯ０", max_size=25))
def test_no_text_in_a_coordinate_ends_in_a_traceback_or_off_the_earth(tmp_path_factory, text):
    folder = tmp_path_factory.mktemp("odd")
    for cells, header in (((text, "27.805"), "名称,经度,纬度"), ((text,), "名称,坐标")):
        try:
            places = diagnosed_sites(ledger(folder, cells, header=header), repair=True).xy.tolist()
        except InputError:
            # Many semicolons in its one row look like the mark between columns.
            continue
        for lon, lat in places:
            assert -180 <= lon <= 180
            assert -90 <= lat <= 90


def test_three_decimals_are_said_to_be_too_coarse_for_a_walk(tmp_path):
    sites = read_sites(ledger(tmp_path, ("114.387", "27.8"), ("114.3875", "27.8"), ("114.38751", "27.80512")))
    assert sorted(sites.frame["precision_m"].round(1)) == [1.1, 11.1, 111.2]
    (said,) = [finding for finding in sites.findings if finding.word == "finding.places_coarse"]
    assert (said.level, said.facts["count"], said.facts["rows"]) == ("warning", 1, "2")


def test_decimals_that_are_all_below_sixty_may_be_minutes_and_seconds(tmp_path):
    disguised = [(f"114.{23 + n}15", f"27.48{10 + n}") for n in range(5)]
    words = [finding.word for finding in read_sites(ledger(tmp_path, *disguised)).findings]
    assert "finding.minutes_in_disguise" in words
    mixed = read_sites(ledger(tmp_path, *disguised, ("114.3875", "27.8")))
    assert "finding.minutes_in_disguise" not in [finding.word for finding in mixed.findings]
