"""The loop of ``linebox line run``: one queue, one thread that owns the call, a reader thread that only posts.

Nothing here decides anything about a call; it moves bytes, keeps deadlines and helps a modem that failed.
"""

from __future__ import annotations

import contextlib
import logging
import queue
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from box.calls.answering_line import AnsweringLine, OnLinkFailed
from box.listening.vocabulary import Heard
from firmware.errors import Misuse
from firmware.errors import PortLost as PortIsAway
from firmware.port import BytesRead, DtrDropped, ModemPort, PortLost, PortOpened
from firmware.vocabulary import Advice, LinkFailed

log = logging.getLogger(__name__)

DTR_DROP_S = 1.0
"""V.250 S25 and modem manuals want DTR low for at least 0.6 s before a reset (voice-modem.md section 7)."""

REOPEN_WAIT_S = 1.0
GIVE_UP_WAIT_S = 60.0
"""A device that is no voice modem is looked at again each minute: somebody may change it."""

LONGEST_WAIT_S = 1.0


@dataclass(frozen=True, slots=True)
class Answer:
    """The recogniser's, posted from its own thread."""

    heard: Heard


@dataclass(frozen=True, slots=True)
class Stop:
    """The process is asked to end; a call under way is not cut."""


Posted: TypeAlias = PortOpened | BytesRead | PortLost | DtrDropped | Answer | Stop


class LineProcess:
    """Pumps one AnsweringLine from one port until told to stop. ``alive`` is called by the loop itself at least each
    LONGEST_WAIT_S: it feeds the watchdog. ``keep_record`` gets the flight record of a modem that failed."""

    def __init__(
        self,
        make_line: Callable[[OnLinkFailed], AnsweringLine],
        port: ModemPort,
        inbox: queue.SimpleQueue[Posted],
        monotonic: Callable[[], float],
        alive: Callable[[], None],
        keep_record: Callable[[str], None],
    ) -> None:
        self._make_line = make_line
        self._line = make_line(self._link_failed)
        self._port = port
        self._keep_record = keep_record
        self._inbox = inbox
        self._monotonic = monotonic
        self._alive = alive
        self._open_at: float | None = None
        self._stopping = False
        self._failed: LinkFailed | None = None

    def run(self) -> None:
        """Returns after Stop, when no call is under way. A defect costs its call, not the line."""
        while not (self._stopping and not self._line.busy):
            self._alive()
            try:
                self._turn()
            except Exception:  # noqa: BLE001 - the one broad catch of this process: callers ring again
                self._recover()

    def _turn(self) -> None:
        with contextlib.suppress(queue.Empty):
            self._take(self._inbox.get(timeout=self._wait_s()))
        self._keep_deadlines()
        self._help_modem()
        self._send()

    def _recover(self) -> None:
        log.exception("a defect: this call is lost, the line starts anew; please report what follows")
        self._keep_record(self._line.flight_record("defect"))
        now = self._monotonic()
        try:
            self._line.port_lost(LinkFailed(now, Misuse.code, "a defect of the program", Advice.REOPEN_PORT), now)
        except Exception:
            log.exception("and its end could not be recorded")
        self._failed = None
        self._open_at = None
        self._line = self._make_line(self._link_failed)
        self._port.reopen()

    def _link_failed(self, failure: LinkFailed) -> None:
        """The line's report that its modem needs help; acted on when the line has finished its turn."""
        self._failed = failure

    def _wait_s(self) -> float:
        now = self._monotonic()
        times = [t for t in (self._line.next_deadline(), self._open_at) if t is not None]
        return min(max(min(times, default=now + LONGEST_WAIT_S) - now, 0.0), LONGEST_WAIT_S)

    def _take(self, posted: Posted) -> None:
        now = self._monotonic()
        match posted:
            case BytesRead(data=data):
                self._line.receive(data, now)
            case PortOpened():
                log.info("port open")
                self._open_at = now
            case PortLost(reason=reason):
                log.warning("%s: %s", PortIsAway.code, reason)
                self._open_at = None
                self._line.port_lost(LinkFailed(now, PortIsAway.code, reason, Advice.REOPEN_PORT), now)
            case DtrDropped(done=done):
                log.info("DTR dropped" if done else "the port has no DTR to drop")
            case Answer(heard):
                self._line.heard(heard, now)
            case Stop():
                log.info("asked to stop%s", "; the call under way is finished first" if self._line.busy else "")
                self._stopping = True

    def _keep_deadlines(self) -> None:
        now = self._monotonic()
        due = self._line.next_deadline()
        if due is not None and now >= due:
            self._line.on_deadline(now)
        if self._open_at is not None and now >= self._open_at:
            self._open_at = None
            self._line.open(now)

    def _help_modem(self) -> None:
        if self._failed is None:
            return
        failure, self._failed = self._failed, None
        log.warning("%s: %s (%s)", failure.code, failure.detail, failure.advice.value)
        self._keep_record(self._line.flight_record(f"{failure.code}: {failure.detail}"))
        match failure.advice:
            case Advice.OPEN_AGAIN:
                self._open_at = self._monotonic() + REOPEN_WAIT_S
            case Advice.DROP_DTR:
                self._port.drop_dtr(DTR_DROP_S)
                self._open_at = self._monotonic() + DTR_DROP_S + REOPEN_WAIT_S
            case Advice.REOPEN_PORT:
                self._port.reopen()
            case Advice.GIVE_UP:
                self._open_at = self._monotonic() + GIVE_UP_WAIT_S

    def _send(self) -> None:
        for data in self._line.data_to_send():
            self._port.write(data)
