"""Where roads are missing, as printed: whole persons that add up, for the terminal, ``run.json`` and the page."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from catchment.model import UNITS_PER_PERSON, RoadClass
from catchment.outputs.figures import printed_figures
from catchment.outputs.style import DOUBTS, people_text, printable, share_text, whole
from catchment.outputs.suggested import people as record_people
from catchment.words import say

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from catchment.model import Detour, Ints, RoadsMissing, Run
    from catchment.outputs.figures import Figures
    from catchment.words import Language

REGIONS_PRINTED = 10
"""Lines on the terminal; the workbook has them all."""

_UNITS = ("people", "near_200", "near_500", "doubt", "likely", "likely_least", "likely_most", "far", "far_likely")


def printed_roads(found: RoadsMissing, figures: Figures) -> pd.DataFrame:
    """
    ``RoadsMissing.by_region`` with ``doubt, likely, unlikely, far, far_likely, far_unlikely`` in whole persons.

    In every row likely and unlikely make the people in doubt, who are those of the other tables. The rows are in the
    order of the regions.
    """
    exact = found.by_region
    doubt = figures.by_region[[cause.name.lower() for cause in DOUBTS]].sum(axis=1).to_numpy(np.int64)
    far_units = exact["far"].to_numpy(np.int64)
    far = _parts(far_units, most=-(-far_units // UNITS_PER_PERSON))
    likely = _parts(exact["likely"].to_numpy(np.int64), most=doubt)
    far_likely = _parts(exact["far_likely"].to_numpy(np.int64), most=far)
    return exact.assign(
        doubt=doubt,
        likely=likely,
        unlikely=doubt - likely,
        far=far,
        far_likely=far_likely,
        far_unlikely=far - far_likely,
    )


def _parts(units: Ints, *, most: Ints) -> Ints:
    """Whole persons of each row by largest remainder, none above ``most``."""
    persons, rest = np.divmod(units, UNITS_PER_PERSON)
    persons = np.minimum(persons, most)
    missing = whole(int(units.sum())) - int(persons.sum())
    order = np.argsort(-rest, kind="stable")
    room = order[(persons < most)[order]]
    persons[room[: max(missing, 0)]] += 1
    return persons


def road_lines(run: Run) -> Iterator[str]:
    """What the terminal says of missing roads: nothing where every region has enough and nobody is in doubt."""
    found, language = run.roads_missing, run.language
    if found is None:
        return
    rows = printed_roads(found, printed_figures(run))
    if not rows["doubt"].sum() and not (rows["road_class"] != RoadClass.ENOUGH).any():
        return
    yield from road_findings(run, language)
    shown = rows[(rows["doubt"] > 0) | (rows["road_class"] == RoadClass.FEW)]
    shown = shown.sort_values(["road_class", "doubt"], ascending=False, kind="stable")
    for row in shown.head(REGIONS_PRINTED).to_dict("records"):
        facts = {name: people_text(int(row[name])) for name in ("doubt", "likely", "unlikely")}
        density = f"{density_km(row['street_mm'], row['area_km2']):.2f}"
        kind = class_text(row["road_class"], language)
        yield say("roads.line", language, name=printable(row["name"]), kind=kind, density=density, **facts)
    if len(shown) > REGIONS_PRINTED:
        yield say("roads.more", language, count=len(shown) - REGIONS_PRINTED)


def class_text(code: int, language: Language) -> str:
    """
    What a class of roads is called.

    Examples
    --------
    >>> class_text(RoadClass.FEW, "zh"), class_text(RoadClass.ENOUGH, "en")
    ('路网不足', 'enough roads')
    """
    return say(f"roads.class_{RoadClass(code).name.lower()}", language)


def density_km(street_mm: float, area_km2: float) -> float:
    """
    Streets by area [km per km²], 0 where there is no area.

    Examples
    --------
    >>> density_km(5_000_000, 2.0)
    2.5
    """
    return street_mm / 1e6 / area_km2 if area_km2 else 0.0


def classes_text(found: RoadsMissing, language: Language) -> str:
    """How many regions are of each class."""
    counts = np.bincount(found.by_region["road_class"].to_numpy(np.int64), minlength=len(RoadClass)).tolist()
    return say("roads.classes", language, enough=counts[0], doubtful=counts[1], few=counts[2])


def estimate_text(rows: pd.DataFrame, found: RoadsMissing, language: Language) -> str:
    """How many of the people in doubt would likely be covered if the roads were there."""
    least, most = (whole(int(found.by_region[name].sum())) for name in ("likely_least", "likely_most"))
    facts = {name: people_text(int(rows[name].sum())) for name in ("doubt", "likely", "unlikely")}
    return say("roads.estimate", language, least=people_text(least), most=people_text(most), **facts)


def far_text(rows: pd.DataFrame, language: Language) -> str:
    """Who is too far, in regions of few roads, by the roads alone."""
    facts = {name: people_text(int(rows[name].sum())) for name in ("far", "far_likely", "far_unlikely")}
    return say("roads.far", language, **facts)


def detour_texts(found: RoadsMissing, language: Language) -> list[str]:
    """What each detour is and whence it comes, a sentence per setting."""
    return [_detour_text(detour, language) for detour in found.detours]


def _detour_text(detour: Detour, language: Language) -> str:
    factor, low, high = (_factor_text(value, language) for value in (detour.factor, detour.low, detour.high))
    return say(
        f"roads.detour_{detour.basis}",
        language,
        setting=say(f"setting.{detour.setting.name.lower()}", language),
        factor=factor,
        low=low,
        high=high,
        people=people_text(whole(detour.units)),
        points=people_text(detour.points),
        regions=detour.regions,
    )


def _factor_text(value: float, language: Language) -> str:
    return f"{value:.3f}".rstrip("0") if math.isfinite(value) else say("roads.no_way", language)


def road_findings(run: Run, language: Language) -> list[str]:
    """What was found, in two or three sentences; empty without regions."""
    found = run.roads_missing
    if found is None:
        return []
    rows = printed_roads(found, printed_figures(run))
    far = [far_text(rows, language)] if rows["far"].sum() else []
    return [classes_text(found, language), estimate_text(rows, found, language), *far]


def road_method(run: Run, language: Language) -> list[str]:
    """How it was found: the detours, whom the regions are compared with, what is not known; empty without regions."""
    found = run.roads_missing
    if found is None:
        return []
    peers = say("roads.peers", language, count=found.peers) if found.peers else say("roads.no_peers", language)
    return [*detour_texts(found, language), peers, say("roads.note", language)]


def road_record(run: Run) -> dict[str, Any] | None:
    """Classes, detours and the estimate for ``run.json``, exact, in all and by region; ``None`` without regions."""
    found = run.roads_missing
    if found is None:
        return None
    frame = found.by_region
    counts = np.bincount(frame["road_class"].to_numpy(np.int64), minlength=len(RoadClass)).tolist()
    return {
        "classes": {kind.name.lower(): count for kind, count in zip(RoadClass, counts, strict=True)},
        "peers_count": found.peers,
        "detours": [_detour_record(detour) for detour in found.detours],
        **{f"people_{name}": record_people(int(frame[name].sum())) for name in _UNITS},
        "regions": [
            {
                "id": row["region_id"],
                "name": row["name"],
                "class": RoadClass(row["road_class"]).name.lower(),
                "area_km2": row["area_km2"],
                "street_km": row["street_mm"] / 1e6,
                "road_km": row["road_mm"] / 1e6,
                "relative": _finite(row["relative"]),
                **{f"people_{name}": record_people(int(row[name])) for name in _UNITS},
            }
            for row in frame.to_dict("records")
        ],
    }


def _detour_record(detour: Detour) -> dict[str, Any]:
    return {
        "setting": detour.setting.name.lower(),
        "mode": detour.mode,
        **{name: _finite(getattr(detour, name)) for name in ("factor", "low", "high")},
        "basis": detour.basis,
        "people": record_people(detour.units),
        "points_count": detour.points,
        "regions_count": detour.regions,
    }


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def road_rows(run: Run, figures: Figures) -> list[dict[str, Any]]:
    """The rows of the page's table, in the order of the regions; empty without regions."""
    found = run.roads_missing
    if found is None:
        return []
    pairs = zip(printed_roads(found, figures).to_dict("records"), found.by_region.to_dict("records"), strict=True)
    return [
        {
            "name": printable(row["name"]),
            "class": RoadClass(row["road_class"]).name.lower(),
            "density": round(density_km(row["street_mm"], row["area_km2"]), 2),
            "near": share_text(int(exact["near_500"]), int(exact["people"])),
            "near_fraction": exact["near_500"] / exact["people"] if exact["people"] else 0.0,
            **{name: int(row[name]) for name in ("doubt", "likely", "far", "far_likely")},
        }
        for row, exact in pairs
    ]
