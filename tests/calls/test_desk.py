"""The desk with a real store: what each request of a call leaves on the disk, and what the next call finds there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from box.accounts.model import AccountNumber, PhoneNumber
from box.calls.desk import CallDesk
from box.calls.line_assembly import build_desk
from box.calls.vocabulary import BeginCall, DeskRequest, EndCall
from box.courier.messages import (
    AccountChange,
    AccountRecord,
    AddressRecord,
    CallBackWanted,
    Event,
    EventBody,
    PayLinkWanted,
    PhoneDropped,
    ReferenceDocument,
)
from box.dialogue.vocabulary import (
    AccountFound,
    AccountUnknown,
    CallBackSaved,
    CallStarted,
    CountGuess,
    DialogueEvent,
    FindAccount,
    ForgetPhone,
    OperatorAccess,
    Outcome,
    PayLinkSaved,
    PhoneForgotten,
    RequestCallBack,
    RequestPayLink,
    SavingFailed,
)
from box.settings import DEFAULTS, Settings, check_settings
from box.store.account_book import AccountBook
from box.store.connection import Store, open_store
from box.store.outbox import Outbox
from box.store.reference_shelf import ReferenceShelf
from box.toml_tables import read_toml
from tests.kit.simulated_clock import SimulatedClock

PHONE = PhoneNumber("74995550101")
STRANGER = PhoneNumber("74995550177")
ACCOUNT = AccountNumber("1234567890")
NO_ACCOUNT = AccountNumber("1234567891")
NOON = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


@dataclass
class Office:
    """A desk over a store of its own, and calls to it."""

    desk: CallDesk
    store: Store

    def call(self, caller: PhoneNumber | None, *requests: DeskRequest) -> list[DialogueEvent | None]:
        """A whole call; the answers, CallStarted first."""
        answers = [self.desk.do(BeginCall(caller)), *(self.desk.do(request) for request in requests)]
        self.desk.do(EndCall(Outcome.INFORMED, 10.0, 0, 0))
        return answers

    def bodies(self, kind: type[EventBody]) -> list[EventBody]:
        """What waits for the centre."""
        events = [msgspec.json.decode(row.body, type=Event) for row in Outbox(self.store).due(2e9)]
        return [event.body for event in events if isinstance(event.body, kind)]


def settings_in(folder: Path, **tables: dict[str, object]) -> Settings:
    local = {"box": {"data": str(folder)}, "operator": {"number": "12"}, **tables}
    return check_settings(read_toml(DEFAULTS)[0], local)


def open_office(settings: Settings, store: Store) -> Office:
    return Office(build_desk(settings, "line0", store, SimulatedClock(NOON)), store)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    settings = settings_in(tmp_path)
    with open_store(settings.database) as store:
        record = AccountRecord(ACCOUNT.digits, AddressRecord("г. Москва", "ул. Ленина", "12"), phones=(PHONE.digits,))
        AccountBook(store).apply_feed([AccountChange(ACCOUNT.digits, record)], "1")
        yield open_office(settings, store)


def test_a_call_starts_with_what_was_published_last(office: Office) -> None:
    before, *_ = office.call(PHONE)
    ReferenceShelf(office.store).put(ReferenceDocument(holidays=("2026-11-20",)), '"2"')
    after, *_ = office.call(PHONE)
    assert isinstance(before, CallStarted)
    assert isinstance(after, CallStarted)
    assert [account.number for account in after.accounts] == [ACCOUNT]
    assert (before.operator, after.operator) == (OperatorAccess.OPEN, OperatorAccess.CLOSED_HOURS)
    assert (before.reference.version, after.reference.version) == ("", '"2"')


def test_a_link_a_call_back_and_a_phone_to_forget_lie_in_the_outbox(office: Office) -> None:
    answers = office.call(
        PHONE,
        RequestPayLink(ACCOUNT, PHONE),
        RequestCallBack(PHONE, ACCOUNT, "plumbing"),
        ForgetPhone(PHONE),
    )
    assert answers[1:] == [PayLinkSaved(), CallBackSaved(), PhoneForgotten()]
    [link], [ring], [dropped] = (office.bodies(kind) for kind in (PayLinkWanted, CallBackWanted, PhoneDropped))
    assert (link.account, link.phone) == (ACCOUNT.digits, PHONE.digits)
    assert ring.service == "plumbing"
    assert dropped.accounts == (ACCOUNT.digits,)
    started, *_ = office.call(PHONE)
    assert isinstance(started, CallStarted)
    assert started.accounts == ()


def test_wrong_accounts_are_limited_in_a_call(office: Office) -> None:
    wrong, right = FindAccount(NO_ACCOUNT), FindAccount(ACCOUNT)
    _, *answers = office.call(STRANGER, wrong, right, wrong, wrong, right)
    assert [type(answer) for answer in answers] == [
        *(AccountUnknown, AccountFound, AccountUnknown, AccountUnknown, AccountUnknown)
    ]


def test_wrong_second_facts_count_as_wrong_accounts(office: Office) -> None:
    guess = CountGuess(ACCOUNT)
    assert office.call(STRANGER, guess, guess, guess, FindAccount(ACCOUNT))[1:] == [None, None, None, AccountUnknown()]


def test_a_phone_that_was_wrong_too_often_finds_nothing_after_a_restart(tmp_path: Path, office: Office) -> None:
    for _ in range(3):
        office.call(STRANGER, FindAccount(NO_ACCOUNT), FindAccount(NO_ACCOUNT))
    with open_store(settings_in(tmp_path).database) as store:
        started_anew = open_office(settings_in(tmp_path), store)
        assert started_anew.call(STRANGER, FindAccount(ACCOUNT))[1:] == [AccountUnknown()]
        [found] = started_anew.call(PHONE, FindAccount(ACCOUNT))[1:]
        assert isinstance(found, AccountFound)


def test_the_limits_are_settings(tmp_path: Path, office: Office) -> None:
    strict = open_office(settings_in(tmp_path, guessing={"per_call": 1}), office.store)
    assert strict.call(STRANGER, FindAccount(NO_ACCOUNT), FindAccount(ACCOUNT))[1:] == [AccountUnknown()] * 2


def test_a_store_that_fails_is_an_answer(office: Office) -> None:
    office.desk.do(BeginCall(PHONE))
    with office.store.writing() as db:
        for table in ("outbox", "guess", "reference"):
            db.execute(f"ALTER TABLE {table} RENAME TO {table}_gone")
    assert office.desk.do(RequestPayLink(ACCOUNT, PHONE)) == SavingFailed()
    assert office.desk.do(ForgetPhone(PHONE)) == SavingFailed()
    assert office.desk.do(FindAccount(NO_ACCOUNT)) == AccountUnknown()
    assert office.desk.do(CountGuess(ACCOUNT)) is None
    started = office.desk.do(BeginCall(PHONE))
    assert isinstance(started, CallStarted)
    assert started.reference.version == ""
