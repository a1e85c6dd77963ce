"""Rows without coordinates: what their words say, what a planner has pointed at, and what they then count for."""

from __future__ import annotations

import csv
from dataclasses import replace

import geopandas as gpd
import numpy as np
import openpyxl
import osmium
import pandas as pd
import pytest
import shapely
from browsing import text_of
from hypothesis import given, settings
from hypothesis import strategies as st

from catchment.config import read_settings
from catchment.errors import InputError
from catchment.files import open_input
from catchment.inputs.folder import role_of
from catchment.inputs.gazetteer import gazetteer_of, no_places, read_gazetteer
from catchment.inputs.guess import guesses
from catchment.inputs.placing import placed_sites
from catchment.inputs.sites import read_sites
from catchment.inputs.unplaced import read_ledger, read_placed
from catchment.model import Regions, Setting
from catchment.outputs.maps import write_map
from catchment.outputs.package import write_package
from catchment.outputs.payload import page_payload
from catchment.outputs.record import headline
from catchment.outputs.workbook import write_workbook
from catchment.pipeline.digest import digest_of
from catchment.pipeline.judged import judged
from catchment.pipeline.read import read_inputs
from catchment.pipeline.stopwatch import Stopwatch

# Two townships side by side, each 0.1 degree wide; 凤凰 is in both, 东村 in the eastern one, 新村 twice in the other.
#
#   灵泉街道 114.0-114.1                         秀江镇 114.1-114.2
#   凤凰 114.02   新村 114.04, 114.08            凤凰 114.18   东村 114.15   seat 114.12, its office 114.121
PLACES = gazetteer_of(
    ["n1", "n2", "n3", "n4", "n5", "n6", "n7"],
    ["凤凰村", "新村", "新村", "凤凰", "东村", "秀江镇", "秀江镇人民政府"],
    ["village", "village", "hamlet", "quarter", "village", "town", "office"],
    np.array([[114.02, 28], [114.04, 28], [114.08, 28], [114.18, 28], [114.15, 28], [114.12, 28], [114.121, 28]]),
)
NAMES = ["灵泉街道", "秀江镇"]


def regions(parent="袁州区"):
    boxes = [shapely.box(114.0, 27.95, 114.1, 28.05), shapely.box(114.1, 27.95, 114.2, 28.05)]
    frame = {"region_id": ["1", "2"], "name": NAMES, "parent": [parent, parent]}
    return Regions(gpd.GeoDataFrame(frame, geometry=boxes, crs="EPSG:4326"))


def guess(name, *, kind="village", county="", township="", address="", within=None, places=PLACES):
    row = {"name": [name], "type": [kind], "county": [county], "township": [township], "address": [address]}
    return guesses(pd.DataFrame(row), places, within)[0]


def found(said):
    return [(spot.name, spot.kind, round(spot.lon, 3)) for spot in said.spots]


def test_a_village_is_looked_for_in_its_own_township_only():
    assert found(guess("凤凰社区就业之家", township="秀江镇", within=regions())) == [("凤凰", "quarter", 114.18)]
    assert found(guess("灵泉街道凤凰村委会“就业之家”", within=regions())) == [("凤凰村", "village", 114.02)]
    assert found(guess("就业之家", address="袁州区秀江镇东村12号", within=regions())) == [("东村", "village", 114.15)]


def test_places_of_one_name_far_apart_are_listed_and_none_is_taken():
    said = guess("新村服务站", township="灵泉街道", within=regions())
    assert found(said) == [("新村", "hamlet", 114.08), ("新村", "village", 114.04)]
    assert said.spot is None
    assert len(guess("凤凰村", within=None).spots) == 2


def test_a_township_is_its_office_and_a_village_nobody_knows_lies_anywhere_in_it():
    assert guess("秀江镇就业之家", kind="township", within=regions()).spot.uncertainty_m == 300
    lost = guess("无名村就业之家", township="秀江镇", within=regions()).spot
    # From the office at 114.121 the far corners are 0.079 degree east and 0.05 north: 7.77 and 5.54 km, so 9.5.
    assert (lost.name, lost.uncertainty_m) == ("秀江镇人民政府", 9600)


def test_a_township_without_a_known_seat_is_the_middle_of_its_outline():
    said = guess("灵泉街道就业之家", kind="township", county="袁州区", within=regions()).spot
    assert (said.kind, said.name) == ("region", "灵泉街道")


def test_a_county_that_the_regions_do_not_have_is_not_guessed_in_another():
    assert guess("凤凰村就业之家", county="万载县", township="秀江镇", within=regions()).spots == ()
    assert guess("凤凰村就业之家", county="宜春市袁州区", township="秀江镇", within=regions()).spot is not None


