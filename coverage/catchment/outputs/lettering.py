"""The letters of the picture: fonts of this machine that have Chinese, and what can be written with them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from matplotlib import font_manager
from matplotlib.ft2font import FT2Font

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

CHINESE_FONTS = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "Microsoft YaHei",
    "PingFang SC",
    "Hiragino Sans GB",
    "DengXian",
    "SimHei",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Noto Sans CJK JP",
    "Noto Serif CJK SC",
    "SimSun",
)
"""Families with simplified Chinese, the most legible first."""

_LATIN_FONT = "DejaVu Sans"
"""It comes with matplotlib, so it is always there."""


@dataclass(frozen=True)
class Lettering:
    """Fonts, and every character they can draw."""

    families: tuple[str, ...]
    characters: frozenset[int]
    chinese: bool


def lettering(families: Sequence[str] = CHINESE_FONTS) -> Lettering:
    """
    The first of the families that is installed, with a font behind it that every machine has.

    Parameters
    ----------
    families
        Names of fonts with Chinese, best first.
    """
    installed = {font.name for font in font_manager.fontManager.ttflist}
    found = [family for family in families if family in installed][:1]
    names = (*found, _LATIN_FONT)
    characters = {mark for name in names for bold in (False, True) for mark in _characters(name, bold=bold)}
    return Lettering(names, frozenset(characters), chinese=bool(found))


def _characters(family: str, *, bold: bool) -> Collection[int]:
    face = font_manager.findfont(font_manager.FontProperties(family=[family], weight="bold" if bold else "normal"))
    return FT2Font(face).get_charmap().keys()


def drawable(text: str, characters: Collection[int]) -> str:
    """
    Text with every character that no font has replaced by a box; a remark in brackets that has any is left out.

    Examples
    --------
    >>> drawable("Map number (审图号): 审1", set(range(32, 127)) | {ord("□")})
    'Map number: □1'
    """

    def lacking(mark: str) -> bool:
        return ord(mark) not in characters

    text = re.sub(r"\s", " ", text)
    text = re.sub(r"\s*[(（][^()（）]*[)）]", lambda part: "" if any(map(lacking, part[0])) else part[0], text)
    return "".join("□" if lacking(mark) else mark for mark in text)
