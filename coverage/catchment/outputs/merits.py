"""What candidates are like by the plan's criteria, as the outputs print it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from catchment.model import CRITERIA
from catchment.outputs.lines import Beyond, Factor
from catchment.outputs.style import printable, whole
from catchment.words import say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from catchment.model import Run
    from catchment.outputs.lines import Cell
    from catchment.words import Language

_SHARES = ("score", "known", *CRITERIA)
_METRES = ("frontage_m", "setback_m", "stop_m")
_PEOPLE = ("near", "walk", "passing")

_STATED = ("township", "honours")

_HEADS = (
    *(
        "merit.candidate",
        "merit.tier",
        "merit.place",
        *(f"merit.{name}" for name in _SHARES),
        *(f"merit.{name}" for name in _METRES),
    ),
    *(f"merit.{name}" for name in _PEOPLE),
    *("merit.corner", "merit.side", "merit.stop", "merit.township", "merit.honours"),
)

MERIT_WORDS: Mapping[str, str] = {
    "candidate_id": "merit.candidate",
    "tier": "merit.tier",
    "score_place": "merit.place",
    **{name: f"merit.{name}" for name in (*_SHARES, *_METRES)},
    **{f"{name}_people": f"merit.{name}" for name in _PEOPLE},
    **{name: f"merit.{name}" for name in ("corner", "side", "stop", *_STATED)},
}
"""What the columns of a layer are called."""


def merits_of(run: Run) -> dict[int, dict[str, Any]]:
    """Rows of ``Merits`` by ``candidate_id``; none without suggestions or criteria."""
    if run.suggestions is None or run.suggestions.merits is None:
        return {}
    rows = run.suggestions.merits.frame.to_dict("records")
    return {int(row["candidate_id"]): {str(name): value for name, value in row.items()} for row in rows}


def score_text(row: Mapping[str, Any] | None) -> str:
    """
    A score as a terminal shows it, with the share of the weights behind it where that is not all.

    Examples
    --------
    >>> score_text({"score": 0.625, "known": 1.0}), score_text({"score": 0.625, "known": 0.5}), score_text(None)
    ('0.62', '0.62 (50%)', '-')
    """
    if row is None or math.isnan(row["score"]):
        return "-"
    return f"{row['score']:.2f}" + ("" if row["known"] == 1 else f" ({row['known']:.0%})")


def merit_heads(run: Run, language: Language) -> tuple[str, ...]:
    """Heads of the columns that the criteria add to the sheet of suggestions; none without criteria."""
    return tuple(say(word, language) for word in _HEADS) if merits_of(run) else ()


def merit_cells(run: Run) -> list[tuple[Cell, ...]]:
    """What the criteria add to each row of the sheet of suggestions; nothing without criteria."""
    return [_cells(row, run.language) for row in _planned(run)]


def _cells(row: Mapping[str, Any], language: Language) -> tuple[Cell, ...]:
    if not row:
        return ()
    corner = row["corner"]
    return (
        int(row["candidate_id"]),
        tier_text(row, language),
        int(row["place"]),
        *(Factor(float(row[name])) for name in _SHARES),
        *(Beyond("—") if math.isnan(row[name]) else float(row[name]) for name in _METRES),
        *(Beyond("—") if math.isnan(row[name]) else whole(int(row[name])) for name in _PEOPLE),
        "" if math.isnan(corner) else say("merit.yes" if corner else "merit.no", language),
        say(row["compass"], language) if row["compass"] else "",
        _stop_name(row, language),
        *(printable(row[name]) for name in _STATED),
    )


def merit_columns(run: Run) -> dict[str, Any]:
    """What the criteria add to the layer of suggestions; nothing without criteria."""
    rows = _planned(run)
    if not merits_of(run):
        return {}
    return {
        "candidate_id": np.array([row["candidate_id"] for row in rows], np.int64),
        "tier": [tier_text(row, run.language) for row in rows],
        "score_place": np.array([row["place"] for row in rows], np.int64),
        **{name: np.array([row[name] for row in rows], np.float64) for name in (*_SHARES, *_METRES)},
        **{
            f"{name}_people": np.array(
                [math.nan if math.isnan(row[name]) else whole(int(row[name])) for row in rows], np.float64
            )
            for name in _PEOPLE
        },
        "corner": [None if math.isnan(row["corner"]) else bool(row["corner"]) for row in rows],
        "side": [say(row["compass"], run.language) if row["compass"] else None for row in rows],
        "stop": [_stop_name(row, run.language) or None for row in rows],
        **{name: [printable(row[name]) or None for row in rows] for name in _STATED},
    }


def tier_text(row: Mapping[str, Any] | None, language: Language) -> str:
    """Whether a place is premises of the planner's list, other premises or a stretch of street; empty if unknown."""
    return say(row["tier"], language) if row else ""


