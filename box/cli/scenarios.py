"""``linebox scenarios``: the calls that can be rehearsed, each with the promise that it proves."""

from __future__ import annotations

import json

import click

from box.cli.options import json_option

WAYS = {(False, True): "voice", (True, False): "keys", (True, True): "keys+voice", (False, False): "silence"}
"""(keys pressed, words said) of a scenario's caller."""


@click.command(epilog="Example: ./linebox scenarios --json")
@json_option
def scenarios(as_json: bool) -> None:
    """List the scenarios of config/scenarios: name, which line is rung, whether the caller presses keys or speaks, what
    happens, and the sentence of the callers' instruction that it proves."""
    from box.rehearsal.scenario import FOLDER, load_scenario, scenario_names
    from firmware.virtual.line_file import load_line
    from firmware.virtual.line_plan import ways_of

    listed = [(load_scenario(FOLDER / f"{name}.toml"), load_line(FOLDER / f"{name}.toml")) for name in scenario_names()]
    rows = [
        {
            "name": s.name,
            "line": s.world.line,
            "by": WAYS[ways_of(plan)],
            "title": s.title,
            "gloss": s.gloss,
            "proves": s.proves,
        }
        for s, plan in listed
    ]
    if as_json:
        click.echo(json.dumps({"scenarios": rows}, ensure_ascii=False))
        return
    width = max(len(row["name"]) for row in rows)
    for row in rows:
        click.echo(f"{row['name']:{width}}  {row['line']}, {row['by']}: {row['title']}")
        click.echo(f"{'':{width}}  {row['gloss']}")
        click.echo(f"{'':{width}}  «{row['proves']}»")
    click.echo(f"{len(rows)} scenarios")
