"""Who lives where, counted exactly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from catchment.model.kinds import Codes, Floats, Indices, Ints


@dataclass(frozen=True)
class ControlCheck:
    """One control unit: the people of the source and of the census, and the urban people of both."""

    unit_id: str
    name: str
    source_people: float
    """People of the source in the unit's regions, before calibration [persons]."""
    census_people: int
    """What the census counts [persons]."""
    people: int
    """People after calibration [1/1024 persons]: the census's, or 0 where the source has nobody."""
    urban: int
    """Of them in city and town, before urban and rural people are calibrated apart [1/1024 persons]."""
    city: int
    """Of them in the city, likewise [1/1024 persons]."""
    census_urban: int
    """城镇人口 [persons], -1 where the table does not say."""
    census_city: int
    """城区人口 [persons], -1 where the table does not say."""
    urban_factor: float
    """What urban people of the source were multiplied by where urban and rural were calibrated apart, else NaN."""
    rural_factor: float
    """The same of rural people."""

    @property
    def factor(self) -> float:
        """What people of the source are multiplied by to make those of the census; NaN if the source has nobody."""
        return self.census_people / self.source_people if self.source_people else float("nan")


@dataclass(frozen=True, eq=False)
class People:
    """Residents at points, counted in 1/1024 person."""

    xy: Floats
    """lon, lat [degrees], shape (n, 2)."""
    units: Ints
    """1/1024 persons at each point, shape (n,)."""
    point_id: Ints
    """Ascending, shape (n,)."""
    region: Indices
    """Index of the region each point lies in, -1 without regions, shape (n,)."""
    setting: Codes
    """``Setting`` of each point, shape (n,); all ``RURAL`` until ``with_settlement``."""
    cell_degrees: tuple[float, float] | None = None
    """Width and height of a cell [degrees]; for drawing only."""
    left_out_units: int = 0
    """People of the source outside every region."""
    grid_width: int | None = None
    """As in ``Population``."""

    def __len__(self) -> int:
        return len(self.units)
