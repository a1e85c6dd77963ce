"""What the public sees of a run: the findings about the data and its doubtful parts stay at home."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from catchment.network.streets import JOIN_KINDS
from catchment.outputs.style import CAUSES, DOUBTS
from catchment.words import say

if TYPE_CHECKING:
    from catchment.model import Cause, Run, Streets
    from catchment.outputs.drawing import DrawnCells
    from catchment.outputs.patches import Patch
    from catchment.words import Language


class CauseGroup(NamedTuple):
    """Causes that are printed as one."""

    word: str
    """Entry of the catalogue."""
    causes: tuple[Cause, ...]
    doubtful: bool
    mark: str = ""
    """Entry of what is put behind it where doubts stand beside gaps in service; empty if nothing is."""

    def marked(self, language: Language) -> str:
        """What it is called, and that it is a doubt if it does not say so itself."""
        return say(self.word, language) + (say(self.mark, language) if self.mark else "")


def published(run: Run) -> Run:
    """
    The run as its profile shows it: an internal one whole, of a public one what everybody may see.

    No figure of coverage changes. Left out are the findings, names and checksums of local files, the joins of road
    lines, how sites join the roads, the suggestions and what else might be opened: they name premises of others whom
    nobody has asked yet; and the key groups, who may be few in a village.
    """
    if run.profile == "internal":
        return run
    return replace(
        run,
        findings=(),
        sources=tuple(replace(source, path="", sha256="") for source in run.sources),
        streets=_without_line_joins(run.streets),
        unsnapped=np.zeros_like(run.unsnapped),
        by_site=run.by_site.assign(gap_m=np.nan),
        suggestions=None,
        progress=None,
        planned=None,
        filling=None,
        roads_missing=None,
        options=None,
        groups=(),
    )


def _without_line_joins(streets: Streets) -> Streets:
    """What the what-if edits did stays: without it the figures would say something else than they mean."""
    edits = np.isin(streets.joins_kind, [JOIN_KINDS.index("barrier"), JOIN_KINDS.index("link")])
    return replace(streets, joins_xy=streets.joins_xy[edits], joins_kind=streets.joins_kind[edits])


def cause_groups(run: Run) -> list[CauseGroup]:
    """The causes as the profile names them: for the public all doubts about the data are one."""
    if run.profile == "public":
        gaps = [CauseGroup(f"cause.{cause.name.lower()}", (cause,), False) for cause in CAUSES if cause not in DOUBTS]
        return [*gaps, CauseGroup("page.not_judged", DOUBTS, True)]
    marks = dict.fromkeys(DOUBTS, "page.doubt_mark")
    return [
        CauseGroup(f"cause.{cause.name.lower()}", (cause,), cause in DOUBTS, marks.get(cause, "")) for cause in CAUSES
    ]


def shown_patches(run: Run, patches: list[Patch]) -> list[Patch]:
    """The gaps that the profile lists: for the public those in service, not those in the data."""
    return [patch for patch in patches if run.profile == "internal" or patch.cause not in DOUBTS]


def outlines_shown(run: Run) -> bool:
    """Whether outlines of regions are drawn: on what the public sees no boundary but those of a reviewed base map."""
    return run.regions is not None and run.profile == "internal"


def doubts_shown(run: Run) -> bool:
    """Whether people are drawn whom the data leave in doubt."""
    return run.profile == "internal"


def shown_cells(run: Run, cells: DrawnCells) -> DrawnCells:
    """The cells that a picture draws."""
    if doubts_shown(run):
        return cells
    sure = ~np.isin(cells.cause, DOUBTS)
    columns: dict[str, Any] = {
        name: values[sure] for name, values in vars(cells).items() if isinstance(values, np.ndarray)
    }
    return replace(cells, **columns)


def doubt_note_word(run: Run) -> str:
    """The entry that says what the people in doubt are."""
    return "page.doubt_note" if run.profile == "internal" else "page.not_judged_note"


def doubt_word(run: Run) -> str:
    """The entry that goes before their number in the headline."""
    return "page.doubtful" if run.profile == "internal" else "page.of_these_not_judged"
