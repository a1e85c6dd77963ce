"""Street maps drawn in text (``conformance.drawing`` has the alphabet), for answers worked out by head."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from conformance.drawing import EAST_DEGREES, NORTH_DEGREES, lon_lat, read_drawing
from conformance.streets import streets_of_ways

from catchment.model import Places, Points, RoadGraph, Streets
from catchment.network.snap import snap

__all__ = ["EAST_DEGREES", "NORTH_DEGREES", "StreetMap", "street_map"]


@dataclass(frozen=True)
class StreetMap:
    """A drawing as streets, and where its letters are."""

    streets: Streets
    letters: dict[str, tuple[float, float]]

    def points(self, letters: str, *, shift_m: tuple[float, float] = (0, 0)) -> Points:
        """The places of some letters, moved east and north."""
        east, north = lon_lat(*shift_m)
        return Points(np.array([self.letters[letter] for letter in letters]).reshape(-1, 2) + np.array([east, north]))

    def places(self, roads: RoadGraph, letters: str, *, shift_m: tuple[float, float] = (0, 0)) -> Places:
        """The letters joined to the roads."""
        return snap(roads, self.points(letters, shift_m=shift_m), max_gap_m=500)


def street_map(drawing: str) -> StreetMap:
    """Read a drawing."""
    drawn = read_drawing(drawing)
    letters = {letter: lon_lat(*drawn.nodes[node]) for letter, node in drawn.letters.items()}
    return StreetMap(streets_of_ways(drawn.nodes, drawn.ways), letters)
