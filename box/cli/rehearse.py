"""``linebox rehearse``: a whole call on a virtual line, in real time."""

from __future__ import annotations

import json
import signal
import sys
from pathlib import Path

import click

from box.cli.options import json_option


@click.command(epilog="Example: ./linebox rehearse --scenario unknown-phone-save --lang en --record call.wav")
@click.option("--scenario", "name", metavar="NAME or FILE", help="One of `linebox scenarios`, or a file of your own.")
@click.option(
    "--record", type=click.Path(dir_okay=False, path_type=Path), help="Keep the call: left caller, right box."
)
@click.option("--profile", metavar="MODEM", default="generic", show_default=True, help="generic, conexant or usr5637.")
@click.option("--lang", type=click.Choice(["ru", "en"]), help="Language of the transcript (else the box's setting).")
@click.option("--interactive", is_flag=True, help="You are the caller: keys, and microphone and loudspeaker if any.")
@click.option("--sound/--no-sound", default=True, help="With --interactive: use microphone and loudspeaker.")
@click.option("--keep", type=click.Path(file_okay=False, path_type=Path), help="Folder for logs and database, kept.")
@json_option
def rehearse(
    name: str | None,
    record: Path | None,
    profile: str,
    lang: str | None,
    interactive: bool,
    sound: bool,
    keep: Path | None,
    as_json: bool,
) -> None:
    """Play a whole call: exchange, modem on a pty, line process, courier and centre, all of them real, in real time.

    Prints what is said, pressed, stored and pulled by billing as it happens; exit 0 when the call came out as its
    scenario says, 1 when it did not."""
    from box.rehearsal.rehearse import RehearsalOptions
    from box.rehearsal.rehearse import rehearse as play
    from box.rehearsal.scenario import DEFAULT, load_scenario, scenario_path
    from box.settings import load_settings, settings_file
    from box.texts import Texts

    scenario = load_scenario(scenario_path(name or DEFAULT))
    language = lang or load_settings(settings_file(None)).box.language
    options = RehearsalOptions(profile, record, interactive, sound, keep)
    texts = Texts("en" if language == "en" else "ru")
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)  # everything that was started is put away, as after Ctrl-C
    try:
        result = play(scenario, options, texts, lambda line: click.echo(line, err=as_json))
    except KeyboardInterrupt:
        click.echo(texts("rehearsal.broken_off"), err=True)
        sys.exit(130)
    if as_json:
        click.echo(json.dumps(result, ensure_ascii=False))
    sys.exit(0 if result["ok"] else 1)
