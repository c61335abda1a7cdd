"""What shall happen on a virtual line: the calls, what each caller does, the extension and the faults of the wire.

Plain facts with their units; read from files by ``line_file``, acted out by ``exchange`` and ``caller``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TypeAlias

import numpy as np

from firmware.virtual.line import LineSamples


class Wait(Enum):
    """What a caller listens for before acting."""

    QUESTION = "question"  # the box spoke for at least 0.3 s, then kept quiet for quiet_s
    SPEECH = "speech"  # the box began to speak
    RINGBACK = "ringback"
    BUSY = "busy"  # busy or congestion
    END = "end"  # the line was released: busy, congestion or dial tone


# ---------------------------------------------------------------- actions


@dataclass(frozen=True, slots=True)
class Press:
    """Press ``keys`` one after another; "," is a pause of 0.5 s. ``level_dbm0`` is that of each of the two tones."""

    keys: str
    tone_s: float = 0.1
    gap_s: float = 0.1
    level_dbm0: float = -10.0


@dataclass(frozen=True, slots=True, eq=False)
class Speak:
    """Play recorded speech; ``what`` is its text or file name for the log. ``digits``: a row of single digits, after
    which, with ``more_may_come``, the box rightly waits for more."""

    samples: LineSamples
    what: str
    digits: bool = False
    more_may_come: bool = False


@dataclass(frozen=True, slots=True)
class StaySilent:
    """Say and press nothing for a while."""

    duration_s: float


@dataclass(frozen=True, slots=True)
class HangUp:
    """Put the receiver down."""


Action: TypeAlias = Press | Speak | StaySilent | HangUp


@dataclass(frozen=True, slots=True, eq=False)
class SpeakSamples:
    """Live speech, as it comes from a microphone; pieces follow one another without a gap."""

    samples: LineSamples


Command: TypeAlias = Press | SpeakSamples | HangUp
"""What a person in the caller's place can do."""


# ---------------------------------------------------------------- plans


DEFAULT_QUIET_S = 0.8
"""Longer than the 450 ms that prompts leave between groups of digits, so that a pause is not taken for the end."""


@dataclass(frozen=True, slots=True)
class Step:
    """Wait (at most ``timeout_s``), then ``after_s`` more, then act."""

    wait: Wait | None = None
    action: Action | None = None
    quiet_s: float = DEFAULT_QUIET_S
    after_s: float = 0.0
    timeout_s: float = 60.0
    id: str = ""


@dataclass(frozen=True, slots=True)
class CallPlan:
    """One call. ``number`` None: nothing is sent, unless ``withheld`` (P) or ``unavailable`` (O) says why."""

    number: str | None = None
    withheld: bool = False
    unavailable: bool = False
    answer_within_s: float = 40.0
    steps: tuple[Step, ...] = ()


class ExtensionBehaviour(Enum):
    """What the operator's telephone does when it is dialled."""

    ANSWERS = "answers"
    BUSY = "busy"
    NO_ANSWER = "no-answer"


@dataclass(frozen=True, slots=True)
class ExtensionPlan:
    """The one extension that the box can transfer to. It answers ``answer_after_s`` after its first ring, speaks
    ``greeting`` (a murmur when empty) and hangs up ``talk_s`` later; unanswered it rings for ``ring_for_s``."""

    number: str
    behaviour: ExtensionBehaviour = ExtensionBehaviour.ANSWERS
    answer_after_s: float = 6.0
    talk_s: float = 5.0
    ring_for_s: float = 30.0
    greeting: LineSamples = field(default_factory=lambda: np.zeros(0, np.int16), compare=False)


class AfterCaller(Enum):
    """What the box gets when the caller has hung up."""

    BUSY = "busy"
    CONGESTION = "congestion"
    SILENCE = "silence"
    REVERSAL = "reversal"  # silence, and the polarity of the wires is reversed


@dataclass(frozen=True, slots=True)
class Impairment:
    """The faults of the wire; levels are those at the receiving end. ``echo_db`` is how far the box's own sound, which
    leaks back through the hybrid, lies below what it sends (10–20 on real lines). None = absent."""

    attenuation_db: float = 0.0
    noise_dbm0: float | None = None
    hum_dbm0: float | None = None
    echo_db: float | None = None
    echo_delay_s: float = 0.0


@dataclass(frozen=True, slots=True)
class LinePlan:
    """Everything that the exchange needs to know. The ring cadence and the window for a flash vary between exchanges:
    voice-modem manuals and PBX data sheets give 80–900 ms for the latter. ``month_day`` and ``hour_minute`` go into
    caller-ID blocks. ``interactive``: the calls have no script, a person gives the commands."""

    calls: tuple[CallPlan, ...] = (CallPlan(),)
    first_call_after_s: float = 1.0
    pause_s: float = 3.0
    ring_on_s: float = 1.0
    ring_off_s: float = 4.0
    caller_id_after_ring: int = 1
    month_day: str = "0101"
    hour_minute: str = "0000"
    extension: ExtensionPlan | None = None
    flash_min_s: float = 0.080
    flash_max_s: float = 0.900
    after_caller: AfterCaller = AfterCaller.BUSY
    impairment: Impairment = Impairment()
    interactive: bool = False


def ways_of(plan: LinePlan) -> tuple[bool, bool]:
    """Whether any caller of the plan presses keys, and whether any speaks."""
    actions = [step.action for call in plan.calls for step in call.steps]
    return any(isinstance(a, Press) for a in actions), any(isinstance(a, Speak) for a in actions)
