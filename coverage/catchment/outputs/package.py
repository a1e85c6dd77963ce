"""The GeoPackage: the layers of ``features`` in one file, with styles for QGIS and what a reader must know of it."""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

import pandas as pd

from catchment.errors import OutputError
from catchment.files import without_virtual_drivers
from catchment.model import UNITS_PER_PERSON
from catchment.outputs.features import CODE_WORDS, COLUMN_WORDS, layers
from catchment.outputs.payload import file_name
from catchment.outputs.qgis import layer_style
from catchment.outputs.record import library_versions
from catchment.outputs.style import CAUSES, printable, review_text, standard_line, standard_notes, title_text
from catchment.words import say

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from catchment.model import Run
    from catchment.outputs.features import Layer

GEOMETRY_COLUMN = "geom"

# GeoPackage 1.2.1, annex F.9 (Schema), clause 2.3.2 and 2.3.3.
_SCHEMA_TABLES = """
CREATE TABLE gpkg_data_columns (
  table_name TEXT NOT NULL, column_name TEXT NOT NULL, name TEXT, title TEXT, description TEXT, mime_type TEXT,
  constraint_name TEXT, CONSTRAINT pk_gdc PRIMARY KEY (table_name, column_name),
  CONSTRAINT gdc_tn UNIQUE (table_name, name));
CREATE TABLE gpkg_data_column_constraints (
  constraint_name TEXT NOT NULL, constraint_type TEXT NOT NULL, value TEXT, min NUMERIC, min_is_inclusive BOOLEAN,
  max NUMERIC, max_is_inclusive BOOLEAN, description TEXT,
  CONSTRAINT gdcc_ntv UNIQUE (constraint_name, constraint_type, value));
"""
_SCHEMA_EXTENSION = "http://www.geopackage.org/spec121/#extension_schema"
# As QGIS makes it, without the clock.
_STYLE_TABLE = """
CREATE TABLE layer_styles (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT(256), f_table_schema TEXT(256),
  f_table_name TEXT(256), f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, styleSLD TEXT,
  useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30), update_time DATETIME);
"""
_TITLES = {
    "sites": "page.tab_sites",
    "suggestions": "page.tab_suggestions",
    "regions": "page.tab_regions",
    "people": "page.residents",
    "uncovered": "page.uncovered",
    "areas": "page.areas",
    "split": "package.split_name",
    "water": "page.water",
    "waterways": "package.waterways_title",
    "streets": "page.streets",
    "joins": "package.joins_title",
    "about": "page.notes",
}


