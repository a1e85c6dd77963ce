"""Filling the plan's targets from a project: the demo's rows, the messages, the sheet and the record."""

import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pytest
from test_cli import catchment

from catchment.access.progress import progress
from catchment.config import read_settings
from catchment.errors import SettingsError
from catchment.geo.shapes import polygon_of
from catchment.inputs.particulars import is_honoured
from catchment.inputs.regions import read_regions
from catchment.inputs.sites import read_sites
from catchment.inputs.targets import read_targets
from catchment.model import Addition, Choice, Filling, Progress, Sites, Targets, Unfilled
from catchment.outputs.profile import published
from catchment.outputs.progress import progress_record
from catchment.outputs.quotas import filling_lines, unfilled_text
from catchment.outputs.suggested import suggestion_record
from catchment.outputs.wishes import honours_text, with_wishes
from catchment.outputs.workbook import write_workbook
from catchment.pipeline.assess import assess
from catchment.pipeline.read import read_inputs
from catchment.pipeline.score import score_project

DEMO = Path(__file__).parents[1] / "data" / "demo"


def filled(project, **inputs):
    """The project assessed with its targets filled."""
    overrides = {"siting": {"fill_targets": True}, "inputs": inputs}
    settings = read_settings(project, overrides=overrides)
    return assess(read_inputs(settings), settings, language="zh")


@pytest.fixture(scope="module")
def filled_run(small_demo):
    return filled(small_demo)


@pytest.fixture(scope="module")
def house_list(small_demo, tmp_path_factory):
    """Premises of a park and of a technical school, in the middle of the county town."""
    path = tmp_path_factory.mktemp("list") / "场所.csv"
    towns = read_regions(small_demo.parent / "townships.geojson").frame
    middle = towns[towns["name"] == "灵泉街道"].geometry.iloc[0].representative_point()
    rows = [f"工业园管委会,园区,{middle.x},{middle.y}", f"示例技校,技工学校,{middle.x + 0.002},{middle.y}"]
    path.write_text("\n".join(["名称,类型,经度,纬度", *rows]) + "\n", encoding="utf-8")
    return path


def with_houses(path):
    return {"siting": {"fill_targets": True, "premises_datum": "wgs84"}, "inputs": {"premises": path}}


@pytest.fixture(scope="module")
def house_run(small_demo, house_list):
    project = read_settings(small_demo, overrides=with_houses(house_list))
    return assess(read_inputs(project), project, language="zh")


def asked(run):
    """Row and type that each place of the plan is for, sorted."""
    targets = run.progress.targets
    places = zip(run.filling.row.tolist(), run.filling.type.tolist(), strict=True)
    return sorted((targets.rows[row], targets.types[kind]) for row, kind in places)


def test_the_demo_counts_its_four_rows_as_the_annex_does():
    targets = read_targets(DEMO / "targets.csv")
    assert targets.rows == ("袁州区", "经开区", "宜阳新区", "明月山")
    assert targets.counts.sum(axis=1).tolist() == [38, 4, 3, 3]
    found = progress(read_sites(DEMO / "sites.xlsx"), targets, regions=read_regions(DEMO / "townships.geojson"))
    # Of 28 townships 21 are open, four planned, three without; four of seven villages are still to be found, one of
    # them built at a place the ledger does not know.
    assert (found.done[0, 5], found.coming[0, 5], found.lacking[0, 5]) == (21, 4, 3)
    assert found.lacking.sum(axis=1).tolist() == [7, 2, 0, 0]
    assert (found.over.sum(), len(found.uncounted)) == (0, 0)
    without = [name for name, has in zip(found.unit_name, found.has_township_site, strict=True) if not has]
    assert without == ["天台镇", "南庙镇", "飞剑潭乡"]


def test_the_demo_gets_what_its_rows_lack_and_hears_what_has_no_candidates(filled_run):
    assert asked(filled_run) == [("袁州区", "township"), ("袁州区", "village"), ("袁州区", "village")]
    words = [(short.word, filled_run.progress.targets.types[short.type]) for short in filled_run.filling.unfilled]
    assert words == [("quota.no_house", "zone"), ("quota.no_house", "tech")]
    assert len(filled_run.filling.row) + 2 == filled_run.filling.lacking == 5
    plan = filled_run.suggestions.plan
    assert (plan.covered_units, plan.status) == (plan.bound_units, "optimal")


