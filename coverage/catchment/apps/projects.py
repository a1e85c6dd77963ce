"""The project a choice belongs to, where nobody names it: the only one in sight."""

from __future__ import annotations

import tomllib
from pathlib import Path

from catchment.errors import SettingsError

LARGEST_PROJECT_BYTES = 1_000_000


def read_project_near(choice: Path) -> Path:
    """
    The one project file in the folder of a choice file or in the working folder.

    Parameters
    ----------
    choice
        The choice file.

    Raises
    ------
    SettingsError
        If there is none, or more than one.
    """
    folders = list(dict.fromkeys(folder.resolve() for folder in (choice.parent, Path())))
    found = [path for folder in folders for path in sorted(folder.glob("*.toml")) if _is_project(path)]
    if len(found) != 1:
        raise SettingsError(
            "error.project_which",
            folders=", ".join(map(str, folders)),
            count=len(found),
            files=", ".join(path.name for path in found[:10]) or "-",
            choice=choice.name,
        )
    return found[0]


def _is_project(path: Path) -> bool:
    """A project says which ledger it reads; other TOML files of a folder do not."""
    try:
        if path.stat().st_size > LARGEST_PROJECT_BYTES:
            return False
        inputs = tomllib.loads(path.read_bytes().decode("utf-8-sig")).get("inputs")
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(inputs, dict) and "sites" in inputs
