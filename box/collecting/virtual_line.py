"""A collecting line against the virtual modem and exchange, in simulated time: for a set-up without hardware, and for
tests. Minutes of call take seconds; nothing sleeps."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from box.accounts.model import ClockTrust
from box.calls.answering_line import AnsweringLine, OnLinkFailed
from box.clock import Clock
from box.collecting.line import LONGEST_CALL_S
from box.errors import DialogueDefect
from box.listening.recogniser import OnHeard
from box.listening.vocabulary import Heard
from firmware.virtual.exchange import Exchange
from firmware.virtual.line_plan import LinePlan
from firmware.virtual.modem import VirtualModem
from firmware.virtual.modem_profiles import load_profile
from firmware.vocabulary import LinkFailed

_STARTS_AT_S = 1000.0
_LONGEST_S = 4 * LONGEST_CALL_S
_MOST_STEPS_AT_ONCE = 1000


class LineClock:
    """Time as the virtual line counts it. Implements box.clock.Clock; wall time goes on from where ``clock`` was."""

    def __init__(self, clock: Clock) -> None:
        self.now = _STARTS_AT_S
        self._wall: datetime = clock.wall()
        self._trust: ClockTrust = clock.trust()

    def monotonic(self) -> float:
        """See Clock."""
        return self.now

    def wall(self) -> datetime:
        """See Clock."""
        return self._wall + timedelta(seconds=self.now - _STARTS_AT_S)

    def trust(self) -> ClockTrust:
        """See Clock."""
        return self._trust


def play(
    plan: LinePlan, profile: str, clock: LineClock, make_line: Callable[[OnHeard, OnLinkFailed], AnsweringLine]
) -> None:
    """Answer every call of ``plan``, until the exchange is through with them and the line is free. Raises
    DialogueDefect when that never comes, and VirtualError for an unknown ``profile``."""
    heard: list[Heard] = []
    failed: list[LinkFailed] = []
    line = make_line(heard.append, failed.append)
    pump = _Pump(line, VirtualModem(load_profile(profile), (exchange := Exchange(plan, clock.now, seed=1)), clock.now))
    pump.modem.host_opened(clock.now)
    line.open(clock.now)
    until, steps_here = clock.now + _LONGEST_S, 0
    while not (exchange.finished and not line.busy):
        pump.move_bytes(clock.now)
        while heard:
            line.heard(heard.pop(0), clock.now)
        pump.move_bytes(clock.now)
        before = clock.now
        clock.now = max(before, min(due for due in pump.deadlines() if due is not None))
        steps_here = 0 if clock.now > before else steps_here + 1
        if failed or steps_here > _MOST_STEPS_AT_ONCE or clock.now > until:
            raise DialogueDefect(f"the virtual line does not end{': ' + failed[0].detail if failed else ''}")
        pump.advance(clock.now)
    pump.move_bytes(clock.now)


class _Pump:
    """Bytes between the line and the modem, as a serial port would carry them."""

    def __init__(self, line: AnsweringLine, modem: VirtualModem) -> None:
        self.line = line
        self.modem = modem
        self._unsent = b""

    def deadlines(self) -> tuple[float | None, ...]:
        return self.modem.next_deadline(), self.line.next_deadline()

    def advance(self, now: float) -> None:
        self.modem.advance(now)
        due = self.line.next_deadline()
        if due is not None and due <= now:
            self.line.on_deadline(now)

    def move_bytes(self, now: float) -> None:
        while True:
            self._unsent += b"".join(self.line.data_to_send())
            taken = self._unsent[: self.modem.free_space()]
            self._unsent = self._unsent[len(taken) :]
            self.modem.receive(taken, now)
            answer = self.modem.take_output()
            if answer:
                self.line.receive(answer, now)
            elif not taken:
                return
