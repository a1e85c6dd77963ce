"""Site visit sheets: a page per place with the numbers of the run, and the filled-in table read back."""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from dataclasses import replace

import docx
import numpy as np
import openpyxl
import pandas as pd
import pytest
from plans import with_suggestions
from test_map import HOSTILE, LITERAL

from catchment.config import read_settings
from catchment.errors import InputError, SettingsError
from catchment.geo.datum import bd09_from_gcj02, gcj02_from_wgs84
from catchment.inputs.cells import text_of
from catchment.inputs.folder import role_of
from catchment.inputs.survey import read_survey
from catchment.model import Candidates, FieldNotes, Listed, Survey, Visit
from catchment.outputs.lettering import lettering
from catchment.outputs.proposal import printed_proposal
from catchment.outputs.suggested import suggestion_record
from catchment.outputs.survey import write_survey
from catchment.outputs.survey_card import cards
from catchment.outputs.survey_map import card_map, surroundings
from catchment.outputs.workbook import write_workbook
from catchment.pipeline.assess import assess
from catchment.pipeline.read import read_inputs
from catchment.pipeline.run import run_project
from catchment.pipeline.survey import survey_of, visited_candidates

NAME = "便民服务中心"
SHEETS = {"zh": "踏勘", "en": "Site visits"}


@pytest.fixture(scope="module")
def planned(make_run):
    """Two places: premises in the west, a stretch of street in the east; 66.25 and 19.25 people more."""
    return with_suggestions(make_run(), 2, premises=[NAME])


@pytest.fixture(scope="module")
def document(planned, tmp_path_factory):
    path = tmp_path_factory.mktemp("visits") / "踏勘表.docx"
    write_survey(planned, path)
    return path


def texts_of(path):
    """Every text of the body in order, those of tables among them."""
    body = docx.Document(path).element.body
    return [node.text for node in body.iter() if node.tag.endswith("}t") and node.text]


def with_notes(run, **notes):
    return replace(run, suggestions=replace(run.suggestions, notes=FieldNotes(**notes)))


def filled(run, path, **cells):
    """The workbook of a run with cells filled in, ``row_column=text``, rows and columns from 0 below the header."""
    write_workbook(run, path)
    book = openpyxl.load_workbook(path)
    sheet = book[SHEETS[run.language]]
    head = header_row(sheet)
    titles = [cell.value for cell in sheet[head]]
    for place, text in cells.items():
        row, title = place.split("_", 1)
        sheet.cell(head + 1 + int(row[1:]), titles.index(title) + 1).value = text
    book.save(path)
    return path


def header_row(sheet):
    return next(row for row in range(1, 9) if sheet.cell(row, 1).value in ("编号", "no."))


# ---- the document


def test_the_document_says_the_numbers_of_the_run(planned, document):
    said = texts_of(document)
    for row in printed_proposal(planned).rows:
        alone = f"新增 {row.added} 人，其中仅此处可达 {row.only} 人"
        shared = f"可达人口共 {row.reach} 人，其中 {row.shared} 人他处也可达"
        assert any(f"{alone}；{shared}" in text for text in said)
        wgs84 = np.array([[row.lon, row.lat]])
        gcj02 = gcj02_from_wgs84(wgs84)
        for xy in (wgs84, gcj02, bd09_from_gcj02(gcj02)):
            assert f"{xy[0, 0]:.6f}, {xy[0, 1]:.6f}" in said
    assert said[0] == f"踏勘表 1/2　{NAME}"
    assert "县就业之家，路网距离" in "".join(said)


def test_a_stretch_of_street_is_only_said_to_be_a_place_to_look(document):
    said = texts_of(document)
    second = said.index(next(text for text in said if text.startswith("踏勘表 2/2")))
    assert "寻址路段：需核实可用场所" not in said[:second]
    assert said[second + 1] == "寻址路段：需核实可用场所"


def test_each_place_but_the_first_begins_a_page_and_each_has_its_map(document):
    with zipfile.ZipFile(document) as book:
        body = book.read("word/document.xml").decode()
        maps = [name for name in book.namelist() if name.startswith("word/media/")]
    assert (body.count("<w:pageBreakBefore/>"), len(maps)) == (1, 2)


def test_the_foot_of_the_pages_has_the_standard_the_sources_and_what_the_map_is_for(document):
    foot = "\n".join(paragraph.text for paragraph in docx.Document(document).sections[0].footer.paragraphs)
    for part in ("4.8 km/h", "OpenStreetMap contributors", "WorldPop", "内部工作用图"):
        assert part in foot


