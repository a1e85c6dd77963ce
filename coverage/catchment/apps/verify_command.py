"""``catchment verify``: the same inputs give the same files again, byte for byte."""

from __future__ import annotations

import json
from pathlib import Path  # noqa: TC003 - typer looks it up as the program runs
from typing import TYPE_CHECKING

import typer

from catchment.words import LANGUAGES, say

if TYPE_CHECKING:
    from catchment.words import Language

DIFFERENT = 4
"""Exit code where a file differs."""


def add_verify(app: typer.Typer, language: Language, cache: Path) -> None:
    """
    Declare the command.

    Parameters
    ----------
    app
        The commands so far.
    language
        Of help and messages.
    cache
        Not used: a run is verified from its files alone.
    """
    del cache

    @app.command(help=say("cli.verify", language))
    def verify(
        run: Path = typer.Argument(help=say("cli.verify_run", language), show_default=False),
        lang: str | None = typer.Option(None, "--lang", help=say("cli.lang", language)),
        as_json: bool = typer.Option(False, "--json", help=say("cli.json", language)),
    ) -> None:
        # Heavy modules are imported inside, so that --help answers at once.
        from catchment.pipeline.verify import verify_run  # noqa: PLC0415 - see above

        spoken = next((known for known in LANGUAGES if known == lang), language)
        found = verify_run(run)
        if as_json:
            files = [{"file": each.name, "state": each.state, "keys": list(each.differing)} for each in found.files]
            versions = {library: list(pair) for library, pair in found.other_versions.items()}
            typer.echo(json.dumps({"same": found.is_same, "files": files, "other_versions": versions}))
        else:
            for each in found.files:
                keys = say("verify.keys", spoken, keys=", ".join(each.differing)) if each.differing else ""
                typer.echo(f"{say(f'verify.{each.state}', spoken)}  {each.name}{keys}")
            for library, (was, now) in found.other_versions.items():
                typer.echo(say("verify.version", spoken, library=library, was=was, now=now))
            typer.echo(say("verify.all_same" if found.is_same else "verify.not_same", spoken))
        if not found.is_same:
            raise typer.Exit(DIFFERENT)
