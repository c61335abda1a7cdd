"""From the outbox of a box to billing through a network that does its worst: each confirmed event exactly once.

A schedule is a seed: it fixes the events, the faults of every request, when the courier dies and when billing pulls.
LINEBOX_FAULT_SCHEDULES sets how many run (default 24); LINEBOX_FAULT_SEED where they start.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from box.accounts.model import ClockTrust
from box.centre.authority import Use
from box.courier.courier import Courier
from box.courier.https_client import CentreClient
from box.courier.messages import PulledReading, ReadingTaken, ZoneReading
from box.courier.vocabulary import Outbox
from box.store.account_book import AccountBook
from box.store.connection import Store, open_store
from box.store.events import Stamp, append
from box.store.ledger import Ledger
from box.store.outbox import Outbox as StoredOutbox
from tests.centre.loopback import Fleet, SetClock, link_of, publication, reading_event
from tests.courier.bad_network import KINDS, Fault, FaultProxy
from tests.courier.memory import MemoryAccounts, MemoryOutbox, box_side

SCHEDULES = int(os.environ.get("LINEBOX_FAULT_SCHEDULES", "24"))
FIRST_SEED = int(os.environ.get("LINEBOX_FAULT_SEED", "0"))
MOST_TICKS = 400


class Killed(BaseException):
    """The courier's process dies here; no code of its own may catch it."""


class KilledAtSettling:
    """An outbox whose owner may die just before or just after the verdicts are written."""

    def __init__(self, outbox: Outbox, rng: random.Random) -> None:
        self._outbox, self._rng = outbox, rng

    def __getattr__(self, name: str) -> Any:
        return getattr(self._outbox, name)

    def settle(self, verdicts: Any, now_unix_s: float) -> None:
        chance = self._rng.random()
        if chance < 0.1:
            raise Killed
        self._outbox.settle(verdicts, now_unix_s)
        if chance < 0.2:
            raise Killed


class Billing:
    """Books what it pulls together with the cursor, as a careful billing system does; acknowledges now and then."""

    def __init__(self, client: CentreClient) -> None:
        self._client = client
        self.booked: list[PulledReading] = []
        self._cursor = ""

    def pull(self, rng: random.Random) -> bool:
        """Pull a page; whether more waits. Some answers are lost before they are booked."""
        page = self._client.pull_readings(self._cursor, rng.choice([1, 3, 100]))
        if rng.random() < 0.2:
            return True
        self.booked += page.readings
        self._cursor = page.cursor
        if rng.random() < 0.3:
            self._client.acknowledge(self._cursor)
        return page.more


