"""When a stretch of sound is a burst of a supervision tone: between the slices measured and the cadences known.

A caller who is taken for a busy tone is cut off in mid-sentence, so a burst must be what an exchange makes and a voice
cannot: one clean sine whose level and frequency hold still from edge to edge. The rules of equipment ask for 3 dB over
everything else (voice-modem.md section 11); that alone lets ordinary speech through.
"""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

from firmware.progress_meter import HOP_S, SOUGHT, SoughtTone

NO_TONE = -1
"""Stands for an index into SOUGHT where a slice belongs to none."""

STEADY_POWER = 2.0
"""Greatest to smallest power within a burst, and of one burst to the next (3 dB)."""
STEADY_HZ = 6.0
"""Within a burst and from one to the next. 8-bit coding with noise 20 dB down wanders by 3 Hz, a calm voice by 20."""
_CLEAN_SHARE = 0.87
"""Of a burst's energy: 8-bit linear coding and noise 20 dB down leave 0.89 of a sine of -35 dBm0, a square wave (the
plainest ring signal of a handset) has 0.85 in its fundamental, and voiced speech less."""
_EDGE_SLICES = 2
"""At each end of a stretch: a slice whose window reaches over the edge, and one for filters that ring."""
_LONGEST_SLICES = 200
"""Of a longer stretch the latest 2 s are judged."""


class Stretch(NamedTuple):
    """A burst or a pause between bursts."""

    sought: SoughtTone | None  # None in a pause
    length_s: float
    clean: bool  # a burst that is one steady sine; never a pause
    power: float  # mean square of sample values: of a burst the mean, of a pause the greatest of any slice
    hz: float  # 0 in a pause


class Gathering:
    """The stretch at hand, slice after slice."""

    def __init__(self, tone: int = NO_TONE) -> None:
        self.tone = tone
        self.slices = 0
        self._powers: deque[float] = deque(maxlen=_LONGEST_SLICES)
        self._totals: deque[float] = deque(maxlen=_LONGEST_SLICES)
        self._hz: deque[float] = deque(maxlen=_LONGEST_SLICES)

    def add(self, tone_power: float, total_power: float, hz: float) -> None:
        """One more slice of the same tone, or of none."""
        self.slices += 1
        self._powers.append(tone_power)
        self._totals.append(total_power)
        self._hz.append(hz)

    def stretch(self) -> Stretch:
        """What it amounts to so far."""
        length_s = self.slices * HOP_S
        totals = _inner(self._totals)
        if self.tone == NO_TONE:
            return Stretch(None, length_s, clean=False, power=max(totals, default=0.0), hz=0.0)
        sought = SOUGHT[self.tone]
        powers, every_hz = _inner(self._powers), _inner(self._hz)
        if not powers:
            return Stretch(sought, length_s, clean=False, power=0.0, hz=0.0)
        hz = sum(every_hz) / len(every_hz)
        clean = (
            abs(hz - sought.hz) <= sought.tolerance_hz + 1.0
            and max(every_hz) - min(every_hz) <= STEADY_HZ
            and max(powers) <= STEADY_POWER * min(powers)
            and sum(powers) >= _CLEAN_SHARE * sum(totals)
        )
        return Stretch(sought, length_s, clean, sum(powers) / len(powers), hz)


def _inner(values: deque[float]) -> list[float]:
    return list(values)[_EDGE_SLICES:-_EDGE_SLICES]
