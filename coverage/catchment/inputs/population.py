"""People as a source gives them: the cells of a grid, a table or layer of points, or a layer of areas."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import geopandas as gpd
import numpy as np
import shapely

from catchment.errors import InputError
from catchment.files import open_input
from catchment.inputs.cells import is_missing, persons_of, quoted
from catchment.inputs.grids import MOST_PERSONS, box_text, read_grid
from catchment.inputs.headers import POPULATION_COLUMNS, Wanted
from catchment.inputs.parts import read_parts
from catchment.inputs.places import Place, place_findings, place_of
from catchment.inputs.polygons import sound_areas
from catchment.inputs.records import no_good_row
from catchment.inputs.units import in_persons, unit_by_itself, unsure
from catchment.model import Finding, PeopleAreas, Population

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

    from catchment.files import InputFile
    from catchment.inputs.records import Part, Record
    from catchment.model import PeopleUnit

    Bounds = tuple[float, float, float, float]

WANTED = Wanted(
    POPULATION_COLUMNS,
    needs=(("lon", "pair"), ("lat", "pair"), ("persons", "registered")),
    holds=("persons", "registered"),
    shape="Point",
)

# Rows of the second sheet come after all rows of the first.
_ROWS_PER_PART = 1 << 32


def read_population(
    path: str | Path, *, bounds: Bounds | None = None, unit: PeopleUnit | Literal["auto"] = "auto"
) -> Population:
    """
    Read people: a GeoTIFF, or a table or layer of points with persons.

    Parameters
    ----------
    path
        A local file.
    bounds
        West, south, east, north [degrees]: only people in it are taken; of a grid, no more is read.
    unit
        What the cells of a grid hold. ``auto`` believes its labels, then the name of its file, then that it holds
        persons, unless nobody could live so close.

    Raises
    ------
    MissingInputError
        If there is no such file.
    InputError
        If it is of another kind, is damaged, has no coordinate reference system, has cells that cannot be counts of
        people, lies elsewhere than ``bounds``, holds nobody, or holds areas (``read_people`` and ``spread_people``);
        if ``auto`` cannot tell.
    """
    population = read_people(path, bounds=bounds)
    file = open_input(path, *KINDS).path.name
    if isinstance(population, PeopleAreas):
        raise InputError("error.population_areas", file=file)
    said = unit_by_itself(population) if unit == "auto" else unit
    if said is None:
        raise unsure(population, file=file)
    return in_persons(population, said, file=file)


KINDS: tuple[Literal["geotiff", "csv", "xlsx", "geojson", "gpkg", "shp", "parquet"], ...] = (
    "geotiff", "csv", "xlsx", "geojson", "gpkg", "shp", "parquet",
)  # fmt: skip
"""What people may be read from."""


def read_people(path: str | Path, *, bounds: Bounds | None = None) -> Population | PeopleAreas:
    """
    Read people as they stand in the file: a grid in whatever unit, points, or areas that are not yet spread.

    Where a layer has residents and registered people (户籍), residents are taken and both totals noted.

    Parameters
    ----------
    path
        A local file.
    bounds
        West, south, east, north [degrees]: only people in it are taken, areas if they reach into it.

    Raises
    ------
    MissingInputError, InputError
        As ``read_population``.
    """
    file = open_input(path, *KINDS)
    if file.kind == "geotiff":
        return read_grid(file, bounds=bounds)
    parts, findings = read_parts(file, WANTED)
    if _of_areas(parts):
        return _people_areas(parts, findings, bounds, file)
    return _people_points(parts, findings, bounds, file)


def _of_areas(parts: Sequence[Part]) -> bool:
    """Polygons and no points: a layer that has both is one of points with areas among them, which are listed."""
    shapes = [record.geometry.geom_type for part in parts for record in part.records if record.geometry is not None]
    return any(kind.endswith("Polygon") for kind in shapes) and not any(kind.endswith("Point") for kind in shapes)


def _people_areas(
    parts: Sequence[Part], findings: list[Finding], bounds: Bounds | None, file: InputFile
) -> PeopleAreas:
    areas, odd = sound_areas(parts)
    findings = [*findings, *odd, *(found for part in parts for found in _registered(part))]
    rows: list[tuple[str, float, BaseGeometry]] = []
    for part, record, shape in areas:
        count = _persons(part, record)
        if isinstance(count, Finding):
            findings.append(count)
        else:
            rows.append((record.text("name"), count, shape))
    if not rows:
        raise no_good_row(file.path.name, findings)
    frame = gpd.GeoDataFrame(
        {"name": [row[0] for row in rows], "persons": np.array([row[1] for row in rows], np.float64)},
        geometry=[row[2] for row in rows],
        crs="EPSG:4326",
    )
    return PeopleAreas(_lived_in(frame, bounds, file), tuple(findings))


def _lived_in(frame: gpd.GeoDataFrame, bounds: Bounds | None, file: InputFile) -> gpd.GeoDataFrame:
    """The areas with people that reach into the bounds, in an order that is not the file's."""
    sides = frame.bounds
    if bounds is not None:
        west, south, east, north = bounds
        near = (sides.maxx >= west) & (sides.minx <= east) & (sides.maxy >= south) & (sides.miny <= north)
        if not near.any():
            extent = box_text(tuple(frame.total_bounds))
            raise InputError("error.no_overlap", file=file.path.name, extent=extent, bounds=box_text(bounds))
        frame, sides = frame[near], sides[near]
    taken = (frame["persons"] > 0).to_numpy()
    if not taken.any():
        raise InputError("error.nobody", file=file.path.name)
    frame, sides = frame[taken], sides[taken]
    centre = shapely.get_coordinates(shapely.centroid(frame.geometry.to_numpy()))
    order = np.lexsort(
        (frame["name"].to_numpy(str), frame["persons"], sides.maxy, sides.minx, centre[:, 0], centre[:, 1])
    )
    return frame.iloc[order].reset_index(drop=True)


