"""Calls and what callers confirm: all or nothing, once, and kept as the bytes that will be sent."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from itertools import count
from pathlib import Path

import msgspec
import pytest

from box.accounts.model import AccountNumber, ClockTrust, EntryMode, PhoneNumber
from box.courier.messages import (
    CallBackWanted,
    CallSummary,
    Event,
    PayLinkWanted,
    PhoneKept,
    ReadingTaken,
    ZoneReading,
)
from box.dialogue.vocabulary import Outcome, SaveReadings
from box.errors import StoreBroken, StoreMisused
from box.store.account_book import AccountBook
from box.store.connection import Store, open_store
from box.store.ledger import Ledger, StoredReading
from box.store.outbox import Outbox
from tests.store.making import (
    ACCOUNT,
    BOX,
    METER,
    NOW,
    PHONE,
    assert_sound,
    call_back,
    change,
    forget_phone,
    open_call,
    outbox_rows,
    pay_link,
    save,
    save_phone,
)


def messages(store: Store) -> list[Event]:
    """What waits, read by the centre's strict decoder."""
    return [msgspec.json.decode(row.body, type=Event) for row in Outbox(store).due(0.0)]


def close(ledger: Ledger, event_id: str, call: str = "call-1", outcome: Outcome = Outcome.READING_ACCEPTED) -> None:
    ended_at = NOW + timedelta(seconds=41)
    ledger.close_call(
        call, outcome, ended_at, 40.5, 1, 2, clock=ClockTrust.SYNCED, uptime_ms=77, event_id=event_id
    )  # fmt: skip


def call_row(store: Store, call: str = "call-1") -> dict[str, object]:
    cursor = store.db.execute("SELECT * FROM call WHERE call_id = ?", [call])
    return dict(zip([column[0] for column in cursor.description], cursor.fetchone(), strict=True))


class TestReadings:
    def test_the_bytes_on_the_disk_are_the_contract(self, store: Store, ledger: Ledger) -> None:
        """Written out by hand from the message types: an encoder and decoder that err together would not show."""
        effect = SaveReadings(
            AccountNumber(ACCOUNT), METER, (("T1", "01578"), ("T2", "00012")), EntryMode.MIXED, ("rollover",), "old"
        )
        recorded_at = datetime(2026, 11, 20, 12, 30, 0, 125_999, tzinfo=timezone(timedelta(hours=3)))
        ledger.save_readings(
            effect, "call-1", recorded_at=recorded_at, clock=ClockTrust.HOLDOVER, uptime_ms=5, event_id="e1"
        )
        (row,) = Outbox(store).due(0.0)
        assert json.loads(row.body) == {
            "event_id": "e1",
            "box_id": BOX,
            "seq": 1,
            "recorded_at": "2026-11-20T09:30:00.125Z",
            "clock": "holdover",
            "uptime_ms": 5,
            "body": {
                "kind": "reading",
                "account": ACCOUNT,
                "meter": METER,
                "zones": [{"zone": "T1", "digits": "01578"}, {"zone": "T2", "digits": "00012"}],
                "mode": "mixed",
                "call_id": "call-1",
                "flags": ["rollover"],
                "supersedes": "old",
            },
        }
        assert (row.seq, row.event_id, row.kind, row.attempts) == (1, "e1", "reading", 0)

    def test_reading_call_and_event_are_one(self, store: Store, ledger: Ledger) -> None:
        assert [save(ledger, "e1"), save(ledger, "e2", digits="01579")] == [1, 2]
        assert call_row(store)["readings"] == 2
        stored = StoredReading(2, "e2", AccountNumber(ACCOUNT), METER, (("T1", "01579"),), EntryMode.KEYS, (), "")
        assert ledger.readings_of("call-1")[1] == stored
        assert_sound(store)

    def test_is_there_after_opening_again(self, path: Path, store: Store, ledger: Ledger) -> None:
        save(ledger, "e1")
        with open_store(path) as other:
            assert [m.event_id for m in messages(other)] == ["e1"]

    def test_a_repeat_changes_nothing(self, store: Store, ledger: Ledger) -> None:
        first = save(ledger, "e1")
        body = Outbox(store).due(0.0)[0].body
        assert save(ledger, "e1") == first
        assert call_row(store)["readings"] == 1
        assert [row.body for row in Outbox(store).due(0.0)] == [body]

    def test_an_id_that_stands_for_another_reading_is_a_defect(self, store: Store, ledger: Ledger) -> None:
        save(ledger, "e1")
        with pytest.raises(StoreMisused, match="e1"):
            save(ledger, "e1", digits="01579")
        with pytest.raises(StoreMisused):
            save_phone(ledger, "e1")
        assert messages(store)[0].body == ReadingTaken(
            ACCOUNT, METER, (ZoneReading("T1", "01578"),), "keys", "call-1"
        )  # fmt: skip
        assert_sound(store)

    def test_outside_any_call_nothing_is_stored(self, store: Store, ledger: Ledger) -> None:
        for attempt in (save, save_phone, call_back, pay_link, forget_phone):
            with pytest.raises(StoreMisused, match="never opened"):
                attempt(ledger, "e1", call="no-such-call")
        assert outbox_rows(store) == []
        assert save(ledger, "e2") == 1, "a failed attempt must not use up a number"

    @pytest.mark.parametrize(
        "zones",
        [
            (),
            (("T1", ""),),
            (("T1", "12a"),),
            (("T1", "١٢"),),
            (("", "12"),),
            (("T1", "-1"),),
            (("T1", "1"), ("T1", "2")),
        ],
    )
    def test_what_is_not_digits_is_never_stored(
        self, store: Store, ledger: Ledger, zones: tuple[tuple[str, str], ...]
    ) -> None:
        effect = SaveReadings(AccountNumber(ACCOUNT), METER, zones, EntryMode.KEYS)
        with pytest.raises(StoreMisused, match="digits"):
            ledger.save_readings(
                effect, "call-1", recorded_at=NOW, clock=ClockTrust.SYNCED, uptime_ms=0, event_id="e1"
            )  # fmt: skip
        assert outbox_rows(store) == []

    def test_a_moment_without_a_zone_is_a_defect(self, store: Store, ledger: Ledger) -> None:
        effect = SaveReadings(AccountNumber(ACCOUNT), METER, (("T1", "1"),), EntryMode.KEYS)
        with pytest.raises(StoreMisused, match="time zone"):
            ledger.save_readings(
                effect,
                "call-1",
                recorded_at=NOW.replace(tzinfo=None),
                clock=ClockTrust.SYNCED,
                uptime_ms=0,
                event_id="e1",
            )
        assert outbox_rows(store) == []


