"""The courier: carries events up, accounts, tariffs and offices down, for ever, beside the calls, never in their way.

A thin shell over ``delivery``: it reads the outbox, sends, settles, fetches, tidies up, and waits. It knows no SQLite
and no HTTP library; both come in as the shapes of ``vocabulary``. INFO tells the story; account and phone numbers never
reach a message, since only counts, codes and event ids are named.
"""

from __future__ import annotations

import logging
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from box.accounts.model import ClockTrust
from box.clock import Clock
from box.courier.delivery import DeliveryRound, Outcome, Pace, Postpone, SettleEvents
from box.courier.errors import CentreAnswerWrong, CentreBusy, ContentRefused
from box.courier.fetching import fetch_feed_once, fetch_reference_once
from box.courier.messages import MAX_EVENTS_PER_BATCH
from box.courier.vocabulary import BoxSide, Centre, Outbox, OutboxRow
from box.errors import BoxError, CentreAway, CentreRefused

log = logging.getLogger(__name__)

DELIVERY_ROUND = 5 * MAX_EVENTS_PER_BATCH
"""Rows looked at in one pass; after a month without network the feed still gets its turn between passes."""

TIDY_EVERY_S = 86_400.0
TIDY_AGAIN_S = 3600.0
"""After a time when nothing could be deleted: the clock may be set by then."""

PAUSE_S = 30.0
"""After an error on the box itself, the next look."""


@dataclass(slots=True)
class DeliveryReport:
    """What one delivery pass did. ``problem`` is '' when everything sent has its verdict."""

    settled: Counter[str] = field(default_factory=Counter)
    problem: str = ""

    @property
    def moved(self) -> bool:
        """Whether the outbox got shorter."""
        return bool(self.settled)


def outcome_of_error(error: CentreAway | CentreRefused) -> Outcome:
    """What a declared error of the client means for the batch."""
    if isinstance(error, ContentRefused):
        return Outcome.CONTENT_REFUSED
    if isinstance(error, CentreAnswerWrong):
        return Outcome.ANSWER_WRONG
    return Outcome.AWAY if isinstance(error, CentreAway) else Outcome.CALLER_REFUSED


def deliver_once(
    outbox: Outbox, centre: Centre, pace: Pace, clock: Clock, jitter: Callable[[], float] = random.random
) -> DeliveryReport:
    """One pass: send what is due, settle what was judged, note what failed. Raises only what the outbox raises; a crash
    at any point leaves every event either settled or due again."""
    report = DeliveryReport()
    delivery = DeliveryRound(outbox.due(clock.wall().timestamp(), DELIVERY_ROUND), pace)
    while (batch := delivery.next_batch()) is not None:
        for effect in _send(delivery, centre, batch, clock, jitter()):
            now_unix_s = clock.wall().timestamp()
            match effect:
                case SettleEvents(verdicts):
                    outbox.settle(verdicts, now_unix_s)
                    report.settled.update(verdict.status for verdict in verdicts)
                    for verdict in verdicts:
                        if verdict.status == "rejected":
                            log.error("event %s set aside for a person: %s", verdict.event_id, verdict.reason)
                case Postpone(next_try_at, reason, alarm):
                    wait_s = max(0.0, next_try_at - clock.monotonic())
                    outbox.note_failure(now_unix_s, now_unix_s + wait_s, reason)
                    report.problem = reason
                    log.log(
                        logging.ERROR if alarm else logging.WARNING,
                        "delivery waits %.0f s (failure %d in a row): %s",
                        wait_s,
                        pace.failures,
                        reason,
                    )
    if report.moved:
        log.info("delivered: %s", ", ".join(f"{count} {status}" for status, count in sorted(report.settled.items())))
    return report


def _send(
    delivery: DeliveryRound, centre: Centre, batch: tuple[OutboxRow, ...], clock: Clock, jitter: float
) -> list[SettleEvents | Postpone]:
    try:
        answer = centre.post_events([row.body for row in batch])
        return delivery.on_answer(answer.results, clock.monotonic(), jitter)
    except (CentreAway, CentreRefused) as error:
        retry_after_s = error.retry_after_s if isinstance(error, CentreBusy) else None
        return delivery.on_failure(outcome_of_error(error), str(error), clock.monotonic(), jitter, retry_after_s)