def write_package(run: Run, path: Path) -> None:
    """
    Write the GeoPackage: all ``layers`` of the run and a table ``about``, in WGS84.

    Tables and columns have English codes; their names in the language of the run stand in ``gpkg_contents`` and in
    the schema extension, and QGIS shows those. QGIS finds its styles in ``layer_styles``. The same run gives the same
    bytes.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    made = layers(run)
    try:
        path.unlink(missing_ok=True)
        _write_tables(path, made, about_table(run), run.date)
        with closing(sqlite3.connect(path)) as book:
            _name_columns(book, run, made)
            _describe(book, run, [*(layer.name for layer in made), "about"])
            _add_styles(book, run, made)
            book.commit()
    except (OSError, RuntimeError, sqlite3.Error) as problem:  # pyogrio's errors are RuntimeErrors
        raise OutputError("error.cannot_write", folder=str(path), reason=str(problem)) from problem


def about_table(run: Run) -> pd.DataFrame:
    """
    What a reader must know, a row for each fact: columns ``section, key, label, value``, all text.

    People are exact, in persons.
    """
    return pd.DataFrame(_facts(run), columns=["section", "key", "label", "value"])


def _facts(run: Run) -> Iterator[tuple[str, str, str, str]]:
    language, totals = run.language, run.totals
    yield "run", "title", say("package.title", language), title_text(run, language)
    yield "run", "name", say("book.name", language), printable(run.name)
    yield "run", "date", say("book.date", language), run.date.isoformat()
    yield "run", "review", say("package.review", language), review_text(run, language)
    if run.synthetic:
        yield "run", "synthetic", say("page.notes", language), say("page.synthetic", language)
    yield "run", "standard", say("package.standard", language), standard_line(run.standard, language)
    for number, note in enumerate(standard_notes(run, language), 1):
        yield "run", f"standard_note_{number}", say("page.notes", language), note
    yield "run", "doubt_note", say("page.notes", language), say("page.doubt_note", language)
    people = {"people": "page.residents", "covered": "page.covered", "uncovered": "page.uncovered"}
    units = {"people": totals.people, "covered": totals.covered, "uncovered": totals.uncovered}
    units |= {cause.name.lower(): totals.uncovered_by_cause[cause] for cause in CAUSES}
    people |= {cause.name.lower(): f"cause.{cause.name.lower()}" for cause in CAUSES}
    for key, word in people.items():
        yield "totals", key, say(word, language), _persons(units[key])
    for source in run.sources:
        role = say(f"page.role_{source.role}", language)
        facts = {
            "file": file_name(source.path),
            "date": source.date.isoformat() if source.date else "",
            "attribution": source.attribution,
            "licence": source.licence,
        }
        for key, value in facts.items():
            label = say("package.of_source", language, role=role, fact=say(f"book.{key}", language))
            yield "sources", f"{source.role}_{key}", label, printable(value)
        yield "sources", f"{source.role}_sha256", f"{role} sha256", source.sha256
    for library, version in library_versions().items():
        yield "versions", library, library, version


def _persons(units: int) -> str:
    """
    Units as persons, exactly: a 1024th has at most ten decimals.

    Examples
    --------
    >>> _persons(2048), _persons(1025)
    ('2', '1.0009765625')
    """
    whole, rest = divmod(units, UNITS_PER_PERSON)
    return f"{whole}" + f"{rest / UNITS_PER_PERSON:.10f}"[1:].rstrip("0").rstrip(".")


def _write_tables(path: Path, made: Sequence[Layer], about: pd.DataFrame, date: dt.date) -> None:
    with without_virtual_drivers():
        import pyogrio  # noqa: PLC0415 - GDAL must start inside the fence

    with _dated(pyogrio, date):
        for layer in made:
            pyogrio.write_dataframe(
                layer.frame,
                path,
                layer=layer.name,
                driver="GPKG",
                geometry_type=layer.geometry_type,
                layer_options={"GEOMETRY_NAME": GEOMETRY_COLUMN},
                use_arrow=True,
            )
        pyogrio.write_dataframe(about, path, layer="about", driver="GPKG")


@contextmanager
def _dated(pyogrio: Any, date: dt.date) -> Iterator[None]:
    """While this holds, GDAL takes the run's date for today's."""
    before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": _moment(date)})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})


def _moment(date: dt.date) -> str:
    return f"{date.isoformat()}T00:00:00.000Z"


def _name_columns(book: sqlite3.Connection, run: Run, made: Sequence[Layer]) -> None:
    """Names of columns and meanings of codes in the language of the run, by the schema extension."""
    book.executescript(_SCHEMA_TABLES)
    tables = ("gpkg_data_columns", "gpkg_data_column_constraints")
    rows = [(table, "gpkg_schema", _SCHEMA_EXTENSION, "read-write") for table in tables]
    book.executemany("INSERT INTO gpkg_extensions VALUES (?, NULL, ?, ?, ?)", rows)
    for column, codes in CODE_WORDS.items():
        enum = [(column, "enum", code, say(word, run.language)) for code, word in codes.items()]
        insert = "INSERT INTO gpkg_data_column_constraints VALUES (?, ?, ?, NULL, NULL, NULL, NULL, ?)"
        book.executemany(insert, enum)
    for layer in made:
        for column in layer.frame.columns.drop("geometry"):
            name = say(COLUMN_WORDS[column], run.language)
            constraint = column if column in CODE_WORDS else None
            row = (layer.name, column, name, name, constraint)
            book.execute("INSERT INTO gpkg_data_columns VALUES (?, ?, ?, ?, NULL, NULL, ?)", row)


def _describe(book: sqlite3.Connection, run: Run, tables: Sequence[str]) -> None:
    for table in tables:
        title, text = say(_TITLES[table], run.language), say(f"package.{table}", run.language)
        row = (title, text, table)
        book.execute("UPDATE gpkg_contents SET identifier = ?, description = ? WHERE table_name = ?", row)


def _add_styles(book: sqlite3.Connection, run: Run, made: Sequence[Layer]) -> None:
    book.executescript(_STYLE_TABLE)
    book.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change, srs_id)"
        " VALUES ('layer_styles', 'attributes', 'layer_styles', '', ?, 0)",
        (_moment(run.date),),
    )
    for layer in made:
        name = say(_TITLES[layer.name], run.language)
        row = (layer.name, GEOMETRY_COLUMN, name, layer_style(run, layer.name), name, _moment(run.date))
        book.execute(
            "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName,"
            " styleQML, styleSLD, useAsDefault, description, owner, ui, update_time)"
            " VALUES ('', '', ?, ?, ?, ?, '', 1, ?, 'catchment', NULL, ?)",
            row,
        )
