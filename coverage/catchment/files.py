"""The two doors: ``open_input`` says what may be read, ``atomic_output`` and ``run_folder`` how anything is written."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import zipfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from catchment.errors import InputError, MissingInputError, OutputError, SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator

Kind = Literal["csv", "xlsx", "geojson", "gpkg", "geotiff", "osm.pbf", "osm", "osm.gz", "osm.bz2"]

# GDAL chooses a driver by content and some drivers read other files or call the network. Two fences: the magic bytes
# below, and no virtual driver at all. GDAL reads these once, when pyogrio or rasterio is imported; setting them
# later has no effect, and this module is imported before either.
os.environ.setdefault("OGR_SKIP", "VRT,OGR_VRT,WFS,OAPIF,CSW,Elasticsearch,Carto,AmigoCloud,NGW,PLSCENES,GMLAS")
os.environ.setdefault("GDAL_SKIP", "VRT,WCS,WMS,WMTS,OGCAPI,HTTP,STACIT,STACTA,PLMosaic,EEDA,EEDAI,GTI")

_LARGEST_SHEET_CELLS = 20_000_000
_LARGEST_UNFOLDED_BYTES = 2_000_000_000
_CELL = re.compile(rb'<c r="([A-Z]+)(\d+)"')


@dataclass(frozen=True)
class InputFile:
    """A local file whose first bytes are what they should be."""

    path: Path
    kind: Kind

    def sha256(self) -> str:
        """Checksum of the bytes, in hexadecimal."""
        with self.path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()


def open_input(path: str | Path, *kinds: Kind) -> InputFile:
    """
    Check that a file may be read: local, there, and of one of the kinds asked for by its content.

    Raises
    ------
    MissingInputError
        If there is no such file.
    InputError
        If the address is not a local file, or its content is none of ``kinds``.
    """
    text = str(path)
    if "://" in text or text.startswith(("/vsi", "\\\\", "//")):
        raise InputError("error.not_local", file=text)
    local = Path(path)
    if not local.is_file():
        raise MissingInputError("error.missing_file", file=text)
    kind = kind_of(local)
    if kind not in kinds:
        raise InputError("error.wrong_kind", file=local.name, found=kind or "?", expected=", ".join(kinds))
    if kind == "xlsx":
        _refuse_absurd_workbook(local)
    return InputFile(local, kind)


def kind_of(path: Path) -> Kind | None:
    """What the first bytes of a file are, whatever its name says; ``None`` if nothing known."""
    with path.open("rb") as stream:
        head = stream.read(4096)
    if head[4:16].endswith(b"OSMHeader") or b"OSMHeader" in head[:24]:
        return "osm.pbf"
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    body = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if body.startswith(b"<"):
        return "osm" if b"<osm" in head else None
    if body.startswith(b"{"):
        return "geojson"
    wide = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    return "csv" if body and (wide or b"\x00" not in head) else None


_MAGIC: tuple[tuple[bytes, Kind], ...] = (
    (b"PK\x03\x04", "xlsx"),
    (b"SQLite format 3\x00", "gpkg"),
    (b"II*\x00", "geotiff"),
    (b"MM\x00*", "geotiff"),
    (b"II+\x00", "geotiff"),
    (b"MM\x00+", "geotiff"),
    (b"\x1f\x8b", "osm.gz"),
    (b"BZh", "osm.bz2"),
)


def _refuse_absurd_workbook(path: Path) -> None:
    """A 5 kB workbook can claim 17 billion cells: look at the zip's directory and the cell names first."""
    try:
        with zipfile.ZipFile(path) as book:
            if sum(member.file_size for member in book.infolist()) > _LARGEST_UNFOLDED_BYTES:
                raise InputError("error.workbook_too_big", file=path.name)
            if "xl/workbook.xml" not in book.namelist():
                raise InputError("error.wrong_kind", file=path.name, found="zip", expected="xlsx")
            for member in book.namelist():
                if member.startswith("xl/worksheets/") and _claimed_cells(book, member) > _LARGEST_SHEET_CELLS:
                    raise InputError("error.workbook_too_big", file=path.name)
    except zipfile.BadZipFile as problem:
        raise InputError("error.unreadable", file=path.name, reason=str(problem)) from problem


