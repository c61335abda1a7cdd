"""The states of the modem's serial channel and every way between them, as one table.

The hook and the class (+FCLASS) are separate facts: V.253 lets each be changed in command state only, so they need no
states of their own.
"""

from __future__ import annotations

from enum import Enum, auto

from firmware.virtual.errors import ImpossibleTransition


class ModemState(Enum):
    """What the bytes on the serial channel mean at present."""

    COMMAND = auto()  # AT text
    TONES = auto()  # +VTS plays; its OK is owed
    DIALLING = auto()  # ATD dials or waits for an answer; a character from the host gives up
    ANSWERING = auto()  # ATA in data class trains with nobody; a character gives up
    TRANSMIT = auto()  # +VTX
    DRAINING = auto()  # +VTX after <DLE><ETX>: the buffer plays out
    RECEIVE = auto()  # +VRX
    DUPLEX = auto()  # +VTR
    DUPLEX_DRAINING = auto()  # +VTR after <DLE><ETX>


class Step(Enum):
    """What moves the modem from one state to another."""

    TONES_BEGIN = auto()
    TONES_DONE = auto()
    DIAL = auto()
    DIAL_OVER = auto()
    ANSWER = auto()
    ANSWER_OVER = auto()
    TRANSMIT_BEGIN = auto()
    RECEIVE_BEGIN = auto()
    DUPLEX_BEGIN = auto()
    END_ASKED = auto()
    STREAM_OVER = auto()
    LINE_DROPPED = auto()


TRANSITIONS: dict[ModemState, dict[Step, ModemState]] = {
    ModemState.COMMAND: {
        Step.TONES_BEGIN: ModemState.TONES,
        Step.DIAL: ModemState.DIALLING,
        Step.ANSWER: ModemState.ANSWERING,
        Step.TRANSMIT_BEGIN: ModemState.TRANSMIT,
        Step.RECEIVE_BEGIN: ModemState.RECEIVE,
        Step.DUPLEX_BEGIN: ModemState.DUPLEX,
        Step.LINE_DROPPED: ModemState.COMMAND,
    },
    ModemState.TONES: {
        Step.TONES_DONE: ModemState.COMMAND,
        Step.LINE_DROPPED: ModemState.COMMAND,
    },
    ModemState.DIALLING: {
        Step.DIAL_OVER: ModemState.COMMAND,
        Step.LINE_DROPPED: ModemState.COMMAND,
    },
    ModemState.ANSWERING: {
        Step.ANSWER_OVER: ModemState.COMMAND,
        Step.LINE_DROPPED: ModemState.COMMAND,
    },
    ModemState.TRANSMIT: {
        Step.END_ASKED: ModemState.DRAINING,
        Step.STREAM_OVER: ModemState.COMMAND,
        Step.LINE_DROPPED: ModemState.COMMAND,
    },
    ModemState.DRAINING: {
        Step.STREAM_OVER: ModemState.COMMAND,
        Step.LINE_DROPPED: ModemState.COMMAND,
    },
    ModemState.RECEIVE: {
        Step.STREAM_OVER: ModemState.COMMAND,
        Step.LINE_DROPPED: ModemState.COMMAND,
    },
    ModemState.DUPLEX: {
        Step.END_ASKED: ModemState.DUPLEX_DRAINING,
        Step.STREAM_OVER: ModemState.COMMAND,
        Step.LINE_DROPPED: ModemState.COMMAND,
    },
    ModemState.DUPLEX_DRAINING: {
        Step.STREAM_OVER: ModemState.COMMAND,
        Step.LINE_DROPPED: ModemState.COMMAND,
    },
}

SENDING = frozenset({ModemState.TRANSMIT, ModemState.DRAINING, ModemState.DUPLEX, ModemState.DUPLEX_DRAINING})
RECEIVING = frozenset({ModemState.RECEIVE, ModemState.DUPLEX, ModemState.DUPLEX_DRAINING})


def follow(state: ModemState, step: Step) -> ModemState:
    """The state after ``step``; a pair that is not in the table raises :class:`ImpossibleTransition`."""
    try:
        return TRANSITIONS[state][step]
    except KeyError:
        raise ImpossibleTransition(f"virtual modem: no step {step.name} in state {state.name}") from None
