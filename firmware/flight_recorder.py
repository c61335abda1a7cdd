"""The last few hundred exchanges with the modem, for the day when one goes wrong in a cupboard 400 km away.

The dump is a transcript (:mod:`firmware.transcript`): copied into tests/transcripts it is a test. Sound is kept as
lengths only. Personal data are masked in the dump unless asked for: caller ID fields, and the digits that the caller
pressed. A mask keeps the length and the kind of what it hides, so that the dump can still be replayed.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Sequence
from dataclasses import replace

from firmware.transcript import Entry, Mark, Transcript, command_text, event_text, write_transcript
from firmware.vocabulary import (
    AudioReceived,
    CallerIdReceived,
    KeyPressed,
    LineCommand,
    LineEvent,
    LineReleased,
    LinkReady,
    Open,
    RingingStopped,
)

CAPACITY = 600
"""Entries after the start of the link. A turn of a dialogue makes about twelve, so a whole call fits."""


class FlightRecorder:
    """One life of the link, from Open on: the start is kept whole, since nothing can be replayed without it; of what
    follows the last ``capacity`` entries. Times are the monotonic seconds that the link was given."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._capacity = capacity
        self._start: list[Entry] = []
        self._recent: deque[tuple[Entry, bool]] = deque(maxlen=capacity)
        self._starting = False
        self._lost = False

    def commanded(self, command: LineCommand, now: float) -> None:
        """The application's command. Open begins the record anew: what failed before has had its dump."""
        if isinstance(command, Open):
            self._start.clear()
            self._recent.clear()
            self._starting, self._lost = True, False
        self._add(Entry(now, Mark.COMMAND, text=command_text(command)))

    def received(self, data: bytes, now: float) -> None:
        """Bytes from the modem that are no samples."""
        if data:
            self._add(Entry(now, Mark.FROM_MODEM, data=data))

    def received_sound(self, size: int, now: float) -> None:
        """``size`` bytes of samples from the modem."""
        self._add_sound(Mark.FROM_MODEM, size, now)

    def sent(self, data: bytes, now: float) -> None:
        """Bytes to the modem that are no samples."""
        self._add(Entry(now, Mark.TO_MODEM, data=data))

    def sent_sound(self, size: int, now: float) -> None:
        """``size`` bytes of samples to the modem, before shielding."""
        self._add_sound(Mark.TO_MODEM, size, now)

    def reported(self, event: LineEvent, now: float) -> None:
        """An event that went up to the application."""
        if isinstance(event, AudioReceived):
            return
        at_rest = isinstance(event, LinkReady | LineReleased | RingingStopped)
        self._add(Entry(now, Mark.EVENT, text=event_text(event)), at_rest=at_rest)
        if isinstance(event, LinkReady):
            self._starting = False

    def dump(self, *, keep_personal: bool = False, comment: str = "") -> str:
        """The transcript. What was lost from the middle is lost up to a moment at rest, so that the rest still follows
        from the start; if the present call alone was too long, the transcript says that it is not complete."""
        recent = list(self._recent)
        complete = bool(self._start)
        if self._lost:
            rest = next((place for place, (_, at_rest) in enumerate(recent) if at_rest), None)
            complete = complete and rest is not None
            recent = recent[rest + 1 :] if rest is not None else recent
            recent = self._close_gap(recent, self._recent[rest][0].at if rest is not None else None)
        entries = [*self._start, *(entry for entry, _ in recent)]
        if not keep_personal:
            entries = _mask(entries)
        return write_transcript(Transcript(tuple(entries), complete), masked=not keep_personal, comment=comment)

    def _close_gap(self, recent: list[tuple[Entry, bool]], rest_at: float | None) -> list[tuple[Entry, bool]]:
        """Moves what follows the gap to where the start left the link at rest: its timers ran from there."""
        if rest_at is None or not self._start:
            return recent
        shift = self._start[-1].at - rest_at
        return [(replace(entry, at=entry.at + shift, until=entry.until + shift), at_rest) for entry, at_rest in recent]

    def _add(self, entry: Entry, *, at_rest: bool = False) -> None:
        if self._starting:
            if len(self._start) < self._capacity:
                self._start.append(entry)
            return
        self._lost = self._lost or len(self._recent) == self._capacity
        self._recent.append((entry, at_rest))

    def _add_sound(self, mark: Mark, size: int, now: float) -> None:
        last = self._recent[-1][0] if self._recent else None
        if last is not None and last.mark is mark and last.sound_bytes is not None:
            merged = replace(last, sound_bytes=last.sound_bytes + size, until=now)
            self._recent[-1] = (merged, False)
        else:
            self._add(Entry(now, mark, sound_bytes=size, until=now))


_CALLER_LINE = re.compile(rb"(?<=NMBR)\s*[=:][^\r\n]*|(?<=NAME)\s*[=:][^\r\n]*|(?<=DDN)\s*[=:][^\r\n]*")
_MESSAGE_LINE = re.compile(rb"(?<=MESG)\s*[=:][^\r\n]*")
_PRESSED = re.compile(rb"\x10[0-9*#A-D]")
_DIGIT = re.compile(rb"[0-9]")
_LETTER = re.compile(rb"[A-Za-z\x80-\xff]")
_WITHHELD = re.compile(rb"\s*[=:]\s*(?:P|O|PRIVATE|OUT OF AREA)\s*")


def _mask(entries: Sequence[Entry]) -> list[Entry]:
    """Masks across entries: a number or a pair may have been cut by a read."""
    received = [entry for entry in entries if entry.mark is Mark.FROM_MODEM and entry.data is not None]
    masked = _mask_bytes(b"".join(entry.data or b"" for entry in received))
    pieces: dict[int, bytes] = {}
    position = 0
    for entry in received:
        size = len(entry.data or b"")
        pieces[id(entry)] = masked[position : position + size]
        position += size
    return [_mask_entry(entry, pieces.get(id(entry))) for entry in entries]


def _mask_bytes(data: bytes) -> bytes:
    data = _CALLER_LINE.sub(_mask_field, data)
    data = _MESSAGE_LINE.sub(lambda match: re.sub(rb"[0-9A-Fa-f]", b"0", match[0]), data)
    return _PRESSED.sub(b"\x100", data)


def _mask_field(match: re.Match[bytes]) -> bytes:
    if _WITHHELD.fullmatch(match[0]):
        return match[0]
    return _LETTER.sub(b"x", _DIGIT.sub(b"0", match[0]))


_EVENT_VALUE = {
    CallerIdReceived.__name__: re.compile(r"(?<=number=)\+?\d+"),
    KeyPressed.__name__: re.compile(r"(?<=key=)[0-9*#A-D]"),
}


def _mask_entry(entry: Entry, data: bytes | None) -> Entry:
    if data is not None:
        return replace(entry, data=data)
    if entry.mark is Mark.EVENT and entry.text is not None:
        value = _EVENT_VALUE.get(entry.text.partition(" ")[0])
        if value is not None:
            return replace(entry, text=value.sub(lambda match: re.sub(r"[^+]", "0", match[0]), entry.text))
    return entry
