"""Word documents in the form of an official letter: fonts, headings, tables, pictures, numbered pages."""

from __future__ import annotations

import datetime as dt
import io
import unicodedata
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import docx
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from catchment.inputs.cells import text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from catchment.words import Language

PAGE_MM = 156.0
"""Width of the text of a page: A4 with the margins of GB/T 9704."""

_CELL = "Cell"
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
_MM_PER_LETTER = 1.75
"""Width of a Latin letter or a digit in a table, on the safe side."""
_SHORT = 7
"""Tables of no more rows are not broken over pages."""
_PADDING, _LEAST = 3, 11
"""Letters beside the text of a cell; and what a column of longer texts keeps at least, four Chinese characters."""


@dataclass(frozen=True)
class Heading:
    """A heading: 0 the title, 1 a section, 2 a part of it."""

    level: Literal[0, 1, 2]
    text: str


@dataclass(frozen=True)
class Text:
    """A paragraph."""

    text: str
    look: Literal["body", "centred", "mark", "small", "closing", "signature"] = "body"


@dataclass(frozen=True)
class Table:
    """A table with a caption; the header is repeated on every page."""

    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[bool, ...]
    """Which columns are of numbers, and stand to the right."""
    has_total: bool = False
    """The last row is a total."""


@dataclass(frozen=True, eq=False)
class Picture:
    """A PNG as wide as the text, with a caption below."""

    caption: str
    png: bytes


Block = Heading | Text | Table | Picture


@dataclass(frozen=True)
class _Letters:
    """Fonts and sizes [points] of a language."""

    title: str
    section: str
    part: str
    body: str
    latin: str
    title_pt: float
    body_pt: float
    line_pt: float | None
    """Height of a line; ``None`` as the font has it."""
    indent_pt: float


_LETTERS: dict[Language, _Letters] = {
    # As GB/T 9704 has it; where a font is not there, every program takes a serif one in its place.
    "zh": _Letters("宋体", "黑体", "楷体", "仿宋", "Times New Roman", 22, 16, 28, 32),
    "en": _Letters("宋体", "黑体", "楷体", "仿宋", "Times New Roman", 18, 11, None, 0),
}


def document_bytes(blocks: Iterable[Block], *, language: Language, title: str, date: dt.date) -> bytes:
    """
    A document of A4 as the bytes of a docx file: the same blocks, the same bytes. Text is only ever text.

    Parameters
    ----------
    blocks
        What stands in it, from above.
    language
        Decides fonts and sizes.
    title, date
        Of the file.
    """
    letters = _LETTERS[language]
    book = _empty(letters, title, date)
    for block in blocks:
        if isinstance(block, Heading):
            _add_heading(book, block, letters)
        elif isinstance(block, Text):
            _add_text(book, block, letters)
        elif isinstance(block, Table):
            _add_table(book, block)
        else:
            _add_picture(book, block)
    stream = io.BytesIO()
    book.save(stream)
    return timeless(stream.getvalue())


