"""The command line, as a planner calls it: in a process of its own."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

ROOT = Path(__file__).parents[1]


def catchment(*arguments, cwd, **environment):
    """Run the program in a folder; its source is found by PYTHONPATH as in the tests themselves."""
    search = os.pathsep.join([str(ROOT / "coverage"), os.environ.get("PYTHONPATH", "")])
    return subprocess.run(
        [sys.executable, "-m", "catchment", *map(str, arguments)],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": search, "LANG": "C.UTF-8", "PYTHONUTF8": "1", **environment},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_help_imports_nothing_heavy():
    code = "import sys, catchment.apps.cli as cli; from pathlib import Path; cli.command_line('en', Path()); "
    code += "print(sorted({'numpy', 'numba', 'pandas', 'folium', 'shapely', 'rich'} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(ROOT / "coverage")},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(("language", "word"), [("zh", "读取网点"), ("en", "Read sites")])
def test_help_speaks_both_languages(tmp_path, language, word):
    done = catchment("--help", cwd=tmp_path, LANG=f"{language}_XX.UTF-8")
    assert done.returncode == 0
    assert word in done.stdout


def test_flags_do_what_a_project_file_does(small_demo, tmp_path):
    flags = [
        f"--{role}={small_demo.parent / file}"
        for role, file in (("sites", "sites.xlsx"), ("roads", "streets.osm.pbf"), ("population", "population.tif"))
    ]
    by_flags = catchment("run", *flags, "--datum", "gcj02", "--json", "--out", "out", cwd=tmp_path)
    assert by_flags.returncode == 0, by_flags.stderr
    headline = json.loads(by_flags.stdout)
    assert headline["outputs"]["map"] == "out/map.html"
    assert (tmp_path / "out" / "map.html").is_file()
    by_project = catchment("run", small_demo, "--json", "--out", tmp_path / "out2", cwd=tmp_path)
    other = json.loads(by_project.stdout)
    keys = {
        "people_total",
        "people_covered",
        "covered_share",
        "people_uncovered",
        "uncovered_by_cause",
        "sites_count",
        "counted_sites_count",
        "unsnapped_sites_count",
        "approximate_sites_count",
        "standard",
    }
    assert {key: headline[key] for key in keys} == {key: other[key] for key in keys}


def test_map_writes_the_page_alone_and_without_a_browser_says_what_to_do(small_demo, tmp_path):
    nowhere = str(tmp_path / "nowhere")
    asked = ("map", small_demo, "--pdf", "--paper", "A3", "--lang", "zh", "--out", "图 一.html")
    done = catchment(*asked, cwd=tmp_path, CATCHMENT_BROWSER=nowhere)
    assert done.returncode == 6
    assert nowhere in done.stderr
    assert "打印" in done.stderr
    assert "Traceback" not in done.stderr
    assert [file.name for file in tmp_path.iterdir()] == ["图 一.html"]
    assert "size: A3 landscape" in (tmp_path / "图 一.html").read_text(encoding="utf-8")


def test_public_results_without_a_review_number_are_refused_before_anything_is_written(small_demo, tmp_path):
    for command in ("run", "map"):
        done = catchment(command, small_demo, "--public", "--out", "out", "--lang", "zh", cwd=tmp_path)
        assert done.returncode == 2
        assert "审图号" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_check_reads_everything_and_writes_nothing(small_demo, tmp_path):
    done = catchment("check", small_demo, "--lang", "zh", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "H8" in done.stdout
    assert "GCJ-02" in done.stdout
    assert not list(tmp_path.iterdir())


def test_init_writes_a_project_file_that_can_be_read(tmp_path):
    for language in ("zh", "en"):
        file = f"{language}.toml"
        assert catchment("init", file, "--lang", language, cwd=tmp_path).returncode == 0
        done = catchment("run", file, "--lang", language, cwd=tmp_path)
        assert done.returncode == 3
        assert "sites.xlsx" in done.stderr
    again = catchment("init", "en.toml", cwd=tmp_path)
    assert again.returncode == 2


def test_the_demo_writes_its_inputs_and_its_results(tmp_path):
    done = catchment("demo", "--size", "village", "--lang", "en", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    out = tmp_path / "maps" / "demo"
    assert {path.name for path in out.iterdir()} == {
        "coverage.gpkg",
        "inputs",
        "map-A3.png",
        "map.html",
        "map.png",
        "report.docx",
        "report.xlsx",
        "run.json",
        "run.log",
        "site-visits.docx",
    }
    assert catchment("demo", "--size", "village", "--lang", "en", cwd=tmp_path).returncode == 0
    assert (out / "inputs" / "demo.toml").is_file()


BROKEN = [
    ({"sites": "nowhere.csv"}, 3, "nowhere.csv"),
    ({"roads": "nowhere.osm.pbf"}, 3, "nowhere.osm.pbf"),
    ({"population": "https://example.org/pop.tif"}, 3, "local"),
    ({"sites": "nolon.csv"}, 3, "nolon.csv"),
    ({"regions": "nocrs.gpkg"}, 3, "nocrs.gpkg"),
    ({"roads": "half.osm.pbf"}, 3, "half.osm.pbf"),
    ({"sites": "swapped.csv"}, 3, "swapped"),
    ({"population": "text.tif"}, 3, "text.tif"),
]


@pytest.mark.parametrize(("inputs", "code", "said"), BROKEN, ids=str)
def test_bad_input_is_said_and_nothing_is_written(small_demo, tmp_path, inputs, code, said):
    demo = small_demo.parent
    (tmp_path / "nolon.csv").write_text("name,where\na,b\n", encoding="utf-8")
    (tmp_path / "swapped.csv").write_text("name,lon,lat\na,27.8,114.4\nb,27.81,114.41\n", encoding="utf-8")
    (tmp_path / "text.tif").write_text("not a grid", encoding="utf-8")
    whole = (demo / "streets.osm.pbf").read_bytes()
    (tmp_path / "half.osm.pbf").write_bytes(whole[: len(whole) // 2])
    with pytest.warns(UserWarning, match="crs"):
        gpd.GeoDataFrame({"name": ["a"]}, geometry=[shapely.box(0, 0, 1, 1)]).to_file(tmp_path / "nocrs.gpkg")
    flags = {
        "sites": demo / "sites.xlsx",
        "roads": demo / "streets.osm.pbf",
        "population": demo / "population.tif",
        **inputs,
    }
    done = catchment("run", *(f"--{role}={file}" for role, file in flags.items()), "--out", "out", cwd=tmp_path)
    assert done.returncode == code, done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()
    assert not (tmp_path / "out.new").exists()


def test_a_wrong_setting_is_a_usage_error(tmp_path):
    (tmp_path / "p.toml").write_text('[inputs]\nsites="a"\nroads="b"\npopulation="c"\n[standrad]\n', encoding="utf-8")
    done = catchment("run", "p.toml", cwd=tmp_path)
    assert done.returncode == 2
    assert "standard" in done.stderr


def test_a_missing_flag_is_a_usage_error(tmp_path):
    done = catchment("run", "--sites", "sites.xlsx", cwd=tmp_path)
    assert done.returncode == 2
    assert "--roads" in done.stderr


def test_a_gbk_console_gets_no_traceback(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "catchment", "run", "不存在\u2028.toml", "--lang", "zh"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT / "coverage"), "PYTHONIOENCODING": "gbk"},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 3
    assert "找不到文件" in done.stderr.decode("gbk")


def test_a_folder_is_run_once_its_reading_is_confirmed(small_demo, tmp_path):
    folder = tmp_path / "宜春 数据"
    shutil.copytree(small_demo.parent, folder)
    (folder / "demo.toml").unlink()
    refused = catchment("run", folder, "--lang", "en", cwd=tmp_path)
    assert refused.returncode == 2
    assert "--yes" in refused.stderr
    done = catchment("run", folder, "--lang", "en", "--yes", "--json", "--out", "out", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "sites.xlsx" in done.stderr
    assert json.loads(done.stdout)["people_total"] > 0


@pytest.fixture(scope="module")
def suggested(small_demo, tmp_path_factory):
    """What ``suggest --json`` says of the small demo, its folder of results and the run without a budget."""
    folder = tmp_path_factory.mktemp("suggest")
    done = catchment("suggest", small_demo, "--budget", 3, "--json", "--lang", "en", "--out", "out", cwd=folder)
    assert done.returncode == 0, done.stderr
    project = small_demo.parent / "without.toml"
    text = small_demo.read_text(encoding="utf-8")
    project.write_text(text[: text.index("[siting]")] + text[text.index("[map]") :], encoding="utf-8")
    bare = catchment("run", project, "--json", "--lang", "en", "--out", "bare", cwd=folder)
    project.unlink()
    assert bare.returncode == 0, bare.stderr
    return json.loads(done.stdout), folder, json.loads(bare.stdout)


def test_suggest_prints_a_plan_and_how_good_it_is(suggested):
    plan, folder, bare = suggested
    assert bare["suggestions"] is None
    assert plan["people_total"] == bare["people_total"]
    assert plan["people_covered_before"] == bare["people_covered"]
    assert plan["people_covered"] == bare["people_covered"] + sum(site["new"] for site in plan["sites"])
    assert plan["people_covered"] <= plan["upper_bound"] <= plan["people_total"]
    assert plan["gap"] == (plan["upper_bound"] - plan["people_covered"]) / plan["people_covered"]
    assert (plan["status"] == "optimal") == (plan["gap"] == 0)
    assert plan["bound_leaves_out"]
    assert (plan["budget"], plan["seed"], len(plan["sites"])) == (3, 0, 3)
    added = [site["new"] for site in plan["sites"]]
    assert added == sorted(added, reverse=True)
    for site in plan["sites"]:
        assert site["unique"] <= site["new"] <= site["in_reach"] == site["unique"] + site["shared"]
        assert {key: 1024 * site[key] for key in site["units"]} == site["units"]
        assert "people more" in site["reason"]
    assert plan["curve"]["new"][-1] == plan["people_covered"] - plan["people_covered_before"]
    assert plan["curve"]["at_most"][-1] == plan["upper_bound"] - plan["people_covered_before"]
    assert {key: plan[f"people_{key}"] * 1024 for key in ("total", "covered_before", "covered")}.items() <= plan[
        "people_units"
    ].items()
    record = json.loads((folder / "out" / "run.json").read_text(encoding="utf-8"))
    assert {key: plan[key] for key in record["suggestions"]} == record["suggestions"]
    assert record["settings"]["siting"]["budget"] == 3


def test_building_the_plan_and_running_again_covers_what_it_promised(suggested, small_demo):
    plan, folder, _ = suggested
    ledger = gpd.read_file(folder / "out" / "coverage.gpkg", layer="sites")
    rows = zip(ledger["name"], ledger["type"], ledger["status"], ledger.geometry, strict=True)
    text = "名称,类型,状态,经度,纬度\n" + "".join(
        f'"{name}",{kind},{status},{place.x!r},{place.y!r}\n' for name, kind, status, place in rows
    )
    text += "".join(f"新点{site['id']},village,open,{site['lon']!r},{site['lat']!r}\n" for site in plan["sites"])
    (folder / "built.csv").write_text(text, encoding="utf-8")
    done = catchment(
        *("run", small_demo, "--sites", "built.csv", "--datum", "wgs84", "--json", "--out", "built"), cwd=folder
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["people_covered"] == plan["people_covered"]


def test_suggest_shows_people_a_table_in_their_language(small_demo, tmp_path):
    premises = tmp_path / "场所.csv"
    premises.write_text("名称,类型,经度,纬度\n远处的仓库,仓库,10,10\n", encoding="utf-8")
    done = catchment("suggest", small_demo, "--premises", premises, "--budget", 2, "--lang", "zh", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "若采纳 2 处方案" in done.stdout
    assert "新增覆盖" in done.stdout
    record = json.loads(next(tmp_path.glob("maps/*/run.json")).read_text(encoding="utf-8"))
    outside = [finding["text"] for finding in record["findings"] if finding["finding"] == "premises_outside_roads"]
    assert len(outside) == 1
    assert "远处的仓库" in outside[0]
    assert "premises" in [source["role"] for source in record["inputs"]]


@pytest.mark.parametrize("budget", ["-3", "1001", "99999999999999999999"])
def test_a_budget_that_cannot_be_meant_is_a_usage_error(small_demo, tmp_path, budget):
    done = catchment("suggest", small_demo, f"--budget={budget}", "--lang", "en", cwd=tmp_path)
    assert done.returncode == 2
    assert "siting.budget" in done.stderr
    assert "Traceback" not in done.stderr


def test_suggest_without_a_budget_names_the_flag(small_demo, tmp_path):
    text = small_demo.read_text(encoding="utf-8").replace("budget = 10", "")
    (small_demo.parent / "no_budget.toml").write_text(text, encoding="utf-8")
    done = catchment("suggest", small_demo.parent / "no_budget.toml", "--lang", "en", cwd=tmp_path)
    (small_demo.parent / "no_budget.toml").unlink()
    assert done.returncode == 2
    assert "--budget" in done.stderr


def test_premises_without_a_usable_row_are_refused(small_demo, tmp_path):
    (tmp_path / "p.csv").write_text("名称,经度,纬度\n甲,,\n", encoding="utf-8")
    folder = small_demo.parent
    files = ("--roads", folder / "streets.osm.pbf", "--population", folder / "population.tif")
    for command in (("suggest", small_demo), ("run", "--sites", folder / "sites.xlsx", *files)):
        for premises in ("p.csv", "missing.csv"):
            done = catchment(*command, "--premises", premises, "--lang", "en", cwd=tmp_path)
            assert done.returncode == 3
            assert premises in done.stderr
            assert "Traceback" not in done.stderr