def test_words_that_name_no_place_say_nothing():
    assert guess("就业之家", within=regions()).spots == ()
    assert guess("", places=no_places()).spots == ()


def test_names_in_latin_letters_are_found_word_by_word():
    places = gazetteer_of(["n1"], ["Bandar Salama"], ["village"], np.array([[43.5, -12.3]]))
    assert guess("Bandar Salama health post", kind="clinic", places=places).spot.kind == "village"


words = st.lists(
    st.sampled_from(["凤凰", "新", "东", "秀江", "灵泉", "村", "街道", "镇", "社区", "就业之家", "袁州区", "1号"])
)


@settings(deadline=None, max_examples=60)
@given(words, st.sampled_from(["", *NAMES]), st.sampled_from(["village", "township", "none", "zone"]))
def test_a_guess_never_leaves_the_township_that_is_stated(name, township, kind):
    areas = regions()
    said = guess("".join(name), kind=kind, county="袁州区", township=township, within=areas)
    allowed = areas.frame.geometry.union_all() if not township else areas.frame.geometry.iloc[NAMES.index(township)]
    assert all(allowed.covers(shapely.Point(spot.lon, spot.lat)) for spot in said.spots)


OSM = """<osm version="0.6">
<node id="1" lon="114.01" lat="28.0"><tag k="place" v="village"/><tag k="name" v="凤凰村"/>
 <tag k="alt_name" v="老凤凰;凤凰里"/></node>
<node id="2" lon="114.02" lat="28.0"><tag k="place" v="hamlet"/></node>
<node id="3" lon="114.00" lat="28.0"/><node id="4" lon="114.02" lat="28.0"/><node id="5" lon="114.02" lat="28.02"/>
<node id="6" lon="114.00" lat="28.02"/>
<node id="7" lon="114.03" lat="28.0"><tag k="amenity" v="cafe"/><tag k="name" v="茶馆"/></node>
<way id="9"><nd ref="3"/><nd ref="4"/><nd ref="5"/><nd ref="6"/><nd ref="3"/>
 <tag k="amenity" v="townhall"/><tag k="name" v="秀江镇政府"/></way>
</osm>"""


def test_the_gazetteer_has_named_places_and_every_name_of_each(tmp_path):
    (tmp_path / "roads.osm").write_text(OSM, encoding="utf-8")
    file = open_input(tmp_path / "roads.osm", "osm")
    read = read_gazetteer(file, cache=tmp_path / "kept").frame
    columns = [read[name].tolist() for name in ("place_id", "name", "kind")]
    assert list(zip(*columns, strict=True)) == [
        ("n1", "凤凰村", "village"),
        ("n1", "凤凰里", "village"),
        ("n1", "老凤凰", "village"),
        ("w9", "秀江镇政府", "office"),
    ]
    assert read.iloc[3][["lon", "lat"]].tolist() == pytest.approx([114.01, 28.01], abs=0.01)
    pd.testing.assert_frame_equal(read_gazetteer(file, cache=tmp_path / "kept").frame, read)


def test_every_named_village_of_the_real_comoros_is_in_the_gazetteer(shared_data):
    path = shared_data / "comoros" / "comoros.osm.pbf"
    read = read_gazetteer(open_input(path, "osm.pbf")).frame
    nodes = osmium.FileProcessor(str(path), osmium.osm.NODE).with_filter(osmium.filter.KeyFilter("place"))
    villages = {f"n{node.id}" for node in nodes if node.tags["place"] == "village" and "name" in node.tags}
    assert len(villages) > 100
    assert villages <= set(read.loc[read["kind"] == "village", "place_id"])


LEDGER = """网点名称,类型,县区,乡镇,详细地址,联系电话,经度,纬度
甲就业之家,村(社区),袁州区,秀江镇,路1号,13900001234,114.15,28.01
东村就业之家,村(社区),袁州区,秀江镇,路2号 13900001234,13900001234,,
新村就业之家,村(社区),袁州区,灵泉街道,,,,
凤凰村就业之家,村(社区),袁州区,秀江镇,,,28.0,114.1
"""


@pytest.fixture
def ledger(tmp_path):
    (tmp_path / "台账.csv").write_text(LEDGER, encoding="utf-8")
    return tmp_path / "台账.csv"


def test_a_ledger_keeps_the_rows_without_coordinates_apart(ledger):
    read, plain = read_ledger(ledger), read_sites(ledger)
    assert read.sites.frame["site_id"].tolist() == plain.frame["site_id"].tolist()
    assert read.unplaced["row"].tolist() == [3, 4, 5]
    assert read.unplaced["empty"].tolist() == [True, True, False]
    assert "13900001234" not in read.unplaced.to_csv()


