"""Names that arrived by sync, on their way to whoever makes them speakable: on a thread of their own.

Making an address speakable takes up to a second on a small machine, and a first sync brings very many; events must not
wait for that, and the database must not be held. What waits here is in memory only, so everything that the box knows is
gone through once at each start, and once more when more arrived than may wait. Knows no speech and no SQLite.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from itertools import islice

from box.courier.vocabulary import Name, NamesArrived
from box.errors import BoxError

log = logging.getLogger(__name__)

MOST_WAITING = 20_000
"""Names in memory, a few megabytes. Beyond that, going through all of them again is cheaper than remembering."""

AT_ONCE = 100
"""Names in one hand-over: what fails costs no more than these until the next start."""

NUDGE_S = 600.0
"""After so long without a new name ``speakable`` gets an empty hand-over: its chance to try again what it could not do
before (a full disk, a program that was not installed)."""

Everything = Callable[[], Generator[Name, None, None]]
"""Goes through all names that the box knows, from the beginning; run and closed on the names' own thread."""


class NamesInBackground:
    """From construction to ``stop``: hands names to ``speakable`` in the order in which they arrive. ``arrived`` fits
    NamesArrived, is called from any thread, and never waits."""

    def __init__(self, speakable: NamesArrived, everything: Everything, nudge_s: float = NUDGE_S) -> None:
        self._speakable = speakable
        self._everything = everything
        self._nudge_s = nudge_s
        self._changed = threading.Condition()
        self._waiting: deque[Name] = deque()
        self._all_due = True
        self._stopping = False
        self._thread = threading.Thread(target=self._work, name="names", daemon=True)
        self._thread.start()

    def arrived(self, names: Iterable[Name]) -> None:
        """Queue them."""
        with self._changed:
            self._waiting.extend(names)
            if len(self._waiting) > MOST_WAITING:
                self._waiting.clear()
                self._all_due = True
            self._changed.notify()

    def stop(self) -> None:
        """End as soon as the name in progress is done; the next start goes through everything again."""
        with self._changed:
            self._stopping = True
            self._changed.notify()
        self._thread.join()

    def __enter__(self) -> NamesInBackground:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _work(self) -> None:
        while not self._stopping:
            if self._take_all_due():
                self._go_through_everything()
            elif (batch := self._next_batch()) is not None:
                self._hand_over(batch)

    def _take_all_due(self) -> bool:
        with self._changed:
            due, self._all_due = self._all_due, False
            return due

    def _next_batch(self) -> list[Name] | None:
        """What waits, as soon as something does, or nothing at all after a long while; None when something else is to
        be done."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._all_due or self._stopping, self._nudge_s)
            if self._all_due or self._stopping:
                return None
            return [self._waiting.popleft() for _ in range(min(AT_ONCE, len(self._waiting)))]

    def _go_through_everything(self) -> None:
        try:
            with closing(self._everything()) as names:
                while not self._stopping and (batch := list(islice(names, AT_ONCE))):
                    self._hand_over(batch)
        except BoxError as error:
            log.error("the names that the box knows cannot be read (%s): %s", error.code, error)

    def _hand_over(self, names: list[Name]) -> None:
        try:
            self._speakable(self._until_stopped(names))
        except BoxError as error:
            log.error("%d names are not ready to be said (%s): %s", len(names), error.code, error)
        except Exception:
            # The top of this thread: a defect with one name must not silence those that follow.
            log.exception("a defect while names were made ready")

    def _until_stopped(self, names: list[Name]) -> Iterator[Name]:
        for name in names:
            if self._stopping:
                return
            yield name
