"""The answer as plain text of the page, shown before any script has run and where none may."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from catchment.outputs.figures import printed_figures
from catchment.outputs.profile import doubt_word
from catchment.outputs.style import people_text, printable, share_text, standard_line, title_text
from catchment.words import say

if TYPE_CHECKING:
    from catchment.model import Run

_MARK = re.compile(r"<!--(\w+)-->")


def first_paint(run: Run, shell: str) -> str:
    """
    The page's shell with its title, standard and headline in the language of the run.

    Parameters
    ----------
    run
        The run.
    shell
        HTML with the marks ``<!--title-->``, ``<!--standard-->`` and ``<!--headline-->``. What the run names is put
        in as text: nothing of it can be an element.
    """
    parts = {
        "title": _text(title_text(run, run.language)),
        "standard": _text(standard_line(run.standard, run.language)),
        "headline": _headline(run),
    }
    return _MARK.sub(lambda mark: parts[mark[1]], shell)


def title_element(run: Run) -> str:
    """What a browser's tab is called."""
    return f"<title>{_text(title_text(run, run.language))}</title>"


def _headline(run: Run) -> str:
    """Covered people and share with their range, people not covered, and that the rest needs scripts."""
    language, totals, figures = run.language, run.totals, printed_figures(run)
    share, low, high = (
        share_text(units, totals.people) for units in (totals.covered, totals.covered_slow, totals.covered_brisk)
    )
    said = _text(say("page.share", language) + say("page.range", language, low=low, high=high))
    of = _text(say("page.people", language, people=people_text(figures.people)))
    missing = [("page.uncovered", "", figures.uncovered)]
    if figures.doubtful:
        missing.append((doubt_word(run), ' class="quiet"', figures.doubtful))
    return "".join(
        [
            f'<div class="share"><b>{_text(share)}</b><span>{said}</span></div>',
            f'<p class="of"><strong>{people_text(figures.covered)}</strong> / {of}</p><div class="missing">',
            *(
                f"<span{look}>{_text(say(word, language))} <b>{people_text(count)}</b></span>"
                for word, look, count in missing
            ),
            f'</div><noscript><p class="quiet">{_text(say("page.no_script", language))}</p></noscript>',
        ]
    )


def _text(text: str) -> str:
    """A text as HTML."""
    return html.escape(printable(text))
