"""Parsed streets kept on disk: plain arrays with a JSON header, never pickles."""

from __future__ import annotations

import datetime as dt
import json
import logging
import zipfile
from dataclasses import fields
from typing import TYPE_CHECKING

import numpy as np

from catchment.files import atomic_output
from catchment.model import Streets

if TYPE_CHECKING:
    from pathlib import Path

log = logging.getLogger(__name__)

SCHEMA = "catchment.streets/2"
_TABLES = ("names", "bounds", "oddities", "snapshot")
_ARRAYS = tuple(field.name for field in fields(Streets) if field.name not in _TABLES)


def cached_streets(folder: Path, sha256: str) -> Path:
    """Where the streets of a road file with this checksum are kept; another schema is another file."""
    return folder / f"streets-{SCHEMA.rpartition('/')[2]}-{sha256[:40]}.npz"


def write_cached(streets: Streets, path: Path) -> None:
    """Keep streets. A cache that cannot be written costs time, not the run: it is said in the log."""
    header = {
        "schema": SCHEMA,
        "names": streets.names,
        "bounds": streets.bounds,
        "oddities": dict(streets.oddities),
        "snapshot": streets.snapshot and streets.snapshot.isoformat(),
    }
    text = np.frombuffer(json.dumps(header, ensure_ascii=False).encode(), np.uint8)
    arrays = {name: getattr(streets, name) for name in _ARRAYS}
    try:
        with atomic_output(path) as draft, draft.open("wb") as stream:
            np.savez(stream, header=text, **arrays)
    except OSError as problem:
        log.warning("streets not cached in %s: %s", path.parent, problem)


def read_cached(path: Path) -> Streets | None:
    """Streets kept before, or ``None`` if there are none or the file is damaged (zip checksums tell)."""
    if not path.is_file():
        return None
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as kept:
            header = json.loads(kept["header"].tobytes())
            arrays = {name: kept[name] for name in _ARRAYS}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as problem:
        log.warning("damaged cache %s is read anew: %s", path.name, problem)
        return None
    return Streets(
        **arrays,
        names=tuple(header["names"]),
        bounds=tuple(header["bounds"]),
        oddities=header["oddities"],
        snapshot=header["snapshot"] and dt.date.fromisoformat(header["snapshot"]),
    )
