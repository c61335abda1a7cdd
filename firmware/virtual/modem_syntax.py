"""AT text: characters to command lines, a line to commands. ITU-T V.250 clause 5; no meaning, no state of the modem."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

DLE = 0x10
CR, LF, BACKSPACE = 0x0D, 0x0A, 0x08
_LONGEST_LINE = 1024  # V.250 asks for at least 40; modems hold 80 to 255, nobody needs more than this

_EXTENDED = re.compile(r"(?P<name>[+\-#*][A-Z]+|![0-9A-F]+)(?P<rest>=\?|\?|=)?")
_VALUE = re.compile(r'(?:"[^"]*"|[^;+\-#"]|[+\-#](?![A-Z]))*')
_REGISTER = re.compile(r"S(?P<number>\d+)(?:(?P<read>\?)|=(?P<value>\d*))")
_BASIC = re.compile(r"(?P<name>[&\\%]?[A-Z])(?P<value>\d*)")


class BadCommand(ValueError):
    """The rest of the line is not a command: the modem answers ERROR."""


class Operation(Enum):
    """The four forms of a command."""

    EXECUTE = ""
    SET = "="
    READ = "?"
    TEST = "=?"


@dataclass(frozen=True, slots=True)
class Command:
    """One command: "E" with argument "0", "+VLS" SET "1", "S" SET "0=2", "D" with its dial string."""

    name: str
    operation: Operation
    argument: str = ""


def next_command(line: str) -> tuple[Command, str] | None:
    """The first command of ``line`` (upper case, without AT) and what follows it; None at the end. Extended commands
    may follow each other without a semicolon, as some drivers write them."""
    line = line.lstrip("; \t")
    if not line:
        return None
    if line[0] == "D":
        digits, semicolon, rest = line[1:].partition(";")
        return Command("D", Operation.EXECUTE, digits + semicolon), rest
    if match := _EXTENDED.match(line):
        operation = Operation(match["rest"] or "")
        if operation is not Operation.SET:
            return Command(match["name"], operation), line[match.end() :]
        value = _VALUE.match(line, match.end())
        assert value is not None  # the pattern matches the empty text
        return Command(match["name"], operation, value[0].strip()), line[value.end() :]
    if match := _REGISTER.match(line):
        if match["read"]:
            return Command("S", Operation.READ, match["number"]), line[match.end() :]
        return Command("S", Operation.SET, f"{match['number']}={match['value'] or 0}"), line[match.end() :]
    if match := _BASIC.match(line):
        return Command(match["name"], Operation.EXECUTE, match["value"]), line[match.end() :]
    raise BadCommand(line)


class CommandLineReader:
    """Collects characters up to CR. Whatever stands before AT is dropped, LF is ignored, <DLE> and the byte after it
    are left-overs of a stream, backspace takes one character back."""

    def __init__(self) -> None:
        self._line = bytearray()
        self._after_dle = False
        self._previous = ""

    def take(self, byte: int) -> str | None:
        """The finished line without AT, or None. ``A/`` gives the previous line at once."""
        if self._after_dle:
            self._after_dle = False
            return None
        if byte == DLE:
            self._after_dle = True
        elif byte == CR:
            return self._finish()
        elif byte == BACKSPACE:
            del self._line[-1:]
        elif byte != LF and len(self._line) <= _LONGEST_LINE:
            self._line.append(byte & 0x7F)  # old drivers send parity
            if self._line.upper() == b"A/":
                self._line.clear()
                return self._previous
        return None

    def clear(self) -> None:
        """Forget what has been typed."""
        self._line.clear()
        self._after_dle = False

    def _finish(self) -> str | None:
        text = self._line.decode("ascii")
        self._line.clear()
        begin = text.upper().find("AT")
        if begin < 0:
            return None
        self._previous = text[begin + 2 :]
        return self._previous
