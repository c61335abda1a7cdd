"""Values as a person writes them on the command line: KIND:VALUE."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, time
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from box.accounts.model import Address
    from box.accounts.reference import DayHours
    from box.dialogue.vocabulary import Count, FullAddress, Hours, MonthName, Value

KINDS_HELP = (
    "digits:01578, account:1234567890, phone:79991234567, money:12345 (kopecks), count:3/address, "
    "date:2025-11-12, ondate:2025-11-12, day:15, onday:26, month:2025-10, time:08:30, hours:08:30-20:30, "
    "week:1-5=09:00-20:00,6=10:00-16:00,7=- (1 = Monday, - = day off), zone:дневная зона, name:м. Сокол, "
    "address:ул. Ленина|12А|34, settled:Москва|ул. Ленина|12А|34"
)


def parse_value(option: str, text: str) -> Value:
    """``KIND:VALUE`` (digits when KIND is left out) of ``option``. Raises click.UsageError saying what is wanted."""
    kind, colon, rest = text.partition(":")
    if not colon:
        kind, rest = "digits", text
    make = _parsers().get(kind)
    if make is None:
        raise click.UsageError(f"{option} {text}: the kinds are {KINDS_HELP}")
    try:
        return make(rest)
    except (ValueError, TypeError):
        raise click.UsageError(f"{option} {text}: {rest!r} is no {kind}; examples: {KINDS_HELP}") from None


def _parsers() -> dict[str, Callable[[str], Value]]:
    from box.accounts.model import AccountNumber, Kopecks, PhoneNumber
    from box.dialogue.vocabulary import (
        ClockTime,
        DateForm,
        DayOrdinal,
        DigitRow,
        Money,
        SpokenDate,
        SpokenName,
        WeekHours,
        Zone,
    )

    return {
        "digits": DigitRow,
        "account": AccountNumber,
        "phone": PhoneNumber,
        "money": lambda text: Money(Kopecks(int(text))),
        "count": _count,
        "date": lambda text: SpokenDate(date.fromisoformat(text), DateForm.BARE),
        "ondate": lambda text: SpokenDate(date.fromisoformat(text), DateForm.ON),
        "day": lambda text: DayOrdinal(int(text), DateForm.BARE),
        "onday": lambda text: DayOrdinal(int(text), DateForm.ON),
        "month": _month,
        "time": lambda text: ClockTime(time.fromisoformat(text)),
        "hours": _hours,
        "week": lambda text: WeekHours(tuple(_week(text))),
        "zone": Zone,
        "name": SpokenName,
        "address": lambda text: _address("", text),
        "settled": _settled,
    }


def _address(settlement: str, text: str) -> Address:
    from box.accounts.model import Address

    street, house, *flat = text.split("|")
    return Address(settlement, street, house, flat="".join(flat))


def _settled(text: str) -> FullAddress:
    from box.dialogue.vocabulary import FullAddress

    settlement, _, rest = text.partition("|")
    return FullAddress(_address(settlement, rest))


def _count(text: str) -> Count:
    from box.dialogue.vocabulary import Count

    number, noun = text.split("/")
    return Count(int(number), noun)


def _month(text: str) -> MonthName:
    from box.dialogue.vocabulary import MonthName

    return MonthName(date.fromisoformat(f"{text}-01"))


def _range(text: str) -> tuple[time, time]:
    opens, closes = text.split("-")
    return time.fromisoformat(opens), time.fromisoformat(closes)


def _hours(text: str) -> Hours:
    from box.dialogue.vocabulary import Hours

    return Hours(*_range(text))


def _week(text: str) -> Iterator[DayHours]:
    from box.accounts.reference import DayHours

    for part in text.split(","):
        days, hours = part.split("=")
        first, _, last = days.partition("-")
        opens, closes = (None, None) if hours == "-" else _range(hours)
        for weekday in range(int(first), int(last or first) + 1):
            yield DayHours(weekday - 1, opens, closes)
