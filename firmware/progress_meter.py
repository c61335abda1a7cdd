"""How much of each supervision tone there is in the sound, slice by slice: the measuring half of progress-tone hearing.

Every 10 ms a slice of 20 ms is weighed with a Hann window and compared with the tones of :data:`SOUGHT`. The strongest
one's own frequency is read from the turn of its phase since the slice before. Slices are rows of arrays, so the work is
one matrix product whatever the length of the sound. What slices mean is judged in :mod:`firmware.progress_tones`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from firmware.vocabulary import SAMPLE_RATE_HZ, Samples

HOP_SAMPLES = 80
WINDOW_SAMPLES = 160
HOP_S = HOP_SAMPLES / SAMPLE_RATE_HZ


class SoughtTone(NamedTuple):
    """One frequency that means something on a telephone line, and how far off it may be."""

    hz: float
    tolerance_hz: float


SUPERVISION = SoughtTone(425.0, 25.0)
"""Dial tone, ringback, busy, congestion: 400-450 Hz (ministry orders of 2009; voice-modem.md section 11)."""
SIT_TONES = (SoughtTone(950.0, 50.0), SoughtTone(1400.0, 50.0), SoughtTone(1800.0, 50.0))
"""Special information tone, ITU-T E.180/Q.35 clause 7: each ±50 Hz."""
FAX_CALLING = SoughtTone(1100.0, 38.0)
"""CNG, ITU-T T.30 clause 4.2: 1100 ± 38 Hz."""
DATA_CALLING = SoughtTone(1300.0, 15.0)
"""Calling tone of data modems, ITU-T V.25 clause 3."""
ANSWER = SoughtTone(2100.0, 15.0)
"""CED and the V.25 answering tone: 2100 ± 15 Hz."""

SOUGHT = (SUPERVISION, *SIT_TONES, FAX_CALLING, DATA_CALLING, ANSWER)

_PROBES_OF_TOLERANCE = (-0.8, -0.4, 0.0, 0.4, 0.8)
"""Five probes a tone: none within its tolerance loses more than 5 % of its power between two of them."""

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class ToneSlices:
    """Consecutive slices, one element of each array a slice. Powers are mean squares of sample values."""

    tone: NDArray[np.int64]  # index into SOUGHT of the strongest
    tone_power: Floats
    total_power: Floats  # everything but a constant offset
    hz: Floats  # the strongest tone's frequency; right only where the slice before held the same tone

    def __len__(self) -> int:
        return len(self.tone)


class ProgressMeter:
    """Sound in, slices out; keeps the sound that the next slice still needs. Slice ``n`` ends with sample
    ``WINDOW_SAMPLES + n * HOP_SAMPLES``, its middle lies half a window before."""

    _WINDOW: Floats = (0.5 - 0.5 * np.cos(2 * np.pi * (np.arange(WINDOW_SAMPLES) + 0.5) / WINDOW_SAMPLES)).astype(
        np.float32
    )
    _WEIGHTS: Floats = _WINDOW / _WINDOW.sum()
    _HZ = np.array([tone.hz + part * tone.tolerance_hz for tone in SOUGHT for part in _PROBES_OF_TOLERANCE])
    _TONE = np.repeat(np.arange(len(SOUGHT)), len(_PROBES_OF_TOLERANCE))
    _ANGLES = 2 * np.pi * np.outer(np.arange(WINDOW_SAMPLES), _HZ) / SAMPLE_RATE_HZ
    _KERNEL: Floats = (np.hstack([np.cos(_ANGLES), -np.sin(_ANGLES)]) * _WEIGHTS[:, None]).astype(np.float32)
    _TURN_BACK = np.exp(-2j * np.pi * _HZ * HOP_S)

    def __init__(self) -> None:
        self._tail: Floats = np.zeros(0, dtype=np.float32)
        self._before = np.zeros((1, len(self._HZ)), dtype=np.complex64)

    def feed(self, samples: Samples) -> ToneSlices | None:
        """The slices that are complete with ``samples``, or None."""
        sound = np.concatenate((self._tail, samples.astype(np.float32)))
        count = (len(sound) - WINDOW_SAMPLES) // HOP_SAMPLES + 1
        if count <= 0:
            self._tail = sound
            return None
        self._tail = sound[count * HOP_SAMPLES :]
        return self._measure(sliding_window_view(sound, WINDOW_SAMPLES)[::HOP_SAMPLES])

    def _measure(self, slices: Floats) -> ToneSlices:
        products = slices @ self._KERNEL
        probes = products[:, : len(self._HZ)] + 1j * products[:, len(self._HZ) :]
        sizes = np.abs(probes)
        chosen = sizes.argmax(axis=1)
        rows = np.arange(len(chosen))
        before = np.concatenate((self._before, probes[:-1]))[rows, chosen]
        self._before = probes[-1:]
        turns = probes[rows, chosen] * np.conj(before) * self._TURN_BACK[chosen]
        offset = slices @ self._WEIGHTS
        return ToneSlices(
            tone=self._TONE[chosen],
            tone_power=2 * np.square(sizes[rows, chosen]),
            total_power=np.maximum(np.square(slices) @ self._WEIGHTS - np.square(offset), 0.0),
            hz=(self._HZ[chosen] + np.angle(turns) / (2 * np.pi * HOP_S)).astype(np.float32),
        )
