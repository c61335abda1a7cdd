"""``linebox say``: the box's voice, tried out: a text, a prompt with its values, a sum, a number."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from box.cli.options import json_option
from box.cli.spoken_values import KINDS_HELP, parse_value

if TYPE_CHECKING:
    from box.dialogue.vocabulary import Value
    from box.speaking.voice import Spoken, Voice


@click.command(
    epilog="Examples: ./linebox say --money 1234567 --out sum.wav; "
    "./linebox say --as hours:08:30-20:30; "
    "./linebox say --prompt accepted.zone --value digits=01578 --value 'zone=zone:дневная зона'"
)
@click.argument("text", required=False)
@click.option("--prompt", metavar="ID", help="A prompt of prompts/phrases.toml.")
@click.option(
    "--value", "values", multiple=True, metavar="NAME=KIND:VALUE", help=f"Fills {{NAME}} of the prompt: {KINDS_HELP}."
)
@click.option("--as", "value", metavar="KIND:VALUE", help="A value alone, of the same kinds.")
@click.option(
    "--names",
    type=click.Path(file_okay=False, exists=True, path_type=Path),
    metavar="FOLDER",
    help="Names rendered by the courier: the folder names of a box's data.",
)
@click.option("--money", "kopecks", type=click.IntRange(min=0), metavar="KOPECKS", help="A sum.")
@click.option("--number", type=click.IntRange(min=0), metavar="N", help="A whole number, with --unit.")
@click.option("--unit", metavar="U", help="rouble, kopeck, kilowatt_hour, day, minute, digit, address, reading.")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), metavar="F.wav", help="Write the sound, 8000 Hz 16-bit."
)
@json_option
def say(names: Path | None, out: Path | None, as_json: bool, **wish: Any) -> None:
    """Say TEXT, a prompt, a value, a sum or a number; print its words and clips. Needs every word to be recorded."""
    wanted = _Wanted(**wish)
    wanted.check()
    from box.speaking.name_files import NameFiles
    from box.speaking.opening import open_voice
    from box.speaking.sound_files import pcm_wav

    spoken = wanted.spoken(open_voice(place_audio=NameFiles(names).takes if names else None))
    if not spoken.complete:
        click.echo("linebox: a name without a recording was left out", err=True)
    if out is not None:
        _write(out, pcm_wav(spoken.samples))
    if as_json:
        facts = {"text": spoken.text, "clips": spoken.clips, "duration_s": round(spoken.duration_s, 3)}
        click.echo(json.dumps(facts, ensure_ascii=False))
        return
    click.echo(spoken.text)
    click.echo(f"{spoken.duration_s:.2f} s: {', '.join(spoken.clips)}")


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What was asked for on the command line."""

    text: str | None
    prompt: str | None
    values: tuple[str, ...]
    value: str | None
    kopecks: int | None
    number: int | None
    unit: str | None

    def check(self) -> None:
        """Raises click.UsageError unless it is one thing, whole."""
        if sum(each is not None for each in (self.text, self.prompt, self.value, self.kopecks, self.number)) != 1:
            raise click.UsageError(
                "say one thing: TEXT, --prompt ID, --as KIND:VALUE, --money KOPECKS or --number N --unit U"
            )
        if (self.number is None) != (self.unit is None):
            raise click.UsageError("--number and --unit go together")
        if self.values and self.prompt is None:
            raise click.UsageError("--value goes with --prompt")

    def spoken(self, voice: Voice) -> Spoken:
        """It in sound. Raises CannotSay, click.UsageError."""
        from box.accounts.model import Kopecks
        from box.dialogue.vocabulary import Count, Money, Phrase
        from box.speaking.free_text import compose_text

        if self.prompt is not None:
            return voice.speak([Phrase(self.prompt, dict(map(_named_value, self.values)))])
        if self.text is not None:
            return voice.say(compose_text(self.text, voice.manifest))
        if self.value is not None:
            return voice.say_value(parse_value("--as", self.value))
        if self.kopecks is not None:
            return voice.say_value(Money(Kopecks(self.kopecks)))
        return voice.say_value(Count(self.number or 0, self.unit or ""))


def _named_value(text: str) -> tuple[str, Value]:
    name, equals, given = text.partition("=")
    if not equals or not name:
        raise click.UsageError(f"--value {text}: wants NAME=KIND:VALUE")
    return name, parse_value("--value", given)


def _write(path: Path, wav: bytes) -> None:
    try:
        path.write_bytes(wav)
    except OSError as error:
        raise click.UsageError(f"--out {path}: cannot be written ({error.strerror})") from None
