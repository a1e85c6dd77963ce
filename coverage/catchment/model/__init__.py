"""The immutable values that flow through the pipeline, each field with its meaning, shape and unit."""

from catchment.model.access import (
    Access,
    Gaps,
    Nearest,
    Percentiles,
    ReachSets,
    Rule,
    ServiceAreas,
    Standard,
    StreetParts,
    Totals,
)
from catchment.model.demand import (
    ControlCheck,
    People,
)
from catchment.model.inputs import (
    Census,
    Finding,
    Located,
    Points,
    Population,
    Regions,
    Sites,
    Source,
    UrbanAreas,
)
from catchment.model.kinds import (
    UNITS_PER_PERSON,
    Cause,
    Codes,
    Floats,
    Indices,
    Ints,
    Mask,
    Mode,
    Role,
    Setting,
    SettlementRule,
    SiteType,
)
from catchment.model.network import (
    Places,
    RoadGraph,
    Streets,
)
from catchment.model.run import (
    Run,
)
from catchment.model.siting import (
    Candidates,
    SitingPlan,
    Suggestions,
)

__all__ = [
    "UNITS_PER_PERSON",
    "Access",
    "Candidates",
    "Cause",
    "Census",
    "Codes",
    "ControlCheck",
    "Finding",
    "Floats",
    "Gaps",
    "Indices",
    "Ints",
    "Located",
    "Mask",
    "Mode",
    "Nearest",
    "People",
    "Percentiles",
    "Places",
    "Points",
    "Population",
    "ReachSets",
    "Regions",
    "RoadGraph",
    "Role",
    "Rule",
    "Run",
    "ServiceAreas",
    "Setting",
    "SettlementRule",
    "SiteType",
    "Sites",
    "SitingPlan",
    "Source",
    "Standard",
    "StreetParts",
    "Streets",
    "Suggestions",
    "Totals",
    "UrbanAreas",
]
