"""The life of one subscriber's line at the exchange, as a table, and what each side hears in every state.

The box is the called subscriber; the caller is far away. HELD: the box has flashed, the caller waits and hears nothing.
TRANSFERRED: the box has left, caller and extension are joined. A pair that the table does not list is a defect of the
exchange and raises; whatever a box can do at any moment (close, flash, release) is listed everywhere.
"""

from __future__ import annotations

from enum import Enum
from types import MappingProxyType

from firmware.virtual.errors import ImpossibleTransition


class ExchangeState(Enum):
    """Where the line is."""

    IDLE = "idle"
    RINGING = "ringing"
    CONNECTED = "connected"
    CALLER_GONE = "caller-gone"
    HELD_DIAL_TONE = "held-dial-tone"
    HELD_DIALLING = "held-dialling"
    HELD_RINGING = "held-ringing"
    HELD_TALKING = "held-talking"
    HELD_NO_WAY = "held-no-way"  # busy tone towards the box: extension busy, wrong number, too slow, nobody there
    TRANSFERRED_RINGING = "transferred-ringing"
    TRANSFERRED_TALKING = "transferred-talking"
    RELEASED = "released"  # the box has hung up, the caller hears busy


class Signal(Enum):
    """What moves it."""

    CALL_DUE = "call-due"
    PATIENCE_OVER = "patience-over"
    LOOP_CLOSED = "loop-closed"
    FLASHED = "flashed"
    LOOP_RELEASED = "loop-released"
    CALLER_LEFT = "caller-left"
    DIGIT = "digit"  # one that leaves the number open
    NUMBER_FREE = "number-free"
    NUMBER_USELESS = "number-useless"  # wrong or busy
    TIMED_OUT = "timed-out"
    EXTENSION_ANSWERED = "extension-answered"
    EXTENSION_LEFT = "extension-left"


_S = ExchangeState
_N = Signal

TRANSITIONS: MappingProxyType[tuple[ExchangeState, Signal], ExchangeState] = MappingProxyType(
    {
        (_S.IDLE, _N.CALL_DUE): _S.RINGING,
        (_S.IDLE, _N.LOOP_CLOSED): _S.IDLE,
        (_S.IDLE, _N.FLASHED): _S.IDLE,
        (_S.IDLE, _N.LOOP_RELEASED): _S.IDLE,
        (_S.RINGING, _N.LOOP_CLOSED): _S.CONNECTED,
        (_S.RINGING, _N.PATIENCE_OVER): _S.IDLE,
        (_S.RINGING, _N.CALLER_LEFT): _S.IDLE,
        (_S.CONNECTED, _N.CALLER_LEFT): _S.CALLER_GONE,
        (_S.CONNECTED, _N.FLASHED): _S.HELD_DIAL_TONE,
        (_S.CONNECTED, _N.LOOP_RELEASED): _S.RELEASED,
        (_S.CALLER_GONE, _N.FLASHED): _S.CALLER_GONE,
        (_S.CALLER_GONE, _N.LOOP_RELEASED): _S.IDLE,
        (_S.HELD_DIAL_TONE, _N.DIGIT): _S.HELD_DIALLING,
        (_S.HELD_DIAL_TONE, _N.NUMBER_FREE): _S.HELD_RINGING,
        (_S.HELD_DIAL_TONE, _N.NUMBER_USELESS): _S.HELD_NO_WAY,
        (_S.HELD_DIAL_TONE, _N.TIMED_OUT): _S.HELD_NO_WAY,
        (_S.HELD_DIAL_TONE, _N.FLASHED): _S.CONNECTED,
        (_S.HELD_DIAL_TONE, _N.LOOP_RELEASED): _S.RELEASED,
        (_S.HELD_DIAL_TONE, _N.CALLER_LEFT): _S.CALLER_GONE,
        (_S.HELD_DIALLING, _N.DIGIT): _S.HELD_DIALLING,
        (_S.HELD_DIALLING, _N.NUMBER_FREE): _S.HELD_RINGING,
        (_S.HELD_DIALLING, _N.NUMBER_USELESS): _S.HELD_NO_WAY,
        (_S.HELD_DIALLING, _N.TIMED_OUT): _S.HELD_NO_WAY,
        (_S.HELD_DIALLING, _N.FLASHED): _S.CONNECTED,
        (_S.HELD_DIALLING, _N.LOOP_RELEASED): _S.RELEASED,
        (_S.HELD_DIALLING, _N.CALLER_LEFT): _S.CALLER_GONE,
        (_S.HELD_RINGING, _N.EXTENSION_ANSWERED): _S.HELD_TALKING,
        (_S.HELD_RINGING, _N.TIMED_OUT): _S.HELD_NO_WAY,
        (_S.HELD_RINGING, _N.FLASHED): _S.CONNECTED,
        (_S.HELD_RINGING, _N.LOOP_RELEASED): _S.TRANSFERRED_RINGING,
        (_S.HELD_RINGING, _N.CALLER_LEFT): _S.CALLER_GONE,
        (_S.HELD_TALKING, _N.EXTENSION_LEFT): _S.HELD_NO_WAY,
        (_S.HELD_TALKING, _N.FLASHED): _S.CONNECTED,
        (_S.HELD_TALKING, _N.LOOP_RELEASED): _S.TRANSFERRED_TALKING,
        (_S.HELD_TALKING, _N.CALLER_LEFT): _S.CALLER_GONE,
        (_S.HELD_NO_WAY, _N.FLASHED): _S.CONNECTED,
        (_S.HELD_NO_WAY, _N.LOOP_RELEASED): _S.RELEASED,
        (_S.HELD_NO_WAY, _N.CALLER_LEFT): _S.CALLER_GONE,
        (_S.TRANSFERRED_RINGING, _N.EXTENSION_ANSWERED): _S.TRANSFERRED_TALKING,
        (_S.TRANSFERRED_RINGING, _N.TIMED_OUT): _S.RELEASED,
        (_S.TRANSFERRED_RINGING, _N.CALLER_LEFT): _S.IDLE,
        (_S.TRANSFERRED_TALKING, _N.EXTENSION_LEFT): _S.RELEASED,
        (_S.TRANSFERRED_TALKING, _N.CALLER_LEFT): _S.IDLE,
        (_S.RELEASED, _N.CALLER_LEFT): _S.IDLE,
        # The line is the subscriber's again while the others still talk or hear busy.
        **{
            (state, signal): state
            for state in (_S.TRANSFERRED_RINGING, _S.TRANSFERRED_TALKING, _S.RELEASED)
            for signal in (_N.LOOP_CLOSED, _N.FLASHED, _N.LOOP_RELEASED)
        },
    }
)


