"""What one cell says: its text, its number, and how it may be quoted."""

from __future__ import annotations

import datetime as dt
import math
import re
import unicodedata

# Control characters, lone surrogates and noncharacters break XML, JSON or a terminal; line breaks inside a cell do not.
_BREAKS = re.compile(r"\s*[\t\r\n\v\f]+\s*")
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?", re.IGNORECASE)
# 1,234 and 1，234 are how people write a thousand.
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_BLANKS = frozenset(("", "无", "暂无", "空", "待定", "不详", "/", "-", "--", "—", "——", "n/a", "#n/a"))
_LONGEST_BLANK = max(map(len, _BLANKS))
# No number, but perhaps a name: NA is Namibia.
_NO_NUMBERS = frozenset(("na", "none", "null", "nan"))
# Mobile numbers, and landlines with an area code, in digits of either width; decimals of a number are none.
_GAP = r"[-\s.·—–－]{0,2}"
_PHONE = re.compile(
    r"(?<!\d)(?<!\d\.)(?:"
    rf"(?:[+＋]?[8８][6６]{_GAP})?[1１][3-9３-９]\d{_GAP}\d{{4}}{_GAP}\d{{4}}"
    rf"|[(（]?[0０]\d{{2,3}}[)）]?{_GAP}\d{{7,8}}"
    r")(?!\d)"
)


def text_of(value: object) -> str:
    r"""
    The text of a cell, kept literally; what no file format can carry becomes U+FFFD.

    Examples
    --------
    >>> text_of(None), text_of(360902.0), text_of(" =1+1 "), text_of("a\x00b") == "a\ufffdb"
    ('', '360902', '=1+1', True)
    """
    if isinstance(value, str) and value.isprintable():
        return value.strip()
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, dt.timedelta):
        # What spreadsheet programs make of 114:23:15, and show as that.
        seconds = round(value.total_seconds())
        return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return _UNPRINTABLE.sub("\ufffd", _BREAKS.sub(" ", str(value).strip()))


def is_blank(value: object) -> bool:
    """
    Whether a cell says nothing, as people write it.

    Examples
    --------
    >>> is_blank(" — "), is_blank("待定"), is_blank("NA"), is_blank(0)
    (True, True, False, False)
    """
    text = text_of(value)
    if len(text) > _LONGEST_BLANK:
        return False
    return text in _BLANKS or unicodedata.normalize("NFKC", text).strip().lower() in _BLANKS


def is_missing(value: object) -> bool:
    """
    Whether a cell that should hold a number says nothing.

    Examples
    --------
    >>> is_missing("NA"), is_missing("/"), is_missing("x")
    (True, True, False)
    """
    if isinstance(value, float) and not math.isnan(value):
        return False
    return is_blank(value) or text_of(value).lower() in _NO_NUMBERS


def number_of(value: object) -> float | None:
    """
    The number in a cell, also one written as text or in full-width digits; ``None`` if it is no plain number.

    Examples
    --------
    >>> number_of("　１１４．３８７ "), number_of(114.387), number_of("114°23′"), number_of(True)
    (114.387, 114.387, None, None)
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, float)) or type(value).__module__ == "numpy":
        try:
            return float(value)  # type: ignore[arg-type]  # numpy scalars are numbers or raise
        except (TypeError, ValueError, OverflowError):
            return None
    plain = unicodedata.normalize("NFKC", text_of(value)).strip().lstrip("'").strip()
    return float(plain) if _NUMBER.fullmatch(plain) else None


def persons_of(value: object) -> float | None:
    """
    A number of people, its thousands perhaps marked; ``None`` if the cell holds no number.

    Examples
    --------
    >>> persons_of("1，121,707"), persons_of(12.5), persons_of("112万")
    (1121707.0, 12.5, None)
    """
    if not isinstance(value, str):
        return number_of(value)
    return number_of(_THOUSANDS.sub("", unicodedata.normalize("NFKC", text_of(value))))


def without_phones(text: str) -> str:
    """
    A text with its telephone numbers blotted out: they never leave the ledger.

    Examples
    --------
    >>> without_phones("秀江路1号 13900001234"), without_phones("（0795）3271234 转 2"), without_phones("114.13900001")
    ('秀江路1号 ***', '*** 转 2', '114.13900001')
    """
    return _PHONE.sub("***", text)


def quoted(value: object) -> str:
    """
    What was found, short enough for a message and without telephone numbers.

    Examples
    --------
    >>> quoted("x" * 100) == "x" * 40 + "…", quoted("13900001234")
    (True, '***')
    """
    text = without_phones(text_of(value))
    return text if len(text) <= 40 else f"{text[:40]}…"
