"""The page on which rows without coordinates are placed, in a real browser, and the way back into a run."""

from __future__ import annotations

import csv
from time import perf_counter

import pytest
from browsing import strange_nodes, text_of
from typer.testing import CliRunner

from catchment.apps.cli import command_line
from catchment.config import read_settings
from catchment.inputs.unplaced import read_ledger, read_placed
from catchment.pipeline.locate import ledger_of, placed_in_wgs84
from catchment.pipeline.locate_page import write_locate

NASTY = "=1+1</script><img src=x onerror=alert(1)>{{7*7}}"
HEADS = ["网点名称", "类型", "县区", "乡镇(街道)", "详细地址", "联系人", "联系电话"]
ROWS = 300


@pytest.fixture(scope="module")
def work(small_demo, tmp_path_factory):
    """A ledger of 300 rows without coordinates over the roads of the small demo, and its page."""
    folder = tmp_path_factory.mktemp("locate")
    files = read_settings(small_demo).inputs
    towns = ["灵泉街道", "秀江街道", "无名镇"]
    rows = [
        [f"示例{i}村就业之家", "村(社区)", "", towns[i % 3], f"示例路{i}号 13900001234", "张三", "13900001234"]
        for i in range(ROWS)
    ]
    rows[1][0] = NASTY
    rows[2][:4] = ["就业之家", "乡镇(街道)", "", "灵泉街道"]
    with (folder / "台账.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([HEADS, *rows])
    page = folder / "locate.html"
    write_locate(folder / "台账.csv", page, roads=files.roads, regions=files.regions, language="zh")
    return folder


def test_three_hundred_rows_are_placed_exported_and_read_back(work, small_demo, open_page):
    start = perf_counter()
    page = open_page(work / "locate.html")
    assert page.locator("#rows li[role=option]").count() == ROWS
    page.click("#row-5")
    page.mouse.click(900, 500)
    page.click("#row-1")
    page.mouse.click(800, 400)
    # The next row of the list is chosen by then; this one is placed by the keyboard.
    page.click("#row-7")
    page.keyboard.press("c")
    assert text_of(page, "#done") == f"已标注 3 / {ROWS}"
    with page.expect_download() as waited:
        page.click("#export")
    waited.value.save_as(work / "located.csv")
    assert perf_counter() - start < 20

    placed = read_placed(work / "located.csv").frame
    assert placed["name"].tolist() == [NASTY, "示例5村就业之家", "示例7村就业之家"]
    asked = read_settings(
        small_demo,
        overrides={
            "inputs": {"sites": work / "台账.csv"},
            "sites": {"located": work / "located.csv", "datum": "gcj02"},
        },
    )
    sites = placed_in_wgs84(ledger_of(asked), asked, None, cache=None)
    assert not sites.approximate.any()
    assert sorted(sites.frame["name"]) == sorted(placed["name"])
    # The datum is that of the ledger; the page is WGS84, and so is what comes back.
    assert sorted(sites.xy[:, 0]) == sorted(placed["lon"])


def test_a_row_is_dragged_undone_taken_away_and_filtered(work, open_page):
    page = open_page(work / "locate.html", language="en")
    page.uncheck("#next")
    page.click("#row-4")
    page.mouse.click(900, 500)
    before = page.evaluate("catchmentLocate.csv()")
    page.mouse.move(900, 490)
    page.mouse.down()
    page.mouse.move(960, 430, steps=4)
    page.mouse.up()
    moved = page.evaluate("catchmentLocate.csv()")
    assert moved != before
    page.keyboard.press("Control+z")
    assert page.evaluate("catchmentLocate.csv()") == before
    page.locator("#rows").focus()
    page.keyboard.press("Delete")
    assert page.evaluate("catchmentLocate.csv()").count("\n") == 1
    page.select_option("#filter", "unknown")
    unknown = page.locator("#rows li[role=option]").count()
    page.select_option("#filter", "rough")
    assert 0 < unknown < ROWS
    assert page.locator("#rows li[role=option]").count() > 0
    page.select_option("#filter", "all")
    page.fill("#search", "示例299")
    assert page.locator("#rows li[role=option]").count() == 1


def test_what_was_placed_is_kept_and_a_saved_file_is_opened_again(work, open_page):
    page = open_page(work / "locate.html")
    page.click("#row-6")
    page.mouse.click(900, 500)
    saved = page.evaluate("catchmentLocate.csv()")
    page.reload()
    page.locator("html[data-ready='1']").wait_for(state="attached")
    assert page.evaluate("catchmentLocate.csv()") == saved
    other = open_page(work / "locate.html")
    other.set_input_files("#file", {"name": "located.csv", "mimeType": "text/csv", "buffer": saved.encode()})
    other.wait_for_function("catchmentLocate.csv().split('\\n').length > 2")
    assert other.evaluate("catchmentLocate.csv()") == saved


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_fits_a_telephone_and_shows_names_as_they_are(work, open_page, language):
    page = open_page(work / "locate.html", width=390, height=844, language=language)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert NASTY in text_of(page, "#rows")
    assert [node for node in strange_nodes(page) if 'id="file"' not in node] == []


def test_no_name_or_number_of_a_person_is_in_the_page(work):
    from catchment.outputs import locate_page  # noqa: PLC0415 - only to see what it puts in

    page = (work / "locate.html").read_text(encoding="utf-8")
    assert "13900001234" not in page
    assert "张三" not in page
    assert not {"contact", "phone"} & set(locate_page._COLUMNS)
    assert "default-src 'none'" in page


def test_the_command_writes_the_page_and_says_what_is_guessed(work, small_demo, tmp_path):
    files = read_settings(small_demo).inputs
    app = command_line("en", tmp_path / "cache")
    flags = ["--roads", files.roads, "--regions", files.regions, "--out", tmp_path / "a.html"]
    said = CliRunner().invoke(app, ["locate", str(work / "台账.csv"), *map(str, flags)], catch_exceptions=False)
    assert f"Rows without usable coordinates: {ROWS}." in said.output
    assert (tmp_path / "a.html").read_bytes() != b""
    # Of a project, and the same page again.
    again = CliRunner().invoke(
        app, ["locate", str(small_demo), "--out", str(tmp_path / "b.html")], catch_exceptions=False
    )
    count = len(read_ledger(files.sites).unplaced)
    assert (f"Rows without usable coordinates: {count}." if count else "Every row") in again.output
