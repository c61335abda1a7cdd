"""How long personal data stays on the box: a table of rules, a pure plan, and its execution in short transactions.

Only what the centre has acknowledged is ever deleted (the file itself forbids anything else), counted from the day of
the acknowledgement. The accounts are not here: they come and go with the centre's feed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from box.accounts.model import ClockTrust
from box.store.connection import Store

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
    """Events of ``kind`` (the tag in box.courier.messages), and what was stored with them, stay for ``keep``."""

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
)


@dataclass(frozen=True, slots=True)
class Deletion:
    """Delete acknowledged events of ``kind`` that were acknowledged before ``before``."""

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
    total = 0
    while True:
        with store.writing() as db:
            seqs = db.execute(
                "SELECT seq FROM outbox WHERE kind = ? AND state = 'delivered' AND settled_at < ? LIMIT ?",
                [deletion.kind, deletion.before.timestamp(), ROWS_AT_ONCE],
            ).fetchall()
            for statement in _DELETIONS:
                db.conn.executemany(statement, seqs)
        total += len(seqs)
        if len(seqs) < ROWS_AT_ONCE:
            return total
