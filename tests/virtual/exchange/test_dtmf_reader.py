"""The exchange's digit reader against the limits of Q.24, with tones made here."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from firmware.virtual.dtmf_reader import DigitRead, DtmfReader
from tests.virtual.exchange.bench import KEYPAD, frames, key_sound, level, voice

ALL = "".join(KEYPAD.values())


def read(sound: NDArray) -> list[DigitRead]:
    reader = DtmfReader()
    told = []
    for number, frame in enumerate(frames(np.concatenate([sound, np.zeros(800)]))):
        told += reader.read(frame, 50.0 + number * 0.02)
    return told


def typed(keys: str = ALL, on_s: float = 0.05, gap_s: float = 0.05, lead: int = 333, **how: float) -> NDArray:
    gap = np.zeros(round(gap_s * 8000))
    return np.concatenate([np.zeros(lead), *[np.concatenate([key_sound(key, on_s, **how), gap]) for key in keys]])


def digits(sound: NDArray) -> str:
    return "".join(digit.digit for digit in read(sound))


@pytest.mark.parametrize("on_s", [0.040, 0.050, 0.070, 0.100, 0.500])
def test_long_enough_tones_are_read(on_s: float) -> None:
    assert digits(typed(on_s=on_s, gap_s=0.04)) == ALL


@pytest.mark.parametrize("on_s", [0.010, 0.020, 0.023])
def test_too_short_tones_are_not(on_s: float) -> None:
    assert digits(typed(on_s=on_s)) == ""


@pytest.mark.parametrize("off", [-0.015, 0.015])
def test_frequencies_within_bounds(off: float) -> None:
    assert digits(typed(off=off)) == ALL


@pytest.mark.parametrize("off", [-0.035, 0.035])
def test_frequencies_out_of_bounds(off: float) -> None:
    assert digits(typed(off=off)) == ""


@pytest.mark.parametrize("off", [-0.035, 0.035])
def test_one_tone_out_of_bounds_is_enough(off: float) -> None:
    seconds = np.arange(800) / 8000
    low, high = np.sin(2 * np.pi * 697 * (1 + off) * seconds), np.sin(2 * np.pi * 1209 * seconds)
    assert digits(4000 * (low + high)) == ""


@pytest.mark.parametrize("twist_db", [-8.0, -4.0, 4.0])
def test_twist(twist_db: float) -> None:
    assert digits(typed(twist_db=twist_db)) == ALL


@pytest.mark.parametrize("dbm0", [-3.0, -10.0, -25.0, -29.0])
def test_levels(dbm0: float) -> None:
    assert digits(typed(dbm0=dbm0)) == ALL


def test_very_weak_tones_are_not_read() -> None:
    assert digits(typed(dbm0=-55.0)) == ""


def test_noise_15_db_under_the_tones() -> None:
    sound = typed(dbm0=-10.0)
    noise = np.random.default_rng(3).normal(size=sound.size)
    noise *= 10 ** ((-7.0 - 15.0 - level(noise)) / 20)
    assert digits(sound + noise) == ALL


def test_a_break_of_10_ms_does_not_split_a_digit() -> None:
    sound = key_sound("5", 0.1)
    sound[400:480] = 0
    assert digits(sound) == "5"


def test_a_pause_of_40_ms_makes_two_digits() -> None:
    assert digits(typed("55", on_s=0.04, gap_s=0.04)) == "55"


@pytest.mark.parametrize("hz", [(697,), (1209,), (697, 770), (1209, 1336), (350, 440), (425,)])
def test_single_and_wrong_tones_are_no_digits(hz: tuple[int, ...]) -> None:
    seconds = np.arange(2400) / 8000
    assert digits(3000 * np.sum([np.sin(2 * np.pi * one * seconds) for one in hz], axis=0)) == ""


def test_a_voice_is_no_digit() -> None:
    assert digits(np.concatenate([voice(5.0, seed=seed) for seed in range(4)])) == ""


@settings(max_examples=40, deadline=None)
@given(
    st.text(ALL, min_size=1, max_size=6),
    st.integers(0, 400),
    st.integers(45, 200),
    st.integers(45, 200),
)
def test_wherever_the_tones_lie(keys: str, lead: int, on_ms: int, gap_ms: int) -> None:
    told = read(typed(keys, on_ms / 1000, gap_ms / 1000, lead))
    assert "".join(digit.digit for digit in told) == keys
    for number, digit in enumerate(told):
        began_at = 50.0 + lead / 8000 + number * (on_ms + gap_ms) / 1000
        assert digit.began_at == pytest.approx(began_at, abs=0.008)
        assert digit.ended_at == pytest.approx(began_at + on_ms / 1000, abs=0.008)
