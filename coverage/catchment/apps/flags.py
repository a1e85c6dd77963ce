"""Flags of commands, with their help in the language of whoever asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from catchment.words import say

if TYPE_CHECKING:
    from collections.abc import Callable

    from catchment.words import Language


def flags(language: Language) -> tuple[Callable[[str, str], Any], Callable[[str, str], Any]]:
    """
    What makes a flag that takes a value, nothing by default, and one that states a fact; both of a word and a name.

    Parameters
    ----------
    language
        Of the help, which is ``cli.<word>``.
    """

    def option(key: str, flag: str) -> Any:
        return typer.Option(None, flag, help=say(f"cli.{key}", language), case_sensitive=False)

    def fact(key: str, flag: str) -> Any:
        return typer.Option(False, flag, help=say(f"cli.{key}", language))

    return option, fact
