"""A Shapefile as one package of bytes, and the encoding of its texts."""

from __future__ import annotations

import codecs
import io
import zipfile
from typing import TYPE_CHECKING

from catchment.errors import InputError, MissingInputError
from catchment.inputs.tables import LARGEST_FILE_BYTES

if TYPE_CHECKING:
    from catchment.files import InputFile

LAYER = "shapefile"
"""Name of the layer: GDAL gets no name of the planner's."""

# What ArcGIS and QGIS write into a .cpg, where Python calls it otherwise.
_CODE_PAGES = {"936": "gb18030", "gbk": "gb18030", "gb2312": "gb18030", "54936": "gb18030", "65001": "utf-8"}


def packed_shapefile(file: InputFile) -> bytes:
    """
    Its files as an archive in memory: GDAL sees these and no other file beside them.

    Raises
    ------
    MissingInputError
        If the table or the index is missing.
    InputError
        If it is too large.
    """
    parts = file.parts()
    suffixes = {part.suffix.lower() for part in parts}
    missing = [suffix for suffix in (".dbf", ".shx") if suffix not in suffixes]
    if missing:
        raise MissingInputError("error.shapefile_parts", file=file.path.name, missing=", ".join(missing))
    if sum(part.stat().st_size for part in parts) > LARGEST_FILE_BYTES:
        raise InputError("error.file_too_big", file=file.path.name, limit_mb=LARGEST_FILE_BYTES // 1_000_000)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for part in parts:
            # Stated apart, and differently by every program: GDAL is told the encoding instead.
            if part.suffix.lower() != ".cpg":
                archive.writestr(f"{LAYER}{part.suffix.lower()}", part.read_bytes())
    return packed.getvalue()


def shapefile_encoding(file: InputFile) -> str:
    """The encoding its .cpg names; without one UTF-8 if the table reads so, else GB18030, which holds GBK."""
    parts = {part.suffix.lower(): part for part in file.parts()}
    if ".cpg" in parts:
        stated = parts[".cpg"].read_text(encoding="ascii", errors="ignore").strip().lower().removeprefix("cp")
        try:
            return codecs.lookup(_CODE_PAGES.get(stated, stated)).name
        except LookupError:
            pass
    text = _text_of_table(parts[".dbf"].read_bytes()).decode("utf-8", "replace")
    # A letter cut at the width of its column is one in a row; in GBK hardly any pair of bytes is a letter of UTF-8.
    foreign = sum(map(text.count, {letter for letter in set(text) if letter > "\x7f"}))
    return "utf-8" if text.count("\ufffd") * 4 <= foreign else "gb18030"


def _text_of_table(table: bytes) -> bytes:
    """Names and values of a dBASE table, without the marks of its header, which are no text."""
    header = int.from_bytes(table[8:10], "little")
    fields = [table[at : at + 32] for at in range(32, header - 31, 32)]
    names = b" ".join(field[:11].split(b"\0")[0] for field in fields)
    return names + b" " + table[header:].rstrip(b"\x1a")
