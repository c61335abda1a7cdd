"""From the reference document (tariffs, offices, days off) to the book that calls look into, entry by entry.

Pure. Other than with an account, one wrong entry costs itself and nothing else: a misspelt hour of one office must not
take the tariffs from every caller. Each entry that is passed over is one finding, a line that says what to do and holds
no personal data.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from datetime import date, time
from itertools import pairwise
from typing import TypeVar

from box.accounts.model import Address, Kopecks
from box.accounts.records import MOST_REGISTERS, RecordWrong, address_from, day_from, is_id, is_text
from box.accounts.reference import DayHours, Office, PriceRange, ReferenceBook, Tariff, TariffZone
from box.courier.messages import (
    DayHoursRecord,
    OfficeRecord,
    PriceRangeRecord,
    ReferenceDocument,
    TariffRecord,
    TariffZoneRecord,
)

MOST_RANGES = 20
MOST_SPANS = 8
"""Ranges of the day of one zone; three-rate meters have two (caller-service.md §7.3)."""

MOST_STATIONS = 20
DEAREST_KWH_KOPECKS = 1_000_000
MOST_KWH = 10**9

WHAT_TO_DO = "correct it in billing and publish the reference document again"

Finding = Callable[[str], None]
Entry = TypeVar("Entry")


def reference_from(
    document: ReferenceDocument, version: str = "", on_finding: Finding = lambda _line: None
) -> ReferenceBook:
    """The book that ``document`` describes. What cannot be used is passed over and told to ``on_finding``, one line
    each: a tariff without prices, or with a zone that has none; an office without street and house; an hour or a date
    that does not exist; an id given twice. An office without coordinates is whole; one of two coordinates counts as
    none."""
    tariffs = _usable("tariff", document.tariffs, _tariff, lambda it: (it.id, it.valid_from), on_finding)
    offices = _usable(
        "office", document.offices, lambda record: _office(record, on_finding), lambda it: it.id, on_finding
    )
    holidays = _usable("holiday", document.holidays, lambda text: day_from(text, "it"), lambda it: it, on_finding)
    return ReferenceBook(version, tuple(tariffs), tuple(offices), tuple(sorted(holidays)))


def names_of(book: ReferenceBook) -> Iterator[Address | str]:
    """What calls may have to say aloud of ``book`` and no recording holds: addresses, districts, stations, zones."""
    for office in book.offices:
        yield office.address
        yield from (name for name in (office.district, *office.metro) if name)
    for tariff in book.tariffs:
        yield from (zone.name for zone in tariff.zones if zone.name)


Record = TypeVar("Record")


def _usable(
    what: str,
    records: Iterable[Record],
    understand: Callable[[Record], Entry],
    key: Callable[[Entry], Hashable],
    on_finding: Finding,
) -> Iterator[Entry]:
    seen: set[Hashable] = set()
    for place, record in enumerate(records, 1):
        try:
            entry = understand(record)
            _demand(key(entry) not in seen, "it is there a second time")
        except RecordWrong as fault:
            on_finding(f"reference: {what} {place}{_named(record)} is passed over: {fault}; {WHAT_TO_DO}")
        else:
            seen.add(key(entry))
            yield entry


def _named(record: object) -> str:
    name = getattr(record, "id", "")
    return f" ({name})" if is_id(name) else ""


# ---------------------------------------------------------------- tariffs


def _tariff(record: TariffRecord) -> Tariff:
    _demand(is_id(record.id), "it has no id")
    _demand(0 < len(record.zones) <= MOST_REGISTERS, f"it has no zones, or more than {MOST_REGISTERS}")
    zones = tuple(_zone(zone, f"zone {n}") for n, zone in enumerate(record.zones, 1))
    ids = [zone.zone for zone in zones]
    _demand(len(set(ids)) == len(ids), "two zones have one id")
    _demand(0 < len(record.ranges) <= MOST_RANGES, f"it has no prices, or more than {MOST_RANGES} ranges of them")
    ranges = tuple(_range(one, ids, f"range {n}") for n, one in enumerate(record.ranges, 1))
    for lower, upper in pairwise(ranges):
        rises = lower.up_to_kwh is not None and (upper.up_to_kwh is None or lower.up_to_kwh < upper.up_to_kwh)
        _demand(rises, "its ranges do not rise")
    valid_from = day_from(record.valid_from, "valid_from")
    valid_until = day_from(record.valid_until, "valid_until") if record.valid_until else None
    _demand(valid_until is None or valid_from <= valid_until, "valid_until is before valid_from")
    return Tariff(record.id, zones, ranges, valid_from, valid_until)


def _zone(record: TariffZoneRecord, where: str) -> TariffZone:
    _demand(is_id(record.zone), f"{where} has no id")
    _demand(is_text(record.name), f"{where}: its name is no text")
    _demand(len(record.hours) <= MOST_SPANS, f"{where}: it has more than {MOST_SPANS} ranges of hours")
    hours = tuple((_time(first, where), _time(last, where)) for first, last in record.hours)
    return TariffZone(record.zone, record.name, hours)


def _range(record: PriceRangeRecord, zones: list[str], where: str) -> PriceRange:
    """Prices in the order of the zones; a price for a zone that the tariff does not have means nothing."""
    up_to = record.up_to_kwh
    _demand(up_to is None or 0 < up_to <= MOST_KWH, f"{where}: up_to_kwh is not 1–{MOST_KWH}")
    prices = []
    for n, zone in enumerate(zones, 1):
        price = record.prices.get(zone)
        if price is None:
            raise RecordWrong(f"{where}: zone {n} has no price")
        _demand(0 < price <= DEAREST_KWH_KOPECKS, f"{where}: the price of zone {n} is not 1–{DEAREST_KWH_KOPECKS}")
        prices.append((zone, Kopecks(price)))
    return PriceRange(up_to, tuple(prices))


# ---------------------------------------------------------------- offices


def _office(record: OfficeRecord, on_finding: Finding) -> Office:
    _demand(is_id(record.id), "it has no id")
    address = address_from(record.address)
    _demand(bool(address.street.strip() and address.house.strip()), "it has no address (street and house)")
    names = (record.district, *record.metro)
    _demand(len(record.metro) <= MOST_STATIONS, f"it has more than {MOST_STATIONS} metro stations")
    _demand(all(is_text(name) for name in names) and all(record.metro), "a name of its district or metro is no text")
    hours = tuple(_day_hours(one) for one in record.hours)
    _demand(len({one.weekday for one in hours}) == len(hours), "a day of the week comes twice in its hours")
    latitude, longitude = _place(record, on_finding)
    return Office(
        id=record.id,
        address=address,
        hours=tuple(sorted(hours, key=lambda one: one.weekday)),
        district=record.district,
        metro=record.metro,
        latitude=latitude,
        longitude=longitude,
        closed_on=_days_off(record.closed_on),
    )


def _day_hours(record: DayHoursRecord) -> DayHours:
    _demand(0 <= record.weekday <= 6, "weekday is not 0–6")
    where = f"weekday {record.weekday}"
    if not record.opens and not record.closes:
        return DayHours(record.weekday)
    opens, closes = _time(record.opens, where), _time(record.closes, where)
    _demand(opens < closes, f"{where}: it closes before it opens")
    return DayHours(record.weekday, opens, closes)


def _days_off(texts: tuple[str, ...]) -> tuple[date, ...]:
    return tuple(sorted({day_from(text, "closed_on") for text in texts}))


def _place(record: OfficeRecord, on_finding: Finding) -> tuple[float | None, float | None]:
    latitude, longitude = record.latitude, record.longitude
    if latitude is None and longitude is None:
        return None, None
    if latitude is not None and longitude is not None and abs(latitude) <= 90 and abs(longitude) <= 180:
        return latitude, longitude
    on_finding(f"reference: office {record.id} is taken without its coordinates, which are wrong; {WHAT_TO_DO}")
    return None, None


def _time(text: str, where: str) -> time:
    try:
        moment = time.fromisoformat(text)
    except ValueError:
        moment = None
    # fromisoformat takes seconds, offsets and bare hours too; the contract does not.
    if moment is None or moment.strftime("%H:%M") != text:
        raise RecordWrong(f"{where}: an hour is not HH:MM")
    return moment


def _demand(true: bool, fault: str) -> None:
    if not true:
        raise RecordWrong(fault)
