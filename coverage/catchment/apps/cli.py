"""The command line: each command parses, calls one function of the library and shows its result."""

from __future__ import annotations

import codecs
import json
import logging
import os
import sys
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import typer

from catchment.apps.check_command import add_check
from catchment.apps.collect_command import add_collect
from catchment.apps.compare_command import add_compare
from catchment.apps.explain_command import add_explain
from catchment.apps.flags import flags
from catchment.apps.locate_command import add_locate
from catchment.apps.pack_command import add_pack
from catchment.apps.register_command import add_register
from catchment.apps.template_command import add_template
from catchment.apps.verify_command import add_verify
from catchment.apps.waiting import progress as _progress
from catchment.apps.waiting import status as _status
from catchment.errors import CatchmentError, SettingsError
from catchment.files import atomic_output
from catchment.words import LANGUAGES, say, system_language

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from catchment.config import Settings
    from catchment.model import Run
    from catchment.words import Language

SCENARIOS = "36"
"""What ``--robust`` without a number means: each of nine readings of the standard four times."""

INTERRUPTED = 130
"""Exit code after Ctrl-C."""

# Heavy modules are imported inside the commands, so that --help answers at once.


def serve_command_line(cache: Path) -> None:
    """
    Parse the arguments, run the command and exit with its code.

    Parameters
    ----------
    cache
        Folder for parsed roads.
    """
    language = _asked_language(sys.argv[1:])
    codecs.register_error("catchment", _nearest_characters)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="catchment")  # type: ignore[union-attr]  # both are text streams
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    try:
        command_line(language, cache)(_robust_said(sys.argv[1:]), prog_name="catchment")
    except CatchmentError as problem:
        typer.echo(say("cli.error", language, text=problem.text(language)), err=True)
        sys.exit(problem.exit_code)
    except SystemError as problem:
        from catchment.siting.interrupts import is_interrupt  # noqa: PLC0415 - see above

        if not is_interrupt(problem):
            raise
        sys.exit(INTERRUPTED)


def _robust_said(arguments: list[str]) -> list[str]:
    """
    The arguments, with a number after every ``--robust`` that has none.

    Examples
    --------
    >>> _robust_said(["suggest", "a.toml", "--robust", "--json"]), _robust_said(["--robust", "9"])
    (['suggest', 'a.toml', '--robust', '36', '--json'], ['--robust', '9'])
    """
    said = []
    for argument, after in zip(arguments, [*arguments[1:], ""], strict=True):
        said.append(argument)
        if argument == "--robust" and not after.isdecimal():
            said.append(SCENARIOS)
    return said


def _nearest_characters(problem: UnicodeError) -> tuple[str, int]:
    """
    What a console prints for characters it lacks: km2 for km² in GBK, else a question mark, never a traceback.

    Examples
    --------
    >>> codecs.register_error("catchment", _nearest_characters)
    >>> "5 km² 😀".encode("gbk", "catchment")
    b'5 km2 ?'
    """
    if not isinstance(problem, UnicodeEncodeError):
        raise problem
    lacking = unicodedata.normalize("NFKD", problem.object[problem.start : problem.end])
    return "".join(mark if mark.isascii() and mark.isprintable() else "?" for mark in lacking), problem.end


def _asked_language(arguments: list[str]) -> Language:
    """``--lang`` wherever it stands, else the system's: help must know before anything is parsed."""
    for at, argument in enumerate(arguments):
        flag, _, value = argument.partition("=")
        value = value or next(iter(arguments[at + 1 :]), "")
        for language in LANGUAGES:
            if flag == "--lang" and value == language:
                return language
    return system_language()


