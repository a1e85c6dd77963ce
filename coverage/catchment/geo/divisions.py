"""Official division codes (区划代码): which unit lies in which."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Container

# GB/T 2260 and GB/T 10114: province, prefecture, county, township, village.
_LEVELS = (2, 4, 6, 9, 12)
_WRITTEN = re.compile(r"\d{6}|\d{9}|\d{12}")


def division_stem(code: str) -> str:
    """
    The digits of an official code down to the unit's own level; empty if the code is no official one.

    The code of a unit begins with the stem of every unit it lies in. Codes of 6, 9 and 12 digits are official; their
    trailing zeros stand for "as a whole".

    Examples
    --------
    >>> [division_stem(code) for code in ("360900", "360902", "360902000000", "360902100", "S-17")]
    ['3609', '360902', '360902', '360902100', '']
    """
    if not _WRITTEN.fullmatch(code):
        return ""
    return next(code[:level] for level in _LEVELS if not code[level:].strip("0"))


def containing_stem(stem: str, known: Container[str]) -> str:
    """
    The smallest known unit that a unit is or lies in, as stems; empty if there is none.

    Examples
    --------
    >>> containing_stem("360902100", {"3609", "360902"}), containing_stem("36", {"3609"})
    ('360902', '')
    """
    levels = (stem[:level] for level in reversed(_LEVELS) if level <= len(stem))
    return next((outer for outer in levels if outer in known), "")
