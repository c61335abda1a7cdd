"""The sounds of a Russian telephone exchange and of a telephone's keys, as samples.

Pure arithmetic: knows nothing of calls, frames of 20 ms or who listens. Every source is phase-continuous over the
pieces in which it is taken, so a tone has no clicks at frame borders.
"""

from __future__ import annotations

import math
from enum import Enum
from types import MappingProxyType
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from firmware.virtual.line import RATE_HZ, LineSamples

Wave: TypeAlias = NDArray[np.float64]
"""Sound before it is rounded to a line's samples: same scale, ±32767 = +3.14 dBm0."""

FULL_SCALE = 32767.0
FULL_SCALE_DBM0 = 3.14
"""Level of a sine that just reaches the largest A-law sample (ITU-T G.711, table 5)."""

SILENCE_DBM0 = -100.0
"""What :func:`level_dbm0` answers for no sound at all; below any noise of a telephone line."""

PROGRESS_HZ = 425.0
"""Dial tone, ringback, busy and congestion (RF ministry equipment rules, 2009 No 133, acoustic signals)."""

PROGRESS_LEVEL_DBM0 = -10.0
"""Middle of the −15…−5 dB that the same rules allow."""


class Signal(Enum):
    """A call-progress tone."""

    DIAL_TONE = "dial-tone"
    RINGBACK = "ringback"
    BUSY = "busy"
    CONGESTION = "congestion"


CADENCE_S: MappingProxyType[Signal, tuple[float, float] | None] = MappingProxyType(
    {
        Signal.DIAL_TONE: None,
        Signal.RINGBACK: (1.0, 4.0),
        Signal.BUSY: (0.35, 0.35),
        Signal.CONGESTION: (0.175, 0.175),
    }
)
"""Seconds on and off (the same rules: 1.0±0.1/4.0±0.4, 0.3–0.4, 0.15–0.2); None = continuous."""

LOW_HZ = (697.0, 770.0, 852.0, 941.0)
HIGH_HZ = (1209.0, 1336.0, 1477.0, 1633.0)
KEY_ROWS = ("123A", "456B", "789C", "*0#D")
"""ITU-T Q.23: the row of a key gives its low tone, the column its high tone."""

KEYS = "".join(KEY_ROWS)


def peak_of(level_dbm0: float) -> float:
    """Largest sample of a sine of this level."""
    return float(FULL_SCALE * 10.0 ** ((level_dbm0 - FULL_SCALE_DBM0) / 20.0))


def rms_of(level_dbm0: float) -> float:
    """Root mean square of a sound of this level."""
    return peak_of(level_dbm0) / math.sqrt(2.0)


def level_dbm0(samples: LineSamples | Wave) -> float:
    """Level of a piece of sound, :data:`SILENCE_DBM0` for silence or nothing."""
    if samples.size == 0:
        return SILENCE_DBM0
    wave = samples.astype(np.float64)
    rms = math.sqrt(float(np.dot(wave, wave)) / wave.size)
    if rms <= 0.0:
        return SILENCE_DBM0
    return max(FULL_SCALE_DBM0 + 20.0 * math.log10(rms * math.sqrt(2.0) / FULL_SCALE), SILENCE_DBM0)


def to_line(wave: Wave) -> LineSamples:
    """Round to the samples of a line; what is too loud is clipped, as a codec does."""
    return np.clip(np.rint(wave), -FULL_SCALE, FULL_SCALE).astype(np.int16)


class Sine:
    """An endless sine of one frequency and level."""

    def __init__(self, frequency_hz: float, level_dbm0: float) -> None:
        self._peak = peak_of(level_dbm0)
        self._step = 2.0 * math.pi * frequency_hz / RATE_HZ
        self._phase = 0.0

    def take(self, count: int) -> Wave:
        """The next ``count`` samples."""
        wave: Wave = self._peak * np.sin(self._phase + self._step * np.arange(count))
        self._phase = math.fmod(self._phase + self._step * count, 2.0 * math.pi)
        return wave


class ProgressTone:
    """An endless call-progress tone, which begins with its sound; the cadence is exact to a sample."""

    def __init__(self, signal: Signal, level_dbm0: float = PROGRESS_LEVEL_DBM0) -> None:
        self._sine = Sine(PROGRESS_HZ, level_dbm0)
        cadence_s = CADENCE_S[signal]
        self._on, self._period = (
            (1, 1) if cadence_s is None else (round(cadence_s[0] * RATE_HZ), round(sum(cadence_s) * RATE_HZ))
        )
        self._taken = 0

    def take(self, count: int) -> Wave:
        """The next ``count`` samples."""
        sounding = (self._taken + np.arange(count)) % self._period < self._on
        self._taken += count
        return self._sine.take(count) * sounding


def key_frequencies_hz(key: str) -> tuple[float, float]:
    """The low and the high tone of one of :data:`KEYS`; ValueError for anything else."""
    for row, low_hz in zip(KEY_ROWS, LOW_HZ, strict=True):
        column = row.find(key)
        if len(key) == 1 and column >= 0:
            return low_hz, HIGH_HZ[column]
    raise ValueError(f"{key!r} is no key: 0-9 * # A-D")


def key_tone(key: str, duration_s: float, level_dbm0: float) -> LineSamples:
    """A pressed key: both tones at ``level_dbm0`` each (together 3 dB more)."""
    count = round(duration_s * RATE_HZ)
    low_hz, high_hz = key_frequencies_hz(key)
    return to_line(Sine(low_hz, level_dbm0).take(count) + Sine(high_hz, level_dbm0).take(count))
