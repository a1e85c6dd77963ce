"""TOML files whose keys are known: an unknown one is an error that names the nearest."""

from __future__ import annotations

import difflib
import re
import tomllib
from typing import TYPE_CHECKING, Any, get_args

from pydantic import BaseModel, ConfigDict

from catchment.errors import MissingInputError, SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pydantic import ValidationError


STRICT = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)
"""Of every table: frozen, and an unknown key is an error."""


def read_toml(path: Path) -> dict[str, Any]:
    """
    What a TOML file says.

    Raises
    ------
    MissingInputError
        If there is no such file.
    SettingsError
        If it is not TOML.
    """
    if not path.is_file():
        raise MissingInputError("error.missing_file", file=str(path))
    try:
        # utf-8-sig: Windows editors put a byte order mark, which TOML does not allow.
        return tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        line = re.search(r"line (\d+)", str(problem))
        raise SettingsError(
            "error.settings_not_toml", file=path.name, line=line[1] if line else "?", reason=str(problem)
        ) from problem


def settings_error(problem: ValidationError, file: str, table: type[BaseModel], *, above: str = "") -> SettingsError:
    """
    What is wrong with a file, and for an unknown key which one is nearest to it.

    Parameters
    ----------
    problem
        What pydantic says; its first complaint is taken.
    file
        Named in the message.
    table
        What the file was held against.
    above
        The table of the file that ``table`` is, empty for the whole file.
    """
    first = problem.errors()[0]
    key = ".".join(str(part) for part in (*([above] if above else []), *first["loc"]))
    if first["type"] == "extra_forbidden":
        # Places in a list and the words of a planner are no keys of ours.
        written = [str(part) for part in first["loc"] if isinstance(part, str)]
        keys = [f"{above}.{known}" if above else known for known in _keys(table)]
        nearest = difflib.get_close_matches(".".join([*([above] if above else []), *written]), keys, n=1, cutoff=0)
        return SettingsError("error.settings_unknown_key", file=file, key=key, nearest=next(iter(nearest), ""))
    if first["type"] == "missing":
        return SettingsError("error.settings_missing", file=file, key=key, flag=key.split(".")[-1])
    return SettingsError(
        "error.settings_bad_value", file=file, key=key, found=repr(first["input"]), reason=first["msg"]
    )


def _keys(table: type[BaseModel], prefix: str = "") -> Iterator[str]:
    for name, entry in table.model_fields.items():
        inner = entry.annotation
        if _is_table(inner):
            yield from _keys(inner, f"{prefix}{name}.")  # type: ignore[arg-type]  # a table, as was just seen
            continue
        yield f"{prefix}{name}"
        for held in get_args(inner):
            # Lists of tables, and tables under words of the planner's own.
            if _is_table(held):
                yield from _keys(held, f"{prefix}{name}.")


def _is_table(kind: object) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)
