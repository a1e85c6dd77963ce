"""Who may use a street: from OSM tags to the flags of the edge table."""

from __future__ import annotations

from functools import cache

WALK, ROAD_FORWARD, ROAD_BACKWARD, ROUGH = 1, 2, 4, 8
"""Bits of ``Streets.flags``: walkable; passable by road along or against the way; track of grade 4 or 5."""

STREET_KINDS = (
    "motorway",
    "motorway_link",
    "trunk",
    "trunk_link",
    "primary",
    "primary_link",
    "secondary",
    "secondary_link",
    "tertiary",
    "tertiary_link",
    "unclassified",
    "residential",
    "living_street",
    "road",
    "service",
    "track",
    "busway",
    "pedestrian",
    "footway",
    "path",
    "steps",
    "cycleway",
    "bridleway",
    "corridor",
    "platform",
)
"""Values of OSM ``highway`` that are streets today. Others (construction, proposed, ...) are counted, not used."""

JOIN_KINDS = ("end", "tee", "crossing", "barrier", "link")
"""
What was done where: of a layer of lines, an end joined to another over a gap, an end to the middle of a line, two lines
where they cross; of what-if edits, a street closed by a barrier, a link joined to a street.
"""

TAGS = (
    "highway",
    "access",
    "foot",
    "vehicle",
    "motor_vehicle",
    "motorcycle",
    "oneway",
    "junction",
    "service",
    "tracktype",
    "motorroad",
)
"""The tags that ``flags_of`` looks at, in its order."""

_MOTORWAYS = {"motorway", "motorway_link"}
_FOOT_ONLY = {"pedestrian", "footway", "path", "steps", "cycleway", "bridleway", "corridor", "platform"}
_NOT_BY_ROAD = _FOOT_ONLY | _MOTORWAYS | {"busway"}
_CLOSED = {"no", "private"}
_OPEN = {"yes", "designated", "permissive", "destination", "official", "customers", "permit"}
_PRIVATE_DRIVES = {"driveway", "parking_aisle", "drive-through", "emergency_access"}


@cache
def flags_of(*values: str | None) -> int:
    """
    Who may use a way, as bits of ``Streets.flags``; 0 if nobody the program serves.

    Follows design and OSM wiki (Key:access, Key:foot): a more specific tag overrides ``access``. On foot: every way
    but motorways, both directions. By road: everything but motorways, foot-only ways, private drives and parking
    aisles; service ways and tracks stay, since villages hang on them.

    Parameters
    ----------
    *values
        Values of ``TAGS``, ``None`` where a way has no such tag.

    Examples
    --------
    >>> tags = {"highway": "residential", "oneway": "yes"}
    >>> flags_of(*map(tags.get, TAGS)) == WALK | ROAD_FORWARD
    True
    """
    highway, access, foot, vehicle, motor, motorcycle, oneway, junction, service, tracktype, motorroad = values
    if highway not in STREET_KINDS:
        return 0
    flags = 0
    if _walkable(highway, access, foot, motorroad):
        flags |= WALK
    if _by_road(highway, access, motor or vehicle, motorcycle, service):
        flags |= _directions(oneway, junction)
    if flags and highway == "track" and tracktype in {"grade4", "grade5"}:
        flags |= ROUGH
    return flags


def _walkable(highway: str, access: str | None, foot: str | None, motorroad: str | None) -> bool:
    if highway in _MOTORWAYS or foot in _CLOSED:
        return False
    if foot in _OPEN:
        return True
    return access not in _CLOSED and motorroad != "yes" and highway != "busway"


def _by_road(highway: str, access: str | None, motor: str | None, motorcycle: str | None, service: str | None) -> bool:
    if highway in _MOTORWAYS:
        return False
    if highway in _NOT_BY_ROAD:
        # A village path that a motor vehicle or a motorcycle may use is how people there ride to town.
        return motor in _OPEN or motorcycle in _OPEN
    if service in _PRIVATE_DRIVES or motor in _CLOSED:
        return False
    return access not in _CLOSED or motor in _OPEN


def _directions(oneway: str | None, junction: str | None) -> int:
    if oneway in {"-1", "reverse"}:
        return ROAD_BACKWARD
    if oneway in {"yes", "true", "1"} or (oneway is None and junction in {"roundabout", "circular"}):
        return ROAD_FORWARD
    return ROAD_FORWARD | ROAD_BACKWARD
