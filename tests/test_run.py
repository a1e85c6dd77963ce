"""Whole runs: the demo, real countries, the same bytes twice, old results whole until the new ones are."""

import itertools
import json
import shutil
from pathlib import Path

import networkx as nx
import numpy as np
import openpyxl
import pytest

from catchment.config import read_settings, settings_of
from catchment.errors import InputError, SettingsError
from catchment.model import UNITS_PER_PERSON, Cause, Setting
from catchment.network.graph import graph
from catchment.network.snap import snap
from catchment.network.streets import ROAD_BACKWARD, ROAD_FORWARD, WALK
from catchment.pipeline.assess import assess
from catchment.pipeline.read import read_inputs
from catchment.pipeline.run import run_project


def files_of(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file() and path.name != "run.log"}


@pytest.fixture(scope="module")
def demo_run(small_demo, tmp_path_factory):
    out = tmp_path_factory.mktemp("demo") / "结果 out"
    run, headline = run_project(read_settings(small_demo), out=out, language="zh")
    return run, headline, out


def test_two_runs_give_the_same_bytes(demo_run, small_demo):
    *_, out = demo_run
    again = out.parent / "again"
    run_project(read_settings(small_demo), out=again, language="zh")
    assert files_of(again) == files_of(out)
    assert set(files_of(out)) == {
        "run.json",
        "报告.xlsx",
        "报告.docx",
        "覆盖.gpkg",
        "覆盖图.html",
        "覆盖图.png",
        "覆盖图-A3.png",
        "踏勘表.docx",
    }


def test_covered_and_uncovered_add_up_exactly(demo_run):
    run, headline, _ = demo_run
    totals = run.totals
    assert totals.covered + sum(totals.uncovered_by_cause.values()) == totals.people == run.people.units.sum()
    assert headline["people_covered"] + headline["people_uncovered"] == headline["people_total"]
    assert sum(headline["uncovered_by_cause"].values()) == headline["people_uncovered"]
    assert sum(total for total, _ in totals.by_setting.values()) == totals.people
    assert run.by_region["people"].sum() == totals.people
    assert run.by_region["covered"].sum() == totals.covered
    assert run.by_site["catchment_covered"].sum() == totals.covered
    assert (run.by_site["unique"] <= run.by_site["catchment_covered"]).all()
    assert (run.by_site["catchment_covered"] <= run.by_site["reach"]).all()


def test_totals_agree_in_record_workbook_and_page(demo_run):
    run, headline, out = demo_run
    record = json.loads((out / "run.json").read_text(encoding="utf-8"))
    for key in ("people_total", "people_covered", "people_uncovered", "uncovered_by_cause"):
        assert record[key] == headline[key]
    page = (out / "覆盖图.html").read_text(encoding="utf-8")
    node = page.split('<script type="application/json" id="catchment-data">')[1].split("</script>")[0]
    figures = json.loads(node)["figures"]
    covered = round(run.totals.covered / UNITS_PER_PERSON)
    total = round(run.totals.people / UNITS_PER_PERSON)
    assert (figures["people"], figures["covered"], figures["uncovered"]) == (total, covered, total - covered)
    assert figures["units"]["people"] == run.totals.people
    assert figures["units"]["covered"] == run.totals.covered
    assert sum(figures["units"][cause] for cause in headline["uncovered_by_cause"]) == run.totals.uncovered
    book = openpyxl.load_workbook(out / "报告.xlsx", read_only=True, data_only=True)
    numbers = {cell for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row}
    assert {covered, total, total - covered} <= numbers


def test_the_demo_shows_every_cause_but_no_site(demo_run):
    run, *_ = demo_run
    shown = {cause for cause, units in run.totals.uncovered_by_cause.items() if units}
    assert shown == set(Cause) - {Cause.COVERED, Cause.NO_SITE}
    assert all(total > 0 for total, _ in run.totals.by_setting.values())


def test_the_county_has_gaps_in_city_towns_and_country_and_doubts_about_data():
    settings = read_settings(Path(__file__).parents[1] / "data" / "demo" / "demo.toml")
    totals = assess(read_inputs(settings), settings).totals
    assert totals.people == 1_121_707 * UNITS_PER_PERSON
    assert {cause for cause, units in totals.uncovered_by_cause.items() if units} == set(Cause) - {
        Cause.COVERED,
        Cause.NO_SITE,
    }
    (city, in_city), (town, in_town), (rural, in_country) = (totals.by_setting[setting] for setting in Setting)
    assert city + town == 737_782 * UNITS_PER_PERSON
    assert 0.55 < in_city / city < 0.85
    assert 0.3 < in_town / town < 0.95
    assert 0.8 < in_country / rural < 1
    assert totals.beyond_road[15_000] > totals.beyond_straight[15_000] > 0


