"""The main job: from a project to its folder of results."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from catchment.access.compare import compare_runs
from catchment.files import atomic_output, run_folder
from catchment.outputs.maps import write_map
from catchment.outputs.package import write_package
from catchment.outputs.picture import write_picture
from catchment.outputs.record import file_names, headline, write_log, write_record
from catchment.outputs.report import write_report
from catchment.outputs.service_list import write_service_list
from catchment.outputs.survey import write_survey
from catchment.outputs.workbook import write_workbook
from catchment.pipeline.assess import assess
from catchment.pipeline.read import read_inputs
from catchment.pipeline.stopwatch import Stopwatch
from catchment.pipeline.survey import refuse_own_result

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from catchment.config import Settings
    from catchment.model import Comparison, Run
    from catchment.outputs.maps import Paper
    from catchment.words import Language


def run_project(
    settings: Settings,
    *,
    out: Path,
    language: Language,
    cache: Path | None = None,
    progress: Callable[[str], None] | None = None,
    plan_found: Callable[[int, int], None] | None = None,
) -> tuple[Run, dict[str, Any]]:
    """
    Read, assess and write; the folder is replaced as a whole when everything has been written.

    Parameters
    ----------
    settings
        What to read, and by which standard.
    out
        Folder of the results.
    language
        Of everything a planner reads, file names included.
    cache
        Folder for parsed streets; ``None`` parses afresh.
    progress
        Called with each stage's name as it begins, a catalogue entry ``stage.<name>``.
    plan_found
        Called with each better plan or bound while sites are chosen: people added, and at most [1/1024 person].

    Returns
    -------
    The run, and its headline as ``--json`` prints it.

    Raises
    ------
    InputError
        If a file cannot be used.
    SettingsError
        If the site visits stand in a file that the run is about to replace.
    OutputError
        If the folder cannot be written.
    """
    refuse_own_result(settings, out, language)
    watch = Stopwatch(progress, plan_found)
    inputs = read_inputs(settings, cache=cache, watch=watch)
    run = assess(inputs, settings, language=language, watch=watch)
    names = file_names(language, run.profile, visits=run.suggestions is not None and len(run.suggestions) > 0)
    with run_folder(out) as folder:
        write_results(run, folder, settings=settings, out=out, names=names, watch=watch)
    return run, headline(run, {role: (out / name).as_posix() for role, name in names.items()})


def write_results(
    run: Run, folder: Path, *, settings: Settings, out: Path, names: Mapping[str, str], watch: Stopwatch
) -> None:
    """
    Write every file of a run into a folder that is there.

    Parameters
    ----------
    run
        What was found.
    folder
        Where to write.
    settings
        The project, for the record.
    out
        Where the files will stand in the end; the record names the inputs relative to it.
    names
        From ``file_names``: the files to write, by role.
    watch
        Told of each stage.
    """
    with watch.stage("map"):
        write_map(run, folder / names["map"])
    with watch.stage("report"):
        write_workbook(run, folder / names["report"])
    with watch.stage("document"):
        write_report(run, folder / names["document"])
    if "package" in names:
        with watch.stage("package"):
            write_package(run, folder / names["package"])
    with watch.stage("picture"):
        write_picture(run, folder / names["picture"])
        write_picture(run, folder / names["poster"], size="A3")
    if "visits" in names:
        with watch.stage("visits"):
            write_survey(run, folder / names["visits"])
    if "services" in names:
        write_service_list(run, folder / names["services"])
    if "log" in names:
        write_log(run, folder / names["log"], watch.seconds)
    write_record(run, folder / names["record"], settings=settings, out=out, names=names)


def run_map(
    settings: Settings,
    *,
    path: Path,
    language: Language,
    paper: Paper = "A4",
    cache: Path | None = None,
    progress: Callable[[str], None] | None = None,
) -> Run:
    """
    Read, assess and write the map page alone; an older page is replaced when the new one is whole.

    Parameters
    ----------
    settings
        What to read, and by which standard.
    path
        The page.
    language
        Of everything a planner reads.
    paper
        What it is printed on.
    cache, progress
        As ``run_project``.

    Raises
    ------
    InputError
        If a file cannot be used.
    OutputError
        If the page cannot be written.
    """
    watch = Stopwatch(progress)
    run = assess(read_inputs(settings, cache=cache, watch=watch), settings, language=language, watch=watch)
    with watch.stage("map"), atomic_output(path) as draft:
        write_map(run, draft, paper=paper)
    return run


def run_comparison(
    before: Settings,
    after: Settings,
    *,
    path: Path,
    language: Language,
    paper: Paper = "A4",
    cache: Path | None = None,
    progress: Callable[[str], None] | None = None,
) -> Comparison:
    """
    Read and assess two projects over the same people and write the map page of the second with what changes.

    Parameters
    ----------
    before, after
        What to read, and by which standard.
    path, language, paper, cache, progress
        As ``run_map``.

    Raises
    ------
    InputError
        If a file cannot be used, or the people of the two are not the same.
    OutputError
        If the page cannot be written.
    """
    watch = Stopwatch(progress)
    # Nobody is to see where the project before would have built.
    before = before.model_copy(
        update={"siting": before.siting.model_copy(update={"budget": None, "cover": None, "fill_targets": False})}
    )
    was, run = (
        assess(read_inputs(settings, cache=cache, watch=watch), settings, language=language, watch=watch)
        for settings in (before, after)
    )
    comparison = compare_runs(was, run)
    with watch.stage("map"), atomic_output(path) as draft:
        write_map(run, draft, paper=paper, against=comparison)
    return comparison
