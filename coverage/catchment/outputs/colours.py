"""Colours and marks on the map, the same in the picture and in the package; the page's script has them too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from catchment.model import SiteType
from catchment.outputs.style import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from catchment.model import Run

INK, QUIET, ACCENT = "#20262b", "#5b666f", "#1f4e79"
"""Text, secondary text, and what is covered or counted."""

COVERED_COLOUR = "#e2eaf1"
WATER_COLOUR = "#c3d3db"
DOUBT_GROUND, DOUBT_STROKE = "#eaebeb", "#8b8f93"
REGION_COLOUR = "#87929b"
PALE_SITE, CLOSED_SITE = "#a3b5c4", "#6f7a83"

BAND_COLOURS, BAND_STROKE = ("#e0efed", "#cbe4e1", "#b0d5d1"), "#3f8f87"
"""Bands of service areas, the widest first, and their outline."""
SPLIT_COLOURS = ("#8dc3bc", "#d8b98a", "#a9b8dd", "#c6d48f", "#d9a6bf", "#b7a5d0")
"""What tells neighbouring sites' shares apart."""

STREET_LOOKS = {
    "path": ("#e3dfd6", 0.25),
    "service": ("#e2e2dd", 0.3),
    "local": ("#d8d8d2", 0.45),
    "link": ("#cdcdc6", 0.8),
    "main": ("#bdbdb5", 1.2),
}
"""Colour and width [points] by rank, in the order of drawing."""

Shape = Literal["circle", "star", "square", "pentagon", "diamond", "hexagon", "triangle", "wedge"]
"""A wedge is a triangle that points down."""

SiteState = Literal["counted", "uncounted", "pending", "closed"]
SITE_STATES: tuple[SiteState, ...] = ("closed", "uncounted", "pending", "counted")
"""In the order of drawing."""

_PLAN_SHAPES: dict[str, Shape] = {
    SiteType.CITY: "star",
    SiteType.COUNTY: "square",
    SiteType.ZONE: "pentagon",
    SiteType.COLLEGE: "diamond",
    SiteType.TECH: "wedge",
    SiteType.TOWNSHIP: "circle",
    SiteType.VILLAGE: "triangle",
}
_SHAPES: tuple[Shape, ...] = ("circle", "square", "triangle", "diamond", "pentagon", "star", "wedge", "hexagon")
_PLAN_SIZES: dict[str, int] = {
    SiteType.CITY: 22,
    SiteType.COUNTY: 17,
    SiteType.ZONE: 14,
    SiteType.COLLEGE: 14,
    SiteType.TECH: 14,
    SiteType.TOWNSHIP: 13,
    SiteType.VILLAGE: 12,
}


def site_shapes(types: Sequence[str]) -> dict[str, Shape]:
    """
    A shape for each type of site: the plan's own, and what is left for types of another field.

    Parameters
    ----------
    types
        In the order of ``payload.type_order``.

    Examples
    --------
    >>> site_shapes(["county", "clinic", ""])
    {'county': 'square', 'clinic': 'circle', '': 'triangle'}
    """
    taken = {_PLAN_SHAPES[kind] for kind in types if kind in _PLAN_SHAPES}
    left = [shape for shape in _SHAPES if shape not in taken] or list(_SHAPES)
    others = [kind for kind in types if kind not in _PLAN_SHAPES]
    own = {kind: left[number % len(left)] for number, kind in enumerate(others)}
    return {kind: _PLAN_SHAPES.get(kind) or own[kind] for kind in types}


def site_size(kind: str) -> int:
    """
    How large the mark of a type is: as wide as so many pixels of the page.

    Examples
    --------
    >>> site_size("city"), site_size("clinic")
    (22, 14)
    """
    return _PLAN_SIZES.get(kind, 14)


def site_state(status: str, *, counted: bool) -> SiteState:
    """
    How a site is drawn: filled, pale, hollow or crossed.

    Examples
    --------
    >>> site_state("open", counted=True), site_state("preparing", counted=False), site_state("closed", counted=False)
    ('counted', 'pending', 'closed')
    """
    if status == "closed":
        return "closed"
    if status in ("planned", "preparing"):
        return "pending"
    return "counted" if counted else "uncounted"


def site_kinds(run: Run) -> list[tuple[str, SiteState]]:
    """Type, empty if there is none, and state of each site, in the order of the sites."""
    types = [printable(kind) if isinstance(kind, str) else "" for kind in run.by_site["type"]]
    rows = zip(types, run.by_site["status"], run.counted, strict=True)
    return [(kind, site_state(status, counted=bool(counted))) for kind, status, counted in rows]
