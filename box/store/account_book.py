"""The box's copy of the accounts it serves: applied from the centre's feed, looked up during calls.

The centre is the truth. Its word on an account replaces what is here, phones included, with one exception: a phone that
a caller had saved on this box stays while its event still waits for the centre, which cannot know of it yet. From the
acknowledgement on, the centre's next word on that account decides; so the centre must name accepted phones in its feed.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from box.accounts.model import Account, AccountNumber, EarlierReading, PhoneNumber
from box.accounts.records import RecordWrong, account_from
from box.courier.messages import AccountChange
from box.errors import StoreBroken
from box.store.account_facts import pack, unpack
from box.store.connection import Store
from box.store.moments import from_utc_text, utc_text

MOST_OF_A_PHONE = 50
"""Accounts looked at for one phone. A caller hears six addresses at most (caller-service.md §2.4); a housing company
with thousands must not slow the start of its call."""

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

    def apply_feed(self, changes: Sequence[AccountChange], cursor: str) -> None:
        """Apply one page of the feed and move the cursor, in one transaction: all or nothing.

        A change whose record is wrong is passed over and logged (a refusal would hold up the whole feed for ever): the
        account stays as it was, its balance still dated."""
        checked = list(_checked(changes))  # before the lock is taken: a call may want to write
        with self._store.writing() as db:
            for number, account in checked:
                if account is None:
                    db.execute("DELETE FROM account WHERE number = ?", [number])
                else:
                    _put(db, account)
            db.execute("UPDATE feed SET cursor = ?, pages = pages + 1", [cursor])

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
            _log.warning("a change in the centre's feed was passed over: %s", fault)


def _account_of(change: AccountChange) -> Account | None:
    """The account as it is from now on; None = no longer served."""
    if change.account is None:
        return None
    if change.account.number != change.number:
        raise RecordWrong("the change names one account and describes another")
    return account_from(change.account)


def _put(db: Database, account: Account) -> None:
    """Write what differs and nothing else: most changes of a day are balances, and a full reload changes almost
    nothing."""
    number = account.number.digits
    db.execute(
        """
        INSERT INTO account (number, facts) VALUES (?, ?)
        ON CONFLICT (number) DO UPDATE SET facts = excluded.facts WHERE facts IS NOT excluded.facts
        """,
        [number, pack(account)],
    )
    here = db.execute(
        """
        SELECT phone, saved_seq, state IS 'waiting'
        FROM phone LEFT JOIN outbox ON outbox.seq = saved_seq WHERE account = ?
        """,
        [number],
    ).fetchall()
    told = {phone.digits for phone in account.phones}
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
