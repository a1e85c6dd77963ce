"""How people write one coordinate: plain, with odd marks for digits, or in degrees, minutes and seconds."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from catchment.inputs.cells import number_of, text_of, without_phones

if TYPE_CHECKING:
    from catchment.model import RepairWord

Axis = Literal["", "lon", "lat"]

# Marks that Unicode would take for a letter or a blank with an accent, and the many ways to write ' and ".
_MARKS = str.maketrans({
    "º": "°", "˚": "°", "˙": "°", "⁰": "°", "′": "'", "’": "'", "‘": "'", "´": "'", "`": "'", "″": '"', "”": '"',
    "“": '"', "〃": '"', "〇": "0", "－": "-", "—": "-",
})  # fmt: skip
_AXES: tuple[tuple[Axis, str], ...] = (
    ("lon", "东经|西经|经度|longitude|long|lng|lon|[ew]"),
    ("lat", "北纬|南纬|纬度|latitude|lat|[ns]"),
)
_BEFORE = re.compile(rf"({_AXES[0][1]}|{_AXES[1][1]})[:=]?\s*(?=[-+\d.])", re.IGNORECASE)
_AFTER = re.compile(r"(?<=[\d.°度分秒'\"o])\s*([ewns])", re.IGNORECASE)
_NEGATIVE = ("西", "南", "w", "s")
_MARKED = re.compile(r"(\d{1,3})[°度](?:(\d{1,2}(?:\.\d+)?)(?:['分](?:(\d{1,2}(?:\.\d+)?)(?:\"|''|秒)?)?)?)?(?<![°度])")
_PARTED = re.compile(r"(\d{2,3})([: .\-])(\d{1,2})\2(\d{1,2}(?:\.\d+)?)")
_DECIMAL_MINUTES = re.compile(r"(\d{2,3})[: ](\d{1,2}\.\d+)()")
_CLOSE = re.compile(r"\s*([°度'分\"秒:])\s*")
_THOUSANDS = re.compile(r"\d{1,3}(,\d{3})+(\.\d+)?")
_LETTER_O = re.compile(r"(?<=[\d.])[oO]+|[oO]+(?=[\d.])")


@dataclass(frozen=True)
class Written:
    """One coordinate."""

    value: float
    word: RepairWord | Literal[""] = ""
    """Why it is no plain number; empty if it is one."""
    axis: Axis = ""
    """What the text itself says it is, as 东经 and N do."""
    step: float = 0.0
    """What the last digit is worth, in units of the value; 0 if unknown."""


def written(value: object) -> Written | None:
    """
    The coordinate in a cell; ``None`` if it holds none.

    A plain number is taken as it is. All else has a word that says what was read into it.

    Examples
    --------
    >>> written("114.387").word, written("114.387").step
    ('', 0.001)
    >>> written("１１４。３８７ 37°E"), round(written("114度23分15秒").value, 4)
    (Written(value=114.38737, word='repair.digits', axis='lon', step=1e-05), 114.3875)
    >>> written("114°73′") is written("中山路") is None
    True
    """
    plain = number_of(value)
    if plain is not None:
        return Written(plain, step=step_of(value))
    text, axis, sign = _without_axis(text_of(value))
    if not any(letter.isdecimal() for letter in text) or without_phones(text) != text:
        return None
    parts = _minutes(text)
    if parts is not None:
        number, step = parts
        return Written(sign * number, "repair.minutes", axis, step)
    digits = _digits(text)
    return None if digits is None else Written(sign * digits, "repair.digits", axis, step_of(digits))


def step_of(value: object) -> float:
    """
    What the last written digit of a plain number is worth.

    Examples
    --------
    >>> step_of("114.38"), step_of(114.387379), step_of(114)
    (0.01, 1e-06, 1.0)
    """
    text = repr(value) if isinstance(value, float) else unicodedata.normalize("NFKC", text_of(value)).strip()
    if "e" in text.lower():
        return 0.0
    _, point, decimals = text.partition(".")
    return float(f"1e-{len(decimals)}") if point and decimals != "0" else 1.0


def degrees_text(value: float) -> str:
    """
    Degrees as a planner types them, to a centimetre.

    Examples
    --------
    >>> degrees_text(114.3875), degrees_text(27.0)
    ('114.3875', '27')
    """
    return f"{value:.7f}".rstrip("0").rstrip(".")


def plain_text(text: str) -> str:
    r"""
    A text in which every mark has one form only: half-width, with the plain °, ' and ".

    Examples
    --------
    >>> plain_text("１１４º２３′１５″")
    '114°23\'15"'
    """
    return unicodedata.normalize("NFKC", text.translate(_MARKS)).translate(_MARKS).strip()


def _without_axis(raw: str) -> tuple[str, Axis, int]:
    """The text without 东经, E, lon= and such; what they say it is, and the sign."""
    text = plain_text(raw).lstrip("'").strip()
    before, after = _BEFORE.match(text), _AFTER.search(text)
    said = (before or after)[1].lower() if before or (after and after.end() == len(text)) else ""  # type: ignore[index]
    if before:
        text = text[before.end() :]
    elif said and after:
        text = text[: after.start()]
    axis: Axis = next((axis for axis, words in _AXES if said and re.fullmatch(words, said)), "")
    return text.strip(), axis, -1 if said.startswith(_NEGATIVE) else 1


def _minutes(text: str) -> tuple[float, float] | None:
    """Degrees from degrees, minutes and seconds, and what their last digit is worth."""
    closed = _CLOSE.sub(r"\1", text)
    marked = _MARKED.fullmatch(closed) or _DECIMAL_MINUTES.fullmatch(closed)
    if marked:
        degrees, minutes, seconds = marked.groups()
    elif parted := _PARTED.fullmatch(closed):
        degrees, _, minutes, seconds = parted.groups()
    else:
        return None
    if not minutes or float(minutes) >= 60 or float(seconds or 0) >= 60:
        return None
    step = step_of(seconds) / 3600 if seconds else step_of(minutes) / 60
    return int(degrees) + float(minutes) / 60 + float(seconds or 0) / 3600, step


def _digits(text: str) -> float | None:
    """A number in spite of 。or a comma for the point, the letter O, blanks and a degree sign."""
    plain = (
        _LETTER_O.sub(lambda match: "0" * len(match[0]), text).removesuffix("°").removesuffix("度").removesuffix("米")
    )
    plain = re.sub(r"(?<=\d)\s*[。｡．·]\s*(?=\d)", ".", plain.strip())
    if (_THOUSANDS.fullmatch(plain) and float(plain.split(",")[0]) > 180) or plain.count(",") > 1:
        plain = plain.replace(",", "")
    plain = plain.replace(",", ".")
    # A blank beside the point or among the decimals is a slip; one among whole digits may part two numbers.
    whole, point, decimals = plain.partition(".")
    if point:
        plain = f"{whole.strip()}.{''.join(decimals.split())}"
    return number_of(plain)
