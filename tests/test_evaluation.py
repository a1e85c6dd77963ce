"""Scores, ranks, awards and funds: by head, and by the figures of the plan's annex."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from forms import ANNEX, COUNTIES, facts_of, identity_of
from hypothesis import given
from hypothesis import strategies as st

from catchment.access.evaluation import (
    award_places,
    awarded,
    competition_ranks,
    evaluation,
    row_scores,
    site_scores,
)
from catchment.errors import MissingInputError, SettingsError
from catchment.inputs.evaluation_rules import example_rules, read_evaluation_rules, rules_of_plan
from catchment.inputs.plan import read_plan
from catchment.inputs.targets import read_targets
from catchment.model import Plan
from catchment.model.evaluation import MEASURES, CountyForm, SiteReturn
from catchment.model.plan import EvaluationItem

FIFTH = Fraction(1, 5)
RULES = example_rules()


def form_of(row, *figures, target=2, people=1000, covered=800, yes=5):
    """A form whose sites have one figure for every measure, and so many of five questions answered by yes."""
    facts = facts_of(row, target=target, people=people, covered=covered)
    answers = {item.key: at < yes for at, item in enumerate(RULES.items[:5])}
    sites = tuple(
        SiteReturn(site, dict.fromkeys(MEASURES, figure), answers)
        for site, figure in zip(facts.sites, figures, strict=False)
    )
    nothing = dict.fromkeys(MEASURES)
    return CountyForm(f"{row}.xlsx", "a", "b", identity_of(row), RULES.items, facts, sites, (), None, nothing, {})


def test_a_fifth_of_the_annex_is_60_sites_though_rounding_each_row_gives_61(shared_data):
    targets = read_targets(shared_data / "yichun" / "targets.csv")
    counts = targets.counts.sum(axis=1).tolist()
    assert counts == list(ANNEX.values())
    found = award_places(counts, share=FIFTH)
    assert found.total == 60
    assert sum(math.floor(exact + Fraction(1, 2)) for exact in found.exact) == 61


def test_the_places_of_the_annex_are_those_counted_by_head():
    # Whole parts add up to 54. The six others: 0.8 of 市本级, 经开区 and 宜丰; then 0.6 by the larger target: 袁州区,
    # 铜鼓, and one of 宜阳新区 and 明月山, both 3.
    found = award_places(list(ANNEX.values()), share=FIFTH)
    assert dict(zip(ANNEX, found.places, strict=True)) == {
        "市本级": 1, "经开区": 1, "袁州区": 8, "樟树": 6, "丰城": 9, "靖安": 3, "奉新": 5, "高安": 7,
        "上高": 5, "宜丰": 5, "铜鼓": 4, "万载": 5, "宜阳新区": 1, "明月山": 0,
    }  # fmt: skip
    assert [list(ANNEX)[row] for row in found.tied] == ["宜阳新区", "明月山"]


@given(st.lists(st.integers(0, 400), min_size=1, max_size=20), st.fractions(0, 1))
def test_places_add_up_to_the_share_and_none_is_off_by_one(targets, share):
    found = award_places(targets, share=share)
    assert found.total == math.floor(share * sum(targets) + Fraction(1, 2))
    assert all(abs(count - exact) < 1 for count, exact in zip(found.places, found.exact, strict=True))


def test_a_site_is_compared_with_those_of_its_type_in_all_counties():
    sites = site_scores([form_of("甲", 10, 30), form_of("乙", 20, 0)], RULES)
    assert [int(site.parts["performance"]) for site in sites] == [50, 100, 75, 0]
    # 50 x 50 + 30 x 100 + 20 x 80, over 100.
    assert sites[0].score == 71


def test_what_does_not_apply_leaves_its_weight_to_the_rest():
    form = form_of("甲", 10)
    alone = replace(form, sites=(replace(form.sites[0], facts=replace(form.sites[0].facts, counted=False)),))
    (site,) = site_scores([alone], RULES)
    assert set(site.parts) == {"performance", "form"}
    assert site.score == 100


def test_a_site_that_is_not_there_counts_nothing():
    forms = [form_of("甲", 10, 10, target=4)]
    (row,) = row_scores(forms, site_scores(forms, RULES), RULES)
    assert (row.parts["performance"], row.parts["form"], row.parts["coverage"]) == (50, 50, 80)


def test_sites_that_the_county_calls_closed_are_not_evaluated():
    form = form_of("甲", 10, 10)
    closed = replace(form, sites=(replace(form.sites[0], status="closed"), form.sites[1]))
    assert [site.facts.site_id for site in site_scores([closed], RULES)] == ["甲-2"]


def test_equal_scores_share_a_rank_and_are_told():
    forms = [form_of("甲", 10, 10), form_of("乙", 10, 10), form_of("丙", 1, 1)]
    rows = row_scores(forms, site_scores(forms, RULES), RULES)
    assert [(row.row, row.rank, row.tied) for row in rows] == [("甲", 1, True), ("乙", 1, True), ("丙", 3, False)]


@given(st.lists(st.integers(0, 9), min_size=1, max_size=9))
def test_a_rank_is_one_more_than_the_number_of_better_ones(scores):
    ranks = competition_ranks([Fraction(score) for score in scores])
    order = sorted(scores, reverse=True)
    assert ranks == [order.index(score) + 1 for score in scores]


def test_places_go_to_each_row_or_to_the_best_of_all():
    forms = [form_of("甲", 10, 20, target=5), form_of("乙", 30, 40, target=5)]
    scores = site_scores(forms, RULES)
    by_row = awarded(scores, ["甲", "乙"], [5, 5], rules=RULES)
    pooled = awarded(scores, ["甲", "乙"], [5, 5], rules=replace(RULES, award_by="pooled"))
    assert [site.facts.site_id for site in by_row.sites] == ["甲-2", "乙-2"]
    assert [site.facts.site_id for site in pooled.sites] == ["乙-2", "乙-1"]


def test_equal_sites_at_the_last_place_are_told_and_places_without_sites_counted():
    scores = site_scores([form_of("甲", 10, 10)], RULES)
    tied = awarded(scores, ["甲", "乙"], [5, 10], rules=RULES)
    assert [site.facts.site_id for site in tied.sites] == ["甲-1"]
    assert {site.facts.site_id for site in tied.tied} == {"甲-1", "甲-2"}
    assert tied.unused == 2


def test_the_reference_for_funds_is_the_mean_of_the_shares_that_are_given():
    forms = [form_of("樟树", 10, 10), form_of("丰城", 10, 10, covered=0)]
    # Key groups 100 and 100; cost 4 and 4; scores 96 and 80.
    found = evaluation(forms, identity_of("樟树"), replace(RULES, cost={"township": 2}))
    assert [(fund.row, fund.groups, fund.cost, fund.score) for fund in found.funds] == [
        ("樟树", 100, 4, 96),
        ("丰城", 100, 4, 80),
    ]
    assert found.funds[0].share == (Fraction(1, 2) + Fraction(1, 2) + Fraction(96, 176)) / 3
    assert sum(fund.share for fund in found.funds) == 1


def test_rows_without_a_form_are_missing_in_the_order_of_the_annex():
    found = evaluation([form_of("丰城", 1, 1)], identity_of("丰城"), RULES)
    assert found.missing == tuple(row for row in COUNTIES if row != "丰城")
    assert not found.complete


def test_rules_are_read_from_their_table_alone(tmp_path):
    path = tmp_path / "rules.toml"
    path.write_text(
        '[other]\nx = 1\n[scoring]\nbasis = "试行办法第5条"\naward_share = "10%"\naward_by = "pooled"\n'
        'weights = { performance = 2.5, form = 1, coverage = 0 }\n[[scoring.item]]\nkey = "a"\nzh = "甲"\nen = "A"\n',
        encoding="utf-8",
    )
    rules = read_evaluation_rules(path)
    assert (rules.award_share, rules.award_by, rules.official) == (Fraction(1, 10), "pooled", True)
    assert rules.weights == {"performance": Fraction(5, 2), "form": 1, "coverage": 0}
    assert [item.key for item in rules.items] == ["a"]


@pytest.mark.parametrize(
    ("text", "word", "said"),
    [
        ("[scoring]\naward_shere = 0.2\n", "error.settings_unknown_key", "award_share"),
        ("[scoring.weights]\nperformance = -1\n", "error.settings_bad_value", "scoring.weights.performance"),
        ("[scoring.weights]\nperformance = 0\nform = 0\ncoverage = 0\n", "error.settings_bad_value", "scoring.weights"),
        ("[other]\n", "error.settings_missing", "scoring"),
        ("scoring = \n", "error.settings_not_toml", "rules.toml"),
        ('[[scoring.item]]\nkey = "a"\nzh = "甲"\nen = "A"\n' * 2, "error.settings_bad_value", "scoring.item.key"),
    ],
)
def test_rules_that_cannot_be_meant_are_refused(tmp_path, text, word, said):
    path = tmp_path / "rules.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError, match=said.replace(".", r"\.")) as caught:
        read_evaluation_rules(path)
    assert caught.value.word == word


def test_the_plan_of_yichun_gives_weights_share_and_departments():
    plan = read_plan(Path(__file__).parents[1] / "data" / "yichun" / "plan.toml")
    rules = rules_of_plan(plan)
    assert rules.weights == {"performance": 70, "form": 15, "coverage": 15}
    assert rules.measures == {"visits": 30, "jobs": 20, "placed": 20}
    assert (rules.award_share, rules.official) == (FIFTH, False)
    assert (rules.departments["zone"], rules.departments["college"]) == ("发改", "教体")


def test_an_item_of_a_plan_that_is_not_understood_is_refused():
    with pytest.raises(SettingsError) as caught:
        rules_of_plan(Plan("x", evaluation=(EvaluationItem("满意度", 10, ""),), file="plan.toml"))
    assert caught.value.word == "error.evaluation_item"


def test_the_rules_that_are_shipped_for_yichun_ask_every_county_and_zone_but_not_the_city():
    rules = read_evaluation_rules(Path(__file__).parents[1] / "data" / "yichun" / "evaluation.toml")
    assert (rules.without_form, rules.official) == (("市本级",), False)
    assert rules.items == RULES.items


def test_rules_that_are_not_there_are_said(tmp_path):
    with pytest.raises(MissingInputError):
        read_evaluation_rules(tmp_path / "none.toml")
