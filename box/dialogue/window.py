"""Whether readings are taken on a day, and when they are taken next. Days of the month come with each meter."""

from __future__ import annotations

import calendar
from datetime import date, timedelta

from box.accounts.window import window_around


def is_open(first_day: int, last_day: int, today: date) -> bool:
    """Whether ``today`` lies in the window, both ends inclusive; a window may run over the month's end (28 to 3)."""
    return window_around(today, first_day, last_day) is not None


def next_opening(first_day: int, today: date) -> date:
    """The first opening day after ``today``; the month's last day where the month has no ``first_day``."""
    opening = _day_of_month(today, first_day)
    if opening > today:
        return opening
    next_month = today.replace(day=1) + timedelta(days=32)
    return _day_of_month(next_month, first_day)


def _day_of_month(month: date, day: int) -> date:
    last = calendar.monthrange(month.year, month.month)[1]
    return month.replace(day=min(day, last))