def next_state(state: ExchangeState, signal: Signal) -> ExchangeState:
    """The table, or ImpossibleTransition."""
    try:
        return TRANSITIONS[state, signal]
    except KeyError:
        raise ImpossibleTransition(f"the exchange cannot take {signal.value} while {state.value}") from None


class Source(Enum):
    """Where the sound in someone's ear comes from."""

    SILENCE = "silence"
    DIAL_TONE = "dial-tone"
    RINGBACK = "ringback"
    BUSY = "busy"
    RELEASE = "release"  # what the plan sends after the caller has hung up
    PARTNER = "partner"  # box and caller hear each other
    EXTENSION = "extension"


BOX_HEARS: MappingProxyType[ExchangeState, Source] = MappingProxyType(
    {
        _S.IDLE: Source.DIAL_TONE,
        _S.RINGING: Source.SILENCE,
        _S.CONNECTED: Source.PARTNER,
        _S.CALLER_GONE: Source.RELEASE,
        _S.HELD_DIAL_TONE: Source.DIAL_TONE,
        _S.HELD_DIALLING: Source.SILENCE,
        _S.HELD_RINGING: Source.RINGBACK,
        _S.HELD_TALKING: Source.EXTENSION,
        _S.HELD_NO_WAY: Source.BUSY,
        _S.TRANSFERRED_RINGING: Source.DIAL_TONE,
        _S.TRANSFERRED_TALKING: Source.DIAL_TONE,
        _S.RELEASED: Source.DIAL_TONE,
    }
)
"""As long as the box is off hook; on hook it hears nothing."""

CALLER_HEARS: MappingProxyType[ExchangeState, Source] = MappingProxyType(
    {
        _S.IDLE: Source.SILENCE,
        _S.RINGING: Source.RINGBACK,
        _S.CONNECTED: Source.PARTNER,
        _S.CALLER_GONE: Source.SILENCE,
        _S.HELD_DIAL_TONE: Source.SILENCE,
        _S.HELD_DIALLING: Source.SILENCE,
        _S.HELD_RINGING: Source.SILENCE,
        _S.HELD_TALKING: Source.SILENCE,
        _S.HELD_NO_WAY: Source.SILENCE,
        _S.TRANSFERRED_RINGING: Source.RINGBACK,
        _S.TRANSFERRED_TALKING: Source.EXTENSION,
        _S.RELEASED: Source.BUSY,
    }
)

DIALLING = frozenset({_S.HELD_DIAL_TONE, _S.HELD_DIALLING})
"""Where the exchange listens for digits."""

EXTENSION_IN_PLAY = frozenset({_S.HELD_RINGING, _S.HELD_TALKING, _S.TRANSFERRED_RINGING, _S.TRANSFERRED_TALKING})

HELD = frozenset({_S.HELD_DIAL_TONE, _S.HELD_DIALLING, _S.HELD_RINGING, _S.HELD_TALKING, _S.HELD_NO_WAY})
