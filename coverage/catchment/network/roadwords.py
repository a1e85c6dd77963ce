"""What the words of a planner's road layer mean: class, direction, level, bridge or tunnel."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from catchment.network.streets import STREET_KINDS

NOT_A_STREET = "proposed"
"""What roads that are planned, being built or given up are called."""

# The first that is found decides: 高速公路匝道 is a slip road, 在建二级公路 is no road yet, 非机动车道 is no 机动车道.
_GRADES: tuple[tuple[str, str], ...] = (
    (
        NOT_A_STREET,
        "在建|拟建|规划|未建|待建|废弃|废除|停用|铁路|轨道|航道|轮渡|construction|proposed|planned|abandoned",
    ),
    ("motorway_link", "高速.*(匝道|互通|连接)|motorway_?link"),
    ("motorway", "高速|motorway|freeway|expressway"),
    ("trunk_link", "快速.*匝道|trunk_?link"),
    ("secondary_link", "匝道|_link$|ramp"),
    ("footway", "人行|步行|行人|游步道|栈道|天桥|地下通道|footway|sidewalk|pedestrian|^walk"),
    ("cycleway", "非机动|自行车|骑行|cycle"),
    ("steps", "台阶|阶梯|梯道|^steps$"),
    ("trunk", "快速|国道|一级|^g$|^trunk|national"),
    ("track", "机耕|田间|生产路|耕作|林道|林区|土路|^track"),
    ("service", "内部|小区|厂区|园区|校区|专用|专道|通道|^z$|^service"),
    ("path", "小路|小道|小径|山路|绿道|步道|田埂|乡间路|^path$|bridleway|trail"),
    ("primary", "省道|二级|主干|主要|^s$|^primary|provincial|arterial"),
    ("secondary", "县道|三级|次干|次要|^x$|^secondary|county"),
    ("tertiary", "乡道|四级|支路|支线|^y$|^tertiary|township|collector"),
    ("unclassified", "村道|等外|通组|通村|农村|乡村|^c$|^v$|^unclassified|village|rural|minor"),
    ("residential", "街|巷|里弄|居民|生活|城市道路|市政|^residential|^local|^street"),
    ("living_street", "^living_?street$"),
)
_YES = re.compile(r"^(?!(0+(\.0+)?|n|no|f|false|none|否|无|非|普通|路基|路面|地面|-)$).+", re.DOTALL)
_FORWARD = frozenset(
    ("单向", "单行", "单行道", "单行线", "单", "正向", "顺向", "是", "yes", "y", "true", "1", "f", "ft")
)
_BACKWARD = frozenset(("反向", "逆向", "逆行", "reverse", "-1", "t", "tf"))
_BOTH = frozenset(("", "双向", "双行", "双", "否", "no", "n", "false", "0", "2", "b", "both", "双向通行"))


def plain(text: str) -> str:
    """
    A word without what people add to it.

    Examples
    --------
    >>> plain(" 四级 公路　")
    '四级公路'
    """
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).lower()


@lru_cache(maxsize=4096)
def highway_of(text: str) -> str:
    """
    The class of a road as OSM calls it; empty if the word means none of them.

    Technical classes (技术等级), administrative ones (行政等级), those of town streets, and OSM's own words.

    Examples
    --------
    >>> highway_of("四级公路"), highway_of("省道"), highway_of("机耕路"), highway_of("residential"), highway_of("41000")
    ('tertiary', 'primary', 'track', 'residential', '')
    """
    word = plain(text)
    if word in STREET_KINDS:
        return word
    return next((highway for highway, words in _GRADES if re.search(words, word)), "")


@lru_cache(maxsize=4096)
def oneway_of(text: str) -> str | None:
    """
    Direction of travel along a line: ``yes``, ``-1`` (against it) or ``no``; ``None`` if the word means none of them.

    Examples
    --------
    >>> oneway_of("单向"), oneway_of("TF"), oneway_of("双向"), oneway_of("?")
    ('yes', '-1', 'no', None)
    """
    word = plain(text).removesuffix(".0")
    for meaning, words in (("yes", _FORWARD), ("-1", _BACKWARD), ("no", _BOTH)):
        if word in words:
            return meaning
    return None


@lru_cache(maxsize=4096)
def is_yes(text: str) -> bool:
    """
    Whether a column such as 桥 or ``tunnel`` says that the line is one.

    Examples
    --------
    >>> is_yes("大桥"), is_yes("1"), is_yes("否"), is_yes(""), is_yes("0")
    (True, True, False, False, False)
    """
    return bool(_YES.match(plain(text)))


@lru_cache(maxsize=4096)
def level_of(text: str) -> int | None:
    """
    The level a line lies on; ``None`` where the layer does not say.

    Examples
    --------
    >>> level_of("1"), level_of("-1.0"), level_of("二层"), level_of("")
    (1, -1, None, None)
    """
    word = plain(text)
    return int(float(word)) if re.fullmatch(r"[+-]?\d{1,3}(\.0+)?", word) else None
