"""One courier for one database, one process for one line: a lock that the kernel drops when its holder dies, however
it dies."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from box.errors import BoxError, StoreBroken


class AlreadyRuns(BoxError):
    """Another process does this work for the same database; the text names the lock that it holds."""

    code = "already-runs"


@contextmanager
def one_at_a_time(lock_file: Path, who: str) -> Iterator[None]:
    """Hold ``lock_file`` for the time of the block; ``who`` («a courier») is for the error. Raises AlreadyRuns when
    somebody else holds it and StoreBroken when it cannot be made. The file itself stays: removing it would let two
    hold it at once."""
    try:
        handle = os.open(lock_file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StoreBroken(f"cannot make the lock file {lock_file}: {error.strerror}; check the folder") from error
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRuns(f"{who} already works for this database (it holds {lock_file})") from None
        yield
    finally:
        os.close(handle)
