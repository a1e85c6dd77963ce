"""``catchment collect``: what is made of the forms that counties send back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from catchment.apps.flags import flags
from catchment.words import LANGUAGES, say

if TYPE_CHECKING:
    from catchment.config import Settings
    from catchment.model.evaluation import EvaluationRules
    from catchment.words import Language

INCOMPLETE = 4
"""Exit code if some forms are missing or were refused; the others are collected."""

# Heavy modules are imported inside the command, so that --help answers at once.


def add_collect(app: typer.Typer, language: Language, cache: Path) -> None:
    """
    Declare the command.

    Parameters
    ----------
    app
        Of all commands.
    language
        Of help and messages.
    cache
        Folder for parsed roads.
    """
    option, _ = flags(language)

    @app.command(help=say("cli.collect", language))
    def collect(
        folder: Path = typer.Argument(help=say("cli.collect_folder", language), show_default=False),
        project: Path | None = option("collect_project", "--project"),
        rules: Path | None = option("collect_rules", "--rules"),
        out: Path = typer.Option(Path("maps", "evaluation"), "--out", help=say("cli.out", language)),
        lang: str | None = option("lang", "--lang"),
    ) -> None:
        from catchment.config import read_settings  # noqa: PLC0415 - see above
        from catchment.outputs.evaluated import collected_lines  # noqa: PLC0415 - see above
        from catchment.pipeline.evaluation import collect as collect_forms  # noqa: PLC0415 - see above

        spoken = spoken_language(lang, language)
        settings = read_settings(project) if project else None
        made = {"out": out, "settings": settings, "cache": cache / "streets"}
        found, files = collect_forms(folder, rules_of(rules, settings), language=spoken, **made)  # type: ignore[arg-type]  # as named
        for line in collected_lines(found, spoken):
            typer.echo(line)
        for path in files:
            typer.echo(say("cli.written", spoken, file=path.as_posix()))
        if not found.complete:
            raise typer.Exit(INCOMPLETE)


def spoken_language(lang: str | None, language: Language) -> Language:
    """The language that a flag names, else that of the command line."""
    return next((known for known in LANGUAGES if known == lang), language)


def rules_of(path: Path | None, settings: Settings | None) -> EvaluationRules:
    """The rules of a file, else of the project's plan, else the example."""
    from catchment.inputs.evaluation_rules import (  # noqa: PLC0415 - see above
        example_rules,
        read_evaluation_rules,
        rules_of_plan,
    )
    from catchment.inputs.plan import read_plan  # noqa: PLC0415 - see above

    if path is not None:
        return read_evaluation_rules(path)
    plan = settings.inputs.plan if settings else None
    return rules_of_plan(read_plan(plan)) if plan else example_rules()