def _people_points(
    parts: Sequence[Part], findings: list[Finding], bounds: Bounds | None, file: InputFile
) -> Population:
    xy: list[tuple[float, float]] = []
    persons: list[float] = []
    point_id: list[int] = []
    for number, part in enumerate(parts):
        places: list[Place] = []
        for record in part.records:
            place, count = place_of(part, record), _persons(part, record)
            odd = [found for found in (place, count) if isinstance(found, Finding)]
            if isinstance(place, Finding) or isinstance(count, Finding):
                findings.append(odd[0])
                continue
            places.append(place)
            xy.append((place.lon, place.lat))
            persons.append(count)
            point_id.append(number * _ROWS_PER_PART + record.row)
        findings.extend([*place_findings(part, places), *_registered(part)])
    if not xy:
        raise no_good_row(file.path.name, findings)
    order = np.argsort(np.array(point_id, np.int64), kind="stable")
    everyone = Population(
        np.array(xy, np.float64)[order],
        np.array(persons)[order],
        np.array(point_id, np.int64)[order],
        None,
        tuple(findings),
    )
    return _inhabited(everyone, bounds, file)


def _persons(part: Part, record: Record) -> float | Finding:
    """Residents; registered people only where the part has no column of residents at all."""
    column = "persons" if "persons" in part.columns.index else "registered"
    value = record.values.get(column)
    if is_missing(value):
        return part.finding("bad_row", "finding.persons_missing", record, column)
    count = persons_of(value)
    if count is None or not 0 <= count <= MOST_PERSONS:
        return part.finding("bad_row", "finding.persons_bad", record, column, found=quoted(value))
    return count


def _registered(part: Part) -> list[Finding]:
    """Registered people are not residents: one in six lives elsewhere."""
    written = part.columns.written
    if "registered" not in written:
        return []
    if "persons" not in written:
        return [part.finding("warning", "finding.persons_registered", columns=quoted(written["registered"]))]
    residents, registered = (_total(part, column) for column in ("persons", "registered"))
    return [
        part.finding(
            "note",
            "finding.persons_both",
            taken=quoted(written["persons"]),
            left=quoted(written["registered"]),
            residents=round(residents),
            registered=round(registered),
        )
    ]


def _total(part: Part, column: str) -> float:
    counts = (persons_of(record.values.get(column)) for record in part.records)
    return math.fsum(count for count in counts if count is not None and 0 <= count <= MOST_PERSONS)


def _inhabited(everyone: Population, bounds: Bounds | None, file: InputFile) -> Population:
    """The points with people, within the bounds."""
    lon, lat = everyone.xy[:, 0], everyone.xy[:, 1]
    inside = np.ones(len(lon), np.bool_)
    if bounds is not None:
        west, south, east, north = bounds
        inside = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
    if bounds is not None and not inside.any():
        extent = (lon.min(), lat.min(), lon.max(), lat.max())
        raise InputError("error.no_overlap", file=file.path.name, extent=box_text(extent), bounds=box_text(bounds))
    taken = inside & (everyone.persons > 0)
    if not taken.any():
        raise InputError("error.nobody", file=file.path.name)
    return replace(everyone, xy=everyone.xy[taken], persons=everyone.persons[taken], point_id=everyone.point_id[taken])
