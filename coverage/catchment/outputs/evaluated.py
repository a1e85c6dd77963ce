"""The evaluation of a year as sheets: ranking, scores, awards, differences, funds, and what is to be mended."""

from __future__ import annotations

import math
from collections import Counter
from fractions import Fraction
from typing import TYPE_CHECKING

from catchment.access.problems import DIFFERENCES
from catchment.model.evaluation import PARTS
from catchment.outputs.lines import Entry, Line, Share, Sheet, Sum
from catchment.outputs.payload import finding_text, type_text
from catchment.outputs.style import fraction_text, printable
from catchment.words import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from catchment.model.evaluation import Evaluation, Part, Problem
    from catchment.outputs.lines import Cell
    from catchment.words import Language


def evaluation_title(found: Evaluation, language: Language) -> str:
    """The network and the day of the run behind the forms."""
    return say("evaluation.title", language, name=printable(found.identity.name), date=found.identity.date)


def evaluation_sheets(found: Evaluation, language: Language) -> tuple[Sheet, ...]:
    """Ranking, scores of sites, awards, differences, reference for funds, and what came in."""
    made = (
        ("ranking", [rule_text(found, language), say("evaluation.ranking_note", language)], _ranking),
        ("sites", [say("evaluation.sites_note", language)], _sites),
        ("award", [award_text(found, language)], _award),
        ("differences", [say("evaluation.differences_note", language)], _differences),
        ("funds", [say("evaluation.funds_note", language)], _funds),
        ("received", [say("evaluation.received_note", language)], _received),
    )
    return tuple(
        _sheet(found, f"evaluation.{name}", notes, list(lines(found, language)), language)
        for name, notes, lines in made
    )


def rectification_sheet(found: Evaluation, language: Language) -> Sheet:
    """The 整改台账: a line per problem, with unit and deadline, and what is to be filled in until it is closed."""
    lines = list(_rectification(found, language))
    answers = tuple(say(f"survey.{word}", language) for word in ("yes", "no"))
    closed = len(lines[0].cells) - 3
    sheet = _sheet(found, "rectify.sheet", [say("rectify.note", language)], lines, language)
    return Sheet(sheet.name, sheet.lines, is_table=True, above=sheet.above, choices={closed: answers})


def _sheet(found: Evaluation, name: str, notes: list[str], lines: list[Line], language: Language) -> Sheet:
    above = [Line((evaluation_title(found, language),), "title")]
    above += [Line((note,), "note") for note in notes]
    if not found.rules.official:
        above.append(Line((say("evaluation.example", language),), "note"))
    return Sheet(say(name, language), (*above, *lines), is_table=True, above=len(above))


def _heads(language: Language, *words: str) -> Line:
    return Line(tuple(say(word, language) for word in words), "header")


# ---- texts


def rule_text(found: Evaluation, language: Language) -> str:
    """How a score is made."""
    weights = {part: fraction_text(found.rules.weights[part]) for part in PARTS}
    return say("evaluation.rule", language, **weights)


def award_text(found: Evaluation, language: Language) -> str:
    """How many sites are awarded, by which rule, and what could not be settled by it."""
    award, rows = found.award, found.identity.rows
    share = say("evaluation.percent", language, share=fraction_text(100 * found.rules.award_share))
    total = sum(found.identity.targets)
    each = sum(math.floor(exact + Fraction(1, 2)) for exact in award.places.exact)
    texts = [
        say("evaluation.award_rule", language, share=share, targets=total, places=award.places.total, each=each),
        say(f"evaluation.award_by_{award.by}", language),
    ]
    if award.places.tied and award.by == "row":
        names = say("form.between", language).join(printable(rows[row]) for row in award.places.tied)
        texts.append(say("evaluation.award_tied_rows", language, rows=names))
    if award.tied:
        names = say("form.between", language).join(printable(site.facts.name) for site in award.tied)
        texts.append(say("evaluation.award_tied_sites", language, sites=names))
    if award.unused:
        texts.append(say("evaluation.award_unused", language, count=award.unused))
    return " ".join(texts)


def problem_text(problem: Problem, language: Language) -> str:
    """What is to be mended, in words."""
    facts = dict(problem.facts)
    if problem.item is not None:
        facts["item"] = problem.item.zh if language == "zh" else problem.item.en
    return printable(say(problem.word, language, **facts))


def points(score: Fraction) -> float:
    """
    A score as printed: cut, not rounded, after one decimal, so that only a full score reads 100.

    Examples
    --------
    >>> points(Fraction(9996, 100)), points(Fraction(100)), points(Fraction(200, 3))
    (99.9, 100.0, 66.6)
    """
    return math.floor(score * 10) / 10


def _parts(parts: Mapping[Part, Fraction]) -> tuple[Cell, ...]:
    return tuple(points(parts[part]) if part in parts else None for part in PARTS)


# ---- sheets


def _ranking(found: Evaluation, language: Language) -> Iterator[Line]:
    parts = tuple(f"evaluation.part_{part}" for part in PARTS)
    words = ("rank", "row", "score")
    more = ("target", "open", "evaluated", "tied")
    heads = (f"evaluation.{word}" for word in (*words, *(part.removeprefix("evaluation.") for part in parts), *more))
    yield _heads(language, *heads)
    forms = {form.facts.row: form.facts for form in found.forms}
    evaluated = Counter(site.row for site in found.sites)
    for row in found.rows:
        facts = forms[row.row]
        tied = say("evaluation.is_tied", language) if row.tied else ""
        counts = (facts.target, facts.open_count, evaluated[row.row])
        yield Line((row.rank, printable(row.row), points(row.score), *_parts(row.parts), *counts, tied))


