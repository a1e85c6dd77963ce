"""Rows without coordinates put where a planner has pointed, or where their words say they may lie."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd

from catchment.geo.measure import distance_m
from catchment.inputs.cells import quoted
from catchment.inputs.unplaced import row_key
from catchment.model import Finding
from catchment.words import Phrases

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from catchment.model import Floats, Sites
    from catchment.model.locate import Guess, Ledger, Placed, Spot

SAME_PLACE_M = 100.0
"""A place that differs from the ledger's coordinates by less says the same [m]."""

COARSEST_M = 15_000.0
"""A guess that says less than this about where a site stands is none [m]."""


def placed_sites(ledger: Ledger, placed: Placed | None = None, guesses: Sequence[Guess] | None = None) -> Sites:
    """
    The sites of a ledger, and its rows without coordinates where a planner has put them or where they are guessed.

    A place that a planner has pointed at counts as exact. It takes the place of coordinates that are missing or
    unusable, never of good ones. A guess is taken only where nothing is written; the site is ``approximate`` then.

    Parameters
    ----------
    ledger
        From ``read_ledger``; its sites in WGS84.
    placed
        From ``read_placed``.
    guesses
        From ``guesses``, one for each row without coordinates; ``None`` guesses nothing.

    Returns
    -------
    Sites with the columns ``approximate`` and ``uncertainty_m`` (0 where exact); a row that could not be placed is a
    bad row.
    """
    picked, findings = ({}, []) if placed is None else matched_places(ledger, placed)
    rows: list[int] = []
    spots: list[tuple[float, float, float]] = []
    for row, problem in enumerate(ledger.problems):
        guess = guesses[row] if guesses is not None and ledger.unplaced["empty"].iloc[row] else None
        spot = guess.spot if guess else None
        if row in picked:
            spots.append((*picked[row], 0.0))
        elif spot is not None and spot.uncertainty_m <= COARSEST_M:
            spots.append((spot.lon, spot.lat, spot.uncertainty_m))
            findings.append(_approximate(problem, ledger, row, spot))
        else:
            findings.append(problem if guess is None else _unknown(problem, guess))
            continue
        rows.append(row)
    frame = _joined(ledger, rows, np.array(spots).reshape(-1, 3))
    return replace(ledger.sites, frame=frame, findings=(*ledger.sites.findings, *findings))


def _joined(ledger: Ledger, rows: Sequence[int], spots: Floats) -> gpd.GeoDataFrame:
    """The sites and the rows that have a place now, in the order of their ids."""
    mine = ledger.sites.frame.assign(approximate=False, uncertainty_m=0.0)
    columns = [name for name in ledger.sites.frame.columns if name in ledger.unplaced.columns]
    frame = ledger.unplaced.iloc[list(rows)][columns]
    frame = frame.assign(approximate=spots[:, 2] > 0, uncertainty_m=spots[:, 2])
    theirs = gpd.GeoDataFrame(frame, geometry=gpd.points_from_xy(spots[:, 0], spots[:, 1]), crs="EPSG:4326")
    filled = [part for part in (mine, theirs) if len(part)]
    joined = pd.concat(filled or [mine], ignore_index=True)
    return gpd.GeoDataFrame(joined.sort_values("site_id", kind="stable").reset_index(drop=True), crs="EPSG:4326")


def matched_places(ledger: Ledger, placed: Placed) -> tuple[dict[int, tuple[float, float]], list[Finding]]:
    """
    Where rows without coordinates were put, lon, lat [degrees] by row; and what is odd about the others.

    Rows are known by name, county and township; of several with the same words the one that stands where it did.
    """
    free, taken = _by_key(ledger.unplaced), _by_key(ledger.sites.frame)
    where = list(zip(ledger.unplaced["sheet"], ledger.unplaced["row"], strict=True))
    found: dict[int, tuple[float, float]] = {}
    findings: list[Finding] = []
    for at in placed.frame.to_dict("records"):
        key = row_key(at["name"], at["county"], at["township"])
        rows = [row for row in free.get(key, ()) if row not in found]
        # Two rows of the same words are told apart by where they stand, as long as nobody has sorted them.
        same = [row for row in rows if where[row] == (at["sheet"], at["row"])]
        if len(rows) == 1 or same:
            found[(same or rows)[0]] = (at["lon"], at["lat"])
        elif not rows and key in taken:
            findings.extend(_conflicts(ledger, taken[key], at, placed.file))
        else:
            facts: dict[str, str | int] = {"name": quoted(at["name"]), "count": len(rows)}
            word = "finding.placed_shared" if rows else "finding.placed_unmatched"
            findings.append(Finding("warning", word, facts, placed.file, row=at["at"]))
    if found:
        findings.append(Finding("note", "finding.sites_placed", {"count": len(found)}, placed.file))
    return found, findings


def _by_key(frame: pd.DataFrame) -> dict[tuple[str, str, str], list[int]]:
    found: dict[tuple[str, str, str], list[int]] = {}
    for row, words in enumerate(zip(frame["name"], frame["county"], frame["township"], strict=True)):
        found.setdefault(row_key(*words), []).append(row)
    return found


def _conflicts(ledger: Ledger, sites: Sequence[int], at: Mapping[object, object], file: str) -> list[Finding]:
    """The ledger has coordinates of its own by now: they win, and it is said if they are elsewhere."""
    here = ledger.sites.xy[list(sites)]
    away_m = float(distance_m(np.broadcast_to(np.array([at["lon"], at["lat"]], np.float64), here.shape), here).min())
    if away_m <= SAME_PLACE_M:
        return []
    facts: dict[str, str | int] = {"name": quoted(at["name"]), "metres": round(away_m)}
    return [Finding("warning", "finding.placed_conflict", facts, file, row=int(str(at["at"])))]


def _approximate(problem: Finding, ledger: Ledger, row: int, spot: Spot) -> Finding:
    facts = {
        "cell": problem.facts["cell"],
        "name": quoted(ledger.unplaced["name"].iloc[row]),
        "place": Phrases(((f"guess.{spot.kind}", {"name": quoted(spot.name)}),)),
        "metres": f"{round(spot.uncertainty_m):,}",
    }
    return Finding(
        "warning", "finding.site_approximate", facts, problem.file, problem.sheet, problem.row, problem.column
    )


def _unknown(problem: Finding, guess: Guess) -> Finding:
    """A bad row whose words name no place, or several, or one that says too little."""
    word = "finding.place_ambiguous" if len(guess.spots) > 1 else "finding.place_unknown"
    facts: dict[str, str | int | float | Phrases] = {"cell": problem.facts["cell"]}
    if len(guess.spots) > 1:
        facts |= {"count": len(guess.spots), "name": quoted(guess.spots[0].name)}
    return Finding("bad_row", word, facts, problem.file, problem.sheet, problem.row, problem.column)
