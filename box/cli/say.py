"""``linebox say``: the box's voice, tried out: a text, a prompt with its values, a sum, a number."""

from __future__ import annotations

import json
from datetime import date, time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from box.cli.options import json_option

if TYPE_CHECKING:
    from collections.abc import Callable

    from box.dialogue.vocabulary import Value
    from box.speaking.script import Rendered

KINDS_HELP = (
    "digits:01578, account:1234567890, phone:79991234567, money:12345 (kopecks), count:3/address, "
    "date:2025-11-12, ondate:2025-11-12, day:15, onday:26, time:08:30, zone:дневная зона, "
    "address:ул. Ленина|12А|34, settled:Москва|ул. Ленина|12А|34"
)


@click.command(
    epilog="Examples: ./linebox say --money 1234567 --out sum.wav; "
    "./linebox say --prompt accepted.zone --value digits=01578 --value 'zone=zone:дневная зона'"
)
@click.argument("text", required=False)
@click.option("--prompt", metavar="ID", help="A prompt of prompts/phrases.toml.")
@click.option(
    "--value", "values", multiple=True, metavar="NAME=KIND:VALUE", help=f"Fills {{NAME}} of the prompt: {KINDS_HELP}."
)
@click.option("--money", "kopecks", type=click.IntRange(min=0), metavar="KOPECKS", help="A sum.")
@click.option("--number", type=click.IntRange(min=0), metavar="N", help="A whole number, with --unit.")
@click.option("--unit", metavar="U", help="rouble, kopeck, kilowatt_hour, day, minute, digit, address, reading.")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), metavar="F.wav", help="Write the sound, 8000 Hz 16-bit."
)
@json_option
def say(
    text: str | None,
    prompt: str | None,
    values: tuple[str, ...],
    kopecks: int | None,
    number: int | None,
    unit: str | None,
    out: Path | None,
    as_json: bool,
) -> None:
    """Say TEXT, a prompt, a sum or a number; print its words and clips. Needs every word to be recorded."""
    _check_use(text, prompt, values, kopecks, number, unit)
    from box.dialogue.vocabulary import Phrase
    from box.speaking.free_text import compose_text
    from box.speaking.numbers import count, money_words
    from box.speaking.opening import open_voice
    from box.speaking.sound_files import pcm_wav

    voice = open_voice()
    if prompt is not None:
        spoken = voice.speak([Phrase(prompt, dict(map(parse_value, values)))])
    elif text is not None:
        spoken = voice.say(compose_text(text, voice.manifest))
    else:
        words = money_words(kopecks) if kopecks is not None else count(number or 0, unit or "")
        spoken = voice.say(_sentence(words))
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


def parse_value(text: str) -> tuple[str, Value]:
    """``NAME=KIND:VALUE`` (digits when KIND is left out). Raises click.UsageError saying what is wanted."""
    name, equals, given = text.partition("=")
    kind, colon, rest = given.partition(":")
    if not equals or not name:
        raise click.UsageError(f"--value {text}: wants NAME=KIND:VALUE")
    if not colon:
        kind, rest = "digits", given
    make = _parsers().get(kind)
    if make is None:
        raise click.UsageError(f"--value {text}: the kinds are {KINDS_HELP}")
    try:
        return name, make(rest)
    except (ValueError, TypeError):
        raise click.UsageError(f"--value {text}: {rest!r} is no {kind}; examples: {KINDS_HELP}") from None


def _parsers() -> dict[str, Callable[[str], Value]]:
    from box.accounts.model import AccountNumber, Address, Kopecks, PhoneNumber
    from box.dialogue.vocabulary import (
        ClockTime,
        Count,
        DateForm,
        DayOrdinal,
        DigitRow,
        FullAddress,
        Money,
        SpokenDate,
        Zone,
    )

    def address(settlement: str, text: str) -> Address:
        street, house, *flat = text.split("|")
        return Address(settlement, street, house, flat="".join(flat))

    def counted(text: str) -> Count:
        number, noun = text.split("/")
        return Count(int(number), noun)

    def settled(text: str) -> FullAddress:
        settlement, _, rest = text.partition("|")
        return FullAddress(address(settlement, rest))

    return {
        "digits": DigitRow,
        "account": AccountNumber,
        "phone": PhoneNumber,
        "money": lambda text: Money(Kopecks(int(text))),
        "count": counted,
        "date": lambda text: SpokenDate(date.fromisoformat(text), DateForm.BARE),
        "ondate": lambda text: SpokenDate(date.fromisoformat(text), DateForm.ON),
        "day": lambda text: DayOrdinal(int(text), DateForm.BARE),
        "onday": lambda text: DayOrdinal(int(text), DateForm.ON),
        "time": lambda text: ClockTime(time.fromisoformat(text)),
        "zone": Zone,
        "address": lambda text: address("", text),
        "settled": settled,
    }


def _check_use(
    text: str | None,
    prompt: str | None,
    values: tuple[str, ...],
    kopecks: int | None,
    number: int | None,
    unit: str | None,
) -> None:
    if sum(each is not None for each in (text, prompt, kopecks, number)) != 1:
        raise click.UsageError("say one thing: TEXT, --prompt ID, --money KOPECKS or --number N --unit U")
    if (number is None) != (unit is None):
        raise click.UsageError("--number and --unit go together")
    if values and prompt is None:
        raise click.UsageError("--value goes with --prompt")


def _sentence(words: tuple[str, ...]) -> Rendered:
    from box.speaking.script import FULL_STOP, Rendered, Said, row

    return Rendered((*row(Said(word, word) for word in words), FULL_STOP), "")


def _write(path: Path, wav: bytes) -> None:
    try:
        path.write_bytes(wav)
    except OSError as error:
        raise click.UsageError(f"--out {path}: cannot be written ({error.strerror})") from None
