"""A person's recordings: what is fit is taken in, what is not is named with its fault, and then nothing has changed."""

from __future__ import annotations

import io
import shutil
import wave
from pathlib import Path

import numpy as np
import pytest

from box.errors import PromptsBroken
from box.speaking.audio_lock import load_lock
from box.speaking.catalogue import load_catalogue
from box.speaking.clip_checks import measure
from box.speaking.line_sound import Sound
from box.speaking.manifest import load_manifest
from box.speaking.rendering import render
from box.speaking.studio import take_in
from tests.speaking.small_prompts import Whistle, make_folder, record_all

RATE_HZ = 48_000
FULL_SCALE = 32_767.0


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return record_all(make_folder(tmp_path_factory.mktemp("prompts")))


@pytest.fixture
def prompts(recorded: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(recorded, tmp_path / "prompts"))


def spoken(peak_db: float = -9.0, duration_s: float = 0.7, noise_db: float = -70.0, quiet_s: float = 0.25) -> Sound:
    """Something like speech: a tone in syllables over a background, with quiet ends."""
    seconds = np.arange(int(duration_s * RATE_HZ)) / RATE_HZ
    tone = np.sin(2 * np.pi * 500 * seconds) * (0.6 + 0.4 * np.sin(2 * np.pi * 4 * seconds))
    ends = np.zeros(int(quiet_s * RATE_HZ))
    sound = np.concatenate([ends, tone * FULL_SCALE * 10 ** (peak_db / 20), ends])
    noise = np.random.default_rng(11).normal(0, FULL_SCALE * 10 ** (noise_db / 20), len(sound))
    return sound + noise


def as_wav(sound: Sound, rate_hz: int = RATE_HZ) -> bytes:
    target = io.BytesIO()
    with wave.open(target, "wb") as file:
        file.setparams((1, 2, rate_hz, 0, "NONE", ""))
        file.writeframes(np.clip(np.rint(sound), -32_768, 32_767).astype("<i2").tobytes())
    return target.getvalue()


def deliver(studio: Path, **files: bytes) -> Path:
    (studio / "phrases").mkdir(parents=True, exist_ok=True)
    for stem, wav in files.items():
        (studio / "phrases" / f"{stem.replace('_', '.')}.wav").write_bytes(wav)
    return studio


def test_a_good_recording_is_taken_in_evened_and_left_alone_by_the_renderer(prompts: Path, tmp_path: Path) -> None:
    studio = deliver(tmp_path / "studio", greeting=as_wav(spoken()), unknown=as_wav(spoken()))
    manifest = load_manifest(prompts)
    delivery = take_in(manifest, prompts, studio)
    assert delivery.taken == ("greeting",)
    assert delivery.strays == ("phrases/unknown.wav",)
    assert len(delivery.missing) == sum(1 for _ in manifest.clips()) - 1
    assert load_lock(prompts)["greeting"].made_by == "studio"
    facts = measure(load_catalogue(prompts).samples("greeting"))
    assert facts.level_dbm0 == pytest.approx(-18, abs=0.3)
    assert facts.duration_s == pytest.approx(0.72, abs=0.03)
    assert render(manifest, prompts, Whistle(name="other"), {}).kept == 1
    assert load_lock(prompts)["greeting"].made_by == "studio"
    path = prompts / "phrases.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("Добрый день.", "Добрый вечер."), encoding="utf-8")
    assert render(load_manifest(prompts), prompts, Whistle(name="other"), {}).made == ("greeting",)


@pytest.mark.parametrize("rate_hz", [16_000, 44_100, 96_000])
def test_any_rate_from_16000_is_good(prompts: Path, tmp_path: Path, rate_hz: int) -> None:
    sound = spoken()[:: RATE_HZ // 16_000] if rate_hz == 16_000 else spoken(duration_s=0.9)
    studio = deliver(tmp_path / "studio", greeting=as_wav(sound, rate_hz))
    assert take_in(load_manifest(prompts), prompts, studio).taken == ("greeting",)


@pytest.mark.parametrize(
    ("wav", "complaint"),
    [
        (b"not sound", "the recording of greeting is not a whole PCM WAV file"),
        (as_wav(spoken(), 8000), "has 8000 samples a second; 16000 or more are wanted"),
        (as_wav(spoken(peak_db=4)), "is clipped"),
        (as_wav(spoken(peak_db=-54, noise_db=-99)), "is too faint"),
        (as_wav(spoken(noise_db=-32)), "has quiet ends only"),
        (as_wav(spoken(quiet_s=0)), "has quiet ends only"),
        (as_wav(spoken(duration_s=0.1)), "0.14 s for 3 syllables"),
        (as_wav(spoken(duration_s=3.5)), "s for 3 syllables"),
        (as_wav(np.zeros(RATE_HZ)), "is too faint"),
        (as_wav(np.zeros(0)), "is too faint"),
    ],
)
def test_an_unfit_recording_is_named_with_its_fault_and_nothing_changes(
    prompts: Path, tmp_path: Path, wav: bytes, complaint: str
) -> None:
    studio = deliver(tmp_path / "studio", greeting=wav, window_1=as_wav(spoken(duration_s=0.5)))
    before = load_lock(prompts)
    with pytest.raises(PromptsBroken, match="Nothing was taken in") as caught:
        take_in(load_manifest(prompts), prompts, studio)
    assert complaint in str(caught.value)
    assert "window" not in str(caught.value)
    assert load_lock(prompts) == before
    assert "\n" not in str(caught.value)


def test_faults_of_all_files_are_told_at_once(prompts: Path, tmp_path: Path) -> None:
    bad = as_wav(spoken(peak_db=4))
    studio = deliver(tmp_path / "studio", greeting=bad, window_1=b"", accepted_zone_1=bad)
    with pytest.raises(PromptsBroken) as caught:
        take_in(load_manifest(prompts), prompts, studio)
    assert all(name in str(caught.value) for name in ("greeting", "window#1", "accepted.zone#1"))


def test_a_loud_peak_that_is_whole_is_not_taken_for_clipping(prompts: Path, tmp_path: Path) -> None:
    studio = deliver(tmp_path / "studio", greeting=as_wav(spoken(peak_db=-0.1)))
    assert take_in(load_manifest(prompts), prompts, studio).taken == ("greeting",)
