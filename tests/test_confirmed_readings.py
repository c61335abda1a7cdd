"""«Приняты» is said after the commit and never without it: crashes at every moment of a call, and a full disk."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from box.calls.line_assembly import build_desk
from box.calls.vocabulary import DeskRequest
from box.courier.messages import CallSummary, Event, EventVerdict, ReadingTaken
from box.dialogue.vocabulary import DialogueEvent, Outcome, SaveReadings
from box.rehearsal.scenario import FOLDER, Scenario, load_scenario
from box.speaking.opening import open_voice
from box.speaking.voice import Voice
from box.store.connection import open_store
from box.store.outbox import Outbox
from tests.kit.simulated_call import SimulatedCall

STEP_S = 3.5


@pytest.fixture(scope="module")
def voice() -> Voice:
    return open_voice()


@pytest.fixture
def scenario() -> Scenario:
    return load_scenario(FOLDER / "known-one-address.toml")


def heard_accepted(call: SimulatedCall) -> bool:
    return any("accepted.one" in told.phrases for told in call.told)


def readings(events: list[Event]) -> list[ReadingTaken]:
    return [event.body for event in events if isinstance(event.body, ReadingTaken)]


def test_a_crash_at_any_moment_loses_nothing_that_was_confirmed(
    scenario: Scenario, voice: Voice, tmp_path: Path
) -> None:
    """The call is stopped dead again and again (nothing is closed or flushed), then the box starts anew."""
    moments = [1012.0 + STEP_S * i for i in range(16)]
    confirmed = 0
    for number, moment in enumerate(moments):
        call = SimulatedCall(scenario, tmp_path / str(number), voice)
        call.run(stop_when=lambda c, moment=moment: c.clock.now >= moment)  # type: ignore[misc]
        was_confirmed = heard_accepted(call)
        confirmed += was_confirmed
        with open_store(call.settings.database) as store:
            build_desk(call.settings, "line0", store, call.clock).close_interrupted_calls()
            outbox = Outbox(store)
            rows = outbox.due(2e9)
            assert [row.seq for row in rows] == list(range(1, len(rows) + 1))
            assert len(readings(call.events())) == int(was_confirmed), f"at {moment}: {call.transcript()}"
            outbox.settle([EventVerdict(row.event_id, "accepted") for row in rows], 2e9)
            assert outbox.due(3e9) == []
    assert 0 < confirmed < len(moments)


class PowerCut(BaseException):
    """Nothing after this point happens."""


@pytest.mark.parametrize("after_commit", [True, False])
def test_a_crash_between_the_commit_and_the_first_word(
    after_commit: bool, scenario: Scenario, voice: Voice, tmp_path: Path
) -> None:
    """The narrowest gap: the reading is on the disk and nobody has been told, or the very moment before."""
    call = SimulatedCall(scenario, tmp_path, voice)
    do = call.desk.do

    def cut_at_the_save(request: DeskRequest) -> DialogueEvent | None:
        if isinstance(request, SaveReadings):
            if after_commit:
                do(request)
            raise PowerCut
        return do(request)

    call.desk.do = cut_at_the_save  # type: ignore[method-assign]
    with pytest.raises(PowerCut):
        call.run()
    assert not heard_accepted(call)
    with open_store(call.settings.database) as store:
        assert build_desk(call.settings, "line0", store, call.clock).close_interrupted_calls() == 1
    assert len(readings(call.events())) == int(after_commit)


def test_an_interrupted_call_is_closed_as_line_failed(scenario: Scenario, voice: Voice, tmp_path: Path) -> None:
    call = SimulatedCall(scenario, tmp_path, voice)
    call.run(stop_when=lambda c: c.clock.now >= 1020.0)
    assert build_desk(call.settings, "line0", call.store, call.clock).close_interrupted_calls() == 1
    summaries = [event.body for event in call.events() if isinstance(event.body, CallSummary)]
    assert [summary.outcome for summary in summaries] == [Outcome.LINE_FAILED.value]


def test_a_full_disk_is_told_and_nothing_is_said_to_be_accepted(
    scenario: Scenario, voice: Voice, tmp_path: Path
) -> None:
    call = SimulatedCall(scenario, tmp_path, voice)
    # SQLite's own ceiling on the file's size: the same SQLITE_FULL as a disk without room.
    pages = call.store.db.execute("PRAGMA page_count").fetchone()[0]
    call.store.db.execute(f"PRAGMA max_page_count = {pages}")
    fill = "INSERT INTO call (call_id, line, started_at, clock, caller) VALUES (?, 'x', '2026', 'synced', '')"
    with pytest.raises(sqlite3.OperationalError, match="full"):
        call.store.db.conn.executemany(fill, [[f"filling-{number}"] for number in range(100_000)])
    call.store.db.conn.commit()
    call.run()
    said = [phrase for told in call.told for phrase in told.phrases]
    assert "reading.not_saved" in said, call.transcript()
    assert not heard_accepted(call)
    assert readings(call.events()) == []
