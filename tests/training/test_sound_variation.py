"""What the variations of samples and features promise: lengths, levels, bands, ratios, and one result for one seed."""

from __future__ import annotations

import shutil
import wave
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from box.training import augmentation, revoicing, variation
from box.training.clips import Clip
from box.training.copies import Example, make_copies, read_shards, through_amr, through_gsm, write_shard
from box.training.errors import TrainingInputWrong
from box.training.features import BIN_CENTRES_HZ, BINS, RATE_HZ, log_mel

Array = NDArray[np.float64]
needs_sox = pytest.mark.skipif(shutil.which("sox") is None, reason="sox is not installed")


def tone(frequency_hz: float, seconds: float = 0.5, rate_hz: int = RATE_HZ) -> Array:
    return np.asarray(0.5 * np.sin(2 * np.pi * frequency_hz * np.arange(int(seconds * rate_hz)) / rate_hz))


def strongest_hz(sound: Array) -> float:
    return float(np.fft.rfftfreq(len(sound), 1 / RATE_HZ)[np.abs(np.fft.rfft(sound)).argmax()])


def power(sound: Array) -> float:
    return float(np.mean(sound**2))


@given(factor=st.floats(0.3, 1.6), frequency=st.integers(200, 1100))
@settings(max_examples=30, deadline=None)
def test_resampling_keeps_time_and_loudness(factor: float, frequency: int) -> None:
    sound = tone(frequency, 0.4)
    made = augmentation.resampled(sound, factor)
    assert len(made) == round(len(sound) * factor)
    assert strongest_hz(made) * factor == pytest.approx(frequency, rel=0.02)
    assert power(made) == pytest.approx(power(sound), rel=0.05)


def test_resampling_lets_nothing_above_half_the_rate_through() -> None:
    assert power(augmentation.resampled(tone(3500, rate_hz=16000) + tone(7000, rate_hz=16000), 0.5)) == pytest.approx(
        power(tone(3500)), rel=0.02
    )


def test_trimming() -> None:
    sound = np.concatenate([np.zeros(4000), tone(500), np.zeros(4000)])
    made = augmentation.trimmed(sound, RATE_HZ)
    assert len(made) == pytest.approx(4000 + 160 + 320, abs=8)
    assert len(augmentation.trimmed(np.zeros(100), RATE_HZ)) == 0


def test_band_limit_takes_what_is_outside() -> None:
    for seed in range(20):
        rng = np.random.default_rng
        inside = augmentation.band_limited(tone(1000), rng(seed))
        assert power(inside) == pytest.approx(power(tone(1000)), rel=0.2)
        assert power(augmentation.band_limited(tone(30), rng(seed))) < 0.1 * power(tone(30))


@given(seed=st.integers(0, 500), snr=st.floats(0, 40))
@settings(max_examples=30, deadline=None)
def test_noise_is_added_at_its_ratio(seed: int, snr: float) -> None:
    speech = slice(800, 4000)
    sound = np.zeros(6000)
    sound[speech] = tone(600, 0.4)
    background = augmentation.noise(len(sound), np.random.default_rng(seed))
    assert power(background) == pytest.approx(1, rel=1e-6)
    added = augmentation.noisy(sound, background, snr, speech) - sound
    assert 10 * np.log10(power(sound[speech]) / power(added)) == pytest.approx(snr, abs=0.1)


@pytest.mark.parametrize("coding", sorted(set(augmentation.CODINGS)))
def test_codings_give_the_sound_back_nearly(coding: str) -> None:
    sound = tone(700)
    made = augmentation.coded(sound, coding)
    ratio = 10 * np.log10(power(sound * 32767) / power(made - sound * 32767))
    assert ratio > (30 if coding != "linear16" else 80)


