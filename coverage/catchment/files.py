"""The two doors: ``open_input`` says what may be read, ``atomic_output`` and ``run_folder`` how anything is written."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import zipfile
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from catchment.errors import CatchmentError, InputError, MissingInputError, OutputError, SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator

Kind = Literal[
    "csv", "xlsx", "xls", "geojson", "gpkg", "shp", "gdb", "parquet", "geotiff", "osm.pbf", "osm", "osm.gz", "osm.bz2"
]

_VIRTUAL_DRIVERS = "OGR_VRT,WFS,OAPIF,OGCAPI,CSW,Elasticsearch,Carto,AmigoCloud,NGW,PLSCENES,EEDA,HTTP,GDALG"

# http://, or http:/ once a Path has folded the slashes; a drive of Windows has one letter only.
_ADDRESS = re.compile(r"(^|[\\/])[A-Za-z][A-Za-z0-9+.-]+:[\\/]")

_SHP_SUFFIXES = (".shp", ".shx", ".dbf", ".prj", ".cpg")
_GDB_SUFFIXES = (".gdbtable", ".gdbtablx", ".gdbindexes", ".atx", ".spx", ".freelist", ".horizon")

_LARGEST_SHEET_CELLS = 20_000_000
_LARGEST_UNFOLDED_BYTES = 500_000_000
# Real sheets pack 10 to 50 times; a bomb packs a thousand times.
_LARGEST_RATIO, _SMALLEST_BOMB_BYTES = 100, 50_000_000
# The place of a cell (<c r="C17">) or of a row (<row r="17">), whatever the namespace prefix and attribute order.
_CORNER = re.compile(rb"<(?:\w+:)?(?:c|row)\s[^>]*?\br\s*=\s*[\"']([A-Za-z]{0,9})(\d+)[\"']")
_LONGEST_TAG_BYTES = 65_536
_UTF16_XML = (b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<")


@dataclass(frozen=True)
class InputFile:
    """A local file whose first bytes are what they should be."""

    path: Path
    kind: Kind

    def sha256(self) -> str:
        """Checksum of the bytes, in hexadecimal; of several files, of their names and checksums in order of name."""
        if self.kind not in ("shp", "gdb"):
            return _checksum(self.path)
        listed = "".join(f"{_checksum(part)}  {part.name}\n" for part in self.parts())
        return hashlib.sha256(listed.encode()).hexdigest()

    def parts(self) -> list[Path]:
        """The files it consists of: one, or those of a Shapefile or a file geodatabase, in order of name."""
        if self.kind == "gdb":
            return sorted(part for part in self.path.iterdir() if part.suffix.lower() in _GDB_SUFFIXES)
        if self.kind == "shp":
            beside = self.path.parent.iterdir()
            return sorted(p for p in beside if p.stem == self.path.stem and p.suffix.lower() in _SHP_SUFFIXES)
        return [self.path]


def _checksum(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def open_input(path: str | Path, *kinds: Kind) -> InputFile:
    """
    Check that a file may be read: local, there, and of one of the kinds asked for by its content.

    Raises
    ------
    MissingInputError
        If there is no such file.
    InputError
        If the address is not a local file, it may not be opened, or its content is none of ``kinds``.
    """
    refuse_remote(path)
    text, local = str(path), Path(path)
    if not (local.is_file() or (local.is_dir() and "gdb" in kinds)):
        raise MissingInputError("error.missing_file", file=text)
    try:
        kind = kind_of(local)
    except OSError as problem:
        raise InputError("error.locked", file=text, reason=problem.strerror or "?") from problem
    if kind not in kinds:
        raise InputError("error.wrong_kind", file=local.name, found=kind or "?", expected=", ".join(kinds))
    if kind == "xlsx":
        _refuse_absurd_workbook(local)
    return InputFile(local, kind)


def refuse_remote(path: str | Path) -> None:
    """
    Refuse an address that is not on this machine before anything looks at it.

    Raises
    ------
    InputError
        If it is one.
    """
    text = str(path)
    if _ADDRESS.search(text) or text.startswith(("/vsi", "\\\\", "//")):
        raise InputError("error.not_local", file=text)


@contextmanager
def without_virtual_drivers() -> Iterator[None]:
    """
    While this holds, a GDAL that is imported leaves out its drivers that read other files or call the network.

    GDAL chooses a driver by content. The first fence is that only bytes known by their magic number reach it; this is
    the second. GDAL reads the variable once, when its library is imported; setting it later has no effect.
    """
    before = os.environ.get("OGR_SKIP")
    os.environ["OGR_SKIP"] = _VIRTUAL_DRIVERS
    try:
        yield
    finally:
        del os.environ["OGR_SKIP"]
        if before is not None:
            os.environ["OGR_SKIP"] = before


def kind_of(path: Path) -> Kind | None:
    """What the first bytes of a file are, whatever its name says; ``None`` if nothing known. A folder may be a gdb."""
    if path.is_dir():
        return "gdb" if (path / "a00000001.gdbtable").is_file() else None
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
    return "csv" if body and (wide or b"\x00" not in head or wide_encoding(head)) else None


def wide_encoding(text: bytes) -> Literal["utf-16-le", "utf-16-be"] | None:
    """
    Which UTF-16 a text without a byte order mark is in: the zero bytes of its commas and line ends say.

    Examples
    --------
    >>> wide_encoding("名称,经度".encode("utf-16-le")), wide_encoding("名称,经度".encode("gb18030"))
    ('utf-16-le', None)
    """
    even = text[: len(text) // 2 * 2]
    for encoding, marks in _WIDE:
        try:
            # The last letter of a piece may be half of a pair.
            plain = even.decode(encoding, "ignore" if len(even) == 4096 else "strict")
        except UnicodeDecodeError:
            continue
        if any(mark in even for mark in marks) and all(map(_is_text, plain)):
            return encoding
    return None


def _is_text(letter: str) -> bool:
    return letter.isprintable() or letter in "\r\n\t\u3000\xa0"


_WIDE: tuple[tuple[Literal["utf-16-le", "utf-16-be"], tuple[bytes, ...]], ...] = (
    ("utf-16-le", (b",\x00", b"\n\x00", b"\t\x00")),
    ("utf-16-be", (b"\x00,", b"\x00\n", b"\x00\t")),
)


_MAGIC: tuple[tuple[bytes, Kind], ...] = (
    (b"PK\x03\x04", "xlsx"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "xls"),
    (b"SQLite format 3\x00", "gpkg"),
    (b"PAR1", "parquet"),
    (b"\x00\x00\x27\x0a", "shp"),
    (b"II*\x00", "geotiff"),
    (b"MM\x00*", "geotiff"),
    (b"II+\x00", "geotiff"),
    (b"MM\x00+", "geotiff"),
    (b"\x00\x00\x27\x0a" + bytes(20), "shp"),
    (b"\x1f\x8b", "osm.gz"),
    (b"BZh", "osm.bz2"),
)


def _refuse_absurd_workbook(path: Path) -> None:
    """A 5 kB workbook can claim 17 billion cells: look at the zip's directory and the cell names first."""
    try:
        with zipfile.ZipFile(path) as book:
            unfolded = sum(member.file_size for member in book.infolist())
            bomb = unfolded > _SMALLEST_BOMB_BYTES and unfolded > _LARGEST_RATIO * path.stat().st_size
            if bomb or unfolded > _LARGEST_UNFOLDED_BYTES:
                raise InputError("error.workbook_too_big", file=path.name)
            if "xl/workbook.xml" not in book.namelist():
                raise InputError("error.wrong_kind", file=path.name, found="zip", expected="xlsx")
            # Every member: a workbook may keep its sheets under any name.
            if any(_claimed_cells(book, member) > _LARGEST_SHEET_CELLS for member in book.namelist()):
                raise InputError("error.workbook_too_big", file=path.name)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError) as problem:
        # OSError: a directory that points before the beginning of the file.
        if isinstance(problem, InputError):
            raise
        raise InputError("error.unreadable", file=path.name, reason=str(problem)) from problem


