"""Opens the box's database: a power cut loses nothing that was confirmed, and several processes share the file.

Every thread of every process opens its own :class:`Store`; nobody opens the file in any other way. Knows SQLite and the
disk, nothing of what the tables mean.

Measured with a disk that forgets unsynced writes: WAL with synchronous=FULL lost no acknowledged row, except where a
write also damages what precedes it in its 4 KiB block, as memory cards do; ``psow=0`` (sqlite.org/psow.html), which
pads each commit to a whole sector, cures that.

**Checkpoints.** Up to SQLite 3.51.2 (Debian 12 has 3.40, Debian 13 has 3.46), a checkpoint that runs while another
connection commits and restarts the log can lose committed pages for good (sqlite.org/wal.html#walresetbug). So
automatic checkpoints are off on every connection, and :meth:`Store.checkpoint` holds the write lock while a second
connection copies the log: nobody can commit meanwhile, and the race cannot happen in any version. (SQLite's own
checkpoint of the last connection that closes is safe: it holds the whole file exclusively.)
"""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
import shutil
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from sqlite_utils import Database

from box.errors import BoxError, StoreBroken, StoreBusy, StoreMisused
from box.store import migrations
from box.store.faults import from_sqlite, from_system

OLDEST_SQLITE = (3, 37, 0)
"""STRICT tables came with 3.37.0 (sqlite.org/stricttables.html); UPSERT (3.24) and RETURNING (3.35) are older."""

BUSY_TIMEOUT_S = 10.0
"""How long a writer waits for another. Transactions are short, but a memory card in its housekeeping takes seconds."""

_LOOK_AGAIN_S = 0.005

CHECKPOINT_AT_BYTES = 8 << 20
"""A log of this size is copied into the database after the commit that made it so; 2,000 pages are a few seconds of the
slowest card at most. Programs call :meth:`Store.checkpoint` at quiet moments, so that no caller waits for it."""

LOG_KEPT_BYTES = 1 << 20
"""The log file is cut to this when it is restarted, so that its size tells how much waits to be copied."""

_PRAGMAS: tuple[tuple[str, int], ...] = (
    ("synchronous", 2),  # FULL: the log is synced at every commit
    ("foreign_keys", 1),
    ("busy_timeout", round(BUSY_TIMEOUT_S * 1000)),
    ("wal_autocheckpoint", 0),  # see above
    ("journal_size_limit", LOG_KEPT_BYTES),
    ("trusted_schema", 0),  # a damaged or planted schema runs no functions
    ("cell_size_check", 1),  # damage is found when a page is read, not when it has spread
    ("temp_store", 2),  # MEMORY: the services see no writable temporary folder
)

_log = logging.getLogger(__name__)


