"""The report as a Word document: its figures are those of the workbook and of ``run.json``, its text is only text."""

from __future__ import annotations

import json
import re
import zipfile
from dataclasses import replace

import docx
import openpyxl
import pytest
from plans import with_suggestions
from test_counties import three_townships
from test_map import HOSTILE, LITERAL

from catchment.model import UNITS_PER_PERSON, Cause, Regions, Setting
from catchment.outputs.record import headline
from catchment.outputs.report import write_report
from catchment.outputs.style import standard_line, standard_notes
from catchment.outputs.workbook import write_workbook

SHEETS = {"各区域覆盖情况": "分区域", "人口最多的空白区": "覆盖空白区", "建议新增网点（按建设次序）": "选址建议"}


@pytest.fixture(scope="module")
def planned(make_run):
    """Two places: premises in the west, a stretch of street in the east; 66.25 and 19.25 people more."""
    return with_suggestions(make_run(), 2, premises=["便民服务中心"])


@pytest.fixture(scope="module")
def document(planned, tmp_path_factory):
    path = tmp_path_factory.mktemp("report") / "报告.docx"
    write_report(planned, path)
    return path


def said(path):
    """The paragraphs outside of tables."""
    return [paragraph.text for paragraph in docx.Document(path).paragraphs if paragraph.text]


def tables(path):
    """Rows of texts by caption, without the number of the table."""
    book = docx.Document(path)
    captions = [text.split("　", 1)[1] for text in said(path) if re.match(r"表\d+　", text)]
    rows = [[[cell.text for cell in row.cells] for row in table.rows] for table in book.tables]
    return dict(zip(captions, rows, strict=True))


def shown(cell):
    """A cell of the workbook as it is displayed."""
    if cell.value is None:
        return ""
    if isinstance(cell.value, str):
        return cell.value
    if "%" in cell.number_format:
        literal = re.fullmatch(r'"(.*)"', cell.number_format)
        digits = 1 if "0.0" in cell.number_format else 0
        return literal[1] if literal else f"{cell.value:.{digits}%}"
    return f"{cell.value:,}" if isinstance(cell.value, int) else f"{cell.value:.2f}"


def test_the_headline_is_the_figures_of_the_run(document):
    assert said(document)[0] == "演示县服务网点覆盖情况报告"
    first = next(text for text in said(document) if text.startswith("截至"))
    assert first == (
        "截至2024年5月1日，演示县常住人口 256 人，其中 170 人在标准以内能到达网点，覆盖率 66.6%；未覆盖 86 人。"
    )
    assert "2 个区域中，0 个全部覆盖；覆盖率最低的是东区（46.5%），未覆盖人口最多的是西区（51 人）。" in said(document)


def test_the_sections_are_numbered_without_a_gap(document):
    book = docx.Document(document)
    first = [each.text.split("、")[0] for each in book.paragraphs if each.style.name == "Heading 1"]
    assert first == list("一二三四五六七")
    assert {each.text[:3] for each in book.paragraphs if each.style.name == "Heading 2"} <= {
        "（一）",
        "（二）",
        "（三）",
    }


def test_the_standard_is_said_in_the_words_of_the_other_outputs(planned, document):
    for text in (standard_line(planned.standard, "zh"), *standard_notes(planned, "zh")):
        assert text in said(document)


