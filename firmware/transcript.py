"""The text form of what passed between us and a modem: what the flight recorder dumps and what tests replay.

    linebox transcript 1
    # a comment
    complete yes
    personal masked
    0.000000 ! Open
    0.000000 > "\\r"
    0.620000 < "\\r\\nOK\\r\\n"
    9.100000 > sound 8000 over 0.800000
    9.100000 = PlaybackStarted

Marks: ``!`` a command of the application, ``>`` bytes to the modem, ``<`` bytes from it, ``=`` an event to the
application. Times are seconds from the first line. Sound stands as the number of its bytes before shielding.
Received sound is no event here: it is the ``< sound``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from enum import Enum

import numpy as np

from firmware.errors import TranscriptWrong
from firmware.vocabulary import (
    DialKey,
    Flash,
    LineCommand,
    LineEvent,
    Listen,
    Open,
    Pause,
    Play,
    ReleaseLine,
    SendTones,
    StopListening,
    StopPlaying,
    TakeLine,
    ToneElement,
)

TITLE = "linebox transcript 1"


class Mark(Enum):
    """Who said it."""

    COMMAND = "!"
    TO_MODEM = ">"
    FROM_MODEM = "<"
    EVENT = "="


@dataclass(frozen=True, slots=True)
class Entry:
    """One line. Exactly one of ``data``, ``sound_bytes`` and ``text`` is set; sound went on until ``until``."""

    at: float
    mark: Mark
    data: bytes | None = None
    sound_bytes: int | None = None
    until: float = 0.0
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Transcript:
    """``complete`` = it begins with Open, so that it can be replayed."""

    entries: tuple[Entry, ...]
    complete: bool


# ---------------------------------------------------------------- writing


def write_transcript(transcript: Transcript, *, masked: bool, comment: str = "") -> str:
    """The text, times from the first entry on."""
    lines = [TITLE, *(f"# {line}" for line in comment.splitlines())]
    lines.append(f"complete {'yes' if transcript.complete else 'no'}")
    lines.append(f"personal {'masked' if masked else 'kept'}")
    base = transcript.entries[0].at if transcript.entries else 0.0
    lines += [_line(entry, base) for entry in transcript.entries]
    return "\n".join(lines) + "\n"


def command_text(command: LineCommand) -> str:
    """A command as it stands behind ``!``."""
    match command:
        case Play(samples):
            return f"Play samples={len(samples)}"
        case SendTones(elements):
            return "SendTones " + ",".join(_tone_text(element) for element in elements)
        case _:
            return type(command).__name__


def event_text(event: LineEvent) -> str:
    """An event as it stands behind ``=``, without its time. Numbers of seconds to the millisecond."""
    values = []
    for field in fields(event):
        value = getattr(event, field.name)
        if field.name == "at":
            continue
        if isinstance(value, Enum):
            value = value.value
        text = f"{value:.3f}" if isinstance(value, float) else str(value)
        values.append(f"{field.name}={_quote_if_needed(text)}")
    return " ".join([type(event).__name__, *values])


def _quote_if_needed(text: str) -> str:
    return text if re.fullmatch(r"[^\s\"=]+", text) else _quote(text.encode("utf-8", "replace"))


def _tone_text(element: ToneElement) -> str:
    units = round(element.duration_s * 100)
    match element:
        case Flash():
            return f"{{!,{units}}}"
        case DialKey(key):
            return f"{{{key},{units}}}"
        case Pause():
            return f"[,,{units}]"


def _line(entry: Entry, base: float) -> str:
    at = f"{entry.at - base:.6f} {entry.mark.value}"
    if entry.data is not None:
        return f"{at} {_quote(entry.data)}"
    if entry.sound_bytes is not None:
        return f"{at} sound {entry.sound_bytes} over {max(entry.until - entry.at, 0.0):.6f}"
    return f"{at} {entry.text}"


_NAMED = {0x0D: "\\r", 0x0A: "\\n", 0x22: '\\"', 0x5C: "\\\\"}


def _quote(data: bytes) -> str:
    parts = (_NAMED.get(byte) or (chr(byte) if 0x20 <= byte < 0x7F else f"\\x{byte:02x}") for byte in data)
    return f'"{"".join(parts)}"'


# ---------------------------------------------------------------- reading

_ENTRY = re.compile(r"(?P<at>\d+(?:\.\d+)?) (?P<mark>[!<>=]) (?P<rest>.+)")
_SOUND = re.compile(r"sound (?P<size>\d+)(?: over (?P<over>\d+(?:\.\d+)?))?")
_QUOTED = re.compile(r'"(?P<inside>(?:[^"\\]|\\[rn"\\]|\\x[0-9a-f]{2})*)"')
_ESCAPE = re.compile(r'\\(?:x(?P<hex>[0-9a-f]{2})|(?P<named>[rn"\\]))')
_TONE = re.compile(r"\{(?P<what>[0-9*#A-D!]),(?P<units>\d+)\}|\[,,(?P<pause>\d+)\]")
_PLAIN: dict[str, type[Open | TakeLine | StopPlaying | Listen | StopListening | ReleaseLine]] = {
    kind.__name__: kind for kind in (Open, TakeLine, StopPlaying, Listen, StopListening, ReleaseLine)
}


def read_transcript(text: str, file: str) -> Transcript:
    """Raises TranscriptWrong naming ``file``, the line and what is wanted."""
    lines = text.splitlines()
    if not lines or lines[0].strip() != TITLE:
        raise TranscriptWrong(f"{file}: line 1: wanted {TITLE!r}")
    entries: list[Entry] = []
    complete = True
    for number, raw in enumerate(lines[1:], start=2):
        line = raw.strip()
        if not line or line.startswith("#") or line in ("complete yes", "personal masked", "personal kept"):
            continue
        if line == "complete no":
            complete = False
            continue
        entry = _read_entry(line, f"{file}: line {number}")
        if entries and entry.at < entries[-1].at:
            raise TranscriptWrong(f"{file}: line {number}: goes back in time")
        entries.append(entry)
    return Transcript(tuple(entries), complete)


def read_command(text: str, where: str = "command") -> LineCommand:
    """The command behind ``!``; a Play is given silence of its length. Raises TranscriptWrong."""
    name, _, rest = text.partition(" ")
    if name in _PLAIN and not rest:
        return _PLAIN[name]()
    if name == "Play" and (match := re.fullmatch(r"samples=(\d{1,9})", rest)):
        return Play(np.zeros(int(match[1]), dtype=np.int16))
    if name == "SendTones":
        tones = [_read_tone(match) for match in _TONE.finditer(rest)]
        if tones and ",".join(_tone_text(tone) for tone in tones) == rest:
            return SendTones(tuple(tones))
    raise TranscriptWrong(f"{where}: {text!r} is no command; wanted e.g. 'TakeLine' or 'Play samples=8000'")


def _read_entry(line: str, where: str) -> Entry:
    match = _ENTRY.fullmatch(line)
    if match is None:
        raise TranscriptWrong(f"{where}: wanted a time, one of ! < > =, and what was said")
    at, mark, rest = float(match["at"]), Mark(match["mark"]), match["rest"]
    if mark is Mark.COMMAND:
        read_command(rest, where)
        return Entry(at, mark, text=rest)
    if mark is Mark.EVENT:
        return Entry(at, mark, text=rest)
    if sound := _SOUND.fullmatch(rest):
        return Entry(at, mark, sound_bytes=int(sound["size"]), until=at + float(sound["over"] or 0))
    if quoted := _QUOTED.fullmatch(rest):
        return Entry(at, mark, data=_unquote(quoted["inside"]))
    raise TranscriptWrong(f'{where}: wanted "bytes" or: sound BYTES [over SECONDS]')


def _unquote(inside: str) -> bytes:
    named = {"r": "\r", "n": "\n", '"': '"', "\\": "\\"}
    return _ESCAPE.sub(lambda m: chr(int(m["hex"], 16)) if m["hex"] else named[m["named"]], inside).encode("latin-1")


def _read_tone(match: re.Match[str]) -> ToneElement:
    if match["pause"]:
        return Pause(int(match["pause"]) / 100)
    length_s = int(match["units"]) / 100
    return Flash(length_s) if match["what"] == "!" else DialKey(match["what"], length_s)