class Store:
    """One connection, for the thread that opened it; made by :func:`open_store`. Every method raises StoreBroken or one
    of its kinds (DiskFull, StoreBusy, StoreMisused), after which nothing of the attempt is stored."""

    def __init__(self, path: Path, *, read_only: bool) -> None:
        self.path = path
        self.read_only = read_only
        with self._declared():
            self._db = Database(_connect(path, read_only=read_only), execute_plugins=False, strict=True)
        try:
            with self._declared():
                self._apply_pragmas()
        except BaseException:
            self._db.close()
            raise

    @property
    def db(self) -> Database:
        """For reading single statements and for tests; writing goes through :meth:`writing`."""
        return self._db

    @contextlib.contextmanager
    def writing(self) -> Iterator[Database]:
        """One transaction: leaving the block commits to the disk, an exception undoes everything.

        It takes the write lock at once (BEGIN IMMEDIATE): a transaction that reads first and writes later could not
        wait for its turn, only fail."""
        with self._transaction("BEGIN IMMEDIATE"):
            yield self._db
        self._checkpoint_if_due()

    @contextlib.contextmanager
    def reading(self) -> Iterator[Database]:
        """Several look-ups that see one and the same state."""
        with self._transaction("BEGIN"):
            yield self._db

    def checkpoint(self) -> None:
        """Copy the log into the database; for quiet moments (between calls, between pages of a feed). Cheap when there
        is nothing to copy. Writers wait meanwhile, readers do not."""
        with self._transaction("BEGIN IMMEDIATE"), contextlib.closing(_connect(self.path)) as copier:
            copier.execute(f"PRAGMA busy_timeout={round(BUSY_TIMEOUT_S * 1000)}")
            copier.execute("PRAGMA synchronous=FULL")
            copier.execute("PRAGMA wal_autocheckpoint=0")
            copier.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()

    def damage(self, limit: int = 10) -> list[str]:
        """What PRAGMA quick_check finds wrong, at most ``limit`` lines; empty = sound. Reads the whole file."""
        with self._declared():
            lines = [row[0] for row in self._db.execute(f"PRAGMA quick_check({int(limit)})")]
        return [] if lines == ["ok"] else lines

    def close(self) -> None:
        """Close the connection; the last one to close copies the log and removes it."""
        if not self.path.parent.is_dir():
            return self._close()  # somebody has removed everything
        with _alone(self.path):
            return self._close()

    def _close(self) -> None:
        with self._declared():
            self._db.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextlib.contextmanager
    def _transaction(self, begin: str) -> Iterator[None]:
        with self._declared():
            if self._db.conn.in_transaction:
                raise StoreMisused("a transaction inside a transaction: a defect of the program, please report it")
            self._db.conn.execute(begin)
            try:
                yield
                self._db.conn.execute("COMMIT")
            except BaseException:
                if self._db.conn.in_transaction:  # SQLite itself has undone it after some errors
                    self._db.conn.execute("ROLLBACK")
                raise

    @contextlib.contextmanager
    def _declared(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise from_sqlite(error, self.path, _free_bytes(self.path)) from error

    def _apply_pragmas(self) -> None:
        if not self.read_only:
            self._db.execute("PRAGMA journal_mode=WAL")
        for name, value in _PRAGMAS:
            self._db.execute(f"PRAGMA {name}={value}")
        self._verify("journal_mode", "wal")
        for name, value in _PRAGMAS:
            self._verify(name, value)

    def _verify(self, name: str, wanted: object) -> None:
        row: Sequence[object] = self._db.execute(f"PRAGMA {name}").fetchone()
        if row[0] != wanted:
            raise StoreBroken(
                f"the database {self.path}: {name} is {row[0]!r} and not {wanted!r}: "
                "put it on a local disk (ext4), where SQLite can keep its promise"
            )

    def _checkpoint_if_due(self) -> None:
        """After a commit: nothing that happens here may look as if that commit had failed."""
        try:
            waiting_bytes = Path(f"{self.path}-wal").stat().st_size
            if waiting_bytes >= CHECKPOINT_AT_BYTES:
                self.checkpoint()
        except (BoxError, OSError) as error:
            _log.warning("the log was not copied into the database, later is soon enough: %s", error)


def open_store(path: Path, *, read_only: bool = False) -> Store:
    """The database at ``path``, ready to use: made (mode 0600, its folder 0700) and brought to this release's schema
    where need be. Several processes may do so at once; the others wait.

    ``read_only`` (status page, doctor) makes and changes nothing: no database yet, or an older schema, is
    StoreBroken."""
    path = path.absolute()
    require_sqlite(sqlite3.sqlite_version_info)
    try:
        if read_only:
            return _open_read_only(path)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _alone(path):
            _make_private_file(path)
            store = Store(path, read_only=False)
            try:
                migrations.bring_up_to_date(store)
            except BaseException:
                store._close()
                raise
    except OSError as error:
        raise from_system(error, path) from error
    return store


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    """One at a time opens or closes the database at ``path``: neither the switch to WAL nor the cleaning up by the last
    connection that closes asks the busy handler, so whoever meets one of them would be told SQLITE_BUSY at once
    (sqlite.org/wal.html section 9). The lock is the folder's own, which the kernel drops with its holder. Raises
    StoreBusy after BUSY_TIMEOUT_S."""
    folder = os.open(path.parent, os.O_RDONLY | os.O_CLOEXEC)
    try:
        until, pause = time.monotonic() + BUSY_TIMEOUT_S, threading.Event()
        while True:
            try:
                fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= until:
                    raise StoreBusy(f"the database {path}: another process is opening it for too long") from None
                pause.wait(_LOOK_AGAIN_S)
        yield
    finally:
        os.close(folder)


def require_sqlite(version: tuple[int, ...]) -> None:
    """StoreBroken when the SQLite library under Python is too old for the schema."""
    if version < OLDEST_SQLITE:
        have, want = (".".join(map(str, v)) for v in (version, OLDEST_SQLITE))
        raise StoreBroken(f"SQLite {have} is too old, {want} or newer is needed: use Debian 12 or newer")


def _open_read_only(path: Path) -> Store:
    if not path.exists():
        raise StoreBroken(f"the database {path} does not exist yet: start the line service first")
    with _alone(path):
        store = Store(path, read_only=True)
        try:
            missing = migrations.missing(store)
        except BaseException:
            store._close()
            raise
    if missing:
        store.close()
        raise StoreBroken(
            f"the database {path} is of an older release (it lacks {', '.join(missing)}): "
            "restart the line service, which brings it up to date"
        )
    return store


def _connect(path: Path, *, read_only: bool = False) -> sqlite3.Connection:
    """isolation_level None: Python must not begin transactions of its own, which would not be IMMEDIATE."""
    uri = f"{path.as_uri()}?psow=0&mode={'ro' if read_only else 'rw'}"
    return sqlite3.connect(uri, uri=True, timeout=BUSY_TIMEOUT_S, isolation_level=None)


def _make_private_file(path: Path) -> None:
    """The log and its index take their mode from this file. Only a file that is not there is opened here: closing a
    second descriptor of an open database would drop the locks that SQLite holds through the first (sqlite.org/
    howtocorrupt.html §2.2)."""
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        if path.stat().st_mode & 0o077:  # a restored backup, say
            path.chmod(0o600)
        return
    os.close(descriptor)


def _free_bytes(path: Path) -> int | None:
    try:
        return shutil.disk_usage(path.parent).free
    except OSError:
        return None
