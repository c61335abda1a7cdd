"""What the application and a telephone line say to each other.

Commands (imperative) go down to ``firmware.voice_link``; events (past tense) come up from it. Sound is always
:data:`Samples`. Every event carries ``at``, the monotonic second handed in with the bytes that caused it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE_HZ = 8000
FRAME_S = 0.020
FRAME_SAMPLES = 160

Samples: TypeAlias = NDArray[np.int16]
"""Mono sound, shape (n,), 8000 Hz, full scale ±32767 = +3.14 dBm0 (the overload point of G.711 A-law)."""

KEYS = "0123456789*#ABCD"


# ---------------------------------------------------------------- commands


@dataclass(frozen=True, slots=True)
class Open:
    """The port is open: identify the modem, choose profile and sample format, wait for calls."""


@dataclass(frozen=True, slots=True)
class TakeLine:
    """Answer the ringing line (off hook, voice class)."""


@dataclass(frozen=True, slots=True, eq=False)
class Play:
    """Speak ``samples`` on the line; leaves listening first when the modem is half duplex. While something is being
    played, the new samples follow it without a gap."""

    samples: Samples


@dataclass(frozen=True, slots=True)
class StopPlaying:
    """Fall silent at once and drop what is queued (barge-in). Answered by PlaybackStopped."""


@dataclass(frozen=True, slots=True)
class Listen:
    """Receive sound and key events until another command; waits for playback to end first."""


@dataclass(frozen=True, slots=True)
class StopListening:
    """Leave the receiving stream and stay off hook in command state."""


@dataclass(frozen=True, slots=True)
class Flash:
    """Hook flash of ``duration_s`` (V.253 +VTS ``{!,t}``, t in 10 ms)."""

    duration_s: float


@dataclass(frozen=True, slots=True)
class DialKey:
    """One DTMF digit."""

    key: str
    duration_s: float = 0.1


@dataclass(frozen=True, slots=True)
class Pause:
    """Silence between tones."""

    duration_s: float


ToneElement: TypeAlias = Flash | DialKey | Pause


@dataclass(frozen=True, slots=True)
class SendTones:
    """Send flashes, digits and pauses in one +VTS. Answered by TonesSent."""

    elements: tuple[ToneElement, ...]


@dataclass(frozen=True, slots=True)
class ReleaseLine:
    """Hang up and wait for the next call."""


LineCommand: TypeAlias = Open | TakeLine | Play | StopPlaying | Listen | StopListening | SendTones | ReleaseLine


# ---------------------------------------------------------------- events


@dataclass(frozen=True, slots=True)
class LinkReady:
    """The modem is identified and waits on hook for calls."""

    at: float
    profile: str
    identity: str
    sound_format: str
    duplex: bool


@dataclass(frozen=True, slots=True)
class Rang:
    """One ring; ``count`` from 1 within the same incoming call."""

    at: float
    count: int


@dataclass(frozen=True, slots=True)
class CallerIdReceived:
    """The block between the rings. ``number`` None = withheld (P), unavailable (O) or partial."""

    at: float
    number: str | None
    withheld: bool


@dataclass(frozen=True, slots=True)
class RingingStopped:
    """No ring for 8 s before the line was taken: the caller gave up."""

    at: float


@dataclass(frozen=True, slots=True)
class LineTaken:
    """Off hook; sound may be played."""

    at: float


@dataclass(frozen=True, slots=True)
class PlaybackStarted:
    """The first sample of a Play has been handed to the modem."""

    at: float


@dataclass(frozen=True, slots=True)
class PlaybackFinished:
    """Everything queued was played and the modem has confirmed that its buffer is empty."""

    at: float
    played_s: float


@dataclass(frozen=True, slots=True)
class PlaybackStopped:
    """StopPlaying took effect; ``heard_s`` estimates how much the caller heard."""

    at: float
    heard_s: float


@dataclass(frozen=True, slots=True)
class ListeningStarted:
    """The receiving stream is open."""

    at: float


@dataclass(frozen=True, slots=True, eq=False)
class AudioReceived:
    """Received sound, in order and without gaps within one listening."""

    at: float
    samples: Samples


class KeySource(Enum):
    """Who noticed a key: the modem (shielded DLE code), our detector on the samples, or both."""

    MODEM = "modem"
    SOUND = "sound"


@dataclass(frozen=True, slots=True)
class KeyPressed:
    """One press of one key, counted once however many times and ways it was reported."""

    at: float
    key: str
    source: KeySource


class GoneReason(Enum):
    """Why the caller is taken to be gone (voice-modem.md §10)."""

    BUSY_REPORTED = "busy-reported"
    BUSY_HEARD = "busy-heard"
    DIAL_TONE_REPORTED = "dial-tone-reported"
    LOOP_BREAK = "loop-break"
    NO_CARRIER = "no-carrier"


@dataclass(frozen=True, slots=True)
class CallerGone:
    """The far end hung up; reported once a call."""

    at: float
    reason: GoneReason


@dataclass(frozen=True, slots=True)
class TonesSent:
    """SendTones is done, or was refused by the modem (``ok`` False)."""

    at: float
    ok: bool


@dataclass(frozen=True, slots=True)
class LineReleased:
    """On hook again, ready for the next call."""

    at: float


@dataclass(frozen=True, slots=True)
class LinkFailed:
    """The modem cannot go on as it is. ``code`` is the technician's; ``advice`` what the shell must do next."""

    at: float
    code: str
    detail: str
    advice: Advice


class Advice(Enum):
    """How a shell can help a link that failed."""

    OPEN_AGAIN = "open-again"  # the link has reset itself; send Open
    DROP_DTR = "drop-dtr"  # drop DTR for >= 0.6 s where the port has it, then Open
    REOPEN_PORT = "reopen-port"  # close the port and open it again
    GIVE_UP = "give-up"  # not a voice modem: a person is needed


LineEvent: TypeAlias = (
    LinkReady
    | Rang
    | CallerIdReceived
    | RingingStopped
    | LineTaken
    | PlaybackStarted
    | PlaybackFinished
    | PlaybackStopped
    | ListeningStarted
    | AudioReceived
    | KeyPressed
    | CallerGone
    | TonesSent
    | LineReleased
    | LinkFailed
)