def test_village_sites_go_into_the_honoured_communities_of_the_list_and_the_cost_is_the_difference(
    filled_run, small_demo
):
    settings = read_settings(small_demo, overrides={"siting": {"fill_targets": True, "prefer_honoured": False}})
    plain = assess(read_inputs(settings), settings, language="zh").suggestions
    found = filled_run.suggestions
    village = filled_run.progress.targets.types.index("village")
    merits = found.merits.frame.set_index("candidate_id")
    honours = merits.loc[found.frame["candidate_id"][filled_run.filling.type == village], "honours"]
    assert all(is_honoured(text) for text in honours)
    assert (found.honours.villages, found.honours.honoured, plain.honours) == (2, 2, None)
    assert found.honours.cost_units == plain.plan.covered_units - found.plan.covered_units
    assert found.honours.cost_units == found.honours.most_units > 0
    said = honours_text(found.honours, "zh")
    assert "2 处中 2 处" in said
    assert any(said in line for line in filling_lines(filled_run))
    assert with_wishes(suggestion_record(filled_run), filled_run)["honours"]["in_honoured"] == 2


def test_a_township_gets_its_site_inside_it(filled_run):
    places = filled_run.suggestions.frame
    township = filled_run.progress.targets.types.index("township")
    here = places[filled_run.filling.type == township]
    names = filled_run.regions.frame["name"].to_numpy()
    unit = polygon_of(here[["lon", "lat"]].to_numpy(), filled_run.regions.frame.geometry.to_numpy())
    assert names[unit].tolist() == ["秀江街道"]


def test_premises_of_their_own_kind_fill_parks_and_schools_and_add_nobody(house_run, filled_run, small_demo):
    assert asked(house_run) == sorted([*asked(filled_run), ("袁州区", "zone"), ("袁州区", "tech")])
    assert house_run.filling.unfilled == ()
    places = house_run.suggestions.frame.set_index("name")
    assert places.loc[["工业园管委会", "示例技校"], ["added", "reach"]].to_numpy().tolist() == [[0, 0], [0, 0]]
    without_list = filled(small_demo, premises=None)
    assert house_run.suggestions.plan.covered_units == without_list.suggestions.plan.covered_units


def test_with_the_plan_built_nothing_is_lacking(house_run):
    targets, names = house_run.progress.targets, house_run.regions.frame["name"].to_numpy()
    places = house_run.suggestions.frame
    xy = places[["lon", "lat"]].to_numpy()
    unit = polygon_of(xy, house_run.regions.frame.geometry.to_numpy())
    built = gpd.GeoDataFrame(
        {
            "site_id": [f"new{number}" for number in range(len(xy))],
            "name": "新",
            "type": [targets.types[kind] for kind in house_run.filling.type],
            "status": "open",
            "county": [targets.rows[row] for row in house_run.filling.row],
            "township": names[unit],
        },
        geometry=gpd.points_from_xy(*xy.T, crs=4326),
    )
    ledger = Sites(gpd.GeoDataFrame(pd.concat([house_run.sites.frame, built], ignore_index=True)))
    after = progress(ledger, targets, regions=house_run.regions)
    assert after.lacking.sum() == 0
    assert (after.over == house_run.progress.over).all()


@pytest.mark.parametrize("name", ["filled_run", "house_run"])
def test_the_people_of_the_plan_are_counted_alike_when_it_is_scored(name, small_demo, request, house_list):
    filled_run = request.getfixturevalue(name)
    rows = filled_run.suggestions.frame.to_dict("records")
    choice = Choice(
        schema="catchment.choice/1",
        run=filled_run.name,
        date=filled_run.date.isoformat(),
        data=filled_run.digest,
        reading="asked",
        close=(),
        open=(),
        add=tuple(Addition(row["lon"], row["lat"], row["candidate_id"]) for row in rows),
        people_units=filled_run.totals.people,
        covered_units=filled_run.totals.covered + filled_run.suggestions.plan.covered_units,
    )
    overrides = with_houses(house_list) if name == "house_run" else {"siting": {"fill_targets": True}}
    scored = score_project(choice, read_settings(small_demo, overrides=overrides))
    assert scored.same_data
    assert scored.agrees


# ---- by hand


