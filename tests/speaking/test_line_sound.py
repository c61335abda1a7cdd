"""Resampling, trimming and levels, held against signals whose answer is known beforehand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from box.speaking.clip_checks import longest_silence_s, measure
from box.speaking.line_sound import (
    ACTIVE_LEVEL_DBM0,
    PEAK_LIMIT,
    Sound,
    active_level_dbm0,
    evening_gain,
    for_the_line,
    ramped,
    to_samples,
    trimmed,
)
from tests.kit.tones import silence, sine


def tone(hz: float, rate_hz: int, duration_s: float = 1.0) -> Sound:
    return 10_000 * np.sin(2 * np.pi * hz * np.arange(int(rate_hz * duration_s)) / rate_hz)


@pytest.mark.parametrize("rate_hz", [8000, 16000, 22050, 24000, 44100, 48000])
@pytest.mark.parametrize("hz", [450, 1000, 2400, 3100])
def test_a_tone_inside_the_band_comes_through_sample_for_sample(rate_hz: int, hz: int) -> None:
    heard = for_the_line(tone(hz, rate_hz), rate_hz)
    assert len(heard) == 8000
    assert np.max(np.abs(heard - tone(hz, 8000))[400:-400]) < 100  # 1 % of the tone


@pytest.mark.parametrize("rate_hz", [8000, 16000, 24000, 48000])
@pytest.mark.parametrize("hz", [50, 120, 200, 3650])
def test_a_tone_outside_the_band_is_gone(rate_hz: int, hz: int) -> None:
    assert np.max(np.abs(for_the_line(tone(hz, rate_hz), rate_hz))[400:-400]) < 100


@pytest.mark.parametrize("hz", [4700, 5500, 7000, 11000])
def test_a_tone_above_the_new_rate_does_not_fold_back(hz: int) -> None:
    assert np.max(np.abs(for_the_line(tone(hz, 24000), 24000))[400:-400]) < 30


@pytest.mark.parametrize("level", [-40.0, -20.0, -3.0])
def test_the_level_of_a_sine_is_its_level(level: float) -> None:
    assert active_level_dbm0(sine(1000, level, 1.0)) == pytest.approx(level, abs=0.05)


def test_pauses_do_not_lower_the_level_of_speech() -> None:
    spoken = np.concatenate([sine(600, -20, 0.5), silence(1.0), sine(600, -20, 0.5), sine(600, -55, 0.5)])
    assert active_level_dbm0(spoken) == pytest.approx(-20, abs=0.2)
    assert active_level_dbm0(silence(0.3)) == -math.inf
    assert active_level_dbm0(np.zeros(0)) == -math.inf


@given(st.floats(-50, 0))
@settings(deadline=None)
def test_evening_brings_any_level_to_the_same(level: float) -> None:
    sound = sine(700, level, 0.4)
    assert active_level_dbm0(sound * evening_gain(sound)) == pytest.approx(ACTIVE_LEVEL_DBM0, abs=0.1)


def test_evening_never_passes_the_peak_limit() -> None:
    spiky = sine(700, -40, 0.5)
    spiky[1000] = 20_000
    assert np.max(np.abs(spiky * evening_gain(spiky))) <= PEAK_LIMIT * 1.0001
    assert evening_gain(silence(0.1)) == 1.0


@given(st.floats(0.0, 0.7), st.floats(0.0, 0.7), st.floats(0.05, 0.5))
@settings(deadline=None)
def test_trimming_leaves_ten_milliseconds_at_both_ends(before_s: float, after_s: float, speech_s: float) -> None:
    sound = np.concatenate([silence(before_s), sine(500, -18, speech_s, phase=1.0), silence(after_s)])
    clip = trimmed(sound)
    assert len(clip) / 8000 == pytest.approx(speech_s + 0.02, abs=0.011)
    assert clip[0] == 0
    assert abs(clip[-1]) < 1e-9


@given(st.floats(0.1, 3.0))
@settings(deadline=None)
def test_trimming_shortens_a_long_pause_and_leaves_a_short_one(pause_s: float) -> None:
    clip = to_samples(trimmed(np.concatenate([sine(500, -18, 0.3), silence(pause_s), sine(500, -18, 0.3)])))
    assert measure(clip).longest_quiet_s == pytest.approx(min(pause_s, 0.40), abs=0.011)
    assert len(clip) / 8000 == pytest.approx(0.62 + min(pause_s, 0.40), abs=0.022)


def test_trimming_quiet_leaves_nothing() -> None:
    assert trimmed(silence(0.5)).size == 0
    assert trimmed(np.zeros(0)).size == 0


def test_ramps_start_and_end_at_nothing_and_leave_the_middle() -> None:
    sound = np.full(800, 5000.0)
    shaped = ramped(sound)
    assert shaped[0] == 0
    assert abs(shaped[-1]) < 1e-9
    assert np.all(shaped[40:-40] == 5000)
    assert np.max(np.abs(np.diff(shaped))) < 250
    assert ramped(np.zeros(1)).size == 1


def test_samples_are_rounded_and_held_at_full_scale() -> None:
    assert to_samples(np.array([0.6, -0.6, 40_000, -40_000])).tolist() == [1, -1, 32767, -32767]


def test_the_longest_silence_is_found_at_either_end() -> None:
    speech = to_samples(sine(500, -18, 0.2))
    quiet = np.zeros(4800, np.int16)
    assert longest_silence_s(np.concatenate([quiet, speech])) == pytest.approx(0.6, abs=0.011)
    assert longest_silence_s(np.concatenate([speech, quiet])) == pytest.approx(0.6, abs=0.011)
    assert longest_silence_s(speech) == 0
