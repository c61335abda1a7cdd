"""How long to wait before the next attempt. Pure: it neither waits nor knows the time."""

from __future__ import annotations

from firmware.errors import Misuse


class Backoff:
    """Waits that double from ``first_s`` up to ``ceiling_s``, and start anew after :meth:`reset`."""

    def __init__(self, first_s: float = 0.5, ceiling_s: float = 30.0) -> None:
        if not 0 < first_s <= ceiling_s:
            raise Misuse(f"a back-off needs 0 < first_s <= ceiling_s, not {first_s} and {ceiling_s}")
        self._first_s = first_s
        self._ceiling_s = ceiling_s
        self._next_s = first_s

    def next_s(self) -> float:
        """The wait after one more failure."""
        wait_s = self._next_s
        self._next_s = min(2 * wait_s, self._ceiling_s)
        return wait_s

    def reset(self) -> None:
        """An attempt succeeded."""
        self._next_s = self._first_s
