"""The seam between AT commands and the modem that carries them out."""

from __future__ import annotations

from enum import Enum
from typing import Protocol

from firmware.virtual.modem_tones import ToneStep


class Outcome(Enum):
    """What a command line comes to: a final result code, or none yet."""

    OK = "OK"
    ERROR = "ERROR"
    CONNECT = "CONNECT"
    VCON = "VCON"
    NO_CARRIER = "NO CARRIER"
    LATER = ""  # the modem is busy; it calls resume() or sends its own result code


class ModemActions(Protocol):
    """The modem as the commands see it."""

    @property
    def off_hook(self) -> bool:
        """Whether the modem holds the line."""
        ...

    def inform(self, lines: list[str]) -> None:
        """Send information text."""

    def take_line(self) -> None:
        """Off hook."""

    def hang_up(self) -> None:
        """On hook, and ringing forgotten."""

    def begin_stream(self, transmit: bool, receive: bool) -> None:
        """+VTX, +VRX or +VTR; called when CONNECT is certain."""

    def play_tones(self, steps: list[ToneStep], text: str) -> None:
        """+VTS; resumes the command line when the tones are over."""

    def dial(self, steps: list[ToneStep], digits: int, wait_for_answer: bool) -> None:
        """ATD; resumes the command line, or sends its own result code when it waits for an answer."""

    def await_carrier(self) -> None:
        """ATA in data class."""
