"""A virtual modem in simulated time: say something, let frames pass, look at bytes, line and log."""

from __future__ import annotations

from firmware.virtual.line import FRAME_S
from firmware.virtual.modem import VirtualModem
from firmware.virtual.modem_events import ModemEvent
from firmware.virtual.modem_faults import Faults
from firmware.virtual.modem_profiles import ModemProfile, load_profile
from tests.kit.scripted_line import ScriptedLine

START_S = 1000.0


class ModemBench:
    """Starts with the port open and, unless ``echo``, with ATE0 said."""

    def __init__(
        self,
        profile: str | ModemProfile = "generic",
        line: ScriptedLine | None = None,
        echo: bool = False,
        faults: Faults | None = None,
    ) -> None:
        self.line = line or ScriptedLine()
        self.now, self._frames = START_S, 0
        self.modem = VirtualModem(
            load_profile(profile) if isinstance(profile, str) else profile, self.line, START_S, faults
        )
        self.log: list[ModemEvent] = []
        self.modem.host_opened(self.now)
        if not echo:
            self.modem.receive(b"ATE0\r", self.now)
            self.output()
            self.log.clear()

    def say(self, data: bytes) -> bytes:
        """Bytes of the host; what the modem answers at once."""
        self.modem.receive(data, self.now)
        return self.output()

    def ask(self, command: str) -> bytes:
        """One command line."""
        return self.say(command.encode("ascii") + b"\r")

    def run(self, seconds: float) -> bytes:
        """Let whole frames pass; what the modem says meanwhile."""
        said = b""
        for _ in range(round(seconds / FRAME_S)):
            self._frames += 1
            self.now = START_S + self._frames * FRAME_S
            self.modem.advance(self.now)
            said += self.output()
        return said

    def output(self) -> bytes:
        """What the modem has said since the last look."""
        self.log += self.modem.take_log()
        return self.modem.take_output()

    def off_hook(self, sound: str = "") -> None:
        """Class 8, a sound format, the line taken, one frame passed."""
        assert self.ask("AT+FCLASS=8") == OK
        if sound:
            assert self.ask(f"AT+VSM={sound}") == OK
        assert self.ask("AT+VLS=1") == OK
        self.run(0.04)

    def of(self, *kinds: type) -> list[ModemEvent]:
        """The events of these kinds, in order."""
        return [event for event in self.log if isinstance(event, kinds)]


OK = b"\r\nOK\r\n"
ERROR = b"\r\nERROR\r\n"
CONNECT = b"\r\nCONNECT\r\n"
