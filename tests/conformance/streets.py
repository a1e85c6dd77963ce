"""Drawn ways as the program's own streets, by the same rules as ways of a road file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from catchment.network.streets import STREET_KINDS, TAGS, flags_of
from catchment.network.ways import Ways, split_ways

from .drawing import lon_lat

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from catchment.model import Streets

    from .drawing import Way


def streets_of_ways(nodes: Mapping[int, tuple[float, float]], ways: Sequence[Way]) -> Streets:
    """The edge table of some ways, numbered from 1 in their order; ways that nobody may use are left out."""
    flags = [flags_of(*map(way.tags.get, TAGS)) for way in ways]
    used = [number for number, flag in enumerate(flags) if flag]
    refs = [node for number in used for node in ways[number].nodes]
    return split_ways(
        Ways(
            way_id=np.array(used, np.int64) + 1,
            node_ptr=np.cumsum([0, *(len(ways[number].nodes) for number in used)]),
            node_ref=np.array(refs, np.int64),
            node_xy=np.array([lon_lat(*nodes[node]) for node in refs]).reshape(-1, 2),
            flags=np.array([flags[number] for number in used], np.uint8),
            kind=np.array([STREET_KINDS.index(ways[number].tags["highway"]) for number in used], np.int8),
            name=np.full(len(used), -1, np.int32),
        )
    )
