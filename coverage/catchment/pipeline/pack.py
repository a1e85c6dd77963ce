"""What is handed out: a folder per row of the annex with its map, workbook, site cards and form."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

from catchment.access.tables import counted_sites
from catchment.errors import OutputError, SettingsError
from catchment.outputs.form import write_form
from catchment.outputs.maps import write_map
from catchment.outputs.site_cards import write_site_cards
from catchment.outputs.workbook import write_workbook
from catchment.pipeline.assess import assess_judged, reach_of_sites
from catchment.pipeline.evaluation import form_identity, row_facts
from catchment.pipeline.judged import judged, travels_to
from catchment.pipeline.read import read_inputs
from catchment.pipeline.row_run import WholeRun, row_run
from catchment.pipeline.stopwatch import Stopwatch
from catchment.words import say

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from catchment.config import Settings
    from catchment.model.evaluation import EvaluationRules, RowFacts
    from catchment.words import Language

MANIFEST = "pack.json"
"""Names every file of a pack and its checksum, so that another pack may take its place."""

_SCHEMA = "catchment.pack/1"
_LONGEST_NAME = 60
_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f-\x9f\ud800-\udfff]')
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?")
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class PackedRow:
    """What a row got."""

    name: str
    file_count: int
    size_bytes: int
    """On the disk, packed or not."""


@dataclass(frozen=True)
class Packed:
    """What was written."""

    rows: tuple[PackedRow, ...]
    alone: tuple[str, ...]
    """Names of sites, not closed, of no row: nobody gets them."""


def pack_project(
    settings: Settings,
    rules: EvaluationRules,
    *,
    out: Path,
    language: Language,
    cache: Path | None = None,
    zipped: bool = False,
    only_forms: bool = False,
) -> Packed:
    """
    Write a folder for each row of the annex that is asked for a site or has one.

    A row without regions, such as the city itself, gets no map and no workbook; one that hands in no form gets none.
    The same project gives the same bytes.

    Parameters
    ----------
    settings
        The project, with targets.
    rules
        The items of the forms.
    out
        Folder of the pack. An older pack is replaced, unless something in it was changed.
    language
        Of everything in it.
    cache
        Folder for parsed streets.
    zipped
        Each folder as a zip file.
    only_forms
        The forms alone.

    Raises
    ------
    InputError
        If a file cannot be used.
    SettingsError
        If the project has no targets, or ``out`` has other contents.
    OutputError
        If it cannot be written.
    """
    _refuse_other_contents(out)
    whole = _whole_run(settings, language, cache)
    targets = None if whole.run.progress is None else whole.run.progress.targets
    new = out.with_name(f".{out.name}.new")
    rows, used = [], set[str]()
    try:
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(parents=True)
        for row, facts in enumerate(row_facts(whole.run)):
            if facts.target or facts.sites:
                folder = new / _unused(safe_name(facts.row), used)
                _write_row(whole, row, facts, rules, folder, only_forms=only_forms)
                rows.append(_packed(folder, facts.row, zipped=zipped))
        _write_manifest(new)
        if out.exists():
            shutil.rmtree(out)
        new.replace(out)
    except OSError as problem:
        raise OutputError("error.cannot_write", folder=str(out), reason=str(problem)) from problem
    finally:
        shutil.rmtree(new, ignore_errors=True)
    names = whole.run.sites.frame["name"]
    alone = [] if targets is None or whole.run.progress is None else names.iloc[whole.run.progress.uncounted].tolist()
    return Packed(tuple(rows), tuple(alone))


def _whole_run(settings: Settings, language: Language, cache: Path | None) -> WholeRun:
    """The run without suggestions, which are nobody's yet, and what its figures are made of."""
    quiet = {"budget": None, "cover": None, "fill_targets": False, "robust": None, "swap": (), "explain": ()}
    settings = settings.model_copy(update={"siting": settings.siting.model_copy(update=quiet)})
    watch = Stopwatch()
    inputs = read_inputs(settings, cache=cache)
    if inputs.targets is None:
        raise SettingsError("error.evaluation_targets")
    ground = judged(inputs, settings, watch)
    run = assess_judged(inputs, settings, ground, language=language, watch=watch)
    to_all = travels_to(ground.networks, counted_sites(inputs.sites, ()), settings)
    return WholeRun(run, ground.travels, to_all, reach_of_sites(ground, settings))


def _write_row(
    whole: WholeRun, row: int, facts: RowFacts, rules: EvaluationRules, folder: Path, *, only_forms: bool
) -> None:
    run, language = whole.run, whole.run.language
    folder.mkdir()
    identity = form_identity(facts.row, run, rules)
    if facts.row in identity.asked:
        path = folder / f"{say('file.form', language)}-{folder.name}.xlsx"
        write_form(facts, identity, rules, path, language=language, title=run.name, date=run.date)
    if only_forms:
        return
    write_site_cards(facts, run, folder / f"{say('file.site_cards', language)}.docx")
    own = row_run(whole, row)
    if own is not None:
        write_map(own, folder / f"{say('file.map', language)}.html")
        write_workbook(own, folder / f"{say('file.report', language)}.xlsx")


# ---- names


def safe_name(text: str) -> str:
    """
    A name that Windows takes for a file or folder, as near as can be to a text.

    Examples
    --------
    >>> safe_name("袁州区"), safe_name("a/b:c?"), safe_name("CON"), safe_name(" .. ")
    ('袁州区', 'a_b_c_', '_CON', '_')
    """
    name = _FORBIDDEN.sub("_", text)[:_LONGEST_NAME].strip(". ")
    return f"_{name}" if not name or _RESERVED.fullmatch(name) else name


def _unused(name: str, used: set[str]) -> str:
    """A name that no other folder has, whatever the case of its letters."""
    free, number = name, 2
    while free.casefold() in used:
        free, number = f"{name} ({number})", number + 1
    used.add(free.casefold())
    return free


# ---- files


def _packed(folder: Path, row: str, *, zipped: bool) -> PackedRow:
    files = sorted(folder.iterdir())
    if not zipped:
        return PackedRow(row, len(files), sum(file.stat().st_size for file in files))
    book = folder.with_name(f"{folder.name}.zip")
    with zipfile.ZipFile(book, "w") as archive:
        for file in files:
            entry = zipfile.ZipInfo(f"{folder.name}/{file.name}", _ZIP_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, file.read_bytes())
    shutil.rmtree(folder)
    return PackedRow(row, len(files), book.stat().st_size)


def _checksums(folder: Path, files: Iterable[Path]) -> dict[str, str]:
    return {
        file.relative_to(folder).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest() for file in sorted(files)
    }


def _files(folder: Path) -> list[Path]:
    return [file for file in folder.rglob("*") if file.is_file() and file.name != MANIFEST]


def _write_manifest(folder: Path) -> None:
    text = json.dumps({"schema": _SCHEMA, "files": _checksums(folder, _files(folder))}, ensure_ascii=False, indent=1)
    (folder / MANIFEST).write_text(f"{text}\n", encoding="utf-8", newline="\n")


def _refuse_other_contents(out: Path) -> None:
    """A form that was filled in where it was written is never lost."""
    if out.is_file():
        raise SettingsError("error.output_is_file", folder=str(out))
    if not out.is_dir():
        return
    try:
        known = json.loads((out / MANIFEST).read_text(encoding="utf-8"))["files"]
    except (OSError, ValueError, LookupError, TypeError):
        known = {}
    for name, checksum in _checksums(out, _files(out)).items():
        if not isinstance(known, dict) or known.get(name) != checksum:
            raise SettingsError("error.pack_exists", folder=str(out), file=name)
