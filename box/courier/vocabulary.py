"""What the courier needs of its neighbours: the outbox, the accounts and the centre, as shapes.

Knows no SQLite and no HTTP. ``box.store`` fills the first two, ``box.courier.https_client`` the third.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from box.courier.messages import AccountChange, EventVerdict, EventVerdicts, Feed


class OutboxRow(Protocol):
    """One event that waits. ``body`` is the whole Event as JSON, written once and never altered, so that a repeat is
    equal byte for byte; ``attempts`` counts the failed tries so far."""

    @property
    def seq(self) -> int: ...
    @property
    def event_id(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def body(self) -> bytes: ...
    @property
    def attempts(self) -> int: ...


class Outbox(Protocol):
    """The queue of confirmed events. An event leaves it only through ``settle``."""

    def due(self, now_unix_s: float, limit: int) -> Sequence[OutboxRow]:
        """Up to ``limit`` events that wait, in the order of ``seq``."""
        ...

    def settle(self, verdicts: Sequence[EventVerdict], now_unix_s: float) -> None:
        """Mark events as delivered (accepted, duplicate) or set aside for a person (rejected), in one transaction."""
        ...

    def note_failure(self, now_unix_s: float, next_try_at: float, reason: str) -> None:
        """Remember, for people to see, that a try failed and when (Unix seconds) the next one comes."""
        ...

    def depth(self) -> int:
        """How many events wait, due or not."""
        ...


class AccountBook(Protocol):
    """The accounts that this box serves, as the centre last told."""

    def apply_feed(self, changes: Sequence[AccountChange], cursor: str) -> None:
        """Apply one page and move the cursor, in one transaction."""
        ...

    def cursor(self) -> str:
        """The cursor of the last page applied; '' before the first."""
        ...


class Centre(Protocol):
    """The centre as the box sees it. Every method raises CentreAway or CentreRefused and nothing else."""

    def post_events(self, bodies: Sequence[bytes]) -> EventVerdicts:
        """Hand over events, each the JSON of one Event."""
        ...

    def get_feed(self, after: str, limit: int) -> Feed:
        """The page of account changes that follows ``after``."""
        ...
