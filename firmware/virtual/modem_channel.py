"""The modem's side of the serial channel: bytes for the host in order, each with the time from which it may leave."""

from __future__ import annotations

from collections import deque

_SPLIT_S = 0.001

# V.250 table 1; VCON and the like have no numbers there and are sent as text.
_NUMBERS = {
    "OK": "0",
    "CONNECT": "1",
    "RING": "2",
    "NO CARRIER": "3",
    "ERROR": "4",
    "NO DIALTONE": "6",
    "BUSY": "7",
    "NO ANSWER": "8",
}


class HostChannel:
    """Bytes for the host. Nothing overtakes what was put before it, so a late answer delays all behind it."""

    def __init__(self) -> None:
        self._queue: deque[tuple[float, bytes]] = deque()
        self._last_due = 0.0
        self.queued_bytes = 0

    def put(self, data: bytes, due: float, split: bool = False) -> None:
        """Queue ``data`` for ``due``; ``split`` spreads it, a byte a millisecond."""
        pieces = [bytes((byte,)) for byte in data] if split else [data] if data else []
        for piece in pieces:
            self._last_due = max(due, self._last_due + (_SPLIT_S if split else 0.0))
            self._queue.append((self._last_due, piece))
        self.queued_bytes += len(data)

    def take(self, now: float) -> bytes:
        """Everything that may leave by ``now``."""
        ready = []
        while self._queue and self._queue[0][0] <= now:
            ready.append(self._queue.popleft()[1])
        taken = b"".join(ready)
        self.queued_bytes -= len(taken)
        return taken

    def next_due(self) -> float | None:
        """When the next byte may leave."""
        return self._queue[0][0] if self._queue else None

    def clear(self) -> None:
        """Forget everything: the host has gone."""
        self._queue.clear()
        self._last_due = 0.0
        self.queued_bytes = 0


def information(lines: list[str], verbose: bool) -> bytes:
    """Information text, V.250 5.7.1; lines of one answer follow each other without blank lines."""
    text = "\r\n".join(lines) + "\r\n"
    return (("\r\n" if verbose else "") + text).encode("ascii", "replace")


def result_code(text: str, verbose: bool) -> bytes:
    """A result code, V.250 5.7.1: CR LF text CR LF, or a number and CR."""
    return (f"\r\n{text}\r\n" if verbose else f"{_NUMBERS.get(text, text)}\r").encode("ascii")
