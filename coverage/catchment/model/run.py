"""Everything the outputs draw."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import pandas as pd

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from catchment.model.access import Access, Gaps, RoadsMissing, ServiceAreas, Standard, Totals
    from catchment.model.basemap import Basemap
    from catchment.model.demand import ControlCheck, People
    from catchment.model.groups import GroupCover
    from catchment.model.inputs import Finding, Regions, Sites, Source, Water
    from catchment.model.kinds import Indices, Mask, Mode, Profile, SettlementRule
    from catchment.model.network import Streets
    from catchment.model.planned import Planned
    from catchment.model.siting import Options, Suggestions
    from catchment.model.targets import Filling, Progress


@dataclass(frozen=True, eq=False)
class Run:
    """Everything the outputs draw."""

    name: str
    date: dt.date
    language: Literal["zh", "en"]
    standard: Standard
    settlement_rule: SettlementRule
    """What told city, town and country apart."""
    synthetic: bool
    """Streets, people and sites are generated, and every output says so."""
    review_number: str
    """审图号 of the map, empty if it was not reviewed."""
    sites: Sites
    counted: Mask
    """Which sites count for the public, shape (sites,)."""
    site_region: Indices
    """Region of each site, -1 outside, shape (sites,)."""
    unsnapped: Mask
    """Sites that no usable edge lies near, in the mode of their own setting, shape (sites,)."""
    regions: Regions | None
    streets: Streets
    people: People
    access: Access
    totals: Totals
    by_region: pd.DataFrame
    """A row per region: ``region_id, name, parent, sites_count, counted_sites_count`` and units in
    ``people, city, town, rural, covered, uncovered, no_site, no_road, cut_off, edge_of_data, too_far``."""
    by_site: pd.DataFrame
    """A row per site, in the order of ``sites``: ``site_id, name, type, status, region, counted, gap_m`` and units in
    ``reach, catchment, catchment_covered, unique``."""
    findings: tuple[Finding, ...]
    sources: tuple[Source, ...]
    settlement_details: tuple[Literal["gaps", "shaped", "wider"], ...] = ()
    """How: regions without a code by the grid; urban centres smoothed and filled; the wider clusters as towns."""
    census_check: tuple[ControlCheck, ...] = ()
    """A line per control unit; empty without a census."""
    gaps: Gaps | None = None
    """Patches of uncovered people, ranked."""
    areas: Mapping[Mode, ServiceAreas] = field(default_factory=dict)
    """Areas of the counted sites, each in the mode of its own setting, in three bands."""
    dissolved: Mapping[Mode, ServiceAreas] = field(default_factory=dict)
    """The same as one area per mode and band."""
    split: Mapping[Mode, ServiceAreas] = field(default_factory=dict)
    """
    What the counted sites reach within the limit of each mode, shared out by the nearest: as residents are judged,
    by every counted site, whatever setting it stands in.
    """
    by_county: pd.DataFrame = field(default_factory=pd.DataFrame)
    """The columns of ``by_region``, its rows summed by ``parent``; empty where they have fewer than two parents."""
    suggestions: Suggestions | None = None
    """Where next, for the budget asked for; ``None`` if none was."""
    options: Options | None = None
    """What may be ticked and unticked; ``None`` if whom they cover takes too much room."""
    digest: str = ""
    """One checksum over the inputs and the settings on which figures depend: two runs of equal digest count alike."""
    choices: Mapping[str, str] = field(default_factory=dict)
    """The settings of ``digest`` by what they are about, each as text: equal texts mean the same."""
    water: Water | None = None
    """What is drawn below the streets; ``None`` if the roads are a planner's lines."""
    base: Basemap | None = None
    """What the page may be laid on; ``None`` for a page that asks nobody for anything."""
    progress: Progress | None = None
    """The ledger against the plan's targets; ``None`` without a table of targets."""
    filling: Filling | None = None
    """What ``suggestions`` fill of the targets; ``None`` if they are for a number of sites."""
    groups: tuple[GroupCover, ...] = ()
    """Key groups and how many of them are covered; empty without a table of them."""
    roads_missing: RoadsMissing | None = None
    """Where roads are too few, and who would likely be covered if they were there; ``None`` without regions."""
    planned: Planned | None = None
    """The ledger against the plan; ``None`` if the project names none."""
    profile: Profile = "internal"
    """For whom it is written; what the public sees is ``outputs.profile.published``."""
