"""Names of sites and places as they are compared: without what one clerk adds and the next leaves out."""

from __future__ import annotations

import re
from functools import lru_cache

from catchment.inputs.headers import normal

# The plan's own slip, and a school that is two things at once.
SCHOOLS: dict[str, str] = {
    "宜春幼儿专科师范学校": "宜春幼儿师范高等专科学校",
    "宜春市技工学校": "宜春职业技术学院",
}
"""Other names of schools of the plan -> the name they are compared by."""

_NETWORK = re.compile(r"5\+2|公共就业|就业之家|就业驿站|就业服务站|就业服务点|就业服务中心|服务站|服务点|网点")
_OFFICE = re.compile(
    r"(?:人民政府|党群服务中心|便民服务中心|街道办事处|街道办|办事处|街道|社区居民委员会|社区居委会|居民委员会|居委会|社区"
    r"|(?<=村)民委员会|(?<=村)委会)$"
)


@lru_cache(maxsize=65_536)
def plain_name(name: str, *, county: str = "") -> str:
    """
    A site's name without 就业之家, 街道/办事处, 社区居委会, brackets, quotes, blanks and the county in front.

    A name that has nothing else keeps it.

    Parameters
    ----------
    name
        As a ledger has it.
    county
        Of the site.

    Examples
    --------
    >>> plain_name("“秀江街道”就业之家"), plain_name("袁州区秀江办事处(5+2就业之家)", county="袁州区")
    ('秀江', '秀江')
    >>> plain_name("就业之家"), plain_name("袁州区就业之家", county="袁州区")
    ('就业之家', '袁州区')
    >>> plain_name("宜春幼儿专科师范学校就业之家"), plain_name("沙陂村委会"), plain_name("鼓楼社区居委会")
    ('宜春幼儿师范高等专科学校', '沙陂村', '鼓楼')
    """
    whole = normal(name)
    short = _NETWORK.sub("", whole)
    short = SCHOOLS.get(short, short)
    short = short.removeprefix(normal(county)) or short
    cut = _OFFICE.sub("", short)
    return (cut if len(cut) > 1 else short) or whole


@lru_cache(maxsize=65_536)
def plain_region(name: str) -> str:
    """
    A county's or township's name without its rank, as ledgers shorten it.

    Examples
    --------
    >>> plain_region("樟树市"), plain_region("袁州 区"), plain_region("秀江街道办事处"), plain_region("县")
    ('樟树', '袁州', '秀江', '县')
    """
    whole = normal(name)
    cut = re.sub(r"(?:街道办事处|办事处|街道|镇|乡|自治县|县|市|区)$", "", whole)
    return cut if len(cut) > 1 else whole
