"""The window of a month against a day-by-day count."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from box.accounts.window import window_around

dates = st.dates(date(2020, 3, 1), date(2030, 10, 31))
days = st.integers(1, 31)


@pytest.mark.parametrize(
    ("day", "first_day", "last_day", "window"),
    [
        (date(2026, 11, 14), 15, 26, None),
        (date(2026, 11, 15), 15, 26, (date(2026, 11, 15), date(2026, 11, 26))),
        (date(2026, 11, 26), 15, 26, (date(2026, 11, 15), date(2026, 11, 26))),
        (date(2026, 11, 27), 15, 26, None),
        (date(2027, 2, 28), 20, 31, (date(2027, 2, 20), date(2027, 2, 28))),
        (date(2026, 12, 31), 25, 5, (date(2026, 12, 25), date(2027, 1, 5))),
        (date(2027, 1, 5), 25, 5, (date(2026, 12, 25), date(2027, 1, 5))),
        (date(2027, 1, 6), 25, 5, None),
        (date(2027, 1, 24), 25, 5, None),
        (date(2028, 2, 29), 31, 2, (date(2028, 2, 29), date(2028, 3, 2))),
    ],
)
def test_examples(day: date, first_day: int, last_day: int, window: tuple[date, date] | None) -> None:
    assert window_around(day, first_day, last_day) == window


def is_last_of_month(day: date) -> bool:
    return (day + timedelta(days=1)).day == 1


def opens(day: date, first_day: int) -> bool:
    return day.day == first_day or (is_last_of_month(day) and day.day < first_day)


def closes(day: date, last_day: int) -> bool:
    return day.day == last_day or (is_last_of_month(day) and day.day < last_day)


@given(dates, days, days)
def test_a_window_is_what_counting_days_says(day: date, first_day: int, last_day: int) -> None:
    """Walk back to the nearest opening day, then forward to the first closing day: is ``day`` between them? A window
    over the turn of the month does not close on the day on which it opens, though February may bring both together."""
    first = next(d for n in range(40) if opens(d := day - timedelta(days=n), first_day))
    last = next(d for n in range(first_day > last_day, 70) if closes(d := first + timedelta(days=n), last_day))
    assert window_around(day, first_day, last_day) == ((first, last) if day <= last else None)


@given(dates, days, days)
def test_every_day_of_a_window_has_the_same_window(day: date, first_day: int, last_day: int) -> None:
    window = window_around(day, first_day, last_day)
    if window:
        assert window_around(window[0], first_day, last_day) == window
        assert window_around(window[1], first_day, last_day) == window
