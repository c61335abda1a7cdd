"""``linebox settings``: what is in force, and what is wrong with a file before a box runs with it."""

from __future__ import annotations

import json

import click
import msgspec

from box.cli.options import json_option, settings_option
from box.settings import load_settings, settings_file


@click.command(epilog="Example: ./linebox settings --settings /boot/firmware/box.toml")
@settings_option
@json_option
def settings(settings_name: str | None, as_json: bool) -> None:
    """Print the settings in force; every mistake of the file at once, exit 2, when there are any."""
    path = settings_file(settings_name)
    table = msgspec.to_builtins(load_settings(path))
    if as_json:
        click.echo(json.dumps(table, ensure_ascii=False))
        return
    click.echo(f"# defaults of config/box.toml{f', changed by {path}' if path else ''}")
    _print_table(table, "")


def _print_table(table: dict[str, object], prefix: str) -> None:
    nested = {key: value for key, value in table.items() if isinstance(value, dict)}
    for key, value in table.items():
        if key not in nested:
            click.echo(f"{key} = {json.dumps(value, ensure_ascii=False)}")
    for key, value in nested.items():
        click.echo(f"\n[{prefix}{key}]" if any(not isinstance(v, dict) for v in value.values()) else "", nl=True)
        _print_table(value, f"{prefix}{key}.")
