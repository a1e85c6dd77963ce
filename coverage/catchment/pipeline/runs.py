"""A run or a project as somebody names it: a folder of results, or a project file."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from catchment.config import read_settings, settings_of
from catchment.errors import InputError
from catchment.files import open_input

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from catchment.config import Settings
    from catchment.model import Source

RECORD = "run.json"

LARGEST_RECORD_BYTES = 50_000_000
"""A run of a prefecture with a finding in every row takes a tenth of this."""


@dataclass(frozen=True)
class NamedRun:
    """The settings of a run, and what its files were when it was made."""

    settings: Settings
    checksums: Mapping[str, str]
    """sha256 by role; empty for a project file, which records none."""
    record: Mapping[str, Any] = field(default_factory=dict)
    """``run.json`` as it stands; empty for a project file."""

    def changed(self, sources: tuple[Source, ...]) -> list[str]:
        """Roles of the files that are other ones now."""
        now = {str(source.role): source.sha256 for source in sources}
        return [role for role, checksum in self.checksums.items() if now.get(role) != checksum]


def read_run(path: Path) -> NamedRun:
    """
    The settings of a folder of results, by its ``run.json``, or of a project file.

    Raises
    ------
    MissingInputError
        If there is no such file, or the folder has no ``run.json``.
    InputError
        If the record is none of ours, or is of a run for the public, which names no files.
    SettingsError
        If the settings cannot be used.
    """
    if not path.is_dir() and path.name != RECORD:
        return NamedRun(read_settings(path), {})
    folder = path if path.is_dir() else path.parent
    record = _record(folder / RECORD)
    settings, inputs = record["settings"], record["inputs"]
    if not settings.get("inputs"):
        raise InputError("error.run_public", file=str(folder / RECORD))
    known = {key: value for key, value in settings.items() if value is not None}
    known["inputs"] = {role: name for role, name in settings["inputs"].items() if name}
    checksums = {str(source["role"]): str(source["sha256"]) for source in inputs}
    return NamedRun(settings_of(known, file=str(folder / RECORD), folder=folder), checksums, record)


def _record(path: Path) -> dict[str, Any]:
    # By its first bytes, so this is any JSON object.
    file = open_input(path, "geojson")
    if file.path.stat().st_size > LARGEST_RECORD_BYTES:
        raise InputError("error.file_too_big", file=str(path), limit_mb=LARGEST_RECORD_BYTES // 1_000_000)
    try:
        record: Any = json.loads(file.path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as problem:
        raise InputError("error.run_record", file=str(path)) from problem
    if not _is_record(record):
        raise InputError("error.run_record", file=str(path))
    return dict(record)


def _is_record(record: Any) -> bool:
    """Of this program, with settings and the checksum of every input."""
    if not isinstance(record, dict) or record.get("schema") != "catchment.run/1":
        return False
    settings, sources = record.get("settings"), record.get("inputs")
    if not isinstance(settings, dict) or not isinstance(settings.get("inputs"), dict) or not isinstance(sources, list):
        return False
    return all(isinstance(source, dict) and {"role", "sha256"} <= source.keys() for source in sources)
