"""What the layer of regions says of their roads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from catchment.model import RoadClass
from catchment.outputs.roads import density_km, printed_roads

if TYPE_CHECKING:
    from catchment.model import Run
    from catchment.outputs.figures import Figures


def road_columns(run: Run, figures: Figures) -> dict[str, Any]:
    """Columns of ``regions``, in their order: class, lengths, shares near a street, and the estimate; none without."""
    found = run.roads_missing
    if found is None:
        return {}
    exact, printed = found.by_region, printed_roads(found, figures)
    people = exact["people"].to_numpy(np.float64)
    with np.errstate(invalid="ignore"):
        near = {f"{name}_share": exact[name].to_numpy(np.float64) / people for name in ("near_200", "near_500")}
    length = {"street": exact["street_mm"].tolist(), "road": exact["road_mm"].tolist()}
    return {
        "road_class": [RoadClass(code).name.lower() for code in exact["road_class"]],
        **{f"{name}_km": np.array(mm, np.float64) / 1e6 for name, mm in length.items()},
        **{
            f"{name}_km_per_km2": [density_km(*pair) for pair in zip(mm, exact["area_km2"].tolist(), strict=True)]
            for name, mm in length.items()
        },
        **near,
        "doubt": printed["doubt"].to_numpy(np.int64),
        "doubt_likely": printed["likely"].to_numpy(np.int64),
        "far_in_few_roads": printed["far"].to_numpy(np.int64),
        "far_likely": printed["far_likely"].to_numpy(np.int64),
    }
