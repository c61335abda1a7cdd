"""The exchange's sounds against voice-modem tables (RF ministry rules, Q.23), measured by other means."""

from __future__ import annotations

import shutil
import subprocess

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.virtual.tones import (
    KEYS,
    SILENCE_DBM0,
    ProgressTone,
    Signal,
    Sine,
    key_frequencies_hz,
    key_tone,
    level_dbm0,
    to_line,
)
from tests.kit import spandsp
from tests.virtual.exchange.bench import KEYPAD, cadence, goertzel_keys, level, main_frequency


@pytest.mark.parametrize(
    ("signal", "on_s", "off_s"),
    [
        (Signal.RINGBACK, (0.9, 1.1), (3.6, 4.4)),
        (Signal.BUSY, (0.3, 0.4), (0.3, 0.4)),
        (Signal.CONGESTION, (0.15, 0.2), (0.15, 0.2)),
    ],
)
def test_cadences_are_those_of_the_rules(signal: Signal, on_s: tuple, off_s: tuple) -> None:
    measured_on, measured_off = cadence(to_line(ProgressTone(signal).take(25 * 8000)))
    assert on_s[0] <= measured_on <= on_s[1]
    assert off_s[0] <= measured_off <= off_s[1]


@pytest.mark.parametrize("signal", list(Signal))
def test_progress_tones_are_425_hz_at_their_level(signal: Signal) -> None:
    sound = to_line(ProgressTone(signal, -12.0).take(8000))
    sounding = sound[:1360]
    assert main_frequency(sounding) == pytest.approx(425.0, abs=0.5)
    assert level(sounding) == pytest.approx(-12.0, abs=0.1)


def test_dial_tone_has_no_break() -> None:
    sound = to_line(ProgressTone(Signal.DIAL_TONE).take(80_000))
    assert min(level(sound[start : start + 160]) for start in range(0, 80_000, 160)) > -11.0


@given(st.lists(st.integers(0, 700), min_size=1, max_size=40), st.sampled_from(Signal))
def test_pieces_join_without_a_click(sizes: list[int], signal: Signal) -> None:
    whole = ProgressTone(signal).take(sum(sizes))
    source = ProgressTone(signal)
    assert np.allclose(np.concatenate([source.take(size) for size in sizes]), whole, atol=0.01)


@pytest.mark.parametrize("dbm0", [3.14, 0.0, -10.0, -26.0])
def test_levels_are_dbm0(dbm0: float) -> None:
    sound = to_line(Sine(1000.0, dbm0).take(8000))
    assert level(sound) == pytest.approx(dbm0, abs=0.05)
    assert level_dbm0(sound) == pytest.approx(level(sound), abs=1e-6)


def test_silence_and_nothing_have_the_lowest_level() -> None:
    assert level_dbm0(np.zeros(160, np.int16)) == SILENCE_DBM0
    assert level_dbm0(np.zeros(0, np.int16)) == SILENCE_DBM0


def test_too_loud_sound_is_clipped_not_wrapped() -> None:
    assert to_line(np.array([1e6, -1e6, 32767.4])).tolist() == [32767, -32767, 32767]


@pytest.mark.parametrize("key", KEYS)
def test_keys_by_plain_goertzel(key: str) -> None:
    silence = np.zeros(408)
    sound = np.concatenate([silence, key_tone(key, 0.1, -10.0), silence])
    [(found, begin, end)] = goertzel_keys(sound)
    assert found == key
    assert begin == pytest.approx(0.051, abs=0.013)
    assert end == pytest.approx(0.151, abs=0.013)
    assert key_frequencies_hz(key) in KEYPAD
    assert level(key_tone(key, 0.5, -10.0)) == pytest.approx(-7.0, abs=0.1)


@pytest.mark.parametrize("bad", ["", "E", "12", ",", "１"])
def test_no_other_keys(bad: str) -> None:
    with pytest.raises(ValueError, match="is no key"):
        key_frequencies_hz(bad)


SPANDSP = spandsp.find()


@pytest.mark.skipif(SPANDSP is None, reason="libspandsp (Debian: libspandsp2) is not installed")
def test_spandsp_reads_every_key() -> None:
    sound = np.concatenate([np.concatenate([key_tone(key, 0.05, -10.0), np.zeros(400, np.int16)]) for key in KEYS * 3])
    assert SPANDSP is not None
    assert spandsp.keys(SPANDSP, sound) == KEYS * 3


@pytest.mark.skipif(shutil.which("multimon-ng") is None, reason="multimon-ng is not installed")
def test_multimon_reads_every_key() -> None:
    silence = np.zeros(800, np.int16)
    sound = np.concatenate([np.concatenate([key_tone(key, 0.1, -10.0), silence]) for key in KEYS])
    # multimon-ng takes 22 050 Hz; 8000 Hz is stretched by straight lines, good enough below 1700 Hz.
    places = np.arange(round(sound.size * 22050 / 8000)) * 8000 / 22050
    raw = np.interp(places, np.arange(sound.size), sound).astype("<i2").tobytes()
    program = ["multimon-ng", "-q", "-a", "DTMF", "-t", "raw", "-"]
    told = subprocess.run(program, input=raw, capture_output=True, check=True).stdout.decode()
    assert "".join(line.split()[-1] for line in told.splitlines() if line.startswith("DTMF")) == KEYS
