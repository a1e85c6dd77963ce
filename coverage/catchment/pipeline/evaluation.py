"""The yearly evaluation of a project: the forms that go out, and what is made of those that come back."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import math
from typing import TYPE_CHECKING

import numpy as np

from catchment.access.evaluation import evaluation
from catchment.access.progress import row_of_name
from catchment.errors import InputError, SettingsError
from catchment.files import atomic_output
from catchment.inputs.form_folder import form_files, of_one_run, read_forms
from catchment.model.evaluation import FormIdentity, RowFacts, SiteFacts
from catchment.outputs.evaluated import evaluation_sheets, evaluation_title, rectification_sheet
from catchment.outputs.figures import printed_figures
from catchment.outputs.style import whole
from catchment.outputs.workbook import write_sheets
from catchment.pipeline.digest import digest_of
from catchment.pipeline.read import read_inputs
from catchment.words import say

if TYPE_CHECKING:
    from pathlib import Path

    from catchment.config import Settings
    from catchment.model import Run, Targets
    from catchment.model.evaluation import Evaluation, EvaluationRules
    from catchment.outputs.figures import Figures
    from catchment.words import Language

_LEDGER_SAYS = (
    ("area_m2", "form.lacks_area"),
    ("staff", "form.lacks_staff"),
    ("street_front", "form.lacks_front"),
    ("way", "form.lacks_way"),
    ("address", "form.lacks_address"),
    ("services", "form.lacks_services"),
)
"""Columns of the ledger that a site should have something in."""


def form_identity(row: str, run: Run, rules: EvaluationRules) -> FormIdentity:
    """
    What the form of a row says of itself.

    Parameters
    ----------
    row
        Of the annex.
    run
        With its progress.
    rules
        Items, and which rows hand in no form.

    Raises
    ------
    SettingsError
        If the project has no annex, or the rules name a row that the annex does not have.
    """
    targets = annex_of(run)
    excused = set()
    for name in rules.without_form:
        at = row_of_name(name, targets.rows)
        if at < 0:
            listed = ", ".join(targets.rows)
            raise SettingsError("error.evaluation_row", found=name, file=targets.file, rows=listed)
        excused.add(at)
    counts = tuple(int(count) for count in targets.counts.sum(axis=1))
    asked = tuple(name for at, name in enumerate(targets.rows) if at not in excused)
    plan = _plan_digest(targets, rules)
    return FormIdentity(row, targets.rows, counts, asked, plan, run.digest, run.name, run.date.isoformat())


def annex_of(run: Run) -> Targets:
    """
    The table of targets of a run.

    Raises
    ------
    SettingsError
        If it has none.
    """
    if run.progress is None:
        raise SettingsError("error.evaluation_targets")
    return run.progress.targets


def _plan_digest(targets: Targets, rules: EvaluationRules) -> str:
    """Of what is asked; how answers are weighed may be settled when the forms are back."""
    items = [[item.key, item.zh, item.en, list(item.types)] for item in rules.items]
    asked = [list(targets.rows), list(targets.types), targets.counts.tolist(), items]
    return hashlib.sha256(json.dumps(asked, ensure_ascii=False).encode()).hexdigest()


def row_facts(run: Run) -> tuple[RowFacts, ...]:
    """
    What plan, ledger and run say of each row of the annex, in whole persons as the workbook prints them.

    Parameters
    ----------
    run
        With its progress.

    Raises
    ------
    SettingsError
        If the project has no annex.
    """
    targets, progress = annex_of(run), run.progress
    figures = printed_figures(run)
    sites = _site_facts(run, figures)
    found: list[RowFacts] = []
    if progress is None:
        return ()
    of_row = [np.flatnonzero(progress.unit_row == row) for row in range(len(targets))]
    for row, name in enumerate(targets.rows):
        units = of_row[row]
        own = figures.by_region.iloc[units] if len(units) else None
        found.append(
            RowFacts(
                row=name,
                target=int(targets.counts[row].sum()),
                people=0 if own is None else int(own["people"].sum()),
                covered=0 if own is None else int(own["covered"].sum()),
                groups={group.name: whole(int(group.by_region[units, 0].sum())) for group in run.groups},
                sites=tuple(sites[at] for at in np.flatnonzero(progress.site_row == row)),
            )
        )
    return tuple(found)


def _site_facts(run: Run, figures: Figures) -> list[SiteFacts]:
    ledger, printed = run.sites.frame.to_dict("records"), figures.by_site.to_dict("records")
    return [
        SiteFacts(
            site_id=str(site["site_id"]),
            name=str(site["name"]),
            type=str(site["type"]),
            status=str(site["status"]),
            area_m2=_number(site.get("area_m2")),
            staff=None if (staff := _number(site.get("staff"))) is None else int(staff),
            counted=bool(row["counted"]),
            catchment=int(row["catchment"]),
            covered=int(row["catchment_covered"]),
            lacking=tuple(word for column, word in _LEDGER_SAYS if _says_nothing(site.get(column))),
        )
        for site, row in zip(ledger, printed, strict=True)
    ]


def _number(value: object) -> float | None:
    return None if not isinstance(value, (int, float)) or math.isnan(value) else float(value)


def _says_nothing(value: object) -> bool:
    return value in (None, "") or (isinstance(value, float) and math.isnan(value))


def collect(
    folder: Path,
    rules: EvaluationRules,
    *,
    out: Path,
    language: Language,
    settings: Settings | None = None,
    cache: Path | None = None,
) -> tuple[Evaluation, tuple[Path, ...]]:
    """
    Put the forms of a folder together and write what follows from them.

    Parameters
    ----------
    folder
        Where the forms are.
    rules
        Weights and the share that is awarded.
    out
        Folder of the two workbooks.
    language
        Of these.
    settings
        The project; forms of another plan or of other data are refused. Without it they only have to agree.
    cache
        Folder for parsed streets.

    Returns
    -------
    The evaluation, and the files written.

    Raises
    ------
    InputError
        If the folder has no form that can be used, or forms of several runs and no project says which is meant.
    SettingsError
        If the project has no annex.
    OutputError
        If a file cannot be written.
    """
    forms, refused = read_forms(form_files(folder), folder)
    forms, others = of_one_run(forms, None if settings is None else _made_for(settings, rules, cache))
    refused = (*refused, *others)
    if not forms:
        reasons = " ".join(say(problem.word, language, **problem.facts) for problem in refused)
        raise InputError("error.forms_unusable", folder=str(folder), reasons=reasons)
    found = evaluation(forms, forms[0].identity, rules, refused=refused)
    return found, _written(found, out, language)


def _made_for(settings: Settings, rules: EvaluationRules, cache: Path | None) -> tuple[str, str]:
    inputs = read_inputs(settings, cache=cache)
    if inputs.targets is None:
        raise SettingsError("error.evaluation_targets")
    return _plan_digest(inputs.targets, rules), digest_of(inputs, settings)


def _written(found: Evaluation, out: Path, language: Language) -> tuple[Path, ...]:
    title, date = evaluation_title(found, language), dt.date.fromisoformat(found.identity.date)
    files = []
    for word, sheets in (
        ("file.evaluation", evaluation_sheets(found, language)),
        ("file.rectification", (rectification_sheet(found, language),)),
    ):
        path = out / f"{say(word, language)}.xlsx"
        with atomic_output(path) as draft:
            write_sheets(sheets, draft, language=language, title=title, date=date)
        files.append(path)
    return tuple(files)
