"""What changed since last quarter, as lines for the terminal."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from catchment.inputs.cells import quoted
from catchment.model.register import CHANGES
from catchment.words import say

if TYPE_CHECKING:
    from catchment.model import Sites
    from catchment.model.register import Matching, SiteMatch
    from catchment.words import Language


def register_lines(matching: Matching, sites: Sites, language: Language) -> list[str]:
    """
    A line for each site that changed, one for each doubt, and how many of each there are.

    Parameters
    ----------
    matching
        A ledger against the register.
    sites
        The ledger.
    language
        Of the lines.
    """
    names = [quoted(name) for name in sites.frame["name"]]
    changed = [match for match in matching.matches if match.kinds != ("same",)]
    lines = [_line(match, names, language) for match in changed]
    for doubt in matching.doubts:
        ids = ", ".join(doubt.ids[:10]) or "-"
        lines.append(say(f"finding.register_{doubt.reason}", language, name=names[doubt.site], ids=ids))
    count = Counter(kind for match in matching.matches for kind in match.kinds)
    counts = {str(kind): count[kind] for kind in CHANGES}
    return [*lines, say("register.counts", language, same=count["same"], doubts=len(matching.doubts), **counts)]


def _line(match: SiteMatch, names: list[str], language: Language) -> str:
    kinds = "、" if language == "zh" else ", "
    said = kinds.join(say(f"register.{kind}", language) for kind in match.kinds)
    before = match.before
    name = names[match.site] if match.site >= 0 else quoted(before.name if before else "")
    line = say("register.line", language, kinds=said, id=match.id, name=name)
    if before is not None and "renamed" in match.kinds:
        line += say("register.was", language, name=quoted(before.name))
    if "moved" in match.kinds or "corrected" in match.kinds:
        line += say("register.by", language, metres=round(match.moved_m))
    return line
