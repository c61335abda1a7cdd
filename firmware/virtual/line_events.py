"""What happened on the virtual line, for transcripts, checks and latencies.

Every event has ``at``, the monotonic second of the line's clock (frames counted from the start). Events are logged when
they are noticed; one whose ``at`` needs hindsight (a sound that has ended, a hang-up told from a flash) stands after
younger ones. Telephone numbers appear only masked.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from enum import Enum
from typing import TypeAlias


class TransferFailure(Enum):
    """Why a transfer came to nothing."""

    NO_DIGITS = "no-digits"
    WRONG_NUMBER = "wrong-number"
    BUSY = "busy"
    NO_ANSWER = "no-answer"
    EXTENSION_LEFT = "extension-left"  # it answered, and hung up before the box did
    HUNG_UP_TOO_EARLY = "hung-up-too-early"  # the box left before the extension rang


@dataclass(frozen=True, slots=True)
class CallArrived:
    """A caller has dialled the box; ringing begins. ``call`` counts from 1; ``caller`` is masked (``···0101``),
    ``withheld``, ``unavailable`` or ``not-sent``."""

    at: float
    call: int
    caller: str


@dataclass(frozen=True, slots=True)
class RingSent:
    """One burst of ringing current begins; ``count`` from 1 within the call."""

    at: float
    count: int


@dataclass(frozen=True, slots=True)
class CallerIdSent:
    """The caller-ID block, masked as in CallArrived."""

    at: float
    caller: str


@dataclass(frozen=True, slots=True)
class BoxAnswered:
    """The loop was closed while it rang."""

    at: float


@dataclass(frozen=True, slots=True)
class BoxTookIdleLine:
    """The loop was closed when nothing rang: the box hears dial tone."""

    at: float


@dataclass(frozen=True, slots=True)
class CallerPressed:
    """One key of the caller, logged when its tone has ended. ``final`` marks the last key of its action."""

    at: float
    key: str
    began_at: float
    ended_at: float
    final: bool = True


@dataclass(frozen=True, slots=True)
class CallerSpoke:
    """The caller's voice, from its first to its last sound (quiet around it in a file is not counted). ``what`` is the
    text where the script gives one, else the file's name; ``live`` for a microphone. ``digits`` and ``more_may_come``
    as in :class:`firmware.virtual.line_plan.Speak`."""

    at: float
    what: str
    began_at: float
    ended_at: float
    digits: bool = False
    more_may_come: bool = False


@dataclass(frozen=True, slots=True)
class CallerStarved:
    """The caller waited in vain and hung up. ``step`` counts from 1 as the file is read; one more than the last step =
    the script was over and the box never hung up. ``box_gone`` = the line was released while it waited."""

    at: float
    step: int
    step_id: str
    waiting_for: str
    box_gone: bool


@dataclass(frozen=True, slots=True)
class BoxSoundBegan:
    """First 5 ms in which the box sends sound towards the caller."""

    at: float


@dataclass(frozen=True, slots=True)
class BoxSoundEnded:
    """End of the last 5 ms with sound before a silence."""

    at: float


@dataclass(frozen=True, slots=True)
class CallerHungUp:
    """The caller put the receiver down."""

    at: float


@dataclass(frozen=True, slots=True)
class CallerGaveUp:
    """Nobody answered as long as the caller's patience lasted."""

    at: float


@dataclass(frozen=True, slots=True)
class BoxHungUp:
    """The loop was opened for longer than a flash; ``at`` is when it opened."""

    at: float


@dataclass(frozen=True, slots=True)
class FlashSeen:
    """The loop was open for ``duration_s`` and closed again, within the exchange's window for a flash."""

    at: float
    duration_s: float


@dataclass(frozen=True, slots=True)
class DigitDialled:
    """A digit that the exchange read from the box's sound."""

    at: float
    digit: str


@dataclass(frozen=True, slots=True)
class ExtensionAnswered:
    """Somebody lifted the extension."""

    at: float


@dataclass(frozen=True, slots=True)
class Transferred:
    """The box hung up while the extension rang or talked: the caller is joined to it."""

    at: float
    to: str


@dataclass(frozen=True, slots=True)
class TransferFailed:
    """The caller is still held, or (HUNG_UP_TOO_EARLY) lost."""

    at: float
    reason: TransferFailure


@dataclass(frozen=True, slots=True)
class CallerTakenBack:
    """A second flash: the box and the caller hear each other again."""

    at: float


@dataclass(frozen=True, slots=True)
class CallEnded:
    """Both sides are gone; ``call`` as in CallArrived."""

    at: float
    call: int


LineEvent: TypeAlias = (
    CallArrived
    | RingSent
    | CallerIdSent
    | BoxAnswered
    | BoxTookIdleLine
    | CallerPressed
    | CallerSpoke
    | CallerStarved
    | BoxSoundBegan
    | BoxSoundEnded
    | CallerHungUp
    | CallerGaveUp
    | BoxHungUp
    | FlashSeen
    | DigitDialled
    | ExtensionAnswered
    | Transferred
    | TransferFailed
    | CallerTakenBack
    | CallEnded
)


def event_as_dict(event: LineEvent) -> dict[str, str | int | float | bool]:
    """One JSON object: ``event`` is the class name in kebab-case, then its fields; seconds rounded to 0.1 ms."""
    words = re.findall(r"[A-Z][a-z]*", type(event).__name__)
    told: dict[str, str | int | float | bool] = {"event": "-".join(words).lower()}
    for field in fields(event):
        value = getattr(event, field.name)
        if isinstance(value, Enum):
            value = str(value.value)
        told[field.name] = round(value, 4) if isinstance(value, float) else value
    return told
