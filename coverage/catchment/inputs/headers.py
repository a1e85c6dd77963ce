"""What a column means: its header against the synonyms of the field, in Chinese and English."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

from catchment.inputs.cells import text_of, without_phones

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

Synonyms = dict[str, tuple[str, ...]]


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


LON = _words(
    "经度 东经 lon lng long longitude 经度坐标 坐标经度 x x坐标 坐标x 横坐标 wgs84经度 wgs84lon wgs84lng "
    "经度wgs84 cgcs2000经度 gcjlng gcjlon gcj02经度 高德经度 腾讯经度 bdlng bdlon bd09经度 百度经度"
)
LAT = _words(
    "纬度 北纬 lat latitude 纬度坐标 坐标纬度 y y坐标 坐标y 纵坐标 wgs84纬度 wgs84lat 纬度wgs84 cgcs2000纬度 "
    "gcjlat gcj02纬度 高德纬度 腾讯纬度 bdlat bd09纬度 百度纬度"
)
PAIR = _words(
    "坐标 经纬度 经纬度坐标 位置坐标 定位 定位坐标 gps gps坐标 地理坐标 坐标位置 lonlat lnglat location coordinates"
)

SITE_COLUMNS: Synonyms = {
    "running": _words("序号 序 no 行号 serial index fid ogcfid objectid"),
    "id": _words(
        "网点编码 网点编号 网点代码 站点编码 站点编号 机构编码 机构代码 编码 代码 编号 siteid id code osmid 统一编码"
    ),
    "name": _words(
        "就业之家名称 网点名称 站点名称 机构名称 平台名称 服务站名称 服务点名称 场所名称 点位名称 单位名称 "
        "设施名称 名称 name sitename facilityname title 站点 网点"
    ),
    "type": _words(
        "网点类型 站点类型 平台类别 所属类型 设施类型 类型 类别 级别 层级 性质 type sitetype category kind class level"
    ),
    "amenity": _words("amenity"),
    "healthcare": _words("healthcare"),
    "status": _words("状态 建设状态 建设情况 运营状态 是否建成 是否挂牌 是否运营 status sitestatus"),
    "county": _words(
        "县区 县市区 区县 所属县区 所属县市区 所属区县 县市 所在县区 所在县市区 所在区县 县 地区 行政区划 "
        "所在地 所属地区 county district"
    ),
    "township": _words(
        "乡镇街道 乡镇 街道 镇街 所属乡镇 所属乡镇街道 所属街道 所在乡镇 乡镇名称 乡镇街道名称 township town "
        "subdistrict"
    ),
    "address": _words(
        "详细地址 具体地址 办公地址 场所地址 地址 联系地址 所在位置 地点 位置 address addr fulladdress addrfull"
    ),
    "village": _words(
        "村社区 社区村 村居 村 社区 村委会 居委会 所属村 所属社区 所属村社区 所在村 "
        "所在社区 村名 社区名称 village community"
    ),
    "area": _words(
        "建筑面积 场所面积 使用面积 办公面积 服务面积 面积 面积m2 建筑面积m2 场所面积m2 使用面积m2 办公面积m2 "
        "面积平方米 建筑面积平方米 场所面积平方米 area aream2 floorarea floorspace"
    ),
    "staff": _words(
        "工作人员数 工作人员数量 人员数 人员数量 配备人数 配备人员数 工作人员人数 工作人员 人员配备 专职人数 专职 "
        "专职人员数 staff staffcount staffs"
    ),
    "street_front": _words("是否临街 临街 是否沿街 沿街 streetfront"),
    "way": _words("建设方式 建设性质 建设形式 建设途径 是否新建 wayofbuilding buildingway waytobuild"),
    "single_building": _words("单体建筑 是否单体建筑 是否单体 是否为单体建筑 单体 singlebuilding"),
    # Only whether there is one is ever kept of these, never the number.
    "hotline": _words("统一服务热线 服务热线 有无服务热线 有无统一服务热线 是否有服务热线 hotline servicehotline"),
    "complaint": _words(
        "投诉举报方式 投诉方式 投诉举报 投诉渠道 投诉举报渠道 投诉举报电话 投诉电话 有无投诉举报方式 "
        "complaint complaints complaintchannel"
    ),
    "notices": _words("公示公告 公示 是否公示 服务公示 信息公示 公示栏 notices noticeboard"),
    "service_ledger": _words("服务台账 有无服务台账 是否建立服务台账 是否有服务台账 工作台账 serviceledger"),
    "batch": _words("批次 建设批次 所属批次 batch phase"),
    "honours": _words("原荣誉 荣誉 荣誉称号 原有荣誉 所获荣誉 曾获荣誉 获得荣誉 honours honors"),
    "services": _words(
        "服务事项 服务项目 服务内容 服务清单 可办事项 办理事项 可办业务 经办业务 办理业务 主要业务 业务范围 "
        "serviceitems services"
    ),
    "lon": LON,
    "lat": LAT,
    "pair": PAIR,
}

# Whether premises are in use is not asked, nor what is done there: an empty school is as good a place as a busy hall.
_USE = (
    "status",
    "services",
    "village",
    "staff",
    "street_front",
    "batch",
    "hotline",
    "complaint",
    "notices",
    "service_ledger",
)
PREMISES_COLUMNS: Synonyms = {
    **{field: words for field, words in SITE_COLUMNS.items() if field not in _USE},
    "id": (*_words("场所编号 场所编码 场所代码 premisesid"), *SITE_COLUMNS["id"]),
    "name": (*_words("用房名称 房屋名称 premisesname"), *SITE_COLUMNS["name"]),
    "type": (*_words("场所类型 场所类别 用房类型 房屋类型 premisestype"), *SITE_COLUMNS["type"]),
    "area": _words(
        "使用面积 可用面积 场所面积 用房面积 建筑面积 房屋面积 面积 面积m2 使用面积m2 建筑面积m2 "
        "area aream2 floorarea floorspace"
    ),
    # 产权人 and owner may be a person.
    "ownership": _words("产权 产权性质 产权归属 产权情况 产权单位 权属 权属性质 房屋产权 ownership tenure"),
    "way": _words("建设方式 建设形式 建设途径 拟建设方式 建设类型 wayofbuilding buildingway waytobuild"),
    "honours": _words("原荣誉 荣誉 荣誉称号 原有荣誉 所获荣誉 曾获荣誉 获得荣誉 honours honors"),
    "single_building": _words("单体建筑 是否单体建筑 是否单体 是否为单体建筑 单体 singlebuilding"),
    "proposed_by": _words(
        "申报县区 申报县市区 申报区县 申报县 申报单位 申报地区 推荐县区 推荐县市区 推荐单位 proposedby proposingcounty"
    ),
}

REGION_COLUMNS: Synonyms = {
    "id": _words(
        "regionid adcode 区划代码 行政区划代码 行政代码 代码 编码 code xzqdm townshipcode pcode shapeid gid3 id"
    ),
    "name": _words(
        "名称 区划名称 行政区划名称 行政区名称 name regionname xzqmc adname 乡镇名称 县区名称 县名 乡镇街道 "
        "乡镇 街道 township shapename name3"
    ),
    "parent": _words(
        "parent 上级 上级区划 上级代码 parentcode parentid 所属县区 所属县市区 县区 县市区 区县 县 county "
        "countyadcode district 地级市 prefecture"
    ),
    "settlement": _words("城乡分类代码 城乡分类 城乡属性代码 城乡属性 classcode urbanruralcode"),
    "annex": _words("annex annexrow 任务行 任务单位 附件行 附件单位 考核单位 代管单位"),
}

CENSUS_COLUMNS: Synonyms = {
    "id": _words("区划代码 行政区划代码 行政代码 adcode code 代码 编码 unitid regionid xzqdm id"),
    "name": _words(
        "区县 县区 县市区 县 乡镇街道 乡镇 街道 名称 地区 地区名称 行政区划 行政区划名称 区划名称 name county district "
        "township regionname"
    ),
    "people": _words(
        "常住人口 常住人口数 常住人口合计 人口数合计 人口合计 总人口 总人口数 人口总数 人口数 人口 合计 总计 total "
        "totalpopulation population people residents"
    ),
    "urban": _words("城镇人口 城镇常住人口 城镇人口数 城镇 urban urbanpopulation"),
    "rural": _words("乡村人口 乡村常住人口 农村人口 乡村人口数 乡村 农村 rural ruralpopulation"),
    "city": _words("城区人口 城区常住人口 城区 city citypopulation"),
}

URBAN_COLUMNS: Synonyms = {
    "setting": _words("setting 城乡 城乡类型 城乡分类 城乡分类代码 类型 类别 代码 type class kind code urban"),
    "name": _words("名称 name"),
}

OUTLINE_COLUMNS: Synonyms = {
    "name": _words("名称 name"),
}

POPULATION_COLUMNS: Synonyms = {
    "running": SITE_COLUMNS["running"],
    # The order is the choice; registered people (户籍) are taken only where there is nothing else.
    "persons": _words(
        "常住人口 常住人口数 常住人数 popresident residents 人口 人口数 人数 总人口 人口总数 人口合计 "
        "population pop persons people totalpopulation poptotal 服务人口 辖区人口"
    ),
    "registered": _words("户籍人口 户籍人口数 户籍人数 户籍总人口 户籍 pophukou hukou registeredpopulation registered"),
    "name": _words("名称 村名 村 社区 村社区 乡镇 地名 name village"),
    "lon": LON,
    "lat": LAT,
    "pair": PAIR,
}

ROAD_COLUMNS: Synonyms = {
    # What kind of road it is decides over who looks after it: a 国道 may be a motorway.
    "grade": _words(
        "highway fclass 技术等级 公路技术等级 道路技术等级 道路等级 公路等级 路线等级 等级 道路类型 道路类别 "
        "道路分类 类型 类别 roadclass class classname grade technicalgrade roadtype type kind jsdj dldj "
        "技术等级名称 技术等"
    ),
    "rank": _words("行政等级 公路行政等级 道路行政等级 行政等级名称 xzdj rank adminrank administrativegrade 行政等"),
    "name": _words("路名 道路名称 路线名称 名称 道路名 公路名称 name roadname streetname 路线 lxmc dlmc"),
    "oneway": _words("单双向 单行 单行道 单向 是否单行 是否单向 行驶方向 通行方向 方向 oneway direction dir"),
    "level": _words("层级 高度层级 竖向层级 level layer zlevel"),
    "bridge": _words("桥 桥梁 是否桥梁 是否桥 桥隧 桥梁隧道 bridge isbridge"),
    "tunnel": _words("隧 隧道 是否隧道 是否隧 地道 tunnel istunnel"),
}

EDIT_COLUMNS: Synonyms = {
    "kind": _words("kind 类型 类别 编辑 操作 edit type action"),
    "name": _words("名称 name"),
}

# A township beside a village's name says where it lies; a household register (户籍) or a total of people is no group.
GROUP_COLUMNS: Synonyms = {
    "running": SITE_COLUMNS["running"],
    "id": _words(
        "区划代码 行政区划代码 行政代码 统计用区划代码 村代码 社区代码 乡镇代码 代码 编码 code adcode unitid "
        "regionid id"
    ),
    "name": _words(
        "村社区 村居 行政村 村名 村名称 村 社区 社区名称 村社区名称 单位 单位名称 名称 地区 地区名称 区划名称 行政区划 "
        "行政区划名称 name village community unit"
    ),
    "township": _words(
        "乡镇街道 乡镇 街道 镇街 所属乡镇 所属街道 所属乡镇街道 乡镇名称 乡镇街道名称 township town subdistrict"
    ),
    "county": _words("县区 县市区 区县 所属县区 所属县市区 所属区县 县 county district"),
    "people": (
        *CENSUS_COLUMNS["people"],
        *_words("户籍人口 户籍人口数 户籍人数 常住人数 户数 总户数 户籍总人口 households pophukou"),
    ),
    "lon": LON,
    "lat": LAT,
    "pair": PAIR,
}

_CONTACT = re.compile(
    r"联系(?!地址)|联络|电话|手机|热线|负责人|责任人|经办人|填报人|法人|姓名|邮箱|邮件|微信|身份证|传真|phone|mobile|e?mail|contact|wechat|fax"
    r"|^tel|^qq"
)
_BRACKETED = re.compile(r"[(\[{【<《「].*?[)\]}】>》」]")
_NOISE = re.compile(r"[\s_\-*:.·、/\\|,;\"'“”‘’()\[\]{}【】<>《》「」#°]")


@dataclass(frozen=True)
class Wanted:
    """What a reader looks for in a file."""

    synonyms: Synonyms
    needs: tuple[tuple[str, ...], ...]
    """Of each group one column must be there."""
    holds: tuple[str, ...]
    """A table row in which all of these are blank is no record."""
    shape: Literal["Point", "Polygon", "LineString"]
    placeless: bool = False
    """A table with a name and two more of the columns is taken even if no column has coordinates."""


@dataclass(frozen=True)
class Columns:
    """The recognised columns of a header."""

    index: Mapping[str, int]
    """Field -> position in the header."""
    written: Mapping[str, str]
    """Field -> the header as written."""
    ignored: tuple[str, ...] = ()
    contact_count: int = 0

    def missing(self, needs: Iterable[tuple[str, ...]]) -> list[tuple[str, ...]]:
        """The groups of which no column is there."""
        return [group for group in needs if not any(field in self.index for field in group)]


def normal(header: object) -> str:
    r"""
    A header without what people add to it.

    Examples
    --------
    >>> normal(" *乡镇（街\n道）："), normal("Site_ID")
    ('乡镇街道', 'siteid')
    """
    return _NOISE.sub("", unicodedata.normalize("NFKC", text_of(header)).lower())


def columns_of(header: Sequence[object], synonyms: Synonyms) -> Columns:
    """
    Which column holds which field; of several for one field the first among the synonyms.

    Columns with the names or numbers of persons are counted and belong to no field.

    Examples
    --------
    >>> found = columns_of(["名称", "经度（°）", "纬度", "联系电话", "备注"], SITE_COLUMNS)
    >>> found.index, found.ignored, found.contact_count
    ({'name': 0, 'lon': 1, 'lat': 2}, ('备注',), 1)
    """
    meaning = {word: (field, rank) for field, words in synonyms.items() for rank, word in enumerate(words)}
    best: dict[str, tuple[int, int]] = {}
    contacts: set[int] = set()
    for column, title in enumerate(header):
        if _CONTACT.search(normal(title)) and not _is_channel(title, synonyms):
            contacts.add(column)
            continue
        field, rank = next((meaning[form] for form in _forms(title) if form in meaning), ("", 0))
        if field:
            best[field] = min(best.get(field, (rank, column)), (rank, column))
    index = {field: column for field, (_, column) in best.items()}
    known = contacts | set(index.values())
    ignored = tuple(text_of(title) for column, title in enumerate(header) if column not in known and text_of(title))
    return Columns(index, {field: text_of(header[column]) for field, column in index.items()}, ignored, len(contacts))


def _is_channel(title: object, synonyms: Synonyms) -> bool:
    """Whether a column is about a public hotline or a way to complain, which are no persons' numbers."""
    channels = {*synonyms.get("hotline", ()), *synonyms.get("complaint", ())}
    return any(form in channels for form in _forms(title))


