"""Events from boxes into the database: each once, whatever is repeated, all of a batch in one transaction."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, func, insert, select, update

from box.centre.dialects import insert_new
from box.centre.problems import Problems, Refusal
from box.centre.rules import OTHER_BOX, Claim, RejectedEvent, TakenEvent, instant, judge_event, period_of, replaces
from box.centre.tables import arrivals, current_readings, events, rejected_events, request_arrivals
from box.courier.messages import CallSummary, Event, EventVerdict, EventVerdicts, ReadingTaken

log = logging.getLogger(__name__)

OTHER_CONTENT = "event_id was used before with other content"


class RawBatch(msgspec.Struct):
    """EventBatch with its events still unread: one bad event must not spoil the others."""

    events: tuple[msgspec.Raw, ...]


def judge_batch(batch: RawBatch, box_id: str) -> list[TakenEvent | RejectedEvent]:
    """Check every event by itself. Raises msgspec.DecodeError when one does not even name itself, and Refusal BOX_WRONG
    when all are another box's: the certificate is at fault then, and a verdict on each would set aside good events."""
    judged = [judge_event(bytes(raw), box_id) for raw in batch.events]
    if all(isinstance(one, RejectedEvent) and one.reason == OTHER_BOX for one in judged):
        raise Refusal(Problems.BOX_WRONG)
    return judged


def take_events(
    connection: Connection, judged: Sequence[TakenEvent | RejectedEvent], box_id: str, received_at: datetime
) -> EventVerdicts:
    """Store what is new and answer for everything, in order. The verdicts are true once the transaction commits."""
    firsts: dict[str, TakenEvent] = {}
    for one in judged:
        if isinstance(one, TakenEvent):
            firsts.setdefault(one.event.event_id, one)
    stored = _store(connection, firsts.values(), received_at)
    before = _fingerprints(connection, box_id, firsts.keys() - stored.keys())
    fresh = set(stored)
    verdicts = []
    rejected = []
    for one in judged:
        if isinstance(one, TakenEvent):
            event_id = one.event.event_id
            known = before.get(event_id) or firsts[event_id].fingerprint
            if one.fingerprint == known:
                verdicts.append(EventVerdict(event_id, "accepted" if event_id in fresh else "duplicate"))
                fresh.discard(event_id)
                continue
            refused = RejectedEvent(event_id, one.canonical, one.fingerprint, OTHER_CONTENT)
        else:
            refused = one
        rejected.append(refused)
        verdicts.append(EventVerdict(refused.event_id, "rejected", refused.reason))
    _keep_rejected(connection, rejected, box_id, received_at)
    fresh_events = [(stored[event_id], firsts[event_id].event) for event_id in stored]
    _queue_readings(connection, fresh_events, received_at)
    _queue_requests(connection, fresh_events)
    _watch_guesses(box_id, [event for _, event in fresh_events])
    _watch_sequence(connection, box_id, [firsts[event_id].event.seq for event_id in stored])
    return EventVerdicts(tuple(verdicts))


def _store(connection: Connection, taken: Iterable[TakenEvent], received_at: datetime) -> dict[str, int]:
    """Row ids of the events that were not there yet, by event id, in the order of the box's ``seq``."""
    rows = [
        {
            "box_id": one.event.box_id,
            "event_id": one.event.event_id,
            "seq": one.event.seq,
            "kind": str(msgspec.to_builtins(one.event.body)["kind"]),
            "recorded_at": one.event.recorded_at,
            "received_at": received_at.isoformat(),
            "fingerprint": one.fingerprint,
            "body": one.canonical,
        }
        for one in sorted(taken, key=lambda one: one.event.seq)
    ]
    added = insert_new(connection, events, rows, [events.c.event_id, events.c.id])
    return {event_id: row_id for row_id, event_id in sorted((row_id, event_id) for event_id, row_id in added)}


