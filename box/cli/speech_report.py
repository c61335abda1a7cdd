"""``linebox speech-report``: how well speech is understood, counted over labelled recordings."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from box.cli.options import json_option, settings_option
from box.cli.recognise import WRONG_USE, Ear, model_option

if TYPE_CHECKING:
    from box.listening.corpus import Clip, Tally
    from box.listening.decision import Rule

AS_RECORDED = "clean"
GOOD = ("right", "rejected")


@click.command(name="speech-report", epilog="Example: ./linebox speech-report recordings/kitchen --condition all")
@click.argument("folders", nargs=-1, required=True, metavar="DIR...", type=click.Path(path_type=Path))
@click.option("--condition", "names", multiple=True, metavar="NAME", help="Also as such a line sounds; all = each.")
@click.option(
    "--certainty",
    "certainties",
    multiple=True,
    type=click.FloatRange(0.0, 1.0),
    metavar="P",
    help="Also with answers taken from this certainty on (0-1), to choose by what is right and what wrong.",
)
@click.option("--errors", is_flag=True, help="Name each clip that was not right (on standard error).")
@model_option
@settings_option
@json_option
def speech_report(
    folders: tuple[Path, ...],
    names: tuple[str, ...],
    certainties: tuple[float, ...],
    errors: bool,
    model: Path | None,
    settings_name: str | None,
    as_json: bool,
) -> None:
    """Count what the box understands in each corpus DIR: a folder of recordings with labels.json. «Unsure» is asked
    again in a call, «wrong» would have been taken. Out-of-grammar clips are heard under all three kinds of question,
    and count as accepted if any of them took something. Ends with 2 if a corpus or the model cannot be used."""
    from box.listening.conditions import ConditionUnknown
    from box.listening.corpus import CorpusWrong, load_corpus
    from box.listening.wav import NotAWav

    try:
        conditions, skipped = _conditions(names)
        corpora = {str(folder): load_corpus(folder) for folder in folders}
        ear = Ear(model, settings_name)
        sets: dict[str, Any] = {}
        for name, clips in corpora.items():
            sets[name] = _as_json(_tallies(ear, Path(name), clips, conditions, certainties, errors))
            if not as_json:
                _print(name, sets[name])
    except (CorpusWrong, NotAWav, ConditionUnknown) as error:
        click.echo(f"linebox: {error}", err=True)
        raise SystemExit(WRONG_USE) from None
    if as_json:
        told = {"skipped": skipped} if names else {}
        click.echo(json.dumps({"model": str(ear.folder), "sets": sets, **told}, ensure_ascii=False))


def _conditions(names: Sequence[str]) -> tuple[list[str], dict[str, str]]:
    """(conditions to make besides the recordings as they are, those that cannot be made here and what they need)."""
    from box.listening.conditions import CONDITIONS, ConditionUnknown, missing_program

    wanted = list(CONDITIONS) if "all" in names else list(dict.fromkeys(names))
    for name in wanted:
        if name not in CONDITIONS:
            raise ConditionUnknown(f"no condition {name!r}; wants all, {', '.join(CONDITIONS)}")
    skipped = {name: program for name in wanted if (program := missing_program(name))}
    for name, program in skipped.items():
        click.echo(f"linebox: {name} is left out: {program} is not installed (apt install {program})", err=True)
    return [name for name in wanted if name != AS_RECORDED and name not in skipped], skipped


def _tallies(
    ear: Ear,
    folder: Path,
    clips: Sequence[Clip],
    conditions: Sequence[str],
    certainties: Sequence[float],
    errors: bool,
) -> dict[tuple[str, float | None], Tally]:
    """By condition and certainty; None is the rule of calls."""
    from box.listening.corpus import Tally
    from box.listening.decision import RULE, Rule

    rules: list[tuple[float | None, Rule]] = [(None, RULE), *((p, Rule(p, p, p)) for p in certainties)]
    tallies = {(condition, p): Tally() for condition in (AS_RECORDED, *conditions) for p, _ in rules}
    for clip in clips:
        for condition, sound in _sounds(folder, clip, conditions):
            for p, rule in rules:
                column = _count(ear, sound, clip, tallies[condition, p], rule)
                if errors and p is None and column not in GOOD:
                    click.echo(f"{column}: {condition}: {folder}/{clip.file} ({clip.voice}): {clip.text}", err=True)
    return tallies


def _sounds(folder: Path, clip: Clip, conditions: Sequence[str]) -> Iterator[tuple[str, Any]]:
    """The recording as it is, then under each condition; the line sounds on when the caller has spoken."""
    import numpy as np

    from box.listening.conditions import in_condition
    from box.listening.recording import SILENCE_AFTER_S, read_answer
    from firmware.vocabulary import SAMPLE_RATE_HZ

    sound = read_answer(folder / clip.file)
    yield AS_RECORDED, sound
    followed = np.concatenate((sound, np.zeros(int(SILENCE_AFTER_S * SAMPLE_RATE_HZ), np.int16)))
    seed = zlib.crc32(clip.file.encode())
    for condition in conditions:
        yield condition, in_condition(followed, condition, seed)


def _count(ear: Ear, sound: Any, clip: Clip, tally: Tally, rule: Rule) -> str:
    from box.listening.corpus import OFFERED, questions_for
    from box.listening.recording import question_for

    found = []
    for kind, length in questions_for(clip.label):
        recognition, decode_s = ear.hear(sound, question_for(kind, ear.words, length, OFFERED), rule)
        found.append(recognition)
        tally.speech_s += len(sound) / 8000
        tally.decode_s += decode_s
    return tally.count(clip.label, found, ear.digit_words)


def _as_json(tallies: dict[tuple[str, float | None], Tally]) -> dict[str, Any]:
    """The recordings as they are; beside that «conditions» and «certainties», where they were asked for."""
    report = tallies[AS_RECORDED, None].as_json()
    conditions = {name: tally.as_json() for (name, p), tally in tallies.items() if p is None and name != AS_RECORDED}
    certainties = [
        {"certainty": p, "condition": name, **tally.as_json()} for (name, p), tally in tallies.items() if p is not None
    ]
    report |= {"conditions": conditions} if conditions else {}
    report |= {"certainties": certainties} if certainties else {}
    return report


def _print(name: str, report: dict[str, Any]) -> None:
    click.echo(name)
    _print_rows(report, "  ")
    for condition, counts in report.get("conditions", {}).items():
        click.echo(f"  {condition}")
        _print_rows(counts, "    ")
    for counts in report.get("certainties", ()):
        click.echo(f"  certainty {counts['certainty']}, {counts['condition']}")
        _print_rows(counts, "    ")


def _print_rows(report: dict[str, Any], indent: str) -> None:
    for row, counts in report.items():
        if isinstance(counts, dict) and counts.get("n"):
            told = ", ".join(f"{key} {value}" for key, value in counts.items())
            click.echo(f"{indent}{row}: {told}")
    click.echo(f"{indent}real-time factor: {report['real_time_factor']}")
