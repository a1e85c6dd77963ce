"""The catalogue: every word in both languages, none missing, none left over."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from string import Formatter

import pytest

import catchment
from catchment.errors import InputError
from catchment.words import LANGUAGES, Phrases, catalogue, say, words_of

PACKAGE = Path(catchment.__file__).parent
TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(PACKAGE.rglob("*.py"))}
NODES = [(path, node) for path, tree in TREES.items() for node in ast.walk(tree)]
SCRIPTS = "".join(path.read_text(encoding="utf-8") for path in sorted(PACKAGE.rglob("*.js")))
GROUPS = {word.split(".")[0] for word in catalogue()}
FILE_NAME = re.compile(
    r".*\.(toml|json|html|js|css|csv|xlsx|log|py|gpkg|tif|pbf|md|txt|npy|npz|pdf|png|svg|zip|part|old|new)"
)


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def literals() -> dict[str, str]:
    """Strings of the code that look like an entry of a known group, with the file they stand in."""
    found = {}
    beginnings = {id(part) for _, node in NODES if isinstance(node, ast.JoinedStr) for part in node.values}
    for path, node in NODES:
        if id(node) not in beginnings and isinstance(node, ast.Constant) and isinstance(node.value, str):
            word = node.value
            if (
                re.fullmatch(r"[a-z_]+\.[a-z0-9_]+", word)
                and word.split(".")[0] in GROUPS
                and not FILE_NAME.fullmatch(word)
            ):
                found[word] = path.name
    in_page = re.findall(r"[\"'`]([a-z_]+\.[a-z0-9_]*[a-z0-9])[\"'`]", SCRIPTS)
    return found | {word: "page" for word in in_page if word.split(".")[0] in GROUPS}


def made_up() -> set[str]:
    """Beginnings of entries that the code completes (f"cause.{...}"), and groups it takes whole."""
    found = set()
    for _, node in NODES:
        if isinstance(node, ast.JoinedStr) and node.values and isinstance(node.values[0], ast.Constant):
            start = str(node.values[0].value)
            if re.match(r"[a-z_]+\.", start):
                found.add(start)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "words_of":
            found |= {f"{word.value}." for word in node.args[:1] if isinstance(word, ast.Constant)}
    return found | set(re.findall(r"[\"'`]([a-z_]+\.(?:[a-z0-9_]*_)?)(?:[\"'`]\s*\+|\$\{)", SCRIPTS))


@pytest.mark.parametrize("word", catalogue())
def test_an_entry_has_both_languages_and_the_same_placeholders(word):
    entry = catalogue()[word]
    assert set(entry) == set(LANGUAGES)
    assert all(entry.values())
    assert placeholders(entry["zh"]) == placeholders(entry["en"])


def test_every_entry_the_code_names_is_in_the_catalogue():
    assert {word: file for word, file in literals().items() if word not in catalogue()} == {}


def test_no_entry_is_left_over():
    used, starts = literals(), tuple(made_up() - {"finding."})
    # The oddities of a road file are counted under the second half of their entry.
    halves = {f"finding.{node.value}" for _, node in NODES if isinstance(node, ast.Constant)}
    left = [word for word in catalogue() if word not in used and word not in halves and not word.startswith(starts)]
    assert left == []


def _facts_given(node: ast.Call) -> tuple[str, set[str]] | None:
    """The entry a call names and the facts it gives; nothing if it names none or gives facts that are not in view."""
    name = getattr(node.func, "id", getattr(node.func, "attr", ""))
    words = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and arg.value in catalogue()]
    if not words or any(keyword.arg is None for keyword in node.keywords):
        return None
    given = {str(keyword.arg) for keyword in node.keywords}
    if name == "finding":
        return words[0], given | {"cell"}
    if name == "Finding":
        facts = [*node.args[2:3], *(keyword.value for keyword in node.keywords if keyword.arg == "facts")]
        if any(not isinstance(fact, ast.Dict) for fact in facts):
            return None
        return words[0], {str(getattr(key, "value", "")) for fact in facts for key in getattr(fact, "keys", [])}
    return (words[0], given) if name == "say" or name.endswith("Error") else None


def test_every_entry_the_code_names_gets_its_facts():
    calls = [(path.name, _facts_given(node)) for path, node in NODES if isinstance(node, ast.Call)]
    lacking = [
        (file, found[0], placeholders(catalogue()[found[0]]["en"]) - found[1])
        for file, found in calls
        if found and not placeholders(catalogue()[found[0]]["en"]) <= found[1]
    ]
    assert lacking == []


def test_what_stands_in_data_is_no_format_string():
    text = "{file} {0} %s {{x}} </script>"
    assert text in say("error.missing_file", "zh", file=text)


def test_entries_inside_an_entry_are_said_in_its_language():
    inner = Phrases((("setting.city", {}), ("setting.town", {})))
    problem = InputError("error.no_good_row", file="a.csv", count=2, reasons=inner)
    assert "城区 镇区" in problem.text("zh")
    assert "city town" in problem.text("en")


def test_a_group_has_all_its_entries():
    assert words_of("setting", "zh") == {"city": "城区", "town": "镇区", "rural": "农村"}


def test_chinese_texts_use_the_planners_typography():
    wrong = {
        word: entry["zh"]
        for word, entry in catalogue().items()
        if word.startswith(("error.", "finding.")) and re.search(r"[\u4e00-\u9fff][,;:?!]|\d %", entry["zh"])
    }
    assert wrong == {}
