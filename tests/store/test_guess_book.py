"""Guesses on disk: what a restart, other lines and a clock that is put right do to the limits."""

from __future__ import annotations

import logging
import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from box.accounts.guess_limits import LONGEST_WINDOW, Asker, GuessKind, GuessLimits
from box.accounts.model import ClockTrust, PhoneNumber
from box.courier.messages import CallSummary, Event
from box.dialogue.vocabulary import Outcome
from box.store import retention
from box.store.connection import Store, open_store
from box.store.guess_book import GuessBook
from box.store.ledger import Ledger
from box.store.outbox import Outbox
from tests.store.making import NOW, PHONE, open_call

SYNCED, UNKNOWN = ClockTrust.SYNCED, ClockTrust.UNKNOWN
KNOWN = Asker("call-1", "readings", PhoneNumber(PHONE))
WITHHELD = Asker("call-2", "readings", None)


def guess(book: GuessBook, asker: Asker, at: datetime = NOW, clock: ClockTrust = SYNCED, times: int = 1) -> None:
    for n in range(times):
        other_call = Asker(f"{asker.call_id}-{n}", asker.line, asker.caller)
        book.count(other_call, GuessKind.UNKNOWN_ACCOUNT, at, clock)


def test_a_restart_forgives_nothing(path: Path) -> None:
    with open_store(path) as store:
        guess(GuessBook(store), KNOWN, times=5)
    with open_store(path) as store:
        assert not GuessBook(store).allowed(KNOWN, NOW, SYNCED)
        assert GuessBook(store).allowed(KNOWN, NOW + timedelta(days=1), SYNCED)


def test_whose_guesses_they_are(store: Store) -> None:
    book = GuessBook(store, GuessLimits(per_phone_a_day=1, per_line_an_hour=1))
    guess(book, KNOWN)
    guess(book, WITHHELD)
    askers = {
        "the phone": KNOWN,
        "the phone, on another line": Asker("x", "consultation", KNOWN.caller),
        "another phone": Asker("x", "readings", PhoneNumber("74995550102")),
        "nobody, here": WITHHELD,
        "nobody, on another line": Asker("x", "consultation", None),
    }
    barred = {name for name, asker in askers.items() if not book.allowed(asker, NOW, SYNCED)}
    assert barred == {"the phone", "the phone, on another line", "nobody, here"}


def test_what_was_not_judged_makes_no_wait_longer(store: Store) -> None:
    book = GuessBook(store)
    guess(book, KNOWN, times=5)
    later = NOW + timedelta(hours=23)
    for _ in range(9):
        book.count(KNOWN, GuessKind.UNKNOWN_ACCOUNT, later, SYNCED, refused=True)
    assert not book.allowed(KNOWN, later, SYNCED)
    assert book.allowed(KNOWN, NOW + timedelta(hours=24), SYNCED)


def test_wrong_second_facts_count_with_the_others(store: Store) -> None:
    book = GuessBook(store)
    guess(book, KNOWN, times=4)
    assert book.allowed(KNOWN, NOW, SYNCED)
    book.count(KNOWN, GuessKind.WRONG_SECOND_FACT, NOW, SYNCED)
    assert not book.allowed(KNOWN, NOW, SYNCED)


def test_three_in_one_call(store: Store) -> None:
    book = GuessBook(store)
    for n in range(3):
        assert book.allowed(KNOWN, NOW, SYNCED), n
        book.count(KNOWN, GuessKind.UNKNOWN_ACCOUNT, NOW, SYNCED)
    assert not book.allowed(KNOWN, NOW, SYNCED)
    assert book.allowed(Asker("call-9", KNOWN.line, KNOWN.caller), NOW, SYNCED)


def test_everybodys_guesses_are_dated_anew_when_the_clock_is_set(store: Store) -> None:
    """Not when each of them calls again, which may be days later."""
    book = GuessBook(store)
    guess(book, KNOWN, datetime(1970, 1, 1, 0, 5, tzinfo=UTC), UNKNOWN, times=5)
    assert book.allowed(WITHHELD, NOW, SYNCED)
    assert not book.allowed(KNOWN, NOW + timedelta(hours=23), SYNCED)
    assert book.allowed(KNOWN, NOW + timedelta(hours=24), SYNCED)


def test_looking_writes_nothing_while_the_clock_is_quiet(store: Store) -> None:
    book = GuessBook(store)
    guess(book, KNOWN, times=5)
    before = store.db.conn.total_changes
    assert not book.allowed(KNOWN, NOW, SYNCED)
    assert store.db.conn.total_changes == before


