"""When the next 20 ms of a playback may be written: pure arithmetic on ``now``.

Writing stays a bounded lead ahead of the modem's clock: enough to ride out a late wake-up, little enough that a
barge-in silences the line at once. Knows neither formats nor codes.
"""

from __future__ import annotations

from firmware.vocabulary import FRAME_S

ROUNDING_S = 1e-6
"""Far above the rounding of a monotonic clock kept in a float (2 ns after four months), far below a sample."""


class Pacer:
    """One playback. The modem is taken to play ``bytes_per_s`` from the first byte on, and to stand still when it has
    run dry: a late writer resumes with the ordinary lead instead of chasing the clock."""

    def __init__(self, bytes_per_s: int, lead_s: float) -> None:
        self._rate = bytes_per_s
        self._lead_s = lead_s
        self._frame_bytes = round(bytes_per_s * FRAME_S)
        self._sent = 0
        self._started_at: float | None = None
        self.dry_spells = 0
        """How often the modem must have run out of samples before the end."""

    @property
    def frame_bytes(self) -> int:
        """Bytes of one 20 ms frame before shielding."""
        return self._frame_bytes

    @property
    def sent_s(self) -> float:
        """Seconds of sound handed out so far."""
        return self._sent / self._rate

    def lead_s(self, now: float) -> float:
        """How much of what was handed out is still to be played."""
        return self.sent_s - self.played_s(now)

    def played_s(self, now: float) -> float:
        """Estimate of what the line has heard; never more than was handed out."""
        if self._started_at is None:
            return 0.0
        return min(max(now - self._started_at, 0.0), self.sent_s)

    def frame_fits(self, now: float) -> bool:
        """Whether another frame may be written now."""
        return self.lead_s(now) <= self._lead_s - FRAME_S + ROUNDING_S

    def sent(self, size: int, now: float) -> None:
        """``size`` bytes were handed out."""
        if self._started_at is None:
            self._started_at = now
        elif (dry_s := now - self._started_at - self.sent_s) > 0:
            self._started_at += dry_s
            self.dry_spells += 1
        self._sent += size

    def next_frame_at(self, now: float) -> float:
        """When the lead will have shrunk enough for another frame."""
        return now + max(self.lead_s(now) - (self._lead_s - FRAME_S), 0.0)

    def lead_falls_to_at(self, lead_s: float, now: float) -> float:
        """When no more than ``lead_s`` will be left to play."""
        return now + max(self.lead_s(now) - lead_s, 0.0)
