"""A fictional reference book for tests of the dialogue: tariffs with one and two zones, offices here and there."""

from __future__ import annotations

from datetime import date, time

from box.accounts.model import Address, Kopecks
from box.accounts.reference import DayHours, Office, PriceRange, ReferenceBook, Tariff, TariffZone

WORKING_DAYS = tuple(DayHours(day, time(9), time(20)) for day in range(5))
WEEK = (*WORKING_DAYS, DayHours(5, time(10), time(16)), DayHours(6))

ONE_RATE = Tariff(
    "one-rate",
    (TariffZone("T1"),),
    (PriceRange(3900, (("T1", Kopecks(890)),)), PriceRange(None, (("T1", Kopecks(1002)),))),
    date(2026, 1, 1),
)
TWO_RATES = Tariff(
    "two-rates",
    (
        TariffZone("T1", "дневная зона", ((time(7), time(23)),)),
        TariffZone("T2", "ночная зона", ((time(23), time(7)),)),
    ),
    (PriceRange(None, (("T1", Kopecks(1022)), ("T2", Kopecks(401)))),),
    date(2026, 1, 1),
)
NO_PRICES = Tariff("no-prices", (TariffZone("T1"),), (), date(2026, 1, 1))


def office(
    number: int,
    district: str = "",
    *metro: str,
    at: tuple[float, float] | None = None,
    hours: tuple[DayHours, ...] = WEEK,
    closed_on: tuple[date, ...] = (),
) -> Office:
    """A fictional office; its house tells it from the others."""
    return Office(
        f"office-{number}",
        Address("Москва", "ул. Новая", str(number)),
        hours,
        district,
        metro,
        at[0] if at else None,
        at[1] if at else None,
        closed_on,
    )


NEAR_SOKOL = office(1, "Сокол", "Сокол", at=(55.80, 37.51))
FAR_FROM_SOKOL = office(2, "Южное Бутово", "Бунинская аллея", at=(55.54, 37.52))
CLOSE_TO_SOKOL = office(3, "Аэропорт", "Аэропорт", at=(55.80, 37.53))
SOMEWHERE = office(4, "Митино")

BOOK = ReferenceBook(
    "book-1", (ONE_RATE, TWO_RATES, NO_PRICES), (NEAR_SOKOL, FAR_FROM_SOKOL, CLOSE_TO_SOKOL, SOMEWHERE)
)
