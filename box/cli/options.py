"""Options that several commands share."""

from __future__ import annotations

import click

settings_option = click.option(
    "--settings",
    "settings_name",
    metavar="FILE",
    help="Settings laid over config/box.toml (else $LINEBOX_SETTINGS, else /etc/linebox/box.toml).",
)

json_option = click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")

lang_option = click.option(
    "--lang", type=click.Choice(["ru", "en"]), help="Language of what is printed (else the box's setting)."
)
