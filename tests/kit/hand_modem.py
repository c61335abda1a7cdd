"""A modem made of a list of answers, and a bench that puts it at the other end of a VoiceLink under simulated time.

It knows only what a test tells it; it is no simulation of a modem.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from firmware.flight_recorder import FlightRecorder
from firmware.init_plan import LinkSettings
from firmware.link_table import State
from firmware.profiles import load_profiles
from firmware.vocabulary import LineCommand, LineEvent, Open, TakeLine
from firmware.voice_link import VoiceLink

MODEMS = Path(__file__).resolve().parents[2] / "config" / "modems"

CONEXANT = {
    b"ATI0\r": b"\r\n56000\r\n\r\nOK\r\n",
    b"ATI3\r": b"\r\nCX93001-EIS_V0.2013-V92\r\n\r\nOK\r\n",
    b"AT+GMI\r": b"\r\nCONEXANT\r\n\r\nOK\r\n",
    b"AT+GMM\r": b"\r\nV90\r\n\r\nOK\r\n",
    b"AT+FCLASS=?\r": b"\r\n0,1,1.0,8\r\n\r\nOK\r\n",
    b"AT+VSM=?\r": b'\r\n0,"SIGNED PCM",8,0,8000,0,0\r\n1,"UNSIGNED PCM",8,0,8000,0,0\r\n'
    b'129,"IMA ADPCM",4,0,8000,0,0\r\n130,"UNSIGNED PCM",8,0,8000,0,0\r\n131,"Mu-Law",8,0,8000,0,0\r\n'
    b'132,"A-Law",8,0,8000,0,0\r\n'
    b'133,"14 bit PCM",14,0,8000,0,0\r\n\r\nOK\r\n',
    b"AT+VTX\r": b"\r\nCONNECT\r\n",
    b"AT+VRX\r": b"\r\nCONNECT\r\n",
    b"\x10\x03": b"\x10u\r\nOK\r\n",
    b"\x10\x18\x10\x03": b"\r\nOK\r\n",
    b"\x10!": b"\x10\x03\r\nOK\r\n",
}
OK = b"\r\nOK\r\n"

Answer = bytes | None
Event = TypeVar("Event", bound=LineEvent)


class Bench:
    """``answers``: what was written → what comes back; None = silence. Other AT commands are answered by OK, other
    bytes by nothing. Everything written is kept in ``written``, every event in ``events``."""

    def __init__(
        self,
        answers: dict[bytes, Answer] | None = None,
        *,
        settings: LinkSettings | None = None,
        recorder: FlightRecorder | None = None,
        cutting: Callable[[bytes], list[bytes]] = lambda data: [data],
    ) -> None:
        self.answers: dict[bytes, Answer] = {**CONEXANT, **(answers or {})}
        self.link = VoiceLink(load_profiles(MODEMS), settings, recorder)
        self.now = 100.0
        self.events: list[LineEvent] = []
        self.written: list[bytes] = []
        self.written_at: list[float] = []
        self.mute = False
        self._cutting = cutting

    def command(self, command: LineCommand) -> list[LineEvent]:
        return self.absorb(self.link.command(command, self.now))

    def hear(self, data: bytes) -> list[LineEvent]:
        """Bytes from the modem, now."""
        events: list[LineEvent] = []
        for piece in self._cutting(data):
            events += self.absorb(self.link.receive(piece, self.now))
        return events

    def run(self, seconds: float) -> list[LineEvent]:
        """Let time pass, deadline by deadline."""
        end, events = self.now + seconds, []
        while (due := self.link.next_deadline()) is not None and due <= end:
            self.now = max(due, self.now)
            events += self.absorb(self.link.on_deadline(self.now))
        self.now = end
        return events

    def written_since(self, place: int) -> list[bytes]:
        return self.written[place:]

    def of(self, kind: type[Event]) -> list[Event]:
        return [event for event in self.events if isinstance(event, kind)]

    def absorb(self, events: list[LineEvent]) -> list[LineEvent]:
        self.events += events
        events = list(events)
        for data in self.link.data_to_send():
            self.written.append(data)
            self.written_at.append(self.now)
            answer = None if self.mute else self.answers.get(data, OK if data.startswith(b"AT") else None)
            if answer:
                events += self.hear(answer)
        return events


def ready(answers: dict[bytes, Answer] | None = None, **more: object) -> Bench:
    """A link that waits for calls."""
    bench = Bench(answers, **more)  # type: ignore[arg-type]
    bench.command(Open())
    bench.run(10)
    return bench


def off_hook(answers: dict[bytes, Answer] | None = None, **more: object) -> Bench:
    """A link that has taken a ringing line."""
    bench = ready(answers, **more)
    bench.hear(b"\r\nRING\r\n")
    bench.command(TakeLine())
    bench.run(2)
    assert bench.link.state is State.OFF_HOOK, "the answers of this test spoil the start of the call"
    return bench