def test_the_same_run_gives_the_same_document(planned, document, tmp_path):
    write_survey(planned, tmp_path / "again.docx")
    assert (tmp_path / "again.docx").read_bytes() == document.read_bytes()


def test_whoever_looks_at_the_public_run_gets_no_places_to_visit(planned, tmp_path):
    write_survey(replace(planned, profile="public"), tmp_path / "a.docx")
    assert texts_of(tmp_path / "a.docx") == []


@pytest.mark.parametrize("name", [*HOSTILE, "a\x00b\x1fc\ud800", '{ DATE \\@ "yyyy" }', "]]></w:t><w:br/>", "\u202e右"])
def test_a_hostile_name_is_only_text(make_run, tmp_path, name, monkeypatch):
    monkeypatch.setattr("catchment.outputs.survey.card_map", lambda *_: PIXEL)
    run = with_suggestions(make_run((name, name, name)), 1, premises=[name])
    write_survey(
        with_notes(run, listed={int(run.suggestions.frame["candidate_id"][0]): Listed(name)}), tmp_path / "a.docx"
    )
    with zipfile.ZipFile(tmp_path / "a.docx") as book:
        body = book.read("word/document.xml").decode()
    assert not re.search(r"<w:(instrText|fldSimple|fldChar|hyperlink)\b", body)
    assert text_of(name)[:20] in "".join(texts_of(tmp_path / "a.docx"))


def test_names_of_hostile_places_do_not_stop_a_map(make_run):
    run = with_suggestions(make_run((LITERAL, "$x^2$", "")), 1, premises=["{% raise %}"])
    proposal = printed_proposal(run)
    assert card_map(proposal.rows[0], surroundings(run, proposal, lettering())).startswith(b"\x89PNG")


def test_what_the_table_of_premises_says_stands_beside_the_check_of_ownership(planned):
    number = int(planned.suggestions.frame["candidate_id"][0])
    card = cards(with_notes(planned, listed={number: Listed("国有", 320.0, "yes", "中心路1号")}))[0]
    assert card.checks[-1].known == "国有；面积 320 平方米；单体建筑"
    assert card.facts[0] == ("地址", "中心路1号")


def test_an_earlier_visit_is_ticked(planned, tmp_path):
    number, row = int(planned.suggestions.frame["candidate_id"][0]), planned.suggestions.frame.iloc[0]
    visit = Visit(row["lon"], row["lat"], NAME, "usable", {"parking": False}, "后院可停")
    write_survey(with_notes(planned, visits={number: visit}), tmp_path / "a.docx")
    said = texts_of(tmp_path / "a.docx")
    assert said.count("☑") == 1
    assert "☑ 可用      □ 不可用      □ 待定" in said
    assert "后院可停" in said


PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8ffff3f0005fe02fe0def46b8"
    "0000000049454e44ae426082"
)


def test_every_place_takes_one_page_however_long_its_texts(make_run, tmp_path, monkeypatch):
    soffice = shutil.which("soffice")
    if soffice is None:
        pytest.skip("no LibreOffice here to lay the pages out")
    monkeypatch.setattr("catchment.outputs.survey.card_map", lambda *_: PIXEL)
    for language, name in {"zh": "宜春市就业之家" * 20, "en": "WIDE Wording " * 20}.items():
        run = with_suggestions(
            make_run((name, name, name), language=language, name=name), 2, premises=[name], street=name
        )
        sources = tuple(replace(source, attribution=name + source.role) for source in run.sources)
        row = run.suggestions.frame.iloc[0]
        visit = Visit(row["lon"], row["lat"], name, "pending", {}, name)
        notes = {"listed": {int(row["candidate_id"]): Listed(name, 1.0, "no", name)}}
        run = with_notes(
            replace(run, sources=sources, synthetic=True), visits={int(row["candidate_id"]): visit}, **notes
        )
        write_survey(run, tmp_path / f"{language}.docx")
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [soffice, profile, "--headless", "--convert-to", "pdf", "--outdir", tmp_path]
    subprocess.run(
        [*command, tmp_path / "zh.docx", tmp_path / "en.docx"], check=False, capture_output=True, timeout=120
    )
    if not (tmp_path / "zh.pdf").exists():
        pytest.skip("LibreOffice has no Writer here")
    pages = {path.stem: len(re.findall(rb"/Type\s*/Page\b", path.read_bytes())) for path in tmp_path.glob("*.pdf")}
    assert pages == {"zh": 2, "en": 2}


# ---- the table, there and back


