"""Pull and acknowledge against a model: whatever the order of storing, pulling and acknowledging, billing gets each
reading, in one order, again until it says that it has it."""

from __future__ import annotations

import json
import os
import threading
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, rule

from box.centre.database import Database, open_database
from box.centre.dialects import insert_new
from box.centre.intake import RawBatch, judge_batch, take_events
from box.centre.pull import pull_readings, standing_readings
from box.centre.streams import READINGS, acknowledge, number_arrivals
from box.centre.tables import events
from tests.centre.loopback import fresh_target, reading_event

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def store(database: Database, box: str, raw: list[dict[str, object]], received_at: datetime = NOW) -> list[str]:
    """Store events of one box; the statuses."""
    batch = msgspec.json.decode(json.dumps({"events": raw}), type=RawBatch)
    with database.writing() as connection:
        return [
            verdict.status for verdict in take_events(connection, judge_batch(batch, box), box, received_at).results
        ]


class PullAndAcknowledge(RuleBasedStateMachine):
    """Two boxes, two billing systems."""

    cursors = Bundle("cursors")

    @initialize()
    def start(self) -> None:
        self.folder = TemporaryDirectory()
        self.database = open_database(fresh_target(Path(self.folder.name)))
        self.stored: list[str] = []
        self.order: list[str] = []
        self.acknowledged = {"billing:a": 0, "billing:b": 0}

    def teardown(self) -> None:
        if hasattr(self, "database"):
            self.database.close()
            self.folder.cleanup()

    @rule(box=st.sampled_from(["box1", "box2"]), count=st.integers(1, 5), repeated=st.integers(0, 3))
    def store(self, box: str, count: int, repeated: int) -> None:
        fresh = [reading_event(box, len(self.stored) + n + 1) for n in range(count)]
        statuses = store(self.database, box, fresh + fresh[:repeated])
        assert statuses == ["accepted"] * count + ["duplicate"] * min(repeated, count)
        self.stored += [str(event["event_id"]) for event in fresh]

    @rule(target=cursors, client=st.sampled_from(["billing:a", "billing:b"]), limit=st.integers(1, 7))
    def pull_from_the_start(self, client: str, limit: int) -> tuple[str, int]:
        return self.pull(client, "", self.acknowledged[client], limit)

    @rule(target=cursors, behind=consumes(cursors), limit=st.integers(1, 7))
    def pull_on(self, behind: tuple[str, int], limit: int) -> tuple[str, int]:
        return self.pull("billing:a", behind[0], behind[1], limit)

    def pull(self, client: str, after: str, start: int, limit: int) -> tuple[str, int]:
        page = pull_readings(self.database, client, after, limit)
        got = [one.event_id for one in page.readings]
        assert got == (self.order + self.stored[len(self.order) :])[start : start + limit]
        self.order += [one for one in got if one not in self.order]
        assert page.more == (start + limit < len(self.stored))
        return page.cursor, start + len(got)

    @rule(client=st.sampled_from(["billing:a", "billing:b"]), cursor=cursors)
    def acknowledge(self, client: str, cursor: tuple[str, int]) -> None:
        with self.database.writing() as connection:
            stands = acknowledge(connection, READINGS, self.database.store_id, client, cursor[0], NOW)
        self.acknowledged[client] = max(self.acknowledged[client], cursor[1])
        rest = pull_readings(self.database, client, stands.cursor, 1000)
        assert len(rest.readings) == len(self.stored) - self.acknowledged[client]

    @invariant()
    def nothing_is_numbered_twice(self) -> None:
        if hasattr(self, "database"):
            everything = pull_readings(self.database, "billing:fresh", "", 1000).readings
            assert sorted(one.event_id for one in everything) == sorted(self.stored)


TestPullAndAcknowledge = PullAndAcknowledge.TestCase
TestPullAndAcknowledge.settings = settings(
    max_examples=25, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck)
)


def test_a_transaction_that_commits_late_is_not_skipped(database: Database) -> None:
    """What a bare row id would lose: the row with the smaller id becomes visible after the larger one was pulled.
    SQLite has no such transactions, so the outcome is laid into the tables by hand: ids 1 and 3 first, 2 later."""

    def appear(row_id: int) -> None:
        event = reading_event("box1", row_id)
        with database.writing() as connection:
            row = {
                "id": row_id,
                "box_id": "box1",
                "event_id": event["event_id"],
                "seq": row_id,
                "kind": "reading",
                "recorded_at": event["recorded_at"],
                "received_at": NOW.isoformat(),
                "fingerprint": "",
                "body": json.dumps(event),
            }
            insert_new(connection, events, [row], [events.c.id])
            connection.exec_driver_sql(f"INSERT INTO arrivals VALUES ({row_id})")

    appear(1)
    appear(3)
    first = pull_readings(database, "billing:a", "", 10)
    appear(2)
    second = pull_readings(database, "billing:a", first.cursor, 10)
    assert ([one.seq for one in first.readings], [one.seq for one in second.readings]) == ([1, 3], [2])


