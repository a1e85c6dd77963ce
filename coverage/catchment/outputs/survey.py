"""The site visit sheets (踏勘表): a Word document with a page of A4 for each suggested place."""

from __future__ import annotations

import datetime as dt
import io
from typing import TYPE_CHECKING, Any

import docx
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from catchment.inputs.cells import text_of
from catchment.model import VERDICTS
from catchment.outputs.documents import timeless
from catchment.outputs.lettering import lettering
from catchment.outputs.profile import published
from catchment.outputs.proposal import printed_proposal
from catchment.outputs.style import standard_line, title_text
from catchment.outputs.survey_card import cards, shortened
from catchment.outputs.survey_map import HEIGHT_MM, WIDTH_MM, card_map, surroundings
from catchment.words import say

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from catchment.model import Run
    from catchment.outputs.lettering import Lettering
    from catchment.outputs.survey_card import Card
    from catchment.words import Language

_FONTS = {"zh": "Microsoft YaHei", "en": "Calibri"}
_TICKED, _OPEN = "☑", "□"
_PAGE_MM = 180.0
_LABEL_MM = 30.0
_PER_MM = 0.56
"""Columns of a character grid to a millimetre at 9.5 points; fewer than in most fonts."""
_LINE_MM = 4.9
_SHADE = "EEF3F8"


def write_survey(run: Run, path: Path, *, letters: Lettering | None = None) -> None:
    """
    Write a page for each place of the plan: map, coordinates, whom it would serve, why, what to check, signatures.

    Every row has a height of its own and every text keeps to it, so that a place takes one page and no more, in any
    program. Text from data is only ever text. The same run gives the same bytes on the same machine.

    Parameters
    ----------
    run
        With suggestions; of a public one, which shows none, the document is empty.
    path
        Where to write.
    letters
        Fonts of the maps; by default the best of this machine.
    """
    run, language = published(run), run.language
    proposal = printed_proposal(run)
    book = _empty(run, language)
    if proposal is not None:
        shared = surroundings(run, proposal, letters or lettering())
        for card, row in zip(cards(run), proposal.rows, strict=True):
            _add_card(book, card, card_map(row, shared), language)
    stream = io.BytesIO()
    book.save(stream)
    path.write_bytes(timeless(stream.getvalue()))


# ---- the document


def _empty(run: Run, language: Language) -> Any:
    """A document of A4 with our fonts, and at the foot of every page the standard, the sources and what it is for."""
    book = docx.Document()
    day = dt.datetime.combine(run.date, dt.time())
    said = book.core_properties
    said.title, said.author, said.comments = text_of(title_text(run, language))[:255], "", ""
    said.created = said.modified = day
    section = book.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(15)
    section.top_margin, section.bottom_margin = Mm(10), Mm(20)
    section.header_distance, section.footer_distance = Mm(5), Mm(6)
    _set_style(book.styles["Normal"], language, size=10)
    heading = book.styles["Heading 1"]
    _set_style(heading, language, size=15)
    heading.font.bold, heading.font.color.rgb = True, RGBColor(0x20, 0x26, 0x2B)
    _set_style(book.styles["Footer"], language, size=7.5)
    lines = _foot(run, language)
    foot = section.footer.paragraphs[0]
    for number, line in enumerate(lines):
        paragraph = foot if not number else section.footer.add_paragraph()
        _put(paragraph, shortened(text_of(line), 2 * 105), line_mm=3.6, size=7.5)
    return book


def _set_style(style: Any, language: Language, *, size: float) -> None:
    style.font.name, style.font.size = _FONTS[language], Pt(size)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{name}"), None)
    fonts.set(qn("w:eastAsia"), _FONTS["zh"])
    style.paragraph_format.space_before = style.paragraph_format.space_after = Pt(0)


def _foot(run: Run, language: Language) -> list[str]:
    owed = dict.fromkeys(
        " ".join(filter(None, (source.attribution, source.licence))) for source in run.sources if source.attribution
    )
    lines = [standard_line(run.standard, language), say("survey.internal", language)]
    if owed:
        lines.insert(1, say("survey.sources", language, sources=say("survey.between", language).join(owed)))
    if run.synthetic:
        lines[-1] += f"  {say('page.synthetic', language)}"
    lines[-1] += f"  {title_text(run, language)}"
    return lines


# ---- a card


def _add_card(book: Any, card: Card, picture: bytes, language: Language) -> None:
    title = book.add_paragraph(style="Heading 1")
    title.paragraph_format.page_break_before = card.number > 1
    title.paragraph_format.keep_with_next = False
    _put(title, shortened(card.title, 56), line_mm=8, size=15)
    _put(book.add_paragraph(), shortened(card.kind, 74), line_mm=5.5, size=10, bold=True)
    _add_map(book, picture, say("survey.picture", language, place=card.title))
    _gap(book)
    _add_coordinates(book, card)
    _gap(book)
    _add_facts(book, card)
    _gap(book)
    _add_checklist(book, card, language)
    _gap(book)
    _add_signatures(book, card, language)


def _add_map(book: Any, picture: bytes, text: str) -> None:
    paragraph = book.add_paragraph()
    paragraph.paragraph_format.line_spacing = 1.0
    drawn = paragraph.add_run().add_picture(io.BytesIO(picture), width=Mm(WIDTH_MM), height=Mm(HEIGHT_MM))
    inline = drawn._inline  # noqa: SLF001 - python-docx has no other door to these
    inline.docPr.set("descr", text)
    # LibreOffice takes a margin that is not stated for 3 mm.
    for side in ("distT", "distB", "distL", "distR"):
        inline.set(side, "0")


