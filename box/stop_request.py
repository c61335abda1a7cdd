"""A request to stop that a signal handler may make.

``threading.Event`` is not for that: a handler runs in the main thread, and ``set`` would wait for a lock that the same
thread may hold inside ``wait``. ``queue.SimpleQueue.put`` is documented to be reentrant.
"""

from __future__ import annotations

import queue


class StopRequest:
    """Made once, seen for ever."""

    def __init__(self) -> None:
        self._requests: queue.SimpleQueue[None] = queue.SimpleQueue()
        self._made = False

    def set(self) -> None:
        """Ask to stop; from any thread or signal handler."""
        self._made = True
        self._requests.put(None)

    def is_set(self) -> bool:
        """Whether anybody has asked."""
        return self._made

    def wait(self, timeout_s: float | None = None) -> bool:
        """Until somebody asks, or ``timeout_s`` have passed; whether somebody has asked."""
        if not self._made:
            try:
                self._requests.get(timeout=timeout_s)
            except queue.Empty:
                return False
        return True
