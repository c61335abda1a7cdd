"""Call-progress tones on received sound: dial, ringback, busy and congestion at 425 Hz, and whether somebody speaks.

Pure: samples in, :class:`ToneHeard` out, time counted in samples. Frequencies and cadences are those of the Russian
network (ministry orders of 2009 on acoustic signals; voice-modem.md section 11): tone 400-450 Hz, ringback 1.0/4.0 s,
busy 0.25-0.5 s on and off, congestion 0.12-0.25 s, continuous dial tone.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from firmware.vocabulary import FRAME_S, FRAME_SAMPLES, SAMPLE_RATE_HZ, Samples

_PROBES_HZ = (400.0, 425.0, 450.0)
_TONE_SHARE = 0.5
"""Part of a frame's energy that must lie at one probe: 3 dB over everything else."""
_FLOOR_RMS = 32767 / np.sqrt(2) * 10 ** ((-40.0 - 3.14) / 20)
"""Tones are accepted down to -35 dBm0; 5 dB of margin for a frame cut by the tone's edge."""
_DIAL_S = 1.5
_RINGBACK_S = (0.7, 1.3)
_BUSY_S = (0.25, 0.5)
_CONGESTION_S = (0.12, 0.25)
_LIKE = 0.25
"""On and off of one period, and one period and the next, are alike within a quarter."""
_GRAIN_S = FRAME_S
_VOICE_FRAMES = 15
"""0.3 s of sound that is no tone is a voice."""


class Tone(Enum):
    """What was heard."""

    DIAL = "dial"
    RINGBACK = "ringback"
    BUSY = "busy"
    CONGESTION = "congestion"
    VOICE = "voice"


@dataclass(frozen=True, slots=True)
class ToneHeard:
    """``at_s`` counts from the first sample fed; reported when certain, once for each stretch of the same tone."""

    tone: Tone
    at_s: float


class ProgressTones:
    """Feed it everything that one listening receives."""

    def __init__(self) -> None:
        self._rest = np.zeros(0, dtype=np.int16)
        self._frames = 0
        self._on = False
        self._run = 0  # frames of the present on or off stretch
        self._stretches: list[tuple[bool, float]] = []  # finished ones, (on, seconds), at most four
        self._voiced = 0
        self._reported: Tone | None = None
        n = np.arange(FRAME_SAMPLES)
        angles = 2j * np.pi * np.outer(_PROBES_HZ, n) / SAMPLE_RATE_HZ
        self._probes: NDArray[np.complex128] = np.exp(-angles) * np.hanning(FRAME_SAMPLES)
        self._window: NDArray[np.float64] = np.hanning(FRAME_SAMPLES)
        # A pure tone of amplitude A gives |X|^2 = A^2 (sum w)^2 / 4 and a windowed energy of A^2 sum(w^2) / 2.
        self._purest = float(np.sum(self._window) ** 2 / (2 * np.sum(self._window**2)))

    def feed(self, samples: Samples) -> list[ToneHeard]:
        """Whatever became certain within ``samples``, in order."""
        sound = np.concatenate((self._rest, samples))
        count = len(sound) // FRAME_SAMPLES
        self._rest = sound[count * FRAME_SAMPLES :]
        heard: list[ToneHeard] = []
        for frame in sound[: count * FRAME_SAMPLES].reshape(count, FRAME_SAMPLES):
            heard += self._frame(frame.astype(np.float64))
        return heard

    def _frame(self, frame: NDArray[np.float64]) -> list[ToneHeard]:
        self._frames += 1
        loud, tone = self._measure(frame)
        self._voiced = self._voiced + 1 if loud and not tone else 0
        if tone != self._on:
            self._stretches = [*self._stretches, (self._on, self._run * FRAME_S)][-4:]
            self._on, self._run = tone, 0
        self._run += 1
        found = self._classify()
        if found is None or found is self._reported:
            return []
        self._reported = found
        return [ToneHeard(found, self._frames * FRAME_S)]

    def _measure(self, frame: NDArray[np.float64]) -> tuple[bool, bool]:
        """(is there sound, is it one of our tones)."""
        energy = float(frame @ frame) / FRAME_SAMPLES
        if energy < _FLOOR_RMS**2:
            return False, False
        windowed = float(np.sum((frame * self._window) ** 2))
        strongest = float(np.max(np.abs(self._probes @ frame)) ** 2)
        return True, strongest >= _TONE_SHARE * self._purest * windowed

    def _classify(self) -> Tone | None:
        run_s = self._run * FRAME_S
        if self._voiced >= _VOICE_FRAMES:
            return Tone.VOICE
        if self._on and run_s >= _DIAL_S:
            return Tone.DIAL
        if self._on or not self._stretches:
            return None
        last_on, last_s = self._stretches[-1]
        if last_on and _RINGBACK_S[0] <= last_s <= _RINGBACK_S[1] and run_s >= _BUSY_S[1] + 2 * _GRAIN_S:
            return Tone.RINGBACK
        return self._period(run_s)

    def _period(self, run_s: float) -> Tone | None:
        """Busy or congestion: on, off, on and the present off, all alike: two full periods."""
        if [on for on, _ in self._stretches[-3:]] != [True, False, True]:
            return None
        first, gap, second = (seconds for _, seconds in self._stretches[-3:])
        if max(first, gap, second) - min(first, gap, second) > _LIKE * max(first, second) + _GRAIN_S:
            return None
        if run_s < second * (1 - _LIKE):
            return None
        for tone, (low, high) in ((Tone.CONGESTION, _CONGESTION_S), (Tone.BUSY, _BUSY_S)):
            if low - _GRAIN_S / 2 <= (first + second) / 2 < high + _GRAIN_S / 2:
                return tone
        return None
