"""Every error raised on purpose. Each is a catalogue entry with its facts, so it reads in Chinese and in English."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from catchment.words import say

if TYPE_CHECKING:
    from catchment.words import Language


class CatchmentError(Exception):
    """
    What is wrong, what was found and how to mend it.

    Parameters
    ----------
    word
        Entry of the catalogue, ``error.<something>``.
    **facts
        Values of the entry's placeholders.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, word: str, /, **facts: object) -> None:
        self.word = word
        self.facts = facts
        super().__init__(say(word, "en", **facts))

    def text(self, language: Language) -> str:
        """The message in the language of the run."""
        return say(self.word, language, **self.facts)


class RecountError(CatchmentError, AssertionError):
    """A plan that, counted again by another way, does not cover the people it says: a fault of the program."""


class SettingsError(CatchmentError, ValueError):
    """A project file or a flag that cannot be meant."""

    exit_code = 2


class InputError(CatchmentError, ValueError):
    """An input that cannot be used at all; single bad rows are findings instead."""

    exit_code = 3


class MissingInputError(CatchmentError, FileNotFoundError):
    """An input file that is not there."""

    exit_code = 3


class ReachMemoryError(CatchmentError, MemoryError):
    """Reach sets take more memory than the caller allows."""


class BrowserError(CatchmentError, RuntimeError):
    """A page that could not be printed: no browser, or one that failed."""

    exit_code = 6


class OutputError(CatchmentError, OSError):
    """A folder or file that cannot be written."""

    exit_code = 6
