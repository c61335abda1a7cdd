"""What a caller can tell from sound alone: the box speaks, is quiet, or the exchange sends a tone.

Pure: counts frames. It is never told what the exchange or the box are doing.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass

import numpy as np

from firmware.virtual.line import FRAME_S, FRAME_SAMPLES, RATE_HZ, LineSamples
from firmware.virtual.tones import PROGRESS_HZ, level_dbm0

QUIETEST_SOUND_DBM0 = -42.0
OVER_NOISE_DB = 9.0
"""What counts as sound: so far above the noise of the line, and never less than the first."""

LOUDEST_NOISE_DBM0 = -30.0
NOISE_FRAMES = 100
"""The noise is the quietest frame of the last 2 s: speech pauses more often than that."""

TONE_PURITY = 0.85
"""Share of a frame's power at 425 Hz: 15 dB of signal over noise gives 0.97."""

BUSY_S = (0.25, 0.50)
CONGESTION_S = (0.12, 0.25)
"""On and off times accepted (voice-modem manuals' windows for Russian tones); on and off within 30 % of each other."""

RINGBACK_ON_S = (0.7, 1.4)
DIAL_TONE_AFTER_S = 1.6
"""Longer than any burst of ringback."""

CADENCE_PERIODS = 2


@dataclass(frozen=True, slots=True)
class _Burst:
    """One stretch of pure 425 Hz and the quiet after it."""

    on_s: float
    off_s: float

    def within(self, window_s: tuple[float, float]) -> bool:
        balanced = abs(self.on_s - self.off_s) <= 0.3 * max(self.on_s, self.off_s)
        return balanced and all(window_s[0] <= side_s <= window_s[1] for side_s in (self.on_s, self.off_s))


class CallerEar:
    """Feed what arrives, a frame at a time; the properties tell what has been heard since :meth:`forget`."""

    def __init__(self) -> None:
        steps = np.arange(FRAME_SAMPLES)
        self._probe = np.exp(-2j * math.pi * PROGRESS_HZ * steps / RATE_HZ)
        self._levels_dbm0: deque[float] = deque(maxlen=NOISE_FRAMES)
        self._loud_frames = 0  # of the present loud stretch
        self._tonal_frames = 0
        self._quiet_frames = 0
        self._undecided = False  # the last frame was loud; a tone after it would make it the tone's edge
        self._after_tone = False
        self.forget()

    def forget(self) -> None:
        """Start listening afresh: what was heard until now answers an earlier question."""
        self._speech_frames = 0
        self._bursts: list[_Burst] = []
        self._tone_on_s = 0.0  # of the burst that has ended last, while its quiet lasts

    def hear(self, frame: LineSamples) -> None:
        """One frame of 160 samples."""
        level = level_dbm0(frame)
        tonal = level > QUIETEST_SOUND_DBM0 and self._is_tone(frame)
        self._levels_dbm0.append(level)
        loud = tonal or level > self._threshold_dbm0()
        if self._undecided and not tonal:
            self._speech_frames += 1
        # A frame right after a tone may hold its last part.
        self._undecided = loud and not tonal and not self._after_tone
        self._after_tone = tonal
        if loud:
            self._hear_loud(tonal)
        else:
            self._hear_quiet()

    @property
    def speech_s(self) -> float:
        """How long the other side spoke, all its pieces together."""
        return self._speech_frames * FRAME_S

    @property
    def quiet_s(self) -> float:
        """How long there has been nothing but noise."""
        return self._quiet_frames * FRAME_S

    @property
    def ringback(self) -> bool:
        """A burst of ringback has come to its end."""
        lasts = self._tone_on_s if self.quiet_s > RINGBACK_ON_S[0] else 0.0
        return RINGBACK_ON_S[0] <= lasts <= RINGBACK_ON_S[1]

    @property
    def busy(self) -> bool:
        """Busy or congestion, two full periods of it."""
        last = self._bursts[-CADENCE_PERIODS:]
        return len(last) == CADENCE_PERIODS and any(
            all(burst.within(window_s) for burst in last) for window_s in (BUSY_S, CONGESTION_S)
        )

    @property
    def dial_tone(self) -> bool:
        """425 Hz without a break."""
        return self._tonal_frames * FRAME_S > DIAL_TONE_AFTER_S and self._loud_is_tone()

    @property
    def released(self) -> bool:
        """The other side has hung up."""
        return self.busy or self.dial_tone

    def _is_tone(self, frame: LineSamples) -> bool:
        wave = frame.astype(np.float64)
        at_tone = 2.0 * abs(complex(np.dot(self._probe, wave))) ** 2 / FRAME_SAMPLES
        return bool(at_tone > TONE_PURITY * float(np.dot(wave, wave)))

    def _threshold_dbm0(self) -> float:
        noise_dbm0 = min(min(self._levels_dbm0), LOUDEST_NOISE_DBM0)
        return max(noise_dbm0 + OVER_NOISE_DB, QUIETEST_SOUND_DBM0)

    def _loud_is_tone(self) -> bool:
        """Of the present loud stretch only the two edges may be anything but tone."""
        return self._tonal_frames > 0 and self._loud_frames - self._tonal_frames <= 2

    def _hear_loud(self, tonal: bool) -> None:
        if self._quiet_frames:
            if self._tone_on_s:
                self._bursts = [*self._bursts[1 - CADENCE_PERIODS :], _Burst(self._tone_on_s, self.quiet_s)]
            self._quiet_frames = self._loud_frames = self._tonal_frames = 0
            self._tone_on_s = 0.0
        self._loud_frames += 1
        self._tonal_frames += tonal

    def _hear_quiet(self) -> None:
        if self._loud_frames:
            # Half of an edge frame belongs to the tone on average.
            edges = self._loud_frames - self._tonal_frames
            self._tone_on_s = (self._tonal_frames + edges / 2) * FRAME_S if self._loud_is_tone() else 0.0
            if not self._tone_on_s:
                self._bursts = []
            self._loud_frames = self._tonal_frames = 0
        self._quiet_frames += 1
