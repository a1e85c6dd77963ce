"""Paved areas without a name, which belong to the street that they lie on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from catchment.network.streets import STREET_KINDS
from catchment.siting.frontage import street_in_front

if TYPE_CHECKING:
    from catchment.model import Floats, Ints, Mask, Streets


def paving(streets: Streets) -> Mask:
    """
    Which edges go around a paved area without a name: a closed way for people on foot, shape (edges,).

    Such areas are drawn along a street as its wide pavement, and nobody's address is on them.

    Parameters
    ----------
    streets
        The edge table of all modes.
    """
    pedestrian = (streets.kind == STREET_KINDS.index("pedestrian")) & (streets.name < 0)
    edge = np.flatnonzero(pedestrian)
    edge = edge[np.lexsort((streets.first_segment[edge], streets.way_id[edge]))]
    way, first, count = np.unique(streets.way_id[edge], return_index=True, return_counts=True)
    closed = streets.start[edge[first]] == streets.end[edge[first + count - 1]]
    around: Mask = pedestrian & np.isin(streets.way_id, way[closed])
    return around


def street_beyond(streets: Streets, edge: Ints, xy: Floats) -> Ints:
    """
    The edges that name the streets of some places: their own, or of nameless paving the nearest with a name.

    Parameters
    ----------
    streets
        The edge table of all modes.
    edge
        Of each place, shape (n,).
    xy
        The places on them, lon, lat [degrees], shape (n, 2).

    Returns
    -------
    Rows of ``Streets``; paving that has no named street within 50 m stays as it is, shape (n,).
    """
    on_paving = np.flatnonzero(paving(streets)[edge])
    beyond = edge.copy()
    if len(on_paving):
        named = street_in_front(streets, xy[on_paving])
        beyond[on_paving] = np.where(named >= 0, named, edge[on_paving])
    return beyond
