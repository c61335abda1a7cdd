"""Whether a rehearsed call came out as its scenario says. Pure: facts in, a line for each difference out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from box.rehearsal.scenario import Expectation, ExpectedReading


@dataclass(frozen=True, slots=True)
class CallFacts:
    """What the call left behind. ``said`` are phrase ids in order; ``readings`` what was stored (or pulled)."""

    outcome: str
    said: tuple[str, ...]
    readings: tuple[ExpectedReading, ...]
    phones_saved: int
    call_backs: int


def differences(expected: Expectation, facts: CallFacts) -> list[str]:
    """One line for each thing that is not as expected; empty = the call was right."""
    found = []
    if facts.outcome != expected.outcome:
        found.append(f"outcome: {facts.outcome or 'none'} instead of {expected.outcome}")
    if sorted(facts.readings, key=_order) != sorted(expected.readings, key=_order):
        found.append(f"readings: {_shown(facts.readings)} instead of {_shown(expected.readings)}")
    for name in ("phones_saved", "call_backs"):
        have, want = getattr(facts, name), getattr(expected, name)
        if have != want:
            found.append(f"{name}: {have} instead of {want}")
    missing = not_said_in_order(expected.said, facts.said)
    if missing:
        found.append(f"said: {missing} was not said (in this place); said were {', '.join(facts.said)}")
    return found


def not_said_in_order(wanted: Sequence[str], said: Sequence[str]) -> str:
    """The first of ``wanted`` that does not come in ``said`` after those before it, or ''."""
    rest = iter(said)
    return next((phrase for phrase in wanted if phrase not in rest), "")


def _order(reading: ExpectedReading) -> tuple[str, str, str]:
    return reading.account, reading.meter, str(reading.zones)


def _shown(readings: Sequence[ExpectedReading]) -> str:
    zones = [" ".join(f"{zone}={digits}" for zone, digits in reading.zones.items()) for reading in readings]
    return "; ".join(zones) or "none"
