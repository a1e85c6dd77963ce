"""The evaluation of a year: scores, ranks, awards and funds from the forms that counties sent back, all exact."""

from __future__ import annotations

import math
from collections import defaultdict
from fractions import Fraction
from typing import TYPE_CHECKING

from catchment.access.problems import problems_of
from catchment.model.evaluation import (
    MEASURES,
    PARTS,
    Award,
    AwardPlaces,
    Evaluation,
    FundReference,
    RowScore,
    SiteScore,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from catchment.model.evaluation import CountyForm, EvaluationRules, FormIdentity, Part, Refused, SiteReturn

FULL = Fraction(100)


def evaluation(
    forms: Sequence[CountyForm], identity: FormIdentity, rules: EvaluationRules, *, refused: Sequence[Refused] = ()
) -> Evaluation:
    """
    Everything that follows from the forms of a year.

    Parameters
    ----------
    forms
        Those that can be used, of one plan and run, at most one for each row.
    identity
        Of any of them, for the annex.
    rules
        Weights, items, the share that is awarded.
    refused
        Forms that cannot be used.
    """
    place = {row: at for at, row in enumerate(identity.rows)}
    forms = sorted(forms, key=lambda form: place[form.facts.row])
    there = {form.facts.row for form in forms}
    sites = site_scores(forms, rules)
    rows = row_scores(forms, sites, rules)
    return Evaluation(
        forms=tuple(forms),
        missing=tuple(row for row in identity.asked if row not in there),
        rules=rules,
        rows=rows,
        sites=sites,
        award=awarded(sites, identity.rows, identity.targets, rules=rules),
        problems=tuple(problem for form in forms for problem in problems_of(form)),
        funds=fund_references(forms, rows, rules),
        identity=identity,
        refused=tuple(refused),
    )


def award_places(targets: Sequence[int], *, share: Fraction) -> AwardPlaces:
    """
    How many sites of each row are awarded: a share of all targets, made whole by largest remainder.

    The total is the share of all targets, rounded half up; rounding each row by itself would give another one.
    Between equal remainders the larger target comes first, then the order of the annex, and that is told.

    Parameters
    ----------
    targets
        Sites that each row is asked for.
    share
        Of the targets.

    Examples
    --------
    >>> found = award_places([4, 38, 3, 3], share=Fraction(1, 5))
    >>> found.places, found.total, found.tied
    ((1, 8, 1, 0), 10, (2, 3))
    """
    exact = tuple(share * target for target in targets)
    whole = [math.floor(value) for value in exact]
    left = math.floor(sum(exact, Fraction(1, 2))) - sum(whole)
    standing = [(value - floor, target) for value, floor, target in zip(exact, whole, targets, strict=True)]
    # Stable, so that equals keep the order of the annex.
    order = sorted(range(len(targets)), key=lambda row: standing[row], reverse=True)
    for row in order[:left]:
        whole[row] += 1
    cut = 0 < left < len(order) and standing[order[left]] == standing[order[left - 1]]
    tied = tuple(sorted(row for row in order if cut and standing[row] == standing[order[left]]))
    return AwardPlaces(tuple(whole), exact, tied)


def standings(values: Sequence[int]) -> list[Fraction]:
    """
    From 0 to 100 how each value stands: the share of values that do not exceed it; nothing done is worth nothing.

    Parameters
    ----------
    values
        Not negative.

    Examples
    --------
    >>> [int(value) for value in standings([0, 10, 10, 500])]
    [0, 75, 75, 100]
    """
    return [FULL * sum(other <= value for other in values) / len(values) if value else Fraction(0) for value in values]


def weighted(parts: Mapping[Part, Fraction], weights: Mapping[Part, Fraction]) -> Fraction:
    """
    The mean of the parts that apply, by weight; the weight of one that does not apply is shared by the others.

    Examples
    --------
    >>> weights = {"performance": Fraction(50), "form": Fraction(25), "coverage": Fraction(25)}
    >>> int(weighted({"performance": Fraction(90), "form": Fraction(60)}, weights))
    80
    """
    total = sum((weights[part] for part in parts), Fraction(0))
    return sum((weights[part] * value for part, value in parts.items()), Fraction(0)) / total if total else Fraction(0)


def site_scores(forms: Sequence[CountyForm], rules: EvaluationRules) -> tuple[SiteScore, ...]:
    """
    The score of every evaluated site, in the order of the forms.

    ``performance`` compares the sites of one type over all forms (``standings``); a blank counts as 0. ``form`` is the
    share of yes among the items asked; a blank is no yes. ``coverage`` is the covered share of the residents for whom
    the site is the nearest; it does not apply to sites that do not count for the public or are nobody's nearest.

    Parameters
    ----------
    forms
        All forms.
    rules
        Weights and items.
    """
    listed = [(form, site) for form in forms for site in form.sites if site.evaluated]
    performance = _performance([site for _, site in listed], rules)
    scores = []
    for (form, site), done in zip(listed, performance, strict=True):
        parts: dict[Part, Fraction] = {"performance": done, "form": _form_share(site)}
        if site.facts.counted and site.facts.catchment:
            parts["coverage"] = FULL * site.facts.covered / site.facts.catchment
        scores.append(SiteScore(form.facts.row, site.facts, parts, weighted(parts, rules.weights)))
    return tuple(scores)


def _form_share(site: SiteReturn) -> Fraction:
    asked = len(site.answers)
    return FULL * sum(answer is True for answer in site.answers.values()) / asked if asked else FULL


def _performance(sites: Sequence[SiteReturn], rules: EvaluationRules) -> list[Fraction]:
    by_type: defaultdict[str, list[int]] = defaultdict(list)
    for at, site in enumerate(sites):
        by_type[site.facts.type].append(at)
    found = [Fraction(0)] * len(sites)
    total = sum(rules.measures.values(), Fraction(0))
    for members in by_type.values():
        for measure in MEASURES:
            values = standings([sites[at].measures[measure] or 0 for at in members])
            for at, value in zip(members, values, strict=True):
                found[at] += rules.measures[measure] * value / total if total else 0
    return found


def row_scores(forms: Sequence[CountyForm], sites: Sequence[SiteScore], rules: EvaluationRules) -> tuple[RowScore, ...]:
    """
    The score of every row, best first.

    ``performance`` and ``form`` are means over as many sites as the annex asks for, or over all that are evaluated if
    those are more: a site that is not there is worth nothing. ``coverage`` is the covered share of the row's residents.

    Parameters
    ----------
    forms
        All forms.
    sites
        From ``site_scores``.
    rules
        The weights.
    """
    scored = []
    for form in forms:
        own = [site for site in sites if site.row == form.facts.row]
        divisor = max(form.facts.target, len(own))
        parts: dict[Part, Fraction] = {
            part: sum((site.parts[part] for site in own), Fraction(0)) / divisor if divisor else Fraction(0)
            for part in PARTS
            if part != "coverage"
        }
        if form.facts.people:
            parts["coverage"] = FULL * form.facts.covered / form.facts.people
        scored.append((form.facts.row, parts, weighted(parts, rules.weights)))
    values = [score for _, _, score in scored]
    ranks = competition_ranks(values)
    found = [
        RowScore(row, parts, score, rank, values.count(score) > 1)
        for (row, parts, score), rank in zip(scored, ranks, strict=True)
    ]
    return tuple(sorted(found, key=lambda row: row.rank))


def competition_ranks(scores: Sequence[Fraction]) -> list[int]:
    """
    The rank of each score, from 1 for the highest; equal scores share a rank, and the next one is left out.

    Examples
    --------
    >>> competition_ranks([Fraction(80), Fraction(95), Fraction(80), Fraction(70)])
    [2, 1, 2, 4]
    """
    return [1 + sum(other > score for other in scores) for score in scores]


def awarded(
    scores: Sequence[SiteScore], rows: Sequence[str], targets: Sequence[int], *, rules: EvaluationRules
) -> Award:
    """
    The sites that are awarded: the best of each row by the row's places, or the best of all by all places.

    Between equal scores the one with more performance comes first, then the smaller id; where only that decides who
    gets the last place, the sites are told, to be settled by hand.

    Parameters
    ----------
    scores
        From ``site_scores``.
    rows, targets
        Of the annex.
    rules
        The share, and whether places are given by row.
    """
    places = award_places(targets, share=rules.award_share)
    pools: list[tuple[list[SiteScore], int]] = (
        [(list(scores), places.total)]
        if rules.award_by == "pooled"
        else [([site for site in scores if site.row == row], n) for row, n in zip(rows, places.places, strict=True)]
    )
    chosen: list[SiteScore] = []
    tied: list[SiteScore] = []
    unused = 0
    for pool, count in pools:
        best = sorted(pool, key=lambda site: (-site.score, -site.parts["performance"], site.facts.site_id))
        chosen += best[:count]
        unused += max(count - len(best), 0)
        if 0 < count < len(best) and best[count].score == best[count - 1].score:
            tied += [site for site in best if site.score == best[count].score]
    return Award(places, rules.award_by, tuple(chosen), tuple(tied), unused)


def fund_references(
    forms: Sequence[CountyForm], rows: Sequence[RowScore], rules: EvaluationRules
) -> tuple[FundReference, ...]:
    """
    Size of the key groups, cost and score of each row, and the mean of its shares of those that are given at all.

    Parameters
    ----------
    forms
        All forms.
    rows
        From ``row_scores``.
    rules
        What a site of each type costs.
    """
    score_of = {row.row: row.score for row in rows}
    groups = [sum(form.facts.groups.values()) for form in forms]
    costs = [
        sum(rules.cost.get(site.facts.type, 0) for site in form.sites if site.facts.status == "open") for form in forms
    ]
    scores = [score_of[form.facts.row] for form in forms]
    factors: tuple[Sequence[int | Fraction], ...] = (groups, costs, scores)
    given = [(values, sum(values)) for values in factors if sum(values)]
    return tuple(
        FundReference(
            form.facts.row,
            groups[at],
            costs[at],
            scores[at],
            sum((Fraction(values[at]) / total for values, total in given), Fraction(0)) / (len(given) or 1),
        )
        for at, form in enumerate(forms)
    )
