"""Commands and answers: one command in flight, everything else sorted by what a line is, never by where it stands.

Owns the line framer. Bytes go in with :meth:`AtEngine.feed`, events come out of :meth:`AtEngine.next_event` one at a
time, so that after a CONNECT the stream decoder can take over in the middle of a read. Knows no profile and no call.
"""

from __future__ import annotations

from enum import Enum, auto

from firmware.at_events import (
    AtCommand,
    AtEvent,
    CallerIdLine,
    CodeSeen,
    CommandDone,
    LineDropped,
    RingSeen,
    StrayResult,
    UnknownText,
)
from firmware.caller_id import read_caller_id_line
from firmware.codes import RESULT_BY_TEXT, ResultCode
from firmware.errors import Misuse
from firmware.line_framer import FramedItem, Garbage, Line, LineFramer, Shielded

GAP_S = 0.020
"""Quiet kept between the last line and the next command: a doubled OK falls into it and is not taken for the answer
to what comes next. Ours; V.250 names no pause."""

PARTIAL_LINE_S = 0.5
"""A line that does not go on for so long is taken as it stands. Ours: at 1200 bit/s a byte takes 8 ms."""

AFTER_WEAK_FINAL_S = 1.0
"""BUSY and the like may be the answer or only a report with the answer behind it: wait so long for that."""

MAX_INFORMATION_LINES = 64

_STRONG_FINALS = frozenset({ResultCode.OK, ResultCode.ERROR, ResultCode.CONNECT, ResultCode.VCON})
_PROGRESS = frozenset({ResultCode.RINGING, ResultCode.DIGITAL_LINE_DETECTED})


class _State(Enum):
    IDLE = auto()
    HOLDING = auto()  # a command waits for the gap
    AWAITING = auto()


class _Kind(Enum):
    """What has come, sorted against the command in flight."""

    SUCCESS = auto()
    REFUSAL = auto()
    OTHER_FINAL = auto()  # final, but not for this command
    WEAK_FINAL = auto()  # perhaps the answer, perhaps a report
    RING = auto()
    CALLER_ID = auto()
    PROGRESS = auto()
    ECHO = auto()
    TEXT = auto()
    CODE = auto()
    GARBAGE = auto()
    DUE = auto()


class _Do(Enum):
    COMPLETE = auto()
    EXPIRE = auto()
    TRANSMIT = auto()
    COLLECT = auto()
    DROP = auto()
    STRAY = auto()
    DROPPED = auto()
    RING = auto()
    CALLER_ID = auto()
    CODE = auto()
    UNKNOWN = auto()


_UNSOLICITED: dict[_Kind, _Do] = {
    _Kind.OTHER_FINAL: _Do.STRAY,
    _Kind.WEAK_FINAL: _Do.DROPPED,
    _Kind.RING: _Do.RING,
    _Kind.CALLER_ID: _Do.CALLER_ID,
    _Kind.PROGRESS: _Do.DROP,
    _Kind.ECHO: _Do.DROP,
    _Kind.CODE: _Do.CODE,
    _Kind.GARBAGE: _Do.UNKNOWN,
}


def _staying(state: _State, **more: _Do) -> dict[_Kind, tuple[_Do, _State]]:
    kinds = _UNSOLICITED | {_Kind[name]: do for name, do in more.items()}
    return {kind: (do, state) for kind, do in kinds.items()}


_TRANSITIONS: dict[_State, dict[_Kind, tuple[_Do, _State]]] = {
    _State.IDLE: _staying(_State.IDLE, TEXT=_Do.UNKNOWN),
    _State.HOLDING: _staying(_State.HOLDING, TEXT=_Do.UNKNOWN) | {_Kind.DUE: (_Do.TRANSMIT, _State.AWAITING)},
    _State.AWAITING: _staying(_State.AWAITING, TEXT=_Do.COLLECT)
    | {
        _Kind.SUCCESS: (_Do.COMPLETE, _State.IDLE),
        _Kind.REFUSAL: (_Do.COMPLETE, _State.IDLE),
        _Kind.DUE: (_Do.EXPIRE, _State.IDLE),
    },
}


