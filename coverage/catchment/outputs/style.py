"""How numbers and words look, on the page and in the workbook alike."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

import numpy as np

from catchment.model import UNITS_PER_PERSON, Cause
from catchment.words import say

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence
    from fractions import Fraction

    from catchment.model import Floats, Ints, Rule, Run, Standard
    from catchment.words import Language

GAP_COLOURS = ("#fcd5ab", "#f9ab66", "#ec7f2c", "#c5530b", "#7f3003")
"""Uncovered people per cell, few to many: one hue, growing darker, so it survives print and colour-blindness."""

DOUBTS = (Cause.NO_ROAD, Cause.CUT_OFF, Cause.EDGE_OF_DATA)
"""Causes that are a doubt about the data and no gap in service; shown apart and quietly."""

CAUSES = (Cause.TOO_FAR, Cause.NO_SITE, Cause.NO_ROAD, Cause.CUT_OFF, Cause.EDGE_OF_DATA)
"""Every cause of not being covered, in the order of printing: gaps in service, then doubts."""

_UNPRINTABLE = re.compile("[\ud800-\udfff\ufffe\uffff]")


def whole(units: int) -> int:
    """
    Units as whole persons, halves up: a figure that stands alone.

    Examples
    --------
    >>> whole(1024 * 3 + 511), whole(1024 * 3 + 512)
    (3, 4)
    """
    return int((2 * units + UNITS_PER_PERSON) // (2 * UNITS_PER_PERSON))


def largest_remainder_table(units: Ints, rows: Ints, columns: Ints) -> Ints:
    """
    Units of a table as whole persons that add up along both sides.

    One person more goes to the largest remainder whose row and column both still lack one. Where that leaves a row
    and a column that cross at no such cell, the cell where they cross takes it, so that a cell may differ from its
    exact value by a little more than one person.

    Parameters
    ----------
    units
        1/1024 persons, not negative, shape (r, c).
    rows, columns
        Printed whole persons of each row (r,) and column (c,); both have the same sum.

    Examples
    --------
    >>> half = np.array([[512, 512], [512, 512]])
    >>> largest_remainder_table(half, np.array([1, 1]), np.array([1, 1])).tolist()
    [[1, 0], [0, 1]]
    """
    table, remainders = np.divmod(np.asarray(units, np.int64), UNITS_PER_PERSON)
    row_lack, column_lack = rows - table.sum(axis=1), columns - table.sum(axis=0)
    order = np.argsort(-remainders, axis=None, kind="stable")
    while (row_lack > 0).any() and (column_lack > 0).any():
        for row, column in zip(*np.unravel_index(order, table.shape), strict=True):
            if row_lack[row] > 0 and column_lack[column] > 0:
                table[row, column] += 1
                row_lack[row] -= 1
                column_lack[column] -= 1
    return table


def share_text(part: int, base: int) -> str:
    """
    A share as printed. It is 100% or 0% only if it is so exactly.

    Examples
    --------
    >>> [share_text(part, 10_000) for part in (8240, 9996, 4, 10_000, 0)]
    ['82.4%', '>99.9%', '<0.1%', '100%', '0%']
    >>> share_text(0, 0)
    '—'
    """
    if base == 0:
        return "—"
    if part in (0, base):
        return "100%" if part else "0%"
    permille = (2000 * part + base) // (2 * base)
    if permille in (0, 1000):
        return ">99.9%" if permille else "<0.1%"
    return f"{permille // 10}.{permille % 10}%"


def share_format(part: int, base: int) -> str:
    """
    The number format under which a spreadsheet shows a share as ``share_text`` does.

    Examples
    --------
    >>> share_format(8240, 10_000), share_format(9996, 10_000), share_format(0, 10_000)
    ('0.0%', '">99.9%"', '0%')
    """
    text = share_text(part, base)
    if text in ("100%", "0%"):
        return "0%"
    return "0.0%" if text[0].isdigit() else f'"{text}"'


def people_text(persons: int) -> str:
    """
    Whole persons as printed.

    Examples
    --------
    >>> people_text(4126310)
    '4,126,310'
    """
    return f"{persons:,}"


def distance_text(metres: float, language: Language, *, beyond_m: float = math.nan) -> str:
    """
    A distance as printed: tens of metres under a kilometre, then tenths of kilometres.

    Parameters
    ----------
    metres
        NaN means "farther than was searched".
    language
        ``zh`` or ``en``.
    beyond_m
        How far was searched [m].

    Examples
    --------
    >>> distance_text(847, "en"), distance_text(12_345, "zh"), distance_text(math.nan, "zh", beyond_m=30_000)
    ('850 m', '12.3公里', '＞30公里')
    """
    if math.isnan(metres):
        return "—" if math.isnan(beyond_m) else say("page.beyond", language, distance=distance_text(beyond_m, language))
    if metres < 995:
        return say("page.metres", language, number=f"{round(metres / 10) * 10}")
    return say("page.kilometres", language, number=f"{metres / 1000:.1f}".removesuffix(".0"))


def fraction_text(number: Fraction) -> str:
    """
    A minute, speed or kilometre of a standard without needless digits.

    Examples
    --------
    >>> from fractions import Fraction
    >>> fraction_text(Fraction(15)), fraction_text(Fraction("4.8"))
    ('15', '4.8')
    """
    return f"{float(number):g}"


def rule_text(rule: Rule, language: Language) -> str:
    """
    What a rule asks, in words.

    Examples
    --------
    >>> from catchment.model import Rule
    >>> rule_text(Rule.by_road(15), "en")
    '15 km by road'
    """
    if rule.mode == "road":
        return say("standard.road", language, kilometres=f"{rule.limit_mm / 1_000_000:g}")
    if rule.minutes is None or rule.speed_kmh is None:
        return say("page.on_foot", language, metres=f"{rule.limit_mm / 1000:g}")
    return say(
        "standard.walk",
        language,
        minutes=fraction_text(rule.minutes),
        speed=fraction_text(rule.speed_kmh),
        metres=f"{rule.limit_mm / 1000:g}",
    )


def short_rule_text(rule: Rule, language: Language) -> str:
    """
    What a rule asks, where the standard's line stands nearby.

    Examples
    --------
    >>> from catchment.model import Rule
    >>> short_rule_text(Rule.walking(15, 4.8), "zh"), short_rule_text(Rule.by_road(15), "zh")
    ('步行15分钟', '15公里')
    """
    if rule.mode == "road":
        return say("page.kilometres", language, number=f"{rule.limit_mm / 1_000_000:g}")
    if rule.minutes is None:
        return rule_text(rule, language)
    return say("page.minutes_on_foot", language, minutes=fraction_text(rule.minutes))


def standard_line(standard: Standard, language: Language) -> str:
    """The standard (测算口径) in one line; every output prints it."""
    rules = {"city": standard.city, "town": standard.town, "rural": standard.rural}
    return say("standard.line", language, **{name: rule_text(rule, language) for name, rule in rules.items()})


def standard_notes(run: Run, language: Language) -> list[str]:
    """What else a reader of the figures must know: the preset, and what told city, town and country apart."""
    preset = say(f"page.preset_{run.standard.preset}", language)
    return [
        say("standard.preset", language, preset=preset),
        say(f"standard.settlement_{run.settlement_rule}", language),
        *(say(f"standard.settlement_{detail}", language) for detail in run.settlement_details),
        *_census_notes(run, language),
    ]


def _census_notes(run: Run, language: Language) -> list[str]:
    factors = [check.factor for check in run.census_check if check.source_people]
    if not factors:
        return []
    people = people_text(whole(sum(check.people for check in run.census_check)))
    low, high = (f"{factor:.3f}" for factor in (min(factors), max(factors)))
    return [say("standard.census", language, units=len(factors), people=people, low=low, high=high)]


def title_text(run: Run, language: Language) -> str:
    """The title of every output: name and date."""
    return title_line(run.name, run.date, language)


def title_line(name: str, date: dt.date, language: Language) -> str:
    """
    The title of a run.

    Examples
    --------
    >>> import datetime as dt
    >>> title_line("", dt.date(2024, 5, 1), "en")
    'Service coverage as of 2024-05-01'
    """
    word = "page.title" if name else "page.title_bare"
    return say(word, language, name=printable(name), date=date.isoformat())


def review_text(run: Run, language: Language) -> str:
    """The banner: the map's review number, or that it was not reviewed."""
    if run.review_number:
        return say("page.reviewed", language, number=printable(run.review_number))
    return say("page.not_reviewed", language)


