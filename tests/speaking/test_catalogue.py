"""The catalogue refuses to start with a prompt that could not be said, and names every one."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from box.errors import PromptsBroken
from box.speaking.audio_lock import LOCK_FILE
from box.speaking.catalogue import load_catalogue, recording_problems
from box.speaking.manifest import load_manifest
from box.speaking.opening import PROMPTS
from box.speaking.sound_files import alaw_decoded, alaw_wav, pcm_wav
from tests.speaking.small_prompts import make_folder, record_all


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return record_all(make_folder(tmp_path_factory.mktemp("prompts")))


@pytest.fixture
def prompts(recorded: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(recorded, tmp_path / "prompts"))


def test_the_product_starts_and_every_clip_has_its_sound() -> None:
    catalogue = load_catalogue(PROMPTS)
    for clip in catalogue.manifest.clips():
        assert catalogue.samples(clip.name).size > 0


def test_no_recording_of_the_product_is_unused_or_missing() -> None:
    assert recording_problems(load_manifest(PROMPTS), PROMPTS) == []


def test_a_clip_is_the_sound_of_its_file(prompts: Path) -> None:
    catalogue = load_catalogue(prompts)
    wav = (prompts / "audio" / "phrases" / "greeting.wav").read_bytes()
    codes = wav[wav.index(b"data") + 8 :][: len(catalogue.codes["greeting"])]
    assert np.array_equal(catalogue.samples("greeting"), alaw_decoded(codes))


def _remove(folder: Path) -> None:
    (folder / "audio" / "phrases" / "greeting.wav").unlink()


def _alter(folder: Path) -> None:
    path = folder / "audio" / "phrases" / "greeting.wav"
    wav = bytearray(path.read_bytes())
    wav[-40] ^= 1
    path.write_bytes(wav)


def _change_text(folder: Path) -> None:
    path = folder / "phrases.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("Добрый день.", "Добрый вечер."), encoding="utf-8")


def _forget(folder: Path) -> None:
    path = folder / LOCK_FILE
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if not line.startswith('"greeting"')), encoding="utf-8")


@pytest.mark.parametrize(
    ("damage", "complaint"),
    [
        (_remove, "greeting cannot be read: phrases/greeting.wav"),
        (_alter, "greeting is not as it was recorded: phrases/greeting.wav has another hash"),
        (_change_text, "greeting has another text or take than its recording"),
        (_forget, "greeting was never recorded"),
    ],
)
def test_a_damaged_prompt_stops_the_start(prompts: Path, damage: Callable[[Path], None], complaint: str) -> None:
    damage(prompts)
    with pytest.raises(PromptsBroken) as caught:
        load_catalogue(prompts)
    assert complaint in str(caught.value)
    assert "linebox prompts render" in str(caught.value)
    assert any(complaint in problem for problem in recording_problems(load_manifest(prompts), prompts))


@pytest.mark.parametrize(
    ("wav", "complaint"),
    [
        (pcm_wav(np.zeros(80, np.int16)), "is not A-law, mono, 8000 Hz"),
        (b"ID3 this is an MP3", "is not a WAV file"),
        (alaw_wav(np.zeros(80, np.int16))[:60], "is cut short"),
        (alaw_wav(np.zeros(0, np.int16)), "is empty"),
        (alaw_wav(np.zeros(0, np.int16))[:38], "has no sound in it"),
    ],
)
def test_a_file_of_another_format_stops_the_start_even_with_the_right_hash(
    prompts: Path, wav: bytes, complaint: str
) -> None:
    path = prompts / "audio" / "phrases" / "greeting.wav"
    lock = prompts / LOCK_FILE
    old, new = (hashlib.sha256(each).hexdigest() for each in (path.read_bytes(), wav))
    path.write_bytes(wav)
    lock.write_text(lock.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    with pytest.raises(PromptsBroken, match=f"greeting {complaint}"):
        load_catalogue(prompts)


def test_many_damages_are_told_at_once_and_counted(prompts: Path) -> None:
    shutil.rmtree(prompts / "audio" / "numbers")
    _alter(prompts)
    with pytest.raises(PromptsBroken, match=r"greeting is not as .*; and \d{3} more, which") as caught:
        load_catalogue(prompts)
    assert "\n" not in str(caught.value)


def test_a_word_that_numbers_need_and_nobody_recorded_stops_the_start(prompts: Path) -> None:
    path = prompts / "numbers.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('id = "сорок"', 'id = "сорокк"'), encoding="utf-8")
    with pytest.raises(PromptsBroken, match=r"сорок is in none of numbers\.toml, places\.toml"):
        load_catalogue(prompts)


def test_a_broken_lock_is_a_declared_error(prompts: Path) -> None:
    (prompts / LOCK_FILE).write_text('[clips]\n"greeting" = { says = 5 }\n', encoding="utf-8")
    with pytest.raises(PromptsBroken, match=r"audio\.lock\.toml"):
        load_catalogue(prompts)


def test_a_file_that_no_text_needs_is_found(prompts: Path) -> None:
    (prompts / "audio" / "phrases" / "old.wav").write_bytes(b"")
    assert recording_problems(load_manifest(prompts), prompts) == ["audio/phrases/old.wav is used by nothing"]


def test_an_unknown_clip_is_a_declared_error(prompts: Path) -> None:
    with pytest.raises(PromptsBroken, match="there is no clip greetings"):
        load_catalogue(prompts).samples("greetings")
