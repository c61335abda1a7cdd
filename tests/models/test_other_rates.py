"""A model for 16 kHz hears the line: the sound is raised to the model's own rate, and words come out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from box.dialogue.config import load_dialogue_config
from box.dialogue.vocabulary import QuestionKind
from box.listening.model_folder import ModelBroken, missing_model_parts, sample_rate_hz
from box.listening.recording import Status, question_for, recognise
from box.listening.vosk_recogniser import VoskEngine
from box.listening.wav import read_wav
from box.models.inspection import inspect
from box.settings import HOME
from box.understanding.words import load_words
from firmware.vocabulary import Samples
from tests.models.making import OWN, copy_of

WIDE = HOME / "tests" / "listening" / "model16k"
CLIPS = HOME / "prompts" / "audio" / "phrases"
WORDS = load_words(HOME / "config" / "intents.toml")
TIMEOUTS = load_dialogue_config(HOME / "config" / "dialogue.toml").timeouts
COMMANDS = ("balance", "readings", "tariff", "operator", "services", "office", "debt", "payment")

needs_wide = pytest.mark.skipif(
    bool(missing_model_parts(WIDE)), reason="tests/listening/model16k (a 16 kHz model of our recipe) is not there"
)


def spoken(id_: str) -> Samples:
    sound, _ = read_wav(CLIPS / f"{id_}.wav")
    quiet = np.zeros(2400, np.int16)
    return np.concatenate((quiet, sound, quiet))


def heard(engine: VoskEngine, id_: str, kind: QuestionKind) -> tuple[Status, str | None]:
    found = recognise(spoken(id_), question_for(kind, WORDS, None), WORDS, engine, TIMEOUTS)
    return found.status, found.value


@needs_wide
def test_commands_are_heard_at_16_khz() -> None:
    assert sample_rate_hz(WIDE) == 16000
    engine = VoskEngine(WIDE, WORDS)
    right = sum(heard(engine, f"collect.say.{c}.1", QuestionKind.MENU) == (Status.ACCEPTED, c) for c in COMMANDS)
    right += sum(
        heard(engine, f"collect.say.{answer}.1", QuestionKind.YES_NO) == (Status.ACCEPTED, answer)
        for answer in ("yes", "no")
    )
    assert right >= 9, "of ten"


@needs_wide
def test_a_model_for_16_khz_is_inspected_like_any_other() -> None:
    found = inspect(WIDE)
    assert found.rate_hz == 16000
    assert found.coverage.usable


@needs_wide
def test_sound_that_is_not_raised_would_not_be_heard() -> None:
    """Without raising, speech reaches such a model at twice its speed and pitch. This is that; it shows that the test
    above cannot pass by itself."""
    engine = VoskEngine(WIDE, WORDS)
    right = 0
    for command in COMMANDS:
        asked = question_for(QuestionKind.MENU, WORDS, None)
        found = recognise(spoken(f"collect.say.{command}.1")[::2], asked, WORDS, engine, TIMEOUTS)
        right += (found.status, found.value) == (Status.ACCEPTED, command)
    assert right <= len(COMMANDS) // 2


def test_our_own_model_told_that_it_is_of_16_khz_gets_sound_of_that_rate(tmp_path: Path) -> None:
    """Without a 16 kHz model at hand the way of the sound can still be shown: our 8 kHz filters between 200 and 3500 Hz
    are the same filters at 16 kHz if the window is as long, and commands are heard all the same."""
    folder = copy_of(tmp_path / "m")
    conf = folder / "conf" / "mfcc.conf"
    conf.write_text(conf.read_text("utf-8").replace("--sample-frequency=8000", "--sample-frequency=16000"), "utf-8")
    engine = VoskEngine(folder, WORDS)
    right = sum(heard(engine, f"collect.say.{c}.1", QuestionKind.MENU) == (Status.ACCEPTED, c) for c in COMMANDS)
    assert right >= 6
    assert inspect(folder).rate_hz == 16000


def test_a_rate_that_is_no_multiple_is_refused(tmp_path: Path) -> None:
    folder = copy_of(tmp_path / "m")
    (folder / "conf" / "mfcc.conf").write_text("--sample-frequency=22050\n", "utf-8")
    with pytest.raises(ModelBroken, match="22050"):
        inspect(folder)


def test_the_committed_model_is_of_the_line_s_rate() -> None:
    assert sample_rate_hz(OWN) == 8000
