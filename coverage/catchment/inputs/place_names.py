"""Names of places as people write them, reduced to what two writings have in common."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from catchment.inputs.headers import normal

if TYPE_CHECKING:
    from collections.abc import Iterator

Level = Literal["", "county", "township", "village"]

# What a site is called beside its place; and who sits there.
_SERVICE = re.compile(
    r"(?:[“”\"]?就业之家|零工之家|零工市场|零工驿站|(?:公共)?就业(?:创业)?(?:服务)?(?:中心|站|点|所)?|人力资源.{0,8}(?:中心|站|所|部)"
    r"|(?:党群|便民|综合|为民|社会|政务)?服务(?:中心|大厅|站|点|所)|文化站|驿站|工作站|站点|网点)+$"
)
_OFFICE = re.compile(r"(?:人民政府|政府|办事处|管理委员会|管委会)$")
_COMMITTEE = re.compile(r"(?:村民|居民)?委员会$|村委会?$|居委会?$")

_LEVELS: dict[str, Level] = {
    **dict.fromkeys(("社区", "行政村", "自然村", "村"), "village"),
    **dict.fromkeys(("街道", "镇", "乡"), "township"),
    **dict.fromkeys(("自治县", "县", "区", "市"), "county"),
}
# A park or a housing estate is no county, though its name ends like one.
_CLASS = re.compile(r"(?:开发|经开|高新|园|新|校|小|景)区|社区|行政村|自然村|自治县|街道|[省市县区镇乡村]")

_CHINESE = re.compile(r"[\u3400-\u9fff]")

_LEAST_LETTERS = 2
_MOST_WORDS = 4


@dataclass(frozen=True)
class NamePart:
    """One place that a text may name."""

    bare: str
    """Without what it is: 凤凰 of 凤凰社区."""
    level: Level
    """What it says it is, empty if nothing."""


def place_stem(text: str) -> str:
    """
    A name without the service that is offered there and the body that sits there.

    Examples
    --------
    >>> place_stem("秀江街道办事处"), place_stem("凤凰街道东村村委会“就业之家”"), place_stem("凤凰社区（居委会）")
    ('秀江街道', '凤凰街道东村', '凤凰社区')
    """
    stem = normal(text)
    for _ in range(3):
        shorter = _OFFICE.sub("", _SERVICE.sub("", stem))
        match = _COMMITTEE.search(shorter)
        if match:
            rest = shorter[: match.start()]
            shorter = rest if rest.endswith(("社区", "村")) else rest + ("村" if "村" in match[0] else "社区")
        if shorter == stem or not shorter:
            break
        stem = shorter
    return stem


def name_parts(text: str) -> tuple[NamePart, ...]:
    """
    The places that a text may name, the longest first; one that is not Chinese is taken word by word.

    Examples
    --------
    >>> [f"{part.bare} {part.level}" for part in name_parts("官园街道示例社区就业之家")]
    ['官园街道示例 village', '示例 village', '官园 township']
    >>> [part.bare for part in name_parts("Bandar Salama post")][:3]
    ['bandarsalamapost', 'bandarsalama', 'salamapost']
    """
    found = _parts(place_stem(text)) if _CHINESE.search(text) else _parts_by_word(text)
    return tuple(dict.fromkeys(found))


def own_names(text: str) -> tuple[NamePart, ...]:
    """
    What a place itself is called: its name, and its name without the names of what it lies in.

    Examples
    --------
    >>> [part.bare for part in own_names("袁州区秀江街道办事处")]
    ['袁州区秀江', '秀江']
    """
    if not _CHINESE.search(text):
        # Names in two scripts, one after the other, are known by either.
        latin = " ".join(word for word in text.split() if word.isascii())
        names = dict.fromkeys(map(normal, (text, latin)))
        return tuple(NamePart(name, "") for name in names if len(name) > _LEAST_LETTERS)
    stem = place_stem(text)
    parts = (_part(stem[start:]) for start in _starts(stem))
    return tuple(dict.fromkeys(part for part in parts if part is not None))


def _parts(stem: str) -> Iterator[NamePart]:
    """Every rest of a name that begins after a class of place, then every stretch from such a beginning to a class."""
    starts = _starts(stem)
    ends = [match.end() for match in _CLASS.finditer(stem)]
    wholes = [stem[start:] for start in starts]
    stretches = [stem[start : next(iter(end for end in ends if end > start + 1), len(stem))] for start in starts]
    for text in (*wholes, *stretches):
        part = _part(text)
        if part is not None:
            yield part


def _starts(stem: str) -> list[int]:
    return [0, *(match.end() for match in _CLASS.finditer(stem) if match.end() < len(stem))]


def _part(text: str) -> NamePart | None:
    """A name and what it says it is; the class stays where only one letter would be left of the name."""
    last = next((word for word in _LEVELS if text.endswith(word)), "")
    matches = list(_CLASS.finditer(text))
    level = _LEVELS[last] if last and matches and matches[-1][0] == last else ""
    bare = text.removesuffix(last) if level else text
    if len(bare) < _LEAST_LETTERS:
        bare = text
    return NamePart(bare, level) if len(bare) >= _LEAST_LETTERS else None


def _parts_by_word(text: str) -> Iterator[NamePart]:
    words = [normal(word) for word in text.split()]
    for count in range(min(_MOST_WORDS, len(words)), 0, -1):
        for first in range(len(words) - count + 1):
            joined = "".join(words[first : first + count])
            if len(joined) > _LEAST_LETTERS:
                yield NamePart(joined, "")
