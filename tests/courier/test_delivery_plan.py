"""The pure plan of delivery: complete tables, bounded waits, poisoned events found, nothing ever dropped."""

from __future__ import annotations

from http import HTTPStatus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from box.courier.delivery import (
    STEPS,
    Batch,
    DeliveryRound,
    Outcome,
    Pace,
    Postpone,
    SettleEvents,
    Step,
    batch_limit,
    next_delay_s,
    outcome_of_status,
)
from box.courier.errors import CentreAnswerWrong
from box.courier.messages import MAX_BODY_BYTES, EventVerdict
from tests.courier.memory import Row


def rows(count: int, size: int = 400, attempts: int = 0) -> list[Row]:
    return [Row(seq, f"id{seq}", "reading", b"x" * size, attempts) for seq in range(1, count + 1)]


def accepted(batch: tuple[Row, ...]) -> list[EventVerdict]:
    return [EventVerdict(row.event_id, "accepted") for row in batch]


def test_every_outcome_has_its_step() -> None:
    assert set(STEPS) == {(outcome, batch) for outcome in Outcome for batch in Batch}
    assert set(STEPS.values()) == set(Step)


def test_only_refused_contents_are_ever_set_aside_or_split() -> None:
    narrowing = {pair for pair, step in STEPS.items() if step in (Step.SPLIT, Step.SET_ASIDE)}
    assert narrowing == {(Outcome.CONTENT_REFUSED, Batch.ONE_EVENT), (Outcome.CONTENT_REFUSED, Batch.SEVERAL)}


def test_statuses() -> None:
    """caller-service.md §10 names 408, 409, 425, 429; the statuses about who asks were chosen from RFC 9110 §15.5."""
    retried = {408, 409, 425, 429} | set(range(500, 600))
    about_us = {401, 403, 404, 405, 407, 421, 426}
    for status in {*map(int, HTTPStatus), *range(400, 600)}:
        if status == 200:
            wanted = Outcome.ANSWERED
        elif status in retried:
            wanted = Outcome.AWAY
        elif status in about_us:
            wanted = Outcome.CALLER_REFUSED
        elif 400 <= status < 500:
            wanted = Outcome.CONTENT_REFUSED
        else:
            wanted = Outcome.ANSWER_WRONG
        assert outcome_of_status(status) is wanted, status


def test_waits_double_from_one_second_to_five_minutes() -> None:
    ceilings = [next_delay_s(failures, 1.0) for failures in range(1, 13)]
    assert ceilings == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]
    assert next_delay_s(10_000, 1.0) == 300


@given(st.integers(1, 100), st.floats(0, 1), st.none() | st.floats(0, 1e9))
def test_waits_are_spread_and_never_shorter_than_asked(failures: int, jitter: float, asked_s: float | None) -> None:
    wait_s = next_delay_s(failures, jitter, asked_s)
    assert wait_s == pytest.approx(max(next_delay_s(failures, 1.0) * jitter, min(asked_s or 0, 3600)))
    assert 0 <= wait_s <= 3600


def test_wrong_use_is_refused() -> None:
    for failures, jitter in ((0, 0.5), (1, -0.1), (1, 1.1)):
        with pytest.raises(ValueError, match="count from 1"):
            next_delay_s(failures, jitter)


def test_batches_shrink_only_after_the_first_repeat() -> None:
    assert [batch_limit(failures) for failures in range(9)] == [100, 100, 50, 25, 12, 6, 6, 6, 6]


@given(st.lists(st.integers(1, 700_000), max_size=40), st.integers(0, 8))
def test_batches_keep_order_and_size(sizes: list[int], failures: int) -> None:
    waiting = [Row(seq, f"id{seq}", "reading", b"x" * size, failures) for seq, size in enumerate(sizes, 1)]
    delivery = DeliveryRound(waiting, Pace())
    sent: list[Row] = []
    while (batch := delivery.next_batch()) is not None:
        assert 1 <= len(batch) <= batch_limit(failures)
        request = b'{"events":[' + b",".join(row.body for row in batch) + b"]}"
        assert len(request) <= MAX_BODY_BYTES or len(batch) == 1
        delivery.on_answer(accepted(batch), 0.0, 0.0)  # type: ignore[arg-type]
        failures = 0 if failures else failures
        sent += batch  # type: ignore[arg-type]
    assert sent == waiting


