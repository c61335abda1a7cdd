"""Look-ups for a call: the account with what it needs to know of this window. Answers offline, from the box's copy.

«Unknown here» never means «wrong number»: the box holds only the accounts that it may serve. Knows the calendar and the
shape of an account; where they lie is ``box.store``'s business.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Protocol

from box.accounts.model import Account, AccountNumber, EarlierReading, Meter, PhoneNumber, RefusedReading
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


MIDNIGHT_MARGIN = timedelta(days=1)
"""A reading counts from its call's beginning, a refusal from the day on which billing says that it was given: a call
over midnight begins the day before."""


class Directory:
    """``zone`` is the box's time zone, in which a window's days are counted (Moscow: caller-service.md §7.4)."""

    def __init__(self, book: Book, zone: tzinfo) -> None:
        self._book = book
        self._zone = zone

    def find(self, number: AccountNumber, today: date) -> Account | None:
        """The account, or None when this box does not serve it. ``today`` is the date at the call's start, in the box's
        zone: ``earlier`` holds the newest reading of each meter from the window of that day; ``refused`` what billing
        did not accept and nobody has given anew on this box."""
        account = self._book.find(number)
        return None if account is None else self._as_of_now(account, today)

    def by_phone(self, phone: PhoneNumber, today: date) -> tuple[Account, ...]:
        """The accounts that know ``phone``: those with a meter still unread in this window first, then by number."""
        accounts = [self._as_of_now(account, today) for account in self._book.of_phone(phone)]
        return tuple(sorted(accounts, key=lambda account: (_is_read(account, today), account.number.digits)))

    def _as_of_now(self, account: Account, today: date) -> Account:
        windows = {meter.serial: window for meter in account.meters if (window := _window(meter, today))}
        days = [first for first, _ in windows.values()]
        days += [refused.given_on - MIDNIGHT_MARGIN for refused in account.refused]
        if not days:
            return account
        here = self._book.readings_since(account.number, datetime.combine(min(days), time.min, self._zone))
        refused_ids = {refused.event_id for refused in account.refused}
        newest: dict[str, EarlierReading] = {}
        for given in here:
            window = windows.get(given.reading.meter)
            stands = given.reading.event_id not in refused_ids
            if stands and window and window[0] <= self._day(given) <= window[1]:
                newest[given.reading.meter] = given.reading
        return replace(
            account,
            earlier=tuple(newest[serial] for serial in windows if serial in newest),
            refused=tuple(refused for refused in account.refused if not self._given_anew(refused, here, refused_ids)),
        )

    def _given_anew(self, refused: RefusedReading, here: Sequence[Given], refused_ids: set[str]) -> bool:
        """Whether this box has taken a later reading for the same meter that stands. Later than one of its own is what
        was confirmed after it; later than one from elsewhere is what was given on a later day."""
        place = next((n for n, given in enumerate(here) if given.reading.event_id == refused.event_id), None)
        later = [given for given in here if self._day(given) > refused.given_on] if place is None else here[place + 1 :]
        return any(
            given.reading.meter == refused.meter and given.reading.event_id not in refused_ids for given in later
        )

    def _day(self, given: Given) -> date:
        return given.given_at.astimezone(self._zone).date()


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
