"""The suggestions where people look: the same places and people on the page, in the workbook, package and picture."""

from __future__ import annotations

import xml.etree.ElementTree as ET
import zipfile
from dataclasses import replace

import geopandas as gpd
import matplotlib.image
import numpy as np
import openpyxl
import pytest
from browsing import SMALL_PHONE, chosen_rows, count_of, look_for, show_tab, strange_nodes, text_of
from plans import with_suggestions
from test_map import HOSTILE, LITERAL
from test_package import fitting, rows_of

from catchment.model import UNITS_PER_PERSON
from catchment.outputs.figures import printed_figures
from catchment.outputs.maps import write_map
from catchment.outputs.package import write_package
from catchment.outputs.payload import page_payload
from catchment.outputs.picture import write_picture
from catchment.outputs.proposal import headline_text, proof_text
from catchment.outputs.workbook import write_workbook

# Of the run made by hand: within 1,200 m on foot of the first place live the 50.5 people of the city, of the second
# the 19.25 of the town; the 15.75 of the country have 15 km by road and are in reach of both.
NAME = "便民服务中心"


@pytest.fixture(scope="module")
def planned(make_run):
    """Two places: premises in the west, a stretch of street in the east."""
    return with_suggestions(make_run(), 2, premises=[NAME])


@pytest.fixture(scope="module")
def page_file(planned, tmp_path_factory):
    path = tmp_path_factory.mktemp("plan") / "map.html"
    write_map(planned, path)
    return path


def lines_of(path, sheet):
    return [list(row) for row in openpyxl.load_workbook(path, data_only=True)[sheet].iter_rows(values_only=True)]


def test_the_places_of_the_run_made_by_hand_add_what_they_must(planned):
    assert (planned.suggestions.frame["added"] / UNITS_PER_PERSON).tolist() == [66.25, 19.25]
    assert (planned.suggestions.frame["only"] / UNITS_PER_PERSON).tolist() == [50.5, 19.25]
    proposal = printed_figures(planned).proposal
    # 255.75 people covered less 170.25 are printed as 256 less 170.
    assert (proposal.after, proposal.gain, proposal.upper, proposal.bound) == (256, 86, 256, 86)
    assert [(row.added, row.only) for row in proposal.rows] == [(67, 51), (19, 19)]
    assert proposal.by_region.tolist() == [51, 35]


def test_the_people_added_are_the_same_in_every_output(planned, tmp_path):
    write_workbook(planned, tmp_path / "book.xlsx")
    write_package(planned, tmp_path / "a.gpkg")
    page, found = page_payload(planned)["proposal"], planned.suggestions
    layer = gpd.read_file(tmp_path / "a.gpkg", layer="suggestions")
    sheet = lines_of(tmp_path / "book.xlsx", "选址建议")
    head = next(number for number, line in enumerate(sheet) if line[0] == "编号")
    rows, total = sheet[head + 1 : -1], sheet[-1]
    shared = found.frame["reach"] - found.frame["only"]
    assert layer["shared_units"].tolist() == shared.tolist()
    assert [row["units"]["reach"] - row["units"]["only"] for row in page["rows"]] == shared.tolist()
    for name, column in (("added", 6), ("only", 7), ("shared", 8), ("reach", 9)):
        if name != "shared":
            exact = found.frame[name].tolist()
            assert [row["units"][name] for row in page["rows"]] == exact == layer[f"{name}_units"].tolist()
        printed = [row[name] for row in page["rows"]]
        assert printed == layer[name].tolist() == [row[column] for row in rows]
    assert sum(row[6] for row in rows) == total[6] == page["gain"] == page["after"] - 170
    assert page["units"]["added"] == found.plan.covered_units == found.frame["added"].sum()
    assert page["units"]["bound"] == found.plan.bound_units
    regions = lines_of(tmp_path / "book.xlsx", "分区域")
    assert regions[0][-2:] == ["方案增加", "方案后覆盖率"]
    assert [row[-2] for row in regions[1:]] == [51, 35, page["gain"]]
    assert [region["added"] for region in page["regions"]] == [51, 35]


def test_a_row_names_its_place_its_kind_and_its_nearest_site(planned, tmp_path):
    write_workbook(planned, tmp_path / "book.xlsx")
    *_, first, second, _ = lines_of(tmp_path / "book.xlsx", "选址建议")
    assert first[:6] == [1, NAME, "村（社区）等", "中心路", "西区", "城区"]
    assert second[:6] == [2, "中心路", "寻址路段：需核实可用场所", "中心路", "东区", "镇区"]
    assert [row[10] for row in (first, second)] == ["县就业之家", "东村服务点"]
    frame = planned.suggestions.frame
    assert [row[11] for row in (first, second)] == [round(mm / 1000) / 1000 for mm in frame["cost_mm"]]
    assert [row[12] for row in (first, second)] == [1, 2]


