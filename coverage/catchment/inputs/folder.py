"""Which file of a folder is the ledger, which the roads, the people, the regions: told by their content."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from catchment.errors import CatchmentError, SettingsError
from catchment.files import InputFile, kind_of
from catchment.inputs import census, population, premises, sites, urban
from catchment.inputs.parts import read_parts
from catchment.inputs.survey import holds_survey
from catchment.inputs.unplaced import PLACED

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from catchment.inputs.headers import Wanted
    from catchment.inputs.records import Part
    from catchment.model import Role

NEEDED: tuple[Role, ...] = ("sites", "roads", "population")


_PEOPLE = re.compile("人口|人数|population|residents|people", re.IGNORECASE)


@dataclass(frozen=True)
class Reading:
    """What the files of a folder were taken for."""

    files: Mapping[Role, Path]
    unused: tuple[Path, ...]
    """Files that are none of what a run reads."""


def recognise(folder: Path) -> Reading:
    """
    Take each file of a folder for what its content says; names and endings mean nothing.

    Parameters
    ----------
    folder
        Its files are looked at, its folders not.

    Raises
    ------
    SettingsError
        If the ledger, the roads or the people are missing, or two files could be the same thing.
    """
    found: dict[Role, list[Path]] = {}
    unused = []
    for path in sorted(folder.iterdir()):
        if not path.is_file() or path.name.startswith((".", "~$")) or _of_shapefile(path):
            continue
        role = role_of(path)
        if role is None:
            unused.append(path)
        else:
            found.setdefault(role, []).append(path)
    for role, paths in found.items():
        if len(paths) > 1:
            names = ", ".join(path.name for path in paths)
            raise SettingsError("error.folder_ambiguous", folder=str(folder), files=names, flag=role)
    missing = [role for role in NEEDED if role not in found]
    if missing:
        raise SettingsError("error.folder_lacks", folder=str(folder), flags=", ".join(f"--{role}" for role in missing))
    return Reading({role: paths[0] for role, paths in found.items()}, tuple(unused))


def _of_shapefile(path: Path) -> bool:
    """It is the table, index or the like of a shapefile beside it, and goes with it."""
    return path.suffix.lower() not in ("", ".shp") and path in InputFile(path.with_suffix(".shp"), "shp").parts()


def role_of(path: Path) -> Role | None:
    """What a file is for, by its content; ``None`` if it is nothing a run reads."""
    kind = kind_of(path)
    if kind is None:
        return None
    if kind.startswith("osm"):
        return "roads"
    if kind == "geotiff":
        return "population"
    file = InputFile(path, kind)
    shapes = _parts(file, urban.WANTED) if kind in ("geojson", "gpkg", "shp", "parquet") else ()
    if _lines(shapes):
        return "roads"
    if _polygons(shapes):
        return "urban" if _all_say(shapes, urban.setting_of) else "regions"
    return None if kind == "shp" else _role_of_table(file)


def _role_of_table(file: InputFile) -> Role | None:
    if _visited(file):
        return "survey"
    people, ledger = _parts(file, population.WANTED), _parts(file, sites.WANTED)
    # A village table has names and people; a ledger that also counts people has types or addresses.
    described = any(part.columns.index.keys() & {"type", "status", "address"} for part in ledger)
    if people and not described:
        return "population"
    if ledger:
        if file.kind == "csv" and _is_placed(file):
            return "located"
        return "premises" if _of_premises(file, ledger) else "sites"
    counts = _parts(file, census.WANTED) if file.kind in ("csv", "xlsx") else ()
    # A bare total may count anything: the plan's table of targets has one too.
    return "census" if any(_PEOPLE.search(part.columns.written["people"]) for part in counts) else None


def _visited(file: InputFile) -> bool:
    """It is a report whose table of site visits is filled in or may be: it lists sites as well, but is no ledger."""
    try:
        return file.kind == "xlsx" and holds_survey(file)
    except CatchmentError:
        return False


def _of_premises(file: InputFile, ledger: Sequence[Part]) -> bool:
    """It tells what only premises have; a ledger may do so too, but says whether its sites are open."""
    told = ("area", "ownership", "way", "honours", "single_building", "proposed_by")
    found = {field for part in _parts(file, premises.WANTED) for field in told if field in part.columns.index}
    return len(found) >= 3 and not any("status" in part.columns.index for part in ledger)


def _is_placed(file: InputFile) -> bool:
    """Whether a table is what the page of ``catchment locate`` saves: its columns say how each row was placed."""
    return any(part.columns.index.keys() >= {"row", "how", "by"} for part in _parts(file, PLACED))


def _parts(file: InputFile, wanted: Wanted) -> Sequence[Part]:
    try:
        return read_parts(file, wanted)[0]
    except CatchmentError:
        return ()


def _polygons(parts: Sequence[Part]) -> bool:
    return bool(_shape_types(parts) & {"Polygon", "MultiPolygon"})


def _lines(parts: Sequence[Part]) -> bool:
    """Nothing but lines."""
    types = _shape_types(parts)
    return bool(types) and types <= {"LineString", "MultiLineString"}


def _shape_types(parts: Sequence[Part]) -> set[str]:
    return {record.geometry.geom_type for part in parts for record in part.records if record.geometry is not None}


def _all_say(parts: Sequence[Part], setting_of: Callable[[str], str]) -> bool:
    """Every outline says whether it is city, town or country."""
    texts = [record.text("setting") for part in parts for record in part.records]
    return bool(texts) and all(map(setting_of, texts))
