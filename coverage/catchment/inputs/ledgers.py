"""Which files a ledger is: one, the tables of a folder, or those that a pattern names."""

from __future__ import annotations

import glob
import hashlib
from pathlib import Path

from catchment.errors import InputError, MissingInputError
from catchment.files import Kind, kind_of, open_input, refuse_remote

TABLES: tuple[Kind, ...] = ("csv", "xlsx", "xls")
KINDS: tuple[Kind, ...] = (*TABLES, "geojson", "gpkg", "parquet")
"""What a ledger may be."""

_MOST_FILES = 2000


def ledger_files(path: str | Path) -> tuple[Path, ...]:
    """
    The files of a ledger in the order of their names.

    A folder means the tables (CSV, XLSX, XLS) that lie in it, not those in folders below; a pattern (``*``, ``?``,
    ``[...]``) means what it names. What spreadsheet programs leave beside an open file (``~$``) is no ledger.

    Parameters
    ----------
    path
        A file, a folder or a pattern.

    Raises
    ------
    MissingInputError
        If there is nothing.
    InputError
        If it is no local path, or names more than 2,000 files.
    """
    refuse_remote(path)
    local = Path(path)
    if local.is_file():
        return (local,)
    if local.is_dir():
        found = [file for file in local.iterdir() if file.is_file() and kind_of(file) in TABLES]
    else:
        found = [Path(name) for name in glob.glob(str(local)) if Path(name).is_file()]  # noqa: PTH207 - a whole path
    files = sorted(file for file in found if not file.name.startswith(("~$", ".")))
    if not files:
        raise MissingInputError("error.missing_file", file=str(path))
    if len(files) > _MOST_FILES:
        raise InputError("error.too_many_ledgers", file=str(path), count=len(files), most=_MOST_FILES)
    return tuple(files)


def ledger_sha256(path: str | Path) -> str:
    """Checksum of a ledger: of its bytes; of several files, of their names and checksums in order of name."""
    files = ledger_files(path)
    sums = [(open_input(file, *KINDS).sha256(), file.name) for file in files]
    if Path(path).is_file():
        return sums[0][0]
    return hashlib.sha256("".join(f"{checksum}  {name}\n" for checksum, name in sums).encode()).hexdigest()
