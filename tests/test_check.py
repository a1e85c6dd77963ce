"""What goes back to the offices: their own workbooks with marks, one clean ledger, and the template they start from."""

from __future__ import annotations

import json
import time
import zipfile

import geopandas as gpd
import openpyxl
import pytest
from old_book import old_book
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from shapely import box

from catchment.__main__ import main
from catchment.errors import SettingsError
from catchment.files import open_input
from catchment.inputs.details import street_front, way_of_site
from catchment.inputs.headers import SITE_COLUMNS, columns_of
from catchment.inputs.kinds import status_of, type_of
from catchment.inputs.row_counts import row_counts
from catchment.inputs.sites import diagnosed_sites, read_sites
from catchment.model import SiteType
from catchment.outputs.annotated import write_annotated
from catchment.outputs.annotated_tones import FILLS
from catchment.outputs.clean_ledger import write_clean_ledger
from catchment.outputs.ledger_columns import COLUMNS, STATUSES, WAYS, choices, header
from catchment.outputs.office_book import read_office_book
from catchment.outputs.template import write_template
from catchment.pipeline.check import check_ledger, write_checked
from catchment.words import LANGUAGES, say

TABLE = [
    ["袁州区就业之家台账"],
    ["县区", "名称", "类型", "经度", "纬度", "面积", "联系电话", "备注"],
    ["袁州区", "甲", "县级", 114.38125, 27.80123, 120, "13900001234", "=1+1"],
    [None, "乙", "村", "114°23′15″", "27°48′05″", 60, "0795-3271234", "@x"],
    [None, "丙", "村", 27.80221, 114.3891, 60, None, None],
    ["袁州区", "丁", "村", "待定", None, 60, None, None],
    ["袁州区", "戊", "村", 114.40177, 27.81233, "很大", None, None],
    ["小计", 5],
]
"""Row 4 is in degrees and minutes, row 5 is swapped, row 6 has no place, row 7 an area that is no number."""
MARKED = {"D4": "proposal", "E4": "proposal", "D5": "proposal", "E5": "proposal", "D6": "bad", "F7": "warning"}
MARKED["A8"] = "note"


def fill_of(cell):
    return cell.fill.fgColor.rgb if cell.fill.fill_type == "solid" else None


