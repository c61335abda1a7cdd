"""The values of a phrase as rows of words: sums, dates, digits, addresses.

One function per kind of ``box.dialogue.vocabulary.Value``, found through one table. Words are clip ids; nothing here
knows whether a clip exists except the addresses and zones, whose names come from billing and may have no recording.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable, Mapping
from datetime import time
from itertools import accumulate
from typing import Any

from box.accounts.model import AccountNumber, Address, PhoneNumber
from box.accounts.reference import DayHours
from box.dialogue.vocabulary import (
    ClockTime,
    Count,
    DayOrdinal,
    DigitRow,
    FullAddress,
    Hours,
    Money,
    MonthName,
    SpokenDate,
    SpokenName,
    Value,
    WeekHours,
    Zone,
)
from box.errors import CannotSay
from box.speaking import hours_words
from box.speaking.addresses import Places
from box.speaking.calendar_words import clock_words, date_words, day_words, month_word
from box.speaking.numbers import NOUNS, count, digit_words, money_words
from box.speaking.script import (
    BETWEEN_DIGITS,
    BETWEEN_GROUPS,
    BETWEEN_WORDS,
    COMMA,
    DASH,
    Pause,
    Piece,
    Rendered,
    Said,
    joined,
    row,
)

ACCOUNT_GROUPS: Mapping[int, tuple[int, ...]] = {10: (5, 3, 2)}
PHONE_GROUPS: Mapping[int, tuple[int, ...]] = {10: (3, 3, 2, 2)}
DEFAULT_GROUP = 3
NATIONAL_PHONE_DIGITS = 10
"""Of a phone the country code is not said: callers know their number by its last ten digits."""


_PAUSES: Mapping[str, Pause] = {hours_words.COMMA: COMMA, hours_words.DASH: DASH}


def render(value: Value, places: Places) -> Rendered:
    """``value`` as words. Raises CannotSay for a number out of range or a value of no known kind."""
    kind = _KINDS.get(type(value))
    if kind is None:
        raise CannotSay(f"a {type(value).__name__} is not a value that can be said")
    return kind(value, places)


def _words(words: tuple[str, ...]) -> tuple[Piece, ...]:
    """Words with the pauses that stand among them."""
    pieces: list[Piece] = []
    for word in words:
        if word in _PAUSES:
            pieces.append(_PAUSES[word])
            continue
        if pieces and isinstance(pieces[-1], Said):
            pieces.append(BETWEEN_WORDS)
        pieces.append(Said(word, word))
    return tuple(pieces)


def _money(value: Money, _: Places) -> Rendered:
    rubles, kopecks = divmod(abs(value.amount), 100)
    parts = [f"{rubles:,} {NOUNS['rouble'].gloss_after(rubles)}"] if rubles or not kopecks else []
    parts += [f"{kopecks} {NOUNS['kopeck'].gloss_after(kopecks)}"] if kopecks else []
    return Rendered(_words(money_words(value.amount)), " ".join(parts))


def _count(value: Count, _: Places) -> Rendered:
    words = count(value.number, value.noun)
    return Rendered(_words(words), f"{value.number:,} {NOUNS[value.noun].gloss_after(value.number)}")


def _date(value: SpokenDate, _: Places) -> Rendered:
    return Rendered(_words(date_words(value.date, value.form)), f"{value.date.day} {value.date:%B}")


def _day(value: DayOrdinal, _: Places) -> Rendered:
    return Rendered(_words(day_words(value.day, value.form)), _english_ordinal(value.day))


def _english_ordinal(day: int) -> str:
    ending = "th" if 11 <= day <= 13 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"{day}{ending}"


def _clock(value: ClockTime, _: Places) -> Rendered:
    return Rendered(_words(clock_words(value.time)), f"{value.time:%H:%M}")


def _month(value: MonthName, _: Places) -> Rendered:
    return Rendered(_words((month_word(value.month),)), f"{value.month:%B}")


def _hours(value: Hours, _: Places) -> Rendered:
    return Rendered(
        _words(hours_words.range_words(value.opens, value.closes)), _english_range(value.opens, value.closes)
    )


def _week(value: WeekHours, _: Places) -> Rendered:
    return Rendered(_words(hours_words.week_words(value.days)), ", ".join(map(_english_day, value.days)))


def _english_range(opens: time, closes: time) -> str:
    return f"{opens:%H:%M}-{closes:%H:%M}"


def _english_day(day: DayHours) -> str:
    if day.opens is None or day.closes is None:
        return f"{calendar.day_name[day.weekday]} closed"
    return f"{calendar.day_name[day.weekday]} {_english_range(day.opens, day.closes)}"


def _name(value: SpokenName, places: Places) -> Rendered:
    return places.name(value.text)


def _digits(value: DigitRow, _: Places) -> Rendered:
    return Rendered(_groups(value.digits, {}), " ".join(value.digits))


def _account(value: AccountNumber, _: Places) -> Rendered:
    groups = split(value.digits, ACCOUNT_GROUPS)
    return Rendered(_groups(value.digits, ACCOUNT_GROUPS), "-".join(groups))


def _phone(value: PhoneNumber, _: Places) -> Rendered:
    national = value.digits[-NATIONAL_PHONE_DIGITS:]
    return Rendered(_groups(national, PHONE_GROUPS), "-".join(split(national, PHONE_GROUPS)))


def _zone(value: Zone, places: Places) -> Rendered:
    return places.name(value.name)


def _address(value: Address, places: Places) -> Rendered:
    return places.address(value, settlement=False)


def _full_address(value: FullAddress, places: Places) -> Rendered:
    return places.address(value.address, settlement=True)


def _groups(digits: str, sizes: Mapping[int, tuple[int, ...]]) -> tuple[Piece, ...]:
    rows = (row((Said(word, word) for word in digit_words(group)), BETWEEN_DIGITS) for group in split(digits, sizes))
    return joined(rows, BETWEEN_GROUPS)


def split(digits: str, sizes: Mapping[int, tuple[int, ...]]) -> tuple[str, ...]:
    """``digits`` in the groups of ``sizes`` for their length, else in threes: a breath after every third."""
    groups = sizes.get(len(digits), (DEFAULT_GROUP,) * -(-len(digits) // DEFAULT_GROUP))
    ends = tuple(accumulate(groups))
    return tuple(digits[end - size : end] for end, size in zip(ends, groups, strict=True))


_KINDS: dict[type, Callable[[Any, Places], Rendered]] = {
    DigitRow: _digits,
    Count: _count,
    SpokenDate: _date,
    DayOrdinal: _day,
    ClockTime: _clock,
    Zone: _zone,
    Money: _money,
    Address: _address,
    FullAddress: _full_address,
    AccountNumber: _account,
    PhoneNumber: _phone,
    MonthName: _month,
    Hours: _hours,
    WeekHours: _week,
    SpokenName: _name,
}