def hand_made_progress():
    counts = np.array([[1, 3], [0, 0]])
    targets = Targets(("西区", "=东区"), ("county", "village"), counts, counts > 0, ("A2", "A3"), "t.csv")
    status = {
        "open": np.array([[1, 1], [0, 0]]),
        "preparing": np.array([[0, 1], [0, 0]]),
        "planned": np.array([[0, 0], [1, 0]]),
    }
    nobody = np.empty(0, np.int32)
    return Progress(targets, status, nobody, nobody, np.array([2], np.int32), nobody, (), nobody > 0, nobody > 0)


def test_the_workbook_has_a_sheet_of_targets_that_adds_up(make_run, tmp_path):
    path = tmp_path / "报告.xlsx"
    write_workbook(make_run(progress=hand_made_progress()), path)
    rows = [
        list(row) for row in openpyxl.load_workbook(path, data_only=True)["任务完成情况"].iter_rows(values_only=True)
    ]
    assert rows == [
        ["任务单位", "类型", "任务数", "已建成", "筹建、规划", "尚未建成", "尚无着落", "超出"],
        ["西区", "县级", 1, 1, 0, 0, 0, 0],
        ["西区", "村（社区）等", 3, 1, 1, 2, 1, 0],
        ["=东区", "县级", 0, 0, 1, 0, 0, 1],
        ["合计", None, 4, 2, 2, 2, 1, 1],
    ]


def test_the_record_has_the_same_numbers_and_the_public_sees_none(make_run):
    run = make_run(progress=hand_made_progress())
    record = progress_record(run)
    assert record["lacking_count"] == 1
    assert record["uncounted_sites"] == ["c"]
    village = {"target": 3, "done": 1, "coming": 1, "missing": 2, "lacking": 1, "over": 0}
    assert record["rows"][0]["types"]["village"] == village
    assert progress_record(make_run()) is None
    assert progress_record(published(make_run(progress=hand_made_progress(), profile="public"))) is None


def test_what_is_unfilled_is_said_in_both_languages(make_run):
    short = Unfilled(0, 1, 2, "quota.no_place_in_township", ("甲镇", "乙镇"))
    known = hand_made_progress()
    filling = Filling(np.empty(0, np.int32), np.empty(0, np.int32), 2, (short,))
    texts = {
        language: unfilled_text(make_run(progress=known, filling=filling, language=language), known, short)
        for language in ("zh", "en")
    }
    assert texts["zh"] == "未补：西区 村（社区）等 2 处：乡镇内没有可用场所，也没有临街道路（甲镇, 乙镇）"
    assert texts["en"].startswith("not filled: 西区, village or community, 2: no premises")


# ---- messages


def project_of(small_demo, folder, *lines, regions=True, targets=""):
    """A project over the small demo with its own table of targets and further lines."""
    text = small_demo.read_text(encoding="utf-8").replace('"targets.csv"', f"'{folder / 'targets.csv'}'")
    files = (
        "sites.xlsx",
        "streets.osm.pbf",
        "population.tif",
        "townships.geojson",
        "census.csv",
        "premises.csv",
        "plan.toml",
    )
    for name in files:
        text = text.replace(f'"{name}"', f"'{small_demo.parent / name}'")
    if not regions:
        text = "\n".join(line for line in text.splitlines() if not line.startswith(("regions", "census")))
    own = targets or (small_demo.parent / "targets.csv").read_text(encoding="utf-8-sig")
    (folder / "targets.csv").write_text(own, encoding="utf-8")
    path = folder / "p.toml"
    path.write_text("\n".join([text, *lines]), encoding="utf-8")
    return path


def test_filling_without_a_table_or_without_regions_is_refused_before_anything_is_read(small_demo, tmp_path):
    text = small_demo.read_text(encoding="utf-8").replace('targets = "targets.csv"\nplan = "plan.toml"\n', "")
    (tmp_path / "none.toml").write_text(text, encoding="utf-8")
    fill = {"siting": {"fill_targets": True}}
    with pytest.raises(SettingsError) as caught:
        read_inputs(read_settings(tmp_path / "none.toml", overrides=fill))
    assert "[inputs]" in caught.value.text("zh")
    assert "targets" in caught.value.text("en")
    with pytest.raises(SettingsError) as caught:
        read_inputs(read_settings(project_of(small_demo, tmp_path, regions=False), overrides=fill))
    assert "regions" in caught.value.text("en")


