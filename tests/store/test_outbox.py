"""The queue: order, verdicts, back-off and what a person does with refusals."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from box.courier.messages import EventVerdict
from box.store.connection import Store
from box.store.ledger import Ledger
from box.store.outbox import Delivery, Outbox, SetAside
from tests.store.making import NOW, assert_sound, call_back, outbox_rows, save

SECONDS = NOW.timestamp()


@pytest.fixture
def outbox(store: Store, ledger: Ledger) -> Outbox:
    """Five events, e1 to e5."""
    for n in range(1, 5):
        save(ledger, f"e{n}")
    call_back(ledger, "e5")
    return Outbox(store)


def ids(outbox: Outbox, now: float = SECONDS, limit: int = 100) -> list[str]:
    return [row.event_id for row in outbox.due(now, limit)]


class TestOrder:
    def test_by_number_up_to_the_limit(self, outbox: Outbox) -> None:
        assert ids(outbox) == ["e1", "e2", "e3", "e4", "e5"]
        assert ids(outbox, limit=2) == ["e1", "e2"]
        assert [row.kind for row in outbox.due(SECONDS)] == ["reading"] * 4 + ["call_back"]

    def test_looking_takes_nothing_away(self, outbox: Outbox) -> None:
        assert outbox.due(SECONDS) == outbox.due(SECONDS)

    def test_a_gap_in_the_verdicts_leaves_what_it_skipped_in_front(self, outbox: Outbox) -> None:
        outbox.settle([EventVerdict("e2", "accepted"), EventVerdict("e4", "duplicate")], SECONDS)
        assert ids(outbox) == ["e1", "e3", "e5"]


class TestVerdicts:
    def test_what_the_centre_has_never_comes_again(self, outbox: Outbox) -> None:
        outbox.settle([EventVerdict("e1", "accepted"), EventVerdict("e2", "duplicate")], SECONDS)
        outbox.settle([EventVerdict("e1", "rejected", "too late"), EventVerdict("e2", "accepted")], SECONDS)
        assert ids(outbox) == ["e3", "e4", "e5"]
        assert outbox.set_aside() == []
        assert not outbox.requeue("e1")

    def test_a_refusal_blocks_nobody_and_is_kept(self, store: Store, outbox: Outbox) -> None:
        outbox.settle([EventVerdict("e1", "rejected", "unknown meter")], SECONDS)
        assert ids(outbox) == ["e2", "e3", "e4", "e5"]
        assert outbox.set_aside() == [SetAside(1, "e1", "reading", SECONDS, "unknown meter")]
        assert_sound(store)

    def test_unknown_events_change_nothing(self, store: Store, outbox: Outbox) -> None:
        before = outbox_rows(store)
        outbox.note_failure(SECONDS, SECONDS + 60, "away")
        outbox.settle([EventVerdict("no-such-event", "accepted")], SECONDS)
        outbox.settle([], SECONDS)
        assert outbox_rows(store) == before
        assert outbox.delivery().failures == 1

    def test_a_person_sends_a_refused_event_again(self, outbox: Outbox) -> None:
        body = outbox.due(SECONDS)[1].body
        outbox.settle([EventVerdict("e2", "rejected", "r")], SECONDS)
        assert [outbox.requeue("e2"), outbox.requeue("e2"), outbox.requeue("e1")] == [True, False, False]
        assert ids(outbox) == ["e1", "e2", "e3", "e4", "e5"]
        assert outbox.due(SECONDS)[1].body == body
        assert outbox.set_aside() == []


class TestBackOff:
    def test_the_whole_queue_waits(self, store: Store, ledger: Ledger, outbox: Outbox) -> None:
        outbox.note_failure(SECONDS, SECONDS + 60, "no route")
        save(ledger, "e6")
        assert ids(outbox, SECONDS) == []
        assert ids(outbox, SECONDS + 59.9) == []
        assert len(ids(outbox, SECONDS + 60)) == 6

    def test_failures_are_counted_until_something_gets_through(self, outbox: Outbox) -> None:
        outbox.note_failure(SECONDS, SECONDS + 1, "a")
        outbox.note_failure(SECONDS + 1, SECONDS + 3, "b")
        assert {row.attempts for row in outbox.due(SECONDS + 3)} == {2}
        assert outbox.delivery() == Delivery(2, SECONDS + 3, "b", None)
        outbox.settle([EventVerdict("e1", "rejected", "r")], SECONDS + 4)
        assert {row.attempts for row in outbox.due(SECONDS + 4)} == {0}
        assert outbox.delivery() == Delivery(0, 0.0, "", SECONDS + 4)

    def test_a_clock_that_went_back_ends_the_wait(self, outbox: Outbox) -> None:
        """A box without a battery clock starts in 1970, or where it was switched off: nobody may wait for years."""
        outbox.note_failure(SECONDS, SECONDS + 60, "no route")
        assert len(ids(outbox, 5.0)) == 5


class TestForPeople:
    def test_depth_and_age(self, outbox: Outbox) -> None:
        assert outbox.depth() == 5
        assert outbox.oldest_since() == datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
        assert outbox.oldest_age_s(SECONDS + 90) == 90.0
        assert outbox.oldest_age_s(SECONDS - 90) == 0.0
        outbox.settle([EventVerdict(f"e{n}", "accepted" if n % 2 else "rejected") for n in range(1, 6)], SECONDS)
        assert (outbox.depth(), outbox.oldest_since(), outbox.oldest_age_s(SECONDS)) == (0, None, None)
        assert [event.seq for event in outbox.set_aside()] == [2, 4]
        assert [event.seq for event in outbox.set_aside(limit=1)] == [2]

    def test_an_empty_box(self, store: Store) -> None:
        outbox = Outbox(store)
        assert (outbox.due(0.0), outbox.depth(), outbox.set_aside()) == ([], 0, [])
        assert outbox.delivery() == Delivery(0, 0.0, "", None)
