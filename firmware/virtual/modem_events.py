"""What a virtual modem tells its watcher. Every event carries ``at``, the monotonic second handed in with its cause.

No sound and no full telephone numbers: the log may be printed anywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class HostOpened:
    """A program has opened the modem's port (or raised DTR again)."""

    at: float


@dataclass(frozen=True, slots=True)
class HostClosed:
    """The program closed the port or dropped DTR: the modem hung up and fell back to command state."""

    at: float


@dataclass(frozen=True, slots=True)
class Ring:
    """A ring was reported to the host; ``count`` from 1 within one incoming call."""

    at: float
    count: int


@dataclass(frozen=True, slots=True)
class CallerIdSent:
    """The caller-ID block was reported; ``number`` shows its last two digits only, "P" withheld, "O" unavailable."""

    at: float
    number: str


@dataclass(frozen=True, slots=True)
class OffHook:
    """The modem took the line."""

    at: float


@dataclass(frozen=True, slots=True)
class OnHook:
    """The modem released the line."""

    at: float


@dataclass(frozen=True, slots=True)
class TransmitStarted:
    """The first sample of a stream (+VTX or +VTR) is on the line at ``at``."""

    at: float


@dataclass(frozen=True, slots=True)
class TransmitUnderrun:
    """The host had given too little: silence went out in the middle of a stream."""

    at: float


@dataclass(frozen=True, slots=True)
class TransmitEnded:
    """The buffer has drained after <DLE><ETX>; ``samples`` were played on the line."""

    at: float
    samples: int


@dataclass(frozen=True, slots=True)
class TransmitAborted:
    """<DLE><CAN> (or a dropped line) threw ``dropped_bytes`` away after ``samples`` had been played."""

    at: float
    samples: int
    dropped_bytes: int


@dataclass(frozen=True, slots=True)
class ReceiveStarted:
    """A receiving stream (+VRX or +VTR) is open; the next frame of the line is its first."""

    at: float


@dataclass(frozen=True, slots=True)
class ReceiveEnded:
    """The receiving stream has closed; ``samples`` of the line were delivered, ``lost_samples`` were not taken by the
    host in time."""

    at: float
    samples: int
    lost_samples: int


@dataclass(frozen=True, slots=True)
class KeyReported:
    """The modem's own detector heard a key and told the host; once a press."""

    at: float
    key: str


@dataclass(frozen=True, slots=True)
class ToneReported:
    """A supervision tone was reported: "busy", "dial_tone", "ringback", "silence" or "quiet"."""

    at: float
    tone: str


@dataclass(frozen=True, slots=True)
class Flashed:
    """A hook flash of ``duration_s`` was made on the line."""

    at: float
    duration_s: float


@dataclass(frozen=True, slots=True)
class TonesSent:
    """The last element of +VTS has been played."""

    at: float
    elements: str


@dataclass(frozen=True, slots=True)
class Dialled:
    """ATD has sent its last digit; ``digits`` says how many."""

    at: float
    digits: int


@dataclass(frozen=True, slots=True)
class CommandTaken:
    """A command line arrived; ``text`` without the AT, the digits of ATD replaced by dots."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Answered:
    """The final result code of a command line, as sent."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Unplugged:
    """The fault "unplug" took effect: the port is gone."""

    at: float


ModemEvent: TypeAlias = (
    HostOpened
    | HostClosed
    | Ring
    | CallerIdSent
    | OffHook
    | OnHook
    | TransmitStarted
    | TransmitUnderrun
    | TransmitEnded
    | TransmitAborted
    | ReceiveStarted
    | ReceiveEnded
    | KeyReported
    | ToneReported
    | Flashed
    | TonesSent
    | Dialled
    | CommandTaken
    | Answered
    | Unplugged
)
