"""What the courier needs of its neighbours on the box and of the centre, as shapes.

Knows no SQLite, no HTTP and no speech. ``box.store`` fills the first four, ``box.courier.https_client`` the centre.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeAlias

from box.accounts.model import Address, ClockTrust
from box.courier.messages import AccountChange, EventVerdict, EventVerdicts, Feed, ReferenceDocument

Name: TypeAlias = Address | str
"""What a call may have to say aloud and no recording holds: an address; the name of a zone, a district, a station."""

NamesArrived: TypeAlias = Callable[[Iterable[Name]], object]
"""Told of names after they have been stored: what speaks them makes them ready. It may take its time for each, must
pass over those that are ready, and raises BoxError where it cannot go on."""


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

    def apply_feed(self, changes: Sequence[AccountChange], cursor: str) -> Sequence[Name]:
        """Apply one page and move the cursor, in one transaction; the names that are new."""
        ...

    def cursor(self) -> str:
        """The cursor of the last page applied; '' before the first."""
        ...


class ReferenceShelf(Protocol):
    """Tariffs and offices, as the centre last told."""

    def etag(self) -> str:
        """The centre's mark of what is here; '' = nothing."""
        ...

    def put(self, document: ReferenceDocument, etag: str) -> Sequence[Name]:
        """Replace what is here; the names that are new."""
        ...


class Keeper(Protocol):
    """Deletes what has been kept long enough."""

    def tidy(self, now: datetime, clock: ClockTrust) -> int:
        """What is due; how much went."""
        ...


@dataclass(frozen=True, slots=True)
class BoxSide:
    """Everything that the courier works with on the box. ``names_arrived`` is called between transactions, never inside
    one."""

    outbox: Outbox
    accounts: AccountBook
    reference: ReferenceShelf
    keeper: Keeper
    names_arrived: NamesArrived = lambda _names: None


@dataclass(frozen=True, slots=True)
class FetchedReference:
    """A reference document that is newer than the one asked about, with its mark."""

    document: ReferenceDocument
    etag: str


class Centre(Protocol):
    """The centre as the box sees it. Every method raises CentreAway or CentreRefused and nothing else."""

    def post_events(self, bodies: Sequence[bytes]) -> EventVerdicts:
        """Hand over events, each the JSON of one Event."""
        ...

    def get_feed(self, after: str, limit: int) -> Feed:
        """The page of account changes that follows ``after``."""
        ...

    def get_reference(self, etag: str) -> FetchedReference | None:
        """The reference document, or None when the centre's is still the one marked ``etag``, or it has none."""
        ...