@pytest.mark.parametrize(
    ("language", "heads"),
    [
        ("zh", ("踏勘结论", "不可用", "待定", "停车", "是", "备注", "踏勘日期", "踏勘人")),
        ("en", ("verdict", "not usable", "to be decided", "parking", "yes", "remarks", "date of visit", "visited by")),
    ],
)
def test_what_is_filled_in_is_read_back(planned, tmp_path, language, heads):
    verdict, unusable, pending, parking, yes, remarks, date, surveyor = heads
    cells = {
        f"r0_{verdict}": unusable,
        f"r0_{parking}": yes,
        f"r0_{remarks}": "房东 13900001234",
        f"r0_{surveyor}": "张三",
    }
    cells |= {f"r1_{verdict}": f" {pending} ", f"r1_{date}": pd.Timestamp("2024-05-06").to_pydatetime()}
    survey = read_survey(filled(replace(planned, language=language), tmp_path / "a.xlsx", **cells))
    first, second = survey.visits
    frame = planned.suggestions.frame
    np.testing.assert_allclose(survey.xy, frame[["lon", "lat"]], atol=5.1e-7)
    assert (first.name, first.verdict, first.checks, first.remarks) == (NAME, "unusable", {"parking": True}, "房东 ***")
    assert (second.name, second.verdict, second.date) == ("", "pending", "2024-05-06")
    assert "张三" not in repr(survey)
    assert survey.findings == ()


