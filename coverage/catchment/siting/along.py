"""The fronts of buildings along a stretch of street: how much there is to find where premises are looked for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.spatial import KDTree

from catchment.geo.measure import earth_centred
from catchment.siting.candidates import within
from catchment.siting.fronts import SETBACK_M, street_fronts
from catchment.siting.housed import HIDES_M, touching_boxes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from catchment.model import BarredWays, Buildings, Floats, Ints, Streets

ALONG_M = 100.0
"""How far along its street a stretch is looked at from its middle, to either side [m]."""


def fronts_along(
    xy: Floats,
    way_id: Ints,
    street: Sequence[str],
    *,
    streets: Streets,
    buildings: Buildings | None = None,
    barred: BarredWays | None = None,
) -> pd.DataFrame:
    """
    The buildings with a front on the street of each stretch whose middle lies within 100 m in a straight line.

    Parameters
    ----------
    xy
        Middles of the stretches, lon, lat [degrees], shape (n, 2).
    way_id, street
        Of each: the way, and the name of its street (empty without one); ways of one name are one street.
    streets
        The edge table of all modes.
    buildings, barred
        Of the road file; ``None`` where nobody knows.

    Returns
    -------
    A row per stretch: ``along_count`` (buildings), ``along_m`` (metres of their fronts, 0 without any) and
    ``setback_m`` (mean by these metres, NaN without any); all NaN where no building is known within 130 m.
    """
    found = pd.DataFrame(np.full((len(xy), 3), np.nan), columns=["along_count", "along_m", "setback_m"])
    if buildings is None or not len(buildings) or not len(xy):
        return found
    bounds = buildings.frame.geometry.bounds.to_numpy()
    known = within(xy, (bounds[:, :2] + bounds[:, 2:]) / 2, ALONG_M + SETBACK_M)
    near = touching_boxes(buildings.frame.geometry.to_numpy(), np.column_stack([xy, xy])[known], ALONG_M + HIDES_M)
    some = replace(buildings, frame=buildings.frame.iloc[near].reset_index(drop=True))
    fronts = street_fronts(some, streets, barred).frame
    metres = fronts["frontage_m"].to_numpy()
    stretch, front = _on_its_street(xy, _keys(way_id, street), fronts)
    count, along, back = (
        np.bincount(stretch, weight, minlength=len(xy))
        for weight in (np.ones(len(front)), metres[front], (metres * fronts["setback_m"].to_numpy())[front])
    )
    setback = np.divide(back, along, out=np.full(len(xy), np.nan), where=along > 0)
    return pd.DataFrame({"along_count": count, "along_m": along, "setback_m": setback}).where(
        np.column_stack([known] * 3)
    )


def _keys(way_id: Ints, street: Sequence[str]) -> np.typing.NDArray[np.object_]:
    """Ways of one name are one street, others one each."""
    return np.array([name or way for way, name in zip(way_id.tolist(), street, strict=True)], object)


def _on_its_street(xy: Floats, keys: np.typing.NDArray[np.object_], fronts: pd.DataFrame) -> tuple[Ints, Ints]:
    """Pairs of stretch and front within reach on one street, by stretch, then front."""
    if not len(fronts):
        return np.empty(0, np.int64), np.empty(0, np.int64)
    tree = KDTree(earth_centred(fronts[["lon", "lat"]].to_numpy(np.float64)))
    near = tree.query_ball_point(earth_centred(xy), ALONG_M, return_sorted=True)
    stretch = np.repeat(np.arange(len(xy)), [len(rows) for rows in near])
    front = np.concatenate([np.asarray(rows, np.int64) for rows in near])
    same = keys[stretch] == _keys(fronts["way_id"].to_numpy(), fronts["street"].tolist())[front]
    return stretch[same], front[same]
