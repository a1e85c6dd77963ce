"""The yearly evaluation: what is asked of each site, what counties send back, and what follows from it."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:
    from collections.abc import Mapping

    from catchment.model.inputs import Finding
    from catchment.words import Phrases

Measure = Literal["visits", "jobs", "placed"]
"""What a site achieved in the period: 服务人次, 岗位数, 推荐成功数."""

MEASURES: tuple[Measure, ...] = get_args(Measure)

Part = Literal["performance", "form", "coverage"]
"""What a score is made of."""

PARTS: tuple[Part, ...] = get_args(Part)

FORM_SCHEMA = "catchment.form/1"

FORM_SHEET = "_catchment"
"""Hidden in every form: what it is, and what stood in its locked cells."""

STATUSES = ("open", "preparing", "planned", "closed")
"""Of a site, in the order of their choice."""


@dataclass(frozen=True)
class FormItem:
    """A question of the form that is answered by yes or no."""

    key: str
    """Stays the same whatever the text says."""
    zh: str
    en: str
    types: tuple[str, ...] = ()
    """Types of site that are asked; empty for all."""

    def asked_of(self, kind: str) -> bool:
        """Whether a site of a type is asked."""
        return not self.types or kind in self.types


@dataclass(frozen=True)
class EvaluationRules:
    """How a network is evaluated; nothing of it is official unless the plan says where it comes from."""

    items: tuple[FormItem, ...]
    weights: Mapping[Part, Fraction]
    measures: Mapping[Measure, Fraction]
    """Weight of each measure within ``performance``."""
    award_share: Fraction = Fraction(1, 5)
    """Share of the targets that is awarded (以奖代补)."""
    award_by: Literal["row", "pooled"] = "row"
    """Places are given to each row, or to the best sites of all."""
    deadline: str = ""
    """Day until which problems are to be mended, as written."""
    without_form: tuple[str, ...] = ()
    """Rows of the annex that hand in no form."""
    cost: Mapping[str, int] = field(default_factory=dict)
    """What a site costs by type, in any unit; for reference only."""
    departments: Mapping[str, str] = field(default_factory=dict)
    """Who mends what is wrong at sites of a type, beside the county."""
    official: bool = False
    """The plan states a source for them; else every output says 示例/待核."""


@dataclass(frozen=True)
class SiteFacts:
    """What ledger and run say of a site; printed in the form and locked."""

    site_id: str
    name: str
    type: str
    status: str
    area_m2: float | None
    staff: int | None
    counted: bool
    """It counts for the public."""
    catchment: int
    """Residents for whom it is the nearest [persons, as printed]."""
    covered: int
    """Of them covered [persons, as printed]."""
    lacking: tuple[str, ...] = ()
    """What the ledger does not say of it, entries of the catalogue ``form.lacks_<something>``."""


@dataclass(frozen=True)
class RowFacts:
    """What plan, ledger and run say of a county or zone."""

    row: str
    target: int
    """Sites that the annex asks for."""
    people: int
    """Residents [persons, as printed]; 0 where the row has no region."""
    covered: int
    groups: Mapping[str, int]
    """People of each key group [persons]."""
    sites: tuple[SiteFacts, ...]

    @property
    def open_count(self) -> int:
        """Open sites of the ledger."""
        return sum(site.status == "open" for site in self.sites)


@dataclass(frozen=True)
class FormIdentity:
    """What a form says of itself, where nobody writes."""

    row: str
    rows: tuple[str, ...]
    """All rows of the annex."""
    targets: tuple[int, ...]
    """Sites that each is asked for."""
    asked: tuple[str, ...]
    """The rows that are to hand in a form."""
    plan: str
    """Checksum of the targets and the questions."""
    run: str
    """``Run.digest``."""
    name: str
    """Of the network."""
    date: str
    """Of the run, ISO."""


@dataclass(frozen=True)
class FormLayout:
    """Where things stand in a form; rows as spreadsheets number them, columns from 0."""

    sheet: str
    totals_sheet: str
    first: int
    """Row of the first site."""
    columns: Mapping[str, int]
    """Of what is filled in: ``status, area_m2, staff``, the measures, ``item.<key>``, ``remarks``."""
    extra: int
    """First of the rows for sites that the ledger does not have."""
    extra_count: int
    extra_columns: Mapping[str, int]
    """``name, type, status, remarks``."""
    totals: Mapping[str, int]
    """Row of ``open`` and of each measure in the sheet of totals."""
    totals_column: int


@dataclass(frozen=True)
class SiteReturn:
    """A site of the ledger as its county filled it in; ``None`` where it wrote nothing that can be used."""

    facts: SiteFacts
    measures: Mapping[Measure, int | None]
    answers: Mapping[str, bool | None]
    """By ``FormItem.key``, of the items that are asked."""
    status: str | None = None
    """Only where the county says another one, as the next two."""
    area_m2: float | None = None
    staff: int | None = None
    remarks: str = ""
    cells: Mapping[str, str] = field(default_factory=dict)
    """Where each answer stands, ``K7``, by its column."""

    @property
    def evaluated(self) -> bool:
        """Open, as the ledger says and the county does not deny."""
        return self.facts.status == "open" and self.status in (None, "open")


@dataclass(frozen=True)
class ExtraSite:
    """A site that a county names and the ledger does not have."""

    name: str
    type: str
    """As written."""
    status: str | None
    cell: str


@dataclass(frozen=True)
class CountyForm:
    """A form that came back whole."""

    file: str
    sheet: str
    totals_sheet: str
    identity: FormIdentity
    items: tuple[FormItem, ...]
    facts: RowFacts
    sites: tuple[SiteReturn, ...]
    extra: tuple[ExtraSite, ...]
    open_count: int | None
    """Open sites, as the county says."""
    totals: Mapping[Measure, int | None]
    """As the county adds them up."""
    cells: Mapping[str, str]
    """Where ``open`` and the totals stand."""
    findings: tuple[Finding, ...] = ()
    """Cells that could not be used."""


@dataclass(frozen=True)
class Refused:
    """A form that could not be used."""

    file: str
    word: str
    """Entry of the catalogue, ``error.<something>``."""
    facts: Mapping[str, object]


@dataclass(frozen=True)
class SiteScore:
    """What a site is worth, exactly; each part from 0 to 100."""

    row: str
    facts: SiteFacts
    parts: Mapping[Part, Fraction]
    """Without ``coverage`` where that does not apply."""
    score: Fraction


@dataclass(frozen=True)
class RowScore:
    """What a county or zone is worth, exactly."""

    row: str
    parts: Mapping[Part, Fraction]
    score: Fraction
    rank: int
    """From 1; equal scores share one."""
    tied: bool
    """Another row has the same score."""


@dataclass(frozen=True)
class AwardPlaces:
    """How many sites of each row are awarded."""

    places: tuple[int, ...]
    """By row, in the order of the targets."""
    exact: tuple[Fraction, ...]
    """What the share is before it is made whole."""
    tied: tuple[int, ...]
    """Rows of one remainder and one target, of which only some got a place more: the order of the annex decided."""

    @property
    def total(self) -> int:
        """Sites awarded in all."""
        return sum(self.places)


@dataclass(frozen=True)
class Award:
    """Who is awarded."""

    places: AwardPlaces
    by: Literal["row", "pooled"]
    sites: tuple[SiteScore, ...]
    """Best first, row by row or of all."""
    tied: tuple[SiteScore, ...]
    """Sites of one score at the last place, of which only some are awarded: to be settled by hand."""
    unused: int
    """Places for which there is no evaluated site."""


@dataclass(frozen=True)
class Problem:
    """Something to be mended: a line of the 整改台账."""

    row: str
    site_id: str
    """Empty where it is about the row."""
    name: str
    word: str
    """Entry of the catalogue, ``rectify.<something>``."""
    facts: Mapping[str, str | int | float | Phrases]
    file: str
    sheet: str
    cell: str
    item: FormItem | None = None
    """The item it is about."""


@dataclass(frozen=True)
class FundReference:
    """What may be looked at when money is shared out: a reference, never a decision."""

    row: str
    groups: int
    """People of all key groups [persons]; one person may be of several."""
    cost: int
    """Of its open sites, in the plan's unit."""
    score: Fraction
    share: Fraction
    """Mean of its shares of each of these that is given."""


@dataclass(frozen=True)
class Evaluation:
    """All forms of a year together."""

    forms: tuple[CountyForm, ...]
    """In the order of the annex."""
    missing: tuple[str, ...]
    """Rows of which no form could be used."""
    rules: EvaluationRules
    rows: tuple[RowScore, ...]
    """Best first."""
    sites: tuple[SiteScore, ...]
    award: Award
    problems: tuple[Problem, ...]
    funds: tuple[FundReference, ...]
    identity: FormIdentity
    """Of any of the forms: the annex, the network, the day."""
    refused: tuple[Refused, ...] = ()

    @property
    def complete(self) -> bool:
        """Every form was there and could be used."""
        return not self.missing and not self.refused
