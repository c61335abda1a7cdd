"""Wakes a thread that waits for a file descriptor. Knows nothing of what is waited for."""

from __future__ import annotations

import contextlib
import os
import select
import threading


class Alarm:
    """Ends the wait of one thread from any other."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._closed = False
        self._hear, self._speak = os.pipe()
        os.set_blocking(self._hear, False)
        os.set_blocking(self._speak, False)

    def ring(self) -> None:
        """Every ring before the next wait counts as one."""
        with self._guard, contextlib.suppress(BlockingIOError):
            if not self._closed:
                os.write(self._speak, b"!")

    def wait(self, timeout_s: float) -> None:
        """Until the time is over or the alarm rings."""
        poller = select.poll()
        poller.register(self._hear, select.POLLIN)
        poller.poll(1000 * timeout_s)
        self._silence()

    def wait_with(self, handle: int) -> bool:
        """Until ``handle`` has something to read, or to complain about (True), or the alarm rings."""
        poller = select.poll()
        poller.register(self._hear, select.POLLIN)
        poller.register(handle, select.POLLIN)
        ready = [descriptor for descriptor, _ in poller.poll()]
        self._silence()
        return handle in ready

    def close(self) -> None:
        """Nobody waits any longer."""
        with self._guard:
            if not self._closed:
                self._closed = True
                os.close(self._hear)
                os.close(self._speak)

    def _silence(self) -> None:
        with contextlib.suppress(BlockingIOError):
            os.read(self._hear, 4096)