def command_line(language: Language, cache: Path) -> typer.Typer:
    """
    The commands, with their help in one language.

    Parameters
    ----------
    language
        Of help and messages.
    cache
        Folder for parsed roads.
    """
    option, fact = flags(language)

    app = typer.Typer(
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        add_completion=False,
        no_args_is_help=True,
        help=say("cli.about", language),
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    project_argument = typer.Argument(None, help=say("cli.project", language), show_default=False)
    lang_option = option("lang", "--lang")

    @app.command(help=say("cli.run", language))
    def run(
        project: Path | None = project_argument,
        sites: Path | None = option("sites", "--sites"),
        roads: Path | None = option("roads", "--roads"),
        population: Path | None = option("population", "--population"),
        population_unit: str | None = option("population_unit", "--population-unit"),
        population_weights: Path | None = option("population_weights", "--population-weights"),
        groups: Path | None = option("groups", "--groups"),
        census: Path | None = option("census", "--census"),
        regions: Path | None = option("regions", "--regions"),
        urban: Path | None = option("urban", "--urban"),
        premises: Path | None = option("premises", "--premises"),
        budget: int | None = option("budget", "--budget"),
        edits: Path | None = option("edits", "--edits"),
        survey: Path | None = option("survey", "--survey"),
        datum: str | None = option("datum", "--datum"),
        locate: bool = fact("locate_run", "--locate"),
        located: Path | None = option("located", "--located"),
        repair: bool = fact("repair", "--repair"),
        grid: str | None = option("grid", "--grid"),
        name: str | None = option("name", "--name"),
        out: Path | None = option("out", "--out"),
        date: str | None = option("date", "--date"),
        lang: str | None = lang_option,
        as_json: bool = fact("json", "--json"),
        yes: bool = fact("yes", "--yes"),
        public: bool = fact("public", "--public"),
    ) -> None:
        inputs = {"sites": sites, "roads": roads, "population": population, "census": census}
        inputs |= {"regions": regions, "urban": urban, "premises": premises, "edits": edits, "survey": survey}
        inputs |= {"population_weights": population_weights, "groups": groups}
        if project and project.is_dir():
            inputs = {**_folder_inputs(project, language, yes=yes), **_given(**inputs)}
            located = located or inputs.pop("located", None)
            name, project = name or project.resolve().name, None
        overrides = {
            "inputs": {role: path.absolute() if project else path for role, path in inputs.items() if path},
            "sites": _given(
                datum=datum,
                repair=repair or None,
                grid=grid,
                locate=locate or None,
                located=located and located.absolute(),
            ),
            "population": _given(kind=population_unit),
            "siting": _goal(budget=budget, cover=None, fill_targets=False),
            "map": _profile(public=public),
            **_given(name=name, date=date, language=lang),
        }
        settings = _settings(project, overrides)
        _run(settings, out or settings.out or default_out(settings, project), language, cache, as_json=as_json)

    @app.command("map", help=say("cli.map", language))
    def write_map_page(
        project: Path = typer.Argument(help=say("cli.project_file", language), show_default=False),
        out: Path | None = option("map_out", "--out"),
        against: Path | None = option("against", "--against"),
        pdf: bool = fact("pdf", "--pdf"),
        paper: Literal["A4", "A3"] = typer.Option("A4", "--paper", help=say("cli.paper", language)),
        public: bool = fact("public", "--public"),
        lang: str | None = lang_option,
    ) -> None:
        overrides = {"map": _profile(public=public), **_given(language=lang)}
        settings, before = _settings(project, overrides), _settings(against, {}) if against else None
        _map(settings, out, project, paper, language, cache, pdf=pdf, before=before)

    @app.command(help=say("cli.suggest", language))
    def suggest(
        project: Path = typer.Argument(help=say("cli.project_file", language), show_default=False),
        budget: int | None = option("budget", "--budget"),
        cover: str | None = option("cover", "--cover"),
        fill_targets: bool = fact("fill_targets", "--fill-targets"),
        premises: Path | None = option("premises", "--premises"),
        survey: Path | None = option("survey", "--survey"),
        swap: list[str] | None = option("swap", "--swap"),
        robust: int | None = option("robust", "--robust"),
        explain: list[int] | None = option("explain", "--explain"),
        out: Path | None = option("out", "--out"),
        lang: str | None = lang_option,
        as_json: bool = fact("json", "--json"),
    ) -> None:
        overrides = {
            "inputs": _given(premises=premises and premises.absolute(), survey=survey and survey.absolute()),
            "siting": {
                **_goal(budget=budget, cover=cover, fill_targets=fill_targets),
                **_given(swap=swap or None, robust=robust, explain=explain or None),
            },
            **_given(language=lang),
        }
        settings = _with_budget(_settings(project, overrides), project)
        out = out or settings.out or default_out(settings, project)
        _run(settings, out, language, cache, as_json=as_json, only_suggestions=True)

    @app.command(help=say("cli.score", language))
    def score(
        choice: Path = typer.Argument(help=say("cli.choice", language), show_default=False),
        project: Path | None = typer.Argument(None, help=say("cli.score_project", language), show_default=False),
        lang: str | None = lang_option,
        as_json: bool = fact("json", "--json"),
    ) -> None:
        _score(choice, project, _given(language=lang), language, cache, as_json=as_json)

    @app.command(help=say("cli.init", language))
    def init(
        project: Path = typer.Argument(Path("catchment.toml"), help=say("cli.init_file", language)),
        lang: str | None = lang_option,
    ) -> None:
        if project.exists():
            raise SettingsError("error.project_exists", file=str(project))
        with atomic_output(project) as draft:
            draft.write_text(say("project.template", language), encoding="utf-8")
        typer.echo(say("cli.init_done", language, file=project))

    @app.command(help=say("cli.demo", language))
    def demo(
        out: Path = typer.Option(Path("maps", "demo"), "--out", help=say("cli.out", language)),
        size: Literal["village", "county", "prefecture"] = typer.Option(
            "county", "--size", help=say("cli.size", language)
        ),
        lang: str | None = lang_option,
        as_json: bool = fact("json", "--json"),
    ) -> None:
        from catchment.apps.demo import write_demo  # noqa: PLC0415 - see above

        project = write_demo(out / "inputs", size=size)
        settings = _settings(project, _given(language=lang))
        _run(settings, out, language, cache, as_json=as_json)

    add_locate(app, language, cache)
    add_register(app, language, cache)
    add_compare(app, language, cache)
    add_check(app, language, cache)
    add_template(app, language, cache)
    add_collect(app, language, cache)
    add_pack(app, language, cache)
    add_verify(app, language, cache)
    add_explain(app, language, cache)
    return app


def _given(**flags: object) -> dict[str, Any]:
    """The flags that say something; a number may be 0."""
    return {key: value for key, value in flags.items() if value not in (None, "")}


def _goal(*, budget: int | None, cover: str | None, fill_targets: bool) -> dict[str, Any]:
    """
    What the flags ask for; a goal given here takes the place of the project's.

    Examples
    --------
    >>> _goal(budget=None, cover="95%", fill_targets=False)
    {'budget': None, 'fill_targets': False, 'cover': '95%'}
    >>> _goal(budget=None, cover=None, fill_targets=True)
    {'cover': None, 'fill_targets': True}
    """
    said = _given(budget=budget, cover=cover, fill_targets=fill_targets or None)
    if "cover" in said:
        return {"budget": None, "fill_targets": False, **said}
    return {"cover": None, **said} if said else {}


def _profile(*, public: bool) -> dict[str, Any]:
    return {"profile": "public"} if public else {}


def _settings(project: Path | None, overrides: dict[str, Any]) -> Settings:
    from catchment.config import read_settings  # noqa: PLC0415 - see above

    return read_settings(project, overrides=overrides)


def _with_budget(settings: Settings, project: Path) -> Settings:
    if not settings.siting.asked:
        raise SettingsError("error.settings_missing", file=project.name, key="siting.budget", flag="budget")
    return settings


def _folder_inputs(folder: Path, language: Language, *, yes: bool) -> Mapping[str, Path | None]:
    """What the files of a folder are for; shown, and asked once."""
    from catchment.inputs.folder import recognise  # noqa: PLC0415 - see above

    reading = recognise(folder)
    typer.echo(say("cli.folder_reading", language, folder=folder), err=True)
    for role, path in reading.files.items():
        typer.echo(say("cli.folder_file", language, role=say(f"page.role_{role}", language), file=path.name), err=True)
    for path in reading.unused:
        typer.echo(say("cli.folder_unused", language, file=path.name), err=True)
    if not yes:
        if not sys.stdin.isatty():
            raise SettingsError("error.folder_unconfirmed", folder=str(folder))
        typer.confirm(say("cli.folder_ask", language), abort=True, err=True)
    return {str(role): path for role, path in reading.files.items()}


def default_out(settings: Settings, project: Path | None) -> Path:
    """
    Where results go if nobody says: a folder under ``maps/``, named after the project.

    Examples
    --------
    >>> from catchment.config import settings_of
    >>> files = {"sites": "a.csv", "roads": "b.pbf", "population": "c.tif"}
    >>> named = settings_of({"name": "宜春/2023", "inputs": files}, file="", folder=Path())
    >>> default_out(named, None).as_posix()
    'maps/宜春_2023'
    """
    title = settings.name or (project.stem if project else "")
    safe = "".join("_" if letter in '<>:"/\\\\|?*' or ord(letter) < 32 else letter for letter in title).strip(". ")
    return Path("maps", safe or "run")


def _run(
    settings: Settings, out: Path, language: Language, cache: Path, *, as_json: bool, only_suggestions: bool = False
) -> None:
    run, headline = _results(settings, out, language, cache)
    if as_json:
        printed = {**headline["suggestions"], "outputs": headline["outputs"]} if only_suggestions else headline
        typer.echo(json.dumps(printed, ensure_ascii=False))
        return
    for line in _summary(run, headline["outputs"], run.language):
        typer.echo(line)


def _page_beside(folder: Path) -> Path:
    """A page named like the folder of the results; a name may have dots in it."""
    return folder.with_name(f"{folder.name}.html")


def _map(
    settings: Settings,
    out: Path | None,
    project: Path,
    paper: Literal["A4", "A3"],
    language: Language,
    cache: Path,
    *,
    pdf: bool,
    before: Settings | None,
) -> None:
    """Write the page, then the PDF beside it: without a browser there is still the page, which can be printed."""
    from catchment.outputs.pdf import write_pdf  # noqa: PLC0415 - see above
    from catchment.pipeline.run import run_map  # noqa: PLC0415 - see above

    page = out or _page_beside(default_out(settings, project))
    if page.suffix.lower() == ".pdf":
        page = page.with_suffix(".html")
    language = settings.language or language
    if before is None:
        with _progress(language) as progress:
            run_map(settings, path=page, language=language, paper=paper, cache=cache / "streets", progress=progress)
    else:
        _compare(before, settings, page, paper, language, cache)
    typer.echo(say("cli.written", language, file=page.as_posix()))
    if pdf:
        named = os.environ.get("CATCHMENT_BROWSER")
        write_pdf(page, page.with_suffix(".pdf"), browser=Path(named) if named else None)
        typer.echo(say("cli.written", language, file=page.with_suffix(".pdf").as_posix()))


def _compare(
    before: Settings, after: Settings, page: Path, paper: Literal["A4", "A3"], language: Language, cache: Path
) -> None:
    """Write the page with what changes, and print it."""
    from catchment.outputs.compared import comparison_lines  # noqa: PLC0415 - see above
    from catchment.pipeline.run import run_comparison  # noqa: PLC0415 - see above

    with _progress(language) as progress:
        comparison = run_comparison(
            before, after, path=page, language=language, paper=paper, cache=cache / "streets", progress=progress
        )
    for line in comparison_lines(comparison, language):
        typer.echo(line)


def _results(settings: Settings, out: Path, language: Language, cache: Path) -> tuple[Run, dict[str, Any]]:
    from catchment.pipeline.run import run_project  # noqa: PLC0415 - see above

    language = settings.language or language
    with _status(language) as show:
        return run_project(
            settings,
            out=out,
            language=language,
            cache=cache / "streets",
            progress=show and (lambda stage: show(f"stage.{stage}", {})),
            plan_found=show and (lambda units, bound_units: show("stage.plan_found", _plan_facts(units, bound_units))),
        )


def _score(
    path: Path, project: Path | None, overrides: dict[str, Any], language: Language, cache: Path, *, as_json: bool
) -> None:
    from catchment.apps.projects import read_project_near  # noqa: PLC0415 - see above
    from catchment.inputs.choice import read_choice  # noqa: PLC0415 - see above
    from catchment.outputs.scored import score_lines, score_record  # noqa: PLC0415 - see above
    from catchment.pipeline.score import score_project  # noqa: PLC0415 - see above

    choice = read_choice(path)
    settings = _settings(project or read_project_near(path), overrides)
    language = settings.language or language
    with _progress(language) as progress:
        scored = score_project(choice, settings, cache=cache / "streets", progress=progress)
    lines = [json.dumps(score_record(scored), ensure_ascii=False)] if as_json else score_lines(scored, language)
    for line in lines:
        typer.echo(line)


def _summary(run: Run, outputs: dict[str, str], language: Language) -> Iterator[str]:
    """What a person at the terminal wants to know at the end."""
    from catchment.outputs.answers import answer_lines  # noqa: PLC0415 - see above
    from catchment.outputs.explained import explanation_lines  # noqa: PLC0415 - see above
    from catchment.outputs.figures import printed_figures  # noqa: PLC0415 - see above
    from catchment.outputs.finding_lines import finding_line  # noqa: PLC0415 - see above
    from catchment.outputs.groups import group_lines  # noqa: PLC0415 - see above
    from catchment.outputs.plan import plan_lines  # noqa: PLC0415 - see above
    from catchment.outputs.quotas import filling_lines  # noqa: PLC0415 - see above
    from catchment.outputs.roads import road_lines  # noqa: PLC0415 - see above
    from catchment.outputs.style import people_text, share_text, standard_line  # noqa: PLC0415 - see above

    figures = printed_figures(run)
    yield standard_line(run.standard, language)
    yield say(
        "cli.covered",
        language,
        covered=people_text(figures.covered),
        people=people_text(figures.people),
        share=share_text(run.totals.covered, run.totals.people),
        uncovered=people_text(figures.uncovered),
        doubtful=people_text(figures.doubtful),
    )
    yield from road_lines(run)
    yield from (say("cli.written", language, file=path) for path in outputs.values())
    bad = [finding for finding in run.findings if finding.level == "bad_row"]
    if bad:
        yield from (finding_line(finding, language) for finding in bad[:20])
        yield say("cli.bad_rows", language, count=len(bad))
    if run.sites.approximate.any():
        yield say("cli.approximate", language, count=int(run.sites.approximate.sum()))
    yield from plan_lines(run)
    yield from group_lines(run)
    yield from filling_lines(run)
    yield from answer_lines(run)
    yield from explanation_lines(run)


def _plan_facts(units: int, bound_units: int) -> dict[str, str]:
    """A plan in the making: people it adds, at most, and how much more that is."""
    from catchment.outputs.style import people_text, share_text, whole  # noqa: PLC0415 - see above

    excess = share_text(bound_units - units, units) if units else "—"
    return {"people": people_text(whole(units)), "bound": people_text(whole(bound_units)), "gap": excess}
