"""The processes of a rehearsal: started from this same program, stopped by their own ids."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO

from box.errors import BoxError
from box.service_manager import END_WITH_PARENT
from box.settings import HOME

STOP_WAIT_S = 5.0
"""A line in a call finishes it first; a rehearsal that is broken off does not wait for that."""


class ChildFailed(BoxError):
    """A process of the rehearsal did not come up, or ended early; the text quotes its last words."""

    code = "rehearsal"


class Child:
    """One process of linebox, its standard output as a queue of lines, its standard error in a file."""

    def __init__(self, name: str, arguments: list[str], log: Path) -> None:
        self.name = name
        self._log = log
        self.lines: queue.Queue[str | None] = queue.Queue()
        with log.open("ab") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "box.cli.main", *arguments],
                cwd=HOME,
                env={**os.environ, "PYTHONPATH": str(HOME), "PYTHONUNBUFFERED": "1", END_WITH_PARENT: "1"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                encoding="utf-8",
                start_new_session=True,  # Ctrl-C is for the rehearsal, which stops its children in order
            )
        assert self._process.stdout is not None
        threading.Thread(target=self._read, args=(self._process.stdout,), name=f"{name}-out", daemon=True).start()

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether it has not ended."""
        return self._process.poll() is None

    def _read(self, stream: IO[str]) -> None:
        with stream:
            for line in stream:
                self.lines.put(line.rstrip("\n"))
        self.lines.put(None)

    def line(self, timeout_s: float) -> str:
        """The next line of its output. Raises ChildFailed when it ends or says nothing in time."""
        try:
            line = self.lines.get(timeout=timeout_s)
        except queue.Empty:
            raise ChildFailed(f"{self.name} said nothing for {timeout_s:.0f} s; {self.last_words()}") from None
        if line is None:
            raise ChildFailed(f"{self.name} ended before it was ready; {self.last_words()}")
        return line

    def last_words(self) -> str:
        """The end of its log, for an error text."""
        lines = self._log.read_text("utf-8", "replace").strip().splitlines()
        return f"its log ends: {' / '.join(lines[-3:])}" if lines else "its log is empty"

    def kill(self) -> None:
        """SIGKILL, and wait."""
        if self.running:
            self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def ask_to_stop(self) -> None:
        """SIGTERM."""
        if self.running:
            self._process.terminate()

    def stop(self) -> int:
        """SIGTERM, SIGKILL after STOP_WAIT_S; the exit status."""
        self.ask_to_stop()
        try:
            return self._process.wait(STOP_WAIT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
        return self._process.wait()
