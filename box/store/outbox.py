"""The queue of confirmed events on their way to the centre. An event leaves it only by the centre's word.

Order: events go out by their number. A batch fails or succeeds as a whole, so there is one back-off for the queue, not
one for each event, and nothing overtakes what waits in front of it. An event that the centre refuses for good is set
aside for a person and stands in nobody's way. Unacknowledged events are never deleted: a trigger in the file forbids
it.

Time is Unix seconds of a wall clock that may jump: a clock that went back behind the last failure ends the wait.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from box.courier.messages import MAX_EVENTS_PER_BATCH, EventVerdict
from box.store.connection import Store
from box.store.moments import from_utc_text

_STATE_AFTER = {"accepted": "delivered", "duplicate": "delivered", "rejected": "set-aside"}


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """One event that waits. ``body`` is the whole message as JSON, equal at every try; ``attempts`` counts the failed
    tries in a row of the batch that stands first."""

    seq: int
    event_id: str
    kind: str
    body: bytes
    attempts: int


@dataclass(frozen=True, slots=True)
class SetAside:
    """One event that the centre refused, with its reason; ``refused_at`` in Unix seconds."""

    seq: int
    event_id: str
    kind: str
    refused_at: float
    reason: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """How delivery is doing: failures in a row, when (Unix seconds) the next try comes, why the last one failed, and
    when the centre last took something (None = never)."""

    failures: int
    next_try_at: float
    reason: str
    succeeded_at: float | None


class Outbox:
    """The queue of one store. Raises StoreBroken and its kinds, like everything in the store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def due(self, now_unix_s: float, limit: int = MAX_EVENTS_PER_BATCH) -> list[OutboxRow]:
        """Up to ``limit`` waiting events in the order of their numbers; none while the queue waits for its next try."""
        with self._store.reading() as db:
            failures, failed_at, next_try_at = db.execute(
                "SELECT failures, failed_at, next_try_at FROM delivery"
            ).fetchone()
            if failures and failed_at <= now_unix_s < next_try_at:
                return []
            rows = db.execute(
                "SELECT seq, event_id, kind, body FROM outbox WHERE state = 'waiting' ORDER BY seq LIMIT ?", [limit]
            ).fetchall()
        return [OutboxRow(seq, event_id, kind, body, failures) for seq, event_id, kind, body in rows]

    def settle(self, verdicts: Sequence[EventVerdict], now_unix_s: float) -> None:
        """Take the centre's word, in one transaction: accepted and duplicate are delivered, rejected is set aside.
        Verdicts on events that do not wait (unknown, delivered, set aside) change nothing. Progress ends the
        back-off."""
        with self._store.writing() as db:
            settled = 0
            for verdict in verdicts:
                settled += db.execute(
                    "UPDATE outbox SET state = ?, settled_at = ?, reason = ? WHERE event_id = ? AND state = 'waiting'",
                    [_STATE_AFTER[verdict.status], now_unix_s, verdict.reason, verdict.event_id],
                ).rowcount
            if settled:
                db.execute(
                    "UPDATE delivery SET failures = 0, failed_at = 0, next_try_at = 0, reason = '', succeeded_at = ?",
                    [now_unix_s],
                )

    def note_failure(self, now_unix_s: float, next_try_at: float, reason: str) -> None:
        """A batch did not get through: hold the queue until ``next_try_at`` (Unix seconds)."""
        with self._store.writing() as db:
            db.execute(
                "UPDATE delivery SET failures = failures + 1, failed_at = ?, next_try_at = ?, reason = ?",
                [now_unix_s, next_try_at, reason],
            )

    def requeue(self, event_id: str) -> bool:
        """A person sends an event again that was set aside; it waits in its old place. False when there is none
        such."""
        with self._store.writing() as db:
            changed = db.execute(
                "UPDATE outbox SET state = 'waiting', settled_at = NULL WHERE event_id = ? AND state = 'set-aside'",
                [event_id],
            ).rowcount
        return changed == 1

    def depth(self) -> int:
        """How many events wait."""
        with self._store.reading() as db:
            (count,) = db.execute("SELECT count(*) FROM outbox WHERE state = 'waiting'").fetchone()
        return int(count)

    def delivered(self) -> int:
        """How many events the centre has taken."""
        with self._store.reading() as db:
            (count,) = db.execute("SELECT count(*) FROM outbox WHERE state = 'delivered'").fetchone()
        return int(count)

    def oldest_since(self) -> datetime | None:
        """When the event that has waited longest was confirmed, by the box's clock of then; None when none waits."""
        with self._store.reading() as db:
            row = db.execute("SELECT queued_at FROM outbox WHERE state = 'waiting' ORDER BY seq LIMIT 1").fetchone()
        return from_utc_text(row[0]) if row else None

    def oldest_age_s(self, now_unix_s: float) -> float | None:
        """For how long the first waiting event has waited, never negative; None when none waits."""
        since = self.oldest_since()
        return None if since is None else max(0.0, now_unix_s - since.timestamp())

    def set_aside(self, limit: int = 100) -> list[SetAside]:
        """The events that a person must look at, oldest first."""
        with self._store.reading() as db:
            rows = db.execute(
                """
                SELECT seq, event_id, kind, settled_at, reason FROM outbox
                WHERE state = 'set-aside' ORDER BY seq LIMIT ?
                """,
                [limit],
            ).fetchall()
        return [SetAside(*row) for row in rows]

    def delivery(self) -> Delivery:
        """How delivery is doing, for the status page."""
        with self._store.reading() as db:
            row = db.execute("SELECT failures, next_try_at, reason, succeeded_at FROM delivery").fetchone()
        return Delivery(*row)