def _forms(title: object) -> Iterator[str]:
    """A header whole, and without what stands in brackets: 乡镇(街道) is a word, 经度(°) has a unit."""
    yield normal(title)
    yield normal(_BRACKETED.sub("", unicodedata.normalize("NFKC", text_of(title))))


def header_row(
    rows: Sequence[Sequence[object]], wanted: Wanted, *, search_rows: int = 10
) -> tuple[int, Columns] | None:
    """
    The last row of a table's header, and its columns; ``None`` if no row names all that is needed to find a place.

    The header is the row, or the two rows one above the other, with most recognised names among the first ten that
    name the coordinates.

    Parameters
    ----------
    rows
        Cells, row by row.
    wanted
        The synonyms and needs.
    search_rows
        How far down the header may begin.

    Examples
    --------
    >>> sites = Wanted(SITE_COLUMNS, (("lon", "pair"), ("lat", "pair")), (), "Point")
    >>> header_row([["宜春市网点一览表"], ["名称", "经度", "纬度"], ["甲", 114.4, 27.8]], sites)[0]
    1
    """
    places = [group for group in wanted.needs if "pair" in group]
    best: tuple[int, Columns] | None = None
    for last, header in _headers(rows[: search_rows + 1]):
        found = columns_of(header, wanted.synonyms)
        if not found.missing(places) and (best is None or len(found.index) > len(best[1].index)):
            best = last, found
    return best or (_placeless_header(rows[: search_rows + 1], wanted) if wanted.placeless else None)


