"""The map page: what it says, that it needs no network, and that text from data is only ever text."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from dataclasses import replace
from html.parser import HTMLParser
from importlib.resources import files

import folium
import numpy as np
import pytest
import shapely
from pagedata import page_data, unfolded

from catchment.model import Access, Cause, Gaps, Sites
from catchment.outputs.bands import drawn_bands
from catchment.outputs.drawing import drawn_cells, drawn_streets
from catchment.outputs.figures import printed_figures
from catchment.outputs.maps import coverage_map, write_map
from catchment.outputs.packing import laid_out
from catchment.outputs.payload import page_payload, payload_text, type_order

HOSTILE = (
    "优惠 {% off",
    '</script><script>document.title="x"</script>{{7*7}}<!--<img src=x onerror=alert(1)>',
    "=1+1 \u2028 \ud800 ${9*9} \\u003cb\\u003e '\"`&amp;",
)
LITERAL = (*HOSTILE[:2], HOSTILE[2].replace("\ud800", "�"))


class Page(HTMLParser):
    """What a browser holds after the scripts have run: texts by element id, every attribute, the rows of tables."""

    def __init__(self, html):
        super().__init__()
        self.texts, self.attributes, self.rows, self.raw, self._open = {}, [], [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        if tag not in ("meta", "input", "br", "img", "link"):
            self._open.append((tag, dict(attrs).get("id") or tag))
        self.attributes += [(tag, *pair) for pair in attrs]
        self.rows += [dict(attrs)] if tag == "tr" else []

    def handle_endtag(self, tag):
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        if self._open and self._open[-1][0] in ("script", "style"):
            self.raw.append((self._open[-1][0], data))
            return
        for name in {name for _, name in self._open}:
            self.texts[name] = self.texts.get(name, "") + data


def opened(path, fragment=""):
    """The page as Chromium shows it, and what Chromium wrote on its console."""
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if browser is None:
        pytest.skip("no Chromium on the PATH: the page is not opened")
    flags = "--headless --no-sandbox --disable-gpu --disable-background-networking --no-first-run --dump-dom"
    lines = "--enable-logging=stderr --v=0 --virtual-time-budget=3000 --proxy-server=127.0.0.1:9"
    rules = "--host-resolver-rules=MAP * ~NOTFOUND"
    profile = f"--user-data-dir={path.parent / 'profile'}"
    address = path.absolute().as_uri() + fragment
    done = subprocess.run(
        [browser, *flags.split(), *lines.split(), rules, profile, address], capture_output=True, check=True, timeout=60
    )
    console = [line for line in done.stderr.decode(errors="replace").splitlines() if "CONSOLE" in line]
    return Page(done.stdout.decode()), console


def acted(path, script, fragment=""):
    """The page after a script of the test has run on it, which the policy would not let in."""
    html = re.sub('<meta http-equiv="Content-Security-Policy"[^>]*>', "", path.read_text(encoding="utf-8"), count=1)
    ready = "var waiting = setInterval(function () { if (!document.documentElement.dataset.ready) { return; }"
    act = f"<script>{ready} clearInterval(waiting); {script} }}, 5);</script></body>"
    path.with_name("acted.html").write_text(html.replace("</body>", act), encoding="utf-8")
    return opened(path.with_name("acted.html"), fragment)


@pytest.fixture(scope="module")
def hostile_page(make_run, tmp_path_factory):
    """The page of a run whose every text is hostile."""
    path = tmp_path_factory.mktemp("hostile") / "覆盖 图.html"
    write_map(make_run(HOSTILE, name=HOSTILE[1], review_number=HOSTILE[0]), path)
    return path


def test_the_page_opens_with_its_title_and_headline_and_a_silent_console(make_run, tmp_path):
    write_map(make_run(), tmp_path / "map.html")
    page, console = opened(tmp_path / "map.html")
    assert console == []
    assert page.texts["title"].startswith("演示县 服务圈覆盖图（截至2024-05-01）")
    assert "66.6%" in page.texts["headline"]
    assert "54.7%～66.6%" in page.texts["headline"]
    assert "170 / 256 人" in page.texts["headline"]
    assert "未覆盖 86" in page.texts["headline"]
    assert "其中因路网数据待核实 16" in page.texts["headline"]
    assert "74.1%镇区按15公里" in page.texts["headline"]
    assert "内部工作用图，未经地图审核，不得公开" in page.texts["foot"]
    assert "数据检查：1 处待核" in page.texts["foot"]
    assert "演示数据" not in page.texts["body"]


def test_the_answer_stands_in_the_page_before_any_script_has_run(make_run, tmp_path):
    write_map(make_run(), tmp_path / "map.html")
    page = Page((tmp_path / "map.html").read_text(encoding="utf-8"))
    assert page.texts["title"].startswith("演示县 服务圈覆盖图（截至2024-05-01）")
    assert page.texts["standard"].startswith("测算口径：城区步行15分钟")
    for text in ("66.6%", "54.7%～66.6%", "170 / 256 人", "未覆盖 86", "其中因路网数据待核实 16", "需要启用脚本"):
        assert text in page.texts["headline"]


def test_a_browser_without_an_inflate_of_its_own_shows_the_same(make_run, tmp_path):
    write_map(make_run(), tmp_path / "map.html")
    html = (tmp_path / "map.html").read_text(encoding="utf-8")
    old = re.sub('<meta http-equiv="Content-Security-Policy"[^>]*>', "", html, count=1)
    old = old.replace("<head>", "<head><script>delete window.DecompressionStream;</script>", 1)
    (tmp_path / "old.html").write_text(old, encoding="utf-8")
    (page, console), (same, _) = opened(tmp_path / "old.html"), opened(tmp_path / "map.html")
    assert console == []
    assert "常住人口" in page.texts["sheet"]
    assert page.texts["sheet"] == same.texts["sheet"]


def test_hostile_text_in_the_first_answer_is_text(make_run, tmp_path):
    write_map(make_run(HOSTILE, name=HOSTILE[1]), tmp_path / "map.html")
    page = Page((tmp_path / "map.html").read_text(encoding="utf-8"))
    assert page.texts["title"].count(LITERAL[1]) == 2
    assert not [found for found in page.attributes if found[0] == "img"]


def test_the_bare_page_is_small(make_run, tmp_path):
    write_map(make_run(), tmp_path / "map.html")
    assert (tmp_path / "map.html").stat().st_size <= 200_000


def test_the_page_has_every_word_that_its_script_names(make_run):
    script = files("catchment").joinpath("outputs", "assets", "app.js").read_text(encoding="utf-8")
    whole = set(re.findall(r'say\("([a-z]+\.[a-z0-9_]*[a-z0-9])"', script))
    assert whole
    assert whole <= set(page_payload(make_run())["words"]["en"])


def test_hostile_names_are_shown_as_they_are_and_nothing_runs(hostile_page):
    page, console = opened(hostile_page, "#sites")
    assert console == []
    assert page.texts["title"].startswith(f"{LITERAL[1]} 服务圈覆盖图")
    for name in LITERAL:
        assert name in page.texts["sheet"]
    assert f"审图号：{LITERAL[0]}" in page.texts["foot"]
    assert not [found for found in page.attributes if found[0] == "img" or found[1].startswith("on")]
    assert "49" not in page.texts["sheet"]


def test_hostile_text_in_a_finding_is_shown_as_it_is(hostile_page):
    page, console = opened(hostile_page, "#data")
    assert console == []
    assert LITERAL[2] in page.texts["sheet"]


def test_the_policy_stops_a_script_that_is_not_ours(hostile_page, tmp_path):
    html = hostile_page.read_text(encoding="utf-8")
    broken = tmp_path / "broken.html"
    broken.write_text(html.replace("</body>", '<script>document.title = "stolen"</script></body>'), encoding="utf-8")
    page, console = opened(broken)
    assert "stolen" not in page.texts["title"]
    assert any("Content Security Policy" in line for line in console)


def test_the_regions_tab_adds_up_to_the_headline(make_run, tmp_path):
    write_map(make_run(language="en", synthetic=True), tmp_path / "map.html")
    page, _ = opened(tmp_path / "map.html", "#regions")
    assert "西区19173.4%511 / 1" in page.texts["sheet"]
    assert "东区6546.5%351 / 2" in page.texts["sheet"]
    assert "Total25666.6%862 / 3" in page.texts["sheet"]
    assert page.texts["synthetic"].startswith("Demonstration")


def test_the_file_loads_nothing(hostile_page):
    html = hostile_page.read_text(encoding="utf-8")
    page = Page(html)
    loading = {"src", "href", "data", "srcset", "action", "background", "poster"}
    assert not [found for found in page.attributes if found[1] in loading]
    styles = "".join(text for tag, text in page.raw if tag == "style")
    assert "@import" not in styles
    # Internet Explorer's VML line names no address.
    assert not re.search(r"url\((?!#default#VML)", styles)
    scripts = "".join(text for tag, text in page.raw if tag == "script")
    scripts += "".join(unfolded(text).decode() for text in re.findall('<script type="text/x-folded">([^<]*)<', html))
    assert set(re.findall(r"https?://[\w.]+", scripts)) <= {"http://www.w3.org", "https://leafletjs.com"}
    assert "sourceMappingURL" not in scripts


def test_the_policy_stands_first_and_names_every_script(hostile_page):
    html = hostile_page.read_text(encoding="utf-8")
    head = html[html.index("<head>") :].split(">", 2)
    assert "Content-Security-Policy" in head[1]
    assert "default-src 'none'" in head[1]
    assert "unsafe" not in head[1]
    scripts = re.findall('<script>|<script type="text/x-folded">', html)
    assert head[1].split("style-src")[0].count("'sha256-") == len(scripts) == 5
    assert html.startswith('<!DOCTYPE html>\n<html lang="zh-CN">')


def test_the_same_run_gives_the_same_bytes(make_run, tmp_path):
    write_map(make_run(), tmp_path / "one.html")
    write_map(make_run(), tmp_path / "two.html")
    one = (tmp_path / "one.html").read_bytes()
    assert one == (tmp_path / "two.html").read_bytes()
    assert not re.search(rb"_[0-9a-f]{32}\b", one)


def test_a_notebook_gets_a_folium_map_that_shows_the_page(make_run):
    page = coverage_map(make_run())
    assert isinstance(page, folium.Map)
    shown = page._repr_html_()
    assert "catchment-data" in shown
    assert "cdn." not in shown


def test_the_payload_cannot_end_its_element_and_reads_back_the_same(make_run):
    text = payload_text(laid_out(page_payload(make_run(HOSTILE)))[0])
    assert not re.search("[<>&\u2028\u2029\ud800-\udfff]", text)
    assert [site["name"] for site in json.loads(text)["sites"]] == list(LITERAL)


def test_cells_hold_exactly_the_units_of_the_headline(make_run):
    payload = page_data(make_run())
    cells, units = payload["cells"], payload["figures"]["units"]
    by_cause = dict.fromkeys(cells["causes"], 0)
    for state, amount in zip(cells["state"], cells["people"]["units"], strict=True):
        by_cause[cells["causes"][state // 3]] += amount
    assert by_cause == {name: units[name] for name in cells["causes"]}
    assert units["people"] == 255.75 * 1024


def test_whole_persons_add_up_everywhere(make_run):
    figures = printed_figures(make_run())
    assert (figures.people, figures.covered, figures.uncovered, figures.doubtful) == (256, 170, 86, 16)
    assert sum(figures.by_cause.values()) == 86
    assert figures.by_setting.sum() == 256
    assert figures.by_setting[:, Cause.COVERED].sum() == 170
    assert figures.by_region["people"].tolist() == [191, 65]
    assert figures.by_region["covered"].sum() == 170
    assert figures.by_site["catchment_covered"].sum() == 170


def test_merged_cells_lose_nobody(make_run):
    run = make_run()
    cells = drawn_cells(run.people, run.access, cell_budget=7)
    assert cells.units.sum() == run.people.units.sum()
    for cause in Cause:
        assert cells.units[cells.cause == cause].sum() == run.people.units[run.access.cause == cause].sum()
    # No two cells here are of one cause and setting, so that nothing but the lattice changes.
    assert len(cells.units) == 8


def test_blocks_of_one_kind_become_one(make_run):
    run = make_run()
    same = {"cause": np.zeros(8, np.int8)}
    access = type(run.access)(**{**vars(run.access), **same})
    people = type(run.people)(**{**vars(run.people), "setting": np.zeros(8, np.int8)})
    cells = drawn_cells(people, access, cell_budget=7)
    assert cells.units.tolist() == [190.75 * 1024, 65 * 1024]
    assert cells.lattice == pytest.approx((114.0, 28.02, 0.02, 0.02))


def test_people_without_a_grid_are_points(make_run):
    run = make_run()
    people = type(run.people)(**{**vars(run.people), "cell_degrees": None})
    cells = page_data(make_run(people=people))["cells"]
    assert cells["lattice"] is None
    assert cells["column"][0] == 114_005_000


def test_edges_of_one_way_are_drawn_as_one_line(make_run):
    drawn = drawn_streets(make_run().streets)
    assert drawn.lines["main"].xy.tolist() == [[11400000, 2801000], [11402000, 2801000], [11404000, 2801200]]
    assert drawn.lines["main"].ptr.tolist() == [0, 3]
    assert drawn.left_out == ()


def test_a_network_over_the_budget_loses_its_paths_first(make_run):
    drawn = drawn_streets(make_run().streets, vertex_budget=3)
    assert set(drawn.lines) == {"main"}
    assert drawn.left_out == ("path",)


def test_types_of_another_field_follow_in_order(make_run):
    run = make_run()
    assert type_order(run) == ["county", "zone", "village"]
    table = run.by_site.assign(type=["诊所", "county", ""])
    assert type_order(make_run(by_site=table)) == ["county", "诊所", ""]


def test_a_run_of_nothing_is_still_a_page(make_run, tmp_path):
    run = make_run()
    none, few = np.zeros(0, np.int64), np.zeros(0, np.int32)
    people = replace(
        run.people, xy=np.zeros((0, 2)), units=none, point_id=none, region=few, setting=few.astype(np.int8)
    )
    access = Access(few.astype(np.int8), few, few, none, none, np.zeros(0))
    nothing = dict.fromkeys(("people", "covered", "covered_slow", "covered_brisk", "covered_towns_on_foot"), 0)
    nothing |= {"covered_towns_by_road": 0, "covered_by_all_sites": 0, "percentiles": ()}
    totals = replace(run.totals, uncovered_by_cause=dict.fromkeys(Cause, 0), **nothing)
    streets = replace(
        run.streets,
        **dict.fromkeys(("start", "end", "kind", "first_segment", "flags", "name"), few),
        vertex_ptr=np.zeros(1, np.int64),
        vertex_xy=np.zeros((0, 2)),
        vertex_mm=none,
        way_id=none,
    )
    bare = make_run(
        people=people, access=access, totals=totals, streets=streets, regions=None, by_region=run.by_region.iloc[:0],
        sites=Sites(run.sites.frame.iloc[:0]), by_site=run.by_site.iloc[:0], counted=np.zeros(0, bool),
        unsnapped=np.zeros(0, bool), findings=(), sources=(), gaps=None, dissolved={},
    )  # fmt: skip
    write_map(bare, tmp_path / "map.html")
    page, console = opened(tmp_path / "map.html")
    assert console == []
    assert "0 / 0 人" in page.texts["headline"]


def test_the_gaps_tab_ranks_patches_and_adds_up_to_the_uncovered(make_run, tmp_path):
    write_map(make_run(language="en"), tmp_path / "map.html")
    page, console = opened(tmp_path / "map.html", "#gaps")
    assert console == []
    assert "1西区city · too far511.4 km县就业之家1.2 km" in page.texts["sheet"]
    assert "2东区town · too far193.4 km东村服务点3 km" in page.texts["sheet"]
    assert "3东区rural · no road nearby in the data16—5.7 km" in page.texts["sheet"]
    assert "Total86" in page.texts["sheet"]


def test_a_gap_that_no_site_was_found_for_is_farther_than_the_search(make_run):
    run = make_run()
    frame = run.gaps.frame.assign(site=-1, cost_mm=-1)
    patches = printed_figures(make_run(gaps=Gaps(frame, run.gaps.patch))).patches
    # Twice 15 minutes at 4.8 km/h; where the data have no road, nobody can say.
    assert [patch.beyond_m for patch in patches] == [2400, 2400, -1]
    assert [patch.people for patch in patches] == [51, 19, 16]


def test_every_uncovered_cell_knows_its_gap(make_run):
    assert page_data(make_run())["cells"]["patch"] == [-1, 0, -1, 1, -1, 2, 2, 2]


def test_a_page_lists_the_first_gaps_and_counts_the_others(make_run, tmp_path, monkeypatch):
    monkeypatch.setattr("catchment.outputs.payload.GAPS_SHOWN", 1)
    payload = page_data(make_run())
    assert [gap["people"] for gap in payload["gaps"]["rows"]] == [51]
    assert (payload["gaps"]["more"], payload["gaps"]["more_people"]) == (2, 35)
    assert payload["cells"]["patch"] == [-1, 0, -1, -1, -1, -1, -1, -1]
    write_map(make_run(language="en"), tmp_path / "map.html")
    page, _ = opened(tmp_path / "map.html", "#gaps")
    assert "2 more, in the workbook35Total86" in page.texts["sheet"]


def test_service_areas_are_nested_rings_with_their_holes(make_run):
    bands = page_data(make_run())["areas"]["walk"]
    assert [band["count"] for band in bands] == [[5], [5], [5, 5]]
    widest = np.column_stack([bands[2]["x"], bands[2]["y"]])
    assert widest[:5].min(axis=0).tolist() == [11_400_000, 2_801_000]
    assert widest[:5].max(axis=0).tolist() == [11_400_600, 2_801_600]
    assert widest[5:].min(axis=0).tolist() == [11_400_100, 2_801_450]


def test_service_areas_keep_to_their_vertices(make_run):
    run = make_run()
    round_area = shapely.Point(114.02, 28.01).buffer(0.01, quad_segs=500)
    areas = replace(run.dissolved["walk"], polygons=np.array([[round_area] * 3], object))
    drawn = drawn_bands(make_run(dissolved={"walk": areas}), vertex_budget=300)["walk"]
    count = sum(len(lines.xy) for lines in drawn.rings)
    assert 60 < count <= 300


def test_the_legend_names_the_bands_and_says_that_they_judge_nobody(make_run, tmp_path):
    write_map(make_run(), tmp_path / "map.html")
    page, _ = opened(tmp_path / "map.html")
    assert "步行5、10、15分钟" in page.texts["body"]
    assert "服务范围只是示意，不用于判定：已覆盖的人口可能位于图形之外。" in page.texts["sheet"]
    assert "不超过 57.5 米（外扩 50 米，半格 5 米，简化 2.5 米）" in page.texts["sheet"]


def chosen_rows(page):
    """Kind and index of the rows that are marked as chosen."""
    chosen = [row for row in page.rows if "chosen" in row.get("class", "")]
    return [(row["data-kind"], row["data-index"]) for row in chosen]


def test_a_click_on_the_row_of_a_gap_opens_its_card_and_outlines_its_cells(make_run, tmp_path):
    write_map(make_run(language="en"), tmp_path / "map.html")
    click = 'document.querySelectorAll("#sheet tr[data-kind=gap]")[2].click();'
    page, console = acted(tmp_path / "map.html", click, "#gaps")
    assert console == []
    assert "Gap 3not covered16 peoplecauseno road nearby in the data" in page.texts["body"]
    outlines = [value for tag, name, value in page.attributes if tag == "path" and name == "d"]
    # Three cells in a row: two long sides, whatever their corners, and two short ones.
    assert max(outline.count("M") for outline in outlines) == 4


def test_a_gap_of_points_is_boxed(make_run, tmp_path):
    people = replace(make_run().people, cell_degrees=None)
    write_map(make_run(people=people), tmp_path / "map.html")
    click = 'document.querySelectorAll("#sheet tr[data-kind=gap]")[2].click();'
    page, console = acted(tmp_path / "map.html", click, "#gaps")
    assert console == []
    outlines = [value for tag, name, value in page.attributes if tag == "path" and name == "d"]
    assert [outline.count("M") for outline in outlines].count(4) == 0
    assert chosen_rows(page) == [("gap", "2")]


def test_a_click_on_an_uncovered_cell_chooses_its_gap(make_run, tmp_path):
    write_map(make_run(language="en"), tmp_path / "map.html")
    click = 'window[document.querySelector(".folium-map").id].fire("click", { latlng: L.latLng(28.015, 114.035) });'
    page, console = acted(tmp_path / "map.html", click)
    assert console == []
    assert "part of gapGap 2 · 19 people" in page.texts["body"]
    assert chosen_rows(page) == [("gap", "1")]


@pytest.mark.parametrize(
    ("asked", "found"), [("东村", ("site", "1")), ("西", ("region", "0")), ("驿站", ("site", "2"))]
)
def test_the_search_goes_to_the_first_name_it_finds(make_run, tmp_path, asked, found):
    write_map(make_run(), tmp_path / "map.html")
    ask = f"""var field = document.querySelector("#search input"); field.value = "{asked}";
        field.dispatchEvent(new Event("input"));
        field.dispatchEvent(new KeyboardEvent("keydown", {{ key: "Enter", bubbles: true }}));"""
    page, console = acted(tmp_path / "map.html", ask)
    assert console == []
    assert chosen_rows(page) == [found]


def test_the_search_shows_hostile_names_as_they_are(hostile_page):
    ask = """var field = document.querySelector("#search input"); field.value = "script";
        field.dispatchEvent(new Event("input"));"""
    page, console = acted(hostile_page, ask)
    assert console == []
    assert LITERAL[1] in page.texts["found"]
    assert not [found for found in page.attributes if found[0] == "img" or found[1].startswith("on")]


def test_a_search_for_nobody_says_so(make_run, tmp_path):
    write_map(make_run(language="en"), tmp_path / "map.html")
    ask = """var field = document.querySelector("#search input"); field.value = "zzz";
        field.dispatchEvent(new Event("input"));"""
    page, _ = acted(tmp_path / "map.html", ask)
    assert page.texts["found"] == "Nothing found"


def test_a_run_without_gaps_or_areas_has_no_tab_for_them(make_run, tmp_path):
    write_map(make_run(gaps=None, dissolved={}), tmp_path / "map.html")
    page, console = opened(tmp_path / "map.html", "#gaps")
    assert console == []
    assert "覆盖空白区" not in page.texts["tabs"]
    assert "服务范围" not in page.texts["body"]


def test_the_sites_tab_shows_who_is_in_reach_and_whom_only_this_site_reaches(make_run, tmp_path):
    write_map(make_run(language="en"), tmp_path / "map.html")
    page, _ = opened(tmp_path / "map.html", "#sites")
    assert "东村服务点village or community · 东区1707070" in page.texts["sheet"]


def test_a_run_without_regions_has_no_region_rows(make_run):
    run = make_run()
    payload = page_payload(make_run(regions=None, by_region=run.by_region.iloc[:0]))
    assert payload["regions"] == []


def test_the_scripts_are_no_newer_than_es2019():
    assets = files("catchment").joinpath("outputs", "assets")
    scripts = [assets.joinpath(name).read_text(encoding="utf-8") for name in ("app.js", "inflate.js", "boot.js")]
    code = re.sub(r"//[^\n]*", "", "".join(scripts))
    words = "replaceAll|matchAll|static|await|import|globalThis|structuredClone|allSettled"
    newer = rf"\?\?|\?\.[A-Za-z_(\[]|\|\|=|&&=|\d_\d|\b\d+n\b|\.at\(|this\.#|\b(?:{words})\b"
    assert re.findall(newer, code) == []
    assert "innerHTML" not in code
    assert "eval(" not in code