class TestOtherEvents:
    def test_a_saved_phone_is_known_at_once(self, store: Store, ledger: Ledger) -> None:
        book = AccountBook(store)
        book.apply_feed([change()], "c1")
        save_phone(ledger, "e1")
        assert [account.number.digits for account in book.of_phone(PhoneNumber(PHONE))] == [ACCOUNT]
        assert messages(store)[0].body == PhoneKept(ACCOUNT, PHONE, "call-1")
        assert call_row(store)["phones_saved"] == 1

    def test_a_phone_for_an_account_that_left_meanwhile_keeps_its_event(self, store: Store, ledger: Ledger) -> None:
        save_phone(ledger, "e1")
        assert [m.body for m in messages(store)] == [PhoneKept(ACCOUNT, PHONE, "call-1")]
        assert AccountBook(store).of_phone(PhoneNumber(PHONE)) == ()

    @pytest.mark.parametrize(("account", "told"), [(None, ""), (ACCOUNT, ACCOUNT)])
    def test_call_back(self, store: Store, ledger: Ledger, account: str | None, told: str) -> None:
        call_back(ledger, "e1", account=account)
        (message,) = messages(store)
        assert message.body == CallBackWanted(PHONE, told, "call-1")
        assert message.clock == "unknown"
        assert call_row(store)["call_backs"] == 1

    def test_call_back_about_a_service(self, store: Store, ledger: Ledger) -> None:
        call_back(ledger, "e1", service="plumbing")
        assert messages(store)[0].body == CallBackWanted(PHONE, "", "call-1", "plumbing")

    def test_a_link_for_paying(self, store: Store, ledger: Ledger) -> None:
        assert pay_link(ledger, "e1") == pay_link(ledger, "e1") == 1
        assert messages(store)[0].body == PayLinkWanted(ACCOUNT, PHONE, "call-1")
        assert call_row(store)["pay_links"] == 1

    def test_forgetting_is_one_transaction(self, store: Store, ledger: Ledger) -> None:
        """The event, the call and the phones: a failure in the last of them leaves all as it was."""
        book = AccountBook(store)
        book.apply_feed([change(phones=[PHONE])], "c1")
        with store.writing() as db:
            db.execute("CREATE TRIGGER t BEFORE DELETE ON phone BEGIN SELECT RAISE(ABORT, 'no'); END")
        with pytest.raises(StoreBroken):
            forget_phone(ledger, "e1")
        assert (outbox_rows(store), call_row(store)["phones_forgotten"]) == ([], 0)
        assert len(book.of_phone(PhoneNumber(PHONE))) == 1
        with store.writing() as db:
            db.execute("DROP TRIGGER t")
        assert forget_phone(ledger, "e1") == 1
        assert call_row(store)["phones_forgotten"] == 1
        assert_sound(store)


