"""What a ledger's words for type and status of a site mean."""

from __future__ import annotations

import re
from functools import lru_cache

from catchment.inputs.headers import normal
from catchment.model import SiteType

# Whole words only: 社区卫生服务中心 is not a community site of this plan but a word of another field.
_TYPES: tuple[tuple[SiteType, str], ...] = (
    (SiteType.CITY, "市级|市本级|地市级|设区市级|市|municipal|city"),
    (SiteType.COUNTY, "县级|县区级|县市区级|区县级|区级|县|县区|县市区|区县|county|district"),
    (
        SiteType.ZONE,
        "(?:工业|产业)?园区?|(?:经济|技术|高新|产业)*开发区|经开区|高新区|zone|industrialpark|industrialzone|developmentzone",
    ),
    (SiteType.TECH, "技工院校|技工学校|技工|技师学院|技校|tech|technicalschool|vocationalschool"),
    (SiteType.COLLEGE, "大中专院校|大中专|高等院校|高校|大学|职业技术学院|职业学院|学院|院校|college|university"),
    (SiteType.TOWNSHIP, "乡镇级|街道级|乡镇|街道|镇街|乡级|镇级|乡|镇|township|subdistrict|town"),
    (SiteType.VILLAGE, "村级|社区级|行政村|村居|村|社区|其他|其它|village|community|villageorcommunity"),
)
_ADDED = re.compile(r"就业之家|就业驿站|网点|站点|第一批|首批|等|类$|型$")

# In this order: 未建成 is not 建成, 暂停运营 is not 运营.
_STATUSES: tuple[tuple[str, str], ...] = (
    ("closed", "关闭|停用|停业|停办|撤销|注销|取消|拆除|暂停|closed|disused|abandoned"),
    ("preparing", "筹建|筹备|在建|建设中|正在|施工|装修|prepar(?:ing|ed)|under ?construction|construction"),
    ("planned", "规划|计划|拟建|拟设|未|待建|否|planned|proposed|^no$|^false$|^0$"),
    (
        "open",
        "建成|已建|运营|运行|在用|开放|正常|挂牌|营业|投用|使用|是|open|operational|operating|active|existing|^yes$|^true$|^1$",
    ),
)


@lru_cache(maxsize=1024)
def type_of(text: str) -> str:
    """
    The code of a type of site, or the ledger's own word; ``none`` if it says nothing.

    Examples
    --------
    >>> type_of("县（市、区）级"), type_of("街道(乡镇)"), type_of("Industrial park")
    ('county', 'township', 'zone')
    >>> type_of("社区卫生服务中心"), type_of("")
    ('社区卫生服务中心', 'none')
    """
    plain = _ADDED.sub("", normal(text))
    for code, words in _TYPES:
        if re.fullmatch(f"(?:{words})+", plain):
            return str(code)
    return text or "none"


def status_of(text: str) -> str:
    """
    ``open``, ``planned``, ``preparing`` or ``closed``; empty if the word means none of them.

    A blank means open: most ledgers list what there is.

    Examples
    --------
    >>> status_of(""), status_of("未建成"), status_of("筹建中"), status_of("Closed"), status_of("?")
    ('open', 'planned', 'preparing', 'closed', '')
    """
    if not text:
        return "open"
    return next((status for status, words in _STATUSES if re.search(words, text.lower())), "")
