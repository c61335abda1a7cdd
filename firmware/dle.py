"""The voice stream: samples with shielded codes among them (ITU-T V.253).

The decoder keeps one byte of state across cuts, removes every pair before the bytes are regrouped into samples, ends at
``<DLE><ETX>`` and leaves what follows untouched. Knows neither sample formats nor what an event means for a call.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TypeAlias

from firmware.codes import DLE, KEY_CODES, FromModem

MAX_PACKET_BYTES = 512
"""A complex event (caller ID) is under 200 bytes; a longer one has lost its end mark, and sound goes on."""

_DLE_BYTE = bytes([DLE])


@dataclass(frozen=True, slots=True)
class Sound:
    """Sample bytes, unshielded, never empty."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Pair:
    """``<DLE>`` and ``code``. ``key`` is set on the one pair of a press that counts; pairs that neither
    :class:`FromModem` nor a key explains are handed on all the same, so that they can be recorded."""

    code: int
    key: str | None


@dataclass(frozen=True, slots=True)
class Packet:
    """The inside of a complex event, or as much as came before it broke off."""

    data: bytes


@dataclass(frozen=True, slots=True)
class StreamEnded:
    """``<DLE><ETX>``: a result code follows in command state."""


StreamItem: TypeAlias = Sound | Pair | Packet | StreamEnded


def shield(samples: bytes) -> bytes:
    """Sample bytes as they go on the wire: every 0x10 doubled. Needs no state, so cuts do not matter."""
    return samples.replace(_DLE_BYTE, _DLE_BYTE * 2)


class KeyShielding:
    """Which of the modem's digit codes are presses: one for each ``/ … ~`` pair however often the digit repeats inside
    (IS-101 repeats it every 70 ms), one for each bare digit of a modem that sends no marks.

    Lives as long as the call: a key may go down in one state of the modem and up in the next.
    """

    def __init__(self) -> None:
        self._inside = False
        self._held: str | None = None

    def take(self, code: int) -> str | None:
        """The key that ``code`` newly presses, or None."""
        if code in (FromModem.KEY_BEGINS, FromModem.KEY_ENDS):
            self._inside = code == FromModem.KEY_BEGINS
            self._held = None
            return None
        if code not in KEY_CODES:
            return None
        key = chr(code)
        if self._inside and key == self._held:
            return None
        self._held = key
        return key

    def release(self) -> None:
        """No key is down: a call begins."""
        self._inside = False
        self._held = None


class _State(Enum):
    SOUND = auto()
    AFTER_DLE = auto()
    PACKET = auto()
    PACKET_AFTER_DLE = auto()
    ENDED = auto()


class _Token(Enum):
    RUN = auto()  # bytes without DLE
    DLE = auto()
    SUB = auto()
    ETX = auto()
    BEGIN_PACKET = auto()
    END_PACKET = auto()
    CODE = auto()  # any other byte behind a DLE
    OVERFLOW = auto()  # a packet has reached its limit


class _Do(Enum):
    PASS = auto()
    SOUND = auto()
    ONE_SAMPLE = auto()
    TWO_SAMPLES = auto()
    PAIR = auto()
    COLLECT = auto()
    COLLECT_DLE = auto()
    CLOSE_PACKET = auto()
    END = auto()