@given(st.integers(1, 300), st.data())
def test_poisoned_events_are_found_and_nothing_else_is_touched(count: int, data: st.DataObject) -> None:
    names = [f"id{seq}" for seq in range(1, count + 1)]
    poisoned = set(data.draw(st.lists(st.sampled_from(names), max_size=5)))
    delivery = DeliveryRound(rows(count), Pace())
    delivered: list[str] = []
    set_aside: list[str] = []
    requests = 0
    while (batch := delivery.next_batch()) is not None:
        requests += 1
        if poisoned.intersection(row.event_id for row in batch):
            effects = delivery.on_failure(Outcome.CONTENT_REFUSED, "400", 0.0, 0.5)
        else:
            effects = delivery.on_answer(accepted(batch), 0.0, 0.5)  # type: ignore[arg-type]
        for effect in effects:
            assert isinstance(effect, SettleEvents)
            for verdict in effect.verdicts:
                (set_aside if verdict.status == "rejected" else delivered).append(verdict.event_id)
    assert set(set_aside) == poisoned
    assert len(set_aside) == len(poisoned)
    assert delivered == [name for name in names if name not in poisoned]
    assert requests <= 3 + len(poisoned) * 2 * 8


@pytest.mark.parametrize("outcome", [Outcome.AWAY, Outcome.ANSWER_WRONG, Outcome.CALLER_REFUSED])
@pytest.mark.parametrize("count", [1, 250])
def test_other_failures_keep_everything_and_end_the_round(outcome: Outcome, count: int) -> None:
    pace = Pace()
    delivery = DeliveryRound(rows(count), pace)
    delivery.next_batch()
    (effect,) = delivery.on_failure(outcome, "reason", 100.0, 1.0, 7.0)
    assert effect == Postpone(107.0, "reason", alarm=outcome is not Outcome.AWAY)
    assert delivery.next_batch() is None
    assert (pace.failures, pace.next_try_at) == (1, 107.0)


def test_an_answer_is_no_failure() -> None:
    delivery = DeliveryRound(rows(1), Pace())
    delivery.next_batch()
    with pytest.raises(ValueError, match="on_answer"):
        delivery.on_failure(Outcome.ANSWERED, "", 0.0, 0.0)


def test_an_event_without_a_verdict_stays_and_slows_us_down() -> None:
    pace = Pace()
    delivery = DeliveryRound(rows(3), pace)
    batch = delivery.next_batch()
    assert batch is not None
    settle, postpone = delivery.on_answer(accepted(batch)[:2], 10.0, 1.0)  # type: ignore[arg-type]
    assert isinstance(settle, SettleEvents)
    assert [verdict.event_id for verdict in settle.verdicts] == ["id1", "id2"]
    assert postpone == Postpone(11.0, "the centre gave no verdict on 1 events", alarm=True)
    assert delivery.next_batch() is None


@pytest.mark.parametrize(
    "judged",
    [["id1", "id2", "other"], ["other"], ["id1", "id1"], ["id1", "id2", "id1"]],
)
def test_an_answer_about_something_else_is_not_believed(judged: list[str]) -> None:
    delivery = DeliveryRound(rows(2), Pace())
    delivery.next_batch()
    with pytest.raises(CentreAnswerWrong):
        delivery.on_answer([EventVerdict(name, "accepted") for name in judged], 0.0, 0.0)


def test_patience_survives_a_restart_and_ends_with_success() -> None:
    pace = Pace()
    delivery = DeliveryRound(rows(10, attempts=4), pace)
    batch = delivery.next_batch()
    assert pace.failures == 4
    assert batch is not None
    delivery.on_answer(accepted(batch), 0.0, 0.0)  # type: ignore[arg-type]
    assert (pace.failures, pace.next_try_at) == (0, float("-inf"))