class TestCalls:
    def test_from_beginning_to_end(self, store: Store, ledger: Ledger) -> None:
        before = call_row(store)
        assert (before["started_at"], before["caller"], before["ended_at"]) == ("2026-11-20T09:30:00.000Z", PHONE, None)
        close(ledger, "s1")
        after = call_row(store)
        assert (after["outcome"], after["ended_at"]) == ("reading-accepted", "2026-11-20T09:30:41.000Z")
        (message,) = messages(store)
        assert message.body == CallSummary(
            "call-1", "readings", "2026-11-20T09:30:00.000Z", 40.5, "reading-accepted", 1, 2
        )  # fmt: skip
        assert PHONE.encode() not in Outbox(store).due(0.0)[0].body

    def test_closing_twice_leaves_one_summary(self, store: Store, ledger: Ledger) -> None:
        close(ledger, "s1")
        close(ledger, "s2", outcome=Outcome.LINE_FAILED)
        assert [m.event_id for m in messages(store)] == ["s1"]
        assert call_row(store)["outcome"] == "reading-accepted"

    def test_opening_twice_keeps_the_first(self, store: Store, ledger: Ledger) -> None:
        save(ledger, "e1")
        open_call(ledger, line="another")
        assert (call_row(store)["line"], call_row(store)["readings"]) == ("readings", 1)

    def test_closing_what_was_never_opened_is_a_defect(self, store: Store, ledger: Ledger) -> None:
        with pytest.raises(StoreMisused):
            close(ledger, "s1", call="no-such-call")
        assert outbox_rows(store) == []

    def test_a_caller_without_a_number(self, store: Store, ledger: Ledger) -> None:
        ledger.open_call("call-2", "readings", NOW, ClockTrust.UNKNOWN, None)
        assert (call_row(store, "call-2")["caller"], call_row(store, "call-2")["clock"]) == ("", "unknown")


class TestAfterACrash:
    @pytest.fixture
    def new_id(self) -> Callable[[], str]:
        numbers = count(1)
        return lambda: f"s{next(numbers)}"

    def test_open_calls_of_this_line_end_as_line_failed(
        self, store: Store, ledger: Ledger, new_id: Callable[[], str]
    ) -> None:
        save(ledger, "e1")
        open_call(ledger, "call-2")
        open_call(ledger, "call-3", line="consultation")
        open_call(ledger, "call-4")
        close(ledger, "e2", call="call-4")
        closed = ledger.close_interrupted_calls(
            "readings", NOW, clock=ClockTrust.SYNCED, uptime_ms=3, new_event_id=new_id
        )
        assert closed == 2
        outcomes = {call: call_row(store, call)["outcome"] for call in ("call-1", "call-2", "call-3", "call-4")}
        assert outcomes == {
            "call-1": "line-failed",
            "call-2": "line-failed",
            "call-3": "",
            "call-4": "reading-accepted",
        }
        assert [m.event_id for m in messages(store)] == ["e1", "e2", "s1", "s2"]
        assert len(ledger.readings_of("call-1")) == 1
        assert_sound(store)

    def test_once_is_enough(self, store: Store, ledger: Ledger, new_id: Callable[[], str]) -> None:
        for expected in (1, 0):
            closed = ledger.close_interrupted_calls(
                "readings", NOW, clock=ClockTrust.SYNCED, uptime_ms=3, new_event_id=new_id
            )
            assert closed == expected


class TestWhoseDatabase:
    def test_another_box_is_refused(self, store: Store, ledger: Ledger) -> None:
        with pytest.raises(StoreBroken, match="belongs to the box box-7, the settings say box-8"):
            Ledger(store, "box-8")

    def test_the_same_box_again(self, store: Store, ledger: Ledger) -> None:
        save(ledger, "e1")
        assert save(Ledger(store, BOX), "e2") == 2


class TestTheFileKeepsItsPromises:
    """Even against a program that knows nothing of them."""

    @pytest.mark.parametrize(
        "statement",
        [
            "DELETE FROM outbox",
            "DELETE FROM outbox WHERE seq = 4",
            "DELETE FROM outbox WHERE state = 'set-aside'",
            "UPDATE outbox SET body = x'00' WHERE seq = 1",
            "UPDATE outbox SET event_id = 'other' WHERE seq = 1",
            "UPDATE outbox SET seq = 9 WHERE seq = 1",
            "UPDATE outbox SET kind = 'call' WHERE seq = 1",
            "UPDATE outbox SET state = 'waiting', settled_at = NULL WHERE state = 'delivered'",
            "UPDATE outbox SET state = 'delivered' WHERE seq = 1",
            "INSERT INTO outbox (seq, event_id, kind, body, queued_at) VALUES (9, 'e9', 'call', x'00', '')",
            "INSERT INTO outbox (seq, event_id, kind, body, queued_at) VALUES (1, 'e9', 'call', x'00', '')",
        ],
    )
    def test_refuses(self, store: Store, ledger: Ledger, statement: str) -> None:
        for n in (1, 2):
            save(ledger, f"e{n}")
        for n in (3, 4):
            call_back(ledger, f"e{n}")
        with store.writing() as db:
            db.execute("UPDATE outbox SET state = 'delivered', settled_at = 1 WHERE seq = 2")
            db.execute("UPDATE outbox SET state = 'set-aside', settled_at = 1 WHERE seq = 3")
        before = store.db.execute("SELECT * FROM outbox").fetchall()
        with pytest.raises(StoreMisused), store.writing() as db:
            db.execute(statement)
        assert store.db.execute("SELECT * FROM outbox").fetchall() == before


def test_moments_are_written_in_utc(store: Store, ledger: Ledger) -> None:
    open_call(ledger, "call-9", started_at=datetime(2026, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC))
    assert call_row(store, "call-9")["started_at"] == "2026-12-31T23:59:59.999Z"