def printable(text: object) -> str:
    r"""
    Text that any file can hold: lone surrogates and non-characters become U+FFFD.

    Examples
    --------
    >>> printable("a\ud800b")
    'a�b'
    """
    return _UNPRINTABLE.sub("�", str(text))


def class_breaks(persons: Floats) -> list[float]:
    """
    Four limits between five classes of people per cell, from the series 1, 2, 5, 10, ...

    The last is the largest of the series that at least two of a hundred cells reach.

    Parameters
    ----------
    persons
        People per uncovered cell, > 0, shape (n,).

    Examples
    --------
    >>> class_breaks(np.arange(1.0, 101.0))
    [5, 10, 20, 50]
    """
    top = float(np.quantile(persons, 0.98)) if len(persons) else 10.0
    decade = math.floor(math.log10(max(top, 0.01)))
    series = [step * 10.0**power for power in range(decade - 2, decade + 1) for step in (1, 2, 5)]
    breaks = [limit for limit in series if limit <= max(top, 0.01) * 1.0001][-4:]
    return [int(limit) if limit >= 1 else round(limit, 4) for limit in breaks]


def class_text(breaks: Sequence[float], shade: int) -> str:
    """
    What a class of people per cell is called in a legend.

    Examples
    --------
    >>> [class_text([5, 10, 20, 50], shade) for shade in (0, 1, 4)]
    ['<5', '5–10', '≥50']
    """
    if shade == 0:
        return f"<{breaks[0]:,}"
    return f"{breaks[shade - 1]:,}–{breaks[shade]:,}" if shade < len(breaks) else f"≥{breaks[-1]:,}"
