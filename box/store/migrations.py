"""The schema, as numbered migrations: each runs in one transaction together with the record that it ran.

A migration only adds (tables, indices, columns with defaults). After three bad starts a box returns to its earlier
release by itself, and that release must find its way in the newer schema; so a migration that is not known here is no
error. Every table is STRICT, so that no text slips into a number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlite_utils import Database, Migrations

from box.errors import StoreBroken

if TYPE_CHECKING:
    from box.store.connection import Store

APPLICATION_ID = 0x4C_42_4F_58
"""«LBOX» in the file's header (sqlite.org/pragma.html#pragma_application_id): tells our database from any other."""

migrations = Migrations("linebox")


@migrations()
def m0001_ledger(db: Database) -> None:
    """Calls, readings, and the outbox with its unbroken count."""
    db.execute(f"PRAGMA application_id={APPLICATION_ID}")
    for statement in _LEDGER:
        db.execute(statement)


@migrations()
def m0002_accounts(db: Database) -> None:
    """The box's copy of the accounts, and which phones belong to them."""
    for statement in _ACCOUNTS:
        db.execute(statement)


@migrations()
def m0003_promises(db: Database) -> None:
    """Tariffs and offices, phones that callers took back, guesses, and what a call did of the new things."""
    for statement in _PROMISES:
        db.execute(statement)


def bring_up_to_date(store: Store, stop_before: str | None = None) -> None:
    """Apply what is missing, each migration in a transaction of its own, so that a failure keeps what came before it
    and several processes may try at once. ``stop_before`` is for tests. StoreBroken for another program's file."""
    while missing(store, stop_before):  # looked at without the write lock, which a start must not need
        with store.writing() as db:
            names = _pending(db, None)  # looked at again: another process may have been quicker
            migrations.apply(db, stop_before=names[1] if len(names) > 1 else None)


def missing(store: Store, stop_before: str | None = None) -> list[str]:
    """The names of the migrations that this release needs and the file lacks. Changes nothing. StoreBroken for another
    program's file."""
    _refuse_strangers(store)
    with store.reading() as db:
        return _pending(db, stop_before)


def _pending(db: Database, stop_before: str | None) -> list[str]:
    names = [step.name for step in migrations.pending(db)]
    return names[: names.index(stop_before)] if stop_before in names else names


def _refuse_strangers(store: Store) -> None:
    with store.reading() as db:
        (mark,) = db.execute("PRAGMA application_id").fetchone()
        (tables,) = db.execute(
            "SELECT count(*) FROM sqlite_schema WHERE name NOT GLOB '_sqlite_migrations*'"
        ).fetchone()
    if mark != APPLICATION_ID and (mark or tables):
        raise StoreBroken(f"the database {store.path} belongs to another program: name another file in the settings")


