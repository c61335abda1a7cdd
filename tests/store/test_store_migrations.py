"""The schema: each migration from the one before it, each failing in the middle, and many processes at once."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from box.accounts.model import AccountNumber, PhoneNumber
from box.errors import StoreBroken
from box.store import migrations
from box.store.account_book import AccountBook
from box.store.connection import Store, open_store
from box.store.ledger import Ledger
from box.store.outbox import Outbox
from tests.store.making import (
    ACCOUNT,
    BOX,
    PHONE,
    assert_sound,
    change,
    forget_phone,
    open_call,
    outbox_rows,
    pay_link,
    save,
)

NAMES = [step.name for step in migrations.migrations._migrations]


def bare(path: Path, *, up_to: str | None) -> Store:
    """A store with the schema as it was before ``up_to``, None = the newest."""
    path.parent.mkdir(exist_ok=True)
    path.touch()
    store = Store(path, read_only=False)
    migrations.bring_up_to_date(store, stop_before=up_to)
    return store


def schema(store: Store) -> list[tuple[str, str]]:
    """Everything that a migration changes, but the empty table of records that precedes the first one."""
    objects = store.db.execute("SELECT name, sql FROM sqlite_schema ORDER BY name").fetchall()
    mark = store.db.execute("PRAGMA application_id").fetchone()
    return [*(row for row in objects if "sqlite_migrations" not in row[0]), ("application_id", str(mark[0]))]


def deny_creation(nth: int) -> Callable[..., int]:
    """An authorizer (sqlite.org/c3ref/set_authorizer.html) that refuses the ``nth`` creation; the record at the end
    of a migration counts as one."""
    seen = 0
    creations = (sqlite3.SQLITE_CREATE_TABLE, sqlite3.SQLITE_CREATE_INDEX, sqlite3.SQLITE_CREATE_TRIGGER)

    def authorize(action: int, first: str | None, *_: object) -> int:
        nonlocal seen
        if action in creations or (action == sqlite3.SQLITE_INSERT and first == "_sqlite_migrations"):
            seen += 1
            if seen == nth:
                return sqlite3.SQLITE_DENY
        return sqlite3.SQLITE_OK

    return authorize


@pytest.mark.parametrize("name", NAMES)
def test_a_failure_anywhere_leaves_the_schema_before_it(path: Path, name: str) -> None:
    with bare(path, up_to=name) as store:
        before, failures = schema(store), 0
        following = NAMES[NAMES.index(name) + 1 :]
        while True:
            store.db.conn.set_authorizer(deny_creation(failures + 1))
            try:
                migrations.bring_up_to_date(store, stop_before=following[0] if following else None)
            except StoreBroken:
                failures += 1
                assert schema(store) == before
                assert name in migrations.missing(store)
            else:
                break
            finally:
                store.db.conn.set_authorizer(None)
        assert failures > 3, "the refusals never struck"
        assert name not in migrations.missing(store)
        assert store.damage() == []


def test_accounts_come_to_a_box_with_readings(path: Path) -> None:
    """m0002 on a database that m0001 has used."""
    with bare(path, up_to="m0002_accounts") as store:
        ledger = Ledger(store, BOX)
        open_call(ledger)
        save(ledger, "before")
        with pytest.raises(StoreBroken):
            AccountBook(store).cursor()
    with open_store(path) as store:
        assert [row[1] for row in outbox_rows(store)] == ["before"]
        AccountBook(store).apply_feed([change()], "c1")
        save(Ledger(store, BOX), "after")
        assert [row.event_id for row in Outbox(store).due(0.0)] == ["before", "after"]
        assert_sound(store)


def test_tariffs_and_guesses_come_to_a_box_with_accounts(path: Path) -> None:
    """m0003 on a database that the release before has used: nothing is lost, calls in progress can go on, and the
    accounts are asked for once more, since that release passed over what it did not know of them."""
    facts = b'[["","","5","",""],[["01234567",5,[["T1","","01500","2026-10-20",false,""]],0,0,15,15,26]],null,null]'
    with bare(path, up_to="m0003_promises") as store:
        # By hand, as that release did: today's code wants today's schema.
        with store.writing() as db:
            db.execute("INSERT INTO box (id, box_id) VALUES (1, ?)", [BOX])
            db.execute(
                "INSERT INTO call (call_id, line, started_at, clock, caller) VALUES ('c', 'l', '', 'synced', '')"
            )
            db.execute("INSERT INTO account VALUES (?, ?)", [ACCOUNT, facts])
            db.execute("INSERT INTO phone (phone, account) VALUES (?, ?)", [PHONE, ACCOUNT])
            db.execute("UPDATE feed SET cursor = 'c1', pages = 1")
        with pytest.raises(StoreBroken):
            forget_phone(Ledger(store, BOX), "too early", call="c")
    with open_store(path) as store:
        book, ledger = AccountBook(store), Ledger(store, BOX)
        assert book.cursor() == ""
        account = book.find(AccountNumber(ACCOUNT))
        assert account is not None
        assert (account.address.house, account.phones, account.tariff) == ("5", (PhoneNumber(PHONE),), "")
        forget_phone(ledger, "e1", call="c")
        pay_link(ledger, "e2", call="c")
        assert [row.event_id for row in Outbox(store).due(0.0)] == ["e1", "e2"]
        assert book.of_phone(PhoneNumber(PHONE)) == ()
        assert_sound(store)


def test_stopping_before_the_first_does_nothing(path: Path) -> None:
    with bare(path, up_to=NAMES[0]) as store:
        assert store.db.execute("SELECT name FROM sqlite_schema").fetchall() == []
        assert migrations.missing(store) == NAMES


def test_opening_again_changes_nothing(path: Path) -> None:
    with open_store(path) as store:
        first = schema(store)
    with open_store(path) as store:
        assert schema(store) == first
        assert store.db.execute("SELECT name FROM _sqlite_migrations ORDER BY id").fetchall() == [(n,) for n in NAMES]


def test_every_table_is_strict(store: Store) -> None:
    tables = store.db.execute("SELECT name, strict FROM pragma_table_list WHERE schema = 'main'").fetchall()
    assert {name for name, strict in tables if not strict} == {"sqlite_schema"}
    assert len(tables) == 13


def test_this_release_works_on_the_schema_of_a_later_one(path: Path) -> None:
    """After an automatic return to this release: unknown migrations, tables and columns are no obstacle."""
    with open_store(path) as store, store.writing() as db:
        db.execute("CREATE TABLE later (id INTEGER PRIMARY KEY) STRICT")
        db.execute("ALTER TABLE call ADD COLUMN later TEXT NOT NULL DEFAULT ''")
        db.execute("INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('linebox', 'm9', '')")
    with open_store(path) as store:
        ledger = Ledger(store, BOX)
        open_call(ledger)
        save(ledger, "e1")
        assert_sound(store)
    open_store(path, read_only=True).close()


def test_a_reader_waits_for_the_line_to_bring_the_schema_up_to_date(path: Path) -> None:
    bare(path, up_to="m0002_accounts").close()
    with pytest.raises(StoreBroken, match="lacks m0002_accounts"):
        open_store(path, read_only=True)
