"""What a person at a terminal sees while the program works; nothing in a pipe or a log."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from catchment.words import say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from catchment.words import Language


@contextmanager
def progress(language: Language) -> Iterator[Callable[[str], None] | None]:
    """Shows the stages of the work."""
    with status(language) as show:
        yield show and (lambda stage: show(f"stage.{stage}", {}))


@contextmanager
def status(language: Language) -> Iterator[Callable[[str, Mapping[str, object]], None] | None]:
    """A line on a terminal that says what is being done; nothing in a pipe or a log."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console  # noqa: PLC0415 - heavy; --help answers at once

    with Console(stderr=True).status(say("stage.begin", language)) as shown:
        yield lambda word, facts: shown.update(say(word, language, **facts))
