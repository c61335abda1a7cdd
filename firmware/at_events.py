"""What is said between the AT engine and whoever sends commands: a command, and the events that come back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from firmware.codes import ResultCode

COMMAND_S = 5.0
"""Modems answer within milliseconds to 100 ms; this is the allowance of voice-modem.md §8."""

SETTLED = frozenset({ResultCode.OK, ResultCode.VCON})
STREAM_OPEN = frozenset({ResultCode.CONNECT})
"""What ends a command well: OK for most, CONNECT for +VTX and +VRX. VCON is how some makers spell OK in voice."""


@dataclass(frozen=True, slots=True, eq=False)
class AtCommand:
    """A command and what counts as its answer. Two commands are never equal: an answer belongs to one sending."""

    text: str
    timeout_s: float = COMMAND_S
    success: frozenset[ResultCode] = SETTLED
    wants_information: bool = False
    """An OK without a line of text before it is somebody else's; wait on."""

    wire: bytes | None = None
    """Written instead of the text: codes that a result code answers. Goes out at once; empty = only wait."""

    @property
    def data(self) -> bytes:
        """The bytes to write."""
        return self.text.encode("ascii") + b"\r" if self.wire is None else self.wire


@dataclass(frozen=True, slots=True)
class CommandDone:
    """The answer to ``command``; ``result`` None = there was none in time."""

    at: float
    command: AtCommand
    result: ResultCode | None
    information: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether the modem did what was asked."""
        return self.result in self.command.success


@dataclass(frozen=True, slots=True)
class RingSeen:
    """The text RING."""

    at: float


@dataclass(frozen=True, slots=True)
class CallerIdLine:
    """One line of a caller ID block."""

    at: float
    field: str
    value: str


@dataclass(frozen=True, slots=True)
class LineDropped:
    """BUSY, NO CARRIER and their kin in words, asked for or not."""

    at: float
    result: ResultCode


@dataclass(frozen=True, slots=True)
class CodeSeen:
    """A shielded code in command state (``<DLE>R``, keys)."""

    at: float
    code: int


@dataclass(frozen=True, slots=True)
class StrayResult:
    """A final result code that answers nothing: late, doubled, or of another kind than the command has."""

    at: float
    result: ResultCode


@dataclass(frozen=True, slots=True)
class UnknownText:
    """A line that nobody asked for, or garbage. ``text`` is for the record only."""

    at: float
    text: str


AtEvent: TypeAlias = CommandDone | RingSeen | CallerIdLine | LineDropped | CodeSeen | StrayResult | UnknownText
