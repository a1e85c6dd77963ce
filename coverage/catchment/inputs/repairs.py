"""A row whose coordinates are no plain degrees: the texts that would mend it, or the question that must be asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from catchment.inputs.cells import is_missing, quoted
from catchment.inputs.coordinates import Meaning, meaning, pair_meaning, proposed_texts
from catchment.inputs.places import Place
from catchment.inputs.tables import cell_name
from catchment.model import Finding, Repair
from catchment.words import Phrases

if TYPE_CHECKING:
    from collections.abc import Sequence

    from catchment.geo.grids import Grid
    from catchment.inputs.records import Part, Record
    from catchment.model import RepairWord


@dataclass(frozen=True)
class Mended:
    """Where a row stands if its cells are read as proposed."""

    place: Place
    repairs: tuple[Repair, ...]
    """One for each cell that would change; not applied."""


def mended(part: Part, record: Record, problem: Finding, *, grid: Grid | None = None) -> Mended | Finding:
    """
    The place that the cells of a bad row mean, with a proposal for each cell; else the finding, perhaps a question.

    Parameters
    ----------
    part
        A sheet; the shapes of a map file are not mended.
    record
        A row without a usable place.
    problem
        What is wrong with it.
    grid
        What metres without a zone are.
    """
    if part.spatial:
        return problem
    names = ("lon", "lat") if {"lon", "lat"} <= set(part.columns.index) else ("pair", "pair")
    cells = [record.values.get(name) for name in names]
    if all(map(is_missing, cells)):
        return problem
    found = pair_meaning(cells[0], grid=grid) if names[0] == "pair" else meaning(cells[0], cells[1], grid=grid)
    if isinstance(found, str):
        return part.finding("bad_row", found, record, names[0], found=", ".join(dict.fromkeys(map(quoted, cells))))
    if found is None or not any(found.words):
        return problem
    return Mended(Place(found.lon, found.lat, step=found.step, of_grid=bool(found.epsg)), _repairs(part, record, found))


def _repairs(part: Part, record: Record, found: Meaning) -> tuple[Repair, ...]:
    lon, lat = proposed_texts(found)
    if "lon" not in part.columns.index or "lat" not in part.columns.index:
        word = next(word for word in found.words if word)
        return (_repair(part, record, "pair", f"{lon},{lat}", word, epsg=found.epsg),)
    cells = zip(("lon", "lat"), (lon, lat), found.words, strict=True)
    return tuple(_repair(part, record, name, text, word, epsg=found.epsg) for name, text, word in cells if word)


def _repair(part: Part, record: Record, name: str, proposed: str, word: RepairWord, *, epsg: int) -> Repair:
    cell = cell_name(record.row, part.columns.index[name])
    found = quoted(record.values.get(name))
    facts: dict[str, str | int | float] = {"cell": cell, "found": found, "proposed": proposed}
    if epsg:
        facts["epsg"] = epsg
    column = part.columns.written[name]
    return Repair(part.file, part.sheet, record.row, column, cell, name, found, proposed, word, facts)


def repair_finding(repairs: Sequence[Repair], *, applied: bool) -> Finding:
    """What is said about a row with proposals: a bad row, or a note if they were applied."""
    first = repairs[0]
    cells = ", ".join(repair.cell for repair in repairs)
    facts: dict[str, str | int | float | Phrases] = {
        "cell": cells,
        "reasons": Phrases(tuple((repair.word, repair.facts) for repair in repairs)),
    }
    if applied:
        return Finding("note", "finding.repaired", facts, first.file, first.sheet, first.row, first.column)
    if first.word == "repair.swapped":
        facts["found"] = first.found
        return Finding("bad_row", "finding.coordinate_swapped", facts, first.file, first.sheet, first.row, first.column)
    return Finding("bad_row", "finding.repair_proposed", facts, first.file, first.sheet, first.row, first.column)
