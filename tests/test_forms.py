"""Self-assessment forms: out to the counties, filled in, and back."""

from __future__ import annotations

import zipfile
from collections import Counter

import openpyxl
import pytest
from forms import COUNTIES, SHEET, facts_of, fill, filled_well, send
from typer.testing import CliRunner

from catchment.apps.cli import command_line
from catchment.errors import InputError
from catchment.inputs.evaluation_rules import example_rules
from catchment.inputs.form_folder import form_files, of_one_run, read_forms
from catchment.inputs.forms import read_form
from catchment.outputs.evaluated import collected_lines
from catchment.pipeline.evaluation import collect

RULES = example_rules()


@pytest.fixture(scope="module")
def sent(tmp_path_factory):
    """One form that is filled in well, for tests that spoil a copy of it."""
    return filled_well(send(tmp_path_factory.mktemp("sent"), "樟树"))


@pytest.fixture
def form(sent, tmp_path):
    copy = tmp_path / sent.name
    copy.write_bytes(sent.read_bytes())
    return copy


def rows_of(path, sheet):
    book = openpyxl.load_workbook(path)
    return [list(row) for row in book[sheet].iter_rows(values_only=True)]


# ---- the round trip


def test_thirteen_forms_with_seeded_differences_give_the_list_to_be_mended(tmp_path):
    folder, out = tmp_path / "收回", tmp_path / "out"
    folder.mkdir()
    seeded = {
        "樟树": {"L5": "筹建"},
        "丰城": {"M6": 45.5, "S6": "否", "T6": None},
        "靖安": {"N5": 3, "C10": "新增就业之家", "D10": "村（社区）"},
        "明月山": {"O5": "约100人"},
    }
    for row in COUNTIES:
        filled_well(send(folder, row), seeded.get(row), totals={"C7": 5, "C8": 99} if row == "高安" else {})
    found, files = collect(folder, RULES, out=out, language="zh")
    assert found.complete
    assert len(found.forms) == 13
    mended = rows_of(files[1], "整改台账")
    header = next(at for at, row in enumerate(mended) if row[0] == "序号")
    assert [(row[1], row[3], row[4], row[10].split()[-1]) for row in mended[header + 1 :]] == [
        ("樟树", "樟树1号", "状态不一致：台账“已建成”，填报“筹建”", "L5"),
        ("丰城", "丰城2号", "面积不一致（平方米）：台账 60，填报 45.5", "M6"),
        ("丰城", "丰城2号", "不符合：临街", "S6"),
        ("丰城", "丰城2号", "未填：功能集中在单体建筑", "T6"),
        ("靖安", "靖安1号", "工作人员不一致：台账 2，填报 3", "N5"),
        ("靖安", None, "台账中没有的网点：新增就业之家", "C10"),
        ("高安", None, "已建成网点数不一致：台账 2，填报 5", "C7"),
        ("高安", None, "服务人次合计 99 与各网点之和 30 不符", "C8"),
        ("明月山", "明月山1号", "服务人次未填或不可用", "O5"),
        ("明月山", None, "服务人次合计 30 与各网点之和 20 不符", "C8"),
    ]
    differences = rows_of(files[0], "与台账差异")
    assert Counter(row[0] for row in differences if row[0] in COUNTIES) == {"樟树": 1, "丰城": 1, "靖安": 2, "高安": 1}
    assert "自评表-明月山.xlsx 自评表 O5：“约100人”不是不小于0的整数，未采用。请改为整数。" in [
        *collected_lines(found, "zh")
    ]


def test_the_ranking_of_thirteen_forms_is_told_with_its_ties(tmp_path):
    for row in COUNTIES:
        filled_well(send(tmp_path, row), {"R5": "否"} if row == "宜丰" else {})
    found, files = collect(tmp_path, RULES, out=tmp_path / "out", language="zh")
    ranks = {row.row: (row.rank, row.tied) for row in found.rows}
    assert ranks == dict.fromkeys(COUNTIES, (1, True)) | {"宜丰": (13, False)}
    # 60 places; the city's one has no form, and each county has two sites at most.
    assert found.award.places.total == 60
    awards = rows_of(files[0], "以奖代补")
    assert any("逐县四舍五入会得到 61 处" in str(row[0]) for row in awards)
    assert awards[-1][0] == "合计"
    assert sum(len(form.sites) for form in found.forms) == 26