@pytest.fixture
def ledger(tmp_path):
    """A workbook as an office keeps it: colours, a note, widths, merged cells, a hidden row, a formula, two sheets."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "袁州区's 台账"
    for row in TABLE:
        sheet.append(row)
    sheet["H3"].data_type = "s"
    sheet["I3"] = "=F3+F4"
    sheet.merge_cells("A1:H1")
    sheet.merge_cells("A3:A5")
    sheet["A1"].font = Font(bold=True, size=18)
    sheet["B3"].fill = PatternFill("solid", fgColor="92D050")
    sheet["B3"].comment = Comment("局里的批注", "局办")
    sheet["D6"].comment = Comment("在找坐标", "局办")
    sheet.column_dimensions["B"].width = 33
    sheet.row_dimensions[6].hidden = True
    book.create_sheet("随记")["A1"] = "与台账无关"
    path = tmp_path / "in" / "袁州.xlsx"
    path.parent.mkdir()
    book.save(path)
    return path


def annotate(path, target, language="zh", **options):
    sites = diagnosed_sites(path, **options)
    write_annotated(open_input(path, "csv", "xlsx", "xls"), sites.findings, sites.repairs, target, language=language)
    return openpyxl.load_workbook(target)


def test_the_coloured_cells_are_those_of_the_findings_and_no_others(ledger, tmp_path):
    book = annotate(ledger, tmp_path / "b.xlsx")
    sheet = book["袁州区's 台账"]
    colours = {cell.coordinate: fill_of(cell) for row in sheet.iter_rows() for cell in row if fill_of(cell)}
    assert colours == {"B3": "0092D050"} | {cell: f"00{FILLS[tone]}" for cell, tone in MARKED.items()}
    noted = {cell.coordinate for row in sheet.iter_rows() for cell in row if cell.comment}
    assert noted == {"B3", *MARKED}
    assert "114°23′15″ → 114.3875" in sheet["D4"].comment.text
    assert sheet["D6"].comment.text.startswith("在找坐标\n\n【检查】")


def test_everything_else_of_the_office_s_workbook_stays_as_it_is(ledger, tmp_path):
    before, after = openpyxl.load_workbook(ledger), annotate(ledger, tmp_path / "b.xlsx")
    assert after.sheetnames == ["检查结果", *before.sheetnames]
    for old in before.worksheets:
        new = after[old.title]
        assert [[cell.value for cell in row] for row in new.iter_rows()] == [
            [cell.value for cell in row] for row in old.iter_rows()
        ]
        assert {cell.coordinate for row in new.iter_rows() for cell in row if cell.data_type == "f"} == {
            cell.coordinate for row in old.iter_rows() for cell in row if cell.data_type == "f"
        }
        assert new.merged_cells.ranges == old.merged_cells.ranges
        assert new["A1"].font.size == old["A1"].font.size
    sheet = after["袁州区's 台账"]
    assert sheet["B3"].comment.text == "局里的批注"
    assert sheet.column_dimensions["B"].width == 33
    assert sheet.row_dimensions[6].hidden
    assert sheet["G3"].value == "13900001234"
    assert [one.title for one in after.worksheets if one.sheet_view.tabSelected] == ["检查结果"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_list_names_every_finding_and_links_to_its_cell(ledger, tmp_path, language):
    book = annotate(ledger, tmp_path / "b.xlsx", language)
    sites = diagnosed_sites(ledger)
    sheet = book.worksheets[0]
    head = next(row[0].row for row in sheet.iter_rows() if row[0].value == say("annotated.file", language))
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=head + 1)]
    assert sorted(row[5] for row in rows) == sorted(say(f.word, language, **f.facts) for f in sites.findings)
    linked = {row[3].value: row[3].hyperlink.location for row in sheet.iter_rows(min_row=head + 1) if row[3].value}
    assert linked["D6"] == "'袁州区''s 台账'!D6"
    assert linked["D4, E4"] == "'袁州区''s 台账'!D4"
    (swapped,) = [row for row in rows if row[3] == "D5, E5"]
    assert swapped[6:] == ["27.80221\n114.3891", "114.3891\n27.80221"]
    assert not any(cell.hyperlink and cell.hyperlink.target for row in sheet.iter_rows() for cell in row)
    assert "3271234" not in str(rows)


def test_the_same_ledger_gives_the_same_bytes_whatever_the_clock(ledger, tmp_path, monkeypatch):
    annotate(ledger, tmp_path / "1.xlsx")
    write_clean_ledger(read_sites(ledger), tmp_path / "3.xlsx", language="zh")
    write_template(tmp_path / "5.xlsx", language="zh")
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + 100_000)
    time.sleep(1.1)
    annotate(ledger, tmp_path / "2.xlsx")
    write_clean_ledger(read_sites(ledger), tmp_path / "4.xlsx", language="zh")
    write_template(tmp_path / "6.xlsx", language="zh")
    for one, other in (("1", "2"), ("3", "4"), ("5", "6")):
        assert (tmp_path / f"{one}.xlsx").read_bytes() == (tmp_path / f"{other}.xlsx").read_bytes()
    original = openpyxl.load_workbook(ledger).properties
    assert openpyxl.load_workbook(tmp_path / "1.xlsx").properties.modified == original.modified


def test_a_copy_that_was_corrected_and_sent_back_is_read_and_marked_afresh(ledger, tmp_path):
    again = tmp_path / "again.xlsx"
    book = annotate(ledger, tmp_path / "b.xlsx")
    sheet = book["袁州区's 台账"]
    sheet["D6"], sheet["E6"] = 114.42177, 27.82233
    sheet["D6"].fill = PatternFill("solid", fgColor=f"FF{FILLS['bad']}")  # as Excel writes it
    book.save(again)
    before, after = diagnosed_sites(ledger), diagnosed_sites(again)
    assert {f.word for f in after.findings} == {f.word for f in before.findings} - {"finding.coordinate_missing"}
    renewed = annotate(again, tmp_path / "c.xlsx")
    assert renewed.sheetnames == book.sheetnames
    assert fill_of(renewed["袁州区's 台账"]["D6"]) is None
    assert renewed["袁州区's 台账"]["D6"].comment.text == "在找坐标"
    assert renewed["袁州区's 台账"]["D4"].comment.text.count("【检查】") == 1


def test_a_finding_in_a_merged_cell_is_marked_at_its_first_cell(tmp_path):
    book = openpyxl.Workbook()
    for row in (["名称", "经度", "纬度"], ["甲", "bad", 27.8], ["乙", None, 27.9]):
        book.active.append(row)
    book.active.merge_cells("B2:B3")
    book.save(tmp_path / "a.xlsx")
    sheet = annotate(tmp_path / "a.xlsx", tmp_path / "b.xlsx").worksheets[1]
    assert fill_of(sheet["B2"]) == f"00{FILLS['bad']}"
    assert "B2" in sheet["B2"].comment.text
    assert "B3" in sheet["B2"].comment.text


HOSTILE = [
    '=HYPERLINK("http://x.test")',
    "@SUM(1)",
    "{% raw %}{{7*7}}",
    "</script>",
    "a\x07b",
    "＝1",
    "+1",
    "x" * 40_000,
]


@pytest.mark.parametrize("language", LANGUAGES)
def test_text_from_data_stays_text_in_all_that_is_written(tmp_path, language):
    lines = [f'"{text.replace(chr(34), chr(34) * 2)}",114.3{n}111,27.8{n}111' for n, text in enumerate(HOSTILE)]
    bad = [f'"{text.replace(chr(34), chr(34) * 2)}",bad,27.8' for text in HOSTILE]
    (tmp_path / "=a'b.csv").write_text("\n".join(["名称,经度,纬度", *lines, *bad]), encoding="utf-8")
    checked = check_ledger(tmp_path / "=a'b.csv")
    for path in write_checked(checked, tmp_path / "out", language=language).paths:
        book = openpyxl.load_workbook(path)
        cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
        assert "f" not in {cell.data_type for cell in cells}
        assert not any(cell.hyperlink and cell.hyperlink.target for cell in cells)
        with zipfile.ZipFile(path) as whole:
            assert not any(b"<f>" in whole.read(name) for name in whole.namelist() if "sheets/" in name)
    names = {cell.value for cell in openpyxl.load_workbook(path).active["B"]}
    assert {'=HYPERLINK("http://x.test")', "＝1", "+1"} <= names


def test_csv_and_xls_come_back_as_workbooks_of_their_values(tmp_path):
    (tmp_path / "a.csv").write_bytes("编码,名称,经度,纬度\n007,甲,114.38751,bad\n".encode("gb18030"))
    sheet = annotate(tmp_path / "a.csv", tmp_path / "a.xlsx")["a"]
    assert [cell.value for cell in sheet[2]] == ["007", "甲", "114.38751", "bad"]
    assert fill_of(sheet["D2"]) == f"00{FILLS['bad']}"
    rows = [["名称", "经度", "纬度"], ["甲", 114.38751, 27.8], ["乙", "bad", 27.9]]
    (tmp_path / "b.xls").write_bytes(old_book({"旧表": rows}, hidden=[1]))
    book = annotate(tmp_path / "b.xls", tmp_path / "b.xlsx", "en")
    assert [[cell.value for cell in row] for row in book["旧表"].iter_rows()] == rows
    assert book["旧表"].row_dimensions[2].hidden
    assert fill_of(book["旧表"]["B3"]) == f"00{FILLS['bad']}"
    assert say("annotated.lost_looks", "en") in {cell.value for cell in book.worksheets[0]["A"]}


def altered(path, member, change):
    """The workbook with one member of its zip changed."""
    with zipfile.ZipFile(path) as book:
        members = {name: book.read(name) for name in book.namelist()}
    members[member] = change(members.get(member, b""))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        for name, content in members.items():
            book.writestr(name, content)


@pytest.mark.parametrize(
    "harm",
    [
        b'<mergeCells count="1"><mergeCell ref="K1:XFD1048576"/></mergeCells>',
        b'<hyperlinks><hyperlink ref="K1:XFD1048576" location="A1"/></hyperlinks>',
    ],
)
def test_a_range_over_the_whole_sheet_costs_nothing(tmp_path, harm):
    book = openpyxl.Workbook()
    for row in (["名称", "经度", "纬度"], ["甲", "bad", 27.8], ["乙", 114.38751, 27.9]):
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    altered(
        tmp_path / "a.xlsx",
        "xl/worksheets/sheet1.xml",
        lambda xml: xml.replace(b"<pageMargins", harm + b"<pageMargins"),
    )
    started = time.process_time()
    found = annotate(tmp_path / "a.xlsx", tmp_path / "b.xlsx")
    assert time.process_time() - started < 1
    assert fill_of(found.worksheets[1]["B2"]) == f"00{FILLS['bad']}"


def test_a_workbook_that_only_plain_reading_understands_gives_a_plain_copy_that_says_so(ledger, tmp_path):
    space = b'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    odd = b'<hyperlinks><hyperlink ref="A9" %b r:id="gone"/></hyperlinks>' % space
    altered(ledger, "xl/worksheets/sheet1.xml", lambda xml: xml.replace(b"<pageMargins", odd + b"<pageMargins"))
    found = annotate(ledger, tmp_path / "b.xlsx")
    assert say("annotated.lost_looks", "zh") in {cell.value for cell in found.worksheets[0]["A"]}
    assert fill_of(found.worksheets[1]["D6"]) == f"00{FILLS['bad']}"


def test_what_a_copy_lacks_is_said(ledger):
    altered(ledger, "xl/vbaProject.bin", lambda _: b"macro")
    altered(ledger, "xl/drawings/drawing9.xml", lambda _: b"<xdr:wsDr><xdr:sp macro=''/></xdr:wsDr>")
    altered(ledger, "xl/ctrlProps/ctrlProp1.xml", lambda _: b"<x/>")
    losses = read_office_book(open_input(ledger, "xlsx")).losses
    assert losses == ("macros", "drawings", "controls")
    assert all(say(f"annotated.lost_{loss}", "en") for loss in losses)


def test_the_clean_ledger_read_again_gives_the_same_sites_and_holds_no_contact(ledger, tmp_path):
    (ledger.parent / "樟树.csv").write_text(
        "编码,名称,类型,状态,县区,乡镇,村,地址,面积,工作人员,临街,建设方式,批次,荣誉,服务事项,联系人,经度,纬度\n"
        "Z7,己,园区,在建,樟树市,城北,东村,街1号,80,3人,临街,打通,第一批,充分就业社区,求职,王五,115.53839,28.05932\n"
        "Z8,庚,诊所,,樟树市,,,街2号,,,否,新建,,,,王五,115.63839,28.15932\n",
        encoding="utf-8",
    )
    sites = read_sites(ledger.parent, repair=True)
    for language in LANGUAGES:
        path = tmp_path / f"{language}.xlsx"
        write_clean_ledger(sites, path, language=language)
        again = read_sites(path)
        kept = [column for column in sites.frame if column not in ("geometry", "precision_m")]
        assert again.frame[kept].equals(sites.frame[kept])
        assert abs(again.xy - sites.xy).max() < 1e-12
        assert {finding.level for finding in again.findings} == {"note"}
        with zipfile.ZipFile(path) as whole:
            text = b"".join(map(whole.read, whole.namelist())).decode()
        assert not any(secret in text for secret in ("13900001234", "3271234", "王五", "联系"))
    rows = list(openpyxl.load_workbook(tmp_path / "zh.xlsx").active.iter_rows(values_only=True))
    assert rows[0][-4:] == ("坐标系", "来源文件", "来源工作表", "来源行")
    assert [row[-3:] for row in rows[1:]] == [
        *[("樟树.csv", None, row) for row in (2, 3)],
        *[("袁州.xlsx", "袁州区's 台账", row) for row in (3, 4, 5, 7)],
    ]


def test_the_clean_ledger_says_what_its_coordinates_are(ledger, tmp_path):
    path = tmp_path / "a.xlsx"
    write_clean_ledger(check_ledger(ledger, datum="gcj02").sites, path, language="en")
    head, first, *_ = openpyxl.load_workbook(path).active.iter_rows(values_only=True)
    row = dict(zip(head, first, strict=True))
    assert row["Datum"] == "WGS84"
    for datum, said in ((None, "as found, not settled"), ("wgs84", "WGS84")):
        checked = check_ledger(ledger, datum=datum)
        write_checked(checked, tmp_path / said, language="en")
        rows = openpyxl.load_workbook(tmp_path / said / "ledger.xlsx").active.iter_rows(values_only=True)
        assert dict(zip(*list(rows)[:2], strict=True))["Datum"] == said
    assert (row["Longitude as found"], row["Latitude as found"], row["Datum as found"]) == (
        114.38125,
        27.80123,
        "GCJ-02",
    )
    assert row["Longitude as found"] - row["Longitude"] == pytest.approx(0.0053, abs=0.0002)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_of_the_template_is_one_that_the_reader_knows(language):
    found = columns_of([header(column, language) for column in COLUMNS], SITE_COLUMNS)
    assert list(found.index) == [column.field for column in COLUMNS]
    assert found.contact_count == 0
    assert [type_of(word) for word in choices("type", language)] == [str(kind) for kind in SiteType]
    assert tuple(status_of(word) for word in choices("status", language)) == STATUSES
    assert tuple(way_of_site(word) for word in choices("way", language)) == tuple(f"way.{way}" for way in WAYS)
    assert [street_front(word) for word in choices("street_front", language)] == ["yes", "no"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_template_that_is_filled_in_by_its_guide_is_read_without_a_finding(tmp_path, language):
    path = tmp_path / "t.xlsx"
    write_template(path, language=language)
    book = openpyxl.load_workbook(path)
    sheet, guide = book.worksheets
    assert sheet.freeze_panes == "C3"
    lists = {str(rule.sqref): rule.formula1 for rule in sheet.data_validations.dataValidation if rule.type == "list"}
    assert len(lists) == 4
    assert all(rule.prompt for rule in sheet.data_validations.dataValidation)
    examples = {row[0]: row[3] for row in guide.iter_rows(min_row=6, values_only=True)}
    for number in range(3):
        for column, cell in enumerate(sheet[2], start=1):
            example = examples[cell.value.removeprefix("*")]
            number_like = example.replace(".", "").isdecimal() and column > 8
            sheet.cell(number + 3, column, float(example) + number * 0.011 if number_like else example)
        sheet.cell(number + 3, 1).value = f"A{number}"
        sheet.cell(number + 3, 2).value += str(number)
        sheet.cell(number + 3, 12).value = number
    book.save(path)
    sites = read_sites(path)
    assert sites.findings == ()
    assert len(sites) == 3
    frame = sites.frame
    assert (frame["type"] == "township").all()
    assert (frame[["village", "way", "batch", "honours", "services", "street_front"]] != "").all(axis=None)


def test_rows_are_counted_once_each(ledger):
    counts = row_counts(diagnosed_sites(ledger))
    assert (counts.rows, counts.good, counts.repaired, counts.doubtful, counts.bad) == (5, 2, 0, 1, 3)
    counts = row_counts(diagnosed_sites(ledger, repair=True))
    assert (counts.rows, counts.good, counts.repaired, counts.doubtful, counts.bad) == (5, 4, 2, 1, 1)


def test_nothing_is_written_over_a_ledger_or_over_what_somebody_saved(ledger, tmp_path):
    checked = check_ledger(ledger)
    with pytest.raises(SettingsError, match="the ledger lies in this folder"):
        write_checked(checked, ledger.parent, language="zh")
    out = tmp_path / "out"
    first = write_checked(checked, out, language="zh").paths
    assert [path.name for path in first] == ["袁州_检查.xlsx", "台账.xlsx"]
    assert write_checked(checked, out, language="zh").paths == first
    openpyxl.load_workbook(first[0]).save(first[0])
    saved = first[0].read_bytes()
    with pytest.raises(SettingsError, match="not overwritten"):
        write_checked(checked, out, language="zh")
    assert first[0].read_bytes() == saved


def test_copies_of_files_of_one_name_are_told_apart_or_refused(tmp_path):
    for name in ("a/x.csv", "a/x.txt", "b/x.csv"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("名称,经度,纬度\n甲,114.38751,27.80123\n", encoding="utf-8")
    names = [path.name for path in write_checked(check_ledger(tmp_path / "a"), tmp_path / "o", language="en").paths]
    assert names == ["x.csv_checked.xlsx", "x.txt_checked.xlsx", "ledger.xlsx"]
    with pytest.raises(SettingsError, match="Two files"):
        write_checked(check_ledger(tmp_path / "*" / "x.csv"), tmp_path / "o", language="en")


def run(monkeypatch, capsys, *arguments):
    """The exit code and output of the command line."""
    monkeypatch.setattr("sys.argv", ["catchment", *map(str, arguments)])
    with pytest.raises(SystemExit) as end:
        main()
    return end.value.code, capsys.readouterr()


def test_the_command_checks_a_folder_and_counts_in_its_last_line(ledger, tmp_path, monkeypatch, capsys):
    (ledger.parent / "樟树.csv").write_text("县区,名称,经度,纬度\n樟树市,己,115.53839,28.05932\n", encoding="utf-8")
    code, said = run(monkeypatch, capsys, "check", ledger.parent, "--lang", "zh")
    lines = said.out.splitlines()
    assert code == 0
    assert lines[0] == "樟树.csv：没有问题"
    assert lines[1] == "袁州.xlsx："
    assert lines[-1] == "共 6 行：可用 3 行（其中按建议修正 0 行，有疑点 1 行），未采用 3 行，重复未计 0 行。"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in"]
    assert "13900001234" not in said.out


def test_the_command_holds_a_ledger_against_regions_and_says_it_in_json(ledger, tmp_path, monkeypatch, capsys):
    far = {"name": ["袁州区"], "geometry": [box(115, 28, 116, 29)]}
    gpd.GeoDataFrame(far, crs="EPSG:4326").to_file(tmp_path / "r.geojson")
    flags = ("--regions", tmp_path / "r.geojson", "--out", tmp_path / "out", "--repair", "--json", "--lang", "en")
    code, said = run(monkeypatch, capsys, "check", ledger.parent / "*.xlsx", *flags)
    record = json.loads(said.out)
    assert code == 0
    assert record["schema"] == "catchment.check/1"
    assert record["rows"] == {"all": 5, "good": 4, "repaired": 2, "doubtful": 4, "bad": 1, "repeated": 0}
    assert sum(finding["finding"] == "site_outside_county" for finding in record["findings"]) == 4
    assert [repair["cell"] for repair in record["repairs"] if repair["applied"]] == ["D4", "E4", "D5", "E5"]
    assert [path.rsplit("/", 1)[1] for path in record["outputs"]] == ["袁州_checked.xlsx", "ledger.xlsx"]


def test_a_ledger_without_a_usable_row_ends_with_code_3_and_its_marks(tmp_path, monkeypatch, capsys):
    (tmp_path / "a.csv").write_text("名称,经度,纬度\n甲,bad,27.8\n", encoding="utf-8")
    code, said = run(monkeypatch, capsys, "check", tmp_path / "a.csv", "--out", tmp_path / "out", "--lang", "en")
    assert code == 3
    assert said.out.splitlines()[-1].startswith("1 rows: 0 usable")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["a_checked.xlsx"]


def test_the_command_writes_a_template_once(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert run(monkeypatch, capsys, "template", "--lang", "zh")[0] == 0
    assert [path.name for path in tmp_path.iterdir()] == ["台账模板.xlsx"]
    assert run(monkeypatch, capsys, "template", "--lang", "zh")[0] == 2
    assert run(monkeypatch, capsys, "template", "a.csv")[0] == 2


def test_roads_tell_what_the_coordinates_of_a_ledger_are(small_demo):
    inputs = small_demo.parent
    checked = check_ledger(inputs / "sites.xlsx", roads=inputs / "streets.osm.pbf")
    assert checked.datum_fits.whole.best == "gcj02"
    assert "finding.datum_doubted" in {finding.word for finding in checked.findings}
    settled = check_ledger(inputs / "sites.xlsx", roads=inputs / "streets.osm.pbf", datum="auto").sites
    assert set(settled.frame["datum_in"]) == {"gcj02"}


def test_the_ledger_of_a_project_comes_back_too(small_demo, tmp_path, monkeypatch, capsys):
    code, said = run(monkeypatch, capsys, "check", small_demo, "--out", tmp_path, "--lang", "en")
    assert code == 0
    assert {path.name for path in tmp_path.iterdir()} == {"sites_checked.xlsx", "ledger.xlsx"}
    assert "street edges" in said.out.splitlines()[-1]
