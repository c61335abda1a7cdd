"""Files that are whole after a power cut: written beside, flushed to the disk, then moved into place."""

from __future__ import annotations

import os
from pathlib import Path


def replace_file(path: Path, content: bytes) -> None:
    """``path`` holds ``content``, or what it held before, whatever happens. Permissions are kept. Raises OSError."""
    part = path.with_name(f".{path.name}.part")
    mode = path.stat().st_mode & 0o777 if path.exists() else None
    with part.open("wb") as file:
        if mode is not None:
            os.fchmod(file.fileno(), mode)
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    flush(path.parent)


def flush(path: Path) -> None:
    """One file or folder to the disk. Raises OSError."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def flush_tree(folder: Path) -> None:
    """A folder and all below it."""
    for path in [*sorted(folder.rglob("*"), reverse=True), folder]:
        flush(path)
