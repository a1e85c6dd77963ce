"""Every word a planner reads, in Chinese and English, from one catalogue (``words.toml``)."""

from __future__ import annotations

import locale
import os
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:
    from collections.abc import Mapping

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)


@dataclass(frozen=True)
class Phrases:
    """Entries with their facts, as a fact of another entry: they are said in its language."""

    entries: tuple[tuple[str, Mapping[str, object]], ...]

    def said(self, language: Language) -> str:
        """The entries, one after another."""
        return " ".join(say(word, language, **facts) for word, facts in self.entries)


@cache
def catalogue() -> dict[str, dict[str, str]]:
    """All entries as ``{"group.key": {"zh": ..., "en": ...}}``."""
    groups = tomllib.loads(files("catchment").joinpath("words.toml").read_text(encoding="utf-8"))
    return {f"{group}.{key}": entry for group, entries in groups.items() for key, entry in entries.items()}


def say(word: str, language: Language, /, **facts: object) -> str:
    """
    The text of one catalogue entry, its placeholders filled.

    Only the catalogue's own text is a format string; ``facts`` are put in as they are, so a brace or a percent sign
    in a planner's data means nothing here.

    Parameters
    ----------
    word
        The entry's name, ``group.key``.
    language
        ``zh`` or ``en``.
    **facts
        Values of the entry's placeholders.

    Raises
    ------
    KeyError
        If the catalogue has no such entry or a placeholder has no value.

    Examples
    --------
    >>> say("setting.rural", "zh"), say("setting.rural", "en")
    ('农村', 'rural')
    """
    filled = {name: fact.said(language) if isinstance(fact, Phrases) else fact for name, fact in facts.items()}
    return catalogue()[word][language].format(**filled)


def words_of(group: str, language: Language) -> dict[str, str]:
    """
    All entries of one group, unfilled, for a page that fills them itself.

    Examples
    --------
    >>> words_of("setting", "en")
    {'city': 'city', 'town': 'town', 'rural': 'rural'}
    """
    prefix = f"{group}."
    return {word.removeprefix(prefix): text[language] for word, text in catalogue().items() if word.startswith(prefix)}


def system_language() -> Language:
    """The language of the machine: ``zh`` where its locale is Chinese, else ``en``."""
    stated = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    name = stated or locale.getlocale()[0] or ""
    return "zh" if name.lower().startswith(("zh", "chinese")) else "en"
