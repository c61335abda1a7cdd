"""The only place that reads clocks. Durations are monotonic; wall time goes on records, with how far to trust it."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

from box.accounts.model import ClockTrust

RELEASED = datetime(2026, 11, 1, tzinfo=UTC)
"""A wall clock that says a day before this release was made cannot be right."""

SYNC_MARKS = (Path("/run/systemd/timesync/synchronized"), Path("/run/chrony/synchronized"))
"""systemd-timesyncd(8) touches the first at every successful synchronisation since boot; the second is for boxes whose
chrony is set up to do the same."""


class Clock(Protocol):
    """What the application needs of time."""

    def monotonic(self) -> float:
        """Seconds that never jump; comparable between processes of one boot."""
        ...

    def wall(self) -> datetime:
        """Now, aware, in UTC."""
        ...

    def trust(self) -> ClockTrust:
        """How far wall() can be believed."""
        ...


class SystemClock:
    """The machine's clocks. ``offset_s`` shifts wall time, ``unset`` plays a clock that nobody has set: rehearsals
    only."""

    def __init__(self, offset_s: float = 0.0, marks: tuple[Path, ...] = SYNC_MARKS, *, unset: bool = False) -> None:
        self._offset = timedelta(seconds=offset_s)
        self._marks = marks
        self._unset = unset

    def monotonic(self) -> float:
        return time.monotonic()

    def wall(self) -> datetime:
        return datetime.now(UTC) + self._offset

    def trust(self) -> ClockTrust:
        if self._unset:
            return ClockTrust.UNKNOWN
        if any(mark.exists() for mark in self._marks):
            return ClockTrust.SYNCED
        return ClockTrust.HOLDOVER if datetime.now(UTC) >= RELEASED else ClockTrust.UNKNOWN
