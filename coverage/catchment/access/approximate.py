"""What sites whose places are only guessed (近似) may be counted for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from catchment.model import Mask, Mode, Sites

PARTS = 5
"""A guessed place counts by road if it may be off by no more than this part of the limit: 3 km of 15 km."""


def sure_enough(sites: Sites, mode: Mode, *, limit_m: float) -> Mask:
    """
    Which sites stand where they are said to stand, closely enough for a rule, shape (sites,).

    On foot only exact places do: a guess is off by about as much as the whole walk. By road a guess does whose
    uncertainty is at most a fifth of the limit.

    Parameters
    ----------
    sites
        The ledger.
    mode
        Of the rule.
    limit_m
        Of the rule [m].

    Examples
    --------
    >>> import geopandas as gpd
    >>> from catchment.model import Sites
    >>> guessed = {"approximate": [False, True, True], "uncertainty_m": [0.0, 1000.0, 6000.0]}
    >>> sites = Sites(gpd.GeoDataFrame(guessed, geometry=gpd.points_from_xy([0, 0, 0], [0, 0, 0])))
    >>> sure_enough(sites, "walk", limit_m=1200).tolist(), sure_enough(sites, "road", limit_m=15_000).tolist()
    ([True, False, False], [True, True, False])
    """
    if mode == "walk":
        return ~sites.approximate
    sure: Mask = ~sites.approximate | (np.nan_to_num(sites.uncertainty_m, nan=np.inf) * PARTS <= limit_m)
    return sure
