"""The exchange's register: takes digits from the box's sound after a flash and says where they lead.

Pure: frames in, findings out.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from firmware.virtual.dtmf_reader import DtmfReader
from firmware.virtual.line import LineSamples
from firmware.virtual.line_plan import ExtensionBehaviour, ExtensionPlan


class NumberState(Enum):
    """What the digits so far make."""

    OPEN = "open"  # the number may go on
    FREE = "free"
    BUSY = "busy"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class DigitTaken:
    """One more digit; ``at`` is the end of its tone."""

    at: float
    digit: str
    number: NumberState


class DigitRegister:
    """One dialling; knows a single extension."""

    def __init__(self, extension: ExtensionPlan) -> None:
        self._extension = extension
        self._reader = DtmfReader()
        self._digits = ""

    @property
    def empty(self) -> bool:
        """No digit yet."""
        return not self._digits

    def read(self, sent: LineSamples, at: float) -> list[DigitTaken]:
        """One frame of the box's sound. Not to be asked again once the number is complete or wrong."""
        taken: list[DigitTaken] = []
        for read in self._reader.read(sent, at):
            self._digits += read.digit
            taken.append(DigitTaken(read.ended_at, read.digit, self._number()))
        return taken

    def _number(self) -> NumberState:
        wanted = self._extension.number
        if self._digits == wanted:
            busy = self._extension.behaviour is ExtensionBehaviour.BUSY
            return NumberState.BUSY if busy else NumberState.FREE
        return NumberState.OPEN if wanted.startswith(self._digits) else NumberState.WRONG
