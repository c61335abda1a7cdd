"""``linebox voices``: recordings of volunteers, for judging and training speech models."""

from __future__ import annotations

import json
import queue
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import click

from box.cli.options import json_option, lang_option, settings_option
from box.settings import Settings, load_settings, settings_file
from box.texts import Texts

if TYPE_CHECKING:
    from box.calls.line_process import Posted
    from box.collecting.corpus_folder import CorpusFolder
    from box.collecting.line import Collection, Done
    from box.collecting.volunteer_call import Collected

MOST_THINGS = 200


@click.group(epilog="Example: ./linebox voices collect --port /dev/linebox-line0 --out recordings")
def voices() -> None:
    """Record volunteers, with their consent, into a speech corpus."""


@voices.command(epilog="Example: ./linebox voices collect --handset --out recordings --count 30")
@click.option("--out", required=True, metavar="DIR", type=click.Path(file_okay=False, path_type=Path),
              help="The corpus; goes on where it stopped.")  # fmt: skip
@click.option("--port", default="", metavar="DEVICE", help="Answer a telephone line on this modem.")
@click.option("--handset", is_flag=True, help="One volunteer at this machine's microphone.")
@click.option("--virtual", "line_file", metavar="LINE.toml", type=click.Path(path_type=Path),
              help="Play this line file against the virtual modem, without hardware.")  # fmt: skip
@click.option("--profile", default="", metavar="MODEM", help="Of the modem (else it is asked; virtual: generic).")
@click.option("--count", default=40, show_default=True, type=click.IntRange(1, MOST_THINGS), metavar="N",
              help="Things that each volunteer is asked to say.")  # fmt: skip
@click.option("--calls", type=click.IntRange(1), metavar="N", help="Stop after so many calls (--port).")
@click.option("--seed", default=1, show_default=True, help="Decides, with the speaker's number, what is asked for.")
@lang_option
@settings_option
@json_option
def collect(
    out: Path,
    port: str,
    handset: bool,
    line_file: Path | None,
    profile: str,
    count: int,
    calls: int | None,
    seed: int,
    lang: str | None,
    settings_name: str | None,
    as_json: bool,
) -> None:
    """Ask volunteers to say digits, commands and other words, and keep the recordings.

    Nothing is kept before a spoken yes (or key 1). Keys during the call: * once more, # skip, 0 enough, 9 delete all of
    mine. A speaker is a random number; neither name nor telephone is looked at. Stop with Ctrl+C."""
    from box.collecting.corpus_folder import open_corpus

    if sum((bool(port), handset, line_file is not None)) != 1:
        raise click.UsageError("name one of --port DEVICE, --handset and --virtual LINE.toml")
    settings = load_settings(settings_file(settings_name))
    texts = Texts("en" if (lang or settings.box.language) == "en" else "ru")
    results: list[Collected] = []

    def done(result: Collected) -> None:
        results.append(result)
        click.echo(_line(result, texts), err=as_json)

    with open_corpus(out) as corpus:
        if handset:
            _at_handset(settings, corpus, count, seed, done)
        elif line_file is not None:
            _virtual(settings, corpus, count, seed, done, line_file, profile or "generic")
        else:
            _on_port(settings, corpus, count, seed, done, port, profile, calls)
    if as_json:
        rows = [
            {"speaker": r.speaker, "consent": r.consented, "kept": r.kept, "withdrawn": r.withdrawn} for r in results
        ]
        click.echo(json.dumps({"corpus": str(out), "calls": rows}))


@voices.command(epilog="Example: ./linebox voices forget v482913 --out recordings")
@click.argument("speaker")
@click.option("--out", required=True, metavar="DIR", type=click.Path(file_okay=False, exists=True, path_type=Path),
              help="The corpus.")  # fmt: skip
@lang_option
@settings_option
@json_option
def forget(speaker: str, out: Path, lang: str | None, settings_name: str | None, as_json: bool) -> None:
    """Delete all recordings of SPEAKER, who was told the number at the end of the call. Models that were trained on
    them meanwhile must be trained anew."""
    from box.collecting.corpus_entries import SPEAKER
    from box.collecting.corpus_folder import open_corpus

    settings = load_settings(settings_file(settings_name))
    texts = Texts("en" if (lang or settings.box.language) == "en" else "ru")
    name = speaker if speaker.startswith("v") else f"v{speaker}"
    if not SPEAKER.fullmatch(name):
        raise click.UsageError(f"{speaker!r} is no speaker: six digits, as they were told at the end of the call")
    with open_corpus(out) as corpus:
        if name not in corpus.speakers:
            raise click.UsageError(f"{out} holds nothing of {name}")
        deleted = corpus.forget(name)
    if as_json:
        click.echo(json.dumps({"speaker": name, "deleted": deleted}))
    else:
        click.echo(texts("collecting.forgotten", speaker=name, count=deleted))


def _line(result: Collected, texts: Texts) -> str:
    if result.withdrawn:
        return texts("collecting.withdrawn", speaker=result.speaker)
    if not result.consented:
        return texts("collecting.no_consent")
    return texts("collecting.collected", speaker=result.speaker, count=result.kept)


def _collection(settings: Settings, corpus: CorpusFolder, count: int, seed: int, done: Done) -> Collection:
    from box.clock import SystemClock
    from box.collecting.line import Collection, engine_of
    from box.speaking.opening import open_voice

    return Collection(corpus, open_voice(), engine_of(settings), SystemClock(), count, seed, done)


def _at_handset(settings: Settings, corpus: CorpusFolder, count: int, seed: int, done: Done) -> None:
    from box.collecting.handset import run_handset

    run_handset(_collection(settings, corpus, count, seed, done))


def _virtual(
    settings: Settings, corpus: CorpusFolder, count: int, seed: int, done: Done, file: Path, profile: str
) -> None:
    from dataclasses import replace

    from box.clock import SystemClock
    from box.collecting.line import modem_line
    from box.collecting.virtual_line import LineClock, play
    from firmware.virtual.line_file import load_line

    plan = load_line(file)
    clock = LineClock(SystemClock())
    collection = replace(_collection(settings, corpus, count, seed, done), clock=clock)
    play(plan, profile, clock, lambda on_heard, failed: modem_line(collection, None, True, on_heard, failed))


def _on_port(
    settings: Settings,
    corpus: CorpusFolder,
    count: int,
    seed: int,
    done: Done,
    port: str,
    profile: str,
    calls: int | None,
) -> None:
    from box.calls.line_process import Stop
    from box.collecting.line import run_port, stop_after
    from box.logs import start_logging

    start_logging(settings.box.log_level)
    inbox: queue.SimpleQueue[Posted] = queue.SimpleQueue()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: inbox.put(Stop()))
    counted = stop_after(calls, inbox, done)
    run_port(_collection(settings, corpus, count, seed, counted), port, profile or None, inbox)
