"""The box's copy of the accounts it serves: applied from the centre's feed, looked up during calls.

The centre is the truth. Its word on an account replaces what is here, phones included, with two exceptions: a phone
that a caller had saved on this box stays, and one that a caller took back here does not come in again, while its event
still waits for the centre, which cannot know of it yet. From the acknowledgement on, the centre's next word on that
account decides; so the centre must name accepted phones in its feed, and no longer those that were taken back.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from box.accounts.model import Account, AccountNumber, Address, EarlierReading, PhoneNumber
from box.accounts.records import RecordWrong, account_from
from box.courier.messages import AccountChange
from box.errors import StoreBroken
from box.store.account_facts import pack, unpack
from box.store.connection import Store
from box.store.moments import from_utc_text, utc_text

MOST_OF_A_PHONE = 50
"""Accounts looked at for one phone. A caller hears six addresses at most (caller-service.md §2.4); a housing company
with thousands must not slow the start of its call."""

NAMES_AT_ONCE = 500

WHAT_TO_DO = "correct it in billing and publish the account again; until then this box goes by what it had of it"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class GivenReading:
    """A reading that this box has stored and the centre has not refused, with the start of the call that gave it."""

    reading: EarlierReading
    given_at: datetime


class AccountBook:
    """Look-ups and the feed on one store. Raises StoreBroken and its kinds."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def apply_feed(self, changes: Sequence[AccountChange], cursor: str) -> tuple[Address | str, ...]:
        """Apply one page of the feed and move the cursor, in one transaction: all or nothing. Returns what calls may
        have to say aloud from now on and its account did not have before: addresses, names of zones.

        A change whose record is wrong is passed over and logged (a refusal would hold up the whole feed for ever): the
        account stays as it was, its balance still dated."""
        checked = list(_checked(changes))  # before the lock is taken: a call may want to write
        names: dict[Address | str, None] = {}
        with self._store.writing() as db:
            for number, account in checked:
                if account is None:
                    db.execute("DELETE FROM account WHERE number = ?", [number])
                else:
                    names.update(dict.fromkeys(_put(db, account)))
            db.execute("UPDATE feed SET cursor = ?, pages = pages + 1", [cursor])
        return tuple(names)

    def names(self) -> Iterator[Address | str]:
        """What calls may have to say of any account, in pieces of :data:`NAMES_AT_ONCE` accounts: no transaction is
        open while the caller works on one. For the sync's background, not for calls."""
        behind = ""
        while True:
            with self._store.reading() as db:
                rows = db.execute(
                    "SELECT number, facts FROM account WHERE number > ? ORDER BY number LIMIT ?",
                    [behind, NAMES_AT_ONCE],
                ).fetchall()
            for number, facts in rows:
                yield from _names(number, facts)
            if len(rows) < NAMES_AT_ONCE:
                return
            behind = rows[-1][0]

    def cursor(self) -> str:
        """Where the feed goes on; '' before the first page."""
        with self._store.reading() as db:
            (cursor,) = db.execute("SELECT cursor FROM feed").fetchone()
        return str(cursor)

    def count(self) -> int:
        """How many accounts are here. Walks them all: for reports, not for calls."""
        with self._store.reading() as db:
            (count,) = db.execute("SELECT count(*) FROM account").fetchone()
        return int(count)

    def find(self, number: AccountNumber) -> Account | None:
        """The account as the centre last told of it, or None when this box does not serve it."""
        with self._store.reading() as db:
            row = db.execute("SELECT number, facts FROM account WHERE number = ?", [number.digits]).fetchone()
            return self._account(db, *row) if row else None

    def of_phone(self, phone: PhoneNumber) -> tuple[Account, ...]:
        """The accounts that know ``phone``, by number, :data:`MOST_OF_A_PHONE` at most."""
        with self._store.reading() as db:
            rows = db.execute(
                """
                SELECT number, facts FROM phone JOIN account ON account.number = phone.account
                WHERE phone = ? ORDER BY phone.account LIMIT ?
                """,
                [phone.digits, MOST_OF_A_PHONE],
            ).fetchall()
            return tuple(self._account(db, *row) for row in rows)

    def readings_since(self, number: AccountNumber, since: datetime) -> tuple[GivenReading, ...]:
        """What calls that began at ``since`` or later gave for the account, in the order they were confirmed; without
        what the centre refused, since that will never be booked."""
        with self._store.reading() as db:
            rows = db.execute(
                """
                SELECT event_id, meter, zones, call_started_at FROM reading JOIN outbox USING (seq)
                WHERE account = ? AND call_started_at >= ? AND state <> 'set-aside' ORDER BY seq
                """,
                [number.digits, utc_text(since)],
            ).fetchall()
        return tuple(
            GivenReading(
                EarlierReading(event_id, meter, tuple((zone, digits) for zone, digits in json.loads(zones))),
                from_utc_text(started_at),
            )
            for event_id, meter, zones, started_at in rows
        )

    def _account(self, db: Database, number: str, facts: bytes) -> Account:
        phones = db.execute("SELECT phone FROM phone WHERE account = ? ORDER BY phone", [number]).fetchall()
        try:
            return unpack(number, facts, tuple(phone for (phone,) in phones))
        except ValueError as error:
            raise StoreBroken(
                f"the database {self._store.path}: an account cannot be read: load the accounts anew from the centre"
            ) from error


