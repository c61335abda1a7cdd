"""What both databases share: every statement that the centre runs can be written for PostgreSQL, and SQLite is opened
so that a power cut takes nothing back."""

from __future__ import annotations

import stat
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, insert
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import IntegrityError
from sqlalchemy.schema import CreateTable

from box.centre.database import Database, open_database
from box.centre.idempotency import AnsweredOnce, Work
from box.centre.publications import feed_page, publish
from box.centre.pull import pull_readings, standing_readings
from box.centre.streams import READINGS, acknowledge
from box.centre.tables import accounts, metadata
from box.errors import StoreBroken
from tests.centre.loopback import reading_event
from tests.centre.test_feed import published
from tests.centre.test_pull import store

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def test_every_statement_can_be_written_for_postgresql(database: Database) -> None:
    written: list[str] = []

    def write(connection: Any, statement: Any, *_: Any) -> None:
        if not isinstance(statement, str):
            # An insert is bound to its dialect; what it says beyond that is the same.
            if statement.__class__.__module__.startswith("sqlalchemy.dialects.sqlite"):
                written.append("insert")
            else:
                written.append(str(statement.compile(dialect=postgresql.dialect())))

    event.listen(database._writing, "before_execute", write)
    event.listen(database._reading, "before_execute", write)
    store(database, "a", [reading_event("a", 1), reading_event("a", 2)])
    store(database, "a", [reading_event("a", 3, account="x")])
    cursor = pull_readings(database, "billing:a", "", 10).cursor
    with database.writing() as connection:
        acknowledge(connection, READINGS, database.store_id, "billing:a", cursor, NOW)
        publish(connection, [published("1", ("a",))])
    feed_page(database, "a", "", 10)
    standing_readings(database)
    keys = AnsweredOnce(database)
    for _ in range(2):
        keys.answer("box:a", "k", b"x", NOW, lambda _: Work(b""))
    keys.forget_old(NOW)
    assert any("FOR UPDATE" in statement for statement in written)
    assert len(written) > 30
    for table in metadata.sorted_tables:
        assert "CREATE TABLE" in str(CreateTable(table).compile(dialect=postgresql.dialect()))


def test_sqlite_is_opened_for_power_cuts(tmp_path: Path) -> None:
    file = tmp_path / "centre.sqlite3"
    database = open_database(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with database.reading() as connection:
        facts = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert facts == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
    database.close()


def test_what_cannot_be_opened_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "text.sqlite3").write_text("this is not a database, however long it may be " * 20)
    with pytest.raises(StoreBroken, match="cannot be opened"):
        open_database(tmp_path / "text.sqlite3")
    with pytest.raises(StoreBroken, match="cannot make"):
        open_database(tmp_path / "absent" / "centre.sqlite3")
    with pytest.raises(StoreBroken, match="cannot be used"):
        open_database("no url at all")


def test_a_database_of_another_release_is_refused(database: Database, tmp_path: Path) -> None:
    with database.writing() as connection:
        connection.exec_driver_sql("UPDATE store SET schema_version = 99")
    with pytest.raises(StoreBroken, match="version 99"):
        open_database(tmp_path / "centre.sqlite3")


def test_errors_of_the_database_carry_no_contents(database: Database) -> None:
    twice = [{"number": "7770001112", "record": "private"}] * 2
    with database.writing() as connection, pytest.raises(IntegrityError, match="UNIQUE") as failed:
        connection.execute(insert(accounts), twice)
    assert "7770001112" not in str(failed.value)
    assert "private" not in str(failed.value)
