"""People as a source gives them: the cells of a grid, or a table of points."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from catchment.errors import InputError
from catchment.files import open_input
from catchment.inputs.cells import is_missing, persons_of, quoted
from catchment.inputs.grids import MOST_PERSONS, box_text, read_grid
from catchment.inputs.headers import POPULATION_COLUMNS, REGISTERED, Wanted, normal
from catchment.inputs.parts import read_parts
from catchment.inputs.places import Place, place_findings, place_of
from catchment.inputs.records import no_good_row
from catchment.model import Finding, Population

if TYPE_CHECKING:
    from pathlib import Path

    from catchment.files import InputFile
    from catchment.inputs.records import Part, Record

WANTED = Wanted(
    POPULATION_COLUMNS,
    needs=(("lon", "pair"), ("lat", "pair"), ("persons",)),
    holds=("persons",),
    shape="Point",
)

# Rows of the second sheet come after all rows of the first.
_ROWS_PER_PART = 1 << 32


def read_population(path: str | Path, *, bounds: tuple[float, float, float, float] | None = None) -> Population:
    """
    Read people: a GeoTIFF of persons per cell, or a table or layer of points with persons.

    Parameters
    ----------
    path
        A local file.
    bounds
        West, south, east, north [degrees]: only people in it are taken; of a grid, no more is read.

    Raises
    ------
    MissingInputError
        If there is no such file.
    InputError
        If it is of another kind, is damaged, has no coordinate reference system, has cells that cannot be counts of
        people, lies elsewhere than ``bounds``, or holds nobody.
    """
    file = open_input(path, "geotiff", "csv", "xlsx", "geojson", "gpkg")
    if file.kind == "geotiff":
        return read_grid(file, bounds=bounds)
    return _read_points(file, bounds)


def _read_points(file: InputFile, bounds: tuple[float, float, float, float] | None) -> Population:
    parts, findings = read_parts(file, WANTED)
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
    value = record.values.get("persons")
    if is_missing(value):
        return part.finding("bad_row", "finding.persons_missing", record, "persons")
    count = persons_of(value)
    if count is None or not 0 <= count <= MOST_PERSONS:
        return part.finding("bad_row", "finding.persons_bad", record, "persons", found=quoted(value))
    return count


def _registered(part: Part) -> list[Finding]:
    """Registered people are not residents: one in six lives elsewhere."""
    written = part.columns.written.get("persons", "")
    if normal(written) not in REGISTERED:
        return []
    return [part.finding("warning", "finding.persons_registered", columns=quoted(written))]


def _inhabited(everyone: Population, bounds: tuple[float, float, float, float] | None, file: InputFile) -> Population:
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
