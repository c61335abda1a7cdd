"""Bytes to lines while the modem is in command state: CR and LF in all mixtures, shielded codes between and inside
lines, a maximum length, and a way back after garbage.

Knows no AT. Hands out one item at a time, so that the reader of a CONNECT can take over whatever follows it
untouched: a CR is held until the next byte tells whether an LF belongs to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TypeAlias

from firmware.codes import DLE

MAX_LINE_BYTES = 512
"""Longer than any line of &V, +VLS=? or +VSM=? listings (under 100 on all manuals read); more is garbage."""

_CR, _LF = 0x0D, 0x0A


@dataclass(frozen=True, slots=True)
class Line:
    """A line without its end, never empty. Bytes above 127 stand for themselves (Latin-1), so nothing can fail."""

    text: str


@dataclass(frozen=True, slots=True)
class Shielded:
    """``<DLE>`` and the byte behind it."""

    code: int


@dataclass(frozen=True, slots=True)
class Garbage:
    """``length`` bytes that cannot be a line were dropped."""

    length: int


FramedItem: TypeAlias = Line | Shielded | Garbage


class _State(Enum):
    TEXT = auto()
    AFTER_CR = auto()
    AFTER_DLE = auto()
    TOO_LONG = auto()


class _Byte(Enum):
    CR = auto()
    LF = auto()
    DLE = auto()
    OTHER = auto()
    OVERFLOW = auto()  # another byte than those above, and the line is full


class _Do(Enum):
    KEEP = auto()  # the byte belongs to the line
    PASS = auto()  # the byte says all it has to say by the change of state
    END_LINE = auto()
    END_LINE_BEFORE = auto()  # the line ended before this byte, which is read again (by whoever reads then)
    SHIELDED = auto()
    LONE_DLE = auto()  # a line end cannot be shielded: the DLE was noise, the byte is read again
    DROP = auto()
    DROP_LINE = auto()
    END_GARBAGE = auto()


_TRANSITIONS: dict[_State, dict[_Byte, tuple[_Do, _State]]] = {
    _State.TEXT: {
        _Byte.CR: (_Do.PASS, _State.AFTER_CR),
        _Byte.LF: (_Do.END_LINE, _State.TEXT),
        _Byte.DLE: (_Do.PASS, _State.AFTER_DLE),
        _Byte.OTHER: (_Do.KEEP, _State.TEXT),
        _Byte.OVERFLOW: (_Do.DROP_LINE, _State.TOO_LONG),
    },
    _State.AFTER_CR: {
        _Byte.CR: (_Do.END_LINE_BEFORE, _State.TEXT),
        _Byte.LF: (_Do.END_LINE, _State.TEXT),
        _Byte.DLE: (_Do.END_LINE_BEFORE, _State.TEXT),
        _Byte.OTHER: (_Do.END_LINE_BEFORE, _State.TEXT),
        _Byte.OVERFLOW: (_Do.END_LINE_BEFORE, _State.TEXT),
    },
    _State.AFTER_DLE: {
        _Byte.CR: (_Do.LONE_DLE, _State.TEXT),
        _Byte.LF: (_Do.LONE_DLE, _State.TEXT),
        _Byte.DLE: (_Do.SHIELDED, _State.TEXT),
        _Byte.OTHER: (_Do.SHIELDED, _State.TEXT),
        _Byte.OVERFLOW: (_Do.SHIELDED, _State.TEXT),
    },
    _State.TOO_LONG: {
        _Byte.CR: (_Do.END_GARBAGE, _State.TEXT),
        _Byte.LF: (_Do.END_GARBAGE, _State.TEXT),
        _Byte.DLE: (_Do.DROP, _State.TOO_LONG),
        _Byte.OTHER: (_Do.DROP, _State.TOO_LONG),
    },
}
_REREAD = frozenset({_Do.END_LINE_BEFORE, _Do.LONE_DLE})
_KIND = {_CR: _Byte.CR, _LF: _Byte.LF, DLE: _Byte.DLE}


class LineFramer:
    """``feed`` stores, ``next_item`` parses. What the same bytes mean does not depend on how they were cut."""

    def __init__(self) -> None:
        self._state = _State.TEXT
        self._line = bytearray()
        self._dropped = 0
        self._unread = b""
        self._position = 0

    @property
    def partial(self) -> bool:
        """Whether bytes are held back that time alone may have to complete; see :meth:`flush`."""
        return bool(self._line or self._state is not _State.TEXT)

    def feed(self, data: bytes) -> None:
        """Add ``data`` to what is unread."""
        self._unread = self._unread[self._position :] + data
        self._position = 0

    def next_item(self) -> FramedItem | None:
        """The next whole item, or None if more bytes are needed."""
        while self._position < len(self._unread):
            byte = self._unread[self._position]
            do, self._state = _TRANSITIONS[self._state][self._kind(byte)]
            if do not in _REREAD:
                self._position += 1
            item = self._carry_out(do, byte)
            if item is not None:
                return item
        return None

    def flush(self) -> FramedItem | None:
        """Nothing has come for a while: take what is held as a whole line (a modem that ends lines with CR alone), or
        drop it if it is a lone DLE."""
        item = self._end_garbage() if self._state is _State.TOO_LONG else self._end_line()
        self._state = _State.TEXT
        return item

    def hand_over(self) -> bytes:
        """Everything not yet read, for the decoder of a stream. The framer is empty afterwards."""
        rest = self._unread[self._position :]
        self._unread, self._position, self._dropped = b"", 0, 0
        self._line.clear()
        self._state = _State.TEXT
        return rest

    def _kind(self, byte: int) -> _Byte:
        kind = _KIND.get(byte, _Byte.OTHER)
        full = len(self._line) >= MAX_LINE_BYTES
        # Only text can overflow: in TOO_LONG the line is empty again.
        return _Byte.OVERFLOW if kind is _Byte.OTHER and full else kind

    def _carry_out(self, do: _Do, byte: int) -> FramedItem | None:
        match do:
            case _Do.KEEP:
                self._line.append(byte)
            case _Do.DROP_LINE:
                self._dropped = len(self._line) + 1
                self._line.clear()
            case _Do.END_LINE | _Do.END_LINE_BEFORE:
                return self._end_line()
            case _Do.SHIELDED:
                return Shielded(byte)
            case _Do.DROP:
                self._dropped += 1
            case _Do.END_GARBAGE:
                return self._end_garbage()
            case _Do.PASS | _Do.LONE_DLE:
                pass
        return None

    def _end_line(self) -> Line | None:
        text = self._line.decode("latin-1").strip(" \t\0")
        self._line.clear()
        return Line(text) if text else None

    def _end_garbage(self) -> Garbage:
        garbage, self._dropped = Garbage(self._dropped), 0
        return garbage
