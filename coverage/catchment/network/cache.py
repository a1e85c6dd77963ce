"""Parsed streets kept on disk."""

from __future__ import annotations

import datetime as dt
from dataclasses import fields
from typing import TYPE_CHECKING

from catchment.kept import kept_file, read_kept, write_kept
from catchment.model import Streets

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA = "catchment.streets/2"
_TABLES = ("names", "bounds", "oddities", "snapshot")
_ARRAYS = tuple(field.name for field in fields(Streets) if field.name not in _TABLES)


def cached_streets(folder: Path, sha256: str) -> Path:
    """Where the streets of a road file with this checksum are kept."""
    return kept_file(folder, SCHEMA, sha256)


def write_cached(streets: Streets, path: Path) -> None:
    """Keep streets."""
    header = {
        "schema": SCHEMA,
        "names": streets.names,
        "bounds": streets.bounds,
        "oddities": dict(streets.oddities),
        "snapshot": streets.snapshot and streets.snapshot.isoformat(),
    }
    write_kept(path, header, {name: getattr(streets, name) for name in _ARRAYS})


def read_cached(path: Path) -> Streets | None:
    """Streets kept before, or ``None``."""
    kept = read_kept(path, _ARRAYS)
    if kept is None:
        return None
    header, arrays = kept
    return Streets(
        **arrays,
        names=tuple(header["names"]),
        bounds=tuple(header["bounds"]),
        oddities=header["oddities"],
        snapshot=header["snapshot"] and dt.date.fromisoformat(header["snapshot"]),
    )
