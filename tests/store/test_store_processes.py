"""Several processes on one file: starting and writing at once, and being killed at any moment.

SIGKILL is no power cut, since the kernel still holds what was written; it shows that a transaction is whole or absent
and that nothing is confirmed before it is committed.
"""

from __future__ import annotations

import random
import signal
import sqlite3
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from box.accounts.model import ClockTrust
from box.courier.messages import EventVerdict
from box.store import migrations
from box.store.connection import open_store
from box.store.ledger import Ledger
from box.store.outbox import Outbox
from tests.store.making import (
    BOX,
    NOW,
    PATIENCE,
    assert_sound,
    outbox_rows,
    save,
    save_and_die,
    save_many,
    save_until_killed,
)

Start = Callable[..., BaseProcess]


@pytest.fixture
def start(context: ForkServerContext) -> Iterator[Start]:
    """Start a function in a process of its own; whatever still runs at the end of the test is killed."""
    started: list[BaseProcess] = []

    def begin(target: Callable[..., None], *args: object) -> BaseProcess:
        process = context.Process(target=target, args=args)
        process.start()
        started.append(process)
        return process

    yield begin
    for process in started:
        process.kill()
        process.join()
        process.close()


def drain(receiver: Connection) -> list[str]:
    """Everything that was told before the writer died."""
    told: list[str] = []
    while True:
        try:
            told.append(receiver.recv())
        except EOFError:
            return told


def test_starting_and_writing_at_once(path: Path, context: ForkServerContext, start: Start) -> None:
    """On a file that does not exist yet: one of them makes it, one migrates it, none fails, none waits for ever."""
    writers, events = ["line-a", "line-b", "line-c", "line-d"], 40
    ends = {}
    for name in writers:
        ours, theirs = context.Pipe()
        start(save_many, path, name, events, theirs)
        theirs.close()
        ends[name] = ours
    for end in ends.values():
        end.send("go")
    assert {name: end.recv() for name, end in ends.items()} == dict.fromkeys(writers, "done")
    for end in ends.values():
        end.close()
    with open_store(path) as store:
        assert_sound(store)
        rows = outbox_rows(store)
        assert {event_id for _, event_id, _, _ in rows} == {f"{w}-{n}" for w in writers for n in range(events)}
        for name in writers:
            own = [event_id for _, event_id, _, _ in rows if event_id.startswith(name)]
            assert own == [f"{name}-{n}" for n in range(events)], "each writer's events keep their order"
        applied = store.db.execute("SELECT count(*) FROM _sqlite_migrations").fetchone()
        assert applied == (len(migrations.migrations._migrations),)


def test_what_was_confirmed_survives_kill_9(path: Path, context: ForkServerContext, start: Start) -> None:
    rng, confirmed, rounds = random.Random(20261115), list[str](), 30
    for n in range(rounds):
        receiver, sender = context.Pipe(duplex=False)
        writer = start(save_until_killed, path, f"w{n}", sender)
        sender.close()
        for _ in range(rng.randrange(1, 40)):
            confirmed.append(receiver.recv())
        writer.kill()
        writer.join()
        assert writer.exitcode == -signal.SIGKILL
        confirmed += drain(receiver)
        receiver.close()
    with open_store(path) as store:
        assert_sound(store)
        stored = [event_id for _, event_id, _, _ in outbox_rows(store)]
        # Between its commit and its word a writer may have died: one event more for each round at most.
        assert [event_id for event_id in stored if event_id in set(confirmed)] == confirmed
        assert len(stored) - len(confirmed) <= rounds
        ledger = Ledger(store, BOX)
        ids = (f"s{n}" for n in range(rounds))
        closed = sum(
            ledger.close_interrupted_calls(
                f"w{n}", NOW, clock=ClockTrust.SYNCED, uptime_ms=0, new_event_id=lambda: next(ids)
            )
            for n in range(rounds)
        )
        assert closed == rounds
        assert_sound(store)


def test_killed_at_every_step_of_one_save(path: Path, start: Start) -> None:
    """From the first step of SQLite's machine to the last: reading, call and event are all there, or none of them."""
    with open_store(path) as store:
        ledger = Ledger(store, BOX)
        save(ledger, "e0", call=opened(ledger))
    steps, deaths, expected = 1, 0, ["e0"]
    while True:
        writer = start(save_and_die, path, f"e{steps}", steps)
        writer.join()
        with open_store(path) as store:
            assert_sound(store)
            stored = [event_id for _, event_id, _, _ in outbox_rows(store)]
            (readings,) = store.db.execute("SELECT sum(readings) FROM call").fetchone()
            assert readings == len(stored)
        if writer.exitcode == 0:
            assert stored == [*expected, f"e{steps}"]
            break
        assert writer.exitcode == -signal.SIGKILL
        assert stored in (expected, [*expected, f"e{steps}"])
        expected, deaths, steps = stored, deaths + 1, steps + max(1, steps // 30)
    assert deaths >= 60


def test_a_reader_from_outside_sees_whole_transactions_only(
    path: Path, context: ForkServerContext, start: Start
) -> None:
    """Any other program, here a plain sqlite3 connection."""
    receiver, sender = context.Pipe(duplex=False)
    writer = start(save_until_killed, path, "w", sender)
    sender.close()
    receiver.recv()
    outside = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)
    for _ in range(200):
        events, readings, told, last = outside.execute(
            """
            SELECT (SELECT count(*) FROM outbox), (SELECT count(*) FROM reading), (SELECT sum(readings) FROM call),
                   (SELECT last_seq FROM box)
            """
        ).fetchone()
        assert events == readings == told == last
    outside.close()
    writer.kill()
    writer.join()
    receiver.close()


def test_the_courier_settles_while_a_line_writes(path: Path, context: ForkServerContext, start: Start) -> None:
    receiver, sender = context.Pipe(duplex=False)
    writer = start(save_until_killed, path, "w", sender)
    sender.close()
    receiver.recv()
    taken: list[str] = []
    with open_store(path) as store:
        store.db.execute(PATIENCE)
        outbox = Outbox(store)
        while len(taken) < 150:
            batch = [row.event_id for row in outbox.due(0.0, 10)]
            outbox.settle([EventVerdict(event_id, "accepted") for event_id in batch], 1.0)
            taken += batch
        writer.kill()
        writer.join()
        taken += [row.event_id for row in outbox.due(0.0, 100_000)]
        assert taken == [event_id for _, event_id, _, _ in outbox_rows(store)]
        assert_sound(store)
    receiver.close()


def opened(ledger: Ledger) -> str:
    ledger.open_call("call-0", "readings", NOW, ClockTrust.SYNCED, None)
    return "call-0"
