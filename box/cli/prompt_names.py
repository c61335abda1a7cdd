"""``linebox prompts names``: what the courier has rendered, and the words in it that nobody has listened to."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from box.cli.options import json_option, settings_option


@click.command(epilog="Example: ./linebox prompts names --unchecked")
@click.option(
    "--unchecked", is_flag=True, help="Only names with a word whose stress nobody has checked; exit 1 if any."
)
@click.option(
    "--names",
    "folder",
    type=click.Path(file_okay=False, exists=True, path_type=Path),
    metavar="FOLDER",
    help="The folder of names, if not that of the settings.",
)
@settings_option
@json_option
def names(unchecked: bool, folder: Path | None, settings_name: str | None, as_json: bool) -> None:
    """List the streets, offices and other names that were rendered when they arrived.

    Listen to a name with `linebox say --as 'name:…' --names FOLDER --out check.wav`; write each of its words into
    config/stress.toml with + before the stressed vowel: that corrects it, and marks it as checked.
    """
    from box.speaking.manifest import load_manifest
    from box.speaking.name_files import NameFiles
    from box.speaking.opening import PROMPTS, STRESS
    from box.speaking.rendering import load_stress
    from box.speaking.stress_checks import unchecked_words

    stress, recorded = load_stress(STRESS), load_manifest(PROMPTS).words.keys()
    made_by = {each.text: each.made_by for each in NameFiles(folder or _folder(settings_name)).listing()}
    rows = [
        {"text": text, "made_by": maker, "unchecked": unchecked_words(text, stress, recorded)}
        for text, maker in sorted(made_by.items())
    ]
    shown = [row for row in rows if row["unchecked"] or not unchecked]
    if as_json:
        click.echo(json.dumps({"names": shown}, ensure_ascii=False))
    else:
        for row in shown:
            click.echo(f"{row['text']}: {', '.join(row['unchecked']) or 'checked'} ({row['made_by']})")
        todo = sum(bool(row["unchecked"]) for row in rows)
        click.echo(f"{len(rows)} names, {todo} with words whose stress nobody has checked")
    sys.exit(1 if unchecked and shown else 0)


def _folder(settings_name: str | None) -> Path:
    from box.settings import load_settings, settings_file
    from box.speaking.name_files import NAMES_FOLDER

    return load_settings(settings_file(settings_name)).data / NAMES_FOLDER