def test_a_row_that_is_not_in_the_table_is_refused_with_the_rows_there_are(small_demo, tmp_path):
    project = project_of(small_demo, tmp_path, "[targets.rows]", '"高新区" = ["灵泉街道"]')
    with pytest.raises(SettingsError) as caught:
        read_inputs(read_settings(project))
    for text in (caught.value.text("zh"), caught.value.text("en")):
        assert all(part in text for part in ("targets.csv", "高新区", "经开区"))


def test_a_township_under_two_rows_is_refused(small_demo, tmp_path):
    lines = ["[targets.rows]", '"经开区" = ["灵泉街道"]', '"明月山" = ["灵泉 街道"]']
    with pytest.raises(SettingsError) as caught:
        read_inputs(read_settings(project_of(small_demo, tmp_path, *lines)))
    assert all("明月山" in text for text in (caught.value.text("zh"), caught.value.text("en")))


def test_a_row_that_nothing_belongs_to_and_a_township_that_is_not_there_are_said(small_demo, tmp_path):
    table = "县区,县级,乡镇(街道)\n袁州区,1,4\n外县,1,2"
    project = project_of(small_demo, tmp_path, "[targets.rows]", '"袁州区" = ["无此镇"]', targets=table)
    settings = read_settings(project, overrides={"siting": {"budget": None}})
    run = assess(read_inputs(settings), settings)
    found = {finding.word: finding for finding in run.findings if finding.word.startswith("finding.targets_")}
    alone = found["finding.targets_row_alone"]
    assert (alone.file, alone.facts) == ("targets.csv", {"cell": "A3", "name": "外县"})
    assert found["finding.targets_township_unknown"].facts == {"row": "袁州区", "names": "无此镇"}
    assert found["finding.targets_unplaced"].facts == {"count": 1}
    # Sites of zones and villages are of no type of this table.
    assert found["finding.targets_uncounted"].facts["count"] == len(run.progress.uncounted)


def test_the_command_prints_the_plan_by_row_and_type_and_as_json(small_demo, tmp_path):
    out = tmp_path / "out"
    done = catchment("suggest", small_demo, "--fill-targets", "--lang", "en", "--json", "--out", out, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    plan = json.loads(done.stdout)
    assert (plan["targets_lacking_count"], plan["targets_filled_count"], plan["budget"]) == (5, 3, 3)
    assert sorted((site["row"], site["type"]) for site in plan["sites"]) == [
        ("袁州区", "township"),
        ("袁州区", "village"),
        ("袁州区", "village"),
    ]
    assert [(short["type"], short["count"]) for short in plan["targets_unfilled"]] == [("zone", 1), ("tech", 1)]
    record = json.loads((out / "run.json").read_text(encoding="utf-8"))
    assert record["targets"]["lacking_count"] == 5


def test_the_lines_for_a_terminal_name_rows_types_and_reasons(filled_run, house_run):
    lines = filling_lines(filled_run)
    assert lines[0] == "按任务补齐：缺 5 处，补 3 处，2 处补不上。"
    assert sum(line.startswith("袁州区") for line in lines) == 3
    assert [line.split("：")[0] for line in lines[-2:]] == ["未补", "未补"]
    assert "有任务而没有候选场所" in lines[-1]
    assert not any(line.startswith("未补") for line in filling_lines(house_run))


def test_nothing_lacking_says_so_and_is_no_error(small_demo, tmp_path):
    project = project_of(small_demo, tmp_path, targets="县区,县级\n袁州区,1")
    run = filled(project)
    assert (run.filling.lacking, len(run.suggestions)) == (0, 0)
    assert filling_lines(run) == ["任务表没有缺口：每一项都已有建成、筹建或规划的网点。"]


def test_what_could_stand_for_a_place_is_in_the_same_row(filled_run):
    found, progress = filled_run.suggestions.answers.alternatives, filled_run.progress
    assert len(found) > 0
    unit = polygon_of(found[["lon", "lat"]].to_numpy(), filled_run.regions.frame.geometry.to_numpy())
    assert (unit >= 0).all()
    assert progress.unit_row[unit].tolist() == filled_run.filling.row[found["rank"].to_numpy() - 1].tolist()
