"""A person's keys in the caller's place: single characters of a terminal, or whatever standard input brings."""

from __future__ import annotations

import os
import queue
import select
import sys
import termios
import threading
import tty
from types import TracebackType
from typing import Any

TELEPHONE_KEYS = "0123456789*#"
HANG_UP = "h"


class Keyboard:
    """A context that puts the terminal into single-key mode and gives it back as it was."""

    def __init__(self) -> None:
        try:
            self._fd = sys.stdin.fileno()
        except (AttributeError, ValueError):  # standard input was closed: as good as a hang-up
            self._fd = os.open(os.devnull, os.O_RDONLY)
        self._before: list[Any] | None = None
        self._keys: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._stop_reader, self._stop_writer = os.pipe()
        self._thread = threading.Thread(target=self._read, name="keyboard", daemon=True)

    def __enter__(self) -> Keyboard:
        if os.isatty(self._fd):
            self._before = termios.tcgetattr(self._fd)
            tty.setcbreak(self._fd)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.write(self._stop_writer, b"x")
        self._thread.join()
        os.close(self._stop_reader)
        os.close(self._stop_writer)
        if self._before is not None:
            termios.tcsetattr(self._fd, termios.TCSADRAIN, self._before)

    def pressed(self) -> list[str]:
        """Telephone keys and HANG_UP pressed since the last call; the end of the input hangs up."""
        keys = []
        while not self._keys.empty():
            keys.append(self._keys.get())
        return keys

    def _read(self) -> None:
        while True:
            ready, _, _ = select.select([self._fd, self._stop_reader], [], [])
            if self._stop_reader in ready:
                return
            data = os.read(self._fd, 64)
            for character in data.decode("ascii", "ignore").lower() if data else HANG_UP:
                if character in TELEPHONE_KEYS or character == HANG_UP:
                    self._keys.put(character)
            if not data:
                return