def test_the_sheet_has_its_title_standard_and_proof_above_a_head_that_stays(planned, tmp_path):
    write_workbook(planned, tmp_path / "book.xlsx")
    texts = [row[0] for row in lines_of(tmp_path / "book.xlsx", "选址建议")]
    assert texts[0] == "演示县 服务圈覆盖图（截至2024-05-01）"
    assert texts[1].startswith("测算口径：")
    assert texts[2] == "若采纳方案：100%，增加86人"
    sheet = openpyxl.load_workbook(tmp_path / "book.xlsx")["选址建议"]
    assert (sheet.freeze_panes, sheet.auto_filter.ref, sheet.print_title_rows) == ("C8", "A7:O9", "$7:$7")
    assert sheet["G8"].number_format == "#,##0"


def test_a_street_without_a_name_is_called_by_its_class_and_region(make_run):
    texts = page_payload(with_suggestions(make_run(), 2, street=""))["texts"]
    assert texts["zh"]["proposal"]["places"] == ["西区的主干路（无名）", "东区的主干路（无名）"]
    assert texts["en"]["proposal"]["places"][0] == "unnamed main road in 西区"
    assert texts["zh"]["proposal"]["kinds"] == ["寻址路段：需核实可用场所"] * 2


def test_a_plan_is_called_optimal_only_if_it_is_proven(planned):
    found, proposal = planned.suggestions, printed_figures(planned).proposal
    assert found.plan.status == "optimal"
    assert "Bound 256 people, gap 0%, proven optimal; among" in proof_text(proposal, found, "en")
    # With a bound of 25.575 people more, a tenth of the 255.75 covered.
    loose = replace(found, plan=replace(found.plan, bound_units=found.plan.bound_units + int(25.575 * 1024)))
    proposal = printed_figures(replace(planned, suggestions=loose)).proposal
    text = proof_text(proposal, loose, "en")
    assert text.startswith("Bound 281 people: within 10.0% of the best possible; among ")


@pytest.mark.parametrize(("budget", "brings"), [(0, ("66.6%", 0)), (1, ("92.5%", 67)), (5, ("100%", 86))])
def test_a_plan_of_any_size_says_what_is_covered_with_it(make_run, tmp_path, open_page, budget, brings):
    covered, gain = brings
    run = with_suggestions(make_run(), budget)
    proposal = printed_figures(run).proposal
    assert headline_text(proposal, run, "zh") == f"若采纳方案：{covered}，增加{gain}人"
    assert sum(row.added for row in proposal.rows) == proposal.gain == gain
    write_workbook(run, tmp_path / "book.xlsx")
    write_package(run, tmp_path / "a.gpkg")
    write_map(run, tmp_path / "map.html")
    page = open_page(tmp_path / "map.html", "#suggestions")
    assert ("没有候选地点能增加覆盖" in text_of(page, "#sheet")) == (budget == 0)


def test_a_run_without_a_plan_shows_none(make_run, tmp_path, open_page):
    assert page_payload(make_run())["proposal"] is None
    write_map(make_run(), tmp_path / "map.html")
    page = open_page(tmp_path / "map.html", "#suggestions")
    assert "选址建议" not in text_of(page)
    assert "若采纳" not in text_of(page)


def test_a_run_without_regions_still_shows_its_plan(make_run, tmp_path):
    run = make_run()
    bare = make_run(regions=None, by_region=run.by_region.iloc[:0], people=replace(run.people, region=np.full(8, -1)))
    planned = with_suggestions(bare, 2, street="")
    assert page_payload(planned)["texts"]["zh"]["proposal"]["places"] == [
        "“县就业之家”附近的主干路（无名）",
        "“东村服务点”附近的主干路（无名）",
    ]
    write_workbook(planned, tmp_path / "book.xlsx")
    write_package(planned, tmp_path / "a.gpkg")
    assert gpd.read_file(tmp_path / "a.gpkg", layer="suggestions")["added"].sum() == 86


# --- the page in a browser


def test_the_headline_says_what_the_plan_brings_and_how_good_it_is(page_file, open_page):
    page = open_page(page_file)
    assert "若采纳方案：100%，增加86人2处" in text_of(page, "#headline")
    assert "上界 256 人，差距0%，已证明最优；限 " in text_of(page, "#headline")


def test_the_tab_is_opened_and_a_row_chosen_by_keyboard(page_file, open_page):
    page = open_page(page_file)
    page.focus("#tab-overview")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.locator("#sheet tr[data-kind=suggestion]").nth(1).focus()
    page.keyboard.press("Enter")
    assert chosen_rows(page) == [("suggestion", "1")]
    assert page.get_attribute("#tab-suggestions", "aria-selected") == "true"
    assert "选址建议 2中心路寻址路段：需核实可用场所新增覆盖19 人仅此点可达19与他处共享86可达人口105" in text_of(page)
    assert count_of(page, ".site.pin.chosen") == 1


def test_a_click_on_a_pin_opens_its_row(page_file, open_page):
    page = open_page(page_file)
    page.locator(".pin").first.click()
    assert chosen_rows(page) == [("suggestion", "0")]
    assert f"1{NAME}村（社区）等 · 西区6751可达206" in text_of(page, "#sheet")
    assert "西区73.4%100%51" in text_of(page, "#sheet")


