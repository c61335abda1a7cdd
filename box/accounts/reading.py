"""The rules that judge a meter reading: capacity, never backwards, and what is too much to be believed unasked.

Pure functions on billing's facts (caller-service.md §7.2 and §7.5). Knows no dialogue, no storage and no clock.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import Enum

import msgspec

from box.accounts.model import Meter, Register

USUAL_PERIOD_DAYS = 30
"""``Meter.usual_kwh`` is the use of this many days."""

HIGH_CONFIRMED = "high_confirmed"
HIGH_REPEATED = "high_repeated"
ROLLOVER = "rollover"
BELOW_ESTIMATE = "below_estimate"
NEW_METER = "new_meter"


class Plausibility(msgspec.Struct, frozen=True):
    """[plausibility] of config/dialogue.toml. The values come from caller-service.md §7.5."""

    high_percent: int
    high_above_kwh: int
    rollover_from_percent: int
    unknown_period_days: int


class Finding(Enum):
    """What is to be done with a reading. The first three can be stored after a ДА, the others never."""

    PLAIN = "plain"
    HIGH = "high"  # read the use back with it
    ROLLOVER = "rollover"  # the meter has passed zero: say so with it
    TOO_LONG = "too-long"
    LOWER = "lower"
    IMPOSSIBLE = "impossible"

    @property
    def acceptable(self) -> bool:
        """Whether a ДА at the read-back stores it."""
        return self in (Finding.PLAIN, Finding.HIGH, Finding.ROLLOVER)


@dataclass(frozen=True, slots=True)
class Verdict:
    """``digits`` has the meter's capacity (for TOO_LONG: as given). ``flags`` is what a stored reading is marked with.

    ``use_kwh`` is the use of the meter since the last value, over this zone and those given before it; None where no
    last value says so. ``usual_kwh`` is what was to be expected in that time, 0 = unknown. ``whole_part``: what
    follows the comma was given too and has been dropped. ``last``, ``last_on``: what a LOWER reading is lower than;
    ``at_installation``: that was shown by a new meter when it was put in.
    """

    finding: Finding
    digits: str
    flags: tuple[str, ...] = ()
    use_kwh: int | None = None
    usual_kwh: int = 0
    whole_part: bool = False
    last: str = ""
    last_on: date | None = None
    at_installation: bool = False


def never_read(meter: Meter) -> bool:
    """Whether ``meter`` took the place of another and no reading of it has been accepted since: its last values are
    those that it showed then (caller-service.md §7.5). A last value without a date says nothing of this."""
    there = meter.installed_on
    if there is None:
        return False
    return all(not each.last or (each.last_on is not None and each.last_on <= there) for each in meter.registers)


@dataclass(frozen=True, slots=True)
class _Base:
    """The value that a reading is measured from, how long ago it was, and the use of the zones given before."""

    value: int
    days: int
    earlier_kwh: int


def judge(
    meter: Meter,
    register: Register,
    digits: str,
    rules: Plausibility,
    *,
    today: date,
    clock_trusted: bool = True,
    earlier_kwh: int = 0,
    warned: str = "",
) -> Verdict:
    """What to do with ``digits`` (0-9, one at least; else ValueError) as the new value of ``register``.

    ``earlier_kwh``: use of the zones of this meter given before in the same submission, since what is expected and what
    is possible hold for the meter as a whole. ``warned``: digits of this zone whose high use was read back and not
    confirmed; given a second time they are accepted. Without a trusted clock elapsed days are taken generously.
    """
    if not (digits.isascii() and digits.isdigit()):
        raise ValueError("a reading is a string of digits")
    whole = meter.whole_digits
    whole_part = meter.fraction_digits > 0 and len(digits) == whole + meter.fraction_digits
    if len(digits) > whole and not whole_part:
        return Verdict(Finding.TOO_LONG, digits)
    padded = digits[:whole].zfill(whole)
    days = _elapsed_days(_measured_on(meter, register), today, rules, clock_trusted)
    verdict = _compare(meter, register, padded, rules, days, earlier_kwh)
    if never_read(meter):
        verdict = replace(verdict, flags=(*verdict.flags, NEW_METER), at_installation=True)
    if verdict.finding is Finding.HIGH and padded == warned:
        flags = (HIGH_REPEATED, *(flag for flag in verdict.flags if flag != HIGH_CONFIRMED))
        verdict = replace(verdict, finding=Finding.PLAIN, flags=flags)
    return replace(verdict, whole_part=whole_part)


def usual_since_last(
    meter: Meter, register: Register, rules: Plausibility, *, today: date, clock_trusted: bool = True
) -> int:
    """The use in kWh that is to be expected of ``meter`` since the last value of ``register``, 0 = unknown."""
    return _usual(meter, _elapsed_days(_measured_on(meter, register), today, rules, clock_trusted))


def _measured_on(meter: Meter, register: Register) -> date | None:
    """The day from which the use is counted."""
    return meter.installed_on if never_read(meter) else register.last_on


def _elapsed_days(last_on: date | None, today: date, rules: Plausibility, clock_trusted: bool) -> int:
    """Days in which the use came about, one at least. Without a trusted clock they are not taken for few."""
    if last_on is None:
        return rules.unknown_period_days
    days = max((today - last_on).days, 1)
    return days if clock_trusted else max(days, rules.unknown_period_days)


def _compare(
    meter: Meter, register: Register, padded: str, rules: Plausibility, days: int, earlier_kwh: int
) -> Verdict:
    """The verdict on ``padded`` against the last values of its register."""
    if not register.last:
        return Verdict(Finding.PLAIN, padded)
    new, last, actual = int(padded), int(register.last), _last_actual(register)
    if actual is not None and new < actual:
        if register.last_is_estimate:  # billing does not say when the actual value was read
            days = max(days, rules.unknown_period_days)
        return _below_actual(meter, register, padded, rules, _Base(actual, days, earlier_kwh))
    if new < last:
        return Verdict(Finding.PLAIN, padded, flags=(BELOW_ESTIMATE,))
    return _above(meter, padded, rules, _Base(last, days, earlier_kwh))


def _last_actual(register: Register) -> int | None:
    """The last value that was read from the meter, not computed by billing."""
    text = register.last_actual if register.last_is_estimate else register.last
    return int(text) if text else None


def _above(meter: Meter, padded: str, rules: Plausibility, base: _Base) -> Verdict:
    use = base.earlier_kwh + int(padded) - base.value
    usual = _usual(meter, base.days)
    if _impossible(meter, use, base.days):
        return Verdict(Finding.IMPOSSIBLE, padded, use_kwh=use, usual_kwh=usual)
    if _high(rules, use, usual):
        return Verdict(Finding.HIGH, padded, (HIGH_CONFIRMED,), use, usual)
    return Verdict(Finding.PLAIN, padded, use_kwh=use, usual_kwh=usual)


def _below_actual(meter: Meter, register: Register, padded: str, rules: Plausibility, base: _Base) -> Verdict:
    """Lower than was ever read: past zero if the meter was near its end and the use is plausible, otherwise refused."""
    capacity: int = 10**meter.whole_digits
    use = base.earlier_kwh + int(padded) + capacity - base.value
    usual = _usual(meter, base.days)
    near_end = base.value * 100 >= capacity * rules.rollover_from_percent
    if near_end and not _impossible(meter, use, base.days) and not _high(rules, use, usual):
        return Verdict(Finding.ROLLOVER, padded, (ROLLOVER,), use, usual)
    on = None if register.last_is_estimate else register.last_on
    return Verdict(Finding.LOWER, padded, last=str(base.value).zfill(meter.whole_digits), last_on=on)


def _usual(meter: Meter, days: int) -> int:
    return round(meter.usual_kwh * days / USUAL_PERIOD_DAYS)


def _impossible(meter: Meter, use: int, days: int) -> bool:
    """More than the connected power gives when it runs day and night."""
    return use > meter.power_kw * 24 * days


def _high(rules: Plausibility, use: int, usual: int) -> bool:
    return usual > 0 and use * 100 > usual * rules.high_percent and use > usual + rules.high_above_kwh
