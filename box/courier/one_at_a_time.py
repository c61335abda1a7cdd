"""One courier for one database: a lock that the kernel drops when its holder dies, however it dies."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from box.courier.errors import CourierAlreadyRuns
from box.errors import StoreBroken


@contextmanager
def one_at_a_time(lock_file: Path) -> Iterator[None]:
    """Hold ``lock_file`` for the time of the block. Raises CourierAlreadyRuns when somebody else holds it and
    StoreBroken when it cannot be made. The file itself stays: removing it would let two hold it at once."""
    try:
        handle = os.open(lock_file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StoreBroken(f"cannot make the lock file {lock_file}: {error.strerror}; check the folder") from error
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CourierAlreadyRuns(f"a courier already works for this database (it holds {lock_file})") from None
        yield
    finally:
        os.close(handle)
