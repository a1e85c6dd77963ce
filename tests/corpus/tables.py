"""Tables that are no ledger: census, targets, key groups, premises, places pointed at, register, visits, choices."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any

from corpus.books import Page, csv_bytes, xlsx_bytes
from corpus.cases import PERSON, PHONE, Case, Reader, Said, bytes_of, text

if TYPE_CHECKING:
    from collections.abc import Callable

    from corpus.books import Cells

CONTACTS = Said("finding.contacts_dropped")


def _of(reader: Reader, file: str, header: tuple[str, ...], good: Cells) -> Callable[..., Case]:
    """``case(name, *rows, says=...)``: rows below the good ones."""

    def case(name: str, *rows: object, says: tuple[Said, ...] = (), kept: int = len(good), refused: str = "") -> Case:
        return Case(name, reader, file, bytes_of(csv_bytes, [header, *good, *rows]), kept, says, refused=refused)

    return case


def _census() -> list[Case]:
    header = ("区划代码", "区县", "常住人口", "城镇人口", "乡村人口", "联系人", "电话")
    good = [("360902", "袁州区", 1121707, 737782, 383925, PERSON, PHONE), ("360921", "奉新县", "268,617", "", "")]
    case = _of("census", "普查.csv", header, good)
    said = {
        "no code nor name": (("", "", 5), "finding.census_nameless", "A4"),
        "no people": (("360922", "万载县", ""), "finding.census_bad", "C4"),
        "ten thousands": (("360922", "万载县", "48.6万"), "finding.census_bad", "C4"),
        "a fraction": (("360922", "万载县", 48.64), "finding.census_bad", "C4"),
        "fewer than none": (("360922", "万载县", -5), "finding.census_bad", "C4"),
        "urban people of words": (("360922", "万载县", 486435, "约半", ""), "finding.census_bad", "D4"),
    }
    off = ("360922", "万载县", 486435, 249318, 7)
    return [
        *(case(name, row, says=(CONTACTS, Said(word, 4, at))) for name, (row, word, at) in said.items()),
        case("parts that do not add up", off, kept=3, says=(CONTACTS, Said("finding.census_parts_differ", 4, "D4"))),
        case("the whole", ("360900", "宜春市", 1390324), says=(CONTACTS, Said("finding.census_total", 4, "C4"))),
        case("another whole", ("360900", "宜春市", 5), says=(CONTACTS, Said("finding.census_total_differs", 4, "C4"))),
        case("a row of totals", ("合计", "", 1390324), says=(CONTACTS, Said("finding.row_total", 4, "#4"))),
        case("a unit twice", ("360902", "袁州", 5), refused="error.census_units_shared"),
        case("a unit twice, with and without its zeros", ("360902000000", "x", 5), refused="error.census_units_shared"),
        Case(
            "no column of people", "census", "表.csv", text("区县,面积\n袁州区,2532\n"), refused="error.columns_missing"
        ),
        Case("no row", "census", "表.csv", text("区县,常住人口\n袁州区,?\n"), refused="error.no_good_row"),
    ]


def _targets() -> list[Case]:
    header = ("县区", "县级", "乡镇（街道）", "村（社区）", "合计")
    good = [("袁州区", 1, 28, 7, 36), ("樟 树", 1, 20, "", 21)]
    case = _of("targets", "任务.csv", header, good)
    other = [("县区", "县级", "流动车"), ("袁州区", 1, 2)]
    sheets = Page("任务", [header, *good]), Page("说明", [["x", "y"], ["1", "2"]])
    return [
        case("totals that fit", ("合 计", 2, 48, 7, 57)),
        case(
            "a total of a row that does not",
            ("高安市", 1, 2, 3, 9),
            kept=3,
            says=(Said("finding.targets_sum", 4, "E4"),),
        ),
        case("a total of a column that does not", ("合计", 2, 48, 8, 57), says=(Said("finding.targets_sum", 4, "D4"),)),
        case("a note", (f"填报人：{PERSON}　{PHONE}",)),
        case("half a site", ("高安市", 1.5, 2, 3, ""), refused="error.targets_cell"),
        case("words for a number", ("高安市", "若干", 2, 3, ""), refused="error.targets_cell"),
        case("fewer than none", ("高安市", -1, 2, 3, ""), refused="error.targets_cell"),
        case("a telephone number", ("高安市", PHONE, 2, 3, ""), refused="error.targets_cell"),
        case("a row without a name", ("", 1, 2, 3, ""), refused="error.targets_nameless"),
        case("a county twice", ("袁州区", 1, 2, 3, ""), refused="error.targets_shared"),
        Case(
            "a type nobody knows",
            "targets",
            "任务.csv",
            bytes_of(csv_bytes, other),
            1,
            (Said("finding.targets_type_unknown", 1, "C1"),),
        ),
        Case(
            "another sheet",
            "targets",
            "任务.xlsx",
            bytes_of(xlsx_bytes, *sheets),
            2,
            (Said("finding.targets_sheet_skipped", sheet="说明"),),
        ),
        Case("no types", "targets", "任务.csv", text("地区,个数\n袁州区,3\n"), refused="error.targets_no_types"),
        Case("only a header", "targets", "任务.csv", text("县区,县级\n"), refused="error.empty_file"),
    ]


def _groups() -> list[Case]:
    header = ("乡镇", "村", "登记失业", "毕业生", "负责人", "电话")
    good = [("湖田镇", "东村", 12, 3, PERSON, PHONE), ("湖田镇", "西村", 7, 0, PERSON, PHONE)]
    case = _of("groups", "重点群体.csv", header, good)
    return [
        case(
            "words for a number", ("湖田镇", "南村", "十来个", 1), says=(CONTACTS, Said("finding.groups_bad", 4, "C4"))
        ),
        case("a fraction", ("湖田镇", "南村", 3, 1.5), says=(CONTACTS, Said("finding.groups_bad", 4, "D4"))),
        case("fewer than none", ("湖田镇", "南村", -3, 1), says=(CONTACTS, Said("finding.groups_bad", 4, "C4"))),
        case("a blank", ("湖田镇", "南村", "", 1), kept=3, says=(CONTACTS, Said("finding.groups_blank"))),
        case("a village twice", ("湖田镇", "东村", 5, 1), says=(CONTACTS, Said("finding.groups_joined", sheet=""))),
        case("a row of totals", ("合计", "", 19, 3), says=(CONTACTS, Said("finding.row_total", 4, "#4"))),
        Case("no group", "groups", "表.csv", text("村,备注\n东村,好\n"), refused="error.groups_none"),
        Case("no unit", "groups", "表.csv", text("登记失业,毕业生\n5,6\n"), refused="error.columns_missing"),
    ]


def _premises() -> list[Case]:
    header = ("场所名称", "场所类型", "产权", "面积", "单体建筑", "建设方式", "经度", "纬度", "产权人", "联系电话")
    good = [
        ("便民服务中心", "便民服务中心", "国有", 120, "是", "提升", 114.382063, 27.803222, PERSON, PHONE),
        ("老图书馆", "图书馆", "国有", "约80平方米", "否", "置换", 114.391377, 27.811973, PERSON, PHONE),
    ]
    case = _of("premises", "用房.csv", header, good)
    ignored = Said("finding.columns_ignored")
    row = ["中学旧楼", "社区", "集体", 90, "是", "联营", 114.41, 27.78]

    def odd(name: str, at: int, value: object, word: str, column: str = "", *, kept: int = 3, **more: Any) -> Case:
        cells = [*row[:at], value, *row[at + 1 :], PERSON, PHONE]
        cell = f"{column}4" if column else ""
        coarse = (Said("finding.places_coarse"),) if at < 6 else ()
        says = (CONTACTS, ignored, *coarse, Said(word, 4 if column else None, cell), *more.pop("more", ()))
        return case(name, cells, kept=kept, says=says, **more)

    waiting = (Said("finding.repairs_waiting"),)
    return [
        odd("an area of words", 3, "两层", "finding.premises_area_unread", "D"),
        odd("a part of a building", 4, "两栋", "finding.premises_single_unknown", "E"),
        odd("rented", 5, "租赁", "finding.premises_way_unknown", "F"),
        odd("a type nobody knows", 1, "厂房", "finding.premises_other_types"),
        odd("a telephone number of its owner", 2, f"集体 {PHONE}", "finding.phone_removed", "C"),
        odd("no longitude", 6, "", "finding.coordinate_missing", "G", kept=2),
        odd("minutes", 6, "114°23′15″", "finding.repair_proposed", "G", kept=2, more=waiting),
        Case("no names", "premises", "用房.csv", text("经度,纬度\n114,27\n"), refused="error.columns_missing"),
        Case("no good row", "premises", "用房.csv", text("名称,经度,纬度\n甲,,\n"), refused="error.no_good_row"),
    ]


def _located() -> list[Case]:
    header = ("file", "sheet", "row", "name", "type", "county", "township", "lon", "lat", "how", "by")
    good = [("a.csv", "", 2, "甲社区", "village", "袁州区", "", 114.38, 27.8, "clicked", "")]
    case = _of("located", "located.csv", header, good)
    pointed = ("a.csv", "", 3, "乙社区", "village", "袁州区", "")
    return [
        case("no longitude", (*pointed, "", 27.8), says=(Said("finding.coordinate_missing", 3, "H3"),)),
        case("exchanged", (*pointed, 27.8, 114.38), says=(Said("finding.coordinate_swapped", 3, "H3"),)),
        case("off the earth", (*pointed, 514.38, 27.8), says=(Said("finding.coordinate_range", 3, "H3"),)),
        case("words", (*pointed, 114.38, "北"), says=(Said("finding.coordinate_text", 3, "I3"),)),
        case("a guarded formula", ("a.csv", "", "?", "'=1+1", "", "", "", 114.38, 27.8), kept=2),
        Case("no names", "located", "located.csv", text("lon,lat\n114,27\n"), refused="error.columns_missing"),
    ]


def _register() -> list[Case]:
    header = ("网点编码", "区县", "类型", "名称", "曾用名", "经度", "纬度", "状态")
    good = [("360902001000301", "袁州区", "乡镇（街道）", "秀江街道就业之家", "", 114.382063, 27.803222, "在用")]
    case = partial(_of("register", "网点编码库.csv", header, good), refused="error.register_row")
    row = ("S-1", "袁州区", "社区", "灵泉社区就业之家", "旧名", 114.39, 27.81, "关闭")
    bad = {"a number that a spreadsheet rewrote": (0, "3.60902E+14"), "no id": (0, ""), "no name": (3, "")}
    bad |= {"no longitude": (5, ""), "exchanged": (6, 114.39), "words for a place": (5, "东"), "a status": (7, "?")}
    return [
        case("a closed site", row, kept=2, refused=""),
        *(case(name, (*row[:at], value, *row[at + 1 :])) for name, (at, value) in bad.items()),
        case("an id twice", ("360902001000301", *row[1:]), refused="error.register_ids"),
        Case("columns gone", "register", "库.csv", text("网点编码,名称\n1,甲\n"), refused="error.register_columns"),
        Case(
            "a workbook", "register", "库.csv", bytes_of(xlsx_bytes, Page("库", [header])), refused="error.wrong_kind"
        ),
    ]


def _survey() -> list[Case]:
    header = (
        "地点标识（请勿改动）",
        "一层",
        "临街",
        "无障碍",
        "停车",
        "产权",
        "踏勘结论",
        "备注",
        "踏勘日期",
        "踏勘人",
    )
    good = (
        "114.382063,27.803222 便民服务中心",
        "是",
        "是",
        "否",
        "",
        "是",
        "可用",
        f"电话{PHONE}",
        "2024-01-05",
        PERSON,
    )
    key = "114.391377,27.811973"

    def case(name: str, *rows: object, head: tuple[str, ...] = header, sheet: str = "踏勘", **more: Any) -> Case:
        pages = Page(sheet, [head, good, *rows])
        return Case(name, "survey", "报告.xlsx", bytes_of(xlsx_bytes, pages), sheet=sheet, **more)

    return [
        case("two visits", (key, "是", "是", "是", "是", "是", "不可用"), kept=2),
        case(
            "an odd answer", (key, "半", "", "", "", "", "待定"), kept=2, says=(Said("finding.survey_answer", 3, "B3"),)
        ),
        case("an odd verdict", (key, "", "", "", "", "", "凑合"), refused="error.survey_verdict"),
        case("a place rewritten", ("中心旁", "", "", "", "", "", "可用"), refused="error.survey_place"),
        case("two verdicts", (*good[:6], "不可用"), refused="error.survey_twice"),
        case("a column gone", head=header[:6], refused="error.survey_columns"),
        Case("no table", "survey", "a.xlsx", bytes_of(xlsx_bytes, Page("a", [["b"]])), refused="error.survey_no_sheet"),
        Case("a CSV", "survey", "报告.csv", text("a,b\n"), refused="error.wrong_kind"),
    ]


def _choices() -> list[Case]:
    good: dict[str, Any] = {
        "schema": "catchment.choice/1", "run": "县", "date": "2024-05-01", "data": "ab", "reading": "asked",
        "close": [], "open": [], "add": [{"lon": 114.38, "lat": 27.8}], "people_units": 1024, "covered_units": 512,
    }  # fmt: skip
    bad: dict[str, dict[str, Any]] = {
        "off the earth": {"add": [{"lon": 514, "lat": 27.8}]},
        "no number": {"add": [{"lon": "东", "lat": 27.8}]},
        "closed and opened": {"close": ["a"], "open": ["a"]},
        "more covered than people": {"covered_units": 4096},
        "a fraction of a unit": {"people_units": 0.5},
        "a list that is none": {"add": 3},
    }
    case = partial(Case, reader="choice", file="choice.json")
    return [
        case("a good one", write=text(json.dumps(good)), kept=1),
        *(
            case(name, write=text(json.dumps({**good, **change})), refused="error.choice_bad")
            for name, change in bad.items()
        ),
        case("of another schema", write=text(json.dumps({**good, "schema": "x/9"})), refused="error.choice_not"),
        case("cut off", write=text(json.dumps(good)[:-5]), refused="error.unreadable"),
        case("a list", write=text("[1, 2]"), refused="error.choice_not"),
        case("a GeoJSON", write=text('{"type": "FeatureCollection", "features": []}'), refused="error.choice_not"),
    ]


def _settings() -> list[Case]:
    files = '[inputs]\nsites = "a.csv"\nroads = "b.pbf"\npopulation = "c.tif"\n'
    case = partial(Case, reader="settings", file="宜春.toml")
    return [
        case("with a byte order mark", write=text(files, "utf-8-sig"), kept=1),
        case("no TOML", write=text("[inputs\n"), refused="error.settings_not_toml"),
        case("a path of Windows", write=text(files.replace("a.csv", "D:\\q.csv")), refused="error.settings_not_toml"),
        case("a path with a tab", write=text(files.replace("a.csv", "D:\\ta.csv")), refused="error.settings_escaped"),
        case("a key nobody knows", write=text(f"{files}[site]\nx = 1\n"), refused="error.settings_unknown_key"),
        case("an odd value", write=text(f'{files}[sites]\ndatum = "x"\n'), refused="error.settings_bad_value"),
        case("no ledger", write=text(files.replace("sites", "#")), refused="error.settings_missing"),
        case("no inputs", write=text('name = "x"\n'), refused="error.settings_missing"),
    ]


def table_cases() -> list[Case]:
    """All of them."""
    return [
        *_census(),
        *_targets(),
        *_groups(),
        *_premises(),
        *_located(),
        *_register(),
        *_survey(),
        *_choices(),
        *_settings(),
    ]
