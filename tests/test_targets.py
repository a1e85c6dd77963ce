"""The plan's table of targets: read as it stands, and what is refused with file and cell."""

import pytest
import xlsxwriter

from catchment.errors import InputError, MissingInputError
from catchment.inputs.targets import read_targets

HEADER = "县区,县级,乡镇(街道),村(社区),合计"


def table(folder, *rows, header=HEADER):
    path = folder / "任务 targets.csv"
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def refusal(path):
    with pytest.raises(InputError) as caught:
        read_targets(path)
    return caught.value.text("zh"), caught.value.text("en")


def test_the_annex_of_the_plan_reads_as_published(shared_data):
    annex = read_targets(shared_data / "yichun" / "targets.csv")
    assert annex.rows == (
        *("市本级", "经开区", "袁州区", "樟树", "丰城", "靖安", "奉新", "高安", "上高", "宜丰", "铜鼓", "万载"),
        *("宜阳新区", "明月山"),
    )
    assert annex.types == ("city", "county", "zone", "college", "tech", "township", "village")
    assert annex.counts.sum(axis=0).tolist() == [1, 11, 11, 5, 7, 193, 72]
    assert annex.counts.sum(axis=1).tolist() == [4, 4, 38, 31, 46, 16, 27, 35, 25, 24, 18, 26, 3, 3]
    assert (annex.total, len(annex), annex.findings) == (300, 14, ())
    # 市本级 asks for one city site and three colleges, and leaves the other cells blank.
    assert annex.counts[0].tolist() == [1, 0, 0, 3, 0, 0, 0]
    assert annex.given[0].tolist() == [True, False, False, True, False, False, False]


def test_a_blank_and_a_dash_are_no_target_and_a_zero_is_one_that_somebody_wrote(tmp_path):
    targets = read_targets(table(tmp_path, "袁州区,,0,－,0", "明月山,1,2,3,6"))
    assert targets.counts.tolist() == [[0, 0, 0], [1, 2, 3]]
    assert targets.given.tolist() == [[False, True, False], [True, True, True]]


def test_spaces_inside_names_full_width_digits_and_thousands_are_understood(tmp_path):
    rows = ["宜阳 新区,１,2,3,6", '明 月 山,0,"1,000",0,1000', "小 计,1,1002,3,1006", "注：第一批"]
    targets = read_targets(table(tmp_path, *rows, header="县 区,县 级,乡 镇（街道）,村（社区）等其他（第一批）,合 计"))
    assert targets.rows == ("宜阳新区", "明月山")
    assert targets.counts.tolist() == [[1, 2, 3], [0, 1000, 0]]
    assert targets.findings == ()


def test_a_workbook_with_a_title_running_numbers_and_a_note_is_read(tmp_path):
    path = tmp_path / "附件.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        book.add_worksheet("空")
        sheet = book.add_worksheet("附件1")
        sheet.merge_range(0, 0, 0, 5, "就业之家建设任务表")
        rows = [
            ["序号", "县区", "县级", "工业园区", "合计", "备注"],
            [1, "樟树", 1, None, 1, "含老园区"],
            [2, "丰城", 1, 2, 3],
        ]
        for number, row in enumerate([*rows, [None, "合计", 2, 2, 4]], start=1):
            sheet.write_row(number, 0, row)
    targets = read_targets(path)
    assert (targets.rows, targets.types, targets.cells) == (("樟树", "丰城"), ("county", "zone"), ("B3", "B4"))
    assert targets.counts.tolist() == [[1, 0], [1, 2]]


def test_an_english_table_whose_types_are_called_like_its_names_is_read(tmp_path):
    targets = read_targets(table(tmp_path, "North County,1,4", "East County,1,5", header="county,county level,village"))
    assert (targets.rows, targets.counts.tolist()) == (("North County", "East County"), [[1, 4], [1, 5]])


def test_totals_that_are_not_the_sum_are_said_with_their_cells_and_the_cells_count(tmp_path):
    targets = read_targets(table(tmp_path, "袁州区,1,28,7,37", "明月山,0,2,1,3", "合计,1,31,8,39"))
    found = [(finding.level, finding.word, finding.facts, finding.row) for finding in targets.findings]
    assert found == [
        ("warning", "finding.targets_sum", {"cell": "E2", "name": "袁州区", "stated": 37, "sum": 36}, 2),
        ("warning", "finding.targets_sum", {"cell": "C4", "name": "乡镇(街道)", "stated": 31, "sum": 30}, 4),
    ]
    assert {finding.file for finding in targets.findings} == {"任务 targets.csv"}
    assert targets.total == 39


def test_a_type_of_another_field_keeps_its_word_and_is_said(tmp_path):
    targets = read_targets(table(tmp_path, "樟树,1,6", header="县区,县级,社区卫生服务中心"))
    assert targets.types == ("county", "社区卫生服务中心")
    assert [(finding.word, finding.facts["cell"]) for finding in targets.findings] == [
        ("finding.targets_type_unknown", "C1")
    ]


@pytest.mark.parametrize("value", ["二十八", "28个", "-1", "1.5", "1e9"])
def test_a_cell_that_is_no_number_of_sites_is_refused_by_file_and_cell(tmp_path, value):
    for text in refusal(table(tmp_path, "明月山,1,2,3,6", f"袁州区,1,{value},7,36")):
        assert "任务 targets.csv" in text
        assert "C3" in text
        assert value in text


def test_what_stands_twice_is_refused_by_its_cells(tmp_path):
    assert all("A2, A4" in text for text in refusal(table(tmp_path, "樟树,1,2,3,6", "丰城,1,2,3,6", "樟 树,1,2,3,6")))
    twice = table(tmp_path, "樟树,1,2", header="县区,乡镇,街道")
    assert all("B1, C1" in text for text in refusal(twice))


def test_targets_without_a_name_are_refused_by_cell(tmp_path):
    assert all("A3" in text for text in refusal(table(tmp_path, "樟树,1,2,3,6", ",1,2,3,6")))


def test_a_file_that_is_no_table_of_targets_is_refused(tmp_path):
    chinese, english = refusal(table(tmp_path, "甲,114.4,27.8", header="名称,经度,纬度"))
    assert "任务 targets.csv" in chinese
    assert "no header of a table of targets" in english
    refusal(table(tmp_path, header=HEADER))
    with pytest.raises(MissingInputError):
        read_targets(tmp_path / "nothing.csv")
