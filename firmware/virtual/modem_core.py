"""What every part of the virtual modem shares: its state, its clock, its hook, its log and its way to the host.

No bytes are parsed and no sound is made here.
"""

from __future__ import annotations

from firmware.virtual import modem_events as told
from firmware.virtual.modem_channel import HostChannel, information, result_code
from firmware.virtual.modem_faults import AnswerFault, CommandFault, Faults
from firmware.virtual.modem_profiles import ModemProfile
from firmware.virtual.modem_settings import Settings
from firmware.virtual.modem_state import ModemState, Step, follow


class ModemCore:
    """One modem's common ground. ``now`` is the monotonic second last handed in."""

    def __init__(self, profile: ModemProfile, faults: Faults, start: float) -> None:
        self.profile = profile
        self.faults = faults
        self.settings = Settings(profile)
        self.state = ModemState.COMMAND
        self.now = start
        self.off_hook = False
        self.channel = HostChannel()
        self.log: list[told.ModemEvent] = []
        self.fault: CommandFault | None = None

    def move(self, step: Step) -> None:
        """Change state by the table."""
        self.state = follow(self.state, step)

    def tell(self, happened: told.ModemEvent) -> None:
        """Log an event."""
        self.log.append(happened)

    def send(self, data: bytes) -> None:
        """Bytes to the host."""
        self.channel.put(data, self.now)

    def inform(self, lines: list[str]) -> None:
        """Information text to the host."""
        text = information(lines, bool(self.settings.now.basic["V"]))
        self.channel.put(text, self.now, split=self.faults.split_answers)

    def finish(self, text: str) -> None:
        """Send the final result code of a command line, spoilt if a fault says so."""
        fault, self.fault = self.fault, None
        kind = fault.kind if fault else None
        self.tell(told.Answered(self.now, text))
        if kind is AnswerFault.LOST or self.settings.now.basic["Q"] == 1:
            return
        due = self.now + (fault.delay_s if fault and kind is AnswerFault.LATE else 0.0)
        answer = result_code(text, bool(self.settings.now.basic["V"])) * (2 if kind is AnswerFault.DOUBLED else 1)
        self.channel.put(self.faults.garbage + answer, due, split=self.faults.split_answers)

    def hang_up(self) -> None:
        """On hook, if it is not."""
        if self.off_hook:
            self.off_hook = False
            self.tell(told.OnHook(self.now))
