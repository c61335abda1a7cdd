"""The modem's own recognition of supervision tones: 425 Hz by cadence.

Cadences from the Russian equipment rules (ministry orders on acoustic signals): busy 0.3-0.4 s on and off, congestion
0.15-0.2 s, ringback 1 s on and 4 s off, dial tone continuous; acceptance as wide as gateways make it.
"""

from __future__ import annotations

import math
from enum import Enum

import numpy as np

from firmware.virtual.line import FRAME_S, FRAME_SAMPLES, RATE_HZ, LineSamples
from firmware.virtual.modem_sound import level_dbm0

_PROBES_HZ = (410, 425, 440)  # together they accept 400-450 Hz
_QUIETEST_DBM0 = -38.0
_SHARE = 0.6  # of the energy at 425 Hz: at least 3 dB over everything else
_BUSY_S = (0.12, 0.5)  # congestion counts as busy: both say "no call here"
_EVENNESS = 0.34  # on and off within a quarter of each other, and a frame of rounding
_RINGBACK_S = (0.7, 1.3)
_DIAL_TONE_AFTER_S = 1.5  # longer than any ringback burst


class ProgressTone(Enum):
    """A supervision tone that has been recognised."""

    BUSY = "busy"
    DIAL_TONE = "dial_tone"
    RINGBACK = "ringback"


class ProgressEar:
    """Cadence detector; feed it every frame of the line in order. A tone is told again for as long as it lasts: busy at
    the end of every period, dial tone with every frame."""

    def __init__(self) -> None:
        times = np.arange(FRAME_SAMPLES) / RATE_HZ
        self._probes = np.exp(-2j * math.pi * np.outer(_PROBES_HZ, times))
        self._present = False
        self._frames = 0
        self._runs: list[float] = []

    @property
    def tone_s(self) -> float:
        """How long the tone has lasted without a break; 0 in a pause."""
        return self._frames * FRAME_S if self._present else 0.0

    def hear(self, frame: LineSamples) -> ProgressTone | None:
        """The tone that is certain with this frame, if any."""
        present = self._is_tone(frame)
        if present == self._present:
            self._frames += 1
            return ProgressTone.DIAL_TONE if self.tone_s >= _DIAL_TONE_AFTER_S else None
        ended_s, was_tone = self._frames * FRAME_S, self._present
        self._present, self._frames = present, 1
        self._runs = [*self._runs[-3:], ended_s]
        if was_tone and _RINGBACK_S[0] <= ended_s <= _RINGBACK_S[1]:
            return ProgressTone.RINGBACK
        return ProgressTone.BUSY if present and self._is_busy() else None

    def _is_busy(self) -> bool:
        """Two full periods: on, off, on, off, all within the limits and alike."""
        if len(self._runs) < 4 or not all(_BUSY_S[0] <= run <= _BUSY_S[1] for run in self._runs):
            return False
        return max(self._runs) - min(self._runs) <= _EVENNESS * max(self._runs) + FRAME_S

    def _is_tone(self, frame: LineSamples) -> bool:
        if level_dbm0(frame) < _QUIETEST_DBM0:
            return False
        wide = frame.astype(np.float64)
        strongest = float(np.max(np.abs(self._probes @ wide) ** 2)) * (2 / FRAME_SAMPLES)
        return strongest >= _SHARE * float(np.sum(wide**2))
