"""``linebox speech-report``: how well speech is understood, counted over labelled recordings."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from box.cli.options import json_option, settings_option
from box.cli.recognise import WRONG_USE, Ear, model_option

if TYPE_CHECKING:
    from box.listening.corpus import Clip, Tally


@click.command(name="speech-report", epilog="Example: ./linebox speech-report recordings/kitchen --errors")
@click.argument("folders", nargs=-1, required=True, metavar="DIR...", type=click.Path(path_type=Path))
@click.option("--errors", is_flag=True, help="Name each clip that was not right (on standard error).")
@model_option
@settings_option
@json_option
def speech_report(
    folders: tuple[Path, ...], errors: bool, model: Path | None, settings_name: str | None, as_json: bool
) -> None:
    """Count what the box understands in each corpus DIR: a folder of recordings with labels.json. «Unsure» is asked
    again in a call, «wrong» would have been taken. Out-of-grammar clips are heard under all three kinds of question,
    and count as accepted if any of them took something. Ends with 2 if a corpus or the model cannot be used."""
    from box.listening.corpus import CorpusWrong, Tally, load_corpus
    from box.listening.wav import NotAWav

    try:
        corpora = {str(folder): load_corpus(folder) for folder in folders}
        ear = Ear(model, settings_name)
        sets: dict[str, Any] = {}
        for name, clips in corpora.items():
            tally = Tally()
            for clip in clips:
                column = _count(ear, Path(name), clip, tally)
                if errors and column not in ("right", "rejected"):
                    click.echo(f"{column}: {name}/{clip.file} ({clip.voice}): {clip.text}", err=True)
            sets[name] = tally.as_json()
            if not as_json:
                _print(name, sets[name])
    except (CorpusWrong, NotAWav) as error:
        click.echo(f"linebox: {error}", err=True)
        raise SystemExit(WRONG_USE) from None
    if as_json:
        click.echo(json.dumps({"model": str(ear.folder), "sets": sets}, ensure_ascii=False))


def _count(ear: Ear, folder: Path, clip: Clip, tally: Tally) -> str:
    from box.listening.corpus import questions_for
    from box.listening.recording import question_for, read_answer

    samples = read_answer(folder / clip.file)
    found = []
    for kind, length in questions_for(clip.label):
        recognition, decode_s = ear.hear(samples, question_for(kind, ear.words, length))
        found.append(recognition)
        tally.speech_s += len(samples) / 8000
        tally.decode_s += decode_s
    return tally.count(clip.label, found, ear.digit_words)


def _print(name: str, report: dict[str, Any]) -> None:
    click.echo(name)
    for row, counts in report.items():
        if isinstance(counts, dict):
            told = ", ".join(f"{key} {value}" for key, value in counts.items())
            click.echo(f"  {row}: {told}")
    click.echo(f"  real-time factor: {report['real_time_factor']}")