def test_forms_in_english_are_read_alike_whatever_the_language_of_the_words_in_them(tmp_path):
    path = send(tmp_path, "樟树", language="en")
    cells = {"L5": "closed", "R5": "yes", "S5": "否", "O5": "1,200", "P5": "１２"}
    back = read_form(fill(path, cells))
    first = back.sites[0]
    assert (first.status, first.answers["sign"], first.answers["front"]) == ("closed", True, False)
    assert (first.measures["visits"], first.measures["jobs"], first.measures["placed"]) == (1200, 12, None)


def test_the_same_facts_give_the_same_bytes(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    assert send(tmp_path / "a", "樟树").read_bytes() == send(tmp_path / "b", "樟树").read_bytes()


def test_facts_are_locked_without_a_password_and_answers_are_not(tmp_path):
    book = openpyxl.load_workbook(send(tmp_path, "樟树"))
    sheet = book[SHEET]
    assert sheet.protection.sheet
    assert not sheet.protection.password
    assert all(sheet[cell].protection.locked for cell in ("A1", "C5", "F5", "R4", "W5"))
    assert not any(sheet[cell].protection.locked for cell in ("L5", "O6", "V6", "Y5", "C10"))
    lists = {str(rule.sqref): rule.formula1 for rule in sheet.data_validations.dataValidation if rule.type == "list"}
    assert lists["R5:R6"] == '"是,否"'
    assert book["_catchment"].sheet_state == "veryHidden"


def test_text_of_a_ledger_is_only_ever_text(tmp_path):
    facts = facts_of("樟树")
    odd = "=1+1 {% off </t> http://a.b \ud800"
    site = type(facts.sites[0])(**{**vars(facts.sites[0]), "name": odd})
    path = send(tmp_path, "樟树", facts=type(facts)(**{**vars(facts), "sites": (site,)}))
    with zipfile.ZipFile(path) as book:
        text = b"".join(book.read(name) for name in book.namelist() if name.startswith("xl/worksheets/"))
    assert b"<f>" not in text
    assert b"hyperlink" not in text
    assert read_form(path).sites[0].facts.name == "=1+1 {% off </t> http://a.b �"


# ---- what comes back otherwise


def test_a_protected_cell_that_was_altered_is_named(form):
    fill(form, {"F6": 90})
    with pytest.raises(InputError) as caught:
        read_form(form)
    assert caught.value.word == "error.form_altered"
    assert {"cell": "F6", "expected": "60", "found": "90", "count": 1}.items() <= caught.value.facts.items()


def test_moved_columns_are_refused_with_the_first_cell(form):
    book = openpyxl.load_workbook(form)
    book[SHEET].insert_cols(12)
    book.save(form)
    with pytest.raises(InputError) as caught:
        read_form(form)
    assert caught.value.word == "error.form_altered"
    assert caught.value.facts["count"] > 10


def test_exchanged_rows_are_refused(form):
    fill(form, {"B5": "樟树-2", "C5": "樟树2号", "B6": "樟树-1", "C6": "樟树1号"})
    with pytest.raises(InputError, match="C5"):
        read_form(form)


def test_a_renamed_sheet_is_said_with_the_names_that_are_there(form):
    book = openpyxl.load_workbook(form)
    book[SHEET].title = "Sheet1"
    book.save(form)
    with pytest.raises(InputError, match=r"自评表.*Sheet1"):
        read_form(form)


@pytest.mark.parametrize("spoil", ["gone", "altered"])
def test_a_form_without_its_hidden_sheet_is_none(form, spoil):
    book = openpyxl.load_workbook(form)
    if spoil == "gone":
        del book["_catchment"]
    else:
        book["_catchment"]["B2"] = book["_catchment"]["B2"].value.replace("樟树", "丰城")
    book.save(form)
    with pytest.raises(InputError) as caught:
        read_form(form)
    assert caught.value.word == {"gone": "error.form_none", "altered": "error.form_identity"}[spoil]


def test_what_is_no_answer_is_not_used_and_said_with_its_cell(form):
    fill(form, {"L5": "在建中", "M5": "六十", "N5": 2.5, "O5": -1, "R5": "部分", "AB9": "请看这里", "D11": "其他"})
    back = read_form(form)
    first = back.sites[0]
    assert (first.status, first.area_m2, first.staff, first.measures["visits"]) == (None, None, None, None)
    assert first.answers["sign"] is None
    assert [(finding.word, finding.facts["cell"]) for finding in back.findings] == [
        ("finding.form_count", "N5"),
        ("finding.form_count", "O5"),
        ("finding.form_answer", "R5"),
        ("finding.form_status", "L5"),
        ("finding.form_area", "M5"),
        ("finding.form_extra", "C11"),
        ("finding.form_unread", "AB9"),
    ]


def test_telephone_numbers_stay_at_home(form):
    back = read_form(fill(form, {"Y5": "找张三 13900001234"}))
    assert back.sites[0].remarks == "找张三 ***"


def test_two_forms_of_a_county_are_both_left_out_and_the_others_collected(tmp_path):
    folder = tmp_path / "in"
    (folder / "again").mkdir(parents=True)
    for row in COUNTIES[:3]:
        filled_well(send(folder, row))
    filled_well(send(folder / "again", COUNTIES[0]))
    (folder / "~$自评表.xlsx").write_bytes(b"open elsewhere")
    (folder / "别的.xlsx").write_bytes(b"no workbook")
    found, _ = collect(folder, RULES, out=tmp_path / "out", language="zh")
    assert [form.facts.row for form in found.forms] == COUNTIES[1:3]
    assert sorted((problem.file, problem.word) for problem in found.refused) == [
        ("again/自评表-经开区.xlsx", "error.form_twice"),
        ("别的.xlsx", "error.wrong_kind"),
        ("自评表-经开区.xlsx", "error.form_twice"),
    ]
    assert found.missing == (COUNTIES[0], *COUNTIES[3:])


def test_forms_of_another_run_or_plan_are_refused_where_the_project_is_known(tmp_path):
    send(tmp_path, "樟树")
    send(tmp_path, "丰城", run="x" * 64)
    send(tmp_path, "靖安", plan="x" * 64)
    forms, _ = read_forms(form_files(tmp_path), tmp_path)
    used, refused = of_one_run(forms, ("p" * 64, "r" * 64))
    assert [form.facts.row for form in used] == ["樟树"]
    assert {problem.facts["row"]: problem.word for problem in refused} == {
        "丰城": "error.form_run",
        "靖安": "error.form_plan",
    }
    with pytest.raises(InputError) as caught:
        of_one_run(forms)
    assert caught.value.word == "error.forms_of_several"


def test_a_folder_without_forms_is_said(tmp_path):
    with pytest.raises(InputError) as caught:
        form_files(tmp_path)
    assert caught.value.word == "error.forms_none"
    with pytest.raises(InputError) as caught:
        form_files(tmp_path / "none")
    assert caught.value.word == "error.forms_no_folder"
    (tmp_path / "a.xlsx").write_bytes(b"no workbook")
    with pytest.raises(InputError) as caught:
        collect(tmp_path, RULES, out=tmp_path / "out", language="zh")
    assert caught.value.word == "error.forms_unusable"


def test_the_command_ends_with_4_if_a_form_is_missing_and_names_the_unit_by_type(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    filled_well(send(folder, "樟树"), {"R5": "否"})
    rules = tmp_path / "rules.toml"
    rules.write_text('[scoring]\ndepartments = { township = "人社所" }\ndeadline = "10月31日"\n', encoding="utf-8")
    app = command_line("zh", tmp_path)
    asked = ["collect", str(folder), "--out", str(tmp_path / "out"), "--rules", str(rules)]
    ended = CliRunner().invoke(app, asked)
    assert ended.exit_code == 4
    assert "丰城：未收到可用的自评表。" in ended.output
    problem = rows_of(tmp_path / "out" / "整改台账.xlsx", "整改台账")[-1]
    assert problem[4:7] == ["不符合：名称标识统一", "樟树 人社所", "10月31日"]
