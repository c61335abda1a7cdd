"""``linebox callers``: the recorded voices that virtual callers speak with."""

from __future__ import annotations

import json
from pathlib import Path

import click

from box.cli.options import json_option


@click.group(epilog="Example: ./linebox callers list")
def callers() -> None:
    """The voices of virtual callers in config/callers: recordings that spoken scenarios are played with."""


@callers.command(name="list", epilog="Example: ./linebox callers list --json")
@json_option
def list_(as_json: bool) -> None:
    """List the voices: engine, licence, and the texts that each has recorded."""
    from firmware.virtual.caller_voice import load_voice, voice_names

    voices = [load_voice(name) for name in voice_names()]
    if as_json:
        rows = [{"name": v.name, "engine": v.engine, "licence": v.licence, "texts": sorted(v.files)} for v in voices]
        click.echo(json.dumps({"voices": rows}, ensure_ascii=False))
        return
    for voice in voices:
        click.echo(f"{voice.name}: {voice.engine}; {voice.licence}")
        click.echo(f"    {', '.join(sorted(voice.files))}")


@callers.command(epilog="Example: ./linebox callers render --program ru_tts=/opt/ru_tts/bin/ru_tts")
@click.option("--voice", "names", multiple=True, metavar="NAME", help="This voice only; may be given again.")
@click.option("--again", is_flag=True, help="Record everything anew, not only what is missing.")
@click.option(
    "--program", "places", multiple=True, metavar="NAME=PATH", help="Where ru_tts or espeak-ng is, if not on the path."
)
@json_option
def render(names: tuple[str, ...], again: bool, places: tuple[str, ...], as_json: bool) -> None:
    """Record what the scenarios in config/scenarios make each voice say. For developers: needs ru_tts (Debian 13:
    apt install ru-tts) and espeak-ng; a box plays the recordings that are there."""
    from box.rehearsal.caller_recordings import render as record
    from box.rehearsal.caller_recordings import texts_of_scenarios
    from box.rehearsal.scenario import FOLDER
    from box.toml_tables import did_you_mean
    from firmware.virtual.caller_voice import VOICES, voice_names

    programs = {}
    for place in places:
        name, equals, path = place.partition("=")
        if not equals or not Path(path).is_file():
            raise click.UsageError(f"--program {place}: wants NAME=PATH of a program that is there")
        programs[name] = Path(path)
    known = voice_names()
    for name in names:
        if name not in known:
            raise click.UsageError(f"no voice {name!r}{did_you_mean(name, known)}; there is: {', '.join(known)}")
    texts = texts_of_scenarios(sorted(FOLDER.glob("*.toml")))
    done = [record(VOICES / name, texts.get(name, ()), programs, again=again) for name in names or known]
    if as_json:
        rows = [{"name": d.voice, "made": d.made, "dropped": d.dropped} for d in done]
        click.echo(json.dumps({"voices": rows}, ensure_ascii=False))
        return
    for each in done:
        click.echo(f"{each.voice}: {len(each.made)} made, {len(each.dropped)} dropped")
