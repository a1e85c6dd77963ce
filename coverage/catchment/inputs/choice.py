"""The choice file: what differs from a run as computed, as the page saves it and ``catchment score`` reads it."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from pydantic import TypeAdapter, ValidationError

from catchment.errors import InputError
from catchment.files import atomic_output, open_input
from catchment.model import Choice

if TYPE_CHECKING:
    from pathlib import Path

    from catchment.files import InputFile

LARGEST_FILE_BYTES = 4_000_000
"""A thousand sites and a thousand additions take a tenth of this."""


def read_choice(path: str | Path) -> Choice:
    """
    Read a choice that the page or ``write_choice`` saved. Keys it does not know are passed over.

    Raises
    ------
    MissingInputError
        If there is no such file.
    InputError
        If it is no choice file, is damaged, or says what cannot be meant.
    """
    file = _opened(path)
    name = file.path.name
    if file.path.stat().st_size > LARGEST_FILE_BYTES:
        raise InputError("error.file_too_big", file=name, limit_mb=LARGEST_FILE_BYTES // 1_000_000)
    try:
        choice = TypeAdapter(Choice).validate_json(file.path.read_bytes().removeprefix(b"\xef\xbb\xbf"), strict=True)
    except ValidationError as problem:
        raise _choice_error(problem, name) from problem
    _refuse_nonsense(choice, name)
    return choice


def _opened(path: str | Path) -> InputFile:
    try:
        # By its first bytes, so this is any JSON object.
        return open_input(path, "geojson")
    except InputError as problem:
        if problem.word != "error.wrong_kind":
            raise
        raise InputError("error.choice_not", file=problem.facts["file"]) from problem


def _choice_error(problem: ValidationError, file: str) -> InputError:
    first = problem.errors()[0]
    key = ".".join(str(part) for part in first["loc"])
    if first["type"] == "json_invalid":
        return InputError("error.unreadable", file=file, reason=first["msg"])
    if key in ("", "schema"):
        return InputError("error.choice_not", file=file)
    return _bad(file, key, first["input"], first["msg"])


def _bad(file: str, key: str, found: object, reason: str) -> InputError:
    return InputError("error.choice_bad", file=file, key=key, found=repr(found)[:80], reason=reason)


def _refuse_nonsense(choice: Choice, file: str) -> None:
    """What the types let pass: places off the earth, a site both closed and opened, people below nobody."""
    for row, place in enumerate(choice.add):
        # Not a number is within no bounds.
        if not (abs(place.lon) <= 180 and abs(place.lat) <= 90):
            raise _bad(file, f"add.{row}", (place.lon, place.lat), "lon, lat")
    both = sorted(set(choice.close) & set(choice.open))
    if both:
        raise _bad(file, "open", both[0], "close")
    if not 0 <= choice.covered_units <= choice.people_units:
        raise _bad(file, "covered_units", choice.covered_units, f"0 - {choice.people_units}")


def write_choice(choice: Choice, path: Path) -> None:
    """
    Save a choice as the page does.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    with atomic_output(path) as draft:
        draft.write_text(json.dumps(asdict(choice), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
