"""Which datum coordinates are given in: the one that brings sites to the roads, and into their counties."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from catchment.geo.datum import Datum, to_wgs84
from catchment.model import Points
from catchment.network.snap import snap, street_grid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from catchment.model import Floats, Ints, Mask, RoadGraph

DATUMS: tuple[Datum, Datum, Datum] = ("wgs84", "gcj02", "bd09")
"""The hypotheses, in the order of every array of three."""

NEAR_M = 300.0
"""Only sites with a road so near under some hypothesis say anything: elsewhere the map may lack the roads."""

FAR_MM = 100_000
"""Farther from a road is not worse: a site in a park or a wrong coordinate must not outweigh ten others."""

SURE = 2.5
"""Standard errors by which the best datum must lead for its verdict to be acted upon; ``docs/datum.md`` says how often
such a verdict is wrong."""

DISSENT = 1.0
"""Standard errors by which the verdict of its file may be behind in a group that has no sure verdict of its own."""

# What is known of a lead before any site is seen: it is as uneven as among places thrown at random at streets.
_PRIOR_COUNT, _PRIOR_SPREAD_MM = 4, 50_000


@dataclass(frozen=True)
class DatumFit:
    """How well each datum fits some sites. Arrays of three are in the order of ``DATUMS``."""

    group: str
    """The file or county they are of."""
    count: int
    """Sites."""
    judged_count: int
    """Those with a road within 300 m under some datum; the others say nothing."""
    road_m: tuple[float, float, float]
    """Mean distance to the nearest road, each counted as at most 100 m [m]; NaN where no site is judged."""
    stated_count: int
    """Sites whose stated county or township is known as a polygon."""
    inside_count: tuple[int, int, int]
    """Those of them that lie in it."""
    behind: tuple[float, float, float]
    """Standard errors by which each datum is behind the best; 0 for the best."""
    hint: Datum | None = None
    """What the name of the file or of a column says."""

    @property
    def best(self) -> Datum:
        """The datum that fits best; of equals the first."""
        return DATUMS[self.behind.index(0.0)]

    @property
    def confidence(self) -> float:
        """Standard errors by which the best leads the next."""
        return sorted(self.behind)[1]

    @property
    def sure(self) -> bool:
        """Whether the verdict may be acted upon."""
        return self.confidence >= SURE

    def behind_of(self, datum: Datum) -> float:
        """Standard errors by which a datum is behind the best."""
        return self.behind[DATUMS.index(datum)]


def under_each_datum(xy: Floats) -> tuple[Floats, Floats, Floats]:
    """
    Places in WGS84, if they are given in each of ``DATUMS``.

    Parameters
    ----------
    xy
        lon, lat [degrees], as they stand in the ledger, shape (n, 2).

    Examples
    --------
    >>> wgs84, gcj02, _ = under_each_datum(np.array([[114.387379, 27.800117]]))
    >>> wgs84.tolist(), gcj02.round(5).tolist()
    ([[114.387379, 27.800117]], [[114.38206, 27.80322]])
    """
    wgs84, gcj02, bd09 = (to_wgs84(xy, datum) for datum in DATUMS)
    return wgs84, gcj02, bd09


def road_distances_mm(roads: RoadGraph, xy: Floats) -> Ints:
    """
    Distance from each place to the nearest road under each datum [mm], shape (n, 3); -1 beyond 300 m.

    Parameters
    ----------
    roads
        Of the mode ``walk``, which has every road that a site can stand at.
    xy
        lon, lat [degrees], as they stand in the ledger, shape (n, 2).
    """
    grid = street_grid(roads)
    gaps = [snap(roads, Points(read), max_gap_m=NEAR_M, grid=grid).gap_mm for read in under_each_datum(xy)]
    return np.column_stack(gaps)


def datum_fit(group: str, road_mm: Ints, stated: Mask, inside: Mask, *, hint: Datum | None = None) -> DatumFit:
    """
    How well each datum fits a group of sites.

    Each site is as wrong under a datum as it is far from the nearest road, at most 100 m. One that a datum takes out
    of its stated county while another leaves it there counts for the full 100 m. The best datum has the smallest
    mean; it leads another by the mean of the differences, site by site, over the standard error of that mean. For the
    spread of the differences four sites with 50 m are counted in beforehand, so that two or three lucky sites are no
    proof.

    Parameters
    ----------
    group
        The file or county.
    road_mm
        From ``road_distances_mm``, shape (n, 3).
    stated
        Whose county or township is known as a polygon, shape (n,).
    inside
        Which of them lie in it under each datum, shape (n, 3).
    hint
        What a name says; shown, never counted.

    Examples
    --------
    >>> road_mm, nowhere = np.tile([50_000, 15_000, 80_000], (25, 1)), np.zeros(25, bool)
    >>> found = datum_fit("a.csv", road_mm, nowhere, np.zeros((25, 3), bool))
    >>> found.best, found.road_m, found.sure
    ('gcj02', (50.0, 15.0, 80.0), True)
    """
    judged = (road_mm >= 0).any(axis=1)
    near_mm = np.where(road_mm < 0, FAR_MM, np.minimum(road_mm, FAR_MM))[judged]
    elsewhere = (stated & inside.any(axis=1))[:, None] & ~inside
    wrong_mm = np.where(elsewhere[judged], FAR_MM, near_mm)
    best = int(np.argmin(wrong_mm.sum(axis=0)))
    return DatumFit(
        group,
        count=len(road_mm),
        judged_count=len(near_mm),
        road_m=_three([mm / 1000 / len(near_mm) if len(near_mm) else math.nan for mm in near_mm.sum(axis=0).tolist()]),
        stated_count=int(stated.sum()),
        inside_count=_three((inside & stated[:, None]).sum(axis=0).tolist()),
        behind=_three([_lead(wrong_mm[:, other] - wrong_mm[:, best]) for other in range(3)]),
        hint=hint,
    )


def _lead(more_mm: Ints) -> float:
    """Mean over its standard error; from exact sums, so that the order of sites leaves no trace."""
    count = len(more_mm)
    if not count:
        return 0.0
    differences: list[int] = more_mm.tolist()
    total, squares = sum(differences), sum(one * one for one in differences)
    spread = (count * squares - total * total) / count + _PRIOR_COUNT * _PRIOR_SPREAD_MM**2
    return total / count / math.sqrt(spread / (count - 1 + _PRIOR_COUNT) / count)


def _three(numbers: Sequence[Any]) -> tuple[Any, Any, Any]:
    first, second, third = numbers
    return first, second, third


def datums_of(whole: DatumFit, groups: Sequence[DatumFit]) -> list[Datum | None]:
    """
    The datum of each group of a file; ``None`` where it has to be asked.

    A group with a sure verdict has its own. Another one takes that of the whole file, if this is sure, if the groups
    with a verdict agree, and unless its own sites speak against it.

    Parameters
    ----------
    whole
        All sites of the file.
    groups
        The same sites by county.

    Examples
    --------
    >>> def fit(*behind): return DatumFit("", 9, 9, (0.0, 0.0, 0.0), 0, (0, 0, 0), behind)
    >>> datums_of(fit(9.0, 0.0, 9.0), [fit(8.0, 0.0, 8.0), fit(0.0, 0.5, 2.0), fit(0.0, 1.5, 2.0)])
    ['gcj02', 'gcj02', None]
    """
    one = len({group.best for group in groups if group.sure}) <= 1

    def follows(group: DatumFit) -> bool:
        return one and whole.sure and group.behind_of(whole.best) < DISSENT

    return [group.best if group.sure else whole.best if follows(group) else None for group in groups]
