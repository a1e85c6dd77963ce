"""The gaps of a run as printed: whole persons that add up to the uncovered, and where each stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from catchment.model import UNITS_PER_PERSON, Cause, Setting
from catchment.rounding import largest_remainder

if TYPE_CHECKING:
    import pandas as pd

    from catchment.model import Floats, Ints, Run


@dataclass(frozen=True)
class Patch:
    """A gap as printed."""

    number: int
    """1, 2, ... by rank."""
    people: int
    """Whole persons."""
    region: str
    """Region of most of its people; empty without one."""
    setting: Setting
    cause: Cause
    """Of most of its people."""
    site: int
    """Nearest counted site of the point with most people, -1 if none within the search."""
    cost_m: int
    """Distance from that point to it [m], -1 if none."""
    beyond_m: int
    """No site is nearer than this [m]; -1 where there is one or nobody can tell."""
    straight_m: int
    """Straight distance from that point to the nearest counted site [m], -1 without any."""
    lon: float
    """Of that point [degrees]."""
    lat: float


def printed_patches(run: Run, uncovered: int) -> list[Patch]:
    """
    The gaps of a run in their order.

    Parameters
    ----------
    run
        The run; without gaps it has no patches.
    uncovered
        Printed whole persons that are not covered: the patches add up to them.
    """
    if run.gaps is None:
        return []
    frame = run.gaps.frame
    people = largest_remainder(frame["people"].to_numpy(np.int64) / UNITS_PER_PERSON, uncovered if len(frame) else 0)
    names = [] if run.regions is None else run.regions.frame["name"].tolist()
    places = zip(
        people.tolist(),
        _metres(frame["cost_mm"].to_numpy(np.float64) / 1000).tolist(),
        _searched(run, frame).tolist(),
        _metres(frame["straight_m"].to_numpy(np.float64)).tolist(),
        strict=True,
    )
    rows = zip(frame.to_dict("records"), places, strict=True)
    return [
        Patch(
            number=int(row["gap_id"]),
            people=persons,
            region=names[row["region"]] if names and row["region"] >= 0 else "",
            setting=Setting(row["setting"]),
            cause=Cause(row["cause"]),
            site=int(row["site"]),
            cost_m=cost_m,
            beyond_m=beyond_m,
            straight_m=straight_m,
            lon=float(row["lon"]),
            lat=float(row["lat"]),
        )
        for row, (persons, cost_m, beyond_m, straight_m) in rows
    ]


def _metres(metres: Floats) -> Ints:
    """Whole metres, -1 where there are none (NaN or negative)."""
    known = ~np.isnan(metres) & (metres >= 0)
    return np.where(known, np.rint(np.where(known, metres, 0)), -1).astype(np.int64)


def _searched(run: Run, frame: pd.DataFrame) -> Ints:
    """How far was searched in vain for a site [m]; -1 where one was found or the streets broke off before."""
    limits = np.array([2 * run.standard.rule(setting).limit_mm // 1000 for setting in Setting], np.int64)
    in_vain = run.access.cause[frame["point"].to_numpy()] == Cause.TOO_FAR
    return np.where(in_vain & (frame["site"].to_numpy() < 0), limits[frame["setting"].to_numpy()], -1)
