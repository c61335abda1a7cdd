"""Making recordings: the cut before the carrier syllable, what is made again and what is kept, studio, engines."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from box.errors import PromptsBroken, SettingsWrong
from box.speaking.audio_lock import load_lock
from box.speaking.catalogue import load_catalogue
from box.speaking.clip_checks import findings
from box.speaking.engines import Espeak, RHVoice, SpeechEngineAway, choose_engine
from box.speaking.line_sound import Sound, ramped, to_samples
from box.speaking.manifest import Clip, load_manifest
from box.speaking.opening import STRESS
from box.speaking.rendering import before_carrier, load_stress, render, with_stress
from box.speaking.script import Contour
from box.speaking.sound_files import pcm_wav
from tests.kit.tones import silence, sine
from tests.speaking.small_prompts import Whistle, make_folder, record_all

needs_espeak = pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")


@given(st.floats(0.1, 1.0), st.floats(0.05, 0.3), st.floats(-40, -14), st.floats(0.005, 0.02))
@settings(deadline=None)
def test_the_cut_falls_into_the_closure(speech_s: float, closure_s: float, burst: float, burst_s: float) -> None:
    word, vowel = sine(500, -15, speech_s), sine(700, -15, 0.18)
    hiss = np.random.default_rng(1).normal(0, 5, 100_000)
    spoken = np.concatenate([word, silence(closure_s), sine(1500, burst - 15, burst_s), vowel, silence(0.08)])
    cut = before_carrier(spoken + hiss[: len(spoken)])
    assert speech_s - 0.006 <= len(cut) / 8000 <= speech_s + 0.011


def test_a_word_that_ends_with_a_released_stop_keeps_its_release() -> None:
    """«шесть па»: vowel, closure of «т», its weak release, closure of «п», vowel."""
    parts = [
        sine(500, -15, 0.2),
        silence(0.05),
        sine(2500, -48, 0.04),
        silence(0.06),
        sine(700, -15, 0.2),
        silence(0.1),
    ]
    assert len(before_carrier(np.concatenate(parts))) / 8000 == pytest.approx(0.29, abs=0.006)


def test_words_before_a_value_are_spoken_with_the_carrier_and_lose_it(tmp_path: Path) -> None:
    folder, whistle = make_folder(tmp_path), Whistle()
    render(load_manifest(folder), folder, whistle, {}, only=["window", "пять"])
    assert sorted(whistle.heard) == ["Приём с па.", "по па.", "пять па.", "пять, па.", "пять."]
    # Two syllables and a lone consonant, each 1/6 s, with 1/14 s between; the carrier's sixth is gone.
    lock = load_lock(folder)
    assert set(lock) == {"window#1", "window#2", "пять/mid", "пять/hold", "пять/end"}
    size = (folder / "audio" / "phrases" / "window.1.wav").stat().st_size
    assert (size - 58) / 8000 == pytest.approx(3 / 6 + 1 / 14 + 0.02, abs=0.02)


def test_rendering_again_makes_nothing_and_is_the_same_to_the_byte(tmp_path: Path) -> None:
    first, second = (record_all(make_folder(tmp_path / name)) for name in "ab")
    again = Whistle()
    done = render(load_manifest(first), first, again, {})
    assert (done.made, again.heard, done.removed) == ((), [], ())
    files = sorted(path.relative_to(first) for path in first.rglob("*") if path.is_file())
    assert files == sorted(path.relative_to(second) for path in second.rglob("*") if path.is_file())
    assert all((first / file).read_bytes() == (second / file).read_bytes() for file in files)


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return record_all(make_folder(tmp_path_factory.mktemp("prompts")))


@pytest.fixture
def prompts(recorded: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(recorded, tmp_path / "prompts"))


def _edit(folder: Path, old: str, new: str) -> None:
    path = folder / "phrases.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: _edit(folder, "Добрый день.", "Добрый вечер."),
        lambda folder: _edit(folder, "Добрый день.", "Добрый день!"),
        lambda folder: _edit(folder, 'text = "Добрый день."', 'text = "Добрый день."\ntake = 2'),
        lambda folder: _edit(folder, 'text = "Добрый день."', 'text = "Добрый день."\nspoken = "Д+обрый день."'),
        lambda folder: (folder / "audio" / "phrases" / "greeting.wav").unlink(),
        lambda folder: (folder / "audio" / "phrases" / "greeting.wav").write_bytes(b"garbage"),
    ],
)
def test_only_what_has_changed_is_made_again(prompts: Path, change: Callable[[Path], object]) -> None:
    change(prompts)
    done = render(load_manifest(prompts), prompts, Whistle(), {})
    assert done.made == ("greeting",)
    assert load_catalogue(prompts).samples("greeting").size


def test_a_new_stress_or_another_voice_makes_its_clips_again(prompts: Path) -> None:
    manifest = load_manifest(prompts)
    stress = {"день": "д+ень"}
    assert set(render(manifest, prompts, Whistle(), stress).made) == {"greeting", "день/mid"}
    other = Whistle(name="another voice")
    assert len(render(manifest, prompts, other, stress).made) == sum(1 for _ in manifest.clips())
    assert {each.made_by for each in load_lock(prompts).values()} == {"another voice"}


def test_recordings_of_texts_that_are_gone_are_taken_away(prompts: Path) -> None:
    _edit(prompts, 'id = "greeting"', 'id = "welcome"')
    done = render(load_manifest(prompts), prompts, Whistle(), {})
    assert done.made == ("welcome",)
    assert done.removed == ("phrases/greeting.wav",)
    assert "greeting" not in load_lock(prompts)


def test_what_was_made_before_an_engine_failed_is_kept(tmp_path: Path) -> None:
    class Failing(Whistle):
        def sound(self, text: str) -> tuple[Sound, int]:
            if len(self.heard) == 3:
                raise SpeechEngineAway("out of breath")
            return super().sound(text)

    folder = make_folder(tmp_path)
    with pytest.raises(SpeechEngineAway):
        render(load_manifest(folder), folder, Failing(), {})
    assert len(load_lock(folder)) == 3


def test_an_engine_without_speech_is_a_declared_error(tmp_path: Path) -> None:
    class Silent(Whistle):
        def sound(self, text: str) -> tuple[Sound, int]:
            return np.zeros(8000), 24_000

    folder = make_folder(tmp_path)
    with pytest.raises(PromptsBroken, match="is silent"):
        render(load_manifest(folder), folder, Silent(), {})


def clip(contour: Contour = Contour.END, text: str = "Добрый день") -> Clip:
    return Clip("greeting", text, text + ".", contour, 1, "phrases/greeting.wav")


@pytest.mark.parametrize(
    ("sound", "complaint"),
    [
        (sine(500, -25, 0.6), "level -25.0 dBm0"),
        (sine(500, -10, 0.6), "level -10.0 dBm0"),
        (np.concatenate([sine(500, -18.5, 1.0), 30_000 * np.ones(1), sine(500, -18.5, 0.2)]), "peak 30000"),
        (sine(500, -18, 0.6, phase=1.5), "starts at"),
        (np.concatenate([silence(0.1), sine(500, -18, 0.6)]), "0.10 s of quiet at an end"),
        (np.concatenate([sine(500, -18, 0.3), silence(0.6), sine(500, -18, 0.3)]), "a pause of 0.60 s"),
        (sine(500, -18, 0.1), "0.10 s for 3 syllables"),
        (sine(500, -18, 4.0), "4.00 s for 3 syllables"),
    ],
)
def test_a_bad_recording_is_found(sound: Sound, complaint: str) -> None:
    assert any(complaint in line for line in findings(clip(), sound.astype(np.int16)))


def test_a_good_recording_has_no_findings_and_a_preposition_may_be_weak() -> None:
    assert findings(clip(), to_samples(ramped(sine(500, -18, 0.6)))) == []
    weak = to_samples(ramped(sine(500, -25, 0.15)))
    assert findings(clip(text="по"), weak) == []
    assert findings(clip(text="сто"), weak) != []


def test_stress_marks_go_to_the_words_that_lack_them() -> None:
    stress = {"адреса": "+адреса", "счётчик": "сч+ётчик"}
    assert with_stress("Три адреса, Счётчик. адрес+а", stress) == "Три +адреса, сч+ётчик. адрес+а"
    parts = {"китай": "кит+ай", "город": "г+ород", "юго-западная": "юго-з+ападная"}
    assert with_stress("Китай-город, Юго-Западная, Нью-город", parts) == "кит+ай-г+ород, юго-з+ападная, Нью-г+ород"


def test_the_stress_file_of_the_product_is_good_and_a_bad_one_is_refused(tmp_path: Path) -> None:
    load_stress(STRESS)
    path = tmp_path / "stress.toml"
    path.write_text('[words]\n"адреса" = "+адреса"\n"дом" = "дам"\n"Юг" = "+Юг"\n[word]\n', encoding="utf-8")
    with pytest.raises(SettingsWrong) as caught:
        load_stress(path)
    assert [problem.split(":")[0] for problem in caught.value.problems] == (
        ["stress.toml word", "stress.toml дом", "stress.toml Юг"]
    )


@needs_espeak
def test_espeak_says_a_whole_small_folder_fit_for_the_line(tmp_path: Path) -> None:
    folder = make_folder(tmp_path)
    only = ["greeting", "window", "accepted.zone", "двадцать", "шесть", "рублей"]
    manifest = load_manifest(folder)
    render(manifest, folder, Espeak(), {}, only=only)
    for each in manifest.clips():
        if each.name in load_lock(folder):
            sound = (folder / "audio" / each.file).stat().st_size
            assert sound > 1000, each.name


@needs_espeak
def test_espeak_is_spared_the_stress_marks_that_it_would_misread() -> None:
    first, second = (Espeak().sound(text)[0] for text in ("молоко", "молок+о"))
    assert np.array_equal(first, second)


def test_an_engine_that_is_absent_or_fails_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(SpeechEngineAway, match="cannot be used") as absent:
        RHVoice("anna", tmp_path / "nothing").sound("да")
    assert "\n" not in str(absent.value)
    failing = tmp_path / "failing"
    failing.write_text("#!/bin/sh\necho 'no such voice' >&2\nexit 3\n", encoding="utf-8")
    failing.chmod(0o755)
    with pytest.raises(SpeechEngineAway, match="could not say «да»: no such voice"):
        RHVoice("anna", failing).sound("да")
    babbling = tmp_path / "babbling"
    babbling.write_text('#!/bin/sh\necho text > "$3"\n', encoding="utf-8")
    babbling.chmod(0o755)
    with pytest.raises(SpeechEngineAway, match="wrote a file that is not a whole PCM WAV"):
        RHVoice("anna", babbling).sound("да")


def test_a_program_is_called_as_promised_and_its_sound_is_taken(tmp_path: Path) -> None:
    sample = tmp_path / "sample.wav"
    sample.write_bytes(pcm_wav(sine(500, -20, 0.1).astype(np.int16)))
    program = tmp_path / "program"
    program.write_text(
        f'#!/bin/sh\necho "$1 $2 $4" > {tmp_path}/args\ncat > {tmp_path}/text\ncp {sample} "$3"\n', encoding="utf-8"
    )
    program.chmod(0o755)
    engine = choose_engine(None, "anna", program)
    sound, rate_hz = engine.sound("адр+еса")
    assert (len(sound), rate_hz) == (800, 8000)
    assert (tmp_path / "args").read_text(encoding="utf-8") == "say anna 90\n"
    assert (tmp_path / "text").read_text(encoding="utf-8") == "адре\u0301са"
    assert engine.name == "RHVoice anna 90 %"