def tier_record(row: Mapping[str, Any] | None) -> dict[str, Any]:
    """
    The tier of a place for ``run.json``, and what the planner's list says of it; nothing without criteria.

    Examples
    --------
    >>> tier_record({"tier": "tier.own", "township": "", "honours": "充分就业社区"})
    {'tier': 1, 'listed': True, 'township': None, 'honours': '充分就业社区'}
    """
    if not row:
        return {}
    stated = {name: row[name] or None for name in _STATED}
    return {"tier": 2 if row["tier"] == "tier.street" else 1, "listed": row["tier"] == "tier.own", **stated}


def merit_record(row: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The criteria of a place for ``run.json``, blank where nothing is known; ``None`` without criteria."""
    if row is None:
        return None
    return {
        **{name: _known(row[name], 4) for name in _SHARES},
        "place": int(row["place"]),
        **{name: _known(row[name], 2) for name in _METRES},
        **{name: None if math.isnan(row[name]) else whole(int(row[name])) for name in _PEOPLE},
        "fronts_along": None if math.isnan(row["along_count"]) else int(row["along_count"]),
        "fronts_along_m": _known(row["along_m"], 2),
        "corner": None if math.isnan(row["corner"]) else bool(row["corner"]),
        "side": row["compass"].removeprefix("compass.") or None,
        "stop": row["stop"] or None,
        "street": row["front_street"] or None,
        "street_class": row["front_kind"] or None,
    }


def page_merits(run: Run, numbers: Sequence[int]) -> list[list[Any] | None]:
    """
    What the page shows of some candidates, by number: see ``docs/page-data.md``.

    Parameters
    ----------
    run
        The run.
    numbers
        Of the candidates; ``None`` stands for one of which nothing is known.
    """
    rows = merits_of(run)
    return [_page_row(rows[number]) if number in rows else None for number in numbers]


def _page_row(row: Mapping[str, Any]) -> list[Any]:
    return [
        int(row["candidate_id"]),
        int(row["place"]),
        *(_known(row[name], 2) for name in _SHARES),
        *(None if math.isnan(row[name]) else round(row[name]) for name in _METRES),
        *(None if math.isnan(row[name]) else whole(int(row[name])) for name in _PEOPLE),
        None if math.isnan(row["corner"]) else int(row["corner"]),
        row["compass"].removeprefix("compass."),
        printable(row["stop"]),
        row["stop_kind"].removeprefix("stop."),
        row["tier"].removeprefix("tier."),
        *(printable(row[name]) for name in _STATED),
        None if math.isnan(row["along_count"]) else int(row["along_count"]),
        None if math.isnan(row["along_m"]) else round(row["along_m"]),
    ]


def _planned(run: Run) -> list[dict[str, Any]]:
    """The rows of the places of the plan, in its order; empty ones without criteria."""
    rows = merits_of(run)
    numbers = [] if run.suggestions is None else run.suggestions.frame["candidate_id"].tolist()
    return [rows.get(number, {}) for number in numbers]


def _stop_name(row: Mapping[str, Any], language: Language) -> str:
    return printable(row["stop"]) or (say(row["stop_kind"], language) if row["stop_kind"] else "")


def _known(value: float, digits: int) -> float | None:
    return round(float(value), digits) if math.isfinite(value) else None
