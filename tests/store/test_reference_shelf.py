"""Tariffs and offices on disk: replaced as a whole, made into a book once, asked for anew when they cannot be read."""

from __future__ import annotations

import logging
from pathlib import Path

import msgspec
import pytest

from box.accounts.model import Address
from box.accounts.reference import NO_REFERENCE
from box.courier.messages import (
    AddressRecord,
    DayHoursRecord,
    OfficeRecord,
    PriceRangeRecord,
    ReferenceDocument,
    TariffRecord,
    TariffZoneRecord,
)
from box.errors import StoreBroken
from box.store import reference_shelf
from box.store.connection import Store, open_store
from box.store.reference_shelf import ReferenceShelf

TARIFF = TariffRecord("city-1", (TariffZoneRecord("T1"),), (PriceRangeRecord({"T1": 890}),), "2026-01-01")
OFFICE = OfficeRecord("north", AddressRecord("Москва", "ул. Образцовая", "7"), district="Северный")
DOCUMENT = ReferenceDocument((TARIFF,), (OFFICE,), ("2027-01-01",))


@pytest.fixture
def shelf(store: Store) -> ReferenceShelf:
    return ReferenceShelf(store)


def test_before_the_first(shelf: ReferenceShelf) -> None:
    assert (shelf.etag(), shelf.book()) == ("", NO_REFERENCE)


def test_put_and_read(shelf: ReferenceShelf) -> None:
    assert shelf.put(DOCUMENT, '"v1"') == (Address("Москва", "ул. Образцовая", "7"), "Северный")
    book = shelf.book()
    assert (shelf.etag(), book.version) == ('"v1"', '"v1"')
    assert [tariff.id for tariff in book.tariffs] == ["city-1"]
    assert [office.id for office in book.offices] == ["north"]
    shelf.put(ReferenceDocument((TARIFF,)), '"v2"')
    assert (shelf.etag(), shelf.book().version, shelf.book().offices) == ('"v2"', '"v2"', ())


def test_the_book_is_made_once_for_a_version(path: Path, shelf: ReferenceShelf) -> None:
    shelf.put(DOCUMENT, '"v1"')
    book = shelf.book()
    assert shelf.book() is book
    with open_store(path) as other:  # the courier's process
        ReferenceShelf(other).put(ReferenceDocument(), '"v2"')
    assert shelf.book().version == '"v2"'


def test_what_cannot_be_used_is_logged_when_it_comes_and_not_for_each_call(
    shelf: ReferenceShelf, caplog: pytest.LogCaptureFixture
) -> None:
    wrong = msgspec.structs.replace(OFFICE, id="south", hours=(DayHoursRecord(0, "9", "18:00"),))
    shelf.put(ReferenceDocument((TARIFF,), (OFFICE, wrong)), '"v1"')
    (record,) = caplog.records
    assert record.levelno == logging.WARNING
    assert "office 2 (south) is passed over: weekday 0: an hour is not HH:MM" in record.getMessage()
    assert [office.id for office in shelf.book().offices] == ["north"]
    assert len(caplog.records) == 1


def test_a_document_that_is_not_ours_is_one_line_and_asked_for_anew(store: Store, shelf: ReferenceShelf) -> None:
    shelf.put(DOCUMENT, '"v1"')
    with store.writing() as db:
        db.execute("UPDATE reference SET document = ?", [b"[]"])
    assert shelf.etag() == ""
    with pytest.raises(StoreBroken, match="fetches it anew"):
        shelf.book()
    shelf.put(DOCUMENT, '"v1"')
    assert shelf.book().version == '"v1"'


def test_what_an_earlier_release_stored_is_asked_for_anew_and_used_until_then(
    store: Store, shelf: ReferenceShelf
) -> None:
    shelf.put(DOCUMENT, '"v1"')
    with store.writing() as db:
        db.execute("UPDATE reference SET form = form - 1")
    assert shelf.etag() == ""
    assert shelf.book().version == '"v1"'


def test_the_form_rises_with_the_fields_of_the_document() -> None:
    """Fails when a field is added: raise FORM, and write the new fields down here."""

    def fields(kind: type) -> list[str]:
        return [field.name for field in msgspec.structs.fields(kind)]

    kinds = (
        *(ReferenceDocument, TariffRecord, TariffZoneRecord, PriceRangeRecord),
        *(OfficeRecord, DayHoursRecord, AddressRecord),
    )
    assert (reference_shelf.FORM, [fields(kind) for kind in kinds]) == (
        1,
        [
            ["tariffs", "offices", "holidays"],
            ["id", "zones", "ranges", "valid_from", "valid_until"],
            ["zone", "name", "hours"],
            ["prices", "up_to_kwh"],
            ["id", "address", "hours", "district", "metro", "latitude", "longitude", "closed_on"],
            ["weekday", "opens", "closes"],
            ["settlement", "street", "house", "building", "flat"],
        ],
    )
