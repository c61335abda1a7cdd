"""The one place where the two databases differ: how SQLite is opened, and how a row is added unless it is there."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Column, Connection, Engine, QueuePool, Table, create_engine, event, func, select
from sqlalchemy.dialects import postgresql, sqlite

from box.errors import StoreBroken

BUSY_TIMEOUT_S = 15.0
"""How long one writer waits for another on SQLite before the client is asked to come back."""

SCHEMA_LOCK = 0x6C696E65
"""Any number that nobody else uses in this database."""

READING = "linebox_reading"
"""Execution option of a connection that only reads."""


def sqlite_engine(file: Path) -> Engine:
    """A SQLite file whose commits survive a power cut (WAL, synchronous=FULL, psow=0) and whose transactions take the
    write lock at their start, so that a reader-turned-writer never fails half-way. The file is for its owner alone."""
    try:
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        pass
    except OSError as error:
        raise StoreBroken(f"cannot make {file}: {error.strerror}") from error

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(
            f"file:{quote(str(file.absolute()))}?psow=0",
            uri=True,
            timeout=BUSY_TIMEOUT_S,
            isolation_level=None,
            check_same_thread=False,
        )
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")
        return connection

    engine = create_engine("sqlite://", creator=connect, poolclass=QueuePool, hide_parameters=True)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        reading = connection.get_execution_options().get(READING)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine


def server_engine(url: str) -> Engine:
    """A database server, by SQLAlchemy URL (postgresql+psycopg://…)."""
    return create_engine(url, hide_parameters=True, pool_pre_ping=True)


def lock_schema(connection: Connection) -> None:
    """One process at a time makes the tables; SQLite's write lock is held from the start anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(SCHEMA_LOCK)))


_INSERTS: Mapping[str, Callable[[Table], Any]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def insert_new(
    connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]], returning: Sequence[Column[Any]]
) -> Sequence[Any]:
    """Add the rows whose keys are not there yet; ``returning`` of those that were added. A row that another transaction
    is just adding is waited for."""
    if not rows:
        return []
    insert = _INSERTS[connection.dialect.name](table).values(list(rows)).on_conflict_do_nothing()
    return connection.execute(insert.returning(*returning)).all()
