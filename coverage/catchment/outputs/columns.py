"""What stands around the map of the picture: title, figures, sources."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catchment.access.totals import BRISK_KMH, SLOW_KMH
from catchment.model import Cause, Setting
from catchment.outputs.board import put_box, put_line, put_paragraph, put_text
from catchment.outputs.colours import (
    ACCENT,
    COVERED_COLOUR,
    DOUBT_GROUND,
    DOUBT_STROKE,
    INK,
    QUIET,
)
from catchment.outputs.profile import cause_groups, doubt_word
from catchment.outputs.proposal import headline_text
from catchment.outputs.style import (
    GAP_COLOURS,
    distance_text,
    people_text,
    printable,
    review_text,
    share_text,
    short_rule_text,
    standard_line,
    title_text,
    whole,
)
from catchment.words import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from catchment.model import Run
    from catchment.outputs.board import Board
    from catchment.outputs.figures import Figures
    from catchment.words import Language

GAP_INK = GAP_COLOURS[3]
_RULE = "#d9dde0"
_STEP, _GAP = 12.7, 16.5
"""From line to line of a table, and from one table to the first line of the next."""


def draw_head(page: Board, run: Run, language: Language, *, margin: float) -> float:
    """Title, standard and, where the data are generated, that they are. Returns where the rest of the page begins."""
    wide = page.width - 2 * margin
    name = title_text(run, language)
    put_text(page, margin, 30, name, size=19, bold=True, width=wide)
    put_text(page, margin, 47, standard_line(run.standard, language), size=9, colour=QUIET, width=wide)
    if not run.synthetic:
        put_line(page, [(0, 57), (page.width, 57)], colour=_RULE)
        return 58
    put_box(page, 0, 57, page.width, 19, fill="#3d454c")
    put_text(page, margin, 70, say("page.synthetic", language), size=8.5, colour="#ffffff", width=wide)
    return 76


def draw_foot(page: Board, run: Run, language: Language, *, margin: float) -> float:
    """The banner and the sources at the lower edge. Returns where they begin."""
    wide = page.width - 2 * margin
    top = page.height - 39
    put_line(page, [(0, top), (page.width, top)], colour=_RULE)
    put_text(page, margin, top + 14, review_text(run, language), size=9, bold=True, width=wide)
    put_paragraph(page, margin, top + 25, sources_text(run, language), size=6.5, colour=QUIET, width=wide, lines=2)
    return top


def sources_text(run: Run, language: Language) -> str:
    """Whom the data are from, with their licences, in one line; a credit that several files share is given once."""
    roles_of: dict[str, list[str]] = {}
    for source in run.sources:
        if source.attribution:
            remark = say("package.state", language, state=printable(source.licence)) if source.licence else ""
            credit = printable(source.attribution) + remark
            roles_of.setdefault(credit, []).append(say(f"page.role_{source.role}", language))
    comma = say("page.comma", language)
    parts = [
        say("package.of_source", language, role=comma.join(roles), fact=credit) for credit, roles in roles_of.items()
    ]
    return say("picture.between", language).join([*parts, say("picture.made_with", language)])


# ---- figures


def draw_figures(
    page: Board, run: Run, figures: Figures, language: Language, *, x: float, y: float, width: float, bottom: float
) -> None:
    """The headline, the tables by setting and by cause and, as room allows, the distances."""
    y = _draw_headline(page, run, figures, language, x=x, y=y, width=width)
    y = _draw_readings(page, run, language, x=x, y=y + 9, width=width)
    y = _draw_table(page, _setting_rows(figures, language), x=x, y=y + _GAP, width=width)
    y = _draw_table(page, _cause_rows(run, figures, language), x=x, y=y + _GAP, width=width, last_is_total=True)
    # Coverage within 15 km nears 100% anywhere, so the distances always stand with it.
    for rows in (_distance_rows(run, language), _beyond_rows(run, language)):
        if y + _GAP + _STEP * (len(rows) - 1) + 4 <= bottom:
            y = _draw_table(page, rows, x=x, y=y + _GAP, width=width)


def _draw_headline(
    page: Board, run: Run, figures: Figures, language: Language, *, x: float, y: float, width: float
) -> float:
    totals = run.totals
    share = share_text(totals.covered, totals.people)
    wide = put_text(page, x, y + 34, share, size=34, bold=True, colour=ACCENT)
    low, high = (share_text(units, totals.people) for units in (totals.covered_slow, totals.covered_brisk))
    beside, room = x + wide + 7, width - wide - 7
    span = say("picture.span", language, low=low, high=high)
    put_text(page, beside, y + 20, span, size=9, colour=QUIET, width=room, smallest=0)
    put_text(
        page,
        beside,
        y + 33,
        say("picture.speeds", language, slow=SLOW_KMH, brisk=BRISK_KMH),
        size=7,
        colour=QUIET,
        width=room,
        smallest=0,
    )
    counts = f"{people_text(figures.covered)} / {people_text(figures.people)}"
    put_text(page, x, y + 51, say("page.people", language, people=counts), size=10, width=width)
    _draw_bar(page, run, x=x, y=y + 59, width=width)
    wide = put_text(page, x, y + 83, say("page.uncovered", language), size=9)
    put_text(page, x + wide + 4, y + 83, people_text(figures.uncovered), size=10, bold=True, colour=GAP_INK)
    if figures.doubtful:
        wide = put_text(
            page, x, y + 97, say(doubt_word(run), language), size=8, colour=QUIET, width=width * 0.75, smallest=0.5
        )
        put_text(page, x + wide + 4, y + 97, people_text(figures.doubtful), size=8, bold=True, colour=QUIET)
        y += 14
    if figures.proposal and figures.proposal.rows:
        text = headline_text(figures.proposal, run, language)
        put_text(page, x, y + 100, text, size=10.5, bold=True, width=width, smallest=0)
        y += 17
    return y + 86


def _draw_bar(page: Board, run: Run, *, x: float, y: float, width: float) -> None:
    """Covered, not covered and in doubt, as parts of one bar."""
    totals = run.totals
    put_box(page, x, y, width, 9, fill=COVERED_COLOUR)
    if not totals.people:
        return
    covered, doubt = (width * units / totals.people for units in (totals.covered, totals.doubtful))
    put_box(page, x, y, covered, 9, fill=ACCENT)
    put_box(page, x + covered, y, width - covered - doubt, 9, fill=GAP_INK)
    if doubt:
        put_box(page, x + width - doubt, y, doubt, 9, fill=DOUBT_GROUND, hatched=DOUBT_STROKE)


def _draw_readings(page: Board, run: Run, language: Language, *, x: float, y: float, width: float) -> float:
    """Both readings of the towns, side by side; the one in use is tinted."""
    totals, half = run.totals, width / 2
    readings = (
        ("walk", run.standard.city, totals.covered_towns_on_foot),
        ("road", run.standard.rural, totals.covered_towns_by_road),
    )
    for number, (mode, rule, units) in enumerate(readings):
        left, used = x + number * half, run.standard.town.mode == mode
        put_box(page, left, y, half, 33, fill="#eef3f8" if used else "white", edge=_RULE)
        wide = put_text(page, left + 6, y + 15, share_text(units, totals.people), size=11, bold=True)
        if used:
            note = say("page.used", language).strip()
            put_text(page, left + 9 + wide, y + 14, note, size=7, colour=QUIET, width=half - wide - 12)
        text = say("page.towns", language, rule=short_rule_text(rule, language))
        put_text(page, left + 6, y + 27, text, size=7, colour=QUIET, width=half - 9)
    return y + 33


Row = tuple[str, ...]


def _setting_rows(figures: Figures, language: Language) -> list[Row]:
    words = ("page.by_setting", "page.residents", "page.covered", "page.covered_share")
    rows = [tuple(say(word, language) for word in words)]
    for setting in Setting:
        persons, units = figures.by_setting[setting], figures.setting_units[setting]
        if units.any():
            covered = int(persons[Cause.COVERED])
            share = share_text(int(units[Cause.COVERED]), int(units.sum()))
            texts = (people_text(int(persons.sum())), people_text(covered), share)
            rows.append((say(f"setting.{setting.name.lower()}", language), *texts))
    return rows


def _cause_rows(run: Run, figures: Figures, language: Language) -> list[Row]:
    rows: list[Row] = [(say("page.by_cause", language), say("book.people", language))]
    for group in cause_groups(run):
        people = sum(figures.by_cause[cause] for cause in group.causes)
        if people:
            rows.append((group.marked(language), people_text(people)))
    return [*rows, (say("page.total", language), people_text(figures.uncovered))]


def _distance_rows(run: Run, language: Language) -> list[Row]:
    """Within which distance half, 90% and 95% of the people have a site, and the farthest."""
    heads = ("50%", "90%", "95%", say("page.farthest", language))
    rows: list[Row] = [(say("picture.distances", language), *heads)]
    for row in run.totals.percentiles:
        distances = (row.p50_m, row.p90_m, row.p95_m, row.max_m)
        texts = (distance_text(metres, language, beyond_m=row.beyond_search_m) for metres in distances)
        rows.append((say(f"page.mode_{row.mode}", language), *texts))
    return rows


def _beyond_rows(run: Run, language: Language) -> list[Row]:
    """People with no counted site within some distances, by road and in a straight line."""
    totals = run.totals
    rows: list[Row] = [
        tuple(say(word, language) for word in ("page.beyond_head", "page.by_road", "page.in_straight_line"))
    ]
    for metres, straight in sorted(totals.beyond_straight.items()):
        persons = (people_text(whole(units)) for units in (totals.beyond_road[metres], straight))
        rows.append((distance_text(metres, language), *persons))
    return rows


def _region_rows(run: Run, figures: Figures, language: Language) -> list[Row]:
    """Regions with uncovered people, those with most first."""
    words = ("picture.regions", "page.uncovered", "page.covered_share")
    rows = [tuple(say(word, language) for word in words)]
    if not len(figures.by_region):
        return rows
    exact = run.by_region.to_dict("records")
    printed = figures.by_region["uncovered"].tolist()
    for number in sorted(range(len(exact)), key=lambda number: -exact[number]["uncovered"]):
        units = exact[number]
        if units["uncovered"]:
            share = share_text(int(units["covered"]), int(units["people"]))
            rows.append((printable(units["name"]), people_text(printed[number]), share))
    return rows


def _draw_table(
    page: Board, rows: Sequence[Row], *, x: float, y: float, width: float, last_is_total: bool = False
) -> float:
    """A table, its first row the heads and its numbers to the right. Returns the lower edge."""
    step = {5: 38.0, 4: 46.0, 3: 0.265 * width}.get(len(rows[0]), 46.0)
    for number, row in enumerate(rows):
        bold = number == 0 or (last_is_total and number == len(rows) - 1)
        first_width = width - step * (len(row) - 1) - 4
        put_text(page, x, y, row[0], size=8, bold=bold, width=first_width, smallest=0.7)
        for column, text in enumerate(reversed(row[1:])):
            head = number == 0
            right = x + width - column * step
            colour = QUIET if head else INK
            put_text(
                page,
                right,
                y,
                text,
                size=7 if head else 8,
                bold=bold and not head,
                colour=colour,
                align="right",
                width=step - 3,
                smallest=0,
            )
        put_line(page, [(x, y + 4), (x + width, y + 4)], colour=_RULE, width=0.5)
        y += _STEP
    return y - _STEP + 4


def draw_regions(
    page: Board, run: Run, figures: Figures, language: Language, *, x: float, y: float, width: float, bottom: float
) -> float:
    """The regions with most uncovered people, as many as there is room for. Returns the lower edge."""
    rows = _region_rows(run, figures, language)
    room = int((bottom - y - _GAP - 4) // _STEP)
    if len(rows) == 1 or room < 3:
        return y
    return _draw_table(page, rows[: min(room, 15) + 1], x=x, y=y + _GAP + 4, width=width)
