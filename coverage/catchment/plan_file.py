"""The plan of a network as a planner writes it: one TOML file beside its tables."""

from __future__ import annotations

import datetime as dt  # noqa: TC003 - pydantic reads the annotation when the class is made
from pathlib import Path  # noqa: TC003 - as above
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, Field, ValidationError

from catchment.errors import SettingsError
from catchment.toml_tables import STRICT, read_toml, settings_error

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class _Table(BaseModel):
    model_config = STRICT


class TypeTable(_Table):
    """``[types.<type>]``: a type of site."""

    public: bool = True
    services: tuple[str, ...] = ()
    department: str = ""
    hotline: bool = False
    basis: str = ""


class ManagedTable(_Table):
    """``[[targets.managed]]``: townships that a row of the targets runs though they lie in another county (代管)."""

    row: str = Field(min_length=1)
    units: tuple[str, ...] = Field(min_length=1)
    inferred: bool = False
    counts: bool = False


class TargetsTable(_Table):
    """``[targets]``: the annex, further tables by year, and the units that its rows hold."""

    table: Path | None = None
    years: dict[str, Path] = {}
    units: Path | None = None
    managed: tuple[ManagedTable, ...] = ()


class MilestoneTable(_Table):
    """``[[milestone]]``: what is to be open by a day."""

    name: str = Field(min_length=1)
    date: dt.date
    share: float = Field(default=1, gt=0, le=1)
    types: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()
    basis: str = ""


class RoomTable(_Table):
    """``[[room]]``: area and staff of a type, from a number of people on."""

    type: str
    people_from: int = Field(default=0, ge=0)
    area_m2: float | None = Field(default=None, gt=0)
    staff: int | None = Field(default=None, gt=0)
    people_per_staff: int | None = Field(default=None, gt=0)
    basis: str = ""


class NamesTable(_Table):
    """``[names]``: how sites are to be named."""

    ending: str = ""
    patterns: dict[str, str] = {}
    basis: str = ""


class CodesTable(_Table):
    """``[codes]``: how sites are to be numbered."""

    unit_digits: Literal[0, 6, 9, 12] = 0
    type_digits: dict[str, str] = {}
    serial_digits: int = Field(default=2, ge=1, le=6)
    basis: str = ""


class NextBatchTable(_Table):
    """``[next_batch]``: which communities and villages are proposed."""

    people: int = Field(gt=0)
    basis: str = ""


class AwardTable(_Table):
    """``[award]``: the share of the targets that is awarded for."""

    share: float = Field(gt=0, le=1)
    basis: str = ""


class EvaluationItemTable(_Table):
    """``[[evaluation.item]]``: an item of the evaluation, its weight, and where its figure comes from."""

    name: str = Field(min_length=1)
    weight: float = Field(ge=0, allow_inf_nan=False)
    source: str = ""


class EvaluationTable(_Table):
    """``[evaluation]``: the yearly evaluation."""

    item: tuple[EvaluationItemTable, ...] = ()
    basis: str = ""


class PlanFile(_Table):
    """A whole plan."""

    name: str
    source: str = ""
    standard: dict[str, Any] = {}
    """As ``[standard]`` of a project, which wins over it key by key."""
    types: dict[str, TypeTable] = {}
    targets: TargetsTable = TargetsTable()
    milestone: tuple[MilestoneTable, ...] = ()
    room: tuple[RoomTable, ...] = ()
    asked: tuple[Literal["street_front", "single_building", "notices", "service_ledger"], ...] = ()
    names: NamesTable = NamesTable()
    codes: CodesTable = CodesTable()
    next_batch: NextBatchTable | None = None
    award: AwardTable | None = None
    evaluation: EvaluationTable = EvaluationTable()


def read_plan_file(path: Path) -> PlanFile:
    """
    Read a plan, without the tables it names.

    Raises
    ------
    MissingInputError
        If there is no such file.
    SettingsError
        If it is not TOML, has an unknown key, lacks one, or has a value or a pattern that cannot be meant.
    """
    try:
        plan = PlanFile.model_validate(read_toml(path))
    except ValidationError as problem:
        raise settings_error(problem, path.name, PlanFile) from problem
    for kind, pattern in plan.names.patterns.items():
        _refuse_pattern(kind, pattern, path.name)
    digits = [*plan.codes.type_digits.values()]
    if len(set(digits)) != len(digits) or not all(digit.isdecimal() and len(digit) == 1 for digit in digits):
        raise SettingsError("error.plan_type_digits", file=path.name, found=", ".join(digits))
    return plan


def _refuse_pattern(kind: str, pattern: str, file: str) -> None:
    known = {"county": "", "township": "", "village": ""}
    try:
        pattern.format(**known)
    except (KeyError, IndexError, ValueError) as problem:
        raise SettingsError("error.plan_pattern", file=file, key=f"names.patterns.{kind}", found=pattern) from problem


def plan_defaults(
    plan: PlanFile, folder: Path, *, file: str, year: str | None = None, rows: Mapping[str, Iterable[str]] | None = None
) -> dict[str, dict[str, Any]]:
    """
    What a plan says in the words of a project file, for whatever the project does not say itself.

    Parameters
    ----------
    plan
        The plan.
    folder
        Where it lies; the paths of its tables begin there.
    file
        Named in messages.
    year
        Which of its further tables of targets is meant, ``None`` for its own.
    rows
        Townships by row that the project lists itself; the plan's lists are left without them.

    Raises
    ------
    SettingsError
        If the plan has no table of that year.

    Examples
    --------
    >>> from pathlib import Path
    >>> plan = PlanFile(name="x", targets={"table": "t.csv"}, types={"zone": {"public": False}})
    >>> said = plan_defaults(plan, Path("plans"), file="plan.toml")
    >>> said["inputs"]["targets"].as_posix(), said["sites"]["uncounted_types"]
    ('plans/t.csv', ['zone'])
    """
    table = plan.targets.table
    if year is not None:
        if year not in plan.targets.years:
            raise SettingsError("error.plan_year", file=file, found=year, years=", ".join(plan.targets.years) or "-")
        table = plan.targets.years[year]
    listed = {unit for units in (rows or {}).values() for unit in units}
    managed: dict[str, list[str]] = {}
    for line in plan.targets.managed:
        managed.setdefault(line.row, []).extend(unit for unit in line.units if unit not in listed)
    uncounted = [kind for kind, said in plan.types.items() if not said.public]
    zones = [line.row for line in plan.targets.managed if line.counts]
    said: dict[str, dict[str, Any]] = {"standard": dict(plan.standard)}
    said["inputs"] = {"targets": folder / table} if table else {}
    said["sites"] = {**({"uncounted_types": uncounted} if plan.types else {}), "counted_zones": zones}
    said["targets"] = {"managed": {row: units for row, units in managed.items() if units}}
    return said
