"""How long personal data stays on the box: a table of rules, a pure plan, and its execution in short transactions.

Of events, only what the centre has acknowledged is ever deleted (the file itself forbids anything else), counted from
the day of the acknowledgement. Wrong attempts to name an account (box.store.guess_book) are no events; of them goes
what was dated by a clock that was set. The accounts are not here: they come and go with the centre's feed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlite_utils import Database

from box.accounts.model import ClockTrust
from box.store.connection import Store

GUESSES = "guesses"
"""Names the attempts among the kinds of events."""

ROWS_AT_ONCE = 500
"""Rows deleted in one transaction: a call that wants to write waits no longer than for these."""


_DELETIONS = (
    "DELETE FROM reading WHERE seq = ?",
    "DELETE FROM call WHERE summary_seq = ?",
    "DELETE FROM outbox WHERE seq = ?",
)
"""What goes with an event, whatever its kind; children first."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Events of ``kind`` (the tag in box.courier.messages), and what was stored with them, stay for ``keep``; so do
    attempts, with :data:`GUESSES` for a kind."""

    kind: str
    keep: timedelta
    why: str


RULES: tuple[Rule, ...] = (
    Rule(
        "call",
        timedelta(days=90),
        "caller-service.md §11.2: call summaries 90 days; the caller's number goes with them",
    ),
    Rule("reading", timedelta(days=397), "caller-service.md §11.2: acknowledged readings 13 months, the longest 13"),
    Rule("phone_saved", timedelta(days=90), "the centre keeps the consent; here it only tells what a call did"),
    Rule("call_back", timedelta(days=90), "the centre keeps the request; here it only tells what a call did"),
    Rule("pay_link", timedelta(days=90), "the centre keeps the request; here it only tells what a call did"),
    Rule("phone_forgotten", timedelta(days=90), "the centre keeps the wish; here it only tells what a call did"),
    Rule(GUESSES, timedelta(days=2), "the longest window in which they count is a day (box.accounts.guess_limits)"),
)


@dataclass(frozen=True, slots=True)
class Deletion:
    """Delete acknowledged events of ``kind`` that were acknowledged before ``before``, or attempts from before it."""

    kind: str
    before: datetime


def plan(now: datetime, clock: ClockTrust, rules: tuple[Rule, ...] = RULES) -> tuple[Deletion, ...]:
    """What is due at ``now`` (aware). A clock that is not synchronised deletes nothing: it may be years ahead."""
    if clock is not ClockTrust.SYNCED:
        return ()
    return tuple(Deletion(rule.kind, now - rule.keep) for rule in rules)


def apply(store: Store, deletions: tuple[Deletion, ...]) -> dict[str, int]:
    """Carry a plan out; how many events of each kind went. Stopping half-way harms nothing: the next run goes on."""
    return {deletion.kind: _delete(store, deletion) for deletion in deletions}


def _delete(store: Store, deletion: Deletion) -> int:
    delete = _delete_guesses if deletion.kind == GUESSES else _delete_events
    total = 0
    while True:
        with store.writing() as db:
            gone = delete(db, deletion)
        total += gone
        if gone < ROWS_AT_ONCE:
            return total


def _delete_events(db: Database, deletion: Deletion) -> int:
    seqs = db.execute(
        "SELECT seq FROM outbox WHERE kind = ? AND state = 'delivered' AND settled_at < ? LIMIT ?",
        [deletion.kind, deletion.before.timestamp(), ROWS_AT_ONCE],
    ).fetchall()
    for statement in _DELETIONS:
        db.conn.executemany(statement, seqs)
    return len(seqs)


def _delete_guesses(db: Database, deletion: Deletion) -> int:
    return db.execute(
        "DELETE FROM guess WHERE id IN (SELECT id FROM guess WHERE at < ? AND clock = ? LIMIT ?)",
        [deletion.before.timestamp(), ClockTrust.SYNCED.value, ROWS_AT_ONCE],
    ).rowcount


class Keeper:
    """What the courier calls now and then: delete what is due. Raises StoreBroken and its kinds."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def tidy(self, now: datetime, clock: ClockTrust) -> int:
        """Everything that is due at ``now`` (aware); how many rows of the plan went."""
        return sum(apply(self._store, plan(now, clock)).values())