def _claimed_cells(book: zipfile.ZipFile, member: str) -> int:
    """
    Rows times columns of the corner that the cells of a sheet claim to reach.

    A document type (entities) and UTF-16, which no spreadsheet program writes and which this search would not see
    through, are refused.
    """
    rows = columns = 1
    with book.open(member) as stream:
        head = stream.read(64)
        if head.startswith(_UTF16_XML):
            raise zipfile.BadZipFile(f"{member}: UTF-16")
        if not head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<"):
            return 0
        tail = head
        while block := stream.read(1 << 20):
            text = tail + block
            if b"<!DOCTYPE" in text:
                raise zipfile.BadZipFile(f"{member}: DOCTYPE")
            for column, row in _CORNER.findall(text):
                rows, columns = max(rows, int(row[:9])), max(columns, _column_number(column.upper()))
            last = text.rfind(b"<")
            tail = text[last:] if last >= 0 and b">" not in text[last:] else b""
            if len(tail) > _LONGEST_TAG_BYTES:
                raise zipfile.BadZipFile(f"{member}: <")
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

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    with _writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with _writing(path):
            yield draft
            _flush(draft)
            draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


@contextmanager
def _writing(target: Path) -> Iterator[None]:
    """Whatever the system says while something is written becomes a message for the planner."""
    try:
        yield
    except CatchmentError:
        raise
    except OSError as problem:
        raise OutputError("error.cannot_write", folder=str(target), reason=str(problem)) from problem


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
    new = target.with_name(f".{target.name}.new")
    with _writing(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        _finish_interrupted_swap(target, old)
        _refuse_foreign_folder(target)
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir()
    try:
        with _writing(target):
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
    except OSError as problem:
        if old.exists() and not target.exists():
            old.replace(target)
        raise OutputError("error.output_open", folder=str(target), kept=str(_beside(new, target))) from problem
    try:
        _finish_interrupted_swap(target, old)
    except OSError as problem:
        # The new results stand; what could not be carried over or dropped stays for the next run.
        raise OutputError("error.output_open", folder=str(old), kept=str(target)) from problem


def _beside(new: Path, target: Path) -> Path:
    """Give results that could not be swapped in a name that a planner sees."""
    number = 2
    while (kept := target.with_name(f"{target.name} ({number})")).exists():
        number += 1
    return new.replace(kept)


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

    try:
        outputs = json.loads((folder / "run.json").read_text(encoding="utf-8"))["outputs"].values()
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        # Not a record of ours, or broken: nothing in the folder is known to be ours, so everything is carried over.
        return set()
    return {"run.json", "run.log", *(name for name in outputs if isinstance(name, str))}


def _refuse_foreign_folder(target: Path) -> None:
    if target.is_file():
        raise SettingsError("error.output_is_file", folder=str(target))
    if not target.is_dir() or (target / "run.json").is_file():
        return
    if any(entry.name != "inputs" for entry in target.iterdir()):
        raise SettingsError("error.output_not_ours", folder=str(target))
