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

    import geopandas as gpd
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
    xy = sites.xy
    outside: dict[int, tuple[str, str, BaseGeometry]] = {}
    for (county, township), group in sites.frame.groupby(["county", "township"], sort=True).indices.items():
        for word, stated, own in _stated(county, township, names, parents):
            shape = _union(frame, own)
            inside = shapely.intersects_xy(shape, *xy[group].T)
            outside |= {int(site): (word, stated, shape) for site in group[~inside] if int(site) not in outside}
    findings: list[Finding] = []
    repairs: list[Repair] = []
    for site, (word, stated, shape) in sorted(outside.items()):
        metres = _metres_outside(xy[site], shape)
        if metres > tolerance_m:
            said, found = _said(sites, site, xy[site], (word, stated, shape), metres=metres, frame=frame)
            findings.extend(said)
            repairs.extend(found)
    return tuple(findings), tuple(repairs)


def _union(frame: gpd.GeoDataFrame, own: Mask) -> BaseGeometry:
    union = shapely.union_all(frame.geometry.to_numpy()[own])
    shapely.prepare(union)
    return union


def _said(
    sites: Sites,
    site: int,
    xy: Floats,
    stated_as: tuple[str, str, BaseGeometry],
    *,
    metres: float,
    frame: gpd.GeoDataFrame,
) -> tuple[list[Finding], list[Repair]]:
    """What is said of a site outside its region, and the guesses."""
    word, stated, shape = stated_as
    site_id, name = (str(sites.frame[column].iloc[site]) for column in ("site_id", "name"))
    origin = sites.origins.get(site_id)
    found = [] if origin is None else _one_digit(origin, xy, shape, stated)
    lies = ", ".join(frame["name"][shapely.intersects_xy(frame.geometry.to_numpy(), *xy)].astype(str)) or "-"
    facts: dict[str, str | int | float] = {"site": site_id, "name": name, "region": stated, "metres": round(metres)}
    return [_finding(word, origin, facts | {"lies": lies}), *([_guessed(found)] if found else [])], found


def _stated(county: str, township: str, names: np.ndarray, parents: np.ndarray) -> Iterator[tuple[str, str, Mask]]:
    """What a row says of its place, the larger first: word of the finding, its own word, and which regions it means."""
    in_county = (names == plain_region(county)) | (parents == plain_region(county))
    if county and in_county.any():
        yield "finding.site_outside_county", county, in_county
    own = names == plain_region(township)
    if township and own.any():
        # The same name may be elsewhere too; where the parents are codes, it is taken wherever it is.
        yield "finding.site_outside_township", township, own & in_county if (own & in_county).any() else own


def _metres_outside(xy: Floats, shape: BaseGeometry) -> float:
    """How far a place is from a shape [m]."""
    nearest = shapely.get_coordinates(shapely.shortest_line(shapely.points(xy), shape))[1:]
    return float(np.hypot(*tangent_plane_m(nearest, (float(xy[0]), float(xy[1]))).T).min())


def _one_digit(origin: Origin, xy: Floats, own: BaseGeometry, stated: str) -> list[Repair]:
    """Repairs of one digit of one cell that bring a place into its region, if they are few."""
    if not origin.cells[0] or origin.cells[0] == origin.cells[1]:
        return []
    found = [repair for axis in (0, 1) for repair in _one_digit_of(origin, axis, xy, own, stated)]
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
