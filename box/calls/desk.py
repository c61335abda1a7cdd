"""The desk behind a call: opens and closes its record, looks accounts up, stores what was confirmed.

A shell: it reads the clock, makes ids and talks to the store. A store that fails is an answer to the caller
(SavingFailed) and a line in the log, never the end of the call.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from box.accounts.directory import Directory
from box.accounts.model import Account, AccountNumber, ClockTrust, PhoneNumber
from box.calls.vocabulary import BeginCall, DeskRequest, EndCall
from box.clock import Clock
from box.dialogue.vocabulary import (
    AccountFound,
    AccountUnknown,
    CallBackSaved,
    CallStarted,
    DialogueEvent,
    FindAccount,
    OperatorAccess,
    PhoneSaved,
    ReadingsSaved,
    RequestCallBack,
    SavePhone,
    SaveReadings,
    SavingFailed,
)
from box.errors import StoreBroken
from box.store.connection import Store
from box.store.event_id import RANDOM_BYTES, uuid7
from box.store.ledger import Ledger

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class OperatorDesk:
    """When people answer (box time), and whether this line can hand a call to them."""

    opens: time
    closes: time
    transfer: bool

    def access(self, now: datetime, clock: ClockTrust) -> OperatorAccess:
        """``now`` in box time. With a clock that cannot be right, trying beats refusing."""
        if not self.transfer:
            return OperatorAccess.NO_TRANSFER
        if clock is ClockTrust.UNKNOWN or self.opens <= now.time() < self.closes:
            return OperatorAccess.OPEN
        return OperatorAccess.CLOSED_HOURS


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
        store: Store,
        ledger: Ledger,
        directory: Directory,
        clock: Clock,
        random_bytes: Callable[[int], bytes],
        *,
        line: str,
        zone: ZoneInfo,
        operator: OperatorDesk,
        speech: bool,
    ) -> None:
        self._store = store
        self._ledger = ledger
        self._directory = directory
        self._clock = clock
        self._random_bytes = random_bytes
        self._line = line
        self._zone = zone
        self._operator = operator
        self._speech = speech
        self._call: _OpenCall | None = None

    def close_interrupted_calls(self) -> int:
        """For the start of the process: what a crash left open is closed as line-failed. How many there were."""
        closed = self._ledger.close_interrupted_calls(
            self._line,
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

    def _begin(self, caller: PhoneNumber | None) -> CallStarted:
        wall, trust = self._clock.wall(), self._clock.trust()
        call = _OpenCall(self._new_id(), caller, wall, trust, recorded=False)
        self._call = self._recorded(call)
        local = wall.astimezone(self._zone)
        log.info("call %s from %s", call.call_id, caller or "an unknown number")
        access = self._operator.access(local, trust)
        return CallStarted(call.call_id, local, trust, caller, self._accounts_of(caller), access, self._speech)

    def _recorded(self, call: _OpenCall) -> _OpenCall:
        """``call`` with its record opened; tried again before each save while the store fails."""
        if call.recorded:
            return call
        try:
            self._ledger.open_call(call.call_id, self._line, call.began, call.clock, call.caller)
        except StoreBroken as error:
            log.error("%s: the call has no record yet: %s", error.code, error)
            return call
        return _OpenCall(call.call_id, call.caller, call.began, call.clock, recorded=True)

    def _accounts_of(self, caller: PhoneNumber | None) -> tuple[Account, ...]:
        if caller is None:
            return ()
        try:
            return self._directory.by_phone(caller, self._today())
        except StoreBroken as error:
            log.error("%s: the caller's accounts were not looked up: %s", error.code, error)
            return ()

    def _find(self, number: AccountNumber) -> DialogueEvent:
        try:
            account = self._directory.find(number, self._today())
        except StoreBroken as error:
            log.error("%s: an account was not looked up: %s", error.code, error)
            account = None
        return AccountUnknown() if account is None else AccountFound(account)

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
        return began.astimezone(self._zone).date()

    def _uptime_ms(self) -> int:
        return round(self._clock.monotonic() * 1000)

    def _new_id(self) -> str:
        return uuid7(round(self._clock.wall().timestamp() * 1000), self._random_bytes(RANDOM_BYTES))