def _checked(changes: Sequence[AccountChange]) -> Iterator[tuple[str, Account | None]]:
    for change in changes:
        try:
            yield change.number, _account_of(change)
        except RecordWrong as fault:
            _log.warning("a change in the centre's feed was passed over: %s; %s", fault, WHAT_TO_DO)


def _account_of(change: AccountChange) -> Account | None:
    """The account as it is from now on; None = no longer served."""
    if change.account is None:
        return None
    if change.account.number != change.number:
        raise RecordWrong("the change names one account and describes another")
    return account_from(change.account)


def _put(db: Database, account: Account) -> Iterator[Address | str]:
    """Write what differs and nothing else: most changes of a day are balances, and a full reload changes almost
    nothing. Yields the names that are new."""
    number, facts = account.number.digits, pack(account)
    row = db.execute("SELECT facts FROM account WHERE number = ?", [number]).fetchone()
    if row is None:
        db.execute("INSERT INTO account (number, facts) VALUES (?, ?)", [number, facts])
        yield from _names_of(account)
    elif row[0] != facts:
        db.execute("UPDATE account SET facts = ? WHERE number = ?", [facts, number])
        before = set(_names(number, row[0]))
        yield from (name for name in _names_of(account) if name not in before)
    _put_phones(db, account)


def _names(number: str, facts: bytes) -> Iterator[Address | str]:
    """Of a document that may not be ours: the look-up of a call says so, and the feed replaces it."""
    try:
        yield from _names_of(unpack(number, facts))
    except ValueError:
        return


def _names_of(account: Account) -> Iterator[Address | str]:
    yield account.address
    for meter in account.meters:
        yield from (register.name for register in meter.registers if register.name)


def _put_phones(db: Database, account: Account) -> None:
    number = account.number.digits
    here = db.execute(
        """
        SELECT phone, saved_seq, state IS 'waiting'
        FROM phone LEFT JOIN outbox ON outbox.seq = saved_seq WHERE account = ?
        """,
        [number],
    ).fetchall()
    taken_back = db.execute(
        """
        SELECT phone FROM forgotten_phone JOIN outbox ON outbox.seq = forgotten_seq
        WHERE account = ? AND state = 'waiting'
        """,
        [number],
    ).fetchall()
    told = {phone.digits for phone in account.phones} - {phone for (phone,) in taken_back}
    for phone, _, waits in here:
        if phone not in told and not waits:
            db.execute("DELETE FROM phone WHERE phone = ? AND account = ?", [phone, number])
    for phone in sorted(told - {phone for phone, saved_seq, _ in here if saved_seq is None}):
        db.execute(
            """
            INSERT INTO phone (phone, account) VALUES (?, ?)
            ON CONFLICT (phone, account) DO UPDATE SET saved_seq = NULL
            """,
            [phone, number],
        )