def timeless(document: bytes) -> bytes:
    """The same members of a zip file in the same order, without the hour at which they were packed."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(document)) as before, zipfile.ZipFile(stream, "w") as after:
        for member in before.infolist():
            entry = zipfile.ZipInfo(member.filename, _ZIP_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            after.writestr(entry, before.read(member))
    return stream.getvalue()


# ---- the page


def _empty(letters: _Letters, title: str, date: dt.date) -> Any:
    book = docx.Document()
    said = book.core_properties
    said.title, said.author, said.comments = text_of(title)[:255], "", ""
    said.created = said.modified = dt.datetime.combine(date, dt.time())
    section = book.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.top_margin, section.bottom_margin = Mm(32), Mm(30)
    section.footer_distance = Mm(18)
    _set_style(book.styles["Normal"], letters.body, letters, size=letters.body_pt)
    for name, font, size in (
        ("Title", letters.title, letters.title_pt),
        ("Heading 1", letters.section, letters.body_pt),
        ("Heading 2", letters.part, letters.body_pt),
    ):
        style = book.styles[name]
        _set_style(style, font, letters, size=size)
        style.font.bold, style.font.color.rgb = letters.indent_pt == 0 or name == "Title", RGBColor(0, 0, 0)
    # An empty cell is as high as its style says.
    cells = book.styles.add_style(_CELL, WD_STYLE_TYPE.PARAGRAPH)
    _set_style(cells, letters.body, letters, size=10.5 if letters.line_pt else 9)
    cells.paragraph_format.space_before = cells.paragraph_format.space_after = Pt(1.5)
    for border in book.styles["Title"].element.findall(f".//{qn('w:pBdr')}"):
        border.getparent().remove(border)
    _add_page_number(section.footer.paragraphs[0])
    return book


def _set_style(style: Any, font: str, letters: _Letters, *, size: float) -> None:
    style.font.name, style.font.size = letters.latin, Pt(size)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{name}"), None)
    fonts.set(qn("w:eastAsia"), font)
    style.paragraph_format.space_before = style.paragraph_format.space_after = Pt(0)


def _add_page_number(paragraph: Any) -> None:
    """The number of the page between dashes, in the middle of the foot."""
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for text, field in (("— ", False), ("PAGE", True), (" —", False)):
        run = paragraph.add_run("" if field else text)
        run.font.size = Pt(12)
        if field:
            for tag, kind in (("w:fldChar", "begin"), ("w:instrText", ""), ("w:fldChar", "end")):
                part = OxmlElement(tag)
                if kind:
                    part.set(qn("w:fldCharType"), kind)
                else:
                    part.text = text
                run._r.append(part)  # noqa: SLF001 - python-docx has no other door to fields


# ---- blocks


def _add_heading(book: Any, block: Heading, letters: _Letters) -> None:
    paragraph = book.add_paragraph(style=("Title", "Heading 1", "Heading 2")[block.level])
    form = paragraph.paragraph_format
    if block.level == 0:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        form.space_after = Pt(6)
    else:
        form.first_line_indent, form.keep_with_next = Pt(letters.indent_pt), True
        form.space_before = Pt(0 if letters.line_pt else (14, 8)[block.level - 1])
        form.space_after = Pt(0 if letters.line_pt else 4)
        _set_lines(form, letters)
    paragraph.add_run(text_of(block.text))


def _set_lines(form: Any, letters: _Letters) -> None:
    if letters.line_pt:
        form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(letters.line_pt)
    else:
        form.line_spacing = 1.15


def _add_text(book: Any, block: Text, letters: _Letters) -> None:
    paragraph = book.add_paragraph()
    form, run = paragraph.paragraph_format, paragraph.add_run(text_of(block.text))
    _set_lines(form, letters)
    if block.look in ("body", "closing"):
        form.first_line_indent = Pt(letters.indent_pt)
        # What is signed stands on the page of the signature.
        form.keep_with_next = block.look == "closing"
        form.space_after = Pt(0 if letters.line_pt else 4)
        return
    if block.look == "signature":
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        form.right_indent, form.space_before, form.keep_with_next = Pt(2 * letters.body_pt), Pt(10), True
        return
    run.font.size = Pt(10.5 if letters.line_pt else 9)
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.SINGLE, 1.0
    form.space_after = Pt(3)
    if block.look != "small":
        paragraph.alignment, run.font.bold = WD_ALIGN_PARAGRAPH.CENTER, block.look == "mark" or None


def _caption(book: Any, text: str, *, above: bool) -> None:
    paragraph = book.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    form = paragraph.paragraph_format
    form.space_before, form.space_after = (Pt(8), Pt(3)) if above else (Pt(2), Pt(8))
    form.keep_with_next = above
    run = paragraph.add_run(text_of(text))
    run.font.size, run.font.bold = Pt(10.5), True


def _add_table(book: Any, block: Table) -> None:
    _caption(book, block.caption, above=True)
    widths = column_widths([block.heads, *block.rows], PAGE_MM)
    table = book.add_table(1 + len(block.rows), len(block.heads), style="Table Grid")
    table.autofit, table.alignment = False, WD_TABLE_ALIGNMENT.CENTER
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    last = len(block.rows)
    for number, (row, texts) in enumerate(zip(table.rows, (block.heads, *block.rows), strict=True)):
        bold = number == 0 or (block.has_total and number == last)
        properties = row._tr.get_or_add_trPr()  # noqa: SLF001 - python-docx has no other door to these
        properties.append(OxmlElement("w:cantSplit"))
        if number == 0:
            properties.append(OxmlElement("w:tblHeader"))
        for cell, text, width, right in zip(row.cells, texts, widths, block.numeric, strict=True):
            cell.width, cell.vertical_alignment = Mm(width), WD_CELL_VERTICAL_ALIGNMENT.CENTER
            paragraph = cell.paragraphs[0]
            paragraph.style = _CELL
            if number == 0:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
            elif right:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            # A header never stands alone at the foot of a page, nor a total at the head of one; short tables are whole.
            paragraph.paragraph_format.keep_with_next = number in (0, last - 1) or (number < last <= _SHORT)
            paragraph.add_run(text_of(text)).font.bold = bold or None
    space = book.add_paragraph().paragraph_format
    space.line_spacing_rule, space.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(8)


def _add_picture(book: Any, block: Picture) -> None:
    paragraph = book.add_paragraph()
    form = paragraph.paragraph_format
    form.line_spacing_rule, form.keep_with_next, form.space_before = WD_LINE_SPACING.SINGLE, True, Pt(6)
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    drawn = paragraph.add_run().add_picture(io.BytesIO(block.png), width=Mm(PAGE_MM))
    drawn._inline.docPr.set("descr", text_of(block.caption))  # noqa: SLF001 - python-docx has no other door to it
    _caption(book, block.caption, above=False)


def column_widths(rows: Sequence[Sequence[str]], width_mm: float) -> list[float]:
    """
    Widths of the columns of a table that fill a page [mm]: no number, code or word of Latin letters is broken.

    A Chinese character counts twice. The first row is the header, which may be broken into two lines. Where a table
    is too wide, the columns of longer texts give way.

    Examples
    --------
    >>> column_widths([["name", "people"], ["东村就业之家", "1,024"]], 92.0)
    [60.0, 32.0]
    """
    columns = [list(map(_letters_of, column)) for column in zip(*rows, strict=True)]
    words = [max(map(_longest_word, column)) + _PADDING for column in zip(*rows, strict=True)]
    wanted: list[float] = [max(*column[1:], -(-column[0] // 2), min(column[0], 4)) + _PADDING for column in columns]
    least = [min(max(word, min(want, _LEAST)), want) for word, want in zip(words, wanted, strict=True)]
    room = width_mm / _MM_PER_LETTER
    over, slack = sum(wanted) - room, sum(wanted) - sum(least)
    if over > 0 and slack > 0:
        share = min(over / slack, 1.0)
        wanted = [want - share * (want - low) for want, low in zip(wanted, least, strict=True)]
    return [float(round(width_mm * want / sum(wanted))) for want in wanted]


def _letters_of(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def _longest_word(text: str) -> int:
    """Columns that a text needs in which lines are broken between Chinese characters and at spaces alone."""
    spaced = "".join(" " if unicodedata.east_asian_width(letter) in "WF" else letter for letter in text)
    return max(map(len, spaced.split()), default=0)
