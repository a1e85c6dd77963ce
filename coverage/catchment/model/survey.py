"""Site visits (踏勘): what was found on the spot, and what else is known of the places that are to be visited."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from catchment.model.inputs import Finding
    from catchment.model.kinds import Floats

Verdict = Literal["usable", "unusable", "pending"]
"""可用, 不可用, 待定."""
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)

Check = Literal["ground_floor", "street_front", "step_free", "parking", "ownership"]
"""一层, 临街, 无障碍, 停车, 产权."""
CHECKS: tuple[Check, ...] = get_args(Check)


@dataclass(frozen=True)
class Visit:
    """What was found at one place. Who went there is not kept: names of persons stay in the file they stand in."""

    lon: float
    """[degrees, WGS84], rounded to 1e-6."""
    lat: float
    name: str
    """Of the premises; empty for premises without a name and for a stretch of street."""
    verdict: Verdict | None = None
    """``None`` where nobody has decided."""
    checks: Mapping[Check, bool] = field(default_factory=dict)
    """What was answered."""
    remarks: str = ""
    date: str = ""
    """As it is written."""

    @property
    def blank(self) -> bool:
        """Nothing was filled in."""
        return self.verdict is None and not (self.checks or self.remarks or self.date)

    @property
    def key(self) -> str:
        """The place by which it is known again in any other run: six decimals, and the name if it has one."""
        return place_key(self.lon, self.lat, self.name)


@dataclass(frozen=True)
class Survey:
    """A filled-in table of site visits; rows that nobody has filled in are left out."""

    visits: tuple[Visit, ...]
    """Each place once, in the order of the file."""
    findings: tuple[Finding, ...] = ()

    @property
    def xy(self) -> Floats:
        """lon, lat [degrees], shape (n, 2)."""
        return np.array([(visit.lon, visit.lat) for visit in self.visits], np.float64).reshape(-1, 2)

    def __len__(self) -> int:
        return len(self.visits)


@dataclass(frozen=True)
class Listed:
    """What a planner's table says of premises, blank where it says nothing."""

    ownership: str = ""
    """产权."""
    area_m2: float = float("nan")
    single_building: str = ""
    """``yes`` or ``no``."""
    address: str = ""


@dataclass(frozen=True)
class FieldNotes:
    """What is known of the places of a plan from elsewhere than its numbers; by ``candidate_id``."""

    visits: Mapping[int, Visit] = field(default_factory=dict)
    listed: Mapping[int, Listed] = field(default_factory=dict)
    elsewhere: tuple[Visit, ...] = ()
    """Visits to places that are not in the plan: the next table of visits carries them on."""


def place_key(lon: float, lat: float, name: str) -> str:
    """
    A place as the table of visits names it, whatever the language and the number it has in a run.

    Examples
    --------
    >>> place_key(114.3820634, 27.8032216, "社区服务中心"), place_key(114.3820634, 27.8032216, "")
    ('114.382063,27.803222 社区服务中心', '114.382063,27.803222')
    """
    return f"{lon:.6f},{lat:.6f} {name}".rstrip()
