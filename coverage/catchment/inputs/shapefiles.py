"""The files of a shapefile as one archive in memory, and in which encoding its texts are."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

from catchment.errors import InputError, MissingInputError
from catchment.files import shapefile_parts
from catchment.inputs.tables import LARGEST_FILE_BYTES

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Literal

    from catchment.files import InputFile

LAYER = "shapefile"
"""Name of the layer: GDAL gets no name of the planner's."""

_NEEDED = (".shp", ".shx", ".dbf")


def shapefile_archive(file: InputFile) -> bytes:
    """
    A zip of the shapes, their attributes and their coordinate reference system, and of nothing else beside them.

    Raises
    ------
    MissingInputError
        If the .shx or the .dbf is not there.
    InputError
        If a file is too big.
    """
    parts = shapefile_parts(file.path)
    for ending in _NEEDED:
        if ending not in parts:
            raise MissingInputError("error.missing_file", file=str(file.path.with_suffix(ending)))
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as zipped:
        for ending in (*_NEEDED, ".prj"):
            if ending in parts:
                zipped.writestr(f"{LAYER}{ending}", _content(parts[ending]))
    return archive.getvalue()


def _content(path: Path) -> bytes:
    if path.stat().st_size > LARGEST_FILE_BYTES:
        raise InputError("error.file_too_big", file=path.name, limit_mb=LARGEST_FILE_BYTES // 1_000_000)
    return path.read_bytes()


def shapefile_encoding(file: InputFile) -> Literal["utf-8", "gb18030"]:
    """
    What the .cpg says, else what the bytes of the .dbf are; Chinese ones without a .cpg are mostly GB18030.

    The .dbf must be there, as ``shapefile_archive`` makes sure.
    """
    parts = shapefile_parts(file.path)
    stated = parts[".cpg"].read_text(encoding="ascii", errors="ignore").upper() if ".cpg" in parts else ""
    if "UTF" in stated:
        return "utf-8"
    if any(name in stated for name in ("GB", "936")):
        return "gb18030"
    try:
        _texts(_content(parts[".dbf"])).decode("utf-8")
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8"


def _texts(table: bytes) -> bytes:
    """
    The names and values of a dBASE table, without the binary bytes of its header.

    A header is 32 bytes, then 32 for each field, of which the first 11 are its name; bytes 8 and 9 say where it ends.
    """
    end = int.from_bytes(table[8:10], "little")
    names = b"".join(table[start : start + 11].split(b"\x00")[0] for start in range(32, end - 1, 32))
    return names + b"\n" + table[end:]
