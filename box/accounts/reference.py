"""What is the same for all callers of a box: tariffs and offices, as billing publishes them. Plain facts, no storage.

Nothing here is known to the code: prices, hours and places are data with dates (caller-service.md §7.6).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time

from box.accounts.model import Address, Kopecks


@dataclass(frozen=True, slots=True)
class TariffZone:
    """A zone's hours of the day in Moscow time, each (from, to); to = 00:00 or less than from runs over midnight. Empty
    = round the clock. ``zone`` is billing's id, ``name`` what it is called aloud («дневная зона», '' = one rate)."""

    zone: str
    name: str = ""
    hours: tuple[tuple[time, time], ...] = ()


@dataclass(frozen=True, slots=True)
class PriceRange:
    """Prices while a month's use is at most ``up_to_kwh`` (None = no upper end): kopecks a kilowatt-hour by zone id."""

    up_to_kwh: int | None
    prices: tuple[tuple[str, Kopecks], ...]


@dataclass(frozen=True, slots=True)
class Tariff:
    """One version of a tariff. ``ranges`` by rising consumption, each with a price for every zone, in zone order."""

    id: str
    zones: tuple[TariffZone, ...]
    ranges: tuple[PriceRange, ...]
    valid_from: date
    valid_until: date | None = None

    def holds_on(self, day: date) -> bool:
        """Whether it is in force on ``day``, both ends inclusive."""
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)


@dataclass(frozen=True, slots=True)
class DayHours:
    """One day of the week, Monday = 0; ``opens`` is None on a day off."""

    weekday: int
    opens: time | None = None
    closes: time | None = None


@dataclass(frozen=True, slots=True)
class Office:
    """A place where customers are received. ``latitude``, ``longitude`` in degrees (WGS 84), None = not known.
    ``closed_on``: single days off besides the week's. ``district`` and ``metro`` are names as people say them."""

    id: str
    address: Address
    hours: tuple[DayHours, ...] = ()
    district: str = ""
    metro: tuple[str, ...] = ()
    latitude: float | None = None
    longitude: float | None = None
    closed_on: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class ReferenceBook:
    """One published state of all of it. ``holidays``: days on which operators do not work. ``version`` is the
    centre's mark of the document, '' = none has come yet."""

    version: str = ""
    tariffs: tuple[Tariff, ...] = ()
    offices: tuple[Office, ...] = ()
    holidays: tuple[date, ...] = ()

    def tariff_on(self, id_: str, day: date) -> Tariff | None:
        """The version of tariff ``id_`` in force on ``day``; the newest where several are; None where none is."""
        there = [tariff for tariff in self.tariffs if tariff.id == id_ and tariff.holds_on(day)]
        return max(there, key=lambda tariff: tariff.valid_from, default=None)


NO_REFERENCE = ReferenceBook()
"""Before the first sync."""