_TRANSITIONS: dict[_State, dict[_Token, tuple[_Do, _State]]] = {
    _State.SOUND: {
        _Token.RUN: (_Do.SOUND, _State.SOUND),
        _Token.DLE: (_Do.PASS, _State.AFTER_DLE),
    },
    _State.AFTER_DLE: {
        _Token.DLE: (_Do.ONE_SAMPLE, _State.SOUND),
        _Token.SUB: (_Do.TWO_SAMPLES, _State.SOUND),
        _Token.ETX: (_Do.END, _State.ENDED),
        _Token.BEGIN_PACKET: (_Do.PASS, _State.PACKET),
        _Token.END_PACKET: (_Do.PAIR, _State.SOUND),  # the end of a packet whose beginning was lost
        _Token.CODE: (_Do.PAIR, _State.SOUND),
    },
    _State.PACKET: {
        _Token.RUN: (_Do.COLLECT, _State.PACKET),
        _Token.DLE: (_Do.PASS, _State.PACKET_AFTER_DLE),
        _Token.OVERFLOW: (_Do.CLOSE_PACKET, _State.SOUND),
    },
    _State.PACKET_AFTER_DLE: {
        _Token.DLE: (_Do.COLLECT_DLE, _State.PACKET),
        _Token.SUB: (_Do.COLLECT_DLE, _State.PACKET),
        _Token.ETX: (_Do.END, _State.ENDED),
        _Token.BEGIN_PACKET: (_Do.CLOSE_PACKET, _State.PACKET),
        _Token.END_PACKET: (_Do.CLOSE_PACKET, _State.SOUND),
        _Token.CODE: (_Do.PAIR, _State.PACKET),
    },
    _State.ENDED: {},
}
_BEHIND_DLE: dict[int, _Token] = {
    FromModem.SAMPLE: _Token.DLE,
    FromModem.TWO_SAMPLES: _Token.SUB,
    FromModem.END_OF_STREAM: _Token.ETX,
    FromModem.PACKET_BEGINS: _Token.BEGIN_PACKET,
    FromModem.PACKET_ENDS: _Token.END_PACKET,
}


class StreamDecoder:
    """One stream from CONNECT to ``<DLE><ETX>``."""

    def __init__(self, keys: KeyShielding | None = None) -> None:
        self._keys = keys if keys is not None else KeyShielding()
        self._state = _State.SOUND
        self._sound = bytearray()
        self._packet = bytearray()
        self._items: list[StreamItem] = []
        self.rest = b""
        """What followed ``<DLE><ETX>``; empty until then. Belongs to the reader of lines."""

    @property
    def ended(self) -> bool:
        """Whether ``<DLE><ETX>`` was seen; later bytes only lengthen ``rest``."""
        return self._state is _State.ENDED

    def feed(self, data: bytes) -> list[StreamItem]:
        """What ``data`` adds, in order; sound between two other items in one piece."""
        position = 0
        while position < len(data) and not self.ended:
            token, end = self._next_token(data, position)
            do, self._state = _TRANSITIONS[self._state][token]
            self._carry_out(do, data[position:end])
            position = end
        self._flush_sound()
        self.rest += data[position:]
        items, self._items = self._items, []
        return items

    def _next_token(self, data: bytes, position: int) -> tuple[_Token, int]:
        """The token that begins at ``position`` and where it ends. OVERFLOW takes no byte."""
        if self._state in (_State.AFTER_DLE, _State.PACKET_AFTER_DLE):
            return _BEHIND_DLE.get(data[position], _Token.CODE), position + 1
        if self._state is _State.PACKET and len(self._packet) >= MAX_PACKET_BYTES:
            return _Token.OVERFLOW, position
        if data[position] == DLE:
            return _Token.DLE, position + 1
        end = data.find(_DLE_BYTE, position)
        end = len(data) if end < 0 else end
        if self._state is _State.PACKET:
            end = min(end, position + MAX_PACKET_BYTES - len(self._packet))
        return _Token.RUN, end

    def _carry_out(self, do: _Do, data: bytes) -> None:
        match do:
            case _Do.SOUND:
                self._sound += data
            case _Do.ONE_SAMPLE:
                self._sound += _DLE_BYTE
            case _Do.TWO_SAMPLES:
                self._sound += _DLE_BYTE * 2
            case _Do.COLLECT:
                self._packet += data
            case _Do.COLLECT_DLE:
                self._packet += _DLE_BYTE
            case _Do.PAIR:
                self._flush_sound()
                self._items.append(Pair(data[0], self._keys.take(data[0])))
            case _Do.CLOSE_PACKET:
                self._close_packet()
            case _Do.END:
                if self._packet:
                    self._close_packet()
                self._flush_sound()
                self._items.append(StreamEnded())
            case _Do.PASS:
                pass

    def _close_packet(self) -> None:
        self._flush_sound()
        self._items.append(Packet(bytes(self._packet)))
        self._packet.clear()

    def _flush_sound(self) -> None:
        if self._sound:
            self._items.append(Sound(bytes(self._sound)))
            self._sound.clear()
