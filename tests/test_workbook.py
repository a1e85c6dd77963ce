"""The workbook: figures that add up, text that stays text, the same bytes twice."""

from __future__ import annotations

import datetime as dt
import re
import zipfile

import openpyxl
import pytest

from catchment.outputs.figures import printed_figures
from catchment.outputs.sheets import sheets
from catchment.outputs.workbook import write_workbook

HOSTILE = ("=1+1", "http://example.org/ @SUM(A1) \ud800", "+7 {% off </t>")


@pytest.fixture(scope="module")
def written(make_run, tmp_path_factory):
    path = tmp_path_factory.mktemp("book") / "报告.xlsx"
    write_workbook(make_run(), path)
    return path


def rows_of(path, sheet):
    book = openpyxl.load_workbook(path, data_only=True)
    return [list(row) for row in book[sheet].iter_rows(values_only=True)]


def row_named(rows, name):
    return next(row for row in rows if row[0] == name)


def test_the_sheets_are_named_in_the_language_of_the_run(make_run, written, tmp_path):
    assert openpyxl.load_workbook(written).sheetnames == [
        "总览",
        "分区域",
        "分网点",
        "覆盖空白区",
        "未覆盖原因",
        "数据检查",
    ]
    write_workbook(make_run(language="en"), tmp_path / "report.xlsx")
    names = openpyxl.load_workbook(tmp_path / "report.xlsx").sheetnames
    assert names == ["Overview", "By region", "By site", "Gaps", "Not covered, by cause", "Data report"]


def test_the_overview_has_the_headline_the_standard_and_the_banner(written):
    rows = rows_of(written, "总览")
    texts = [row[0] for row in rows]
    assert texts[0] == "演示县 服务圈覆盖图（截至2024-05-01）"
    assert texts[1].startswith("测算口径：")
    assert "内部工作用图，未经地图审核，不得公开" in texts
    assert row_named(rows, "常住人口")[1] == 256
    assert row_named(rows, "已覆盖")[1:3] == [170, pytest.approx(170.25 / 255.75)]
    assert row_named(rows, "未覆盖")[1] == 86
    assert row_named(rows, "镇区按15公里口径时已覆盖")[1] == 190
    assert row_named(rows, "按道路里程")[1:6] == [1.4, 5.4, "＞30公里", "＞30公里", 256]
    assert row_named(rows, "道路")[1:5] == [
        "roads.osm.pbf",
        "2024-04-30",
        "© OpenStreetMap contributors",
        "ODbL 1.0",
    ]


def test_every_total_row_is_the_sum_of_its_column(written):
    for name in ("分区域", "分网点", "覆盖空白区"):
        head, *body, total = rows_of(written, name)
        for column, sum_printed in enumerate(total):
            if isinstance(sum_printed, int):
                assert sum(row[column] for row in body) == sum_printed, (name, head[column])


def test_every_formula_shows_the_sum_it_asks_for(written):
    shown, asked = (openpyxl.load_workbook(written, data_only=only) for only in (True, False))
    formulas = [cell for sheet in asked for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    # 2 of the overview, 13 of the regions, 3 of the sites, 1 of the gaps, 4 and 6 of the causes.
    assert len(formulas) == 2 + 13 + 3 + 1 + 4 + 6
    for cell in formulas:
        parts = re.fullmatch(r"=SUM\(([A-Z]+\d+:[A-Z]+\d+)\)", cell.value)
        sheet = shown[cell.parent.title]
        values = [part.value for (part,) in sheet[parts[1]]]
        assert all(isinstance(value, int) for value in values), cell
        assert sheet[cell.coordinate].value == sum(values), cell


def test_regions_and_sites_add_up_to_the_overview(written):
    regions = rows_of(written, "分区域")
    assert dict(zip(regions[0], regions[-1], strict=True)) | {"名称": "", "上级": ""} == {
        "区域编号": "合计", "名称": "", "上级": "", "常住人口": 256, "城区": 151, "镇区": 49, "农村": 56,
        "已覆盖": 170, "覆盖率": pytest.approx(170.25 / 255.75), "未覆盖": 86, "距离超限": 70, "没有计入的网点": 0,
        "附近无道路数据": 11, "道路不连通": 5, "靠近路网数据边缘": 0, "全部网点": 3, "计入测算的网点": 2,
    }  # fmt: skip
    sites = rows_of(written, "分网点")
    assert sites[0][7:11] == ["可达人口", "以此为最近网点的人口", "其中已覆盖", "仅此点可达"]
    # Whom two sites reach is in reach of both: that column has no sum.
    assert [row[7] for row in sites[1:]] == [100, 170, 0, None]
    assert sites[-1][8:11] == [240, 170, 170]


def test_the_gaps_add_up_to_the_uncovered(written):
    head, *rows = rows_of(written, "覆盖空白区")
    assert head[:5] == ["编号", "区域", "居住地", "原因", "未覆盖"]
    assert rows == [
        [1, "西区", "城区", "距离超限", 51, "县就业之家", 1.4, 1.2, 114.015, 28.015],
        [2, "东区", "镇区", "距离超限", 19, "东村服务点", 3.4, 3, 114.035, 28.015],
        [3, "东区", "农村", "附近无道路数据", 16, None, "—", 5.7, 114.025, 28.005],
        ["合计", None, None, None, 86, None, None, None, None, None],
    ]


def test_each_row_of_a_region_is_the_sum_of_its_parts(written):
    for row in rows_of(written, "分区域")[1:]:
        people, settings, covered, uncovered, causes = row[3], row[4:7], row[7], row[9], row[10:15]
        assert sum(settings) == people == covered + uncovered
        assert sum(causes) == uncovered


def test_the_causes_add_up_both_ways(written):
    rows = rows_of(written, "未覆盖原因")
    assert row_named(rows, "距离超限")[1:5] == [51, 19, 0, 70]
    assert row_named(rows, "未覆盖")[1:5] == [51, 19, 16, 86]
    assert row_named(rows, "其中待核实")[1:5] == [0, 0, 16, 16]
    assert row_named(rows, "西区")[1:7] == [51, 0, 0, 0, 0, 51]


def test_the_data_report_names_file_sheet_row_and_column(written):
    rows = rows_of(written, "数据检查")
    assert rows[1][0] == "未采用"
    assert rows[1][2:] == ["台账.xlsx", "站点", 17, "C"]
    assert rows[2][0] == "说明"


def test_shares_are_numbers_that_look_like_those_of_the_page(make_run, tmp_path):
    run = make_run()
    totals = type(run.totals)(**{**vars(run.totals), "covered_brisk": run.totals.people - 1})
    write_workbook(make_run(totals=totals), tmp_path / "book.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "book.xlsx")["总览"]
    formats = {row[0].value: row[2].number_format for row in sheet.iter_rows() if row[2].value is not None}
    assert formats["步行速度 5.0 km/h 时已覆盖"] == '">99.9%"'
    assert formats["已覆盖"] == "0.0%"
    assert formats["没有计入的网点"] == "0%"


def test_text_from_data_is_text_and_nothing_else(make_run, tmp_path):
    path = tmp_path / "book.xlsx"
    write_workbook(make_run(HOSTILE, name="=cmd|' /C calc'!A0", review_number="&D &[Path]"), path)
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name).decode() for name in book.namelist()}
    sheet_texts = "".join(text for name, text in parts.items() if "worksheets/" in name)
    assert {re.sub(r"[A-Z]+\d+", "", formula) for formula in re.findall("<f>(.*?)</f>", sheet_texts)} == {"SUM(:)"}
    assert "hyperlink" not in "".join(parts.values())
    assert "&amp;&amp;D &amp;&amp;[Path]" in sheet_texts
    assert [row[1] for row in rows_of(path, "分网点")[1:4]] == [
        "=1+1",
        "http://example.org/ @SUM(A1) �",
        "+7 {% off </t>",
    ]


