"""``linebox scenarios``: the calls that can be rehearsed, each with the promise that it proves."""

from __future__ import annotations

import json

import click

from box.cli.options import json_option


@click.command(epilog="Example: ./linebox scenarios --json")
@json_option
def scenarios(as_json: bool) -> None:
    """List the scenarios of config/scenarios: name, what happens, which promise to callers it proves."""
    from box.rehearsal.scenario import FOLDER, load_scenario, scenario_names

    listed = [load_scenario(FOLDER / f"{name}.toml") for name in scenario_names()]
    if as_json:
        rows = [{"name": s.name, "title": s.title, "gloss": s.gloss, "proves": s.proves} for s in listed]
        click.echo(json.dumps({"scenarios": rows}, ensure_ascii=False))
        return
    width = max(len(s.name) for s in listed)
    for s in listed:
        click.echo(f"{s.name:{width}}  {s.title}")
        click.echo(f"{'':{width}}  {s.gloss}")
