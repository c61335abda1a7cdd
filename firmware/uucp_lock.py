"""The lock file by which programs on serial lines keep off each other: ``/var/lock/LCK..ttyACM0``.

mgetty, vgetty, minicom, pppd and cu honour it. Format: Filesystem Hierarchy Standard 3.0 §5.9, the process id in ten
characters, right-justified, and a newline. It is a courtesy: where the folder cannot be written we go without it, since
the port itself is locked besides.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from firmware.errors import FirmwareError

LOCK_FOLDER = Path("/var/lock")
_TRIES = 3  # a stale lock may be followed by another one, not by an endless row of them


class PortTaken(FirmwareError):
    """A living process holds the lock; ``pid`` says which."""

    code = "modem-busy"
    retriable = True

    def __init__(self, pid: int) -> None:
        super().__init__(f"in use by {process_name(pid)}")
        self.pid = pid


def process_name(pid: int) -> str:
    """How a person finds the process: its id and, where readable, its command."""
    try:
        return f"process {pid} ({Path(f'/proc/{pid}/comm').read_text().strip()})"
    except OSError:
        return f"process {pid}"


class UucpLock:
    """The lock of one device. ``device`` may be a link; the lock bears the name of what it points to."""

    def __init__(self, device: str, folder: Path = LOCK_FOLDER) -> None:
        self.path = folder / f"LCK..{_lock_name(device)}"
        self._held = False

    def take(self) -> bool:
        """Take the lock, removing it first where its process is dead. False: the folder cannot be written, so there is
        no lock to take. Raises PortTaken."""
        draft = self.path.with_name(f"LTMP..{self.path.name[5:]}.{os.getpid()}")
        try:
            draft.write_text(f"{os.getpid():>10}\n", encoding="ascii")
        except OSError:
            return False
        try:
            self._held = self._link(draft)
        finally:
            draft.unlink(missing_ok=True)
        return self._held

    def release(self) -> None:
        """Give the lock back; harmless when it is not held."""
        if self._held:
            self._held = False
            with contextlib.suppress(OSError):
                self.path.unlink()

    def _link(self, draft: Path) -> bool:
        """Put ``draft`` in the lock's place if that is free: linking is atomic, so a reader never sees half a lock."""
        for _ in range(_TRIES):
            try:
                self.path.hardlink_to(draft)
            except FileExistsError:
                holder = _holder(self.path)
                if holder is not None and holder != os.getpid() and _alive(holder):
                    raise PortTaken(holder) from None
                with contextlib.suppress(FileNotFoundError):
                    self.path.unlink()
            except OSError:
                return False
            else:
                return True
        return False


def _lock_name(device: str) -> str:
    return os.path.realpath(device).removeprefix("/dev/").strip("/").replace("/", "_")


def _holder(path: Path) -> int | None:
    """The process id in a lock; None when there is none to be read. Four bytes are the old binary form."""
    try:
        content = path.read_bytes()
    except OSError:
        return None
    words = content.split()
    if words and words[0].isdigit():
        return int(words[0])
    if len(content) == 4:
        return int.from_bytes(content, "little")
    return None


def _alive(pid: int) -> bool:
    if not 0 < pid < 2**31:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