def test_the_cells_to_fill_in_have_lists_of_words(planned, tmp_path):
    write_workbook(planned, tmp_path / "a.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["踏勘"]
    lists = {str(each.sqref): each.formula1 for each in sheet.data_validations.dataValidation}
    assert sorted(lists.values()) == ['"可用,不可用,待定"', *['"是,否"'] * 5]


def test_a_table_nobody_filled_in_has_no_visits(planned, tmp_path):
    assert len(read_survey(filled(planned, tmp_path / "a.xlsx"))) == 0


def test_a_row_may_be_renumbered_sorted_and_its_sheet_renamed(planned, tmp_path):
    path = filled(planned, tmp_path / "a.xlsx", r0_编号=7, r0_踏勘结论="可用", r1_踏勘结论="不可用")
    book = openpyxl.load_workbook(path)
    book["踏勘"].title = "五月"
    book.save(path)
    assert [visit.verdict for visit in read_survey(path).visits] == ["usable", "unusable"]


@pytest.mark.parametrize(
    ("cells", "word", "column"),
    [
        ({"r1_踏勘结论": "还行"}, "error.survey_verdict", "踏勘结论"),
        ({"r1_踏勘结论": "可用", "r1_地点标识（请勿改动）": "中心路"}, "error.survey_place", "地点标识（请勿改动）"),
        ({"r1_地点标识（请勿改动）": "999,28"}, "error.survey_place", "地点标识（请勿改动）"),
    ],
)
def test_what_cannot_be_meant_is_said_with_sheet_and_cell(planned, tmp_path, cells, word, column):
    path = filled(planned, tmp_path / "a.xlsx", **cells)
    with pytest.raises(InputError) as caught:
        read_survey(path)
    sheet = openpyxl.load_workbook(path)["踏勘"]
    head = header_row(sheet)
    at = next(cell for cell in sheet[head] if cell.value == column)
    assert (caught.value.word, caught.value.facts["sheet"]) == (word, "踏勘")
    assert caught.value.facts["cell"] == f"{at.column_letter}{head + 2}"
    for part in ("a.xlsx", "踏勘", caught.value.facts["cell"]):
        assert part in caught.value.text("zh")


def test_two_verdicts_on_one_place_are_refused_and_both_cells_named(planned, tmp_path):
    path = filled(planned, tmp_path / "a.xlsx", r0_踏勘结论="可用", r1_踏勘结论="不可用")
    sheet = openpyxl.load_workbook(path)["踏勘"]
    key = sheet.cell(header_row(sheet) + 1, sheet.max_column).value
    again = filled(planned, path, **{"r0_踏勘结论": "可用", "r1_踏勘结论": "不可用", "r1_地点标识（请勿改动）": key})
    with pytest.raises(InputError, match=r"H5.*H4|H6.*H5"):
        read_survey(again)


def test_an_answer_that_is_neither_yes_nor_no_is_listed_and_not_taken(planned, tmp_path):
    survey = read_survey(filled(planned, tmp_path / "a.xlsx", r0_停车="部分", r0_踏勘结论="可用"))
    assert survey.visits[0].checks == {}
    assert [finding.word for finding in survey.findings] == ["finding.survey_answer"]


def test_a_workbook_without_the_table_or_without_a_column_is_refused(make_run, planned, tmp_path):
    write_workbook(make_run(), tmp_path / "a.xlsx")
    with pytest.raises(InputError, match="Site visits"):
        read_survey(tmp_path / "a.xlsx")
    path = filled(planned, tmp_path / "b.xlsx")
    book = openpyxl.load_workbook(path)
    sheet = book["踏勘"]
    head = header_row(sheet)
    next(cell for cell in sheet[head] if cell.value == "停车").value = "车位"
    book.save(path)
    with pytest.raises(InputError, match="parking") as caught:
        read_survey(path)
    assert caught.value.facts["row"] == head


def test_in_a_folder_of_inputs_a_filled_in_table_is_known_for_what_it_is(planned, tmp_path):
    assert role_of(filled(planned, tmp_path / "a.xlsx", r0_踏勘结论="可用")) == "survey"


# ---- which candidate a visit is about


def candidates_at(*places):
    frame = pd.DataFrame([{"lon": lon, "lat": lat, "name": name} for lon, lat, name in places])
    return Candidates(frame)


def test_a_visit_is_about_the_same_place_or_the_same_premises_and_nothing_else():
    # A hundred-thousandth of a degree of latitude is 1.11 m.
    here = candidates_at(
        (114, 28, "图书馆"), (114, 28.0003, "图书馆"), (114, 28.001, "图书馆"), (114, 28, "邮局"), (114, 28, "")
    )
    survey = Survey((Visit(114, 28.000004, "图书馆", "unusable"),))
    assert list(visited_candidates(here, survey)) == [0, 1]
    assert list(visited_candidates(here, Survey((Visit(114, 28.000004, "", "unusable"),)))) == [4]
    assert visited_candidates(here, Survey((Visit(114, 28.00002, "", "unusable"),))) == {}
    assert visited_candidates(here, None) == {}


def test_of_two_visits_the_nearer_counts():
    here = candidates_at((114, 28, "馆"))
    visits = (Visit(114, 28.0002, "馆", "unusable"), Visit(114, 28.0001, "馆", "usable"))
    for order in (visits, visits[::-1]):
        assert visited_candidates(here, Survey(order))[0].verdict == "usable"


# ---- from one run to the next


def test_the_next_plan_avoids_what_was_refused_and_says_what_was_found(village_run, small_demo, tmp_path):
    frame = village_run.suggestions.frame
    cells = {"r0_踏勘结论": "不可用", "r1_踏勘结论": "可用", "r1_一层": "是"}
    stretch = int(np.flatnonzero(frame["premises"] == "")[0])
    cells[f"r{stretch}_踏勘结论"] = "不可用"
    path = filled(replace(village_run, language="zh"), tmp_path / "visits.xlsx", **cells)
    settings = read_settings(small_demo, overrides={"inputs": {"survey": path}, "siting": {"robust": None}})
    run = assess(read_inputs(settings), settings, language="zh")

    after = run.suggestions.frame
    refused = set(frame["candidate_id"].iloc[[0, stretch]])
    assert not refused & set(after["candidate_id"])
    usable = int(frame["candidate_id"].iloc[1])
    assert run.suggestions.notes.visits[usable].checks == {"ground_floor": True}
    record = {place["id"]: place["visited"] for place in suggestion_record(run)["sites"]}
    assert record.pop(usable) == "usable"
    assert set(record.values()) == {None}
    assert sum(rule.key == "refused" for rule in run.suggestions.rules) == 1
    assert run.suggestions.alone_units[np.array(sorted(refused)) - 1].tolist() == [0, 0]
    counts = next(finding.facts for finding in run.findings if finding.word == "finding.survey_read")
    assert (counts["count"], counts["unusable"], counts["barred"], counts["usable"]) == (3, 2, 2, 1)
    assert (run.digest, run.totals.covered) == (village_run.digest, village_run.totals.covered)

    # What was refused is carried on, so that the newest table is always enough.
    survey = read_survey(filled(run, tmp_path / "next.xlsx"))
    assert sorted(str(visit.verdict) for visit in survey.visits) == ["unusable", "unusable", "usable"]


def test_visits_of_another_project_are_refused(village_run, small_demo, tmp_path, planned):
    path = filled(replace(planned, language="zh"), tmp_path / "visits.xlsx", r0_踏勘结论="不可用")
    settings = read_settings(small_demo, overrides={"inputs": {"survey": path}})
    with pytest.raises(InputError, match="another project"):
        survey_of(settings, replace(village_run.streets, bounds=(10.0, 50.0, 11.0, 51.0)))


def test_a_run_does_not_replace_the_visits_it_reads(small_demo, tmp_path):
    settings = read_settings(small_demo, overrides={"inputs": {"survey": tmp_path / "out" / "report.xlsx"}})
    with pytest.raises(SettingsError, match="would be lost"):
        run_project(settings, out=tmp_path / "out", language="en")