@pytest.mark.skipif("LINEBOX_TEST_POSTGRESQL" not in os.environ, reason="needs a PostgreSQL server")
def test_a_transaction_that_commits_late_is_not_skipped_on_postgresql(database: Database) -> None:
    """The same with two real transactions, and one that never commits."""
    late = database.writing()
    raw = msgspec.json.decode(json.dumps({"events": [reading_event("box1", 1, account="1")]}), type=RawBatch)
    connection = late.__enter__()
    take_events(connection, judge_batch(raw, "box1"), "box1", NOW)
    with suppress(ZeroDivisionError), database.writing() as lost:
        gone = msgspec.json.decode(json.dumps({"events": [reading_event("box3", 1, account="3")]}), type=RawBatch)
        take_events(lost, judge_batch(gone, "box3"), "box3", NOW)
        raise ZeroDivisionError
    store(database, "box2", [reading_event("box2", 1, account="2")])
    first = pull_readings(database, "billing:a", "", 10)
    late.__exit__(None, None, None)
    second = pull_readings(database, "billing:a", first.cursor, 10)
    assert [one.box_id for one in first.readings] == ["box2"]
    assert [one.box_id for one in second.readings] == ["box1"]


def test_writers_and_a_puller_at_the_same_time(database: Database) -> None:
    """Four boxes write while billing pulls and acknowledges: complete, single, per box in order."""
    boxes = [f"box{n}" for n in range(4)]
    wanted = {box: [reading_event(box, seq) for seq in range(1, 31)] for box in boxes}
    failures: list[BaseException] = []

    def write(box: str) -> None:
        try:
            for start in range(0, 30, 3):
                store(database, box, wanted[box][start : start + 3])
        except BaseException as error:  # noqa: BLE001 - told to the test's own thread
            failures.append(error)

    writers = [threading.Thread(target=write, args=[box]) for box in boxes]
    for writer in writers:
        writer.start()
    pulled = []
    while len(pulled) < 120 and not failures:
        page = pull_readings(database, "billing:a", "", 7)
        pulled += page.readings
        with database.writing() as connection:
            acknowledge(connection, READINGS, database.store_id, "billing:a", page.cursor, NOW)
    for writer in writers:
        writer.join()
    assert failures == []
    for box in boxes:
        assert [one.event_id for one in pulled if one.box_id == box] == [one["event_id"] for one in wanted[box]]


def test_two_pullers_number_each_reading_once(database: Database) -> None:
    store(database, "box1", [reading_event("box1", seq) for seq in range(1, 101)])
    counts: list[int] = []
    threads = [threading.Thread(target=lambda: counts.append(number_arrivals(database, READINGS))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(counts) == 100
    assert len(pull_readings(database, "billing:a", "", 1000).readings) == 100


def test_an_acknowledgement_never_moves_back(database: Database) -> None:
    store(database, "box1", [reading_event("box1", seq) for seq in range(1, 6)])
    early = pull_readings(database, "billing:a", "", 2).cursor
    late = pull_readings(database, "billing:a", "", 4).cursor

    def acknowledged(client: str, cursor: str) -> list[int]:
        with database.writing() as connection:
            acknowledge(connection, READINGS, database.store_id, client, cursor, NOW)
        return [one.seq for one in pull_readings(database, client, "", 10).readings]

    assert acknowledged("billing:a", early) == [3, 4, 5]
    assert acknowledged("billing:a", late) == [5]
    assert acknowledged("billing:a", early) == [5]
    assert acknowledged("billing:a", late) == [5]
    assert acknowledged("billing:b", early) == [3, 4, 5]


def test_a_failed_transaction_leaves_nothing(database: Database) -> None:
    batch = msgspec.json.decode(json.dumps({"events": [reading_event()]}), type=RawBatch)
    with suppress(ZeroDivisionError), database.writing() as connection:
        take_events(connection, judge_batch(batch, "box1"), "box1", NOW)
        raise ZeroDivisionError
    assert pull_readings(database, "billing:a", "", 10).readings == ()
    assert store(database, "box1", [msgspec.json.decode(bytes(raw)) for raw in batch.events]) == ["accepted"]


def test_a_database_survives_its_process(tmp_path: Path) -> None:
    target = fresh_target(tmp_path)
    first = open_database(target)
    store(first, "box1", [reading_event("box1", seq) for seq in range(1, 4)])
    cursor = pull_readings(first, "billing:a", "", 2).cursor
    first.close()
    second = open_database(target)
    assert [one.seq for one in pull_readings(second, "billing:a", cursor, 10).readings] == [3]
    second.close()


def test_the_reading_that_stands(database: Database) -> None:
    """caller-service.md §10, conflicts; the column of expectations was written from that table."""

    def standing() -> tuple[str, int]:
        (one,) = standing_readings(database)
        return one.box_id, one.seq

    def give(box: str, seq: int, recorded_at: str, clock: str) -> tuple[str, int]:
        store(database, box, [reading_event(box, seq, recorded_at=recorded_at, clock=clock)])
        return standing()

    assert give("a", 5, "2026-11-20T10:00:00Z", "synced") == ("a", 5)
    assert give("a", 4, "2026-11-20T11:00:00Z", "synced") == ("a", 5), "one box: by its own numbers"
    assert give("b", 1, "2026-11-20T09:59:59Z", "synced") == ("a", 5), "both clocks trusted: the later one"
    assert give("b", 2, "2026-11-20T13:00:01+03:00", "synced") == ("b", 2), "a second later, another offset"
    assert give("c", 1, "2026-11-20T01:00:00Z", "holdover") == ("c", 1), "a clock not trusted: by arrival"
    assert give("d", 1, "1970-01-01T00:00:00Z", "unknown") == ("d", 1), "no clock: month and order of arrival"
    store(database, "a", [reading_event("a", 9, recorded_at="2026-10-31T20:59:59Z")])
    store(database, "a", [reading_event("a", 10, recorded_at="2026-10-31T21:00:00Z")])
    assert [(one.box_id, one.seq) for one in standing_readings(database)] == [("a", 9), ("a", 10)], "Moscow's months"
