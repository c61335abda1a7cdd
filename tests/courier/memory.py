"""Small complete neighbours of the courier, in memory: an outbox, an account book, a centre that follows a script."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec

from box.accounts.model import Address, ClockTrust
from box.courier.messages import AccountChange, AccountRecord, EventVerdict, EventVerdicts, Feed, ReferenceDocument
from box.courier.vocabulary import AccountBook, BoxSide, FetchedReference, Name, NamesArrived, Outbox


@dataclass(frozen=True, slots=True)
class Row:
    """One waiting event."""

    seq: int
    event_id: str
    kind: str
    body: bytes
    attempts: int


@dataclass(slots=True)
class Kept:
    """One event of the outbox, for ever."""

    seq: int
    event_id: str
    body: bytes
    state: str = "waiting"
    reason: str = ""


class MemoryOutbox:
    """Keeps to the contract of box.courier.vocabulary.Outbox."""

    def __init__(self) -> None:
        self.kept: list[Kept] = []
        self.failures = 0
        self.next_try_at = 0.0
        self.noted: list[tuple[float, float, str]] = []

    def put(self, event: dict[str, Any]) -> None:
        """Add an event (as built by loopback.reading_event)."""
        self.kept.append(Kept(event["seq"], event["event_id"], msgspec.json.encode(event)))

    def due(self, now_unix_s: float, limit: int) -> list[Row]:
        if self.failures and now_unix_s < self.next_try_at:
            return []
        waiting = [one for one in self.kept if one.state == "waiting"]
        return [Row(one.seq, one.event_id, "reading", one.body, self.failures) for one in waiting[:limit]]

    def settle(self, verdicts: Sequence[EventVerdict], now_unix_s: float) -> None:
        by_id = {one.event_id: one for one in self.kept}
        for verdict in verdicts:
            one = by_id[verdict.event_id]
            assert one.state == "waiting"
            one.state, one.reason = verdict.status, verdict.reason
        self.failures = 0

    def note_failure(self, now_unix_s: float, next_try_at: float, reason: str) -> None:
        self.failures += 1
        self.next_try_at = next_try_at
        self.noted.append((now_unix_s, next_try_at, reason))

    def depth(self) -> int:
        return sum(one.state == "waiting" for one in self.kept)

    def states(self) -> list[str]:
        """The states of all events, in order."""
        return [one.state for one in self.kept]


@dataclass
class MemoryAccounts:
    """Keeps to the contract of box.courier.vocabulary.AccountBook."""

    here: dict[str, AccountRecord] = field(default_factory=dict)
    place: str = ""
    pages: list[int] = field(default_factory=list)

    def apply_feed(self, changes: Sequence[AccountChange], cursor: str) -> list[Name]:
        names: list[Name] = []
        for change in changes:
            if change.account is None:
                self.here.pop(change.number, None)
            else:
                self.here[change.number] = change.account
                names.append(Address(change.account.address.settlement, change.account.address.street, ""))
        self.place = cursor
        self.pages.append(len(changes))
        return names

    def cursor(self) -> str:
        return self.place


@dataclass
class MemoryReference:
    """Keeps to the contract of box.courier.vocabulary.ReferenceShelf."""

    document: ReferenceDocument = field(default_factory=ReferenceDocument)
    mark: str = ""

    def etag(self) -> str:
        return self.mark

    def put(self, document: ReferenceDocument, etag: str) -> list[Name]:
        self.document, self.mark = document, etag
        return [zone.name for tariff in document.tariffs for zone in tariff.zones]


@dataclass
class MemoryKeeper:
    """Keeps to the contract of box.courier.vocabulary.Keeper; remembers when it was called."""

    calls: list[tuple[datetime, ClockTrust]] = field(default_factory=list)

    def tidy(self, now: datetime, clock: ClockTrust) -> int:
        self.calls.append((now, clock))
        return 0


def box_side(
    outbox: Outbox | None = None, accounts: AccountBook | None = None, names_arrived: NamesArrived = lambda _names: None
) -> BoxSide:
    """Everything on the box, in memory where nothing else is given."""
    return BoxSide(
        outbox or MemoryOutbox(), accounts or MemoryAccounts(), MemoryReference(), MemoryKeeper(), names_arrived
    )


class ScriptedCentre:
    """Answers by three functions; keeps what it was asked."""

    def __init__(
        self,
        events: Callable[[list[str]], EventVerdicts] | None = None,
        feed: Callable[[str, int], Feed] = lambda after, limit: Feed((), after, False),
        reference: Callable[[str], FetchedReference | None] = lambda etag: None,
    ) -> None:
        self.batches: list[list[str]] = []
        self.asked: list[str] = []
        self.asked_for_reference: list[str] = []
        self.reference = reference
        self.events = events or accept_all
        self.feed = feed

    def post_events(self, bodies: Sequence[bytes]) -> EventVerdicts:
        names = [str(msgspec.json.decode(body)["event_id"]) for body in bodies]
        self.batches.append(names)
        return self.events(names)

    def get_feed(self, after: str, limit: int) -> Feed:
        self.asked.append(after)
        return self.feed(after, limit)

    def get_reference(self, etag: str) -> FetchedReference | None:
        self.asked_for_reference.append(etag)
        return self.reference(etag)


def accept_all(names: list[str]) -> EventVerdicts:
    """A centre in good health."""
    return EventVerdicts(tuple(EventVerdict(name, "accepted") for name in names))
