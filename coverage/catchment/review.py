"""The number under which a map was reviewed for the public (审图号): its usual form."""

from __future__ import annotations

import re
import unicodedata

_LABEL = re.compile(r"^审图号:?")
_BRACKETS = str.maketrans("〔〕[]【】{}", "()()()()")
# GS(2023)1234号, 赣S(2023)012号, GS京(2022)0001号, 闽厦S(2021)3号, 鄂审字(2014)第12号: who reviewed, S or 审 among it,
# the year and the running number.
_NUMBER = re.compile(r"(?=[^(]*[S审])[A-Z\u4e00-\u9fff]{1,8}\((?:19|20)\d\d\)第?\d{1,6}(?:-\d{1,4})?号")


def review_number(text: str) -> str | None:
    """
    A review number in one spelling: no blanks, no label, full-width brackets; ``None`` if it has not the usual form.

    It says what a number looks like, not that the number was given.

    Examples
    --------
    >>> review_number("审图号: GS(2023)1234号"), review_number("赣S〔2023〕012号")
    ('GS（2023）1234号', '赣S（2023）012号')
    >>> review_number("2023-1234") is None
    True
    """
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).upper().translate(_BRACKETS)
    plain = _LABEL.sub("", plain)
    return plain.replace("(", "（").replace(")", "）") if _NUMBER.fullmatch(plain) else None