class Courier:
    """Its duties, each on its own pace: what goes wrong with one holds up no other. ``tick`` does what is due now and
    never waits; ``run`` ticks until stopped. Feed and reference are asked for every ``feed_every_s`` seconds."""

    def __init__(
        self,
        box: BoxSide,
        centre: Centre,
        clock: Clock,
        *,
        feed_every_s: float,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._box = box
        self._centre = centre
        self._clock = clock
        self._jitter = jitter
        self._delivery = Pace()
        self._feed = _Errand("the accounts feed", feed_every_s)
        self._reference = _Errand("the reference document", feed_every_s)
        self._tidy_due_at = float("-inf")
        self._back_at = float("-inf")
        self._stopping: Callable[[], bool] = lambda: False

    def run(self, stopping: Callable[[], bool], wait: Callable[[float], object], poll_s: float) -> None:
        """Tick, look again every ``poll_s`` seconds (a new reading leaves at once), until ``stopping``. ``wait`` sleeps
        and is woken by the wish to stop: threading.Event's two methods fit."""
        self._stopping = stopping
        log.info("the courier is at work")
        while not stopping():
            if not self.tick():
                wait(poll_s)
        log.info("the courier stops; what waits stays in the outbox")

    def tick(self) -> bool:
        """Do what is due. True when the outbox got shorter: more may wait. Never raises what a loop could survive."""
        if self._clock.monotonic() < self._back_at:
            return False
        try:
            moved = self._deliver()
            self._fetch_feed()
            self._fetch_reference()
            self._tidy()
        except BoxError as error:
            # The database (disk full, locked for long) or our own files (no certificate yet).
            self._back_at = self._clock.monotonic() + PAUSE_S
            log.error("cannot work (%s), looking again in %.0f s: %s", error.code, PAUSE_S, error)
            return False
        except Exception:
            # The top of the loop: a defect must not end deliveries for good, and its place must be on record.
            self._back_at = self._clock.monotonic() + PAUSE_S
            log.exception("a defect in the courier; going on in %.0f s", PAUSE_S)
            return False
        return moved

    def _deliver(self) -> bool:
        now_unix_s = self._clock.wall().timestamp()
        if self._clock.monotonic() < self._delivery.next_try_at or not self._box.outbox.due(now_unix_s, 1):
            return False
        return deliver_once(self._box.outbox, self._centre, self._delivery, self._clock, self._jitter).moved

    def _fetch_feed(self) -> None:
        def fetch() -> None:
            if changes := fetch_feed_once(self._box, self._centre, stopping=self._stopping):
                log.info("accounts: %d changes taken", changes)

        self._run_errand(self._feed, fetch)

    def _fetch_reference(self) -> None:
        def fetch() -> None:
            if fetch_reference_once(self._box, self._centre):
                log.info("tariffs and offices: a new document taken")

        # A centre that does not even give the feed is not asked for more: each try may take half a minute, in which no
        # event leaves.
        if self._feed.pace.failures == 0:
            self._run_errand(self._reference, fetch)

    def _run_errand(self, errand: _Errand, fetch: Callable[[], None]) -> None:
        if self._clock.monotonic() < max(errand.due_at, errand.pace.next_try_at):
            return
        try:
            fetch()
        except (CentreAway, CentreRefused) as error:
            wished_s = error.retry_after_s if isinstance(error, CentreBusy) else None
            next_try_at = errand.pace.failed(self._clock.monotonic(), self._jitter(), wished_s)
            log.log(
                logging.WARNING if isinstance(error, CentreAway) else logging.ERROR,
                "%s waits %.0f s: %s",
                errand.name,
                next_try_at - self._clock.monotonic(),
                error,
            )
            return
        errand.pace.succeeded()
        errand.due_at = self._clock.monotonic() + errand.every_s

    def _tidy(self) -> None:
        now = self._clock.monotonic()
        if now < self._tidy_due_at:
            return
        trust = self._clock.trust()
        self._tidy_due_at = now + (TIDY_EVERY_S if trust is ClockTrust.SYNCED else TIDY_AGAIN_S)
        if gone := self._box.keeper.tidy(self._clock.wall(), trust):
            log.info("kept long enough: %d old records deleted", gone)


@dataclass(slots=True)
class _Errand:
    """Something that is fetched now and then."""

    name: str
    every_s: float
    pace: Pace = field(default_factory=Pace)
    due_at: float = float("-inf")


def deliver_and_fetch(box: BoxSide, centre: Centre, clock: Clock) -> str:
    """Everything that is due, both ways, once. '' when nothing is left to do, else what is in the way."""
    pace = Pace()
    try:
        while box.outbox.due(clock.wall().timestamp(), 1):
            report = deliver_once(box.outbox, centre, pace, clock)
            if report.problem:
                return report.problem
        fetch_feed_once(box, centre)
        fetch_reference_once(box, centre)
        box.keeper.tidy(clock.wall(), clock.trust())
        waiting = box.outbox.depth()
    except BoxError as error:
        return str(error)
    return f"{waiting} events wait for their next try" if waiting else ""