def test_the_layer_of_pins_can_be_put_away(page_file, open_page):
    page = open_page(page_file)
    assert count_of(page, ".pin") == 2
    page.locator(".legend label", has_text="选址建议").click()
    assert count_of(page, ".pin") == 0


def test_the_search_finds_premises_by_name(page_file, open_page):
    page = open_page(page_file)
    look_for(page, NAME[:3])
    page.keyboard.press("Enter")
    assert chosen_rows(page) == [("suggestion", "0")]


def test_a_telephone_shows_the_plan_and_scrolls_the_whole_table_into_view(page_file, open_page):
    width, height = SMALL_PHONE
    page = open_page(page_file, width=width, height=height)
    assert "若采纳方案" in page.locator("#panel").inner_text()
    assert not page.locator("#sheet").is_visible()
    show_tab(page, "suggestions")
    last = page.locator("#sheet tr[data-kind=suggestion]").nth(1)
    last.evaluate('row => row.scrollIntoView({ block: "end" })')
    box = last.bounding_box()
    assert 0 < box["y"] <= box["y"] + box["height"] <= height
    assert page.evaluate("(panel => panel.scrollWidth <= panel.clientWidth)(document.getElementById('panel'))")


@pytest.mark.parametrize("numbers", [(0, 1), (2, 0)])
def test_hostile_names_of_premises_are_text_everywhere(make_run, tmp_path, numbers, open_page):
    run = with_suggestions(make_run(), 2, premises=[HOSTILE[number] for number in numbers])
    shown = [LITERAL[number] for number in numbers]
    write_map(run, tmp_path / "map.html")
    page = open_page(tmp_path / "map.html")
    page.locator(".pin").first.click()
    assert all(name in text_of(page, "#sheet") for name in shown)
    assert text_of(page).count(shown[0]) >= 2
    assert strange_nodes(page) == []
    write_workbook(run, tmp_path / "book.xlsx")
    with zipfile.ZipFile(tmp_path / "book.xlsx") as book:
        texts = {name: book.read(name).decode() for name in book.namelist()}
    formulas = [
        text.split("</f>")[0] for name in texts if "worksheets/" in name for text in texts[name].split("<f>")[1:]
    ]
    assert all(formula.startswith("SUM(") for formula in formulas)
    assert "hyperlink" not in "".join(texts.values())
    assert [line[1] for line in lines_of(tmp_path / "book.xlsx", "选址建议")[-3:-1]] == shown
    write_package(run, tmp_path / "a.gpkg")
    assert gpd.read_file(tmp_path / "a.gpkg", layer="suggestions")["place"].tolist() == shown


# --- package and picture


def test_every_suggestion_has_one_look_and_its_number_on_it(planned, tmp_path):
    write_package(planned, tmp_path / "a.gpkg")
    styles = dict(rows_of(tmp_path / "a.gpkg", "SELECT f_table_name, styleQML FROM layer_styles"))
    root = ET.fromstring(styles["suggestions"])  # noqa: S314 - our own text
    looks, labels = root.findall("renderer-v2//rule"), root.findall("labeling//rule")
    rows = gpd.read_file(tmp_path / "a.gpkg", layer="suggestions").to_dict("records")
    assert [fitting(looks, row) for row in rows] == [["实心：现有场所"], ["空心：寻址路段，需核实可用场所"]]
    assert [rule.get("filter") for rule in labels] == [rule.get("filter") for rule in looks]
    assert {style.get("fieldName") for style in root.iter("text-style")} == {"number"}
    assert root.get("labelsEnabled") == "1"
    named = rows_of(tmp_path / "a.gpkg", "SELECT identifier FROM gpkg_contents WHERE table_name = 'suggestions'")
    assert named == [("选址建议",)]


def test_the_same_plan_gives_the_same_bytes(planned, page_file, tmp_path):
    for write, name in ((write_workbook, "a.xlsx"), (write_package, "a.gpkg"), (write_picture, "a.png")):
        for folder in ("one", "two"):
            (tmp_path / folder).mkdir(exist_ok=True)
            write(planned, tmp_path / folder / name)
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    write_map(planned, tmp_path / "map.html")
    assert (tmp_path / "map.html").read_bytes() == page_file.read_bytes()


def test_the_picture_has_a_dark_pin_for_premises_and_none_for_a_street(make_run, tmp_path):
    def dark(run):
        write_picture(run, tmp_path / "a.png")
        image = np.rint(matplotlib.image.imread(tmp_path / "a.png")[..., :3] * 255)
        # The map lies between the columns of figures and of the legend, its north arrow at its upper right.
        return int((image[300:, 700:1900] == [0x20, 0x26, 0x2B]).all(axis=2).sum())

    hollow = dark(with_suggestions(make_run(), 1))
    filled = dark(with_suggestions(make_run(), 1, premises=[NAME]))
    # A pin is 45 pixels high: its outline is some hundred pixels, its disc of 16 pixels' radius many hundred.
    assert filled - hollow > 300
