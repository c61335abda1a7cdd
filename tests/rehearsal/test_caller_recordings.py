"""Recordings of callers' voices: what scenarios ask for, what the programs make of it, and what is committed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from box.rehearsal.caller_recordings import CannotRecord, read_sheet, render, texts_of_scenarios
from box.rehearsal.scenario import FOLDER
from box.speaking.line_sound import ACTIVE_LEVEL_DBM0, active_level_dbm0
from box.training.voices import ESPEAK_VARIANTS, RHVOICE_VOICES
from firmware.virtual.caller_voice import DIGIT_WORDS, VOICES, load_voice, voice_names

STRESS = 'words = ["нуль", "оди+н"]\n'


def sheet_of(folder: Path, program: str, options: str = "[]") -> Path:
    made = folder / "voice-1"
    made.mkdir()
    head = f'engine = "an engine"\nlicence = "a licence"\nprogram = "{program}"\noptions = {options}\n'
    (made / "voice.toml").write_text(f"{head}\n[files]\n", "utf-8")
    (folder / "stress.toml").write_text(STRESS, "utf-8")
    return made


def script(folder: Path, text: str) -> Path:
    path = folder / "program"
    path.write_text(f"#!/bin/sh\n{text}\n", "utf-8")
    path.chmod(0o755)
    return path


def test_texts_are_gathered_by_voice_from_all_calls(tmp_path: Path) -> None:
    first = tmp_path / "a.toml"
    first.write_text(
        """
        line = { voice = "one" }
        caller = [{ say = "да" }, { say_digits = "12" }, { say = "x.wav" }, { press = "1" }]
        call = [{ step = [{ say = "нет" }] }]
        """,
        "utf-8",
    )
    second = tmp_path / "b.toml"
    second.write_text('line = { voice = "two" }\ncaller = [{ say = "баланс" }]\n', "utf-8")
    (tmp_path / "c.toml").write_text('caller = [{ press = "1" }]\n', "utf-8")
    (tmp_path / "d.toml").write_text("broken = ", "utf-8")
    assert texts_of_scenarios(sorted(tmp_path.glob("*.toml"))) == {"one": {"да", "нет"}, "two": {"баланс"}}


@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")
def test_a_program_speaks_what_is_missing_and_nobody_s_words_are_dropped(tmp_path: Path) -> None:
    folder = sheet_of(tmp_path, "espeak-ng", '["-v", "ru"]')
    first = render(folder, ["ещё раз", "да"], {}, again=False)
    assert set(first.made) == {"ещё раз", "да", *DIGIT_WORDS}
    kept = (folder / "da.wav").read_bytes()
    second = render(folder, ["да", "нет"], {}, again=False)
    assert (second.made, second.dropped) == (("нет",), ("ещё раз",))
    assert (folder / "da.wav").read_bytes() == kept
    assert not (folder / "eshchyo-raz.wav").exists()
    voice = load_voice("voice-1", tmp_path)
    assert active_level_dbm0(voice.says("нет")) == pytest.approx(ACTIVE_LEVEL_DBM0, abs=1.0)
    assert read_sheet(folder).options == ("-v", "ru")


def test_ru_tts_is_given_the_stress_in_koi8(tmp_path: Path) -> None:
    folder = sheet_of(tmp_path, "ru_tts")
    (tmp_path / "stress.toml").write_text(STRESS.replace("нуль", 'четы+ре", "во+семь", "де+вять'), "utf-8")
    heard = tmp_path / "heard"
    program = script(tmp_path, f"cat >> {heard}; echo >> {heard}; head -c 4000 /dev/zero | tr '\\0' '\\100\\300'")
    render(folder, [], {"ru_tts": program}, again=False)
    assert set(heard.read_text("koi8-r").split()) == {
        *("ноль", "оди+н", "два", "три", "четы+ре", "пять", "шесть", "семь", "во+семь", "де+вять")
    }


@pytest.mark.parametrize(
    ("program", "texts", "words"),
    [
        ("ru_tts", ["баланс"], "the stress of «баланс» is not known"),
        ("no-such-program", [], "no-such-program cannot speak"),
    ],
)
def test_what_cannot_be_recorded_is_told(tmp_path: Path, program: str, texts: list[str], words: str) -> None:
    folder = sheet_of(tmp_path, program)
    with pytest.raises(CannotRecord, match=words):
        render(folder, [*texts], {}, again=False)


def test_recordings_of_a_person_are_left_alone(tmp_path: Path) -> None:
    folder = sheet_of(tmp_path, "")
    before = (folder / "voice.toml").read_bytes()
    assert render(folder, ["да"], {}, again=True).made == ()
    assert (folder / "voice.toml").read_bytes() == before


# ---------------------------------------------------------------- what is committed


def test_every_text_of_the_scenarios_is_recorded_and_nothing_else() -> None:
    texts = texts_of_scenarios(sorted(FOLDER.glob("*.toml")))
    assert set(texts) <= set(voice_names())
    for name in voice_names():
        assert set(load_voice(name).files) == {*DIGIT_WORDS, *texts.get(name, ())}


@pytest.mark.parametrize("name", voice_names())
def test_the_recordings_are_at_the_level_of_a_telephone(name: str) -> None:
    voice = load_voice(name)
    levels = [active_level_dbm0(voice.says(text)) for text in voice.files]
    assert min(levels) > ACTIVE_LEVEL_DBM0 - 3
    assert max(levels) < ACTIVE_LEVEL_DBM0 + 1


@pytest.mark.parametrize("name", voice_names())
def test_no_model_is_trained_on_a_caller_s_voice(name: str) -> None:
    sheet = read_sheet(VOICES / name)
    trained = {f"ru{variant}" for variant in ESPEAK_VARIANTS} | set(RHVOICE_VOICES)
    assert not trained & set(sheet.options)
    assert name in (VOICES / "LICENCES.md").read_text("utf-8")