def test_contacts_stay_in_the_ledger(demo_run, small_demo):
    *_, out = demo_run
    ledger = openpyxl.load_workbook(small_demo.parent / "sites.xlsx")
    said = [str(cell.value) for sheet in ledger for row in sheet.iter_rows() for cell in row if cell.value]
    private = [text for text in said if text.startswith(("示例联系人", "000-"))]
    assert len(private) > 10
    book = openpyxl.load_workbook(out / "报告.xlsx")
    shown = "".join(str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row)
    shown += "".join((out / name).read_text(encoding="utf-8") for name in ("覆盖图.html", "run.json", "run.log"))
    # The package keeps text as UTF-8, uncompressed.
    shown += (out / "覆盖.gpkg").read_bytes().decode("utf-8", errors="replace")
    assert not [text for text in private if text in shown]


def test_a_project_that_is_moved_as_a_whole_gives_the_same_bytes(small_demo, tmp_path):
    folders = [tmp_path / "here", tmp_path / "elsewhere" / "deeper"]
    for folder in folders:
        shutil.copytree(small_demo.parent, folder / "inputs")
        run_project(read_settings(folder / "inputs" / "demo.toml"), out=folder, language="zh")
        assert str(tmp_path) not in (folder / "run.json").read_text(encoding="utf-8")
        assert str(tmp_path) not in (folder / "覆盖图.html").read_text(encoding="utf-8")
    assert files_of(folders[0]) == files_of(folders[1])


def test_a_run_that_fails_leaves_the_old_results_whole(small_demo, tmp_path, monkeypatch):
    out = tmp_path / "out"
    run_project(read_settings(small_demo), out=out, language="en")
    before = files_of(out)

    def broken(*_arguments, **_options):
        raise KeyboardInterrupt

    monkeypatch.setattr("catchment.pipeline.run.write_workbook", broken)
    with pytest.raises(KeyboardInterrupt):
        run_project(read_settings(small_demo), out=out, language="en")
    assert files_of(out) == before
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_run_without_regions_counts_everybody(small_demo):
    settings = read_settings(small_demo)
    bare = settings.model_copy(update={"inputs": settings.inputs.model_copy(update={"regions": None, "census": None})})
    run = assess(read_inputs(bare), bare)
    assert run.by_region.empty
    assert run.totals.people == assess(read_inputs(settings), settings).totals.people


def test_a_site_named_like_a_script_is_shown_as_it_is(small_demo, tmp_path):
    names = ["优惠 {% off", "</script><script>alert(1)</script>", "=1+1", "{{ 7*7 }}"]
    rows = [f"{name},village,{114.40 + n / 1000:.3f},27.80" for n, name in enumerate(names)]
    sites = tmp_path / "sites.csv"
    sites.write_text("\n".join(["name,type,lon,lat", *rows]), encoding="utf-8")
    settings = read_settings(small_demo, overrides={"inputs": {"sites": str(sites)}})
    run, _ = run_project(settings, out=tmp_path / "out", language="en")
    assert set(run.sites.frame["name"]) == set(names)
    page = (tmp_path / "out" / "map.html").read_text(encoding="utf-8")
    assert page.lower().count("<script>alert(1)") == 0
    payload = json.loads(page.split('id="catchment-data">')[1].split("</script>")[0])
    assert all(name in json.dumps(payload, ensure_ascii=False) for name in names if '"' not in name)


