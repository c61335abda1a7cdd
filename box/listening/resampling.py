"""8 kHz sound for a model that wants a multiple of it. Pure; numpy only.

A windowed-sinc low-pass at 4 kHz, cut into one short filter per output phase. It adds no sound above 4 kHz: a model
made for wide-band speech hears a telephone.
"""

from __future__ import annotations

import numpy as np

from firmware.vocabulary import SAMPLE_RATE_HZ, Samples

_HALF_WIDTH = 16
"""Input samples on either side of an output sample: 2 ms, stop band below -60 dB with the window used."""


class Upsampler:
    """Raises the rate by a whole factor, piece by piece: pieces of any size give the same sound, _HALF_WIDTH input
    samples late."""

    def __init__(self, factor: int) -> None:
        self._factor = factor
        taps = 2 * _HALF_WIDTH
        place = np.arange(taps * factor) / factor - _HALF_WIDTH
        kernel = np.sinc(place) * np.blackman(taps * factor)
        phases = kernel.reshape(taps, factor)
        self._phases = phases / phases.sum(axis=0)  # each phase passes a constant unchanged
        self._tail = np.zeros(taps - 1)

    def feed(self, samples: Samples) -> Samples:
        """``factor`` times as many samples."""
        if self._factor == 1 or not len(samples):
            return samples
        sound = np.concatenate((self._tail, samples.astype(np.float64)))
        self._tail = sound[len(samples) :]
        rows = [np.convolve(sound, self._phases[:, phase], mode="valid") for phase in range(self._factor)]
        raised = np.stack(rows, axis=1).reshape(-1)
        whole: Samples = np.clip(np.rint(raised), -32768, 32767).astype(np.int16)
        return whole


def factor_to(rate_hz: int) -> int | None:
    """How many times the line's rate ``rate_hz`` is; None if it is no whole number of times."""
    return rate_hz // SAMPLE_RATE_HZ if rate_hz >= SAMPLE_RATE_HZ and rate_hz % SAMPLE_RATE_HZ == 0 else None
