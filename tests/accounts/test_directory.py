"""What a call finds: the account, the window's earlier readings, and the order of a phone's addresses."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import pytest

from box.accounts.directory import Directory
from box.accounts.model import AccountNumber, Balance, ClockTrust, EarlierReading, EntryMode, Kopecks, PhoneNumber
from box.courier.messages import (
    AccountChange,
    AccountRecord,
    AddressRecord,
    BalanceRecord,
    EventVerdict,
    MeterRecord,
    RefusedRecord,
    RegisterRecord,
    ZoneReading,
)
from box.dialogue.vocabulary import SavePhone, SaveReadings
from box.store.account_book import AccountBook
from box.store.connection import Store, open_store
from box.store.ledger import Ledger
from box.store.outbox import Outbox

MOSCOW = ZoneInfo("Europe/Moscow")
TODAY = date(2026, 11, 20)
PHONE = PhoneNumber("74995550101")
FIRST, SECOND, THIRD = "1000000001", "1000000002", "1000000003"


def account(number: str, *meters: MeterRecord, phones: tuple[str, ...] = (PHONE.digits,)) -> AccountChange:
    address = AddressRecord("Москва", "ул. Образцовая", "5", "", number[-1])
    balance = BalanceRecord(-12345, "2026-11-19")
    return AccountChange(number, AccountRecord(number, address, meters or (meter("m1"),), balance, phones))


def meter(
    serial: str, *, last_on: str = "2026-10-20", estimate: bool = False, days: tuple[int, int] = (15, 26)
) -> MeterRecord:
    registers = (RegisterRecord("T1", "", "01500", last_on, estimate),)
    return MeterRecord(serial, 5, registers, window_first_day=days[0], window_last_day=days[1])


class Box:
    """A store with its directory, and calls that store a reading at once."""

    def __init__(self, store: Store) -> None:
        self.book = AccountBook(store)
        self.ledger = Ledger(store, "box-7")
        self.outbox = Outbox(store)
        self.directory = Directory(self.book, MOSCOW)
        self.calls = 0

    def open_call(self, at: datetime) -> str:
        self.calls += 1
        self.ledger.open_call(f"call-{self.calls}", "readings", at, ClockTrust.SYNCED, None)
        return f"call-{self.calls}"

    def give(
        self, event_id: str, number: str, at: datetime, *, serial: str = "m1", saved_at: datetime | None = None
    ) -> None:
        self.ledger.save_readings(
            SaveReadings(AccountNumber(number), serial, (("T1", "01578"),), EntryMode.KEYS),
            self.open_call(at),
            recorded_at=saved_at or at,
            clock=ClockTrust.SYNCED,
            uptime_ms=0,
            event_id=event_id,
        )

    def earlier(self, number: str, today: date = TODAY) -> list[str]:
        found = self.directory.find(AccountNumber(number), today)
        assert found is not None
        return [reading.event_id for reading in found.earlier]

    def order(self, today: date = TODAY) -> list[str]:
        return [found.number.digits for found in self.directory.by_phone(PHONE, today)]


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    with open_store(tmp_path / "data" / "linebox.db") as store:
        yield Box(store)


def moscow(day: int, hour: int = 12, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=MOSCOW).astimezone(UTC)


class TestFind:
    def test_unknown_here(self, box: Box) -> None:
        assert box.directory.find(AccountNumber(FIRST), TODAY) is None
        assert box.directory.by_phone(PHONE, TODAY) == ()

    def test_with_money_and_without_readings(self, box: Box) -> None:
        box.book.apply_feed([account(FIRST)], "1")
        found = box.directory.find(AccountNumber(FIRST), TODAY)
        assert found is not None
        assert found.balance == Balance(Kopecks(-12345), date(2026, 11, 19))
        assert found.earlier == ()

    def test_a_reading_of_this_window_is_there_for_the_next_call(self, box: Box) -> None:
        box.book.apply_feed([account(FIRST)], "1")
        box.give("e1", FIRST, moscow(20))
        found = box.directory.find(AccountNumber(FIRST), TODAY)
        assert found is not None
        assert found.earlier == (EarlierReading("e1", "m1", (("T1", "01578"),)),)
        assert found.meters[0].registers[0].last == "01500", "only billing says what was accepted"

    def test_the_newest_of_each_meter(self, box: Box) -> None:
        box.book.apply_feed([account(FIRST, meter("m1"), meter("m2"))], "1")
        box.give("e1", FIRST, moscow(21), serial="m2")
        box.give("e2", FIRST, moscow(20), serial="m1")
        box.give("e3", FIRST, moscow(16), serial="m2")  # confirmed last, though the clock had gone back
        box.give("e4", FIRST, moscow(20), serial="m0")  # a meter that was taken away since
        assert box.earlier(FIRST) == ["e2", "e3"]

    def test_a_refused_reading_is_none(self, box: Box) -> None:
        box.book.apply_feed([account(FIRST)], "1")
        box.give("e1", FIRST, moscow(16))
        box.give("e2", FIRST, moscow(17))
        box.outbox.settle([EventVerdict("e2", "rejected"), EventVerdict("e1", "accepted")], 0.0)
        assert box.earlier(FIRST) == ["e1"]


class TestWindowEdges:
    """In Moscow's days, by the start of the call."""

    @pytest.mark.parametrize(
        ("at", "seen"),
        [
            (moscow(14, 23, 59), False),
            (moscow(15, 0, 0), True),
            (moscow(26, 23, 59), True),
            (moscow(27, 0, 0), False),
            (moscow(20, month=10), False),
        ],
    )
    def test_which_calls_belong_to_it(self, box: Box, at: datetime, seen: bool) -> None:
        box.book.apply_feed([account(FIRST)], "1")
        box.give("e1", FIRST, at)
        assert box.earlier(FIRST) == (["e1"] if seen else [])

    def test_a_call_over_the_last_midnight_belongs_to_its_start(self, box: Box) -> None:
        box.book.apply_feed([account(FIRST)], "1")
        box.give("e1", FIRST, moscow(26, 23, 59), saved_at=moscow(27, 0, 1))
        assert box.earlier(FIRST) == ["e1"]

    def test_outside_there_is_no_window_to_replace_in(self, box: Box) -> None:
        box.book.apply_feed([account(FIRST)], "1")
        box.give("e1", FIRST, moscow(26))
        assert box.earlier(FIRST, date(2026, 11, 27)) == []

    def test_each_meter_has_its_own(self, box: Box) -> None:
        box.book.apply_feed([account(FIRST, meter("m1", days=(20, 25)), meter("m2", days=(10, 25)))], "1")
        box.give("e1", FIRST, moscow(12), serial="m1")
        box.give("e2", FIRST, moscow(12), serial="m2")
        assert box.earlier(FIRST) == ["e2"]