def _sites(found: Evaluation, language: Language) -> Iterator[Line]:
    parts = (f"evaluation.part_{part}" for part in PARTS)
    yield _heads(
        language,
        *("evaluation.row", "form.head_site_id", "form.head_name", "form.head_type", "evaluation.score"),
        *(*parts, "evaluation.awarded"),
    )
    awarded = {(site.row, site.facts.site_id) for site in found.award.sites}
    tied = {(site.row, site.facts.site_id) for site in found.award.tied}
    for site in found.sites:
        key = (site.row, site.facts.site_id)
        word = "evaluation.by_hand" if key in tied else "survey.yes" if key in awarded else ""
        facts = site.facts
        texts = (site.row, facts.site_id, facts.name, type_text(facts.type, language))
        said = say(word, language) if word else ""
        yield Line((*map(printable, texts), points(site.score), *_parts(site.parts), said))


def _award(found: Evaluation, language: Language) -> Iterator[Line]:
    words = ("row", "target", "exact", "places", "given", "sites_named")
    yield _heads(language, *(f"evaluation.{word}" for word in words))
    places = found.award.places
    rows = zip(found.identity.rows, found.identity.targets, places.exact, places.places, strict=True)
    for row, target, exact, count in rows:
        own = [printable(site.facts.name) for site in found.award.sites if site.row == row]
        named = say("form.between", language).join(own)
        yield Line((printable(row), target, float(exact), count, len(own), named))
    sums = (Sum(places.total), Sum(len(found.award.sites)))
    exact_sum = float(sum(places.exact, Fraction(0)))
    yield Line((say("page.total", language), Sum(sum(found.identity.targets)), exact_sum, *sums, ""), "total")


def _differences(found: Evaluation, language: Language) -> Iterator[Line]:
    words = ("evaluation.row", "form.head_site_id", "form.head_name", "evaluation.difference", "evaluation.place")
    yield _heads(language, *words)
    for problem in found.problems:
        if problem.word in DIFFERENCES:
            texts = (problem.row, problem.site_id, problem.name)
            yield Line((*map(printable, texts), problem_text(problem, language), _place(problem)))


def _funds(found: Evaluation, language: Language) -> Iterator[Line]:
    words = ("row", "groups", "cost", "score", "fund_share")
    yield _heads(language, *(f"evaluation.{word}" for word in words))
    for fund in found.funds:
        share = Share(fund.share.numerator, fund.share.denominator)
        yield Line((printable(fund.row), fund.groups, fund.cost, points(fund.score), share))


def _received(found: Evaluation, language: Language) -> Iterator[Line]:
    yield _heads(language, "evaluation.row", "evaluation.state", "evaluation.file", "evaluation.remark")
    refused = {problem.file: say(problem.word, language, **problem.facts) for problem in found.refused}
    for form in found.forms:
        count = len(form.findings)
        state = say("evaluation.read_with" if count else "evaluation.read", language, count=count)
        yield Line((printable(form.facts.row), state, printable(form.file), ""))
        for finding in form.findings:
            text = f"{printable(finding.sheet)} {finding_text(finding, language)}"
            yield Line(("", "", printable(form.file), text), "quiet")
    for row in found.missing:
        yield Line((printable(row), say("evaluation.missing", language), "", ""))
    for file, reason in refused.items():
        yield Line(("", say("evaluation.refused", language), printable(file), printable(reason)))


def _rectification(found: Evaluation, language: Language) -> Iterator[Line]:
    words = ("number", "row", "site_id", "site", "problem", "unit", "deadline", "done", "closed", "closed_on", "place")
    yield _heads(language, *(f"rectify.{word}" for word in words))
    kinds = {(form.facts.row, site.site_id): site.type for form in found.forms for site in form.facts.sites}
    for number, problem in enumerate(found.problems, start=1):
        department = found.rules.departments.get(kinds.get((problem.row, problem.site_id), ""), "")
        unit = printable(" ".join(filter(None, (problem.row, department))))
        texts = (problem.row, problem.site_id, problem.name)
        given: tuple[Cell, ...] = (number, *map(printable, texts), problem_text(problem, language))
        deadline = Entry(printable(found.rules.deadline), 12)
        yield Line((*given, unit, deadline, Entry("", 28), Entry("", 8), Entry("", 12), _place(problem)))


def _place(problem: Problem) -> str:
    return printable(" ".join(filter(None, (problem.file, problem.sheet, problem.cell))))


def collected_lines(found: Evaluation, language: Language) -> Iterator[str]:
    """What the terminal prints."""
    if not found.rules.official:
        yield say("evaluation.example", language)
    yield rule_text(found, language)
    for row in found.rows:
        tied = say("evaluation.tied_mark", language) if row.tied else ""
        score = f"{points(row.score):.1f}"
        yield say("evaluation.ranked", language, rank=row.rank, row=printable(row.row), score=score) + tied
    yield award_text(found, language)
    odd = [finding for form in found.forms for finding in form.findings]
    for finding in odd:
        yield f"{printable(finding.file)} {printable(finding.sheet)} {finding_text(finding, language)}"
    for problem in found.refused:
        yield printable(say(problem.word, language, **problem.facts))
    for missing in found.missing:
        yield say("evaluation.row_missing", language, row=printable(missing))
    counts = {"forms": len(found.forms), "problems": len(found.problems), "cells": len(odd)}
    yield say("evaluation.collected", language, **counts, refused=len(found.refused), missing=len(found.missing))
