"""``catchment explain``: how people at one place get to the nearest sites, and why they are covered or not."""

from __future__ import annotations

import json
from pathlib import Path  # noqa: TC003 - typer looks it up as the program runs
from typing import TYPE_CHECKING

import typer

from catchment.errors import SettingsError
from catchment.files import atomic_output
from catchment.words import LANGUAGES, say

if TYPE_CHECKING:
    from catchment.words import Language

USAGE = 2
"""Exit code where a name means several places."""


def add_explain(app: typer.Typer, language: Language, cache: Path) -> None:
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

    @app.command(help=say("cli.explain_place", language))
    def explain(
        run: Path = typer.Argument(help=say("cli.explain_run", language), show_default=False),
        at: str | None = typer.Option(None, "--at", help=say("cli.explain_at", language)),
        name: str | None = typer.Option(None, "--name", help=say("cli.explain_name", language)),
        out: Path | None = typer.Option(None, "--out", help=say("cli.explain_out", language)),
        lang: str | None = typer.Option(None, "--lang", help=say("cli.lang", language)),
        as_json: bool = typer.Option(False, "--json", help=say("cli.json", language)),
    ) -> None:
        # Heavy modules are imported inside, so that --help answers at once.
        from catchment.outputs.place import match_lines, place_lines, place_record, ways_geojson  # noqa: PLC0415
        from catchment.pipeline.explain_place import explain_place, read_ground  # noqa: PLC0415
        from catchment.pipeline.named_places import lon_lat_of, places_named  # noqa: PLC0415
        from catchment.pipeline.runs import read_run  # noqa: PLC0415

        spoken = next((known for known in LANGUAGES if known == lang), language)
        if bool(at) == bool(name):
            raise SettingsError("error.place_unasked")
        lonlat = lon_lat_of(at) if at else None
        ground = read_ground(read_run(run), cache=cache / "streets")
        said = ""
        if lonlat is None:
            asked = name or ""
            places = places_named(asked, ground.inputs, ground.settings, cache=cache / "streets")
            if len(places) > 1:
                for line in match_lines(asked, places, spoken):
                    typer.echo(line, err=True)
                raise typer.Exit(USAGE)
            lonlat, said = (places[0].lon, places[0].lat), places[0].name
        found = explain_place(lonlat, ground, name=said)
        lines = [json.dumps(place_record(found), ensure_ascii=False)] if as_json else place_lines(found, spoken)
        for line in lines:
            typer.echo(line)
        if out is not None:
            with atomic_output(out) as draft:
                draft.write_text(json.dumps(ways_geojson(found), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
            typer.echo(say("cli.written", spoken, file=out.as_posix()), err=as_json)
