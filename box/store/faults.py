"""What SQLite and the disk complain about, as the declared errors of the box: one line that says what to do.

Pure: it reads no disk. Knows SQLite's result codes (sqlite.org/rescode.html) and nothing of the tables.
"""

from __future__ import annotations

import errno
import sqlite3
from pathlib import Path

from box.errors import DiskFull, StoreBroken, StoreBusy, StoreMisused

SCARCE_BYTES = 65_536
"""Less free space than this and a failed write is blamed on a full disk. SQLite reports ENOSPC as SQLITE_FULL where it
grows the log, but as a plain input/output error where it grows the 32 KiB steps of its shared-memory index."""

_MEANINGS: dict[int, tuple[type[StoreBroken], str]] = {
    sqlite3.SQLITE_FULL: (DiskFull, "there is no room left on the disk: free some space"),
    sqlite3.SQLITE_BUSY: (StoreBusy, "another process kept it locked for too long: try again, or restart the services"),
    sqlite3.SQLITE_LOCKED: (StoreBusy, "another statement keeps it locked: try again"),
    sqlite3.SQLITE_READONLY: (
        StoreBroken,
        "it may only be read: check the owner of the file and how the disk is mounted",
    ),
    sqlite3.SQLITE_PERM: (StoreBroken, "access is refused: check the owner of the file and its folder"),
    sqlite3.SQLITE_AUTH: (StoreBroken, "access is refused"),
    sqlite3.SQLITE_CANTOPEN: (StoreBroken, "it cannot be opened: check that the folder exists and who owns it"),
    sqlite3.SQLITE_CORRUPT: (StoreBroken, "it is damaged: keep a copy for repair and restore the last backup"),
    sqlite3.SQLITE_NOTADB: (
        StoreBroken,
        "it is not a database, or its beginning is destroyed: restore the last backup",
    ),
    sqlite3.SQLITE_IOERR: (StoreBroken, "the disk failed while reading or writing: check the card"),
    sqlite3.SQLITE_CONSTRAINT: (
        StoreMisused,
        "its rules refuse what was asked: a defect of the program, please report it",
    ),
}


def from_sqlite(error: sqlite3.Error, path: Path, free_bytes: int | None) -> StoreBroken:
    """The declared error for ``error``. ``free_bytes`` is the room on the disk of ``path``, None when not known."""
    code = getattr(error, "sqlite_errorcode", None)
    primary = code & 0xFF if isinstance(code, int) else None  # extended codes keep the primary one in the low byte
    if primary == sqlite3.SQLITE_IOERR and free_bytes is not None and free_bytes < SCARCE_BYTES:
        primary = sqlite3.SQLITE_FULL
    kind, meaning = _MEANINGS.get(primary or 0, (StoreBroken, "SQLite refused a statement"))
    name = getattr(error, "sqlite_errorname", type(error).__name__)
    return kind(f"the database {path}: {meaning} ({name}: {error})")


def from_system(error: OSError, path: Path) -> StoreBroken:
    """The declared error for a failed call to the operating system about ``path``."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFull(f"the database {path}: there is no room left on the disk: free some space ({error.strerror})")
    return StoreBroken(f"the database {path}: {error.strerror or error}: check the folder, its owner and the disk")
