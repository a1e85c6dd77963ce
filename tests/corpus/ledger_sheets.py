"""Ledgers whose sheets are odd: titles, headers, totals, notes, several sheets, hidden rows, broken files."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from dataclasses import replace

from corpus.books import SHEET, Page, csv_bytes, xlsx_bytes
from corpus.cases import PERSON, PHONE, Case, Said, bytes_of, text, written
from corpus.ledger_cells import GOOD
from old_book import old_book

HEADER = ("序号", "名称", "类型", "县区", "经度", "纬度", "联系人", "电话")
ROWS = tuple((number, *row, PERSON, PHONE) for number, row in enumerate(GOOD, start=1))
CONTACTS = Said("finding.contacts_dropped")
COUNTY = {"county": ("袁州区",) * len(GOOD)}


def book(name: str, *pages: Page, says: tuple[Said, ...] = (CONTACTS,), **more: object) -> Case:
    """A ledger that is a workbook."""
    case = Case(name, "sites", "台账.xlsx", bytes_of(xlsx_bytes, *pages), len(GOOD), says, pages[0].name)
    return replace(case, **more)


def page(*rows: object, name: str = SHEET, **more: object) -> Page:
    """A sheet."""
    return Page(name, rows, **more)  # type: ignore[arg-type]


def table(name: str, rows: object, *, says: tuple[Said, ...] = (CONTACTS,), **more: object) -> Case:
    """A ledger that is a CSV."""
    return replace(Case(name, "sites", "台账.csv", bytes_of(csv_bytes, rows), len(GOOD), says), **more)


def refused(name: str, file: str, content: bytes, word: str) -> Case:
    """A file that is no ledger."""
    return Case(name, "sites", file, written(content), refused=word)


def _headers() -> list[Case]:
    upper = ("序号", "名称", "类型", "县区", "坐标", "", "联系方式", "")
    lower = ("", "", "", "", "经度", "纬度", "姓名", "手机")
    down = tuple(f"{letter}1:{letter}2" for letter in "ABCD")
    blank = ("",) * 8
    spaced = ("序 号", "网点\n名称", "类 型", "县(市、\n区)", "经度（°）", "【纬度】", "联 系 人", "联系\n电话")
    late = [["说明", "内容"] for _ in range(11)]
    return [
        book("a title over all columns", page(["一览表"], blank, HEADER, *ROWS, merged=("A1:H1",)), holds=COUNTY),
        book("a header of two merged rows", page(upper, lower, *ROWS, merged=(*down, "E1:F1", "G1:H1"))),
        book("a header of two rows and a title", page(["一览表"], upper, lower, *ROWS, merged=("A1:H1",))),
        table("a header of two rows in a CSV", [upper, lower, *ROWS]),
        book("line ends, blanks and brackets in the header", page(spaced, *ROWS)),
        book("a header in the ninth row", page(*[["说明"]] * 8, HEADER, *ROWS)),
        book(
            "a header below the first eleven rows",
            page(*late, HEADER, *ROWS),
            kept=0,
            refused="error.columns_missing",
        ),
        book(
            "a person above an unknown header",
            page(["填报人", PERSON, PHONE], ["名称", "jingdu", "weidu"], ["甲", 114.4, 27.8]),
            refused="error.columns_missing",
        ),
        table(
            "a person in the cell of a label, above an unknown header",
            [[f"填报人：{PERSON}", "袁州区"], ["mc", "jd", "wd"], ["甲", 114.4, 27.8]],
            refused="error.columns_missing",
        ),
        table(
            "a person above a header without a known word",
            [["填报人", PERSON], ["mc", "jd", "wd"], ["甲", 114.4, 27.8]],
            refused="error.columns_missing",
        ),
        table(
            "persons in columns that nobody knows",
            [[*HEADER[:6], "站长", "网格员"], *ROWS],
            says=(Said("finding.columns_ignored"),),
        ),
        table("a header without names", [["经度", "纬度"], [114.4, 27.8]], refused="error.columns_missing"),
        table("a header without a latitude", [["名称", "经度"], ["甲", 114.4]], refused="error.columns_missing"),
        table("only a header", [HEADER], refused="error.empty_file"),
        table(
            "coordinates nowhere",
            [HEADER[:4], *[row[:4] for row in ROWS]],
            refused="error.no_good_row",
        ),
        table(
            "the header again",
            [HEADER, *ROWS[:2], HEADER, *ROWS[2:]],
            says=(CONTACTS, Said("finding.row_header_again", 4, "#4")),
        ),
    ]


_TOTALS = ("小计", "小 计", "合　计", "总计", "袁州区合计：", "共计4个", "Subtotal")
_NOTES = (
    f"填报人：{PERSON}　联系电话：{PHONE}",
    f"负责人：{PERSON}",
    f"联系人: {PERSON}（{PHONE}）",
    f"制表人：{PERSON} 审核人：{PERSON}",
    f"审核：{PERSON}",
    f"联系电话：{PHONE}",
    "填报单位：袁州区人社局",
    "填报日期：2023年12月25日",
    "注：数据截至2023年12月",
    "说明：不含代管乡镇",
)


def _totals_and_notes() -> list[Case]:
    cases = [
        table(
            f"a row of totals, {total.strip()}",
            [HEADER, *ROWS[:2], [total, "", "", "", "", "", "", ""], *ROWS[2:]],
            says=(CONTACTS, Said("finding.row_total", 4, "#4")),
        )
        for total in _TOTALS
    ]
    for number, note in enumerate(_NOTES):
        said = Said("finding.row_note", 6, "#6")
        first = [row[1:] for row in (HEADER, *ROWS)]
        noted = note.replace(PERSON, "某人").replace(PHONE, "…")
        cases += [
            table(f"a note below, {noted}", [HEADER, *ROWS, [note]], says=(CONTACTS, said)),
            book(f"a note in the column of names, {noted}", page(*first, [note]), says=(CONTACTS, said)),
        ]
        if number == 0:
            cases.append(book("a note in merged cells", page(*first, [note], merged=("A6:G6",)), says=(CONTACTS, said)))
    total = [1, "合计", "", "", 228.77, 55.61]
    totals = [HEADER, *ROWS, ["", "合计", "", "", "", "", "", ""]]
    return [
        *cases,
        table("totals among the names", totals, says=(CONTACTS, Said("finding.row_total", 6, "#6"))),
        table(
            "totals of coordinates",
            [HEADER, *ROWS, total],
            says=(CONTACTS, Said("finding.coordinate_range", 6, "E6")),
        ),
        table("blank rows between", [HEADER, *ROWS[:1], [], ["", ""], *ROWS[1:]], says=(CONTACTS,)),
    ]


_TIMES = (dt.timedelta(hours=114, minutes=23, seconds=15), dt.timedelta(hours=27, minutes=48))
"""What spreadsheet programs make of 114:23:15 and 27:48:00."""


def _sheets() -> list[Case]:
    merged = [list(row) for row in ROWS]
    for row in merged[1:]:
        row[3] = ""
    other = replace(page(HEADER, *ROWS[2:]), name="樟树市")
    skipped = Said("finding.sheet_skipped", sheet="说明")
    return [
        book("merged cells of a county", page(HEADER, *merged, merged=("D2:D5",)), holds=COUNTY),
        book("a county written once", page(HEADER, *merged), holds={"county": ("", "", "", "袁州区")}),
        Case(
            "merged cells of a county, xls",
            "sites",
            "台账.xls",
            bytes_of(lambda: old_book({SHEET: [HEADER, *merged]}, merged=[(1, 4, 3, 3)])),
            len(GOOD),
            (CONTACTS,),
            SHEET,
            holds=COUNTY,
        ),
        book(
            "a sheet for each county",
            page(HEADER, *ROWS[:2], name="袁州区"),
            other,
            says=(CONTACTS, replace(CONTACTS, sheet="樟树市")),
        ),
        book(
            "a sheet of notes", page(HEADER, *ROWS), page(["填报说明"], [PERSON], name="说明"), says=(CONTACTS, skipped)
        ),
        book(
            "a sheet without coordinates",
            page(HEADER, *ROWS),
            page(HEADER[:4], ROWS[0][:4], name="新增"),
            says=(
                CONTACTS,
                Said("finding.no_coordinate_columns", sheet="新增"),
                Said("finding.coordinate_missing", 2, "#2", sheet="新增"),
            ),
        ),
        book("an empty sheet", page(HEADER, *ROWS), page(name="Sheet2")),
        book("hidden rows", page(HEADER, *ROWS, hidden_rows=(3, 4)), says=(CONTACTS, Said("finding.rows_hidden"))),
        book(
            "a hidden sheet",
            page(HEADER, *ROWS[:2]),
            page(HEADER, *ROWS[2:], name="旧", hidden=True),
            says=(CONTACTS, replace(CONTACTS, sheet="旧"), Said("finding.sheet_hidden", sheet="旧")),
        ),
        book(
            "a date for a longitude",
            page(HEADER, *ROWS, [5, "彬江镇就业之家", "乡镇", "袁州区", dt.datetime(2023, 12, 25), 27.8]),  # noqa: DTZ001 - a cell has no zone
            says=(CONTACTS, Said("finding.coordinate_text", 6, "E6")),
        ),
        book(
            "true for a longitude",
            page(HEADER, *ROWS, [5, "彬江镇就业之家", "乡镇", "袁州区", True, 27.8]),
            says=(CONTACTS, Said("finding.coordinate_text", 6, "E6")),
        ),
        book(
            "minutes that the program took for a time",
            page(HEADER, *ROWS, [5, "彬江镇就业之家", "乡镇", "袁州区", *_TIMES]),
            says=(CONTACTS, Said("finding.repair_proposed", 6, "E6, F6"), Said("finding.repairs_waiting")),
            proposed={"E6": ("repair.minutes", 114.3875), "F6": ("repair.minutes", 27.8)},
            kept_repaired=5,
        ),
        Case(
            "minutes that an old program took for a time",
            "sites",
            "台账.xls",
            bytes_of(lambda: old_book({SHEET: [HEADER, *ROWS, [5, "彬江镇就业之家", "乡镇", "袁州区", *_TIMES]]})),
            len(GOOD),
            (CONTACTS, Said("finding.repair_proposed", 6, "E6, F6"), Said("finding.repairs_waiting")),
            SHEET,
            proposed={"E6": ("repair.minutes", 114.3875), "F6": ("repair.minutes", 27.8)},
            kept_repaired=5,
        ),
        book("a workbook with nothing in it", page(), refused="error.empty_file"),
    ]


def _texts() -> list[Case]:
    quoted = '名称,经度,纬度\r\n甲,114.382063,27.803222\r\n"乙,114.391377,27.811973\r\n丙,114.412749,27.785531\r\n'
    plain = csv_bytes([HEADER, *ROWS], "utf-8")
    cut = "名称,经度,纬度\n甲,114.382063,27.803222\n".encode()
    return [
        Case("a stray quotation mark", "sites", "台账.csv", text(quoted), 3, (Said("finding.quotes_unbalanced"),)),
        Case("semicolons", "sites", "台账.csv", written(plain.replace(b",", b";")), 4, (CONTACTS,)),
        Case("old line ends of the Mac", "sites", "台账.csv", written(plain.replace(b"\r\n", b"\r")), 4, (CONTACTS,)),
        Case("a table named .txt", "sites", "台账.txt", written(plain.replace(b",", b"\t")), 4, (CONTACTS,)),
        Case(
            "a workbook named .csv",
            "sites",
            "台账.csv",
            bytes_of(xlsx_bytes, page(HEADER, *ROWS)),
            4,
            (CONTACTS,),
            SHEET,
        ),
        Case(
            "utf-16 without its mark",
            "sites",
            "台账.csv",
            bytes_of(csv_bytes, [HEADER, *ROWS], "utf-16-le"),
            4,
            (CONTACTS,),
        ),
        refused("an empty file", "台账.csv", b"", "error.wrong_kind"),
        refused("only line ends", "台账.csv", b"\r\n\r\n", "error.wrong_kind"),
        refused("text in no known encoding", "台账.csv", cut + b"\xff\xff\xff,114.4,27.8\n", "error.encoding"),
        refused("zero bytes in a text", "台账.csv", b"a,b\n\x00\x00,1\n", "error.wrong_kind"),
        refused("a letter", "台账.csv", f"致就业局：\n请查收。{PERSON} {PHONE}\n".encode(), "error.columns_missing"),
    ]


def _zip(**members: bytes) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, body in members.items():
            archive.writestr(name.replace("__", "/"), body)
    return content.getvalue()


def _files() -> list[Case]:
    whole = xlsx_bytes(page(HEADER, *ROWS))
    old = old_book({SHEET: [HEADER, *ROWS]})
    letter = old.replace("Workbook".encode("utf-16-le"), b"W\0" * 8)
    # The last record says where the directory begins; beyond the file, its members begin before the file.
    beyond = whole[:-6] + (int.from_bytes(whole[-6:-2], "little") + 1000).to_bytes(4, "little") + whole[-2:]
    web = b"<html><table><tr><td>1</td></tr></table></html>"
    return [
        refused("half a workbook", "台账.xlsx", whole[: len(whole) // 2], "error.unreadable"),
        refused("a workbook cut at its end", "台账.xlsx", whole[:-30], "error.unreadable"),
        refused("a directory beyond the file", "台账.xlsx", beyond, "error.unreadable"),
        refused("a zip that is no workbook", "台账.xlsx", _zip(a=b"x"), "error.wrong_kind"),
        refused("a letter of Word", "台账.xlsx", _zip(word__document=b"<x/>"), "error.wrong_kind"),
        refused("a workbook without sheets", "台账.xlsx", _zip(**{"xl__workbook.xml": b"<x/>"}), "error.unreadable"),
        refused("half an old workbook", "台账.xls", old[: len(old) // 2], "error.unreadable"),
        refused("an old letter of Word", "台账.xls", letter, "error.unreadable"),
        refused("a page of the web named .xls", "台账.xls", web, "error.wrong_kind"),
        refused("a PDF", "台账.pdf", b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n\x00", "error.wrong_kind"),
        refused("a picture", "台账.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(range(256)), "error.wrong_kind"),
        refused("a KML file", "台账.kml", b"<?xml version='1.0'?><kml><Placemark/></kml>", "error.wrong_kind"),
    ]


def sheet_cases() -> list[Case]:
    """All of them."""
    return [*_headers(), *_totals_and_notes(), *_sheets(), *_texts(), *_files()]
