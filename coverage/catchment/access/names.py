"""Names and codes of sites against the rules of a plan: what is not as asked, and what it should be."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from catchment.access.progress import TOWNSHIP_TYPES, row_of_name
from catchment.geo.divisions import division_stem
from catchment.inputs.headers import normal
from catchment.model import NameCheck

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from catchment.model import CodeRules, Indices, Plan, PlanUnit, Sites

_OWN_ID = re.compile(r"S-[0-9a-f]{8,24}")
"""What a row is called whose ledger gives it no code."""

_PLACES = re.compile(r"\{(county|township|village)\}")


def name_checks(sites: Sites, plan: Plan, unit_of_site: Indices) -> tuple[NameCheck, ...]:
    """
    Sites whose name or code is not as the plan asks, in the order of ``sites``, with what they should be.

    Marks, blanks and quotation marks in names do not matter. A name is held against the pattern of its type only
    where everything that the pattern asks is known. Closed sites are passed over, but their codes stay taken.

    Parameters
    ----------
    sites
        The ledger.
    plan
        Its rules of names and codes, and its units.
    unit_of_site
        Unit of each site, -1 if none is known, from ``units_of_sites``.
    """
    names = _names(sites, plan, unit_of_site)
    codes = _codes(sites, plan, unit_of_site)
    found = []
    for site, status in enumerate(sites.frame["status"]):
        (of_name, name), (of_code, code) = names[site], codes[site]
        if status != "closed" and (of_name or of_code):
            found.append(NameCheck(site, (*of_name, *of_code), name, code))
    return tuple(found)


# ---- names


def _names(sites: Sites, plan: Plan, unit_of_site: Indices) -> list[tuple[tuple[str, ...], str]]:
    """What is wrong with each name, and the name proposed."""
    ending, frame = plan.names.ending, sites.frame
    if not ending:
        return [((), "")] * len(frame)
    uses = Counter(map(normal, frame["name"]))
    found = []
    for row, unit in zip(frame.to_dict("records"), unit_of_site.tolist(), strict=True):
        asked, words = _asked_name(row, plan, plan.units[unit] if unit >= 0 else None), []
        name = str(row["name"])
        if not normal(name).endswith(normal(ending)):
            words.append("coded.ending")
        elif asked and normal(name) != normal(asked):
            words.append("coded.pattern")
        if uses[normal(name)] > 1:
            words.append("coded.name_shared")
        if plan.units and row["type"] in TOWNSHIP_TYPES and row["township"] and unit < 0:
            words.append("coded.unit_unknown")
        wrong = {"coded.ending", "coded.pattern"} & {*words}
        found.append((tuple(words), (asked or f"{name}{ending}") if wrong else ""))
    return found


def _asked_name(row: Mapping[str, str], plan: Plan, unit: PlanUnit | None) -> str:
    """The name by the pattern of the type; empty without one, or where something it asks is not known."""
    pattern = (plan.names.patterns or {}).get(row["type"], "")
    facts = {
        # A county's own site may be a zone's, whatever county its house stands in.
        "county": unit.county if unit and row["type"] in TOWNSHIP_TYPES else county_of(row["county"], plan.units),
        "township": unit.name if unit else row["township"],
        "village": row.get("village", ""),
    }
    asked = set(_PLACES.findall(pattern))
    return pattern.format(**facts) if pattern and all(facts[place] for place in asked) else ""


def county_of(name: str, units: Sequence[PlanUnit]) -> str:
    """
    A county's full name among those of the units, else as it is written.

    Examples
    --------
    >>> from catchment.model import PlanUnit
    >>> county_of("樟树", [PlanUnit("360982001", "x", "樟树市")]), county_of("经开区", [])
    ('樟树市', '经开区')
    """
    known = list(dict.fromkeys(unit.county for unit in units if unit.county))
    row = row_of_name(name, known)
    return known[row] if row >= 0 else name


# ---- codes


@dataclass(frozen=True)
class _Numbering:
    """The rules of codes with the units they rest on."""

    rules: CodeRules
    stems: frozenset[str]
    """Of all units: townships, and the counties and prefectures they lie in."""
    by_county: Mapping[str, str] = field(default_factory=dict)
    """Stem of each county by its name."""

    def parts(self, code: str) -> tuple[str, str, str] | None:
        """Code of the unit, digit of the type and serial number; ``None`` for another form."""
        at = self.rules.unit_digits
        if not code.isascii() or not code.isdecimal() or len(code) != at + 1 + self.rules.serial_digits:
            return None
        return code[:at], code[at], code[at + 1 :]

    def is_unit(self, prefix: str) -> bool:
        """Whether it is the code of a known unit, or of a village in a known township."""
        stem = division_stem(prefix)
        return bool(stem) and (stem in self.stems or (stem[:9] in self.stems and len(stem) > 9))


def _codes(sites: Sites, plan: Plan, unit_of_site: Indices) -> list[tuple[tuple[str, ...], str]]:
    """What is wrong with each code, and the code proposed."""
    frame = sites.frame
    if not plan.codes.unit_digits:
        return [((), "")] * len(frame)
    by_county = {unit.county: unit.code[:6] for unit in reversed(plan.units)}
    stems = {division_stem(unit.code)[:at] for unit in plan.units for at in (4, 6, 9)}
    numbering = _Numbering(plan.codes, frozenset(stems), by_county)
    rows = list(zip(frame["site_id"], frame["type"], frame["county"], unit_of_site.tolist(), strict=True))
    own = [
        _own_stem(kind, county, plan.units[unit] if unit >= 0 else None, numbering) for _, kind, county, unit in rows
    ]
    words = [_code_words(code, kind, stem, numbering) for (code, kind, *_), stem in zip(rows, own, strict=True)]
    taken = {code for code, *_ in rows}
    found = []
    for (_, kind, *_), stem, wrong in zip(rows, own, words, strict=True):
        proposed = _free_code(kind, stem, numbering.rules, taken) if wrong else ""
        taken.add(proposed)
        found.append((wrong, proposed))
    return found


def _own_stem(kind: str, county: str, unit: PlanUnit | None, numbering: _Numbering) -> str:
    """The unit whose code a site should have: its township's for sites of townships and villages, else its county's."""
    if kind in TOWNSHIP_TYPES:
        return division_stem(unit.code) if unit else ""
    if unit is not None:
        return unit.code[:6]
    known = list(numbering.by_county)
    row = row_of_name(county, known)
    return numbering.by_county[known[row]] if row >= 0 else ""


def _code_words(code: str, kind: str, stem: str, numbering: _Numbering) -> tuple[str, ...]:
    parts = numbering.parts(code)
    if parts is None:
        return ("coded.code_missing",) if _OWN_ID.fullmatch(code) else ("coded.code_form",)
    prefix, digit, _ = parts
    asked = (numbering.rules.type_digits or {}).get(kind)
    words = []
    if numbering.stems and not numbering.is_unit(prefix):
        words.append("coded.code_prefix")
    elif stem and not prefix.startswith(stem):
        words.append("coded.code_unit")
    if asked is not None and digit != asked:
        words.append("coded.code_type")
    return tuple(words)


def _free_code(kind: str, stem: str, rules: CodeRules, taken: set[str]) -> str:
    """The first code of the unit and type that nobody has; empty if the unit or the digit is not known."""
    digit = (rules.type_digits or {}).get(kind)
    if not stem or digit is None:
        return ""
    head = f"{stem[: rules.unit_digits].ljust(rules.unit_digits, '0')}{digit}"
    numbers = (f"{head}{number:0{rules.serial_digits}}" for number in range(1, 10**rules.serial_digits))
    return next((code for code in numbers if code not in taken), "")
