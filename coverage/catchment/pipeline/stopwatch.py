"""How long each stage takes: shown while it runs, kept in ``run.log``, never part of a result."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@dataclass
class Stopwatch:
    """Collects seconds by stage; a stage's name is a catalogue entry ``stage.<name>``."""

    progress: Callable[[str], None] | None = None
    plan_found: Callable[[int, int], None] | None = None
    """Told of each better plan or bound while sites are chosen: people added, and at most [1/1024 person]."""
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Say that a stage begins, and time it."""
        if self.progress:
            self.progress(name)
        begun = time.perf_counter()
        yield
        self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - begun
