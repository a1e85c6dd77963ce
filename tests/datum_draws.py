"""Sites thrown at streets as offices place them, in any datum: the ground truth of the tests of the datum."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from catchment.geo.datum import bd09_from_gcj02, gcj02_from_wgs84

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from catchment.model import Streets

METRES_PER_DEGREE = 111_320.0


def in_datum(xy: NDArray[np.float64], datum: str) -> NDArray[np.float64]:
    """WGS84 places as a ledger of a datum holds them, to six decimals."""
    if datum == "wgs84":
        return xy.round(6)
    return (gcj02_from_wgs84(xy) if datum == "gcj02" else bd09_from_gcj02(gcj02_from_wgs84(xy))).round(6)


def beside_streets(streets: Streets, count: int, random: np.random.Generator) -> NDArray[np.float64]:
    """
    WGS84 places 20 ± 15 m beside streets, one in five of them up to 150 m away.

    Every metre of street is as likely as any other; the side is chosen by chance.
    """
    first = np.ones(len(streets.vertex_xy), bool)
    first[streets.vertex_ptr[1:] - 1] = False
    vertex = np.flatnonzero(first)
    length = (streets.vertex_mm[vertex + 1] - streets.vertex_mm[vertex]).astype(float)
    chosen = random.choice(vertex, count, p=length / length.sum())
    start, end = streets.vertex_xy[chosen], streets.vertex_xy[chosen + 1]
    on_street = start + (end - start) * random.random((count, 1))
    scale = METRES_PER_DEGREE * np.column_stack([np.cos(np.radians(on_street[:, 1])), np.ones(count)])
    along = (end - start) * scale
    across = along[:, ::-1] * [1, -1] / np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-9)
    away = np.abs(random.normal(20, 15, count))
    bad = random.random(count) < 0.2
    away[bad] = random.uniform(0, 150, bad.sum())
    return on_street + across * (away * random.choice([-1, 1], count))[:, None] / scale