def test_a_ledger_need_not_have_columns_of_coordinates(tmp_path):
    rows = [line.split(",")[:5] for line in LEDGER.splitlines()]
    with (tmp_path / "a.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([["某县网点一览表"], *rows])
    read = read_ledger(tmp_path / "a.csv")
    assert (len(read.sites), read.unplaced["name"].tolist()[0]) == (0, "甲就业之家")


def placed_file(tmp_path, *lines):
    heads = "file,sheet,row,name,type,county,township,lon,lat,how,by"
    (tmp_path / "located.csv").write_text("\n".join([heads, *lines]), encoding="utf-8-sig")
    return read_placed(tmp_path / "located.csv")


def test_a_place_pointed_at_is_exact_and_a_guess_is_not(ledger, tmp_path):
    read = read_ledger(ledger)
    placed = placed_file(tmp_path, "x,,99,新村就业之家,village,袁州区,灵泉街道,114.041,28.001,clicked,")
    sites = placed_sites(read, placed, guesses(read.unplaced, PLACES, regions()))
    frame = sites.frame.set_index("name")
    assert frame["approximate"].to_dict() == {"甲就业之家": False, "东村就业之家": True, "新村就业之家": False}
    assert frame.geometry["新村就业之家"].coords[0] == (114.041, 28.001)
    assert frame["uncertainty_m"]["东村就业之家"] == 1000
    assert frame["site_id"].tolist() == sorted(frame["site_id"])
    # What is written and wrong is not guessed away.
    assert [f.word for f in sites.findings if f.level == "bad_row"] == ["finding.coordinate_swapped"]


def test_a_wrong_coordinate_gives_way_to_a_place_and_a_good_one_never_does(ledger, tmp_path):
    placed = placed_file(
        tmp_path,
        "x,,5,凤凰村就业之家,,袁州区,秀江镇,114.1,28.0,clicked,",
        "x,,2,甲就业之家,,袁州区,秀江镇,114.16,28.01,clicked,",
        "x,,3,东村就业之家,,袁州区,别镇,114.1,28.0,clicked,",
    )
    sites = placed_sites(read_ledger(ledger), placed)
    frame = sites.frame.set_index("name")
    assert set(frame.index) == {"甲就业之家", "凤凰村就业之家"}
    assert frame.geometry["甲就业之家"].x == 114.15
    said = {finding.word: finding for finding in sites.findings}
    assert said["finding.placed_conflict"].facts["metres"] == pytest.approx(983, abs=2)
    assert said["finding.placed_unmatched"].row == 4


def test_rows_are_known_by_their_words_though_the_ledger_was_sorted_anew(ledger, tmp_path):
    placed = placed_file(tmp_path, "x,,3,东村就业之家,,袁州区,秀江镇,114.15,28.0,guess,")
    lines = LEDGER.splitlines()
    ledger.write_text("\n".join([lines[0], *reversed(lines[1:])]), encoding="utf-8")
    assert "东村就业之家" in placed_sites(read_ledger(ledger), placed).frame["name"].tolist()


def test_two_rows_of_the_same_words_are_told_apart_by_where_they_stand(tmp_path):
    rows = ["名称,类型,县区,乡镇,地址,经度,纬度", "新村,村,袁州区,秀江镇,1号,,", "新村,村,袁州区,秀江镇,2号,,"]
    (tmp_path / "a.csv").write_text("\n".join(rows), encoding="utf-8")
    read = read_ledger(tmp_path / "a.csv")
    placed = placed_file(tmp_path, "a,,3,新村,,袁州区,秀江镇,114.1,28.0,clicked,", "a,,9,别村,,,,1,1,clicked,")
    sites = placed_sites(read, placed)
    assert sites.frame["address"].tolist() == ["2号"]
    elsewhere = placed_sites(read, placed_file(tmp_path, "a,,7,新村,,袁州区,秀江镇,114.1,28.0,clicked,"))
    assert [f.word for f in elsewhere.findings if f.level == "warning"] == ["finding.placed_shared"]


def test_text_that_a_spreadsheet_would_run_comes_back_as_it_was(tmp_path):
    placed = placed_file(tmp_path, "x,,3,'=1+1,,,,114.1,28.0,clicked,")
    assert placed.frame["name"].tolist() == ["=1+1"]


def test_a_project_of_rows_without_coordinates_says_how_to_place_them(small_demo, tmp_path):
    (tmp_path / "a.csv").write_text("名称,类型,经度,纬度\n东村,村,,\n", encoding="utf-8")
    asked = read_settings(small_demo, overrides={"inputs": {"sites": tmp_path / "a.csv"}})
    with pytest.raises(InputError, match="catchment locate") as problem:
        read_inputs(asked)
    assert "--locate" in problem.value.text("zh")


def _guessed_inputs(small_demo):
    """The small demo with every place turned into a guess of 1,000 m by a township's name, but for the first."""
    asked = read_settings(small_demo)
    plain = read_inputs(asked)
    off = np.r_[0.0, np.full(len(plain.sites) - 1, 1000.0)]
    frame = plain.sites.frame.assign(approximate=off > 0, uncertainty_m=off)
    return asked, plain, replace(plain, sites=replace(plain.sites, frame=frame))


def test_guesses_count_by_road_if_sure_enough_and_never_on_foot(small_demo):
    asked, plain, guessed = _guessed_inputs(small_demo)
    before, after = judged(plain, asked, Stopwatch()), judged(guessed, asked, Stopwatch())
    rural = before.settled.people.setting == Setting.RURAL
    assert (before.access.covered == after.access.covered)[rural].all()
    # On foot it is as if the ledger had but its first site.
    one = replace(plain, sites=replace(plain.sites, frame=plain.sites.frame.iloc[:1]))
    alone = judged(one, asked, Stopwatch())
    assert (alone.access.covered == after.access.covered)[~rural].all()
    assert (alone.access.cause == after.access.cause)[~rural].all()
    assert after.counted.tolist() == before.counted.tolist()


def test_a_rough_guess_counts_for_nothing(small_demo):
    asked, _, guessed = _guessed_inputs(small_demo)
    frame = guessed.sites.frame.assign(uncertainty_m=guessed.sites.frame["uncertainty_m"] * 3.001)
    rough = judged(replace(guessed, sites=replace(guessed.sites, frame=frame)), asked, Stopwatch())
    assert not rough.counted[1:].any()


def _with_guesses(make_run):
    """The run made by hand: its first site is placed to 1 km, its second to 5 km, its third exactly."""
    run = make_run()
    frame = run.sites.frame.assign(approximate=[True, True, False], uncertainty_m=[1000.0, 5000.0, 0.0])
    return replace(run, sites=replace(run.sites, frame=frame), counted=np.array([True, False, False]))


def test_the_page_the_workbook_and_the_package_say_which_places_are_guesses(make_run, tmp_path):
    run = _with_guesses(make_run)
    sites = page_payload(run)["sites"]
    assert [(site.get("approximate_m"), site.get("by_road")) for site in sites] == [
        (1000, True),
        (5000, False),
        (None, None),
    ]
    write_workbook(run, tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert [row[-1].value for row in book["分网点"].iter_rows()][:4] == [
        "位置",
        "近似（±1,000米）",
        "近似（±5,000米）",
        "台账或标注",
    ]
    said = {row[0].value: row[1].value for row in book["总览"].iter_rows()}
    assert said["近似位置的网点（不计入步行口径）"] == 2
    write_package(run, tmp_path / "a.gpkg")
    layer = gpd.read_file(tmp_path / "a.gpkg", layer="sites")
    assert layer["approximate"].tolist() == [True, True, False]
    assert headline(run, {})["approximate_sites_count"] == 2


def test_the_card_of_a_guessed_site_has_a_badge(make_run, tmp_path, open_page):
    write_map(_with_guesses(make_run), tmp_path / "a.html")
    page = open_page(tmp_path / "a.html", "#sites")
    page.locator("tr[data-kind=site]", has_text="县就业之家").click()
    assert text_of(page, ".card .guessed").startswith("近似近似位置（±1,000米）")


def test_a_folder_with_a_saved_file_of_places_is_read_with_them(tmp_path):
    placed_file(tmp_path, "x,,3,新村,,袁州区,秀江镇,114.1,28.0,clicked,")
    assert role_of(tmp_path / "located.csv") == "located"


def test_the_places_are_a_source_of_the_run_and_part_of_its_checksum(small_demo, ledger, tmp_path):
    placed_file(tmp_path, "x,,3,东村就业之家,,袁州区,秀江镇,114.15,28.0,clicked,")
    files = {"inputs": {"sites": ledger}}
    plain = read_settings(small_demo, overrides=files)
    asked = read_settings(small_demo, overrides={**files, "sites": {"located": tmp_path / "located.csv"}})
    read, before = read_inputs(asked), read_inputs(plain)
    assert [source.role for source in read.sources][-1] == "located"
    assert (len(read.sites), len(before.sites)) == (2, 1)
    assert digest_of(read, asked) != digest_of(before, plain)
