"""The rules of the yearly evaluation: the table ``[scoring]`` of a TOML file, or an example where there is none."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, BeforeValidator, Field, ValidationError

from catchment.config import share
from catchment.errors import SettingsError
from catchment.model import SiteType
from catchment.model.evaluation import MEASURES, PARTS, EvaluationRules, FormItem
from catchment.toml_tables import STRICT, read_toml, settings_error
from catchment.words import Phrases, say

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from catchment.model import Plan
    from catchment.model.evaluation import Measure, Part

_Weight = Annotated[float, Field(ge=0, allow_inf_nan=False)]
_HALL_TYPES = (SiteType.CITY, SiteType.COUNTY)
_EXAMPLE_ITEMS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("sign", ()),
    ("front", (SiteType.CITY, SiteType.COUNTY, SiteType.TOWNSHIP, SiteType.VILLAGE)),
    ("single", ()),
    ("notices", ()),
    ("ledger", ()),
    ("hotline", _HALL_TYPES),
    ("complaints", _HALL_TYPES),
)
"""Items that the plan's text names; that they are asked and how they count is an example."""


_PLAN_ITEMS: Mapping[str, str] = {
    "服务人次": "visits",
    "岗位数": "jobs",
    "推荐成功数": "placed",
    "规范化": "form",
    "规范建设": "form",
    "覆盖": "coverage",
    "服务覆盖": "coverage",
}
"""Items of a plan's evaluation, and what they are the weight of."""


class _Table(BaseModel):
    model_config = STRICT


class _Weights(_Table):
    performance: _Weight = 50
    form: _Weight = 30
    coverage: _Weight = 20


class _Measures(_Table):
    visits: _Weight = 1
    jobs: _Weight = 1
    placed: _Weight = 1


class _Item(_Table):
    key: str = Field(pattern=r"^[a-z][a-z0-9_]{0,30}$")
    zh: str = Field(min_length=1, max_length=60)
    en: str = Field(min_length=1, max_length=120)
    types: tuple[str, ...] = ()


class _Evaluation(_Table):
    basis: str = ""
    award_share: Annotated[float, BeforeValidator(share), Field(ge=0, le=1)] = 0.2
    award_by: Literal["row", "pooled"] = "row"
    deadline: str = Field(default="", max_length=40)
    without_form: tuple[str, ...] = ()
    weights: _Weights = _Weights()
    measures: _Measures = _Measures()
    cost: dict[str, Annotated[int, Field(ge=0)]] = {}
    departments: dict[str, str] = {}
    item: tuple[_Item, ...] | None = Field(default=None, max_length=30)


def example_rules() -> EvaluationRules:
    """
    Rules where a plan gives none: an example, and marked so.

    Examples
    --------
    >>> rules = example_rules()
    >>> rules.award_share, int(rules.weights["form"]), [item.key for item in rules.items if item.asked_of("village")]
    (Fraction(1, 5), 30, ['sign', 'front', 'single', 'notices', 'ledger'])
    """
    return _rules(_Evaluation())


def rules_of_plan(plan: Plan) -> EvaluationRules:
    """
    The weights, the share that is awarded and the departments of a plan; what it does not say is the example.

    Its items are 服务人次, 岗位数 and 推荐成功数, which together are the performance, 规范化 and 覆盖. The questions of
    the form are the example's, so the rules are marked as one.

    Raises
    ------
    SettingsError
        If it has another item, or all weights are 0.

    Examples
    --------
    >>> from catchment.model import Plan
    >>> from catchment.model.plan import EvaluationItem
    >>> weighed = (("服务人次", 30), ("岗位数", 20), ("规范化", 15), ("覆盖", 15))
    >>> plan = Plan("x", evaluation=tuple(EvaluationItem(name, weight, "") for name, weight in weighed))
    >>> [int(weight) for weight in rules_of_plan(plan).weights.values()]
    [50, 15, 15]
    """
    rules = example_rules()
    award_share = rules.award_share if plan.award_share is None else Fraction(str(plan.award_share))
    departments = {kind.code: kind.department for kind in plan.types if kind.department}
    rules = replace(rules, award_share=award_share, departments=departments)
    if not plan.evaluation:
        return rules
    weight: dict[str, Fraction] = dict.fromkeys((*MEASURES, *PARTS), Fraction(0))
    for item in plan.evaluation:
        if item.name not in _PLAN_ITEMS:
            listed = ", ".join(_PLAN_ITEMS)
            raise SettingsError("error.evaluation_item", file=plan.file, found=item.name, items=listed)
        weight[_PLAN_ITEMS[item.name]] += Fraction(str(item.weight))
    weight["performance"] = sum((weight[measure] for measure in MEASURES), Fraction(0))
    if not any(weight.values()):
        raise _bad(plan.file, "weights", "0", Phrases((("form.all_zero", {}),)))
    return replace(
        rules,
        weights={part: weight[part] for part in PARTS},
        measures={measure: weight[measure] for measure in MEASURES},
    )


def read_evaluation_rules(path: Path) -> EvaluationRules:
    """
    Read the table ``[scoring]`` of a TOML file; its other tables are others' business.

    Raises
    ------
    MissingInputError
        If there is no such file.
    SettingsError
        If it is not TOML, has no such table, an unknown key in it, a value that cannot be meant, two items of one key
        or weights that are all 0.
    """
    content = read_toml(path)
    if not isinstance(content.get("scoring"), dict):
        raise SettingsError("error.settings_missing", file=path.name, key="scoring", flag="rules")
    try:
        found = _Evaluation.model_validate(content["scoring"])
    except ValidationError as problem:
        raise settings_error(problem, path.name, _Evaluation, above="scoring") from problem
    _refuse_senseless(found, path.name)
    return _rules(found)


def _rules(found: _Evaluation) -> EvaluationRules:
    weights: Mapping[Part, Fraction] = {part: Fraction(str(getattr(found.weights, part))) for part in PARTS}
    measures: Mapping[Measure, Fraction] = {name: Fraction(str(getattr(found.measures, name))) for name in MEASURES}
    return EvaluationRules(
        items=_example_items() if found.item is None else tuple(FormItem(**vars(item)) for item in found.item),
        weights=weights,
        measures=measures,
        award_share=Fraction(str(found.award_share)),
        award_by=found.award_by,
        deadline=found.deadline,
        without_form=found.without_form,
        cost=found.cost,
        departments=found.departments,
        official=bool(found.basis),
    )


def _example_items() -> tuple[FormItem, ...]:
    return tuple(
        FormItem(key, say(f"form_item.{key}", "zh"), say(f"form_item.{key}", "en"), tuple(map(str, types)))
        for key, types in _EXAMPLE_ITEMS
    )


def _refuse_senseless(found: _Evaluation, file: str) -> None:
    twice = [key for key, count in Counter(item.key for item in found.item or ()).items() if count > 1]
    if twice:
        raise _bad(file, "item.key", twice[0], Phrases((("form.key_twice", {}),)))
    for name in ("weights", "measures"):
        if not any(getattr(found, name).model_dump().values()):
            raise _bad(file, name, "0", Phrases((("form.all_zero", {}),)))


def _bad(file: str, key: str, found: str, reason: Phrases) -> SettingsError:
    return SettingsError("error.settings_bad_value", file=file, key=f"scoring.{key}", found=found, reason=reason)
