"""The lines that buildings may look onto: segments of streets, and why some are no place for a front."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from catchment.network.streets import STREET_KINDS

if TYPE_CHECKING:
    from catchment.model import BarredWays, Floats, Ints, Mask, Streets

FRONT_STREETS = (
    "trunk",
    "primary",
    "primary_link",
    "secondary",
    "secondary_link",
    "tertiary",
    "tertiary_link",
    "unclassified",
    "residential",
    "living_street",
    "road",
    "pedestrian",
)
"""Classes of streets that a building may have a front on."""

REASONS = (
    "",
    "front.too_far",
    "front.turned_away",
    "front.path",
    "front.steps",
    "front.private",
    "front.motorway",
    "front.ramp",
    "front.passage",
    "front.tunnel",
    "front.bridge",
)
"""Why a wall is no front; of several the last is told. Those from the fourth on are bars: of a line, not of a wall."""

_BARRED_KINDS = {
    "motorway": "front.motorway",
    "motorway_link": "front.ramp",
    "trunk_link": "front.ramp",
    "steps": "front.steps",
}


@dataclass(frozen=True, eq=False)
class Lines:
    """Segments of streets and of barred ways."""

    ends: Floats
    """lon, lat of start and end [degrees], shape (s, 4)."""
    edge: Ints
    """Row of ``Streets``, -1 for a way that is not in them, shape (s,)."""
    street: Ints
    """One number for all segments of a name, or of a way without one; -1 for a way not in ``Streets``, shape (s,)."""
    bar: Ints
    """Index into ``REASONS``, 0 where fronts are allowed, shape (s,)."""
    goes_on: Mask
    """Of a class with fronts, barred or not: where such segments join, the street goes on, shape (s,)."""

    def __len__(self) -> int:
        return len(self.edge)


def bar_of_kind(kind: str) -> str:
    """
    Why streets of a class have no fronts; empty if they may.

    Examples
    --------
    >>> bar_of_kind("residential"), bar_of_kind("trunk_link"), bar_of_kind("footway")
    ('', 'front.ramp', 'front.path')
    """
    return "" if kind in FRONT_STREETS else _BARRED_KINDS.get(kind, "front.path")


def front_lines(streets: Streets, barred: BarredWays | None) -> Lines:
    """
    The segments of all streets, then those of the barred ways that are not among them.

    Parameters
    ----------
    streets
        The edge table of all modes.
    barred
        What the tags of their ways say; ``None`` where nobody knows.
    """
    reasons = np.array([REASONS.index(bar_of_kind(kind)) for kind in STREET_KINDS], np.int64)
    of_edge = reasons[streets.kind]
    goes_on = of_edge == 0
    if barred is not None:
        ids = barred.frame["way_id"].to_numpy(np.int64)
        bars = np.array([REASONS.index(reason) for reason in barred.frame["reason"]], np.int64)
        of_edge = np.maximum(of_edge, _looked_up(ids, bars, streets.way_id))
    inner = np.ones(len(streets.vertex_xy), bool)
    inner[streets.vertex_ptr[1:-1]] = False
    into = np.flatnonzero(inner)[1:]
    edge = np.repeat(np.arange(len(streets)), np.diff(streets.vertex_ptr))[into]
    lines = Lines(
        np.column_stack([streets.vertex_xy[into - 1], streets.vertex_xy[into]]),
        edge,
        _street_of(streets)[edge],
        of_edge[edge],
        goes_on[edge],
    )
    if barred is None:
        return lines
    outside = ~np.isin(ids, streets.way_id)
    return _followed_by(lines, barred.frame.geometry.to_numpy()[outside], bars[outside])


def _looked_up(keys: Ints, values: Ints, wanted: Ints) -> Ints:
    """The value of each key, ascending; 0 where there is none."""
    if not len(keys):
        return np.zeros(len(wanted), np.int64)
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[at] == wanted, values[at], 0)


def _street_of(streets: Streets) -> Ints:
    """Streets of one name are one street; ways without a name are one each."""
    _, way = np.unique(streets.way_id, return_inverse=True)
    return np.where(streets.name >= 0, streets.name.astype(np.int64), len(streets.names) + way.astype(np.int64))


def _followed_by(lines: Lines, shapes: np.typing.NDArray[np.object_], bars: Ints) -> Lines:
    xy, way = shapely.get_coordinates(shapes, return_index=True)
    joined = way[1:] == way[:-1]
    of_segment = bars[way[:-1][joined]]
    nowhere = np.full(len(of_segment), -1)
    return Lines(
        np.concatenate([lines.ends, np.column_stack([xy[:-1], xy[1:]])[joined]]),
        np.concatenate([lines.edge, nowhere]),
        np.concatenate([lines.street, nowhere]),
        np.concatenate([lines.bar, of_segment]),
        np.concatenate([lines.goes_on, np.zeros(len(of_segment), bool)]),
    )