@pytest.mark.parametrize("caption", SHEETS)
def test_tables_are_those_of_the_workbook(planned, document, tmp_path, caption):
    write_workbook(planned, tmp_path / "报告.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "报告.xlsx", data_only=True)[SHEETS[caption]]
    heads, *rows = tables(document)[caption]
    listed = [[shown(cell) for cell in row] for row in sheet.iter_rows()]
    head = next(number for number, row in enumerate(listed) if set(heads) <= set(row))
    at = [listed[head].index(text) for text in heads]
    for row, line in zip(rows, listed[head + 1 :], strict=False):
        assert row[1:] == [line[column] for column in at][1:]
        assert row[0] in (line[at[0]], line[0])


def test_printed_parts_add_up(document):
    found = tables(document)
    for caption in ("常住人口覆盖情况（人）", "各区域覆盖情况"):
        heads, *rows, total = found[caption]
        for column, head in enumerate(heads):
            if head in ("常住人口", "已覆盖", "未覆盖", "方案增加"):
                assert sum(int(row[column].replace(",", "")) for row in rows) == int(total[column].replace(",", ""))
        assert total[0] == "合计"
    assert sum(int(row[4]) for row in found["人口最多的空白区"][1:]) == 86


def test_figures_are_those_of_the_record(planned, document):
    record = json.loads(json.dumps(headline(planned, {}), default=float))
    text = "".join(said(document))
    assert f"未覆盖 {round(record['people_uncovered'])} 人" in text
    added = [int(row[4]) for row in tables(document)["建议新增网点（按建设次序）"][1:-1]]
    assert sum(added) == round(record["suggestions"]["people_covered"]) - round(record["people_covered"])
    assert "已证明最优" in text


def test_nearly_everybody_is_never_said_to_be_everybody(make_run, tmp_path):
    run = make_run()
    units = run.totals.people * 9996 // 10_000
    totals = replace(
        run.totals,
        covered=units,
        uncovered_by_cause={
            **dict.fromkeys(run.totals.uncovered_by_cause, 0),
            Cause.TOO_FAR: run.totals.people - units,
        },
        by_setting={**run.totals.by_setting, Setting.CITY: (units, units)},
    )
    people = run.totals.people / UNITS_PER_PERSON
    write_report(replace(run, totals=totals, gaps=None), tmp_path / "report.docx")
    first = next(text for text in said(tmp_path / "report.docx") if text.startswith("截至"))
    assert people > 255
    assert "覆盖率 >99.9%" in first
    assert "100%" not in first


def test_the_same_run_gives_the_same_document(planned, document, tmp_path):
    write_report(planned, tmp_path / "again.docx")
    assert (tmp_path / "again.docx").read_bytes() == document.read_bytes()
    with zipfile.ZipFile(document) as book:
        assert {entry.date_time for entry in book.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_text_from_data_is_only_ever_text(make_run, tmp_path):
    run = make_run(HOSTILE)
    regions = run.regions.frame
    findings = [replace(each, file=f"in/{HOSTILE[0]}", sheet=HOSTILE[1]) for each in run.findings]
    hostile = replace(
        run,
        name=HOSTILE[1],
        regions=Regions(regions.assign(name=[HOSTILE[2], HOSTILE[1]])),
        by_region=run.by_region.assign(name=[HOSTILE[2], HOSTILE[1]]),
        sources=[replace(each, attribution=HOSTILE[2], licence=HOSTILE[1]) for each in run.sources],
        findings=findings,
    )
    write_report(hostile, tmp_path / "report.docx")
    text = "".join([*said(tmp_path / "report.docx"), json.dumps(tables(tmp_path / "report.docx"), ensure_ascii=False)])
    assert LITERAL[1] in text
    assert LITERAL[0] in text
    assert docx.Document(tmp_path / "report.docx").core_properties.title.startswith(LITERAL[1][:40])


def test_headers_are_repeated_and_rows_are_whole(document):
    with zipfile.ZipFile(document) as book:
        body = book.read("word/document.xml").decode()
    assert body.count("<w:tblHeader/>") == body.count("<w:tbl>") == len(tables(document))
    assert body.count("<w:cantSplit/>") == body.count("<w:tr>")


def test_by_county_the_regions_stand_in_an_annex_and_make_up_the_counties(make_run, tmp_path):
    write_report(three_townships(make_run), tmp_path / "report.docx")
    text, found = said(tmp_path / "report.docx"), tables(tmp_path / "report.docx")
    assert "三、分县区情况" in text
    assert text.index("附：分区域情况") > text.index("2024年5月1日")
    counties, regions = found["各县区覆盖情况"], found["各区域覆盖情况"]
    for row in counties[1:-1]:
        own = [each for each in regions[1:-1] if each[1] == row[0]]
        assert own
        assert sum(int(each[2]) for each in own) == int(row[1])
    assert counties[-1][1:3] == regions[-1][2:4] == ["256", "170"]


def test_the_public_reads_no_names_of_files_and_no_suggestions(planned, tmp_path):
    run = replace(planned, profile="public", review_number="赣S（2024）001号")
    write_report(run, tmp_path / "report.docx")
    text = "".join([*said(tmp_path / "report.docx"), str(tables(tmp_path / "report.docx"))])
    for secret in ("便民服务中心", "台账.xlsx", "pop.tif", "建议新增", "数据检查"):
        assert secret not in text
    assert "赣S（2024）001号" in text


def test_the_report_speaks_english(planned, tmp_path):
    write_report(replace(planned, language="en"), tmp_path / "report.docx")
    text = said(tmp_path / "report.docx")
    assert (
        "As of 2024-05-01, 演示县 has 256 residents; 170 of them reach a site within the standard (66.6%), 86 do not."
        in text
    )
    assert "1. Overview" in text
