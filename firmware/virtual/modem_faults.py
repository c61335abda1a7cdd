"""Faults that a test or a rehearsal can switch on in the virtual modem, as plain data."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum


class AnswerFault(Enum):
    """What happens to the final result code of one command line."""

    NO_ANSWER = "no-answer"  # the line is not executed at all and nothing comes back
    LOST = "lost"  # executed, its final result code is lost
    LATE = "late"  # executed, its final result code comes ``delay_s`` later
    DOUBLED = "doubled"  # executed, its final result code comes twice
    REFUSED = "refused"  # not executed, ERROR comes back


@dataclass(slots=True)
class CommandFault:
    """Spoils the next ``times`` command lines that begin with ``command`` ("" = every line; compared without the AT,
    in upper case)."""

    kind: AnswerFault
    command: str = ""
    times: int = 1
    delay_s: float = 0.0


@dataclass(slots=True)
class Faults:
    """Switches; all off by default. They may be changed while the modem runs."""

    commands: list[CommandFault] = field(default_factory=list)
    garbage: bytes = b""  # sent before every final result code
    split_answers: bool = False  # text reaches the host one byte per millisecond
    line_refused_in_ring: bool = False  # +VLS=1 answers ERROR while ringing current flows
    stuck_in_stream: bool = False  # no <DLE> command ends a stream; only dropping DTR does
    unplug_at: float | None = None  # monotonic second at which the port vanishes
    replug_at: float | None = None  # monotonic second at which it comes back, freshly powered

    def for_command(self, line: str) -> CommandFault | None:
        """Take the first fault that concerns this command line, and count it off."""
        upper = line.upper()
        for fault in self.commands:
            if fault.times > 0 and upper.startswith(fault.command.upper()):
                fault.times -= 1
                return fault
        return None

    def port_is_gone(self, now: float) -> bool:
        """Whether the modem is unplugged at ``now``."""
        if self.unplug_at is None or now < self.unplug_at:
            return False
        return self.replug_at is None or now < self.replug_at
