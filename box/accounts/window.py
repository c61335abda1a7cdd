"""The days of a month on which readings are taken. Pure calendar; the days come with each meter from billing."""

from __future__ import annotations

from calendar import monthrange
from datetime import date


def window_around(day: date, first_day: int, last_day: int) -> tuple[date, date] | None:
    """First and last date of the window that ``day`` lies in, both inclusive, or None outside it.

    ``first_day`` and ``last_day`` are days of the month, 1–31; a month that is shorter ends the window on its last day
    (and opens it there at the latest). ``first_day > last_day`` is a window over the turn of the month (25–5)."""
    this = (day.year, day.month)
    if first_day <= last_day:
        spans = [(_on(this, first_day), _on(this, last_day))]
    else:
        spans = [
            (_on(_month(this, -1), first_day), _on(this, last_day)),
            (_on(this, first_day), _on(_month(this, 1), last_day)),
        ]
    return next((span for span in spans if span[0] <= day <= span[1]), None)


def _month(month: tuple[int, int], step: int) -> tuple[int, int]:
    index = month[0] * 12 + month[1] - 1 + step
    return index // 12, index % 12 + 1


def _on(month: tuple[int, int], day: int) -> date:
    return date(*month, min(day, monthrange(*month)[1]))