def _claimed_cells(book: zipfile.ZipFile, member: str) -> int:
    """Rows times columns of the corner that the cells of a sheet claim to reach."""
    rows = columns = 0
    tail = b""
    with book.open(member) as stream:
        while block := stream.read(1 << 20):
            for column, row in _CELL.findall(tail + block):
                rows, columns = max(rows, int(row)), max(columns, _column_number(column))
            tail = block[-32:]
    return rows * columns


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


@contextmanager
def atomic_output(path: Path) -> Iterator[Path]:
    """
    A temporary file beside ``path`` that takes its place when the block ends well.

    Examples
    --------
    >>> import tempfile
    >>> target = Path(tempfile.mkdtemp(), "note.txt")
    >>> with atomic_output(target) as draft:
    ...     _ = draft.write_text("whole")
    >>> target.read_text()
    'whole'
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        yield draft
        _flush(draft)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _flush(path: Path) -> None:
    # r+b: Windows flushes only a file that is open for writing.
    with path.open("r+b") as stream:
        os.fsync(stream.fileno())


@contextmanager
def run_folder(target: Path) -> Iterator[Path]:
    """
    A new folder beside ``target`` that is swapped in when the block ends well.

    The old results stay whole until the new ones are whole. What the planner put into the folder himself is carried
    over; a folder that holds files but no ``run.json`` is not ours and is refused.

    Raises
    ------
    SettingsError
        If ``target`` is a file, or a folder with other contents.
    OutputError
        If the folder cannot be written, or a file in it is open in another program; in that case the new results
        stay beside it and the message names them.
    """
    old = target.with_name(f".{target.name}.old")
    new = target.with_name(f"{target.name}.new")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _finish_interrupted_swap(target, old)
        _refuse_foreign_folder(target)
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir()
    except OSError as problem:
        if isinstance(problem, OutputError):
            raise
        raise OutputError("error.cannot_write", folder=str(target), reason=str(problem)) from problem
    try:
        yield new
        for file in new.rglob("*"):
            if file.is_file():
                _flush(file)
    except BaseException:
        shutil.rmtree(new, ignore_errors=True)
        raise
    try:
        if target.exists():
            target.replace(old)
        new.replace(target)
        _finish_interrupted_swap(target, old)
    except OSError as problem:
        if old.exists() and not target.exists():
            old.replace(target)
        raise OutputError("error.output_open", folder=str(target), kept=str(new)) from problem


def _finish_interrupted_swap(target: Path, old: Path) -> None:
    """Put back what a killed run had moved aside, or carry over the planner's own files and drop the rest."""
    if not old.exists():
        return
    if not target.exists():
        old.replace(target)
        return
    ours = _names_of_run(old)
    for entry in sorted(old.iterdir()):
        if entry.name not in ours and not (target / entry.name).exists():
            entry.replace(target / entry.name)
    shutil.rmtree(old)


def _names_of_run(folder: Path) -> set[str]:
    import json  # noqa: PLC0415 - only needed when a folder is replaced

    record = folder / "run.json"
    if not record.is_file():
        return set()
    return {"run.json", "run.log", *json.loads(record.read_text(encoding="utf-8")).get("outputs", {}).values()}


def _refuse_foreign_folder(target: Path) -> None:
    if target.is_file():
        raise SettingsError("error.output_is_file", folder=str(target))
    if not target.is_dir() or (target / "run.json").is_file():
        return
    if any(entry.name != "inputs" for entry in target.iterdir()):
        raise SettingsError("error.output_not_ours", folder=str(target))