class TestRefusedByBilling:
    """A refusal is told until a reading that nobody refused has been given after it."""

    def publish(self, box: Box, *event_ids: str, given_on: str = "2026-11-20", serial: str = "m1") -> None:
        """Billing's next word on the account, with these readings refused."""
        zones = (ZoneReading("T1", "01578"),)
        refused = tuple(RefusedRecord(event_id, serial, given_on, zones, "lower") for event_id in event_ids)
        box.book.apply_feed(
            [
                AccountChange(
                    FIRST, msgspec.structs.replace(account(FIRST, meter("m1"), meter("m2")).account, refused=refused)
                )
            ],
            "r",
        )

    def refused(self, box: Box, today: date = TODAY) -> list[str]:
        found = box.directory.find(AccountNumber(FIRST), today)
        assert found is not None
        return [each.event_id for each in found.refused]

    def test_is_told_and_does_not_stand(self, box: Box) -> None:
        self.publish(box)
        box.give("e1", FIRST, moscow(20))
        assert (box.earlier(FIRST), self.refused(box)) == (["e1"], [])
        self.publish(box, "e1")
        assert (box.earlier(FIRST), self.refused(box)) == ([], ["e1"])

    def test_outside_the_window_too(self, box: Box) -> None:
        self.publish(box, "e1", given_on="2026-10-20")
        assert self.refused(box, date(2026, 11, 3)) == ["e1"]
        box.give("e2", FIRST, moscow(2))
        assert self.refused(box, date(2026, 11, 3)) == []

    def test_the_next_reading_of_that_meter_hides_it(self, box: Box) -> None:
        self.publish(box)
        for event_id, serial in (("e0", "m1"), ("e1", "m1"), ("e2", "m2")):
            box.give(event_id, FIRST, moscow(20), serial=serial)
        self.publish(box, "e1")
        assert (box.earlier(FIRST), self.refused(box)) == (["e0", "e2"], ["e1"])
        box.give("e3", FIRST, moscow(20, 13))
        assert (box.earlier(FIRST), self.refused(box)) == (["e3", "e2"], [])

    def test_the_next_reading_must_not_be_refused_itself(self, box: Box) -> None:
        self.publish(box)
        for event_id in ("e1", "e2", "e3"):
            box.give(event_id, FIRST, moscow(20))
        box.outbox.settle([EventVerdict("e3", "rejected")], 0.0)
        self.publish(box, "e1", "e2")
        assert self.refused(box) == ["e1", "e2"]

    @pytest.mark.parametrize(("day", "left"), [(19, ["elsewhere"]), (20, ["elsewhere"]), (21, [])])
    def test_one_given_elsewhere_is_hidden_by_a_later_day(self, box: Box, day: int, left: list[str]) -> None:
        box.give("e1", FIRST, moscow(day))
        self.publish(box, "elsewhere")
        assert self.refused(box, date(2026, 11, 22)) == left

    def test_a_call_over_midnight_is_the_one_that_was_refused(self, box: Box) -> None:
        box.give("e1", FIRST, moscow(19, 23, 59), saved_at=moscow(20, 0, 1))
        box.give("e2", FIRST, moscow(19, 23, 59))
        self.publish(box, "e1", given_on="2026-11-20")
        assert self.refused(box, date(2026, 11, 28)) == [], "e2 came after it, on the day before by its call"

    def test_the_meter_is_unread_again(self, box: Box) -> None:
        box.book.apply_feed([account(FIRST), account(SECOND)], "1")
        for number in (FIRST, SECOND):
            box.give(f"e{number}", number, moscow(20))
        assert box.order() == [FIRST, SECOND]
        self.publish(box, f"e{FIRST}")
        box.book.apply_feed([account(SECOND), account(THIRD)], "2")
        box.give(f"e{THIRD}", THIRD, moscow(20))
        assert box.order()[0] == FIRST


