"""One +VTX stream: samples queued, encoded, cut into frames and paced. Knows no modem state and no DLE."""

from __future__ import annotations

from firmware.pacing import ROUNDING_S, Pacer
from firmware.sound_formats import bytes_per_second, encoder
from firmware.vocabulary import Samples

CLOSING_LEAD_S = 0.06
"""The end of the stream is announced when no more than this is left to play, so that a Play that comes late still
joins without a gap. Ours: three frames."""


class Transmission:
    """From CONNECT to ``<DLE><ETX>``. Samples of several Plays follow each other without a gap."""

    def __init__(self, format_name: str, lead_s: float) -> None:
        self._encoder = encoder(format_name)
        self._pacer = Pacer(bytes_per_second(format_name), lead_s)
        self._waiting = bytearray()

    def add(self, samples: Samples) -> None:
        """Queue sound."""
        self._waiting += self._encoder.encode(samples)

    def frames(self, now: float) -> list[bytes]:
        """The frames that may be written now, unshielded; the last of the queue may be shorter."""
        frames: list[bytes] = []
        while self._waiting and self._pacer.frame_fits(now):
            frame = bytes(self._waiting[: self._pacer.frame_bytes])
            del self._waiting[: len(frame)]
            self._pacer.sent(len(frame), now)
            frames.append(frame)
        return frames

    def drop(self) -> None:
        """Forget what was not written yet."""
        self._waiting.clear()

    def played_out(self, now: float) -> bool:
        """Whether everything was written and hardly anything is left to play."""
        return not self._waiting and self._pacer.lead_s(now) <= CLOSING_LEAD_S + ROUNDING_S

    def due_at(self, now: float) -> float:
        """When to ask again."""
        if self._waiting:
            return self._pacer.next_frame_at(now)
        return self._pacer.lead_falls_to_at(CLOSING_LEAD_S, now)

    @property
    def sent_s(self) -> float:
        """Seconds of sound written."""
        return self._pacer.sent_s

    def heard_s(self, now: float) -> float:
        """Estimate of what the line has heard."""
        return self._pacer.played_s(now)
