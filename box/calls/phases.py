"""What may happen in which phase of a call: the session's transition table, and the rules of one line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from firmware.progress_tones import ToneHeard
from firmware.vocabulary import (
    CallerGone,
    CallerIdReceived,
    KeyPressed,
    LineEvent,
    LineReleased,
    LineTaken,
    LinkFailed,
    LinkReady,
    ListeningStarted,
    PlaybackFinished,
    PlaybackStarted,
    PlaybackStopped,
    Rang,
    RingingStopped,
    TonesSent,
)


class Phase(Enum):
    """Who has the turn."""

    AWAY = "away"  # no modem
    IDLE = "idle"
    RINGING = "ringing"
    TAKING = "taking"
    GREETING = "greeting"  # the line is ours; the desk opens the call
    SPEAKING = "speaking"
    HUSHING = "hushing"  # a key has cut the prompt; waiting for silence
    LISTENING = "listening"
    DIALLING = "dialling"
    CHECKING = "checking"  # dialled; whose tone is it?
    RETURNING = "returning"  # the transfer failed; fetching the caller back
    LEAVING = "leaving"


@dataclass(frozen=True, slots=True)
class LineRules:
    """What this line's settings say about handling calls."""

    answer_after_rings: int
    call_ceiling_s: float
    number_country: str
    operator_number: str
    flash_s: float
    answer_wait_s: float


SessionEvent = LineEvent | ToneHeard

IN_CALL = frozenset(Phase) - {Phase.AWAY, Phase.IDLE, Phase.RINGING}

EVERYWHERE: Mapping[type, str] = {
    LinkFailed: "_link_failed",
    LinkReady: "_link_ready",
    Rang: "_ignore",
    RingingStopped: "_ignore",
    CallerIdReceived: "_ignore",
    KeyPressed: "_ignore",
    CallerGone: "_ignore",
    ToneHeard: "_ignore",
    PlaybackStarted: "_ignore",
    ListeningStarted: "_ignore",
}
"""What no phase may be surprised by; a phase's own row comes first."""

TABLE: Mapping[Phase, Mapping[type, str]] = {
    Phase.AWAY: {},
    Phase.IDLE: {Rang: "_rang", CallerIdReceived: "_caller_known", LineReleased: "_ignore"},
    Phase.RINGING: {Rang: "_rang", CallerIdReceived: "_caller_known", RingingStopped: "_ringing_stopped"},
    Phase.TAKING: {LineTaken: "_line_taken", CallerIdReceived: "_caller_known"},
    Phase.GREETING: {CallerGone: "_caller_gone", KeyPressed: "_key_ahead"},
    Phase.SPEAKING: {
        PlaybackStarted: "_speaking_began",
        PlaybackFinished: "_prompt_ended",
        KeyPressed: "_key_interrupts",
        CallerGone: "_caller_gone",
    },
    Phase.HUSHING: {
        PlaybackFinished: "_prompt_ended",
        PlaybackStopped: "_prompt_ended",
        KeyPressed: "_key_interrupts",
        CallerGone: "_caller_gone",
    },
    Phase.LISTENING: {
        ListeningStarted: "_listening_began",
        KeyPressed: "_key_answers",
        CallerGone: "_caller_gone",
        ToneHeard: "_tone_while_listening",
    },
    Phase.DIALLING: {TonesSent: "_dialled", CallerGone: "_ignore"},
    Phase.CHECKING: {ToneHeard: "_tone_after_dialling", CallerGone: "_transfer_failed"},
    Phase.RETURNING: {TonesSent: "_returned", CallerGone: "_ignore"},
    Phase.LEAVING: {
        LineReleased: "_line_released",
        PlaybackFinished: "_ignore",
        PlaybackStopped: "_ignore",
        TonesSent: "_ignore",
    },
}
