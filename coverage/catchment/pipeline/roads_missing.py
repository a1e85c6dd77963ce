"""How complete the roads of a run are, region by region."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from catchment.access.road_supply import street_lengths
from catchment.access.roads_missing import roads_missing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from catchment.config import Settings
    from catchment.model import Ints, Mode, RoadsMissing
    from catchment.pipeline.judged import Judged
    from catchment.pipeline.network import Network
    from catchment.pipeline.read import Inputs


def roads_missing_of(inputs: Inputs, settings: Settings, ground: Judged) -> RoadsMissing | None:
    """The classes of the regions and the estimate where roads are missing; ``None`` without regions."""
    regions = inputs.regions
    if regions is None:
        return None
    usable = {mode: network.roads.edge_chain >= 0 for mode, network in ground.networks.items()}
    return roads_missing(
        regions,
        ground.settled.people,
        ground.access,
        settings.standard.standard(),
        street_mm=street_lengths(inputs.streets, usable["walk"] | usable["road"], regions),
        road_mm=street_lengths(inputs.streets, usable["road"], regions),
        gap_mm=_nearest_gap_mm(ground.networks),
    )


def _nearest_gap_mm(networks: Mapping[Mode, Network]) -> Ints:
    """From everybody to the street they are joined to, the nearer of both modes [mm]; -1 where to none."""
    far = np.iinfo(np.int64).max
    gaps = [np.where(network.people.snapped, network.people.gap_mm, far) for network in networks.values()]
    nearest = np.minimum.reduce(gaps)
    return np.where(nearest == far, -1, nearest)