@given(seed=st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_a_line_delivers_steps_of_16_bits_and_the_same_for_one_seed(seed: int) -> None:
    first, second = (
        augmentation.line_varied(
            augmentation.speaker_varied(tone(300, rate_hz=16000), 16000, np.random.default_rng(seed)),
            np.random.default_rng(seed),
            tone(400),
        )
        for _ in range(2)
    )
    assert np.array_equal(first, second)
    assert np.array_equal(first, np.round(first))
    assert np.abs(first).max() <= 32768
    low, high = (0.5 / bound for bound in reversed(augmentation.SPEED))
    assert low * 0.6 + 0.2 < len(first) / RATE_HZ < high * 1.6 + 1.6


def test_different_seeds_make_different_lines() -> None:
    made = {augmentation.line_varied(tone(300), np.random.default_rng(seed)).tobytes() for seed in range(20)}
    assert len(made) == 20


@needs_sox
def test_gsm_keeps_the_speech_band() -> None:
    made = through_gsm(tone(700) * 32767)
    assert strongest_hz(made) == pytest.approx(700, abs=10)


@needs_sox
@pytest.mark.parametrize("mode", range(8))
def test_amr_keeps_the_speech_band(mode: int) -> None:
    made = through_amr(tone(700) * 32767, mode)
    assert strongest_hz(made) == pytest.approx(700, abs=10)
    assert len(made) == 4000


def test_lost_packets_leave_the_others_as_they_were() -> None:
    sound = tone(300, 4.0)
    for seed in range(10):
        made = augmentation.with_losses(sound, np.random.default_rng(seed))
        changed = (made != sound).reshape(-1, RATE_HZ // 50).any(1)
        assert 0 < changed.sum() < 0.3 * len(changed)
        assert np.abs(made).max() <= np.abs(sound).max()


def test_masks_hide_little(sounds: variation.Backgrounds) -> None:
    energies = np.random.default_rng(1).normal(12, 4, (300, BINS))
    for seed in range(20):
        made = variation.masked(energies, np.random.default_rng(seed))
        assert made.shape == energies.shape
        assert (made != energies).mean() < 0.25
        assert made.mean() == pytest.approx(energies.mean(), abs=0.5)


def test_a_new_person_moves_formants_and_pitch() -> None:
    envelope = np.exp(-(((np.arange(513) - 100) / 10.0) ** 2))[None]
    moved = revoicing._warped(envelope, 1.2)[0].argmax()
    assert moved == pytest.approx(120, abs=1)
    who = revoicing.Person(1.0, 200.0, 0.0, 0.0, 0.0, 0.0, 1.0)
    pitch = np.array([0.0, 90.0, 110.0, 100.0, 0.0])
    assert revoicing._pitched(pitch, who, np.random.default_rng(0)) == pytest.approx([0, 200, 200, 200, 0])


def test_people_are_of_all_sizes() -> None:
    people = [revoicing.person(np.random.default_rng(seed)) for seed in range(300)]
    assert min(who.formants for who in people) < 0.85
    assert max(who.formants for who in people) > 1.2
    assert min(who.pitch_hz for who in people) < 80
    assert max(who.pitch_hz for who in people) > 250


def test_revoicing_keeps_the_length_and_changes_the_pitch() -> None:
    pytest.importorskip("pyworld", reason="pyworld is not installed (requirements-training.txt)")
    seconds = np.arange(16000) / 16000
    buzz = 0.02 * np.asarray(sum(np.cos(2 * np.pi * 120 * k * seconds) for k in range(1, 30)))
    who = revoicing.Person(1.0, 180.0, 1.0, 0.0, 0.0, 0.0, 1.0)
    made = revoicing.revoiced(buzz, 16000, who, np.random.default_rng(0))
    assert len(made) == pytest.approx(16000, abs=200)
    lags = np.correlate(made[4000:8000], made[4000:8000], "full")[4000:4200]
    assert 16000 / (lags[60:].argmax() + 60) == pytest.approx(180, rel=0.03)


def test_warp_moves_a_peak_by_its_factor() -> None:
    peak = 7
    energies = -((np.arange(BINS) - peak) ** 2.0)[None]
    for factor in (0.85, 1.0, 1.18):
        moved = BIN_CENTRES_HZ[(energies @ variation.warp_matrix(factor))[0].argmax()]
        assert moved == pytest.approx(BIN_CENTRES_HZ[peak] / factor, rel=0.09)
    assert variation.warp_matrix(1.0) == pytest.approx(np.eye(BINS))


@pytest.fixture(scope="module")
def sounds() -> variation.Backgrounds:
    return variation.backgrounds(seed=3, seconds=2, count=6)


@given(seed=st.integers(0, 10_000), frames=st.integers(4, 120))
@settings(max_examples=30, deadline=None)
def test_people_are_varied_within_what_lines_deliver(sounds: variation.Backgrounds, seed: int, frames: int) -> None:
    energies = np.random.default_rng(seed).normal(12, 4, (frames, BINS))
    first, second = (variation.people_varied(energies, np.random.default_rng(seed), sounds) for _ in range(2))
    assert np.array_equal(first, second)
    assert 0.7 * frames + 8 < len(first) < 1.4 * frames + 122
    assert np.isfinite(first).all()
    assert first.min() > sounds.dither.min() - 1e-9  # masks are means
    assert np.percentile(first.mean(1), 95) < 30


def test_background_is_as_loud_as_asked(sounds: variation.Backgrounds) -> None:
    speech = np.full((400, BINS), 15.0)
    made = variation.with_background(speech, sounds.noises[0], np.log(100.0), np.random.default_rng(1))
    added = np.exp(made) - np.exp(speech)
    assert np.log(np.exp(speech).mean() / added.mean()) == pytest.approx(np.log(100.0), abs=0.6)


def test_pace_keeps_order_and_ends() -> None:
    energies = np.repeat(np.arange(50.0)[:, None], BINS, 1)
    for seed in range(20):
        made = variation.paced(energies, np.random.default_rng(seed))
        assert made[0, 0] == 0
        assert made[-1, 0] == 49
        assert (np.diff(made[:, 0]) >= 0).all()


def test_shards_come_back(tmp_path: Path) -> None:
    examples = [Example(np.full((n, BINS), n, np.float16), ("пять", "тысяча#1"), f"voice {n}") for n in (3, 7, 1)]
    write_shard(tmp_path / "shard0000.npz", examples)
    back = list(read_shards(tmp_path))
    assert [(e.words, e.speaker) for e in back] == [(e.words, e.speaker) for e in examples]
    assert all(np.array_equal(a.energies, b.energies) for a, b in zip(back, examples, strict=True))


def test_no_shards_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(TrainingInputWrong, match="data command"):
        list(read_shards(tmp_path))


@needs_sox
def test_copies_depend_on_the_seed_alone(tmp_path: Path) -> None:
    clips = []
    for number in range(3):
        with wave.open(str(tmp_path / f"{number}.wav"), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(16000)
            file.writeframes((tone(200 * (number + 2), 0.4, 16000) * 32767).astype("<i2").tobytes())
        clips.append(Clip(f"{number}.wav", "voice", ("да",)))
    for folder, seed in (("a", 1), ("b", 1), ("c", 2)):
        make_copies(tmp_path, clips, tmp_path / folder, 12, seed)
    a, b, c = (np.concatenate([e.energies for e in read_shards(tmp_path / name)]) for name in "abc")
    assert np.array_equal(a, b)
    assert a.shape != c.shape or not np.array_equal(a, c)
    assert a.shape[1] == log_mel(np.zeros(400)).shape[1]
