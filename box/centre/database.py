"""The centre's database: opened, checked, made at first use. Which SQL runs in it is the business of its neighbours."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, insert, select, update
from sqlalchemy.exc import SQLAlchemyError

from box.centre import dialects
from box.centre.tables import SCHEMA_VERSION, counters, events, metadata, request_arrivals, store
from box.errors import StoreBroken

READINGS_COUNTER = "readings"
REQUESTS_COUNTER = "requests"
FEED_COUNTER = "feed"

REQUEST_KINDS_OF_VERSION_1 = ("call_back", "phone_saved")


class Database:
    """An open database. Transactions are short and belong to one request; safe to use from several threads."""

    def __init__(self, engine: Engine, store_id: bytes) -> None:
        self._writing = engine
        self._reading = engine.execution_options(**{dialects.READING: True})
        self.store_id = store_id
        """8 bytes that tell this database from any other."""

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that commits at the end of the block and rolls back on any exception."""
        with self._writing.begin() as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that only reads."""
        with self._reading.connect() as connection, connection.begin():
            yield connection

    def close(self) -> None:
        """Let go of every connection."""
        self._writing.dispose()


def open_database(target: Path | str) -> Database:
    """The database in a SQLite file (a Path) or on a server (a URL); its tables are made if they are not there. Raises
    StoreBroken with what to do."""
    try:
        engine = dialects.sqlite_engine(target) if isinstance(target, Path) else dialects.server_engine(target)
    except SQLAlchemyError as error:
        raise StoreBroken(f"the centre's database cannot be used: {_first_line(error)}") from error
    except ImportError as error:
        raise StoreBroken(f"the centre's database needs a Python package that is not here: {error.name}") from error
    try:
        with engine.begin() as connection:
            dialects.lock_schema(connection)
            metadata.create_all(connection)
            fresh = {"only": 1, "store_id": os.urandom(8), "schema_version": SCHEMA_VERSION}
            dialects.insert_new(connection, store, [fresh], [store.c.only])
            names = [{"name": name, "value": 0} for name in (READINGS_COUNTER, REQUESTS_COUNTER, FEED_COUNTER)]
            dialects.insert_new(connection, counters, names, [counters.c.name])
            _bring_up_to_date(connection)
            store_id, version = connection.execute(select(store.c.store_id, store.c.schema_version)).one()
    except SQLAlchemyError as error:
        engine.dispose()
        raise StoreBroken(f"the centre's database cannot be opened: {_first_line(error)}") from error
    if version != SCHEMA_VERSION:
        engine.dispose()
        raise StoreBroken(f"the centre's database has version {version}, this program wants {SCHEMA_VERSION}")
    return Database(engine, bytes(store_id))


def _bring_up_to_date(connection: Connection) -> None:
    """What the making of new tables leaves to be done in a database of an earlier release."""
    if connection.execute(select(store.c.schema_version)).scalar_one() == 1:
        # Requests that came before they were a stream: billing's people have not seen them.
        waiting = select(events.c.id).where(events.c.kind.in_(REQUEST_KINDS_OF_VERSION_1))
        connection.execute(insert(request_arrivals).from_select(["event"], waiting))
        connection.execute(update(store).values(schema_version=2))


def locked_counter(connection: Connection, name: str) -> int:
    """The last number given in a stream. Held until the transaction ends, so that numbers appear in their order."""
    row = select(counters.c.value).where(counters.c.name == name).with_for_update()
    return int(connection.execute(row).scalar_one())


def last_number(connection: Connection, name: str) -> int:
    """The last number given in a stream, without holding anybody up."""
    return int(connection.execute(select(counters.c.value).where(counters.c.name == name)).scalar_one())


def move_counter(connection: Connection, name: str, value: int) -> None:
    """Write the last number back; the caller holds the counter."""
    connection.execute(update(counters).where(counters.c.name == name).values(value=value))


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]
