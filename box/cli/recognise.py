"""``linebox recognise``: what the box would understand in recordings of answers."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from box.cli.options import json_option, settings_option

if TYPE_CHECKING:
    from box.listening.recording import Recognition
    from box.listening.vosk_recogniser import VoskEngine
    from box.understanding.keypad import Timeouts
    from box.understanding.words import Words

WRONG_USE = 2

ASKED = {"yes_no": "yes_no", "digits": "digits", "menu": "menu", "commands": "menu"}

model_option = click.option(
    "--model", metavar="DIR", type=click.Path(path_type=Path), help="A Vosk model's folder, else recognition.model."
)


@click.command(epilog="Example: ./linebox recognise --ask digits --length 5 reading.wav --json")
@click.option(
    "--ask",
    required=True,
    type=click.Choice(list(ASKED)),
    metavar="QUESTION",
    help="yes_no, digits, commands (the eight of the consultation line) or menu (every choice of every menu).",
)
@click.option("--length", type=click.IntRange(1, 20), metavar="N", help="Digits that are expected (--ask digits).")
@click.argument("files", nargs=-1, required=True, metavar="FILE.wav...", type=click.Path(path_type=Path))
@model_option
@settings_option
@json_option
def recognise(
    ask: str,
    length: int | None,
    files: tuple[Path, ...],
    model: Path | None,
    settings_name: str | None,
    as_json: bool,
) -> None:
    """Recognise recordings (WAV, mono, 8 kHz) as answers to QUESTION. Ends with 2 if a file or the model cannot be
    used; what the other files hold is printed all the same."""
    from box.dialogue.vocabulary import QuestionKind
    from box.listening.corpus import OFFERED
    from box.listening.recording import question_for, read_answer
    from box.listening.wav import NotAWav

    if length is not None and ASKED[ask] != "digits":
        raise click.UsageError("--length goes with --ask digits")
    ear = Ear(model, settings_name)
    question = question_for(QuestionKind(ASKED[ask]), ear.words, length, OFFERED if ask == "commands" else None)
    results: list[dict[str, Any]] = []
    problems = 0
    for file in files:
        try:
            samples = read_answer(file)
        except NotAWav as error:
            click.echo(f"linebox: {error}", err=True)
            problems += 1
            continue
        found, decode_s = ear.hear(samples, question)
        results.append(as_result(file, found, len(samples) / 8000, decode_s))
        if not as_json:
            click.echo(
                f"{file}: {found.status.value} {found.value or ''} [{' '.join(found.words)}] {found.doubt}".rstrip()
            )
    if as_json:
        click.echo(json.dumps({"results": results}, ensure_ascii=False))
    if problems:
        raise SystemExit(WRONG_USE)


class Ear:
    """The model and the words of this installation, for commands that hear recordings. A model that cannot be used
    ends the command with one line."""

    def __init__(self, model: Path | None, settings_name: str | None) -> None:
        from box.dialogue.config import load_dialogue_config
        from box.listening.model_folder import ModelBroken
        from box.listening.vosk_recogniser import VoskEngine
        from box.settings import HOME, load_settings, settings_file
        from box.understanding.words import load_words

        settings = load_settings(settings_file(settings_name))
        self.words: Words = load_words(HOME / "config" / "intents.toml")
        self._timeouts: Timeouts = load_dialogue_config(HOME / "config" / "dialogue.toml").timeouts
        if model is None and not settings.recognition.model:
            click.echo("linebox: recognition.model is empty; name a model with --model DIR", err=True)
            raise SystemExit(WRONG_USE)
        self.folder = model or HOME / settings.recognition.model
        try:
            self._engine: VoskEngine = VoskEngine(self.folder, self.words)
        except ModelBroken as error:
            click.echo(f"linebox: {error}", err=True)
            raise SystemExit(WRONG_USE) from None
        if self._engine.missing:
            click.echo(f"linebox: {self.folder} cannot hear: {', '.join(self._engine.missing)}", err=True)

    @property
    def digit_words(self) -> dict[str, str]:
        """The digit that a word means, by the word as it is heard."""
        return self.words.digit_words

    def hear(self, samples: Any, question: Any, rule: Any = None) -> tuple[Recognition, float]:
        """(what was understood, processor seconds that it took). ``rule``: another than that of calls."""
        from box.listening.decision import RULE
        from box.listening.recording import recognise as recognise_one

        began = time.process_time()
        found = recognise_one(samples, question, self.words, self._engine, self._timeouts, rule or RULE)
        return found, time.process_time() - began


def as_result(file: Path, found: Recognition, speech_s: float, decode_s: float) -> dict[str, Any]:
    """One entry of the command's JSON. ``score``: differences are natural logarithms of likelihood ratios; ``reason``:
    what a caller would be told who was not understood."""
    return {
        "file": str(file),
        "status": found.status.value,
        "value": found.value,
        "words": list(found.words),
        "alternatives": [{"words": " ".join(each.words), "score": round(each.score, 3)} for each in found.alternatives],
        "certainty": round(found.certainty, 4),
        "doubt": found.doubt,
        "reason": found.reason,
        "level": found.level.value,
        "events": [{"what": each.what, "at_s": round(each.at_s, 2)} for each in found.events],
        "speech_s": round(speech_s, 3),
        "decode_s": round(decode_s, 4),
    }
