"""How the table of :mod:`firmware.link_table` is run: one input at a time, timers, plans and commands to the modem.

Knows no voice: what a row does is :mod:`firmware.link_actions`' business. The state changes nowhere but in
:meth:`LinkMachine._step`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import TypeAlias

from firmware.agenda import Agenda
from firmware.at_engine import AtEngine
from firmware.at_events import AtCommand, CommandDone
from firmware.caller_gone import GoneWatch
from firmware.dle import KeyShielding, StreamDecoder
from firmware.errors import CommandRefused, CommandTimedOut, FirmwareError, Misuse, ProtocolViolation
from firmware.init_plan import IdentifiedModem, LinkSettings
from firmware.link_table import COMMANDS, FROM_MODEM, TRANSITIONS, VIOLATED, Action, Input, Row, State
from firmware.plans import Plan, Reply, Waited
from firmware.profiles import ModemProfile
from firmware.vocabulary import (
    CallerIdReceived,
    GoneReason,
    LineCommand,
    LineEvent,
    Listen,
    Play,
    ReleaseLine,
    SendTones,
)

STREAM_QUIET_S = 2.0
"""A receiving stream brings 50 frames a second without a pause, so this long without a byte is a dead stream. Ours."""

MAX_BROKEN_STREAMS = 5
"""So often may a modem end a stream by itself in one call. Ours."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """Bytes for one write. ``sound_bytes`` is the unshielded length of a frame of samples, None for anything else."""

    data: bytes
    sound_bytes: int | None = None


Subject: TypeAlias = LineCommand | CommandDone | CallerIdReceived | GoneReason | bytes | str | None
"""What an input is about: the command, the answer, samples, a key."""

Deed: TypeAlias = Callable[[Subject, float], None]


class Timer(Enum):
    """What a deadline is for. A timer ends with the state in which it was set."""

    PLAN = auto()
    FRAME = auto()
    OVERDUE = auto()
    CHECK = auto()


class LinkMachine(ABC):
    """See the module. ``events`` and ``outgoing`` are emptied by the owner."""

    def __init__(self, profiles: Sequence[ModemProfile], settings: LinkSettings) -> None:
        self.state = State.CLOSED
        self.engine = AtEngine()
        self.stream: StreamDecoder | None = None
        self.keys = KeyShielding()
        self.modem: IdentifiedModem | None = None
        self.gone: GoneWatch | None = None
        self.events: list[LineEvent] = []
        self.outgoing: list[Outgoing] = []
        self._profiles = tuple(profiles)
        self._settings = settings
        self._agenda = Agenda()
        self._timers: dict[Timer, float] = {}
        self._pending: deque[tuple[Input, Subject]] = deque()
        self._stepping = False
        self._plan: Plan[IdentifiedModem | None] | None = None
        self._plan_rang = False
        self._unsent: AtCommand | None = None
        self._broken_streams = 0
        self._failure: FirmwareError | None = None
        self._silent = False
        self._deeds = self._all_deeds()

    @abstractmethod
    def _all_deeds(self) -> Mapping[Action, Deed]:
        """What each action of the table does."""

    @abstractmethod
    def _frame_due(self, now: float) -> None:
        """The playback wants another frame, or its end."""

    # ------------------------------------------------------------ inputs

    def take(self, what: Input, subject: Subject, now: float) -> None:
        """One input and everything that follows from it at once. Raises Misuse for what the state does not allow."""
        self._pending.append((what, subject))
        if self._stepping:
            return  # caused by a row that is being carried out: its turn comes after that
        self._stepping = True
        try:
            while self._pending:
                self._step(*self._pending.popleft(), now)
                if not self._pending and (wish := self._wish()) is not None:
                    self._pending.append((wish, None))
        finally:
            self._stepping = False
            self._pending.clear()

    def command_done(self, done: CommandDone, now: float) -> None:
        """The engine has an answer: for the plan that asked, or for the state. One that nobody waits for any more (a
        check that was overtaken by TakeLine) only makes way for the command behind it."""
        if self._unsent is not None:
            unsent, self._unsent = self._unsent, None
            self._send(unsent, now)
        elif self._plan is not None:
            self._advance(done, now)
        else:
            self.take(self._judge(done), done, now)

    def stream_ended(self, now: float) -> None:
        """``<DLE><ETX>``."""
        self._broken_streams += self.state is State.LISTENING
        too_often = self._broken_streams > MAX_BROKEN_STREAMS
        self.take(Input.STREAM_BREAKS if too_often else Input.STREAM_ENDED, None, now)

    def stream_alive(self, now: float) -> None:
        """Bytes of an open receiving stream have come."""
        if self.state is State.LISTENING:
            self._timers[Timer.OVERDUE] = now + STREAM_QUIET_S

    def next_deadline(self) -> float | None:
        """The earliest timer of the machine; the engine has its own."""
        return min(self._timers.values(), default=None)

    def on_deadline(self, now: float) -> None:
        """Fire each timer that is due, once."""
        due = sorted((at, timer.value, timer) for timer, at in self._timers.items() if at <= now)
        for at, _, timer in due:
            if self._timers.get(timer) != at:
                continue  # gone with its state, or set anew, by a timer before it
            del self._timers[timer]
            match timer:
                case Timer.PLAN:
                    self._advance(Waited(now, self._plan_rang), now)
                case Timer.FRAME:
                    self._frame_due(now)
                case Timer.OVERDUE:
                    self.take(Input.OVERDUE, None, now)
                case Timer.CHECK:
                    self.take(Input.CHECK_DUE, None, now)

    # ------------------------------------------------------------ the table

    def _step(self, what: Input, subject: Subject, now: float) -> None:
        row = TRANSITIONS[self.state].get(what)
        if row is None:
            row = self._unlisted(what)
        action, following = row
        former, self.state = self.state, following
        if following is not former:
            self._timers.clear()
            if following not in (State.LISTENING, State.CLOSING_RECEIVE):
                self.stream = None
        self._explain(what, subject, former, following)
        self._deeds[action](subject, now)

    def _unlisted(self, what: Input) -> Row:
        if what in FROM_MODEM:
            self._failure = ProtocolViolation(f"the modem sent {what.value} while {self.state.value}")
            return VIOLATED
        kind = "command" if what in COMMANDS else "input"
        raise Misuse(f"{kind} {what.value} is not allowed while {self.state.value}")

    def _explain(self, what: Input, subject: Subject, former: State, following: State) -> None:
        """Keeps the cause of a failure, unless it is known better already."""
        if following is not State.REGAINING or former is State.REGAINING or self._failure is not None:
            return
        done = subject if isinstance(subject, CommandDone) else None
        if done is not None and done.result is not None:
            self._failure = CommandRefused(f"the modem answers {done.command.text} with {done.result.value}")
        elif done is not None:
            self._failure = CommandTimedOut(f"no answer to {done.command.text or 'the end of a stream'}")
        else:
            self._failure = CommandTimedOut(f"{what.value} while {former.value}: the stream is dead or stuck")

    def _wish(self) -> Input | None:
        """The first wish of the agenda that the state serves."""
        rows = TRANSITIONS[self.state]
        if self._agenda.silences_owed and Input.WANT_SILENCE in rows:
            return Input.WANT_SILENCE
        if self._agenda.leave_listening and Input.WANT_LEAVE in rows:
            return Input.WANT_LEAVE
        match self._agenda.next():
            case Play():
                wish = Input.WANT_PLAY
            case Listen():
                wish = Input.WANT_LISTEN
            case SendTones():
                wish = Input.WANT_TONES
            case ReleaseLine():
                wish = Input.WANT_RELEASE
            case None:
                return None
        return wish if wish in rows else None

    def _judge(self, done: CommandDone) -> Input:
        if done.ok:
            return Input.ANSWERED
        if done.result is None:
            return Input.UNANSWERED
        after_gone = self.gone is not None and self.gone.gone
        return Input.REFUSED_AFTER_GONE if after_gone else Input.REFUSED

    # ------------------------------------------------------------ sending and plans

    def _send(self, command: AtCommand, now: float) -> None:
        """To the engine, or behind the command that it still has."""
        if self.engine.busy:
            self._unsent = command
            return
        self.engine.send(command, now)
        self.collect_commands()

    def collect_commands(self) -> None:
        """Takes over what the engine wants written."""
        self.outgoing += [Outgoing(data) for data in self.engine.data_to_send()]

    def _begin_plan(self, plan: Plan[IdentifiedModem | None], now: float) -> None:
        self._plan = plan
        self._advance(None, now)

    def _advance(self, reply: Reply | None, now: float) -> None:
        """Give the plan its reply and do its next step."""
        assert self._plan is not None
        self._plan_rang = False
        try:
            # A generator is started with None, which its declared type leaves out.
            step = next(self._plan) if reply is None else self._plan.send(reply)
        except StopIteration as end:
            self._plan = None
            if isinstance(end.value, IdentifiedModem):
                self.modem = end.value
            self._silent = False
            self.take(Input.PLAN_DONE, None, now)
            return
        except FirmwareError as failure:
            self._plan = None
            self._silent = isinstance(failure, CommandTimedOut)
            self._failure = self._failure or failure
            self.take(Input.PLAN_FAILED, None, now)
            return
        if isinstance(step, AtCommand):
            self._send(step, now)
            return
        if step.first:
            self.outgoing.append(Outgoing(step.first))
        self._timers[Timer.PLAN] = now + step.duration_s