class Box:
    """Where a box keeps its events: in memory, or in the product's own store."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.confirmed: list[tuple[str, str]] = []
        self.outbox: Outbox = MemoryOutbox()
        self.accounts: Any = MemoryAccounts()

    def confirm(self, digits: str) -> None:
        """A caller said ДА."""
        event = reading_event(self.name, len(self.confirmed) + 1, zones=[{"zone": "T1", "digits": digits}])
        assert isinstance(self.outbox, MemoryOutbox)
        self.outbox.put(event)
        self.confirmed.append((event["event_id"], digits))

    def close(self) -> None:
        """Nothing to close."""


class StoredBox(Box):
    """A box on SQLite."""

    def __init__(self, name: str, file: Path) -> None:
        super().__init__(name)
        self._store: Store = open_store(file)
        Ledger(self._store, name)
        self.outbox = StoredOutbox(self._store)
        self.accounts = AccountBook(self._store)

    def confirm(self, digits: str) -> None:
        event_id = str(reading_event()["event_id"])
        body = ReadingTaken("1234567890", "0042", (ZoneReading("T1", digits),), "keys", "call-1")
        stamp = Stamp(event_id, datetime(2026, 11, 20, 9, 30, tzinfo=UTC), ClockTrust.SYNCED, 5)
        with self._store.writing() as db:
            append(db, self.name, body, stamp)
        self.confirmed.append((event_id, digits))

    def close(self) -> None:
        self._store.close()


def faults_of(rng: random.Random) -> Iterator[Fault]:
    """A run of bad luck that ends: after it the network works."""
    for _ in range(rng.randrange(4, 14)):
        yield Fault(rng.choice(KINDS), rng.randrange(2000))


@pytest.fixture(scope="module")
def billing_client(fleet: Fleet) -> Iterator[CentreClient]:
    with fleet.client("billing:main") as client:
        yield client


@pytest.mark.parametrize("seed", range(FIRST_SEED, FIRST_SEED + SCHEDULES))
def test_a_schedule(fleet: Fleet, billing_client: CentreClient, tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    name = f"seed{seed}"
    box = StoredBox(name, tmp_path / "box.sqlite3") if seed % 2 else Box(name)
    billing = Billing(billing_client)
    numbers = {f"{seed:05}{n:05}" for n in range(rng.randrange(1, 9))}
    publishing = fleet.talker("billing:main").post(
        "/v1/accounts", {"accounts": [publication(number, (name,)) for number in sorted(numbers)]}
    )
    assert publishing.status == 200
    files = fleet.files(f"box:{name}")
    server = fleet.files("centre", use=Use.SERVER, names=["127.0.0.1"])
    with FaultProxy(fleet.url, server, files) as proxy, CentreClient(link_of(proxy.url, files)) as client:
        proxy.faults = faults_of(rng)
        try:
            play(box, client, billing, rng)
        finally:
            client.close()
            box.close()
    while billing.pull(rng):
        pass
    mine = [one for one in billing.booked if one.box_id == name]
    got = Counter((one.event_id, one.zones[0].digits) for one in mine)
    assert got == Counter(box.confirmed), f"after {proxy.seen}"


def play(box: Box, client: CentreClient, billing: Billing, rng: random.Random) -> None:
    """Callers call, the courier carries and dies, billing pulls, until everything is delivered and the feed is here."""
    clock = SetClock(datetime(2026, 11, 20, 12, tzinfo=UTC))
    outbox = KilledAtSettling(box.outbox, rng)

    def courier() -> Courier:
        return Courier(box_side(outbox, box.accounts), client, clock, feed_every_s=60, jitter=rng.random)

    carrying = courier()
    to_confirm = rng.randrange(1, 12)
    for _ in range(MOST_TICKS):
        for _ in range(rng.choice([0, 0, 1, 4])):
            if len(box.confirmed) < to_confirm:
                box.confirm(f"{rng.randrange(100_000):05}")
        try:
            carrying.tick()
        except Killed:
            client.close()
            carrying = courier()
        if rng.random() < 0.1:
            billing.pull(rng)
        clock.forward(rng.choice([1, 5, 60]))
        if len(box.confirmed) == to_confirm and box.outbox.depth() == 0 and box.accounts.cursor():
            return
    raise AssertionError(f"not delivered after {MOST_TICKS} looks: {box.outbox.depth()} events wait")


@pytest.mark.parametrize("kind", ["cut request", "cut response"])
def test_cut_at_every_so_many_bytes(fleet: Fleet, kind: str) -> None:
    """The offsets step by a prime, so that over the two directions every part of a message is hit."""
    name = f"cut-{kind[4:]}"
    files = fleet.files(f"box:{name}")
    server = fleet.files("centre", use=Use.SERVER, names=["127.0.0.1"])
    outbox, clock = MemoryOutbox(), SetClock()
    with FaultProxy(fleet.url, server, files) as proxy, CentreClient(link_of(proxy.url, files)) as client:
        side = box_side(outbox, MemoryAccounts(place="x"))
        courier = Courier(side, client, clock, feed_every_s=1e9, jitter=lambda: 1.0)
        courier._feed.due_at = courier._reference.due_at = float("inf")
        for offset in range(0, 1100, 31):
            proxy.faults = iter([Fault(kind, offset)])
            outbox.put(reading_event(name, len(outbox.kept) + 1))
            while outbox.depth():
                courier.tick()
                clock.forward(1)
        client.close()
    assert {one.state for one in outbox.kept} <= {"accepted", "duplicate"}
    pulled, cursor, more = [], "", True
    with fleet.client(f"billing:{name}") as billing:
        while more:
            page = billing.pull_readings(cursor, 1000)
            pulled += [one for one in page.readings if one.box_id == name]
            cursor, more = page.cursor, page.more
    assert [(one.event_id, one.seq) for one in pulled] == [(one.event_id, one.seq) for one in outbox.kept]


def test_a_batch_sent_again_gets_the_same_answer(fleet: Fleet) -> None:
    """The repeat carries the same key, so the centre gives the verdicts that were lost on the way."""
    with fleet.client("box:same-again") as client:
        body = msgspec.json.encode(reading_event("same-again"))
        first = client.post_events([body])
        assert first.results[0].status == "accepted"
        assert client.post_events([body]) == first
