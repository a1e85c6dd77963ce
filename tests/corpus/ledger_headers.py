"""Ledgers whose columns have every name that offices give them; nothing is to be said of any."""

from __future__ import annotations

from dataclasses import replace

from corpus.cases import PERSON, PHONE, Case, Said
from corpus.ledger_rows import A, table

# The names that offices give to columns, and what stands below them in the first row.
_SYNONYMS: tuple[tuple[tuple[str, ...], object], ...] = (
    (("编号", "编码", "代码", "网点编码", "机构代码", "id"), "A1"),
    (("名称", "网点名称", "站点名称", "机构名称", "就业之家名称", "平台名称", "服务站名称", "点位名称"), A[1]),
    (("类型", "类别", "级别", "层级", "网点类型", "平台类别", "性质", "所属类型"), "乡镇"),
    (("县区", "县（市、区）", "县市区", "区县", "所属县区", "所在地", "地区", "行政区划"), "袁州区"),
    (("乡镇", "乡镇（街道）", "街道", "镇街", "所属乡镇", "乡/镇/街道"), "秀江街道"),
    (("村", "社区", "村（社区）", "村居", "村委会", "居委会"), "东村"),
    (("地址", "详细地址", "具体地址", "办公地址", "所在位置", "地点", "位置", "场所地址"), "秀江路1号"),
    (("经度", "东经", "lng", "lon", "long", "longitude", "x", "x坐标", "经度坐标", "坐标x", "横坐标"), 114.382063),
    (("纬度", "北纬", "lat", "LAT", "latitude", "Latitude", "y", "y坐标", "纬度坐标", "坐标y", "纵坐标"), 27.803222),
    (("面积", "建筑面积", "场所面积", "使用面积", "办公面积", "面积（㎡）", "面积（平方米）"), 120),
    (("工作人员", "人员数", "工作人员数", "配备人数", "专职"), 3),
    (("联系人", "负责人", "责任人"), PERSON),
    (("电话", "联系电话", "手机", "联系方式", "服务热线"), PHONE),
    (("临街", "是否临街", "是否沿街"), "是"),
    (("建设方式", "建设性质", "是否新建"), "否"),
    (("状态", "建设状态", "是否建成", "是否挂牌"), "是"),
    (("批次",), "第一批"),
)  # fmt: skip


def header_cases() -> list[Case]:
    """Every synonym once; the header and its row go round through the names."""
    count = max(len(names) for names, _ in _SYNONYMS)
    rows = [value for _, value in _SYNONYMS]
    return [
        replace(
            table(
                f"the usual headers, turn {turn + 1}",
                [[names[turn % len(names)] for names, _ in _SYNONYMS], rows],
                Said("finding.contacts_dropped"),
                kept=1,
            ),
            holds={"county": ("袁州区",), "township": ("秀江街道",), "staff": (3.0,), "street_front": ("yes",)},
        )
        for turn in range(count)
    ]
