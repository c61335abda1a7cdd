"""Where the flight records of failed modems lie: a few small files beside the database, the oldest making way."""

from __future__ import annotations

import logging
from pathlib import Path

from box.clock import Clock

log = logging.getLogger(__name__)

KEPT = 20
SHORTEST_INTERVAL_S = 60.0
"""A modem that fails again and again fills no memory card: one record a minute tells as much."""


class FlightRecords:
    """One line's records in ``folder``."""

    def __init__(self, folder: Path, line: str, clock: Clock) -> None:
        self._folder = folder
        self._line = line
        self._clock = clock
        self._last: float | None = None

    def keep(self, record: str) -> None:
        """Write ``record`` to a file of its own; a disk that refuses costs the record, never the call."""
        now = self._clock.monotonic()
        if self._last is not None and now - self._last < SHORTEST_INTERVAL_S:
            return
        self._last = now
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            path = self._folder / f"{self._line}-{self._clock.wall():%Y%m%dT%H%M%S}.txt"
            path.write_text(record, "utf-8")
            for old in sorted(self._folder.glob(f"{self._line}-*.txt"))[:-KEPT]:
                old.unlink()
        except OSError as error:
            log.warning("the flight record could not be kept: %s", error)
            return
        log.info("flight record: %s", path)
