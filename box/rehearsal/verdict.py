"""Whether a rehearsed call came out as its scenario says. Pure: facts in, a line for each difference out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from box.rehearsal.scenario import Expectation, ExpectedReading


@dataclass(frozen=True, slots=True)
class Request:
    """Something that billing or its people shall do: ``kind`` as in PulledRequest."""

    kind: str
    service: str = ""


ACCEPTED = "accepted."
"""What the ids of the phrases that tell of an accepted reading begin with."""

_COUNTED = {
    "phones_saved": "phone_saved",
    "phones_forgotten": "phone_forgotten",
    "pay_links": "pay_link",
    "call_backs": "call_back",
}
"""Field of the expectation: kind of request."""


@dataclass(frozen=True, slots=True)
class CallFacts:
    """What the call left behind. ``said`` are phrase ids in order; ``readings`` and ``requests`` what was stored (or
    pulled); ``accepted_s`` as below."""

    outcome: str
    said: tuple[str, ...]
    readings: tuple[ExpectedReading, ...]
    requests: tuple[Request, ...] = ()
    accepted_s: float | None = None


def differences(expected: Expectation, facts: CallFacts) -> list[str]:
    """One line for each thing that is not as expected; empty = the call was right."""
    found = []
    if facts.outcome != expected.outcome:
        found.append(f"outcome: {facts.outcome or 'none'} instead of {expected.outcome}")
    if sorted(facts.readings, key=_order) != sorted(expected.readings, key=_order):
        found.append(f"readings: {_shown(facts.readings)} instead of {_shown(expected.readings)}")
    found += _requests_differ(expected, facts)
    missing = not_said_in_order(expected.said, facts.said)
    if missing:
        found.append(f"said: {missing} was not said (in this place); said were {', '.join(facts.said)}")
    found += [f"never_said: {phrase} was said" for phrase in expected.never_said if phrase in facts.said]
    limit_s, took_s = expected.accepted_within_s, facts.accepted_s
    if limit_s is not None and (took_s is None or took_s > limit_s):
        found.append(f"accepted_within_s: {'never' if took_s is None else f'{took_s:.1f}'} instead of {limit_s:g}")
    return found


def _requests_differ(expected: Expectation, facts: CallFacts) -> list[str]:
    found = []
    for name, kind in _COUNTED.items():
        have, want = sum(request.kind == kind for request in facts.requests), getattr(expected, name)
        if have != want:
            found.append(f"{name}: {have} instead of {want}")
    services = sorted(request.service for request in facts.requests if request.kind == "call_back")
    if expected.call_back_services is not None and services != sorted(expected.call_back_services):
        found.append(f"call_back_services: {services} instead of {sorted(expected.call_back_services)}")
    return found


def accepted_s(spoken: Sequence[tuple[float, tuple[str, ...]]]) -> float | None:
    """From the box's first words to those that tell of the first accepted reading; ``spoken`` are (second, phrase ids)
    in order. None: no reading was accepted."""
    told = (at for at, phrases in spoken if any(phrase.startswith(ACCEPTED) for phrase in phrases))
    return next((at - spoken[0][0] for at in told), None)


def not_said_in_order(wanted: Sequence[str], said: Sequence[str]) -> str:
    """The first of ``wanted`` that does not come in ``said`` after those before it, or ''."""
    rest = iter(said)
    return next((phrase for phrase in wanted if phrase not in rest), "")


def _order(reading: ExpectedReading) -> tuple[str, str, str]:
    return reading.account, reading.meter, str(reading.zones)


def _shown(readings: Sequence[ExpectedReading]) -> str:
    zones = [" ".join(f"{zone}={digits}" for zone, digits in reading.zones.items()) for reading in readings]
    return "; ".join(zones) or "none"
