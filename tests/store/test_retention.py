"""What goes after how long, and what never goes."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from box.accounts.model import ClockTrust
from box.courier.messages import EventVerdict
from box.dialogue.vocabulary import Outcome
from box.store import retention
from box.store.connection import Store
from box.store.ledger import Ledger
from box.store.outbox import Outbox
from tests.store.making import NOW, call_back, open_call, outbox_rows, save, save_phone


def close(ledger: Ledger, event_id: str, call: str = "call-1") -> None:
    ledger.close_call(
        call, Outcome.CALLER_LEFT, NOW, 1.0, 0, 0, clock=ClockTrust.SYNCED, uptime_ms=0, event_id=event_id
    )  # fmt: skip


def kept(store: Store, now: datetime, clock: ClockTrust = ClockTrust.SYNCED) -> list[str]:
    retention.apply(store, retention.plan(now, clock))
    return [event_id for _, event_id, _, _ in outbox_rows(store)]


@pytest.fixture
def acknowledged(store: Store, ledger: Ledger) -> Store:
    """One event of each kind, taken by the centre at NOW."""
    save(ledger, "reading")
    save_phone(ledger, "phone")
    call_back(ledger, "call-back")
    close(ledger, "summary")
    events = ("reading", "phone", "call-back", "summary")
    Outbox(store).settle([EventVerdict(event, "accepted") for event in events], NOW.timestamp())
    return store


@pytest.mark.parametrize(
    ("days", "left"),
    [
        (0, ["reading", "phone", "call-back", "summary"]),
        (90, ["reading", "phone", "call-back", "summary"]),
        (91, ["reading"]),
        (396, ["reading"]),
        (398, []),
    ],
)
def test_each_kind_has_its_time(acknowledged: Store, days: int, left: list[str]) -> None:
    assert kept(acknowledged, NOW + timedelta(days=days)) == left


def test_what_was_stored_with_an_event_goes_with_it(acknowledged: Store) -> None:
    kept(acknowledged, NOW + timedelta(days=91))
    assert acknowledged.db.execute("SELECT count(*) FROM call").fetchone() == (0,)
    assert acknowledged.db.execute("SELECT call_id FROM reading").fetchall() == [(None,)]
    kept(acknowledged, NOW + timedelta(days=398))
    assert acknowledged.db.execute("SELECT count(*) FROM reading").fetchone() == (0,)
    assert acknowledged.damage() == []


def test_thirteen_months_are_never_cut_short() -> None:
    """Against the calendar: the same day of the month thirteen months earlier is still kept, whatever the month."""
    rule = next(rule for rule in retention.RULES if rule.kind == "reading")
    for year in (2026, 2027, 2028):
        for month in range(1, 13):
            earlier = datetime(year - 1 if month > 1 else year - 2, month - 1 or 12, 28)
            assert datetime(year, month, 28) - earlier <= rule.keep


@pytest.mark.parametrize("clock", [ClockTrust.HOLDOVER, ClockTrust.UNKNOWN])
def test_a_clock_that_is_not_set_deletes_nothing(acknowledged: Store, clock: ClockTrust) -> None:
    assert len(kept(acknowledged, NOW + timedelta(days=3650), clock)) == 4


def test_what_nobody_acknowledged_stays_for_ever(store: Store, ledger: Ledger) -> None:
    save(ledger, "waits")
    save(ledger, "refused")
    close(ledger, "summary")
    open_call(ledger, "still-open")
    Outbox(store).settle([EventVerdict("refused", "rejected")], NOW.timestamp())
    assert kept(store, NOW + timedelta(days=36500)) == ["waits", "refused", "summary"]
    assert store.db.execute("SELECT count(*) FROM call").fetchone() == (2,)


def test_numbers_are_not_used_again(acknowledged: Store) -> None:
    assert kept(acknowledged, NOW + timedelta(days=400)) == []
    ledger = Ledger(acknowledged, "box-7")
    open_call(ledger, "call-2")
    assert save(ledger, "next", call="call-2") == 5


def test_many_rows_in_several_transactions(store: Store, ledger: Ledger) -> None:
    total = retention.ROWS_AT_ONCE + 7
    for n in range(total):
        save(ledger, f"e{n}")
    Outbox(store).settle([EventVerdict(f"e{n}", "accepted") for n in range(total - 1)], NOW.timestamp())
    counts = retention.apply(store, retention.plan(NOW + timedelta(days=400), ClockTrust.SYNCED))
    assert {kind: count for kind, count in counts.items() if count} == {"reading": total - 1}
    assert [row[1] for row in outbox_rows(store)] == [f"e{total - 1}"]