_LEDGER = (
    # One row. last_seq is the number of the newest event: a counter of its own, since retention deletes rows.
    """
    CREATE TABLE box (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        box_id TEXT NOT NULL,
        last_seq INTEGER NOT NULL DEFAULT 0 CHECK (last_seq >= 0)
    ) STRICT
    """,
    # Every confirmed event. body is the message exactly as it is sent, at the first try and at every repeat.
    """
    CREATE TABLE outbox (
        seq INTEGER PRIMARY KEY CHECK (seq > 0),
        event_id TEXT NOT NULL UNIQUE,
        kind TEXT NOT NULL,
        body BLOB NOT NULL,
        queued_at TEXT NOT NULL,
        state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'delivered', 'set-aside')),
        settled_at REAL,
        reason TEXT NOT NULL DEFAULT '',
        CHECK ((state = 'waiting') = (settled_at IS NULL))
    ) STRICT
    """,
    "CREATE INDEX outbox_waiting ON outbox (seq) WHERE state = 'waiting'",
    "CREATE INDEX outbox_set_aside ON outbox (seq) WHERE state = 'set-aside'",
    "CREATE INDEX outbox_delivered ON outbox (kind, settled_at) WHERE state = 'delivered'",
    # The three promises of the outbox, kept by the file itself whatever a program does.
    """
    CREATE TRIGGER outbox_counts_without_gaps BEFORE INSERT ON outbox
    WHEN NEW.seq IS NOT (SELECT last_seq FROM box)
    BEGIN SELECT RAISE(ABORT, 'an event must take the next number'); END
    """,
    """
    CREATE TRIGGER outbox_is_never_rewritten BEFORE UPDATE ON outbox
    WHEN OLD.state = 'delivered' OR OLD.seq IS NOT NEW.seq OR OLD.event_id IS NOT NEW.event_id
        OR OLD.kind IS NOT NEW.kind OR OLD.body IS NOT NEW.body
    BEGIN SELECT RAISE(ABORT, 'a stored event does not change, and a delivered one is done'); END
    """,
    """
    CREATE TRIGGER outbox_keeps_what_nobody_took BEFORE DELETE ON outbox
    WHEN OLD.state <> 'delivered'
    BEGIN SELECT RAISE(ABORT, 'an event that nobody acknowledged stays'); END
    """,
    # One row: how delivery as a whole is doing.
    """
    CREATE TABLE delivery (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        failures INTEGER NOT NULL DEFAULT 0 CHECK (failures >= 0),
        failed_at REAL NOT NULL DEFAULT 0,
        next_try_at REAL NOT NULL DEFAULT 0,
        reason TEXT NOT NULL DEFAULT '',
        succeeded_at REAL
    ) STRICT
    """,
    "INSERT INTO delivery (id) VALUES (1)",
    # caller is personal data, '' when the line did not tell it; summary_seq is set when the call is closed.
    """
    CREATE TABLE call (
        call_id TEXT PRIMARY KEY,
        line TEXT NOT NULL,
        started_at TEXT NOT NULL,
        clock TEXT NOT NULL,
        caller TEXT NOT NULL,
        readings INTEGER NOT NULL DEFAULT 0,
        phones_saved INTEGER NOT NULL DEFAULT 0,
        call_backs INTEGER NOT NULL DEFAULT 0,
        outcome TEXT NOT NULL DEFAULT '',
        ended_at TEXT,
        duration_s REAL,
        noinput INTEGER NOT NULL DEFAULT 0,
        nomatch INTEGER NOT NULL DEFAULT 0,
        summary_seq INTEGER REFERENCES outbox (seq),
        CHECK ((ended_at IS NULL) = (summary_seq IS NULL))
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX call_open ON call (line) WHERE ended_at IS NULL",
    "CREATE INDEX call_by_summary ON call (summary_seq)",
    "CREATE INDEX call_by_start ON call (started_at)",
    # zones is a JSON list of [zone, digits] in billing's order. call_started_at outlives the call's own row: it says in
    # which window the reading was given.
    """
    CREATE TABLE reading (
        seq INTEGER PRIMARY KEY REFERENCES outbox (seq),
        account TEXT NOT NULL,
        meter TEXT NOT NULL,
        zones TEXT NOT NULL,
        mode TEXT NOT NULL,
        flags TEXT NOT NULL,
        supersedes TEXT NOT NULL,
        call_id TEXT REFERENCES call (call_id) ON DELETE SET NULL,
        call_started_at TEXT NOT NULL,
        recorded_at TEXT NOT NULL,
        clock TEXT NOT NULL
    ) STRICT
    """,
    "CREATE INDEX reading_by_account ON reading (account, call_started_at)",
    "CREATE INDEX reading_by_call ON reading (call_id)",
)

_ACCOUNTS = (
    # facts is one compact document (box.store.account_facts): a call always needs the whole account, and one row
    # instead of a row for each meter and zone makes a million accounts load in time.
    "CREATE TABLE account (number TEXT PRIMARY KEY, facts BLOB NOT NULL) STRICT, WITHOUT ROWID",
    # saved_seq: the event of a caller who had the phone saved here; NULL when the centre has told of it.
    """
    CREATE TABLE phone (
        phone TEXT NOT NULL,
        account TEXT NOT NULL REFERENCES account (number) ON DELETE CASCADE,
        saved_seq INTEGER REFERENCES outbox (seq) ON DELETE SET NULL,
        PRIMARY KEY (phone, account)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX phone_by_account ON phone (account)",
    "CREATE INDEX phone_saved_here ON phone (saved_seq) WHERE saved_seq IS NOT NULL",
    # One row: how far the centre's feed has been applied.
    """
    CREATE TABLE feed (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        cursor TEXT NOT NULL DEFAULT '',
        pages INTEGER NOT NULL DEFAULT 0
    ) STRICT
    """,
    "INSERT INTO feed (id) VALUES (1)",
)

_PROMISES = (
    # One row at most: the reference document as the centre gave it. form: which fields of it this release knew.
    """
    CREATE TABLE reference (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        version TEXT NOT NULL,
        document BLOB NOT NULL,
        form INTEGER NOT NULL
    ) STRICT
    """,
    # A phone that a caller took back here: the feed does not bring it in while the event still waits.
    """
    CREATE TABLE forgotten_phone (
        phone TEXT NOT NULL,
        account TEXT NOT NULL,
        forgotten_seq INTEGER NOT NULL REFERENCES outbox (seq) ON DELETE CASCADE,
        PRIMARY KEY (phone, account)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX forgotten_by_event ON forgotten_phone (forgotten_seq)",
    "CREATE INDEX forgotten_by_account ON forgotten_phone (account)",
    # Wrong accounts and second facts. caller is personal data, '' when the line did not tell it. refused: not judged by
    # its merits, since there had been too many before it. at is Unix seconds, clock how far to believe them.
    """
    CREATE TABLE guess (
        id INTEGER PRIMARY KEY,
        at REAL NOT NULL,
        clock TEXT NOT NULL,
        caller TEXT NOT NULL,
        line TEXT NOT NULL,
        call_id TEXT NOT NULL,
        kind TEXT NOT NULL,
        refused INTEGER NOT NULL CHECK (refused IN (0, 1))
    ) STRICT
    """,
    "CREATE INDEX guess_by_caller ON guess (caller, line)",
    "CREATE INDEX guess_by_time ON guess (at)",
    "CREATE INDEX guess_by_call ON guess (call_id)",
    "ALTER TABLE call ADD COLUMN phones_forgotten INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE call ADD COLUMN pay_links INTEGER NOT NULL DEFAULT 0",
    # The release before passed over what it did not know of an account: everything is asked for once more.
    "UPDATE feed SET cursor = ''",
)
