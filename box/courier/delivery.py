"""The plan of delivery: what to send next, what an outcome means for the events, and when to try again.

Pure: rows, outcomes, ``now`` and jitter come in, effects go out. It knows no clock, store, log or HTTP library. The
rules are those of caller-service.md §10: batches of at most 100, 1 s doubling to 5 min with full jitter, Retry-After
obeyed, and no event ever dropped.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from box.courier.errors import CentreAnswerWrong
from box.courier.messages import MAX_BODY_BYTES, MAX_EVENTS_PER_BATCH, EventVerdict
from box.courier.vocabulary import OutboxRow

FIRST_DELAY_S = 1.0
LONGEST_DELAY_S = 300.0
LONGEST_OBEYED_S = 3600.0
"""Retry-After is obeyed up to an hour, so that one wrong header cannot silence a box for a month."""

ENVELOPE_BYTES = 64
"""Room for what surrounds the events in a batch."""

SMALLEST_BATCH = 6
"""A batch that fails again and again is halved down to this: on a slow link small batches still get through."""


class Outcome(Enum):
    """How one request for one batch ended."""

    ANSWERED = "answered"
    AWAY = "away"
    ANSWER_WRONG = "answer wrong"
    CONTENT_REFUSED = "content refused"
    CALLER_REFUSED = "caller refused"


class Batch(Enum):
    """Whether a refusal can still be narrowed down."""

    ONE_EVENT = "one event"
    SEVERAL = "several events"


class Step(Enum):
    """What follows."""

    SETTLE = "settle what has a verdict"
    SPLIT = "send the two halves apart"
    SET_ASIDE = "set the event aside for a person"
    WAIT = "keep everything and try later"
    WAIT_AND_ALARM = "keep everything, try later, call a person"


STEPS: dict[tuple[Outcome, Batch], Step] = {
    (Outcome.ANSWERED, Batch.ONE_EVENT): Step.SETTLE,
    (Outcome.ANSWERED, Batch.SEVERAL): Step.SETTLE,
    (Outcome.AWAY, Batch.ONE_EVENT): Step.WAIT,
    (Outcome.AWAY, Batch.SEVERAL): Step.WAIT,
    (Outcome.ANSWER_WRONG, Batch.ONE_EVENT): Step.WAIT_AND_ALARM,
    (Outcome.ANSWER_WRONG, Batch.SEVERAL): Step.WAIT_AND_ALARM,
    (Outcome.CONTENT_REFUSED, Batch.ONE_EVENT): Step.SET_ASIDE,
    (Outcome.CONTENT_REFUSED, Batch.SEVERAL): Step.SPLIT,
    # A certificate that ran out says nothing about the events: bisecting would set aside every one of them.
    (Outcome.CALLER_REFUSED, Batch.ONE_EVENT): Step.WAIT_AND_ALARM,
    (Outcome.CALLER_REFUSED, Batch.SEVERAL): Step.WAIT_AND_ALARM,
}

STATUS_OUTCOMES: dict[int, Outcome] = {
    200: Outcome.ANSWERED,
    401: Outcome.CALLER_REFUSED,
    403: Outcome.CALLER_REFUSED,
    404: Outcome.CALLER_REFUSED,
    405: Outcome.CALLER_REFUSED,
    407: Outcome.CALLER_REFUSED,
    408: Outcome.AWAY,
    409: Outcome.AWAY,
    421: Outcome.CALLER_REFUSED,
    425: Outcome.AWAY,
    426: Outcome.CALLER_REFUSED,
    429: Outcome.AWAY,
}
"""RFC 9110 §15 statuses that differ from their class; 409 is «still running» of the Idempotency-Key draft, 425 is
RFC 8470, 429 is RFC 6585."""

CLASS_OUTCOMES: dict[int, Outcome] = {4: Outcome.CONTENT_REFUSED, 5: Outcome.AWAY}


def outcome_of_status(status: int) -> Outcome:
    """What an HTTP status means for a batch. Anything unforeseen (a redirect, an empty 204) is a wrong answer."""
    return STATUS_OUTCOMES.get(status) or CLASS_OUTCOMES.get(status // 100, Outcome.ANSWER_WRONG)


def next_delay_s(failures: int, jitter: float, retry_after_s: float | None = None) -> float:
    """Seconds to wait after the ``failures``-th failure in a row (from 1). ``jitter`` is uniform in [0, 1): full jitter
    spreads a fleet that lost the centre at the same moment. Never earlier than the centre asked."""
    if failures < 1 or not 0.0 <= jitter <= 1.0:
        raise ValueError("failures count from 1 and jitter lies in [0, 1]")
    ceiling_s = min(LONGEST_DELAY_S, FIRST_DELAY_S * 2.0 ** min(failures - 1, 32))
    return max(ceiling_s * jitter, min(retry_after_s or 0.0, LONGEST_OBEYED_S))


def batch_limit(failures: int) -> int:
    """Events in a batch after so many failures in a row: whole for the first retry, so that it repeats the same request
    under the same key; then halved each time."""
    return max(SMALLEST_BATCH, MAX_EVENTS_PER_BATCH >> max(failures - 1, 0))


@dataclass(frozen=True, slots=True)
class SettleEvents:
    """Write these verdicts into the outbox."""

    verdicts: tuple[EventVerdict, ...]


@dataclass(frozen=True, slots=True)
class Postpone:
    """Leave the rest where it is until ``next_try_at`` (the clock of ``now``). ``alarm`` asks for a person."""

    next_try_at: float
    reason: str
    alarm: bool


Effect = SettleEvents | Postpone


class Pace:
    """How patient to be: counts failures in a row. One for deliveries and one for the feed, while the courier lives."""

    __slots__ = ("failures", "next_try_at")

    def __init__(self) -> None:
        self.failures = 0
        self.next_try_at = float("-inf")

    def succeeded(self) -> None:
        """The centre answered: be quick again."""
        self.failures = 0
        self.next_try_at = float("-inf")

    def failed(self, now: float, jitter: float, retry_after_s: float | None = None) -> float:
        """Count a failure; the earliest time of the next try on the clock of ``now``."""
        self.failures += 1
        self.next_try_at = now + next_delay_s(self.failures, jitter, retry_after_s)
        return self.next_try_at


class DeliveryRound:
    """One pass over the rows that were due. Ask ``next_batch``, send it, report through ``on_answer`` or
    ``on_failure``, carry out the effects, until ``next_batch`` gives None."""

    def __init__(self, rows: Sequence[OutboxRow], pace: Pace) -> None:
        # The outbox remembers failures over a restart, which must not make a box impatient.
        pace.failures = max([pace.failures, *(row.attempts for row in rows[:1])])
        self._pace = pace
        self._waiting = _batches(rows, batch_limit(pace.failures))
        self._sent: tuple[OutboxRow, ...] = ()

    def next_batch(self) -> tuple[OutboxRow, ...] | None:
        """The rows to send now, or None when this pass is over."""
        if not self._waiting:
            return None
        self._sent = self._waiting.pop(0)
        return self._sent

    def on_answer(self, verdicts: Sequence[EventVerdict], now: float, jitter: float) -> list[Effect]:
        """The centre answered the batch. Raises CentreAnswerWrong when a verdict is not about it: report that as a
        failure. An event without a verdict stays in the outbox and counts as a failed try."""
        matched = match_verdicts(self._sent, verdicts)
        effects: list[Effect] = [SettleEvents(matched)] if matched else []
        missing = len(self._sent) - len(matched)
        if missing:
            effects += self._wait(f"the centre gave no verdict on {missing} events", now, jitter, None, alarm=True)
        else:
            self._pace.succeeded()
        return effects

    def on_failure(
        self, outcome: Outcome, reason: str, now: float, jitter: float, retry_after_s: float | None = None
    ) -> list[Effect]:
        """The batch was not taken."""
        step = STEPS[outcome, Batch.SEVERAL if len(self._sent) > 1 else Batch.ONE_EVENT]
        if step is Step.SPLIT:
            middle = len(self._sent) // 2
            self._waiting[:0] = [self._sent[:middle], self._sent[middle:]]
            return []
        if step is Step.SET_ASIDE:
            self._pace.succeeded()
            return [SettleEvents((EventVerdict(self._sent[0].event_id, "rejected", reason),))]
        if step is Step.SETTLE:
            raise ValueError("an answer is reported through on_answer")
        return self._wait(reason, now, jitter, retry_after_s, alarm=step is Step.WAIT_AND_ALARM)

    def _wait(
        self, reason: str, now: float, jitter: float, retry_after_s: float | None, *, alarm: bool
    ) -> list[Effect]:
        self._waiting.clear()
        return [Postpone(self._pace.failed(now, jitter, retry_after_s), reason, alarm)]


def match_verdicts(sent: Sequence[OutboxRow], verdicts: Sequence[EventVerdict]) -> tuple[EventVerdict, ...]:
    """The verdicts, each about one of the events sent. Raises CentreAnswerWrong for an event that was not sent and for
    two verdicts on one event: such an answer belongs to something else and none of it is believed."""
    asked = {row.event_id for row in sent}
    judged = [verdict.event_id for verdict in verdicts]
    if len(set(judged)) != len(judged):
        raise CentreAnswerWrong("the centre's answer judges one event twice")
    if not asked.issuperset(judged):
        raise CentreAnswerWrong("the centre's answer judges events that were not sent")
    return tuple(verdicts)


def _batches(rows: Sequence[OutboxRow], limit: int) -> list[tuple[OutboxRow, ...]]:
    """Rows in order, cut by number and by the size of the request; a row too big for any request goes alone."""
    batches: list[tuple[OutboxRow, ...]] = []
    batch: list[OutboxRow] = []
    size = ENVELOPE_BYTES
    for row in rows:
        room = len(row.body) + 1
        if batch and (len(batch) >= limit or size + room > MAX_BODY_BYTES):
            batches.append(tuple(batch))
            batch, size = [], ENVELOPE_BYTES
        batch.append(row)
        size += room
    if batch:
        batches.append(tuple(batch))
    return batches
