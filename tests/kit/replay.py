"""A transcript put to a VoiceLink: its commands and the modem's bytes go in at their times, and what the link then
writes and reports must be what the transcript says, in the same gap between two inputs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from firmware.codes import END_TRANSMIT
from firmware.profiles import load_profiles
from firmware.transcript import Entry, Mark, Transcript, event_text, read_command
from firmware.vocabulary import AudioReceived, LineEvent
from firmware.voice_link import VoiceLink

MODEMS = Path(__file__).resolve().parents[2] / "config" / "modems"
TIME_GRAIN_S = 2e-6
"""Transcripts keep microseconds; a deadline may lie half of one behind the line that it caused."""

CUT_SOUND_TOLERANCE_BYTES = 1600
"""How far a playback had come when it was cut short depends on the wake-ups of the machine that recorded it."""

_NUMBER = re.compile(r"(?<==)\d+\.\d{3}\b")


@dataclass
class Window:
    """What happens between two inputs."""

    written: list[bytes] = field(default_factory=list)
    sound_bytes: int = 0
    events: list[str] = field(default_factory=list)


def replay(transcript: Transcript) -> Iterator[tuple[Entry, Window, Window]]:
    """Input, what should follow it, what did; one for each input. Inputs of one moment are one (a read that the
    recorder took apart)."""
    assert transcript.complete, "a transcript without its beginning can be read but not replayed"
    entries = transcript.entries
    assert entries
    assert _is_input(entries[0]), "a transcript begins with a command"
    player = _Player()
    place = 0
    while place < len(entries):
        first = entries[place]
        while place < len(entries) and _is_input(entries[place]) and entries[place].at == first.at:
            player.put(entries[place])
            place += 1
        start = place
        while place < len(entries) and not _is_input(entries[place]):
            place += 1
        outputs = entries[start:place]
        if place < len(entries):
            player.wait_until(entries[place].at)
        elif outputs:
            player.wait_until(max(outputs[-1].at, outputs[-1].until))
        yield first, _expected(outputs), player.take_window()


def check(transcript: Transcript) -> None:
    """Fails with the first difference."""
    wanted_sum = got_sum = 0
    for entry, wanted, got in replay(transcript):
        where = f"after {entry.mark.value} {(entry.text or entry.data or entry.sound_bytes)!r} at {entry.at:.3f} s"
        assert got.written == wanted.written, where
        assert _rounded(got.events) == _rounded(wanted.events), where
        assert abs(got.sound_bytes - wanted.sound_bytes) <= CUT_SOUND_TOLERANCE_BYTES, where
        wanted_sum, got_sum = wanted_sum + wanted.sound_bytes, got_sum + got.sound_bytes
        if END_TRANSMIT in wanted.written:
            assert got_sum == wanted_sum, where
        if wanted.written:
            wanted_sum = got_sum = 0


def _rounded(events: list[str]) -> list[str]:
    """Seconds to the tenth: how much was heard hangs on wake-ups as well."""
    return [_NUMBER.sub(lambda match: f"{float(match[0]):.1f}", event) for event in events]


def _is_input(entry: Entry) -> bool:
    return entry.mark in (Mark.COMMAND, Mark.FROM_MODEM)


def _expected(outputs: tuple[Entry, ...]) -> Window:
    window = Window()
    for entry in outputs:
        if entry.data is not None:
            window.written.append(entry.data)
        elif entry.sound_bytes is not None:
            window.sound_bytes += entry.sound_bytes
        else:
            window.events.append(entry.text or "")
    return window


class _Player:
    """The shell: a link, its deadlines, and what it does."""

    def __init__(self) -> None:
        self._link = VoiceLink(load_profiles(MODEMS), recorder=None)
        self._now = 0.0
        self._window = Window()

    def put(self, entry: Entry) -> None:
        self.wait_until(entry.at)
        if entry.text is not None:
            self._note(self._link.command(read_command(entry.text), self._now))
        elif entry.data is not None:
            self._note(self._link.receive(entry.data, self._now))
        else:
            self._put_sound(entry)

    def wait_until(self, at: float) -> None:
        while (due := self._link.next_deadline()) is not None and due <= at + TIME_GRAIN_S:
            self._now = max(due, self._now)
            self._note(self._link.on_deadline(self._now))
        self._now = max(at, self._now)

    def take_window(self) -> Window:
        window, self._window = self._window, Window()
        return window

    def _put_sound(self, entry: Entry) -> None:
        """Silence of µ-law in pieces of 20 ms, evenly over the time that it took."""
        size = entry.sound_bytes or 0
        steps = max(round((entry.until - entry.at) / 0.02), 1)
        for step in range(steps):
            self.wait_until(entry.at + (entry.until - entry.at) * step / steps)
            piece = size * (step + 1) // steps - size * step // steps
            self._note(self._link.receive(b"\xff" * piece, self._now))
        self.wait_until(entry.until)

    def _note(self, events: list[LineEvent]) -> None:
        self._window.events += [event_text(event) for event in events if not isinstance(event, AudioReceived)]
        for data in self._link.data_to_send():
            if self._link.playing and not data.startswith((b"AT", b"\x10\x03", b"\x10\x18")):
                self._window.sound_bytes += len(data.replace(b"\x10\x10", b"\x10"))
            else:
                self._window.written.append(data)
