"""Key groups, and how many of each live within reach."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from catchment.model.kinds import Ints, Setting


@dataclass(frozen=True, eq=False)
class GroupCover:
    """One key group: its people, and those of them who are covered, in 1/1024 person."""

    name: str
    """As the table calls it."""
    people: int
    covered: int
    by_setting: Mapping[Setting, tuple[int, int]]
    """People and covered people of each setting."""
    by_region: Ints
    """People and covered people of each region, shape (regions, 2)."""
    unplaced: int = 0
    """People of the table [persons] for whom there is no region, or no resident to be one of."""