def _fingerprints(connection: Connection, box_id: str, event_ids: Iterable[str]) -> dict[str, str]:
    wanted = list(event_ids)
    if not wanted:
        return {}
    query = select(events.c.event_id, events.c.fingerprint).where(
        events.c.box_id == box_id, events.c.event_id.in_(wanted)
    )
    return {row.event_id: row.fingerprint for row in connection.execute(query)}


def _keep_rejected(
    connection: Connection, rejected: Sequence[RejectedEvent], box_id: str, received_at: datetime
) -> None:
    rows = {
        (one.event_id, one.fingerprint): {
            "box_id": box_id,
            "event_id": one.event_id,
            "fingerprint": one.fingerprint,
            "reason": one.reason,
            "received_at": received_at.isoformat(),
            "body": one.canonical,
        }
        for one in rejected
    }
    insert_new(connection, rejected_events, list(rows.values()), [rejected_events.c.event_id])
    for one in rejected:
        log.warning("box:%s event %s rejected: %s", box_id, one.event_id, one.reason)


def _queue_readings(connection: Connection, stored: Sequence[tuple[int, Event]], received_at: datetime) -> None:
    readings = [(row_id, event, event.body) for row_id, event in stored if isinstance(event.body, ReadingTaken)]
    if not readings:
        return
    connection.execute(insert(arrivals), [{"event": row_id} for row_id, _, _ in readings])
    # In one order everywhere, so that two boxes writing the same accounts cannot wait for each other.
    keyed = [((body.account, body.meter, period_of(event, received_at)), row, event) for row, event, body in readings]
    for (account, meter, period), row_id, event in sorted(keyed, key=lambda one: (one[0], one[1])):
        _stand(connection, {"account": account, "meter": meter, "period": period, "event": row_id}, event)


def _queue_requests(connection: Connection, stored: Sequence[tuple[int, Event]]) -> None:
    rows = [{"event": row_id} for row_id, event in stored if not isinstance(event.body, ReadingTaken | CallSummary)]
    if rows:
        connection.execute(insert(request_arrivals), rows)


def _stand(connection: Connection, row: dict[str, Any], event: Event) -> None:
    """Let a reading take its place in the current view, if it is its turn."""
    if insert_new(connection, current_readings, [row], [current_readings.c.event]):
        return
    current = current_readings.c
    here = (current.account == row["account"], current.meter == row["meter"], current.period == row["period"])
    held = connection.execute(select(current.event).where(*here).with_for_update()).scalar_one()
    standing = msgspec.json.decode(
        connection.execute(select(events.c.body).where(events.c.id == held)).scalar_one(), type=Event
    )
    if replaces(_claim(event), _claim(standing)):
        connection.execute(update(current_readings).where(*here).values(event=row["event"]))


def _claim(event: Event) -> Claim:
    recorded_at = instant(event.recorded_at)
    if recorded_at is None:
        raise ValueError("a stored event has no time")
    return Claim(event.box_id, event.seq, recorded_at, event.clock)


def _watch_guesses(box_id: str, fresh: Iterable[Event]) -> None:
    """A call that was cut off from the accounts is worth a person's look (caller-service.md §11.1)."""
    for event in fresh:
        if isinstance(event.body, CallSummary) and event.body.guesses_refused:
            log.warning(
                "box:%s line %s, call %s: somebody guesses at accounts (%d wrong, %d of them not judged any more)",
                *(box_id, event.body.line, event.body.call_id, event.body.guesses, event.body.guesses_refused),
            )


def _watch_sequence(connection: Connection, box_id: str, seqs: Sequence[int]) -> None:
    """Two events under one number mean that a box was restored from a copy. Nothing is lost, but people should know."""
    if not seqs:
        return
    query = (
        select(events.c.seq)
        .where(events.c.box_id == box_id, events.c.seq.in_(seqs))
        .group_by(events.c.seq)
        .having(func.count() > 1)
    )
    repeated = connection.execute(query).scalars().all()
    if repeated:
        log.warning("box:%s gave %d sequence numbers twice: was it restored from a copy?", box_id, len(repeated))
