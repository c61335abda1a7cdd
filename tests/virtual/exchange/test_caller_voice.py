"""Callers who speak: voices read from folders, steps that say texts and digits, and one clear line for each mistake."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from firmware.virtual.caller_voice import DIGIT_WORDS, VOICES, load_voice, voice_names
from firmware.virtual.errors import LineFileWrong, SoundFileWrong
from firmware.virtual.line_events import CallerSpoke
from firmware.virtual.line_file import load_line
from firmware.virtual.line_plan import LinePlan, Speak, ways_of
from firmware.virtual.mouth import Mouth, speaking
from tests.virtual.exchange.bench import write_wav

SHEET = 'engine = "a person"\nlicence = "none"\n\n[files]\n'


def make_voice(folder: Path, name: str = "somebody", **files: str) -> Path:
    """A voice whose digit d is d + 1 hundred samples of d + 1 thousand, and whose «да» is 80 samples of 500."""
    made = folder / name
    made.mkdir(parents=True)
    texts = {word: f"{digit}.wav" for digit, word in enumerate(DIGIT_WORDS)} | {"да": "da.wav"} | files
    for digit in range(10):
        write_wav(made / f"{digit}.wav", np.full((digit + 1) * 100, (digit + 1) * 1000, np.int16))
    write_wav(made / "da.wav", np.full(80, 500, np.int16))
    rows = "".join(f'"{text}" = "{file}"\n' for text, file in texts.items())
    (made / "voice.toml").write_text(SHEET + rows, "utf-8")
    return made


def plan_of(folder: Path, text: str) -> LinePlan:
    path = folder / "line.toml"
    path.write_text(text, "utf-8")
    return load_line(path, folder / "voices")


def problems_of(folder: Path, text: str) -> list[str]:
    with pytest.raises(LineFileWrong) as caught:
        plan_of(folder, text)
    return caught.value.problems


def test_texts_and_digits_become_the_recordings(tmp_path: Path) -> None:
    make_voice(tmp_path / "voices")
    plan = plan_of(
        tmp_path,
        """
        [line]
        voice = "somebody"
        [[caller]]
        say = "да"
        [[caller]]
        say_digits = "102"
        digit_gap_s = 0.01
        more_may_come = true
        """,
    )
    yes, digits = (step.action for step in plan.calls[0].steps)
    assert isinstance(yes, Speak)
    assert isinstance(digits, Speak)
    assert (yes.what, yes.digits, yes.samples.tolist()) == ("да", False, [500] * 80)
    gap = [0] * 80
    assert digits.samples.tolist() == [2000] * 200 + gap + [1000] * 100 + gap + [3000] * 300
    assert (digits.what, digits.digits, digits.more_may_come) == ("1 0 2", True, True)
    assert ways_of(plan) == (False, True)


def test_a_file_beside_the_line_file_needs_no_voice(tmp_path: Path) -> None:
    write_wav(tmp_path / "mine.wav", np.full(160, 900, np.int16))
    plan = plan_of(tmp_path, '[[caller]]\nsay = "mine.wav"\n')
    [step] = plan.calls[0].steps
    assert isinstance(step.action, Speak)
    assert step.action.samples.size == 160


def test_what_was_said_is_told_as_digits(tmp_path: Path) -> None:
    voice = load_voice("somebody", make_voice(tmp_path).parent)
    mouth = Mouth()
    mouth.say(speaking(Speak(voice.says_digits("33", 0.02), "3 3", digits=True, more_may_come=True)))
    said = [event for frame in range(8) for event in mouth.frame(frame * 0.02)[1]]
    assert said == [CallerSpoke(pytest.approx(0.12), "3 3", 0.0, pytest.approx(0.12), digits=True, more_may_come=True)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[[caller]]\nsay = "да"\n', "the caller has no voice"),
        ('[[caller]]\nsay_digits = "1"\n', "the caller has no voice"),
        ('[line]\nvoice = "somebodi"\n[[caller]]\nsay = "да"\n', 'did you mean "somebody"?'),
        ('[line]\nvoice = "somebody"\n[[caller]]\nsay = "нет"\n', "no recording of «нет»"),
        ('[line]\nvoice = "somebody"\n[[caller]]\nsay_digits = "1a"\n', "wanted only 0123456789"),
        ('[line]\nvoice = "somebody"\n[[caller]]\nsay_digits = "1"\nsay = "да"\n', "one action a step"),
        ('[line]\nvoice = "somebody"\n[[caller]]\nsay = "да"\ndigit_gap_s = 1\n', "digit_gap_s goes with say_digits"),
        ('[line]\nvoice = "somebody"\n[[caller]]\nmore_may_come = true\n', "more_may_come goes with say_digits"),
        ('[line]\nvoice = 3\n[[caller]]\nsay = "да"\n', "voice: wanted text in quotes"),
    ],
)
def test_one_line_for_one_mistake(tmp_path: Path, text: str, words: str) -> None:
    make_voice(tmp_path / "voices")
    found = problems_of(tmp_path, text)
    assert len(found) == 1
    assert words in found[0]


@pytest.mark.parametrize(
    ("sheet", "words"),
    [
        ("engine = ", "cannot be read"),
        ('engine = "x"\nlicence = "y"\nfiles = 3\n', "files: wanted a table"),
        ('engine = "x"\nlicence = "y"\n[files]\n"да" = "../da.wav"\n', "the names of files beside it"),
        ('engine = "x"\nlicense = "y"\n[files]\n', "did you mean"),
        ('engine = 3\nlicence = "y"\n[files]\n', "engine: wanted text"),
    ],
)
def test_a_broken_sheet_is_told(tmp_path: Path, sheet: str, words: str) -> None:
    (make_voice(tmp_path) / "voice.toml").write_text(sheet, "utf-8")
    with pytest.raises(LineFileWrong, match=words):
        load_voice("somebody", tmp_path)


def test_a_recording_that_is_gone_is_told(tmp_path: Path) -> None:
    folder = make_voice(tmp_path)
    (folder / "da.wav").unlink()
    with pytest.raises(SoundFileWrong, match=r"da\.wav"):
        load_voice("somebody", tmp_path).says("да")


@pytest.mark.parametrize("name", voice_names())
def test_the_voices_of_the_program_can_say_every_digit(name: str) -> None:
    voice = load_voice(name)
    assert all(voice.says_digits(str(digit), 0.0).size > 1000 for digit in range(10))
    assert {path.name for path in voice.folder.glob("*.wav")} == set(voice.files.values())


def test_there_are_voices_of_an_engine_that_no_model_is_trained_on() -> None:
    assert {name for name in voice_names() if name.startswith("rutts-")} == {"rutts-man", "rutts-woman"}
    assert VOICES.is_dir()