class TestOrderOfAPhonesAccounts:
    def test_without_a_reading_first_then_by_number(self, box: Box) -> None:
        box.book.apply_feed([account(THIRD), account(FIRST), account(SECOND)], "1")
        assert box.order() == [FIRST, SECOND, THIRD]
        box.give("e1", FIRST, moscow(20))
        assert box.order() == [SECOND, THIRD, FIRST]

    def test_every_meter_must_be_read(self, box: Box) -> None:
        box.book.apply_feed([account(FIRST, meter("m1"), meter("m2")), account(SECOND)], "1")
        box.give("e1", FIRST, moscow(20), serial="m1")
        assert box.order() == [FIRST, SECOND]
        box.give("e2", FIRST, moscow(20), serial="m2")
        assert box.order() == [SECOND, FIRST]

    def test_a_reading_given_elsewhere_counts_when_billing_has_booked_it(self, box: Box) -> None:
        booked, estimated = meter("m1", last_on="2026-11-16"), meter("m1", last_on="2026-11-16", estimate=True)
        box.book.apply_feed([account(FIRST, booked), account(SECOND, estimated), account(THIRD)], "1")
        assert box.order() == [SECOND, THIRD, FIRST]

    def test_outside_the_window_by_number(self, box: Box) -> None:
        box.book.apply_feed([account(SECOND), account(FIRST)], "1")
        box.give("e1", FIRST, moscow(20))
        assert box.order(date(2026, 11, 28)) == [FIRST, SECOND]

    def test_a_phone_saved_in_a_call_is_known_in_the_next(self, box: Box) -> None:
        box.book.apply_feed([account(FIRST, phones=())], "1")
        assert box.order() == []
        box.ledger.save_phone(
            SavePhone(AccountNumber(FIRST), PHONE),
            box.open_call(moscow(20)),
            recorded_at=moscow(20),
            clock=ClockTrust.SYNCED,
            uptime_ms=0,
            event_id="e1",
        )
        assert box.order() == [FIRST]
