"""A run made again from its own record, and every file of it compared byte for byte."""

from __future__ import annotations

import datetime as dt
import json
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from catchment.errors import InputError
from catchment.outputs.record import file_names, library_versions
from catchment.pipeline.assess import assess
from catchment.pipeline.read import read_inputs
from catchment.pipeline.run import write_results
from catchment.pipeline.runs import RECORD, read_run
from catchment.pipeline.stopwatch import Stopwatch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from catchment.model import Source
    from catchment.pipeline.runs import NamedRun
    from catchment.words import Language

State = Literal["same", "differs", "missing", "unexpected", "not_compared"]


@dataclass(frozen=True)
class CheckedFile:
    """A file of a run, beside the one that is made now."""

    name: str
    state: State
    """``missing`` from the folder; ``unexpected``: the run now makes no such file; the log has a clock."""
    differing: tuple[str, ...] = ()
    """What differs in ``run.json``, by its first keys."""


@dataclass(frozen=True)
class Verified:
    """What came of making a run again."""

    files: tuple[CheckedFile, ...]
    """In the order in which the run lists them."""
    other_versions: Mapping[str, tuple[str, str]]
    """Libraries that are of another version now: recorded, now."""
    language: Language

    @property
    def is_same(self) -> bool:
        """Every file that can be compared is the same, byte for byte."""
        return all(file.state in ("same", "not_compared") for file in self.files)


def verify_run(path: Path, *, progress: Callable[[str], None] | None = None) -> Verified:
    """
    Make a run again from its ``run.json`` in a temporary folder, and compare every file.

    Nothing kept between runs is used, and nothing is written into the folder of the run. A plan whose search was cut
    short by a time limit or by hand may come out otherwise.

    Parameters
    ----------
    path
        Folder of results, or its ``run.json``.
    progress
        Called with each stage's name as it begins.

    Raises
    ------
    InputError
        If there is no record of ours, it is of a run for the public, or a file it was made from is another one now.
    MissingInputError
        If a file it was made from is not there.
    """
    folder = path if path.is_dir() else path.parent
    named = read_run(folder / RECORD)
    watch = Stopwatch(progress)
    inputs = read_inputs(named.settings, watch=watch)
    _refuse_changed(named, inputs.sources, folder)
    language: Language = "zh" if named.record.get("language") == "zh" else "en"
    run = assess(inputs, named.settings, language=language, watch=watch)
    # Without a date of its own a project takes that of its newest file, which changes when files are copied.
    run = replace(run, date=_date(named.record) or run.date)
    names = file_names(language, run.profile, visits=run.suggestions is not None and len(run.suggestions) > 0)
    recorded = {str(role): str(name) for role, name in dict(named.record.get("outputs", {})).items()}
    with tempfile.TemporaryDirectory(prefix="catchment-") as draft:
        write_results(run, Path(draft), settings=named.settings, out=folder, names=names, watch=watch)
        files = tuple(_compared(folder, Path(draft), recorded, names))
    return Verified(files, _other_versions(named.record), language)


def _refuse_changed(named: NamedRun, sources: Sequence[Source], folder: Path) -> None:
    changed = named.changed(tuple(sources))
    if changed:
        paths = {str(source.role): Path(source.path).name for source in sources}
        files = ", ".join(f"{role}: {paths.get(role, '-')}" for role in changed)
        raise InputError("error.verify_changed", file=str(folder / RECORD), files=files)


def _date(record: Mapping[str, Any]) -> dt.date | None:
    try:
        return dt.date.fromisoformat(str(record.get("date")))
    except ValueError:
        return None


def _compared(
    folder: Path, draft: Path, recorded: Mapping[str, str], names: Mapping[str, str]
) -> Iterator[CheckedFile]:
    """Every file that the record lists or that is made now."""
    made = set(names.values())
    for role, name in {**recorded, **names}.items():
        # What a record lists is a name in its own folder, whatever it says.
        own = folder / Path(name).name
        if role == "log":
            yield CheckedFile(name, "not_compared" if own.is_file() else "missing")
        elif name not in made:
            yield CheckedFile(name, "unexpected")
        elif not own.is_file():
            yield CheckedFile(name, "missing")
        elif own.read_bytes() == (draft / name).read_bytes():
            yield CheckedFile(name, "same")
        else:
            keys = _differing(own, draft / name) if name == RECORD else ()
            yield CheckedFile(name, "differs", keys)


def _differing(own: Path, again: Path) -> tuple[str, ...]:
    was, now = (json.loads(path.read_text(encoding="utf-8")) for path in (own, again))
    return tuple(key for key in {**was, **now} if was.get(key) != now.get(key))


def _other_versions(record: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    was: Any = record.get("versions")
    if not isinstance(was, dict):
        return {}
    return {
        library: (str(was.get(library, "-")), version)
        for library, version in library_versions().items()
        if was.get(library) != version
    }