def _add_coordinates(book: Any, card: Card) -> None:
    cells = _table(book, [60.0] * 3, [9.6])[0]
    for cell, (name, place) in zip(cells, card.coordinates, strict=True):
        _put(cell.paragraphs[0], name, line_mm=4.2, size=8, quiet=True)
        _put(cell.add_paragraph(), place, line_mm=_LINE_MM, bold=True)


def _add_facts(book: Any, card: Card) -> None:
    """Titles and texts; the last, why the place is in the plan, has most room."""
    lines = [2] * (len(card.facts) - 2) + [3, 5]
    text_mm = _PAGE_MM - _LABEL_MM
    rows = _table(book, [_LABEL_MM, text_mm], [count * _LINE_MM + 0.8 for count in lines])
    for (label, cell), (title, text), count in zip(rows, card.facts, lines, strict=True):
        _label(label, title)
        # A line is not filled to its end where a word does not fit; the last one is left as a reserve.
        room = round((text_mm - 4) * _PER_MM * (count - 0.3))
        _put(cell.paragraphs[0], shortened(text, room), line_mm=_LINE_MM, size=9.5)


def _add_checklist(book: Any, card: Card, language: Language) -> None:
    widths = [_LABEL_MM, 12.0, 12.0, 70.0, _PAGE_MM - _LABEL_MM - 94]
    head, *rows = _table(book, widths, [5.6] + [8.4] * len(card.checks))
    for cell, word in zip(head, ("check", "yes", "no", "known", "remarks"), strict=True):
        _label(cell, say(f"survey.{word}", language), centred=word in ("yes", "no"))
    for cells, check in zip(rows, card.checks, strict=True):
        _label(cells[0], check.title)
        for cell, box in zip(cells[1:3], (True, False), strict=True):
            _put(cell.paragraphs[0], _TICKED if check.answer is box else _OPEN, line_mm=6, size=13, centred=True)
        _put(cells[3].paragraphs[0], shortened(check.known, 58), line_mm=4.2, size=9, quiet=True)


def _add_signatures(book: Any, card: Card, language: Language) -> None:
    """The verdict and remarks, then who was there, when, and the signature, in one table of six columns."""
    widths = [_LABEL_MM, 34.0, 26.0, 30.0, 22.0, _PAGE_MM - _LABEL_MM - 112]
    verdict, remarks, signed = _table(book, widths, [7.4, 11.0, 10.5])
    _label(verdict[0], say("survey.verdict", language))
    boxes = (f"{_TICKED if card.verdict == each else _OPEN} {say(f'survey.{each}', language)}" for each in VERDICTS)
    _put(verdict[1].merge(verdict[5]).paragraphs[0], "      ".join(boxes), line_mm=6, size=11)
    _label(remarks[0], say("survey.remarks", language))
    _put(remarks[1].merge(remarks[5]).paragraphs[0], shortened(card.remarks, 130), line_mm=4.2, size=9)
    for at, word in ((0, "surveyor"), (2, "date"), (4, "signature")):
        _label(signed[at], say(f"survey.{word}", language))


# ---- tables and texts


def _table(book: Any, widths_mm: Sequence[float], heights_mm: Sequence[float]) -> list[list[Any]]:
    """A table of fixed widths and heights as wide as the page; its cells by row."""
    table = book.add_table(len(heights_mm), len(widths_mm), style="Table Grid")
    table.autofit, table.alignment = False, WD_TABLE_ALIGNMENT.CENTER
    for column, width in zip(table.columns, widths_mm, strict=True):
        column.width = Mm(width)
    rows = []
    for row, height in zip(table.rows, heights_mm, strict=True):
        row.height, row.height_rule = Mm(height), WD_ROW_HEIGHT_RULE.EXACTLY
        cells = list(row.cells)
        for cell, width in zip(cells, widths_mm, strict=True):
            cell.width, cell.vertical_alignment = Mm(width), WD_CELL_VERTICAL_ALIGNMENT.CENTER
        rows.append(cells)
    return rows


def _label(cell: Any, text: str, *, centred: bool = False) -> None:
    properties = cell._tc.get_or_add_tcPr()  # noqa: SLF001 - python-docx has no other door to the shading of a cell
    shade = properties.makeelement(qn("w:shd"), {qn("w:val"): "clear", qn("w:fill"): _SHADE})
    # Word takes the parts of a cell in one order only.
    properties.insert_element_before(shade, "w:noWrap", "w:tcMar", "w:textDirection", "w:tcFitText", "w:vAlign")
    _put(cell.paragraphs[0], text, line_mm=4.4, size=9, bold=True, centred=centred)


def _put(
    paragraph: Any,
    text: str,
    *,
    line_mm: float,
    size: float = 10,
    bold: bool = False,
    quiet: bool = False,
    centred: bool = False,
) -> None:
    """Text in lines of a fixed height, whatever font a program takes for it."""
    form = paragraph.paragraph_format
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Mm(line_mm)
    if centred:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = paragraph.add_run(text)
    run.font.size, run.font.bold = Pt(size), bold or None
    if quiet:
        run.font.color.rgb = RGBColor(0x5B, 0x66, 0x6F)


def _gap(book: Any) -> None:
    """A little room; without a paragraph between them programs take two tables for one."""
    _put(book.add_paragraph(), "", line_mm=1.8, size=1)
