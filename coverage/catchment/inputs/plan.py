"""The plan of a network with the tables it names."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from catchment.inputs.kinds import type_of
from catchment.inputs.plan_units import read_plan_units
from catchment.model import (
    CodeRules,
    EvaluationItem,
    ManagedUnits,
    Milestone,
    NameRules,
    Plan,
    PlanType,
    Room,
)
from catchment.plan_file import read_plan_file

if TYPE_CHECKING:
    from catchment.plan_file import PlanFile


def read_plan(path: str | Path) -> Plan:
    r"""
    Read a plan: types, dates, rooms, names, codes and evaluation, and the table of its township-level units.

    The targets are read by ``read_targets`` from the table that the plan names. Types are told as a ledger's are, so
    ``[types."县级"]`` is the same as ``[types.county]``.

    Raises
    ------
    MissingInputError
        If the file, or its table of units, is not there.
    SettingsError
        If the file is no plan; the message names the key and the nearest one.
    InputError
        If the table of units cannot be used.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp(), "plan.toml")
    >>> _ = file.write_text('name = "x"\n[types.county]\nservices = ["registration"]', encoding="utf-8")
    >>> plan = read_plan(file)
    >>> plan.name, plan.type_of("county").services
    ('x', ('registration',))
    """
    file = Path(path)
    said = read_plan_file(file)
    units, findings = ((), ()) if said.targets.units is None else read_plan_units(file.parent / said.targets.units)
    return Plan(
        name=said.name,
        source=said.source,
        types=_types(said),
        managed=tuple(ManagedUnits(**dict(line)) for line in said.targets.managed),
        units=units,
        milestones=_milestones(said),
        rooms=tuple(Room(**{**dict(line), "type": type_of(line.type)}) for line in said.room),
        names=NameRules(said.names.ending, _by_type(said.names.patterns), said.names.basis),
        codes=CodeRules(
            said.codes.unit_digits, _by_type(said.codes.type_digits), said.codes.serial_digits, said.codes.basis
        ),
        asked=said.asked,
        village_people=said.next_batch.people if said.next_batch else None,
        village_basis=said.next_batch.basis if said.next_batch else "",
        award_share=said.award.share if said.award else None,
        evaluation=tuple(EvaluationItem(**dict(item)) for item in said.evaluation.item),
        evaluation_basis=said.evaluation.basis,
        file=file.name,
        findings=findings,
    )


def _types(said: PlanFile) -> tuple[PlanType, ...]:
    return tuple(PlanType(code=type_of(word), **dict(table)) for word, table in said.types.items())


def _milestones(said: PlanFile) -> tuple[Milestone, ...]:
    found = (Milestone(**{**dict(line), "types": tuple(map(type_of, line.types))}) for line in said.milestone)
    return tuple(sorted(found, key=lambda milestone: (milestone.date, milestone.name)))


def _by_type(texts: dict[str, str]) -> dict[str, str]:
    return {type_of(word): text for word, text in texts.items()}