class AtEngine:
    """See the module. ``now`` is monotonic seconds and never goes back."""

    def __init__(self) -> None:
        self._framer = LineFramer()
        self._state = _State.IDLE
        self._command: AtCommand | None = None
        self._information: list[str] = []
        self._weak_final: ResultCode | None = None
        self._skipped_empty_ok = False
        self._due: float | None = None
        self._last_byte_at = float("-inf")
        self._last_line_at = float("-inf")
        self._outgoing: list[bytes] = []

    @property
    def busy(self) -> bool:
        """Whether a command waits for its turn or its answer."""
        return self._state is not _State.IDLE

    def send(self, command: AtCommand, now: float) -> None:
        """Send when the gap allows. Raises Misuse while another command is in flight."""
        if self.busy:
            raise Misuse(f"{command.text or 'a code'} was to be sent while {self._command} is in flight")
        self._command, self._information, self._weak_final = command, [], None
        self._skipped_empty_ok = False
        free_at = self._last_line_at + GAP_S if command.wire is None else now
        self._state, self._due = _State.HOLDING, free_at
        if free_at <= now:
            self._transition(_Kind.DUE, "", now)

    def cancel(self) -> None:
        """Forget the command in flight; what still comes for it is stray."""
        self._state, self._due, self._command = _State.IDLE, None, None

    def data_to_send(self) -> list[bytes]:
        """What is to be written, each element with one write; empties the list."""
        data, self._outgoing = self._outgoing, []
        return data

    def feed(self, data: bytes, now: float) -> None:
        """Store ``data``; :meth:`next_event` reads it."""
        self._framer.feed(data)
        self._last_byte_at = now

    def next_event(self, now: float) -> AtEvent | None:
        """The next event of what was fed, or None when all of it is read."""
        while (item := self._framer.next_item()) is not None:
            event = self._take(item, now)
            if event is not None:
                return event
        return None

    def hand_over(self) -> bytes:
        """After a CONNECT: the bytes behind its line, which belong to the stream."""
        return self._framer.hand_over()

    def next_deadline(self) -> float | None:
        """When :meth:`on_deadline` wants to be called."""
        dues = [] if self._due is None else [self._due]
        if self._framer.partial:
            dues.append(self._last_byte_at + PARTIAL_LINE_S)
        return min(dues, default=None)

    def on_deadline(self, now: float) -> list[AtEvent]:
        """Send what the gap held back, take a line that does not go on, give up on an answer."""
        events: list[AtEvent | None] = []
        if self._framer.partial and now >= self._last_byte_at + PARTIAL_LINE_S:
            item = self._framer.flush()
            events.append(self._take(item, now) if item is not None else None)
        if self._due is not None and now >= self._due:
            events.append(self._transition(_Kind.DUE, "", now))
        return [event for event in events if event is not None]

    def _take(self, item: FramedItem, now: float) -> AtEvent | None:
        if isinstance(item, Shielded):
            return self._transition(_Kind.CODE, chr(item.code), now)
        self._last_line_at = now
        if self._state is _State.HOLDING:
            self._due = now + GAP_S
        if isinstance(item, Garbage):
            return self._transition(_Kind.GARBAGE, f"{item.length} bytes without a line end", now)
        assert isinstance(item, Line)
        return self._transition(self._sort(item.text), item.text, now)

    def _sort(self, text: str) -> _Kind:
        """Whole lines only: OKAY is no OK, and a brand name that contains ERROR is no error."""
        result = RESULT_BY_TEXT.get(text)
        if result is ResultCode.RING:
            return _Kind.RING
        if result in _PROGRESS:
            return _Kind.PROGRESS
        if result in _STRONG_FINALS:
            return self._sort_final(result)
        if result is not None:
            return _Kind.WEAK_FINAL
        if read_caller_id_line(text) is not None:
            return _Kind.CALLER_ID
        if self._command is not None and text == self._command.text:
            return _Kind.ECHO
        return _Kind.TEXT

    def _sort_final(self, result: ResultCode | None) -> _Kind:
        if self._state is not _State.AWAITING or self._command is None:
            return _Kind.OTHER_FINAL
        if result is ResultCode.ERROR:
            return _Kind.REFUSAL
        if result not in self._command.success:
            return _Kind.OTHER_FINAL
        if self._command.wants_information and not self._information and not self._skipped_empty_ok:
            self._skipped_empty_ok = True
            return _Kind.OTHER_FINAL
        return _Kind.SUCCESS

    def _transition(self, kind: _Kind, text: str, now: float) -> AtEvent | None:
        step = _TRANSITIONS[self._state].get(kind)
        if step is None:
            raise Misuse(f"the AT engine has no rule for {kind.name} while {self._state.name}")
        do, self._state = step
        match do:
            case _Do.COMPLETE:
                return self._finish(RESULT_BY_TEXT[text], now)
            case _Do.EXPIRE:
                return self._finish(self._weak_final, now)
            case _Do.TRANSMIT:
                self._transmit(now)
            case _Do.COLLECT:
                if len(self._information) < MAX_INFORMATION_LINES:
                    self._information.append(text)
            case _Do.DROPPED:
                return self._note_weak_final(RESULT_BY_TEXT[text], now)
            case _Do.DROP:
                pass
            case _:
                return _report(do, text, now)
        return None

    def _transmit(self, now: float) -> None:
        assert self._command is not None
        if self._command.data:
            self._outgoing.append(self._command.data)
        self._due = now + self._command.timeout_s

    def _note_weak_final(self, result: ResultCode, now: float) -> AtEvent:
        if self._state is _State.AWAITING and self._due is not None:
            self._weak_final = result
            self._due = min(self._due, now + AFTER_WEAK_FINAL_S)
        return LineDropped(now, result)

    def _finish(self, result: ResultCode | None, now: float) -> CommandDone:
        assert self._command is not None
        done = CommandDone(now, self._command, result, tuple(self._information))
        self._due, self._command = None, None
        return done


def _report(do: _Do, text: str, now: float) -> AtEvent:
    """The events that change nothing in the engine."""
    match do:
        case _Do.RING:
            return RingSeen(now)
        case _Do.CALLER_ID:
            field, value = read_caller_id_line(text) or ("", "")
            return CallerIdLine(now, field, value)
        case _Do.CODE:
            return CodeSeen(now, ord(text))
        case _Do.STRAY:
            return StrayResult(now, RESULT_BY_TEXT[text])
        case _:
            return UnknownText(now, text)
