"""Any order of calls, saves, repeats, verdicts, feeds, failures and restarts, against a model in plain Python."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from box.accounts.model import AccountNumber, ClockTrust
from box.courier.messages import AccountChange, EventVerdict
from box.dialogue.vocabulary import Outcome
from box.errors import StoreBroken, StoreMisused
from box.store.account_book import AccountBook
from box.store.connection import open_store
from box.store.ledger import Ledger
from box.store.outbox import Outbox
from tests.store.making import (
    BOX,
    NOW,
    assert_sound,
    call_back,
    change,
    forget_phone,
    open_call,
    outbox_rows,
    save,
    save_phone,
    tombstone,
)

ACCOUNTS = ("1000000001", "1000000002", "1000000003")
PHONES = ("74995550101", "74995550102", "74995550103")
Status = Literal["accepted", "duplicate", "rejected"]

indices = st.integers(0, 60)
accounts = st.sampled_from(ACCOUNTS)
phones = st.sampled_from(PHONES)
statuses: st.SearchStrategy[Status] = st.sampled_from(("accepted", "duplicate", "rejected"))


class StoreModel(RuleBasedStateMachine):
    """The model: events in order with their state, and for each account the centre's phones and the box's own."""

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.states: dict[str, str] = {}
        self.readings: set[str] = set()
        self.centre: dict[str, set[str]] = {}
        self.saved: dict[tuple[str, str], str] = {}
        self.taken_back: dict[tuple[str, str], str] = {}
        self.calls = 0
        self.open()

    def open(self) -> None:
        self.store = open_store(self.folder / "linebox.db")
        self.ledger = Ledger(self.store, BOX)
        self.outbox = Outbox(self.store)
        self.book = AccountBook(self.store)
        self.next_call()

    def next_call(self) -> None:
        self.calls += 1
        self.call = f"call-{self.calls}"
        open_call(self.ledger, self.call)

    def new_id(self) -> str:
        return f"e{len(self.states)}"

    def named(self, index: int) -> str | None:
        return list(self.states)[index % len(self.states)] if self.states else None

    @rule(account=accounts)
    def a_reading(self, account: str) -> None:
        event_id = self.new_id()
        save(self.ledger, event_id, call=self.call, account=account)
        assert save(self.ledger, event_id, call=self.call, account=account) == len(self.states) + 1
        self.states[event_id] = "waiting"
        self.readings.add(event_id)

    @rule(index=indices)
    def an_id_again_for_something_else(self, index: int) -> None:
        if event_id := self.named(index):
            with pytest.raises(StoreMisused):
                save(self.ledger, event_id, call=self.call, digits="99999")

    @rule()
    def a_reading_that_fails(self) -> None:
        with pytest.raises(StoreBroken):
            save(self.ledger, self.new_id(), call="no-such-call")

    @rule(account=accounts, phone=phones)
    def a_phone(self, account: str, phone: str) -> None:
        event_id = self.new_id()
        save_phone(self.ledger, event_id, call=self.call, account=account, phone=phone)
        self.states[event_id] = "waiting"
        self.taken_back.pop((account, phone), None)
        known = self.centre.get(account)
        if known is not None and phone not in known:
            self.saved.setdefault((account, phone), event_id)

    @rule(phone=phones)
    def a_phone_is_taken_back(self, phone: str) -> None:
        event_id = self.new_id()
        seq = forget_phone(self.ledger, event_id, call=self.call, phone=phone)
        assert forget_phone(self.ledger, event_id, call=self.call, phone=phone) == seq
        self.states[event_id] = "waiting"
        for account, known in self.centre.items():
            if phone in known or (account, phone) in self.saved:
                known.discard(phone)
                self.saved.pop((account, phone), None)
                self.taken_back[account, phone] = event_id

    @rule()
    def a_call_back(self) -> None:
        event_id = self.new_id()
        call_back(self.ledger, event_id, call=self.call)
        self.states[event_id] = "waiting"

    @rule()
    def a_call_ends(self) -> None:
        event_id = self.new_id()
        self.ledger.close_call(
            self.call, Outcome.CALLER_LEFT, NOW, 1.0, 0, 0, clock=ClockTrust.SYNCED, uptime_ms=0, event_id=event_id
        )
        self.states[event_id] = "waiting"
        self.next_call()

    @rule(verdicts=st.lists(st.tuples(indices, statuses), max_size=8))
    def the_centre_answers(self, verdicts: list[tuple[int, Status]]) -> None:
        named = [(event_id, status) for index, status in verdicts if (event_id := self.named(index))]
        self.outbox.settle([EventVerdict(event_id, status) for event_id, status in named], 1.0)
        for event_id, status in named:
            if self.states[event_id] == "waiting":
                self.states[event_id] = "set-aside" if status == "rejected" else "delivered"

    @rule()
    def the_centre_is_away(self) -> None:
        self.outbox.note_failure(10.0, 20.0, "away")
        assert self.outbox.due(15.0) == []

    @rule(index=indices)
    def a_person_sends_again(self, index: int) -> None:
        if event_id := self.named(index):
            refused = self.states[event_id] == "set-aside"
            assert self.outbox.requeue(event_id) == refused
            if refused:
                self.states[event_id] = "waiting"

    @rule(page=st.lists(st.tuples(accounts, st.none() | st.sets(phones)), max_size=4), cursor=st.text(max_size=5))
    def the_feed(self, page: list[tuple[str, set[str] | None]], cursor: str) -> None:
        changes: list[AccountChange] = []
        for account, known in page:
            changes.append(tombstone(account) if known is None else change(account, phones=sorted(known)))
            if known is None:
                self.centre.pop(account, None)
            else:
                self.centre[account] = known = {
                    phone for phone in known if self.states.get(self.taken_back.get((account, phone), "")) != "waiting"
                }
            self.saved = {
                (saved_account, phone): event_id
                for (saved_account, phone), event_id in self.saved.items()
                if saved_account != account
                or (known is not None and phone not in known and self.states[event_id] == "waiting")
            }
        self.book.apply_feed(changes, cursor)
        assert self.book.cursor() == cursor

    @rule()
    def a_restart(self) -> None:
        self.store.close()
        self.open()

    @rule()
    def a_quiet_moment(self) -> None:
        self.store.checkpoint()

    @invariant()
    def events_are_as_the_model_says(self) -> None:
        assert [(event_id, state) for _, event_id, _, state in outbox_rows(self.store)] == list(self.states.items())
        waiting = [event_id for event_id, state in self.states.items() if state == "waiting"]
        assert [row.event_id for row in self.outbox.due(100.0, 1000)] == waiting
        assert self.outbox.depth() == len(waiting)
        aside = [event_id for event_id, state in self.states.items() if state == "set-aside"]
        assert [event.event_id for event in self.outbox.set_aside()] == aside
        stored = {row[1] for row in outbox_rows(self.store) if row[2] == "reading"}
        assert stored == self.readings

    @invariant()
    def accounts_are_as_the_model_says(self) -> None:
        for number in ACCOUNTS:
            account = self.book.find(AccountNumber(number))
            expected = self.centre.get(number)
            if expected is None:
                assert account is None
            else:
                own = {phone for saved_account, phone in self.saved if saved_account == number}
                assert account is not None
                assert {phone.digits for phone in account.phones} == expected | own

    def teardown(self) -> None:
        if hasattr(self, "store"):
            assert_sound(self.store)
            self.store.close()
            shutil.rmtree(self.folder)


TestStoreModel = StoreModel.TestCase
TestStoreModel.settings = settings(
    max_examples=40, stateful_step_count=40, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