def _placeless_header(rows: Sequence[Sequence[object]], wanted: Wanted) -> tuple[int, Columns] | None:
    """The first row with a name and two more columns and nothing of coordinates: all its places are still to find."""
    for last, header in _headers(rows):
        found = columns_of(header, wanted.synonyms)
        if "name" in found.index and len(found.index) > 2 and not {"lon", "lat", "pair"} & set(found.index):
            return last, found
    return None


def _headers(rows: Sequence[Sequence[object]]) -> Iterator[tuple[int, list[object]]]:
    for number, row in enumerate(rows):
        yield number, list(row)
    for number, (upper, lower) in enumerate(pairwise(rows), start=1):
        width = max(len(upper), len(lower))
        above, below = [*upper, *[None] * (width - len(upper))], [*lower, *[None] * (width - len(lower))]
        yield number, [low if text_of(low) else up for up, low in zip(above, below, strict=True)]


def found_headers(rows: Sequence[Sequence[object]]) -> str:
    """
    The texts of the first row that is no title, for a message; nothing with a number in it.

    Examples
    --------
    >>> found_headers([["表"], ["名称", "jingdu", "13900001234"]])
    '名称, jingdu'
    """
    row = next((row for row in rows[:10] if sum(bool(text_of(cell)) for cell in row) > 1), rows[0] if rows else ())
    texts = [text_of(cell) for cell in row if isinstance(cell, str) and not re.search(r"\d{3}", text_of(cell))]
    return without_phones(", ".join(text[:20] for text in texts[:20] if text))
