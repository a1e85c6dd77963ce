"""Names of sites without what one office writes and another leaves out."""

from __future__ import annotations

import re
import unicodedata

_MARKS = re.compile(r"[\s\"'“”‘’＂()（）\[\]【】〔〕<>《》「」『』·•,，.。、_\-—+＋/]")
_SERVICE = re.compile(r"(?:5\s*2)?(?:就业之家|就业驿站|就业服务站|就业服务点)")
_UNIT = re.compile(
    r"(?:街道办事处|街道办|办事处|街道|人民政府|社区居民委员会|社区居委会|居民委员会|居委会|村民委员会|村委会|社区)$"
)


def plain_name(name: str, *, county: str = "") -> str:
    """
    A name for comparing: full-width forms, brackets, quotes, 就业之家, unit endings and the county in front taken away.

    What would leave nothing is kept.

    Parameters
    ----------
    name
        As a ledger has it.
    county
        Of the site.

    Examples
    --------
    >>> plain_name("袁州区秀江街道“5+2就业之家”", county="袁州区"), plain_name("秀江街道办事处（就业之家）")
    ('秀江', '秀江')
    >>> plain_name("袁州区就业之家", county="袁州区"), plain_name("就业之家"), plain_name("官园街道示例社区居委会")
    ('袁州区', '就业之家', '官园街道示例')
    """
    plain = _MARKS.sub("", unicodedata.normalize("NFKC", name)).lower()
    plain = _SERVICE.sub("", plain) or plain
    plain = plain.removeprefix(_MARKS.sub("", unicodedata.normalize("NFKC", county)).lower()) or plain
    while (shorter := _UNIT.sub("", plain)) and shorter != plain:
        plain = shorter
    return plain


def plain_county(county: str) -> str:
    """
    A county by its short name, since ledgers write both.

    Examples
    --------
    >>> plain_county("樟树市"), plain_county(" 樟树 "), plain_county("经开区")
    ('樟树', '樟树', '经开')
    """
    plain = _MARKS.sub("", unicodedata.normalize("NFKC", county))
    return plain[:-1] if len(plain) > 2 and plain[-1] in "市县区" else plain
