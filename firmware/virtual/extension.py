"""The operator's telephone: rings, answers, speaks, hangs up.

Pure: counts samples from the moment it begins to ring.
"""

from __future__ import annotations

import math

import numpy as np

from firmware.virtual.line import FRAME_S, RATE_HZ, LineSamples
from firmware.virtual.line_plan import ExtensionBehaviour, ExtensionPlan
from firmware.virtual.tones import Wave, peak_of

MURMUR_HZ = (180.0, 360.0, 540.0, 900.0, 1260.0)
"""Harmonics of a low voice; none near 425 Hz, so that nobody takes the murmur for a call-progress tone."""

MURMUR_LEVEL_DBM0 = -20.0
SYLLABLES_HZ = 4.0
MURMUR_S = 1.5


def murmur(duration_s: float = MURMUR_S) -> Wave:
    """Something like a voice, for an extension without a recording."""
    seconds = np.arange(round(duration_s * RATE_HZ)) / RATE_HZ
    voice = np.sum([np.sin(2.0 * math.pi * hz * seconds + hz) for hz in MURMUR_HZ], axis=0)
    syllables = 0.55 - 0.45 * np.cos(2.0 * math.pi * SYLLABLES_HZ * seconds)
    wave: Wave = peak_of(MURMUR_LEVEL_DBM0) / math.sqrt(len(MURMUR_HZ)) * voice * syllables
    return wave


class Extension:
    """One ringing of the extension; ``plan.behaviour`` BUSY never gets this far."""

    def __init__(self, plan: ExtensionPlan) -> None:
        self._plan = plan
        self._rang_s = 0.0
        self._talked_s: float | None = None
        greeting: LineSamples = plan.greeting
        self._voice: Wave = greeting.astype(np.float64) if greeting.size else murmur()

    @property
    def talking(self) -> bool:
        """Lifted and not yet put down."""
        return self._talked_s is not None

    def tick(self) -> bool:
        """Another frame has passed; True when the extension has answered with it."""
        if self._talked_s is not None:
            self._talked_s += FRAME_S
            return False
        self._rang_s += FRAME_S
        answers = self._plan.behaviour is ExtensionBehaviour.ANSWERS
        if answers and self._rang_s >= self._plan.answer_after_s - FRAME_S / 2:
            self._talked_s = 0.0
            return True
        return False

    @property
    def left(self) -> bool:
        """It has talked as long as it meant to."""
        return self._talked_s is not None and self._talked_s >= self._plan.talk_s - FRAME_S / 2

    @property
    def rung_out(self) -> bool:
        """Nobody has answered as long as the exchange rings."""
        return self._talked_s is None and self._rang_s >= self._plan.ring_for_s - FRAME_S / 2

    def take(self, count: int) -> Wave:
        """What it says next; silence after the greeting."""
        piece, self._voice = self._voice[:count], self._voice[count:]
        return np.concatenate([piece, np.zeros(count - piece.size)])
