"""The forms of all counties: what is in a folder, which of them can be used, and why the others cannot."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from catchment.errors import CatchmentError, InputError
from catchment.inputs.forms import read_form
from catchment.model.evaluation import Refused

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from catchment.model.evaluation import CountyForm


def form_files(folder: Path) -> tuple[Path, ...]:
    """
    The workbooks of a folder and its folders, by name; not those that a program has open beside them.

    Raises
    ------
    InputError
        If it is no folder, or has none.
    """
    if not folder.is_dir():
        raise InputError("error.forms_no_folder", folder=str(folder))
    found = (path for path in folder.rglob("*") if path.suffix.lower() in (".xlsx", ".xls", ".et") and path.is_file())
    files = sorted(path for path in found if not path.name.startswith(("~$", ".")))
    if not files:
        raise InputError("error.forms_none", folder=str(folder))
    return tuple(files)


def read_forms(files: Sequence[Path], folder: Path) -> tuple[tuple[CountyForm, ...], tuple[Refused, ...]]:
    """
    The forms that can be used, and why each of the others cannot.

    Two forms of one row are both left out, since nothing says which of them is meant.

    Parameters
    ----------
    files
        Of the forms.
    folder
        Messages name files from here.
    """
    forms: list[CountyForm] = []
    refused: list[Refused] = []
    for path in files:
        name = path.relative_to(folder).as_posix()
        try:
            forms.append(_named(read_form(path), name))
        except CatchmentError as problem:
            refused.append(Refused(name, problem.word, problem.facts))
    rows = Counter(form.facts.row for form in forms)
    for form in forms:
        if rows[form.facts.row] > 1:
            others = ", ".join(other.file for other in forms if other.facts.row == form.facts.row and other is not form)
            about = {"file": form.file, "row": form.facts.row, "others": others}
            refused.append(Refused(form.file, "error.form_twice", about))
    return tuple(form for form in forms if rows[form.facts.row] == 1), tuple(refused)


def _named(form: CountyForm, file: str) -> CountyForm:
    return replace(form, file=file, findings=tuple(replace(finding, file=file) for finding in form.findings))


def of_one_run(
    forms: Sequence[CountyForm], made_for: tuple[str, str] | None = None
) -> tuple[tuple[CountyForm, ...], tuple[Refused, ...]]:
    """
    The forms of one plan and run, and why the others cannot be used.

    Parameters
    ----------
    forms
        Of a folder.
    made_for
        Checksums of the plan and the run of the project; without one all must be of one plan and run.

    Raises
    ------
    InputError
        If there is no project to tell which of several is meant.
    """
    if made_for is None:
        made = sorted({(form.identity.plan, form.identity.run) for form in forms})
        if len(made) > 1:
            listed = (
                ", ".join(form.file for form in forms if (form.identity.plan, form.identity.run) == one) for one in made
            )
            raise InputError("error.forms_of_several", count=len(made), files="; ".join(listed))
        return tuple(forms), ()
    plan, run = made_for
    used, refused = [], []
    for form in forms:
        if (form.identity.plan, form.identity.run) == made_for:
            used.append(form)
        else:
            word = "error.form_run" if form.identity.plan == plan else "error.form_plan"
            refused.append(Refused(form.file, word, {"file": form.file, "row": form.facts.row, "run": run[:12]}))
    return tuple(used), tuple(refused)
