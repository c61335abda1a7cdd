"""When people can be had: hours, holidays, clocks; and the day that callers are told."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from box.accounts.model import ClockTrust
from box.dialogue.holidays import LONGEST_HOLIDAY_DAYS, next_opening_day, operator_access
from box.dialogue.state import OperatorHours
from box.dialogue.vocabulary import OperatorAccess

HOURS = OperatorHours(time(8, 30), time(20, 30))
DAY = date(2026, 6, 12)
OPEN, CLOSED, NONE = OperatorAccess.OPEN, OperatorAccess.CLOSED_HOURS, OperatorAccess.NO_TRANSFER


@pytest.mark.parametrize(
    ("at", "access"),
    [
        (time(8, 29, 59), CLOSED),
        (time(8, 30), OPEN),
        (time(20, 29, 59), OPEN),
        (time(20, 30), CLOSED),
        (time(0, 0), CLOSED),
    ],
)
def test_hours_of_the_instruction(at: time, access: OperatorAccess) -> None:
    """«Режим работы операторов – с 8:30 до 20:30, без выходных дней»"""
    now = datetime.combine(DAY, at)
    assert operator_access(now, ClockTrust.SYNCED, HOURS, (), transfer=True) is access
    assert operator_access(now, ClockTrust.HOLDOVER, HOURS, (), transfer=True) is access


@pytest.mark.parametrize("clock", ClockTrust)
def test_a_holiday_a_missing_transfer_and_a_clock_that_cannot_be_right(clock: ClockTrust) -> None:
    noon = datetime.combine(DAY, time(12))
    unknown = clock is ClockTrust.UNKNOWN
    assert operator_access(noon, clock, HOURS, (DAY,), transfer=True) is (OPEN if unknown else CLOSED)
    assert operator_access(noon, clock, HOURS, (), transfer=False) is NONE
    night = datetime.combine(DAY, time(3))
    assert operator_access(night, clock, HOURS, (), transfer=True) is (OPEN if unknown else CLOSED)


moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31))
near = st.lists(st.integers(0, LONGEST_HOLIDAY_DAYS - 1), max_size=12)


@given(moments, near)
def test_the_next_opening_day_is_the_first_with_somebody_there(now: datetime, off: list[int]) -> None:
    """Against a search minute by minute."""
    holidays = {now.date() + timedelta(days=days) for days in off}
    minute = now
    while operator_access(minute, ClockTrust.SYNCED, HOURS, holidays, transfer=True) is CLOSED:
        minute = minute.replace(second=0, microsecond=0) + timedelta(minutes=1)
    assert next_opening_day(now, HOURS, holidays) == minute.date()


def test_holidays_of_the_settings_count_like_those_of_the_reference_document() -> None:
    hours = OperatorHours(HOURS.opens, HOURS.closes, (DAY, DAY + timedelta(days=2)))
    noon = datetime.combine(DAY, time(12))
    assert operator_access(noon, ClockTrust.SYNCED, hours, (), transfer=True) is CLOSED
    assert next_opening_day(noon, hours, (DAY + timedelta(days=1),)) == DAY + timedelta(days=3)


def test_a_calendar_that_closes_every_day_still_names_one() -> None:
    now = datetime.combine(DAY, time(12))
    always = {DAY + timedelta(days=ahead) for ahead in range(400)}
    assert next_opening_day(now, HOURS, always) == DAY + timedelta(days=1)
