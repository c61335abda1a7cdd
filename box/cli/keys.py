"""``linebox keys``: which keys were pressed in a recording of a call."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from box.cli.options import json_option
from box.listening.wav import NotAWav, WavUnsupported, read_wav
from firmware.key_detector import DetectedKey, detect_keys
from firmware.vocabulary import SAMPLE_RATE_HZ

_WRONG_USE = 2


@click.command(name="keys", epilog="Example: ./linebox keys --json morning.wav evening.wav")
@click.argument("files", nargs=-1, required=True, metavar="FILE.wav...", type=click.Path(path_type=Path))
@json_option
def keys(files: tuple[Path, ...], as_json: bool) -> None:
    """Find the keys (DTMF) pressed in recordings: WAV, mono, 8 kHz. Ends with 2 if a file cannot be used; what the
    others hold is printed all the same."""
    results: list[dict[str, Any]] = []
    problems = 0
    for file in files:
        try:
            found = keys_in(file)
        except NotAWav as error:
            click.echo(f"linebox: {error}", err=True)
            problems += 1
            continue
        results.append({"file": str(file), "events": [_event(key) for key in found]})
    if as_json:
        click.echo(json.dumps({"results": results}, ensure_ascii=False))
    else:
        _print_table(results)
    if problems:
        raise SystemExit(_WRONG_USE)


def keys_in(file: Path) -> list[DetectedKey]:
    """The presses in one recording. Raises NotAWav, also for another rate than 8 kHz."""
    samples, rate_hz = read_wav(file)
    if rate_hz != SAMPLE_RATE_HZ:
        raise WavUnsupported(f"{file}: {rate_hz} Hz; convert it with: sox {file.name} -r {SAMPLE_RATE_HZ} OUT.wav")
    return detect_keys(samples)


def _event(key: DetectedKey) -> dict[str, Any]:
    return {"key": key.key, "start_s": round(key.start_s, 3), "duration_s": round(key.duration_s, 3)}


def _print_table(results: list[dict[str, Any]]) -> None:
    for result in results:
        pressed = "".join(event["key"] for event in result["events"])
        click.echo(f"{result['file']}: {pressed or 'no keys'}")
        for event in result["events"]:
            click.echo(f"  {event['start_s']:9.3f} s  {event['duration_s']:6.3f} s  {event['key']}")
