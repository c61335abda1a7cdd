"""Where sound begins and ends in a stream of frames, by energy alone.

Pure: time is the second handed in with each frame. It does not know whose sound it is or what was said.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from firmware.virtual.line import FRAME_SAMPLES, RATE_HZ, LineSamples
from firmware.virtual.tones import rms_of

BLOCK_SAMPLES = 40
BLOCK_S = BLOCK_SAMPLES / RATE_HZ
"""5 ms: the accuracy of every beginning and end."""

SOUND_DBM0 = -40.0
"""Speech on a line has −30…−10 dBm0 while it lasts; the idle noise of 8-bit codecs stays under −45."""


@dataclass(frozen=True, slots=True)
class SoundSpan:
    """A stretch of sound; ``ended_at`` None while it lasts."""

    began_at: float
    ended_at: float | None


class SoundMeter:
    """Feed frames in order; each answer tells the spans that began or ended by this frame."""

    def __init__(self, threshold_dbm0: float = SOUND_DBM0) -> None:
        self._threshold_power = rms_of(threshold_dbm0) ** 2
        self._began_at: float | None = None
        self._loud_until = 0.0

    @property
    def sounding(self) -> bool:
        """Whether a span is open."""
        return self._began_at is not None

    def hear(self, frame: LineSamples, at: float, hangover_s: float) -> list[SoundSpan]:
        """``at`` is when the frame begins. Silence shorter than ``hangover_s`` does not end a span; the end, once it is
        noticed, is told as of the last sound."""
        spans: list[SoundSpan] = []
        blocks = frame.reshape(-1, BLOCK_SAMPLES).astype(np.float64)
        for number, loud in enumerate(np.mean(blocks * blocks, axis=1) > self._threshold_power):
            block_at = at + number * BLOCK_S
            # Seconds are sums of fractions: half a block keeps rounding from moving the border.
            if self._began_at is not None and block_at - self._loud_until >= hangover_s - BLOCK_S / 2:
                spans.append(SoundSpan(self._began_at, self._loud_until))
                self._began_at = None
            if loud:
                if self._began_at is None:
                    self._began_at = block_at
                    spans.append(SoundSpan(block_at, None))
                self._loud_until = block_at + BLOCK_S
        return spans

    def close(self) -> list[SoundSpan]:
        """The stream is over: what still sounds has ended with its last sound."""
        if self._began_at is None:
            return []
        span = SoundSpan(self._began_at, self._loud_until)
        self._began_at = None
        return [span]


def voice_bounds_s(samples: LineSamples) -> tuple[float, float]:
    """First and last sound of a recording, seconds from its start; the whole of it when it has none. The threshold
    follows the recording's own level: 30 dB under its loudest block, and not under −55 dBm0."""
    padded = np.zeros(-(-max(samples.size, 1) // FRAME_SAMPLES) * FRAME_SAMPLES, np.float64)
    padded[: samples.size] = samples
    powers = np.mean(padded.reshape(-1, BLOCK_SAMPLES) ** 2, axis=1)
    loud = np.flatnonzero(powers > max(float(powers.max()) / 1000.0, rms_of(-55.0) ** 2))
    if loud.size == 0:
        return 0.0, samples.size / RATE_HZ
    return float(loud[0]) * BLOCK_S, min((float(loud[-1]) + 1.0) * BLOCK_S, samples.size / RATE_HZ)
