"""Street fronts where no building is known: the street that premises stand on, and how far back from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from catchment.geo.plane import tangent_plane_m
from catchment.model import Fronts
from catchment.siting.districts import districts, middle_of, segments_of, touching, window_of
from catchment.siting.front_table import front_table
from catchment.siting.frontlines import REASONS, front_lines
from catchment.siting.fronts import SETBACK_M
from catchment.siting.walls import drawn, flat

if TYPE_CHECKING:
    from catchment.model import BarredWays, Floats, Ints, Streets
    from catchment.siting.districts import Segments
    from catchment.siting.frontlines import Lines


def point_fronts(
    xy: Floats, streets: Streets, barred: BarredWays | None = None, *, setback_m: float = SETBACK_M
) -> Fronts:
    """
    The nearest street of premises that fronts are allowed on, and why the others have none.

    It stands for ``street_fronts`` where there are no outlines: nothing hides a street, no wall turns away from it,
    and corners and frontage are unknown (``corner`` is false, ``frontage_m`` NaN).

    Parameters
    ----------
    xy
        lon, lat of the premises [degrees], shape (n, 2).
    streets
        The edge table of all modes.
    barred
        Bridges, tunnels, private ways and motorways of the road file; without it (``None``) only classes bar.
    setback_m
        Inclusive [m].

    Returns
    -------
    At most a front for each of the premises, whose row is ``building``; ``lon, lat`` are the premises themselves.
    """
    places = np.asarray(xy, np.float64).reshape(-1, 2)
    lines = front_lines(streets, barred)
    line, towards, course = np.full(len(places), -1), np.zeros((len(places), 2)), np.zeros((len(places), 2))
    reason = np.full(len(places), REASONS.index("front.too_far"))
    segments = segments_of(lines.ends)
    for some in districts(np.column_stack([places, places])):
        line[some], towards[some], course[some], bar = _nearest(places[some], lines, segments, setback_m)
        reason[some] = np.maximum(reason[some], bar)
    found = np.flatnonzero(line >= 0)
    reason[found] = 0
    frame = front_table(
        streets,
        lines.edge[line[found]],
        building=found,
        frontage_m=np.full(len(found), np.nan),
        setback_m=np.hypot(*towards[found].T),
        # The cross product of the course and the way from the street to the place.
        on_left=course[found, 1] * towards[found, 0] > course[found, 0] * towards[found, 1],
        towards=towards[found],
        xy=places[found],
    )
    return Fronts(frame, tuple(REASONS[number] for number in reason))


def _nearest(places: Floats, lines: Lines, segments: Segments, setback_m: float) -> tuple[Ints, Floats, Floats, Ints]:
    """Of each place of a district: the nearest allowed line (-1), the way to it, its course, and the last bar near."""
    window = window_of(np.column_stack([places, places]), setback_m + 1)
    near, middle = touching(segments, window), middle_of(window)
    at, ends = tangent_plane_m(places, middle), flat(lines.ends[near], middle)
    tree = shapely.STRtree(drawn(ends))
    place, segment = tree.query(shapely.points(at), predicate="dwithin", distance=setback_m + 0.001)
    order = np.lexsort((near[segment], place))
    place, segment = place[order], segment[order]
    origin, course = ends[segment, :2], ends[segment, 2:] - ends[segment, :2]
    share = ((at[place] - origin) * course).sum(axis=1) / np.maximum((course**2).sum(axis=1), 1e-12)
    towards = origin + np.clip(share, 0, 1)[:, None] * course - at[place]

    bar, last = lines.bar[near[segment]], np.zeros(len(places), np.int64)
    np.maximum.at(last, place, bar)
    # To the millimetre, so that of segments that meet in the nearest place the first of the table is taken.
    reach = np.where(bar > 0, np.inf, np.hypot(*towards.T).round(3))
    pairs = np.lexsort((reach, place))
    _, first = np.unique(place[pairs], return_index=True)
    pair = pairs[first][bar[pairs[first]] == 0]
    chosen = place[pair]
    line, ways, courses = np.full(len(places), -1), np.zeros((len(places), 2)), np.zeros((len(places), 2))
    line[chosen], ways[chosen], courses[chosen] = near[segment[pair]], towards[pair], course[pair]
    return line, ways, courses, last
