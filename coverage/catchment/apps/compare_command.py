"""``catchment compare``: why other people are covered than before."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from catchment.words import LANGUAGES, say

if TYPE_CHECKING:
    from catchment.words import Language


def add_compare(app: typer.Typer, language: Language, cache: Path) -> None:
    """
    Declare the command.

    Parameters
    ----------
    app
        The commands so far.
    language
        Of help and messages.
    cache
        Folder for parsed roads.
    """

    @app.command(help=say("cli.compare", language))
    def compare(
        before: Path = typer.Argument(help=say("cli.compare_before", language), show_default=False),
        after: Path = typer.Argument(help=say("cli.compare_after", language), show_default=False),
        out: Path = typer.Option(Path("maps", "compare"), "--out", help=say("cli.out", language)),
        lang: str | None = typer.Option(None, "--lang", help=say("cli.lang", language)),
        as_json: bool = typer.Option(False, "--json", help=say("cli.json", language)),
    ) -> None:
        # Heavy modules are imported inside, so that --help answers at once.
        from catchment.outputs.causes import cause_lines, cause_record  # noqa: PLC0415 - see above
        from catchment.pipeline.compare import compare_by_cause  # noqa: PLC0415 - see above

        spoken = next((known for known in LANGUAGES if known == lang), language)
        made = compare_by_cause(before, after, out=out, language=spoken, cache=cache / "streets")
        for run, role in made.changed_inputs:
            facts = {"run": say(f"compare.{run}", spoken), "role": say(f"page.role_{role}", spoken)}
            typer.echo(say("changed.input", spoken, **facts), err=True)
        if as_json:
            record = cause_record(made.found, changed_inputs=made.changed_inputs)
            outputs = {"outputs": [path.as_posix() for path in made.files]}
            typer.echo(json.dumps({**record, **outputs}, ensure_ascii=False))
            return
        for line in cause_lines(made.found, spoken):
            typer.echo(line)
        for path in made.files:
            typer.echo(say("cli.written", spoken, file=path.as_posix()))