def test_a_text_longer_than_a_cell_is_cut_not_lost(make_run, tmp_path):
    write_workbook(make_run(("长" * 40_000, "b", "c")), tmp_path / "book.xlsx")
    assert rows_of(tmp_path / "book.xlsx", "分网点")[1][1] == "长" * 32_767


def test_the_same_run_gives_the_same_bytes(make_run, written, tmp_path):
    write_workbook(make_run(), tmp_path / "again.xlsx")
    assert (tmp_path / "again.xlsx").read_bytes() == written.read_bytes()
    assert openpyxl.load_workbook(written).properties.created == dt.datetime(2024, 5, 1)  # noqa: DTZ001 - xlsx has no zone


def test_tables_keep_their_header_in_view_and_on_every_page(written):
    with zipfile.ZipFile(written) as book:
        regions = book.read("xl/worksheets/sheet2.xml").decode()
        names = book.read("xl/workbook.xml").decode()
    assert 'state="frozen"' in regions
    assert re.search(r'<pageSetup paperSize="9"[^>]*orientation="landscape"', regions)
    assert "分区域!$1:$1" in names


def test_every_page_says_the_standard_and_is_as_wide_as_the_paper(written):
    book = openpyxl.load_workbook(written)
    standard = rows_of(written, "总览")[1][0]
    for sheet in book.worksheets[1:]:
        assert standard in sheet.oddHeader.left.text
        assert sheet.page_setup.orientation == "landscape"
    for sheet in book:
        assert (sheet.page_setup.paperSize, sheet.sheet_properties.pageSetUpPr.fitToPage) == (9, True)
        assert sheet.oddFooter.left.text == "内部工作用图，未经地图审核，不得公开"


def test_long_texts_are_broken_into_lines_and_nothing_pushes_the_rest_off_the_page(make_run, tmp_path):
    path = tmp_path / "book.xlsx"
    write_workbook(make_run(("很长的网点名称" * 12, "b", "c"), language="en"), path)
    sheet = openpyxl.load_workbook(path)["By site"]
    # 168 columns of a character grid in lines of 57: three lines of 15 points.
    assert sheet.column_dimensions["B"].width == pytest.approx(60, abs=1)
    assert sheet["B2"].alignment.wrap_text
    assert sheet.row_dimensions[2].height == 45
    overview = openpyxl.load_workbook(path)["Overview"]
    assert sum(column.width for column in overview.column_dimensions.values()) < 180


def test_columns_are_wide_enough_for_chinese(written):
    sheet = openpyxl.load_workbook(written)["分网点"]
    assert sheet.column_dimensions["B"].width >= 2 * len("县就业之家")


def test_a_run_without_regions_has_no_sheet_for_them(make_run):
    run = make_run()
    bare = make_run(regions=None, by_region=run.by_region.iloc[:0], gaps=None)
    assert [sheet.name for sheet in sheets(bare, printed_figures(bare))] == ["总览", "分网点", "未覆盖原因", "数据检查"]


def test_a_synthetic_run_says_so(make_run):
    run = make_run(synthetic=True)
    lines = sheets(run, printed_figures(run))[0].lines
    assert any("演示数据" in str(cell) for line in lines for cell in line.cells)
