"""The desk behind a call: opens and closes its record, looks accounts up, stores what was confirmed.

A shell: it reads the clock, makes ids and talks to the store. A store that fails is an answer to the caller
(SavingFailed) and a line in the log, never the end of the call.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from box.accounts.directory import Directory
from box.accounts.guess_limits import Asker, GuardedLookUp
from box.accounts.model import Account, AccountNumber, ClockTrust, PhoneNumber
from box.accounts.reference import NO_REFERENCE, ReferenceBook
from box.calls.vocabulary import BeginCall, DeskRequest, EndCall
from box.clock import Clock
from box.dialogue.holidays import operator_access
from box.dialogue.state import OperatorHours
from box.dialogue.vocabulary import (
    AccountFound,
    AccountUnknown,
    CallBackSaved,
    CallStarted,
    CountGuess,
    DialogueEvent,
    FindAccount,
    ForgetPhone,
    PayLinkSaved,
    PhoneForgotten,
    PhoneSaved,
    ReadingsSaved,
    RequestCallBack,
    RequestPayLink,
    SavePhone,
    SaveReadings,
    SavingFailed,
)
from box.errors import StoreBroken
from box.store.connection import Store
from box.store.event_id import RANDOM_BYTES, uuid7
from box.store.guess_book import GuessBook
from box.store.ledger import Ledger
from box.store.reference_shelf import ReferenceShelf

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class DeskRules:
    """What does not change while the line runs. ``zone`` is the box's; ``transfer``: this line can hand a call to a
    person; ``speech``: it hears speech."""

    line: str
    zone: ZoneInfo
    hours: OperatorHours
    transfer: bool
    speech: bool


@dataclass(frozen=True, slots=True)
class Shelves:
    """The parts of one store that a desk reads and writes."""

    store: Store
    ledger: Ledger
    directory: Directory
    guesses: GuessBook
    reference: ReferenceShelf


@dataclass(frozen=True, slots=True)
class _OpenCall:
    call_id: str
    caller: PhoneNumber | None
    began: datetime
    clock: ClockTrust
    recorded: bool


class CallDesk:
    """One line's desk; one call at a time."""

    def __init__(
        self,
        shelves: Shelves,
        clock: Clock,
        random_bytes: Callable[[int], bytes],
        rules: DeskRules,
    ) -> None:
        self._store = shelves.store
        self._ledger = shelves.ledger
        self._directory = shelves.directory
        self._look_up = GuardedLookUp(shelves.directory, shelves.guesses)
        self._reference = shelves.reference
        self._clock = clock
        self._random_bytes = random_bytes
        self._rules = rules
        self._call: _OpenCall | None = None

    def close_interrupted_calls(self) -> int:
        """For the start of the process: what a crash left open is closed as line-failed. How many there were."""
        closed = self._ledger.close_interrupted_calls(
            self._rules.line,
            self._clock.wall(),
            clock=self._clock.trust(),
            uptime_ms=self._uptime_ms(),
            new_event_id=self._new_id,
        )
        if closed:
            log.warning("%d interrupted call(s) closed as line-failed", closed)
        return closed

    def do(self, request: DeskRequest) -> DialogueEvent | None:
        """Carry ``request`` out."""
        match request:
            case BeginCall(caller):
                return self._begin(caller)
            case EndCall():
                self._end(request)
                return None
            case FindAccount(number):
                return self._find(number)
            case SaveReadings():
                return self._save(ReadingsSaved(), self._ledger.save_readings, request)
            case SavePhone():
                return self._save(PhoneSaved(), self._ledger.save_phone, request)
            case RequestCallBack():
                return self._save(CallBackSaved(), self._ledger.request_call_back, request)
            case RequestPayLink():
                return self._save(PayLinkSaved(), self._ledger.request_pay_link, request)
            case ForgetPhone():
                return self._save(PhoneForgotten(), self._ledger.forget_phone, request)
            case CountGuess():
                self._count_guess()
                return None

    def _begin(self, caller: PhoneNumber | None) -> CallStarted:
        wall, trust = self._clock.wall(), self._clock.trust()
        call = _OpenCall(self._new_id(), caller, wall, trust, recorded=False)
        self._call = self._recorded(call)
        local = wall.astimezone(self._rules.zone)
        log.info("call %s from %s", call.call_id, caller or "an unknown number")
        reference = self._reference_book()
        access = operator_access(local, trust, self._rules.hours, reference.holidays, self._rules.transfer)
        accounts = self._accounts_of(caller)
        return CallStarted(call.call_id, local, trust, caller, accounts, access, self._rules.speech, reference)

    def _recorded(self, call: _OpenCall) -> _OpenCall:
        """``call`` with its record opened; tried again before each save while the store fails."""
        if call.recorded:
            return call
        try:
            self._ledger.open_call(call.call_id, self._rules.line, call.began, call.clock, call.caller)
        except StoreBroken as error:
            log.error("%s: the call has no record yet: %s", error.code, error)
            return call
        return replace(call, recorded=True)

    def _reference_book(self) -> ReferenceBook:
        try:
            return self._reference.book()
        except StoreBroken as error:
            log.error("%s: no tariffs and offices for this call: %s", error.code, error)
            return NO_REFERENCE

    def _accounts_of(self, caller: PhoneNumber | None) -> tuple[Account, ...]:
        if caller is None:
            return ()
        try:
            return self._directory.by_phone(caller, self._today())
        except StoreBroken as error:
            log.error("%s: the caller's accounts were not looked up: %s", error.code, error)
            return ()

    def _find(self, number: AccountNumber) -> DialogueEvent:
        """One path and one time for «no such account», «not for you» and a store that fails."""
        try:
            wall, trust = self._clock.wall(), self._clock.trust()
            account = self._look_up.find(number, self._today(), self._asker(), wall, trust)
        except StoreBroken as error:
            log.error("%s: an account was not looked up: %s", error.code, error)
            account = None
        return AccountUnknown() if account is None else AccountFound(account)

    def _count_guess(self) -> None:
        try:
            self._look_up.count_second_fact(self._asker(), self._clock.wall(), self._clock.trust())
        except StoreBroken as error:
            log.error("%s: a wrong second fact was not counted: %s", error.code, error)

    def _asker(self) -> Asker:
        call = self._open_call()
        return Asker(call.call_id, self._rules.line, call.caller)

    def _save(self, done: DialogueEvent, save: Callable[..., int], effect: DeskRequest) -> DialogueEvent:
        """``done`` once the commit is on the disk; SavingFailed, and nothing stored, otherwise."""
        call = self._call = self._recorded(self._open_call())
        if not call.recorded:
            return SavingFailed()
        try:
            save(
                effect,
                call.call_id,
                recorded_at=self._clock.wall(),
                clock=self._clock.trust(),
                uptime_ms=self._uptime_ms(),
                event_id=self._new_id(),
            )
        except StoreBroken as error:
            log.error("%s: nothing was stored: %s", error.code, error)
            return SavingFailed()
        log.info("call %s: %s", call.call_id, type(done).__name__)
        return done

    def _end(self, end: EndCall) -> None:
        call, self._call = self._recorded(self._open_call()), None
        log.info("call %s ended: %s after %.0f s", call.call_id, end.outcome.value, end.duration_s)
        if not call.recorded:
            return
        try:
            self._ledger.close_call(
                *(call.call_id, end.outcome, self._clock.wall(), end.duration_s, end.noinput, end.nomatch),
                clock=self._clock.trust(),
                uptime_ms=self._uptime_ms(),
                event_id=self._new_id(),
            )
            self._store.checkpoint()  # now that nobody waits for it
        except StoreBroken as error:
            log.error("%s: the call's end was not recorded: %s", error.code, error)

    def _open_call(self) -> _OpenCall:
        if self._call is None:
            raise RuntimeError("the desk was asked for something outside a call")
        return self._call

    def _today(self) -> date:
        began = self._call.began if self._call else self._clock.wall()
        return began.astimezone(self._rules.zone).date()

    def _uptime_ms(self) -> int:
        return round(self._clock.monotonic() * 1000)

    def _new_id(self) -> str:
        return uuid7(round(self._clock.wall().timestamp() * 1000), self._random_bytes(RANDOM_BYTES))
