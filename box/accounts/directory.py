"""Look-ups for a call: the account with what it needs to know of this window. Answers offline, from the box's copy.

«Unknown here» never means «wrong number»: the box holds only the accounts that it may serve. Knows the calendar and the
shape of an account; where they lie is ``box.store``'s business.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, tzinfo
from typing import Protocol

from box.accounts.model import Account, AccountNumber, EarlierReading, Meter, PhoneNumber
from box.accounts.window import window_around


class Given(Protocol):
    """A reading that the box has stored, and when the call that gave it began."""

    @property
    def reading(self) -> EarlierReading: ...
    @property
    def given_at(self) -> datetime: ...


class Book(Protocol):
    """Where the accounts lie."""

    def find(self, number: AccountNumber) -> Account | None: ...
    def of_phone(self, phone: PhoneNumber) -> Sequence[Account]: ...
    def readings_since(self, number: AccountNumber, since: datetime) -> Sequence[Given]:
        """In the order in which they were confirmed."""
        ...


class Directory:
    """``zone`` is the box's time zone, in which a window's days are counted (Moscow: caller-service.md §7.4)."""

    def __init__(self, book: Book, zone: tzinfo) -> None:
        self._book = book
        self._zone = zone

    def find(self, number: AccountNumber, today: date) -> Account | None:
        """The account, or None when this box does not serve it. ``today`` is the date at the call's start, in the box's
        zone: ``earlier`` holds the newest reading of each meter from the window of that day."""
        account = self._book.find(number)
        return None if account is None else self._with_earlier(account, today)

    def by_phone(self, phone: PhoneNumber, today: date) -> tuple[Account, ...]:
        """The accounts that know ``phone``: those with a meter still unread in this window first, then by number."""
        accounts = [self._with_earlier(account, today) for account in self._book.of_phone(phone)]
        return tuple(sorted(accounts, key=lambda account: (_is_read(account, today), account.number.digits)))

    def _with_earlier(self, account: Account, today: date) -> Account:
        windows = {meter.serial: window for meter in account.meters if (window := _window(meter, today))}
        if not windows:
            return account
        since = datetime.combine(min(first for first, _ in windows.values()), time.min, self._zone)
        newest: dict[str, EarlierReading] = {}
        for given in self._book.readings_since(account.number, since):
            window = windows.get(given.reading.meter)
            if window and window[0] <= given.given_at.astimezone(self._zone).date() <= window[1]:
                newest[given.reading.meter] = given.reading
        return replace(account, earlier=tuple(newest[serial] for serial in windows if serial in newest))


def _window(meter: Meter, today: date) -> tuple[date, date] | None:
    return window_around(today, meter.window_first_day, meter.window_last_day)


def _is_read(account: Account, today: date) -> bool:
    """Whether every meter has a reading of this window: given on this box, or booked by billing from elsewhere."""
    given = {reading.meter for reading in account.earlier}
    return all(meter.serial in given or _booked(meter, today) for meter in account.meters)


def _booked(meter: Meter, today: date) -> bool:
    window = _window(meter, today)
    return window is not None and all(
        register.last_on is not None and window[0] <= register.last_on <= window[1] and not register.last_is_estimate
        for register in meter.registers
    )
