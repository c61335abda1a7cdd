"""How much a reading's plausibility weighs among alternatives that sound about equally likely. Pure.

It puts what was heard in order and nothing else: no digit comes from here, what is heard clearly stays as heard, and
every reading is read back before it is stored.
"""

from __future__ import annotations

import math

from box.dialogue.vocabulary import PlausibleReading

LEAN = math.log(3.0)
"""Weight of a plausible reading, a natural logarithm: an alternative three times as likely as it by its sound wins."""

ROLLOVER_FROM_PERCENT = 90
HIGH_TIMES = 2
HIGH_ABOVE_KWH = 150
"""caller-service.md §7.5: near its end a meter passes zero; a surprise is more than twice the usual use and more than
this above it."""


def lean(plausible: PlausibleReading | None, digits: str) -> float:
    """What ``digits`` gains over an implausible reading: LEAN or 0."""
    return LEAN if plausible is not None and is_plausible(plausible, digits) else 0.0


def is_plausible(reading: PlausibleReading, digits: str) -> bool:
    """Whether ``digits`` would surprise nobody after the last value. A longer entry never is."""
    if len(digits) > reading.capacity:
        return False
    size = 10**reading.capacity
    use = int(digits) - reading.last
    if use < 0 and reading.last * 100 >= ROLLOVER_FROM_PERCENT * size:
        use += size
    return 0 <= use <= max(HIGH_TIMES * reading.usual_kwh, reading.usual_kwh + HIGH_ABOVE_KWH)