def test_a_run_with_a_census_meets_it_and_writes_the_check_down(small_demo, tmp_path):
    census = tmp_path / "普查.csv"
    everybody = assess(read_inputs(read_settings(small_demo)), read_settings(small_demo)).by_region
    people = [round(units / UNITS_PER_PERSON * 1.1) for units in everybody["people"]]
    rows = [
        f"{unit},{name},{count}"
        for unit, name, count in zip(everybody["region_id"], everybody["name"], people, strict=True)
    ]
    census.write_text("\n".join(["代码,名称,常住人口", *rows]), encoding="utf-8")
    settings = read_settings(small_demo, overrides={"inputs": {"census": str(census)}})
    for folder in ("one", "two"):
        run, _ = run_project(settings, out=tmp_path / folder, language="zh")
    assert files_of(tmp_path / "one") == files_of(tmp_path / "two")
    assert run.totals.people == sum(people) * UNITS_PER_PERSON
    assert (run.by_region["people"] // UNITS_PER_PERSON).tolist() == people
    record = json.loads((tmp_path / "one" / "run.json").read_text(encoding="utf-8"))
    assert [check["people"] for check in record["census_check"]] == people
    assert [source["role"] for source in record["inputs"]] == [
        "sites",
        "roads",
        "population",
        "census",
        "regions",
        "premises",
        "targets",
        "plan",
    ]
    book = openpyxl.load_workbook(tmp_path / "one" / "报告.xlsx", data_only=True)
    assert book["普查核对"].cell(book["普查核对"].max_row, 6).value == sum(people)
    assert any("人口已按普查数校准" in str(row[0]) for row in book["总览"].iter_rows(values_only=True))


def test_a_census_without_regions_is_refused(tmp_path):
    settings = comoros(tmp_path, census=tmp_path / "census.csv")
    with pytest.raises(SettingsError, match="--regions"):
        read_inputs(settings)


# --- the Comoros -------------------------------------------------------------------------------------------------


def comoros(shared_data, **inputs):
    folder = shared_data / "comoros"
    files = {
        "sites": folder / "health_points.gpkg",
        "roads": folder / "comoros.osm.pbf",
        "population": folder / "population_worldpop_2020.tif",
    }
    return settings_of(
        {"inputs": {role: str(path) for role, path in {**files, **inputs}.items()}}, file="", folder=Path()
    )


def test_the_people_of_the_comoros_are_all_there(shared_data):
    settings = comoros(shared_data)
    run = assess(read_inputs(settings), settings)
    assert run.totals.people / UNITS_PER_PERSON == pytest.approx(869_595, abs=1)
    assert run.totals.covered + sum(run.totals.uncovered_by_cause.values()) == run.totals.people
    assert len(run.people) == 203_208
    assert len(run.sites) == 70


def test_nobody_on_an_island_without_a_site_is_covered(shared_data, tmp_path):
    sites = tmp_path / "sites.csv"
    # Moroni, on Grande Comore.
    sites.write_text("name,lon,lat\nMoroni,43.2551,-11.7022\n", encoding="utf-8")
    settings = comoros(shared_data, sites=sites)
    run = assess(read_inputs(settings), settings)
    elsewhere = run.people.xy[:, 0] > 43.6
    assert run.people.units[elsewhere].sum() > 300_000 * UNITS_PER_PERSON
    assert not run.access.covered[elsewhere].any()
    assert run.access.covered[~elsewhere].any()
    # Mohéli and Anjouan lie more than 15 km away even in a straight line.
    assert set(np.unique(run.access.cause[elsewhere])) == {Cause.TOO_FAR}


def test_people_that_do_not_overlap_the_roads_are_refused(shared_data):
    settings = comoros(shared_data, roads=shared_data / "monaco" / "monaco.osm.gz")
    with pytest.raises(InputError, match="do not overlap"):
        read_inputs(settings)


def test_swapped_coordinates_are_told(shared_data, tmp_path):
    sites = tmp_path / "sites.csv"
    sites.write_text("name,lon,lat\nMoroni,-11.7022,43.2551\n", encoding="utf-8")
    with pytest.raises(InputError, match="swapped"):
        read_inputs(comoros(shared_data, sites=sites))


def test_the_demo_is_covered_as_an_independent_search_says(demo_run):
    """Every place becomes a node of a plain graph; networkx searches it from all counted sites at once."""
    run, *_ = demo_run
    covered = np.zeros(len(run.people), bool)
    for mode, gap_m, bit, limit_mm in (
        ("walk", 500, WALK, 1_200_000),
        ("road", 2_000, ROAD_FORWARD | ROAD_BACKWARD, 15_000_000),
    ):
        roads = graph(run.streets, mode)
        sites, people = (snap(roads, points, max_gap_m=gap_m) for points in (run.sites, run.people))
        flow = plain_graph(run.streets, bit, [("site", sites), ("person", people)])
        for site in np.flatnonzero(run.counted & sites.snapped).tolist():
            flow.add_edge("start", ("site", site), mm=int(sites.gap_mm[site]))
        reached = nx.single_source_dijkstra_path_length(flow, "start", weight="mm")
        cost = np.array([reached.get(("person", person), np.inf) for person in range(len(people))]) + people.gap_mm
        asked = np.isin(run.people.setting, [Setting.CITY, Setting.TOWN] if mode == "walk" else [Setting.RURAL])
        covered |= asked & people.snapped & (cost <= limit_mm)
    assert (covered == run.access.covered).all()


def plain_graph(streets, bit, kinds):
    stops = {}
    for kind, places in kinds:
        for number in np.flatnonzero(places.snapped).tolist():
            stops.setdefault(int(places.edge[number]), []).append((int(places.offset_mm[number]), (kind, number)))
    flow = nx.Graph()
    for edge in np.flatnonzero(streets.flags & bit).tolist():
        ends = [(0, int(streets.start[edge])), (int(streets.length_mm[edge]), int(streets.end[edge]))]
        along = [ends[0], *sorted(stops.get(edge, []), key=lambda stop: stop[0]), ends[1]]
        for (near, a), (far, b) in itertools.pairwise(along):
            if far - near < flow.get_edge_data(a, b, {"mm": np.inf})["mm"]:
                flow.add_edge(a, b, mm=far - near)
    return flow
