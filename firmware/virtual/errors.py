"""The errors of the stand-ins. Their texts are one line that says what to do."""

from __future__ import annotations


class VirtualError(Exception):
    """Root of every error that ``firmware.virtual`` raises on purpose."""

    code = "virtual"


class LineFileWrong(VirtualError):
    """A line or scenario file cannot be used. ``problems`` holds one line for each mistake found, all at once."""

    code = "scenario"

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


class SoundFileWrong(VirtualError):
    """A WAV file is absent, damaged, or not 8 kHz mono 16-bit; the text names it."""

    code = "sound-file"


class ImpossibleTransition(VirtualError):
    """A state machine got a signal that its table does not list: a defect of the stand-in, never of its user."""

    code = "defect"
