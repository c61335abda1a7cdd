"""A clock that moves only when it is told to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from box.accounts.model import ClockTrust


class SimulatedClock:
    """Implements box.clock.Clock. ``now`` is the monotonic second."""

    def __init__(self, wall: datetime, *, now: float = 1000.0, trust: ClockTrust = ClockTrust.SYNCED) -> None:
        self.now = now
        self._started = now
        self._wall = wall.astimezone(UTC)
        self._trust = trust

    def monotonic(self) -> float:
        return self.now

    def wall(self) -> datetime:
        return self._wall + timedelta(seconds=self.now - self._started)

    def trust(self) -> ClockTrust:
        return self._trust
