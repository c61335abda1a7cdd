"""When people can be had: hours, holidays, and the next day on which they are there.

Pure: the time comes in. The hours are settings, the holidays come with the reference document and from the settings.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta

from box.accounts.model import ClockTrust
from box.dialogue.state import OperatorHours
from box.dialogue.vocabulary import OperatorAccess

LONGEST_HOLIDAY_DAYS = 31
"""No longer run of holidays is believed: whatever the calendar says, callers are told a day."""


def operator_access(
    now: datetime, clock: ClockTrust, hours: OperatorHours, holidays: Collection[date], transfer: bool
) -> OperatorAccess:
    """Whether a call can be handed to a person at ``now``, in the box's time zone. ``transfer``: the line can hand one
    over at all. With a clock that cannot be right, trying beats refusing."""
    if not transfer:
        return OperatorAccess.NO_TRANSFER
    if clock is ClockTrust.UNKNOWN:
        return OperatorAccess.OPEN
    there = _is_working(now.date(), hours, holidays) and hours.opens <= now.time() < hours.closes
    return OperatorAccess.OPEN if there else OperatorAccess.CLOSED_HOURS


def next_opening_day(now: datetime, hours: OperatorHours, holidays: Collection[date]) -> date:
    """The first day on which people are there at ``now`` or later: today until they close, else the next day that is no
    holiday."""
    day = now.date()
    if now.time() < hours.closes and _is_working(day, hours, holidays):
        return day
    following = (day + timedelta(days=ahead) for ahead in range(1, LONGEST_HOLIDAY_DAYS + 1))
    return next((each for each in following if _is_working(each, hours, holidays)), day + timedelta(days=1))


def _is_working(day: date, hours: OperatorHours, holidays: Collection[date]) -> bool:
    return day not in holidays and day not in hours.holidays
