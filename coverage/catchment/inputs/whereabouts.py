"""Sites that do not lie in the county or township they are listed under, and the one digit that may be wrong."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from catchment.geo.plane import tangent_plane_m
from catchment.inputs.names import plain_region
from catchment.inputs.notations import degrees_text, written
from catchment.model import Finding, Repair
from catchment.words import Phrases

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapely.geometry.base import BaseGeometry

    from catchment.model import Floats, Mask, Origin, Regions, Sites

TOLERANCE_M = 200.0
"""Outlines are drawn more roughly than sites are placed."""

_MOST_GUESSES = 3
"""With more ways to mend a coordinate by one digit none of them says anything."""


def with_whereabouts(sites: Sites, regions: Regions) -> Sites:
    """The sites with what ``site_region_findings`` says of them."""
    findings, repairs = site_region_findings(sites, regions)
    return replace(sites, findings=(*sites.findings, *findings), repairs=(*sites.repairs, *repairs))


def site_region_findings(
    sites: Sites, regions: Regions, *, tolerance_m: float = TOLERANCE_M
) -> tuple[tuple[Finding, ...], tuple[Repair, ...]]:
    """
    Sites outside the county, else the township, that the ledger states; and guesses which digit is wrong.

    Names are compared without their rank (樟树 is 樟树市), townships within the county that is stated. A name that no
    region has is passed over, and so is a site that states none. Guesses are never applied.

    Parameters
    ----------
    sites
        In WGS84.
    regions
        Counties, or townships with their county as ``parent``.
    tolerance_m
        A site this near to its region is taken to be in it.
    """
    frame = regions.frame
    names = np.array([plain_region(str(name)) for name in frame["name"]], object)
    parents = np.array([plain_region(str(parent)) for parent in frame["parent"]], object)
    shapes = frame.geometry.to_numpy()
    findings: list[Finding] = []
    repairs: list[Repair] = []
    for row, xy in zip(sites.frame.itertuples(index=False), sites.xy, strict=True):
        for word, stated, own in _stated(row.county, row.township, names, parents):
            metres = _metres_outside(xy, shapes[own]) if own.any() else 0.0
            if metres <= tolerance_m:
                continue
            origin = sites.origins.get(row.site_id)
            found = [] if origin is None else list(_one_digit(origin, xy, shapes[own], stated))
            repairs.extend(found)
            lies = ", ".join(frame["name"][shapely.intersects_xy(shapes, xy[0], xy[1])].astype(str)) or "-"
            facts = {"site": row.site_id, "name": row.name, "region": stated, "metres": round(metres), "lies": lies}
            findings.append(_finding(word, origin, facts))
            if found:
                findings.append(_guessed(found))
            break
    return tuple(findings), tuple(repairs)


def _stated(county: str, township: str, names: np.ndarray, parents: np.ndarray) -> Iterator[tuple[str, str, Mask]]:
    """What a row says of its place, the larger first: word of the finding, its own word, and which regions it means."""
    in_county = (names == plain_region(county)) | (parents == plain_region(county)) if county else names == ""
    if county:
        yield "finding.site_outside_county", county, in_county
    if township:
        own = names == plain_region(township)
        # The same name may be elsewhere too; where the parents are codes, it is taken wherever it is.
        yield "finding.site_outside_township", township, own & in_county if (own & in_county).any() else own


def _metres_outside(xy: Floats, own: np.ndarray) -> float:
    """How far a place is from the nearest of some regions [m]; 0 inside."""
    point = shapely.points(xy)
    if shapely.intersects(own, point).any():
        return 0.0
    nearest = [shapely.get_coordinates(shapely.shortest_line(point, shape))[1] for shape in own]
    return float(np.hypot(*tangent_plane_m(np.array(nearest), (float(xy[0]), float(xy[1]))).T).min())


def _one_digit(origin: Origin, xy: Floats, own: np.ndarray, stated: str) -> list[Repair]:
    """Repairs of one digit of one cell that bring a place into its region, if they are few."""
    if not origin.cells[0] or origin.cells[0] == origin.cells[1]:
        return []
    union = shapely.union_all(own)
    found = [repair for axis in (0, 1) for repair in _one_digit_of(origin, axis, xy, union, stated)]
    return found if len(found) <= _MOST_GUESSES else []


def _one_digit_of(origin: Origin, axis: int, xy: Floats, own: BaseGeometry, stated: str) -> Iterator[Repair]:
    number = written(origin.texts[axis])
    if number is None or number.word or abs(number.value) > 180:
        return
    text = degrees_text(number.value)
    for other in _other_digits(text):
        # The step is small to the datum's shift, so the place moves by as much as the text.
        moved = xy + np.eye(2)[axis] * (float(other) - number.value)
        if shapely.intersects_xy(own, moved[0], moved[1]):
            facts = {"cell": origin.cells[axis], "found": origin.texts[axis], "proposed": other, "region": stated}
            name = ("lon", "lat")[axis]
            where = (origin.file, origin.sheet, origin.row, origin.columns[axis], origin.cells[axis])
            yield Repair(*where, name, origin.texts[axis], other, "repair.one_digit", facts)


def _other_digits(text: str) -> Iterator[str]:
    """
    The texts that differ in one digit of the degrees or of the first two decimals, about a kilometre.

    Examples
    --------
    >>> len(list(_other_digits("114.387379"))), next(_other_digits("27.8"))
    (45, '07.8')
    """
    for place in range(min(len(text), text.find(".") + 3 if "." in text else len(text))):
        for digit in "0123456789":
            if text[place] not in (".", "-", digit):
                yield text[:place] + digit + text[place + 1 :]


def _finding(word: str, origin: Origin | None, facts: dict[str, str | int | float]) -> Finding:
    if origin is None:
        return Finding("warning", word, {"cell": str(facts["site"]), **facts})
    cell = origin.cells[0] or f"#{origin.row}"
    return Finding("warning", word, {"cell": cell, **facts}, origin.file, origin.sheet, origin.row, origin.columns[0])


def _guessed(repairs: list[Repair]) -> Finding:
    first = repairs[0]
    reasons = Phrases(tuple((repair.word, repair.facts) for repair in repairs))
    facts: dict[str, str | int | float | Phrases] = {"cell": first.cell, "reasons": reasons}
    return Finding("note", "finding.digit_suggested", facts, first.file, first.sheet, first.row, first.column)
