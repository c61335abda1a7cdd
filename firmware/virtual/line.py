"""The two wires between the virtual modem and the virtual exchange, one frame of 20 ms at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

RATE_HZ = 8000
FRAME_S = 0.020
FRAME_SAMPLES = 160

LineSamples: TypeAlias = NDArray[np.int16]
"""Mono, 8000 Hz, shape (160,) for a frame; ±32767 = +3.14 dBm0."""


@dataclass(frozen=True, slots=True)
class CallerIdBlock:
    """What the exchange sends between the first and the second ring, as a modem's chip decodes it. ``number`` None with
    ``withheld`` = private, without = out of area."""

    month_day: str  # MMDD
    hour_minute: str  # HHMM
    number: str | None
    withheld: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class LineFrame:
    """What the modem gets from the wires in one frame."""

    heard: LineSamples  # voice or tones towards the modem; zeros while on hook
    ringing: bool  # ringing current on the wires during this frame
    caller_id: CallerIdBlock | None = None
    polarity_reversed: bool = False


class SubscriberLine(Protocol):
    """The exchange as seen from the modem's wires; called once every 20 ms of line time, in order."""

    def exchange_frame(self, sent: LineSamples, off_hook: bool, now: float) -> LineFrame:
        """Give the frame that the modem sends (zeros when it sends nothing) and its hook state; take the frame that
        it hears meanwhile. ``now`` is the monotonic second at which the frame begins. A hook flash is some frames with
        ``off_hook`` False between others with True."""
        ...
