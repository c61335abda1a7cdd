"""Small makers for the store's tests: events, accounts, and processes that write until they are killed."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Sequence
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path

from box.accounts.model import AccountNumber, ClockTrust, EntryMode, PhoneNumber
from box.courier.messages import AccountChange, AccountRecord, AddressRecord, MeterRecord, RegisterRecord
from box.dialogue.vocabulary import ForgetPhone, RequestCallBack, RequestPayLink, SavePhone, SaveReadings
from box.store.connection import Store, open_store
from box.store.ledger import Ledger

BOX = "box-7"
NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
ACCOUNT = "1234567890"
METER = "01234567"
PATIENCE = "PRAGMA busy_timeout=600000"
"""For writers that crowd on one file far more than a box's do: how long they wait is not what is tested."""

PHONE = "74995550101"


def save(ledger: Ledger, event_id: str, *, call: str = "call-1", account: str = ACCOUNT, digits: str = "01578") -> int:
    """Store one submission of one zone."""
    effect = SaveReadings(AccountNumber(account), METER, (("T1", digits),), EntryMode.KEYS)
    return ledger.save_readings(
        effect, call, recorded_at=NOW, clock=ClockTrust.SYNCED, uptime_ms=1000, event_id=event_id
    )


def save_phone(
    ledger: Ledger, event_id: str, *, call: str = "call-1", account: str = ACCOUNT, phone: str = PHONE
) -> int:
    effect = SavePhone(AccountNumber(account), PhoneNumber(phone))
    return ledger.save_phone(
        effect, call, recorded_at=NOW, clock=ClockTrust.HOLDOVER, uptime_ms=1000, event_id=event_id
    )


def forget_phone(ledger: Ledger, event_id: str, *, call: str = "call-1", phone: str = PHONE) -> int:
    return ledger.forget_phone(
        ForgetPhone(PhoneNumber(phone)),
        call,
        recorded_at=NOW,
        clock=ClockTrust.SYNCED,
        uptime_ms=1000,
        event_id=event_id,
    )


def pay_link(ledger: Ledger, event_id: str, *, call: str = "call-1", account: str = ACCOUNT) -> int:
    effect = RequestPayLink(AccountNumber(account), PhoneNumber(PHONE))
    return ledger.request_pay_link(
        effect, call, recorded_at=NOW, clock=ClockTrust.SYNCED, uptime_ms=1000, event_id=event_id
    )


def call_back(
    ledger: Ledger, event_id: str, *, call: str = "call-1", account: str | None = None, service: str = ""
) -> int:
    effect = RequestCallBack(PhoneNumber(PHONE), AccountNumber(account) if account else None, service)
    return ledger.request_call_back(
        effect, call, recorded_at=NOW, clock=ClockTrust.UNKNOWN, uptime_ms=1000, event_id=event_id
    )


def open_call(ledger: Ledger, call: str = "call-1", line: str = "readings", started_at: datetime = NOW) -> None:
    ledger.open_call(call, line, started_at, ClockTrust.SYNCED, PhoneNumber(PHONE))


def record(
    number: str = ACCOUNT, *, phones: Sequence[str] = (), last: str = "01500", house: str = "5"
) -> AccountRecord:
    meter = MeterRecord(METER, 5, (RegisterRecord("T1", "", last, "2026-10-20"),))
    return AccountRecord(
        number, AddressRecord("Москва", "ул. Образцовая", house, "", "12"), (meter,), None, tuple(phones)
    )


def change(number: str = ACCOUNT, *, phones: Sequence[str] = (), house: str = "5") -> AccountChange:
    return AccountChange(number, record(number, phones=phones, house=house))


def tombstone(number: str = ACCOUNT) -> AccountChange:
    return AccountChange(number, None)


def outbox_rows(store: Store) -> list[tuple[int, str, str, str]]:
    """(seq, event id, kind, state), by number, straight from the table."""
    return store.db.execute("SELECT seq, event_id, kind, state FROM outbox ORDER BY seq").fetchall()


def assert_sound(store: Store) -> None:
    """What must hold at any moment: numbers without gaps up to the counter, one outbox row for each reading and the
    other way round, the message on the disk saying the same as the row, and a file without damage."""
    rows = outbox_rows(store)
    (last,) = store.db.execute("SELECT coalesce(max(last_seq), 0) FROM box").fetchone()
    assert [seq for seq, *_ in rows] == list(range(1, last + 1))
    readings = store.db.execute("SELECT seq FROM reading ORDER BY seq").fetchall()
    assert [seq for (seq,) in readings] == [seq for seq, _, kind, _ in rows if kind == "reading"]
    for seq, event_id, body in store.db.execute("SELECT seq, event_id, body FROM outbox").fetchall():
        message = json.loads(body)
        assert (message["seq"], message["event_id"], message["box_id"]) == (seq, event_id, BOX)
    assert store.damage() == []


# ---------------------------------------------------------------- what other processes run


def save_many(path: Path, name: str, count: int, out: Connection) -> None:
    """Open the store together with others and store ``count`` readings; tells their ids, or what went wrong."""
    try:
        out.recv()  # everybody starts at once
        with open_store(path) as store:
            store.db.execute(PATIENCE)
            ledger = Ledger(store, BOX)
            open_call(ledger, f"call-{name}", name)
            for n in range(count):
                save(ledger, f"{name}-{n}", call=f"call-{name}")
                if n % 5 == 0:
                    store.checkpoint()
        out.send("done")
    except BaseException as error:  # noqa: BLE001 - the parent shows it
        out.send(repr(error))


def save_until_killed(path: Path, name: str, out: Connection) -> None:
    """Store readings for ever and tell each id after its commit."""
    with open_store(path) as store:
        store.db.execute(PATIENCE)
        ledger = Ledger(store, BOX)
        open_call(ledger, f"call-{name}", name)
        n = 0
        while True:
            save(ledger, f"{name}-{n}", call=f"call-{name}")
            out.send(f"{name}-{n}")
            n += 1
            if n % 7 == 0:
                store.checkpoint()


def save_and_die(path: Path, event_id: str, steps: int) -> None:
    """Die by SIGKILL after ``steps`` steps of SQLite's machine inside one save; exit 0 when the save was quicker."""
    with open_store(path) as store:
        ledger = Ledger(store, BOX)
        open_call(ledger)

        def die() -> int:
            os.kill(os.getpid(), signal.SIGKILL)
            return 0

        store.db.conn.set_progress_handler(die, steps)
        save(ledger, event_id)
        store.db.conn.set_progress_handler(None, 0)
