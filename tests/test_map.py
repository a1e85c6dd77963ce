"""The map page: what it says, that it needs no network, and that text from data is only ever text."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html import unescape
from importlib.resources import files

import folium
import numpy as np
import pytest
import shapely
from browsing import TABS, chosen_rows, count_of, look_for, show_tab, strange_nodes, text_of
from pagedata import page_data, unfolded
from plans import with_suggestions

from catchment.model import Access, Cause, Gaps, Regions, Sites
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


@pytest.fixture(scope="module")
def hostile_page(make_run, tmp_path_factory):
    """The page of a run whose every text is hostile."""
    run, (short, long, odd) = make_run(HOSTILE), HOSTILE
    path = tmp_path_factory.mktemp("hostile") / "覆盖 图.html"
    sites, regions = run.sites.frame, run.regions.frame
    site_texts = {"type": [odd, long, short], "county": long, "township": short, "address": [long, odd, short]}
    table = run.by_site.assign(type=site_texts["type"], region=[short, long, long])
    sources = [replace(source, path=f"D:\\{odd}", attribution=long, licence=short) for source in run.sources]
    findings = [replace(finding, file=f"in/{short}", sheet=long, column=odd) for finding in run.findings]
    hostile = replace(
        run,
        name=long,
        review_number=short,
        sites=Sites(sites.assign(**site_texts)),
        regions=Regions(regions.assign(name=[short, long], parent=[long, odd])),
        by_region=run.by_region.assign(name=[short, long], parent=[long, odd]),
        by_site=table,
        sources=tuple(sources),
        findings=tuple(findings),
    )
    write_map(with_suggestions(hostile, 2, premises=[odd], street=long), path)
    return path


@pytest.mark.parametrize("tab", TABS)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_hostile_text_in_every_field_is_text_on_every_tab_and_card(hostile_page, open_page, tab, language):
    page = open_page(hostile_page, language=language)
    show_tab(page, tab)
    for row in page.locator("#sheet tr[data-kind]:visible").all():
        row.click()
    assert any(name in text_of(page) for name in LITERAL)
    assert strange_nodes(page) == []
    assert page.title().startswith(LITERAL[1])
    # What a template or a script would have made of 7*7 and 9*9.
    assert not re.search("49|81", text_of(page, "#title") + text_of(page, "#foot"))


def test_the_page_opens_with_its_title_and_headline_and_a_silent_console(make_run, tmp_path, open_page):
    write_map(make_run(), tmp_path / "map.html")
    page = open_page(tmp_path / "map.html")
    assert page.title().startswith("演示县 服务圈覆盖图（截至2024-05-01）")
    assert "66.6%" in text_of(page, "#headline")
    assert "54.7%～66.6%" in text_of(page, "#headline")
    assert "170 / 256 人" in text_of(page, "#headline")
    assert "未覆盖 86" in text_of(page, "#headline")
    assert "其中因路网数据待核实 16" in text_of(page, "#headline")
    assert "74.1%镇区按15公里" in text_of(page, "#headline")
    assert "内部工作用图，未经地图审核，不得公开" in text_of(page, "#foot")
    assert "数据检查：1 处待核" in text_of(page, "#foot")
    assert "演示数据" not in text_of(page)


def said(html, name):
    """The text that an element has in the file, before any script has run."""
    inside = re.search(rf'<(\w+) id="{name}">(.*?)</\1>', html, re.DOTALL)[2]
    return unescape(re.sub("<[^>]*>", "", inside))


def test_the_answer_stands_in_the_page_before_any_script_has_run(make_run, tmp_path):
    write_map(make_run(), tmp_path / "map.html")
    html = (tmp_path / "map.html").read_text(encoding="utf-8")
    assert said(html, "title").startswith("演示县 服务圈覆盖图（截至2024-05-01）")
    assert said(html, "standard").startswith("测算口径：城区步行15分钟")
    for text in ("66.6%", "54.7%～66.6%", "170 / 256 人", "未覆盖 86", "其中因路网数据待核实 16", "需要启用脚本"):
        assert text in said(html, "headline")


def test_a_browser_without_an_inflate_of_its_own_shows_the_same(make_run, tmp_path, open_page):
    write_map(make_run(), tmp_path / "map.html")
    html = (tmp_path / "map.html").read_text(encoding="utf-8")
    old = re.sub('<meta http-equiv="Content-Security-Policy"[^>]*>', "", html, count=1)
    old = old.replace("<head>", "<head><script>delete window.DecompressionStream;</script>", 1)
    (tmp_path / "old.html").write_text(old, encoding="utf-8")
    shown = text_of(open_page(tmp_path / "old.html"), "#sheet")
    assert "常住人口" in shown
    assert shown == text_of(open_page(tmp_path / "map.html"), "#sheet")


def test_hostile_text_in_the_first_answer_is_text(make_run, tmp_path):
    write_map(make_run(HOSTILE, name=HOSTILE[1]), tmp_path / "map.html")
    html = (tmp_path / "map.html").read_text(encoding="utf-8")
    assert said(html, "title").count(LITERAL[1]) == 1
    assert "<img" not in html


def test_the_bare_page_is_small(make_run, tmp_path):
    write_map(make_run(), tmp_path / "map.html")
    assert (tmp_path / "map.html").stat().st_size <= 200_000


def test_the_page_has_every_word_that_its_script_names(make_run):
    script = files("catchment").joinpath("outputs", "assets", "app.js").read_text(encoding="utf-8")
    whole = set(re.findall(r'say\("([a-z]+\.[a-z0-9_]*[a-z0-9])"', script))
    assert whole
    assert whole <= set(page_payload(make_run())["words"].tree["en"])


def test_hostile_names_are_shown_as_they_are_and_nothing_runs(hostile_page, open_page):
    page = open_page(hostile_page, "#sites")
    assert page.title().startswith(f"{LITERAL[1]} 服务圈覆盖图")
    for name in LITERAL:
        assert name in text_of(page, "#sheet")
    assert f"审图号：{LITERAL[0]}" in text_of(page, "#foot")
    assert strange_nodes(page) == []
    assert "49" not in text_of(page, "#sheet")


def test_hostile_text_in_a_finding_is_shown_as_it_is(hostile_page, open_page):
    page = open_page(hostile_page, "#data")
    assert LITERAL[2] in text_of(page, "#sheet")


def test_the_policy_stops_a_script_that_is_not_ours(hostile_page, tmp_path, open_page):
    html = hostile_page.read_text(encoding="utf-8")
    broken = tmp_path / "broken.html"
    broken.write_text(html.replace("</body>", '<script>document.title = "stolen"</script></body>'), encoding="utf-8")
    page = open_page(broken)
    assert "stolen" not in page.title()
    assert ["Content Security Policy" in problem for problem in open_page.problems] == [True]
    open_page.problems.clear()


def test_the_regions_tab_adds_up_to_the_headline(make_run, tmp_path, open_page):
    write_map(make_run(language="en", synthetic=True), tmp_path / "map.html")
    page = open_page(tmp_path / "map.html", "#regions")
    assert "西区19173.4%511 / 1" in text_of(page, "#sheet")
    assert "东区6546.5%351 / 2" in text_of(page, "#sheet")
    assert "Total25666.6%862 / 3" in text_of(page, "#sheet")
    assert text_of(page, "#synthetic").startswith("Demonstration")


def test_the_file_loads_nothing(hostile_page, open_page):
    page = open_page(hostile_page)
    loading = ["src", "href", "data", "srcset", "action", "background", "poster"]
    assert [count_of(page, f"[{name}]:not(.leaflet-control a)") for name in loading] == [0] * len(loading)
    html = hostile_page.read_text(encoding="utf-8")
    styles = "".join(re.findall("<style>(.*?)</style>", html, re.DOTALL))
    assert "@import" not in styles
    # Internet Explorer's VML line names no address.
    assert not re.search(r"url\((?!#default#VML)", styles)
    scripts = "".join(re.findall("<script>(.*?)</script>", html, re.DOTALL))
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


def test_a_run_of_nothing_is_still_a_page(make_run, tmp_path, open_page):
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
    page = open_page(tmp_path / "map.html")
    assert "0 / 0 人" in text_of(page, "#headline")


def test_the_gaps_tab_ranks_patches_and_adds_up_to_the_uncovered(make_run, tmp_path, open_page):
    write_map(make_run(language="en"), tmp_path / "map.html")
    page = open_page(tmp_path / "map.html", "#gaps")
    assert "1西区city · too far511.4 km县就业之家1.2 km" in text_of(page, "#sheet")
    assert "2东区town · too far193.4 km东村服务点3 km" in text_of(page, "#sheet")
    assert "3东区rural · no road nearby in the data16—5.7 km" in text_of(page, "#sheet")
    assert "Total86" in text_of(page, "#sheet")


def test_a_gap_that_no_site_was_found_for_is_farther_than_the_search(make_run):
    run = make_run()
    frame = run.gaps.frame.assign(site=-1, cost_mm=-1)
    patches = printed_figures(make_run(gaps=Gaps(frame, run.gaps.patch))).patches
    # Twice 15 minutes at 4.8 km/h; where the data have no road, nobody can say.
    assert [patch.beyond_m for patch in patches] == [2400, 2400, -1]
    assert [patch.people for patch in patches] == [51, 19, 16]


def test_every_uncovered_cell_knows_its_gap(make_run):
    assert page_data(make_run())["cells"]["patch"] == [-1, 0, -1, 1, -1, 2, 2, 2]


def test_a_page_lists_the_first_gaps_and_counts_the_others(make_run, tmp_path, monkeypatch, open_page):
    monkeypatch.setattr("catchment.outputs.payload.GAPS_SHOWN", 1)
    payload = page_data(make_run())
    assert [gap["people"] for gap in payload["gaps"]["rows"]] == [51]
    assert (payload["gaps"]["more"], payload["gaps"]["more_people"]) == (2, 35)
    assert payload["cells"]["patch"] == [-1, 0, -1, -1, -1, -1, -1, -1]
    write_map(make_run(language="en"), tmp_path / "map.html")
    page = open_page(tmp_path / "map.html", "#gaps")
    assert "2 more, in the workbook35Total86" in text_of(page, "#sheet")


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


def test_the_legend_names_the_bands_and_says_that_they_judge_nobody(make_run, tmp_path, open_page):
    write_map(make_run(), tmp_path / "map.html")
    page = open_page(tmp_path / "map.html")
    assert "步行5、10、15分钟" in text_of(page)
    assert "服务范围只是示意，不用于判定：已覆盖的人口可能位于图形之外。" in text_of(page, "#sheet")
    assert "不超过 57.5 米（外扩 50 米，半格 5 米，简化 2.5 米）" in text_of(page, "#sheet")


def outlines_of(page):
    """The paths that are drawn on the map above its ground."""
    return page.locator(".leaflet-overlay-pane path").evaluate_all("nodes => nodes.map(node => node.getAttribute('d'))")


def test_a_click_on_the_row_of_a_gap_opens_its_card_and_outlines_its_cells(make_run, tmp_path, open_page):
    write_map(make_run(language="en"), tmp_path / "map.html")
    page = open_page(tmp_path / "map.html", "#gaps")
    page.locator("#sheet tr[data-kind=gap]").nth(2).click()
    assert "Gap 3not covered16 peoplecauseno road nearby in the data" in text_of(page)
    outlines = outlines_of(page)
    # Three cells in a row: two long sides, whatever their corners, and two short ones.
    assert max(outline.count("M") for outline in outlines) == 4


def test_a_gap_of_points_is_boxed(make_run, tmp_path, open_page):
    people = replace(make_run().people, cell_degrees=None)
    write_map(make_run(people=people), tmp_path / "map.html")
    page = open_page(tmp_path / "map.html", "#gaps")
    page.locator("#sheet tr[data-kind=gap]").nth(2).click()
    outlines = outlines_of(page)
    assert [outline.count("M") for outline in outlines].count(4) == 0
    assert chosen_rows(page) == [("gap", "2")]


def test_a_click_on_an_uncovered_cell_chooses_its_gap(make_run, tmp_path, open_page):
    write_map(make_run(language="en"), tmp_path / "map.html")
    page = open_page(tmp_path / "map.html")
    page.evaluate(
        'window[document.querySelector(".folium-map").id].fire("click", { latlng: L.latLng(28.015, 114.035) })'
    )
    assert "part of gapGap 2 · 19 people" in text_of(page)
    assert chosen_rows(page) == [("gap", "1")]


@pytest.mark.parametrize(
    ("asked", "found"), [("东村", ("site", "1")), ("西", ("region", "0")), ("驿站", ("site", "2"))]
)
def test_the_search_goes_to_the_first_name_it_finds(make_run, tmp_path, asked, found, open_page):
    write_map(make_run(), tmp_path / "map.html")
    page = open_page(tmp_path / "map.html")
    look_for(page, asked)
    page.keyboard.press("Enter")
    assert chosen_rows(page) == [found]


def test_the_search_shows_hostile_names_as_they_are(hostile_page, open_page):
    page = open_page(hostile_page)
    look_for(page, "script")
    assert LITERAL[1] in text_of(page, "#found")
    assert strange_nodes(page) == []


def test_a_search_for_nobody_says_so(make_run, tmp_path, open_page):
    write_map(make_run(language="en"), tmp_path / "map.html")
    page = open_page(tmp_path / "map.html")
    look_for(page, "zzz")
    assert text_of(page, "#found") == "Nothing found"


def test_a_run_without_gaps_or_areas_has_no_tab_for_them(make_run, tmp_path, open_page):
    write_map(make_run(gaps=None, dissolved={}), tmp_path / "map.html")
    page = open_page(tmp_path / "map.html", "#gaps")
    assert "覆盖空白区" not in text_of(page, "#tabs")
    assert "服务范围" not in text_of(page)


def test_the_sites_tab_shows_who_is_in_reach_and_whom_only_this_site_reaches(make_run, tmp_path, open_page):
    write_map(make_run(language="en"), tmp_path / "map.html")
    page = open_page(tmp_path / "map.html", "#sites")
    assert "东村服务点village or community · 东区1707070" in text_of(page, "#sheet")


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