def test_the_log_names_no_phone(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        GuessBook(store).count(KNOWN, GuessKind.UNKNOWN_ACCOUNT, NOW, SYNCED, refused=True)
    assert "too many wrong accounts" in caplog.text
    assert PHONE not in caplog.text


def test_the_centre_hears_of_it_with_the_call(store: Store, ledger: Ledger) -> None:
    book = GuessBook(store)
    guess(book, KNOWN, times=2)  # in other calls
    for refused in (False, False, True):
        book.count(KNOWN, GuessKind.UNKNOWN_ACCOUNT, NOW, SYNCED, refused=refused)
    open_call(ledger, "call-2")
    for call in ("call-1", "call-2"):
        ledger.close_call(
            call, Outcome.TRANSFERRED, NOW, 1.0, 0, 0, clock=SYNCED, uptime_ms=0, event_id=f"summary of {call}"
        )
    bodies = [msgspec.json.decode(row.body, type=Event).body for row in Outbox(store).due(0.0)]
    assert [(body.guesses, body.guesses_refused) for body in bodies if isinstance(body, CallSummary)] == [
        (3, 1),
        (0, 0),
    ]


class TestRetention:
    def test_two_days_are_longer_than_any_window(self) -> None:
        (rule_,) = [rule for rule in retention.RULES if rule.kind == retention.GUESSES]
        assert rule_.keep > LONGEST_WINDOW

    def test_old_guesses_go(self, store: Store) -> None:
        book = GuessBook(store)
        guess(book, KNOWN, times=retention.ROWS_AT_ONCE + 3)
        guess(book, WITHHELD, NOW + timedelta(hours=1))
        keeper = retention.Keeper(store)
        assert keeper.tidy(NOW + timedelta(days=2), SYNCED) == 0
        assert keeper.tidy(NOW + timedelta(days=2, seconds=1), SYNCED) == retention.ROWS_AT_ONCE + 3
        assert store.db.execute("SELECT caller FROM guess").fetchall() == [("",)]

    def test_what_was_dated_by_a_clock_that_was_not_set_is_dated_anew_first(self, store: Store) -> None:
        book = GuessBook(store)
        guess(book, KNOWN, datetime(1970, 1, 1, 0, 5, tzinfo=UTC), UNKNOWN, times=5)
        assert retention.Keeper(store).tidy(NOW, SYNCED) == 0
        assert not book.allowed(KNOWN, NOW, SYNCED)


class Guessing(RuleBasedStateMachine):
    """Two phones and two lines guess at random between restarts, against a list in plain Python. The clock is set and
    runs; the pure rule's own tests make it jump."""

    ASKERS = tuple(
        Asker("", line, PhoneNumber(phone) if phone else None)
        for line in ("readings", "consultation")
        for phone in ("", PHONE, "74995550102")
    )

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.now = NOW
        self.calls = 0
        self.kept: list[tuple[str, str, datetime]] = []
        self.restart()

    @rule()
    def restart(self) -> None:
        if hasattr(self, "store"):
            self.store.close()
        self.store = open_store(self.folder / "linebox.db")
        self.book = GuessBook(self.store)

    @rule(minutes=st.integers(1, 900))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule()
    def old_ones_are_deleted(self) -> None:
        retention.Keeper(self.store).tidy(self.now, SYNCED)

    @rule(asker=st.sampled_from(ASKERS), times=st.integers(1, 3), kind=st.sampled_from(GuessKind))
    def guesses(self, asker: Asker, times: int, kind: GuessKind) -> None:
        self.calls += 1
        for _ in range(times):
            self.book.count(Asker(str(self.calls), asker.line, asker.caller), kind, self.now, SYNCED)
            self.kept.append((asker.caller.digits if asker.caller else "", asker.line, self.now))

    @invariant()
    def as_the_model_says(self) -> None:
        if not hasattr(self, "store"):
            return
        for asker in self.ASKERS:
            if asker.caller is None:
                hour = self.now - timedelta(hours=1)
                used, most = [1 for who, line, at in self.kept if (who, line) == ("", asker.line) and at > hour], 10
            else:
                day = self.now - timedelta(days=1)
                used, most = [1 for who, _, at in self.kept if who == asker.caller.digits and at > day], 5
            assert self.book.allowed(asker, self.now, SYNCED) == (len(used) < most)

    def teardown(self) -> None:
        if hasattr(self, "store"):
            self.store.close()
            shutil.rmtree(self.folder)


TestGuessing = Guessing.TestCase
TestGuessing.settings = settings(
    max_examples=15, stateful_step_count=25, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
