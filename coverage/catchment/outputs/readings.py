"""What the readings of a standard are called: by their own limits, not by an adjective."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catchment.outputs.style import fraction_text, short_rule_text
from catchment.words import say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from catchment.model import Reading, Rule, Standard
    from catchment.words import Language


def reading_texts(readings: Mapping[Reading, Standard], language: Language) -> dict[str, str]:
    """
    The name of each reading by its key; the first is the standard of the run, and is marked so.

    Parameters
    ----------
    readings
        By key, the standard of the run first.
    language
        Of the names.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from catchment.model import Reading, Rule, Standard
    >>> walk, road = Rule.walking(15, 4.8), Rule.by_road(15)
    >>> asked = Standard("common", walk, walk, road)
    >>> slower = replace(asked, city=Rule.walking(15, 3.6), town=Rule.walking(15, 3.6))
    >>> shorter = Standard("custom", Rule.walking(10, 4.8), Rule.walking(10, 4.8), Rule.by_road(10))
    >>> for text in reading_texts({"asked": asked, "slow": slower, "two_thirds": shorter}, "en").values():
    ...     print(text)
    15 min on foot / 15 km (used here)
    15 min on foot (3.6 km/h) / 15 km
    10 min on foot / 10 km
    """
    asked = next(iter(readings.values()), None)
    names = {key: _name(standard, asked, language) for key, standard in readings.items()}
    return {key: name + (say("page.used", language) if readings[key] is asked else "") for key, name in names.items()}


def _name(standard: Standard, asked: Standard | None, language: Language) -> str:
    """The rules of a standard, each said once; a speed only where it is not that of the run."""
    usual = () if asked is None else (asked.city, asked.town, asked.rural)
    pairs = zip((standard.city, standard.town, standard.rural), usual, strict=True)
    return " / ".join(dict.fromkeys(_rule(rule, was, language) for rule, was in pairs))


def _rule(rule: Rule, usual: Rule, language: Language) -> str:
    text = short_rule_text(rule, language)
    if rule.speed_kmh is None or rule.speed_kmh == usual.speed_kmh:
        return text
    return say("whatif.at_speed", language, rule=text, speed=fraction_text(rule.speed_kmh))
