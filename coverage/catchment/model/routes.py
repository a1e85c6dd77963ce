"""A way from a place to a site, street by street."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from catchment.model.kinds import Indices, Ints, Mode


@dataclass(frozen=True, eq=False)
class Route:
    """A shortest way along the streets of one mode, in the direction of travel."""

    mode: Mode
    edge: Indices
    """Street edge of each part, shape (p,)."""
    from_mm: Ints
    """Where the part is entered, from the edge's start [mm], shape (p,)."""
    to_mm: Ints
    """Where it is left; before ``from_mm`` if the edge is travelled against its direction [mm], shape (p,)."""
    start_gap_mm: int
    """From the place to the street [mm]; 0 where gap legs do not count."""
    end_gap_mm: int
    """From the street to the site [mm]; 0 where gap legs do not count."""

    @property
    def part_mm(self) -> Ints:
        """Length of each part [mm], shape (p,)."""
        length: Ints = np.abs(self.to_mm - self.from_mm)
        return length

    @property
    def cost_mm(self) -> int:
        """Length of the whole way, gap legs included [mm]."""
        return int(self.part_mm.sum()) + self.start_gap_mm + self.end_gap_mm

    def __len__(self) -> int:
        return len(self.edge)


@dataclass(frozen=True)
class RouteStreet:
    """A stretch of a way along one street."""

    name: str
    """Empty for a street without a name."""
    kind: str
    """OSM ``highway``."""
    length_mm: int
