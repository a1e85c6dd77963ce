"""What a plan fills of the targets: sentences for a terminal, and what ``--json`` adds to the plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from catchment.outputs.payload import type_text
from catchment.outputs.proposal import printed_proposal
from catchment.outputs.style import people_text, printable
from catchment.outputs.suggested import suggestion_lines, terminal_table
from catchment.words import say

if TYPE_CHECKING:
    from catchment.model import Filling, Progress, Run, Unfilled


def filling_lines(run: Run) -> list[str]:
    """The plan grouped by row and type of the targets, and what it could not fill and why; else as without targets."""
    if run.filling is None or run.progress is None:
        return suggestion_lines(run)
    filling, language = run.filling, run.language
    if not filling.lacking:
        return [say("quota.nothing", language)]
    filled = len(filling.row)
    facts = {"lacking": filling.lacking, "filled": filled, "left": filling.lacking - filled}
    lost = [unfilled_text(run, run.progress, short) for short in filling.unfilled]
    # The effect and the proof; the table of the places is here the one by row and type.
    effect = suggestion_lines(run)[:2] if filled else []
    return [say("quota.titled", language, **facts), *effect, *_table(run, filling, run.progress), *lost]


def _table(run: Run, filling: Filling, progress: Progress) -> list[str]:
    """A row per place, by the rows and columns of the targets, then in the order to build them."""
    proposal, language, targets = printed_proposal(run), run.language, progress.targets
    if proposal is None or not len(filling.row):
        return []
    heads = ("targets.row", "book.type", "suggest.rank", "suggest.place", "suggest.added")
    lines = [[say(word, language) for word in heads]]
    asked = list(zip(filling.row.tolist(), filling.type.tolist(), proposal.rows, strict=True))
    for row, kind, place in sorted(asked, key=lambda entry: (entry[0], entry[1], entry[2].number)):
        texts = printable(targets.rows[row]), type_text(targets.types[kind], language), str(place.number)
        what = f"{place.place[language]} [{say(place.premises or 'suggest.stretch', language)}]"
        lines.append([*texts, what, people_text(place.added)])
    return terminal_table(lines)


def unfilled_text(run: Run, progress: Progress, short: Unfilled) -> str:
    """What could not be filled, and why."""
    targets, language = progress.targets, run.language
    facts = {
        "row": printable(targets.rows[short.row]),
        "type": type_text(targets.types[short.type], language),
        "count": short.count,
        "reason": say(short.word, language),
    }
    if not short.units:
        return say("quota.unfilled", language, **facts)
    return say("quota.unfilled_in", language, **facts, units=printable(", ".join(short.units)))


def with_quotas(record: dict[str, Any] | None, run: Run) -> dict[str, Any] | None:
    """The record of a plan with the row and type each place is for, and what could not be filled."""
    filling, progress = run.filling, run.progress
    if record is None or filling is None or progress is None:
        return record
    targets = progress.targets
    asked = zip(filling.row.tolist(), filling.type.tolist(), record["sites"], strict=True)
    return {
        **record,
        "targets_lacking_count": filling.lacking,
        "targets_filled_count": len(filling.row),
        "targets_unfilled": [
            {
                "row": targets.rows[short.row],
                "type": targets.types[short.type],
                "count": short.count,
                "townships": list(short.units),
                "reason": unfilled_text(run, progress, short),
            }
            for short in filling.unfilled
        ],
        "sites": [{**site, "row": targets.rows[row], "type": targets.types[kind]} for row, kind, site in asked],
    }
