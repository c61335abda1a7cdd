"""The reference document entry by entry: what is taken, what is passed over and said so, and that the rest stays."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from box.accounts.model import Address, Kopecks
from box.accounts.reference import DayHours, Office, PriceRange, ReferenceBook, Tariff, TariffZone
from box.accounts.reference_records import WHAT_TO_DO, names_of, reference_from
from box.courier.messages import (
    AddressRecord,
    DayHoursRecord,
    OfficeRecord,
    PriceRangeRecord,
    ReferenceDocument,
    TariffRecord,
    TariffZoneRecord,
)

GOOD: dict[str, Any] = {
    "tariffs": [
        {
            "id": "city-2",
            "zones": [
                {"zone": "T1", "name": "дневная зона", "hours": [["07:00", "23:00"]]},
                {"zone": "T2", "name": "ночная зона", "hours": [["23:00", "07:00"]]},
            ],
            "ranges": [
                {"up_to_kwh": 3900, "prices": {"T2": 405, "T1": 1024}},
                {"prices": {"T1": 1300, "T2": 500, "T3": 1}},
            ],
            "valid_from": "2026-01-01",
            "valid_until": "2026-09-30",
        },
        {"id": "city-1", "zones": [{"zone": "T1"}], "ranges": [{"prices": {"T1": 890}}], "valid_from": "2026-01-01"},
    ],
    "offices": [
        {
            "id": "north",
            "address": {"settlement": "Москва", "street": "ул. Образцовая", "house": "7"},
            "hours": [
                {"weekday": 5, "opens": "10:00", "closes": "16:00"},
                {"weekday": 0, "opens": "08:30", "closes": "20:00"},
                {"weekday": 6},
            ],
            "district": "Северный",
            "metro": ["Примерная", "Опытная"],
            "latitude": 55.75,
            "longitude": 37.62,
            "closed_on": ["2027-01-02", "2027-01-01"],
        },
        {"id": "south", "address": {"settlement": "Москва", "street": "ул. Южная", "house": "1"}},
    ],
    "holidays": ["2027-01-07", "2027-01-01"],
}


def understood(document: Any) -> tuple[ReferenceBook, list[str]]:
    findings: list[str] = []
    book = reference_from(msgspec.convert(document, ReferenceDocument), '"v1"', findings.append)
    return book, findings


def changed(*path: str | int, to: object) -> tuple[ReferenceBook, list[str]]:
    """GOOD with one value replaced (or, for a callable, changed by it)."""
    data = msgspec.json.decode(msgspec.json.encode(GOOD))
    place = data
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = to(place[path[-1]]) if callable(to) else to
    return understood(data)


def test_every_field_arrives() -> None:
    book, findings = understood(GOOD)
    assert findings == []
    assert book == ReferenceBook(
        version='"v1"',
        tariffs=(
            Tariff(
                id="city-2",
                zones=(
                    TariffZone("T1", "дневная зона", ((time(7), time(23)),)),
                    TariffZone("T2", "ночная зона", ((time(23), time(7)),)),
                ),
                ranges=(
                    PriceRange(3900, (("T1", Kopecks(1024)), ("T2", Kopecks(405)))),
                    PriceRange(None, (("T1", Kopecks(1300)), ("T2", Kopecks(500)))),
                ),
                valid_from=date(2026, 1, 1),
                valid_until=date(2026, 9, 30),
            ),
            Tariff("city-1", (TariffZone("T1"),), (PriceRange(None, (("T1", Kopecks(890)),)),), date(2026, 1, 1)),
        ),
        offices=(
            Office(
                id="north",
                address=Address("Москва", "ул. Образцовая", "7"),
                hours=(DayHours(0, time(8, 30), time(20)), DayHours(5, time(10), time(16)), DayHours(6)),
                district="Северный",
                metro=("Примерная", "Опытная"),
                latitude=55.75,
                longitude=37.62,
                closed_on=(date(2027, 1, 1), date(2027, 1, 2)),
            ),
            Office("south", Address("Москва", "ул. Южная", "1")),
        ),
        holidays=(date(2027, 1, 1), date(2027, 1, 7)),
    )


def test_what_must_be_said_of_it() -> None:
    book, _ = understood(GOOD)
    assert [*names_of(book)] == [
        *(Address("Москва", "ул. Образцовая", "7"), "Северный", "Примерная", "Опытная"),
        *(Address("Москва", "ул. Южная", "1"), "дневная зона", "ночная зона"),
    ]


TARIFF, OFFICE = ("tariffs", 0), ("offices", 0)


@pytest.mark.parametrize(
    ("path", "to", "fault"),
    [
        ((*TARIFF, "ranges"), [], "it has no prices"),
        ((*TARIFF, "ranges", 0, "prices"), {}, "range 1: zone 1 has no price"),
        ((*TARIFF, "ranges", 1, "prices"), {"T1": 5}, "range 2: zone 2 has no price"),
        ((*TARIFF, "ranges", 0, "prices", "T1"), 0, "range 1: the price of zone 1 is not"),
        ((*TARIFF, "ranges", 0, "prices", "T2"), -5, "range 1: the price of zone 2 is not"),
        ((*TARIFF, "ranges", 0, "up_to_kwh"), 0, "range 1: up_to_kwh"),
        ((*TARIFF, "ranges", 0, "up_to_kwh"), None, "its ranges do not rise"),
        ((*TARIFF, "ranges", 1, "up_to_kwh"), 3900, "its ranges do not rise"),
        ((*TARIFF, "zones"), [], "it has no zones"),
        ((*TARIFF, "zones", 1, "zone"), "T1", "two zones have one id"),
        ((*TARIFF, "zones", 0, "zone"), "", "zone 1 has no id"),
        ((*TARIFF, "zones", 0, "name"), "\x00", "zone 1: its name"),
        ((*TARIFF, "zones", 0, "hours"), [["7:00", "23:00"]], "zone 1: an hour is not HH:MM"),
        ((*TARIFF, "zones", 1, "hours"), [["23:00", "24:00"]], "zone 2: an hour is not HH:MM"),
        ((*TARIFF, "valid_from"), "", "valid_from is not a date"),
        ((*TARIFF, "valid_from"), "01.01.2026", "valid_from is not a date"),
        ((*TARIFF, "valid_until"), "2026-02-30", "valid_until is not a date"),
        ((*TARIFF, "valid_until"), "2025-12-31", "valid_until is before"),
        ((*OFFICE, "address", "street"), " ", "it has no address"),
        ((*OFFICE, "address", "house"), "", "it has no address"),
        ((*OFFICE, "address", "street"), "ул.\nОбразцовая", "address: a part of it is no text"),
        ((*OFFICE, "hours", 0, "opens"), "10", "weekday 5: an hour is not HH:MM"),
        ((*OFFICE, "hours", 0, "closes"), "", "weekday 5: an hour is not HH:MM"),
        ((*OFFICE, "hours", 0, "closes"), "16:60", "weekday 5: an hour is not HH:MM"),
        ((*OFFICE, "hours", 0, "closes"), "10:00", "weekday 5: it closes before it opens"),
        ((*OFFICE, "hours", 0, "weekday"), 7, "weekday is not 0–6"),
        ((*OFFICE, "hours", 0, "weekday"), 6, "a day of the week comes twice"),
        ((*OFFICE, "closed_on", 0), "2027-1-2", "closed_on is not a date"),
        ((*OFFICE, "metro", 0), "", "a name of its district or metro"),
        ((*OFFICE, "district"), "С" * 201, "a name of its district or metro"),
    ],
)
def test_a_wrong_entry_costs_itself_alone(path: tuple[str | int, ...], to: object, fault: str) -> None:
    book, findings = changed(*path, to=to)
    what = "tariff 1 (city-2)" if path[0] == "tariffs" else "office 1 (north)"
    (finding,) = findings
    assert finding.startswith(f"reference: {what} is passed over: {fault}")
    assert finding.endswith(WHAT_TO_DO)
    assert "\n" not in finding
    whole, _ = understood(GOOD)
    if path[0] == "tariffs":
        assert (book.tariffs, book.offices) == (whole.tariffs[1:], whole.offices)
    else:
        assert (book.tariffs, book.offices) == (whole.tariffs, whole.offices[1:])
    assert book.holidays == whole.holidays


def test_an_id_that_is_none_is_not_repeated_in_the_finding() -> None:
    _, findings = changed("tariffs", 0, "id", to="a\nforged line")
    assert findings == [f"reference: tariff 1 is passed over: it has no id; {WHAT_TO_DO}"]


@pytest.mark.parametrize("double", [lambda found: [*found, found[0]], lambda found: [found[1], *found]])
@pytest.mark.parametrize("what", ["tariffs", "offices"])
def test_given_twice_counts_once(what: str, double: Callable[[list[object]], list[object]]) -> None:
    book, findings = changed(what, to=double)
    assert (len(book.tariffs), len(book.offices)) == (2, 2)
    assert ["it is there a second time" in finding for finding in findings] == [True]


def test_two_versions_of_one_tariff_are_no_double() -> None:
    data = msgspec.json.decode(msgspec.json.encode(GOOD))
    data["tariffs"].append(data["tariffs"][1] | {"valid_from": "2026-10-01"})
    book, findings = understood(data)
    assert findings == []
    assert [tariff.valid_from.month for tariff in book.tariffs if tariff.id == "city-1"] == [1, 10]


@pytest.mark.parametrize(
    ("latitude", "longitude", "findings"),
    [(None, None, 0), (55.0, None, 1), (None, 37.0, 1), (91.0, 37.0, 1), (55.0, -180.5, 1), (float("nan"), 37.0, 1)],
)
def test_an_office_without_coordinates_is_an_office(
    latitude: float | None, longitude: float | None, findings: int
) -> None:
    record = OfficeRecord("o", AddressRecord("", "ул. Образцовая", "1"), latitude=latitude, longitude=longitude)
    told: list[str] = []
    (office,) = reference_from(ReferenceDocument(offices=(record,)), on_finding=told.append).offices
    assert (office.latitude, office.longitude, len(told)) == (None, None, findings)


def test_a_wrong_day_off_costs_that_day() -> None:
    book, findings = changed("holidays", 0, to="7 января")
    assert book.holidays == (date(2027, 1, 1),)
    assert findings == [f"reference: holiday 1 is passed over: it is not a date YYYY-MM-DD; {WHAT_TO_DO}"]


def test_nothing_is_a_book_too() -> None:
    assert reference_from(ReferenceDocument()) == ReferenceBook()


wild = st.text(max_size=8) | st.sampled_from(["", "T1", "T2", "2026-01-01", "2025-01-01", "07:00", "23:00", "00:00"])
numbers = st.integers(-5, 10**7)
zones = st.builds(TariffZoneRecord, wild, wild, st.lists(st.tuples(wild, wild), max_size=2).map(tuple))
ranges = st.builds(PriceRangeRecord, st.dictionaries(wild, numbers, max_size=3), st.none() | numbers)
lists = {"max_size": 3}
tariffs = st.builds(
    TariffRecord, wild, st.lists(zones, **lists).map(tuple), st.lists(ranges, **lists).map(tuple), wild, wild
)
hours = st.builds(DayHoursRecord, st.integers(-1, 8), wild, wild)
degrees = st.none() | st.floats()
offices = st.builds(
    OfficeRecord,
    *(wild, st.builds(AddressRecord, wild, wild, wild), st.lists(hours, **lists).map(tuple), wild),
    *(st.lists(wild, **lists).map(tuple), degrees, degrees, st.lists(wild, **lists).map(tuple)),
)
documents = st.builds(
    ReferenceDocument,
    st.lists(tariffs, **lists).map(tuple),
    st.lists(offices, **lists).map(tuple),
    st.lists(wild, **lists).map(tuple),
)


@given(documents)
def test_any_document_gives_a_book_and_every_entry_is_taken_or_named(document: ReferenceDocument) -> None:
    findings: list[str] = []
    book = reference_from(document, "v", findings.append)
    passed = [finding for finding in findings if " is passed over: " in finding]
    given_ = len(document.tariffs) + len(document.offices) + len(document.holidays)
    assert len(book.tariffs) + len(book.offices) + len(book.holidays) + len(passed) == given_
    assert not any("\n" in finding for finding in findings)
    for tariff in book.tariffs:
        ids = [zone.zone for zone in tariff.zones]
        assert all([zone for zone, _ in one.prices] == ids for one in tariff.ranges)
        assert tariff.ranges
        assert tariff.holds_on(tariff.valid_from)
    for office in book.offices:
        assert office.address.street
        assert (office.latitude is None) == (office.longitude is None)
        assert all((day.opens is None) == (day.closes is None) for day in office.hours)
