"""Readings on their way to billing: numbered when they are seen, given in that order, repeated until acknowledged."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, func, insert, select

from box.centre.cursors import Stream, read_cursor, write_cursor
from box.centre.database import READINGS_COUNTER, Database, last_number, locked_counter, move_counter
from box.centre.dialects import insert_new
from box.centre.tables import acknowledgements, arrivals, current_readings, events, numbered_readings
from box.courier.messages import Acknowledgement, Event, PulledReading, PulledReadings, ReadingTaken

NUMBERED_AT_ONCE = 500


def number_arrivals(database: Database) -> int:
    """Give the next numbers to readings that have committed; how many. A reading whose transaction is still open is not
    seen yet and gets a later number, so nothing can appear behind a cursor that was already given out."""
    with database.reading() as connection:
        if connection.execute(select(arrivals.c.event).limit(1)).first() is None:
            return 0
    numbered = 0
    while True:
        with database.writing() as connection:
            number = locked_counter(connection, READINGS_COUNTER)
            query = select(arrivals.c.event).order_by(arrivals.c.event).limit(NUMBERED_AT_ONCE)
            waiting = connection.execute(query).scalars().all()
            if not waiting:
                return numbered
            rows = [{"number": number + place, "event": event} for place, event in enumerate(waiting, 1)]
            connection.execute(insert(numbered_readings), rows)
            connection.execute(delete(arrivals).where(arrivals.c.event.in_(waiting)))
            move_counter(connection, READINGS_COUNTER, number + len(waiting))
            numbered += len(waiting)


def pull_readings(database: Database, client: str, after: str, limit: int) -> PulledReadings:
    """The page behind ``after``, or behind what ``client`` acknowledged last when it is ''. Raises Refusal about
    ``after``."""
    number_arrivals(database)
    with database.reading() as connection:
        start = (
            read_cursor(after, Stream.READINGS, database.store_id, last_number(connection, READINGS_COUNTER))
            if after
            else _acknowledged(connection, client)
        )
        query = (
            select(numbered_readings.c.number, events.c.received_at, events.c.body)
            .join(events, events.c.id == numbered_readings.c.event)
            .where(numbered_readings.c.number > start)
            .order_by(numbered_readings.c.number)
            .limit(limit + 1)
        )
        rows = connection.execute(query).all()
    page = rows[:limit]
    return PulledReadings(
        readings=tuple(_pulled(row.body, row.received_at) for row in page),
        cursor=write_cursor(Stream.READINGS, database.store_id, page[-1].number if page else start),
        more=len(rows) > limit,
    )


def acknowledge(
    connection: Connection, store_id: bytes, client: str, cursor: str, acknowledged_at: datetime
) -> Acknowledgement:
    """Everything up to ``cursor`` is booked by ``client``; the cursor that stands then. An older one changes nothing.
    Raises Refusal for a cursor that was never given out."""
    number = read_cursor(cursor, Stream.READINGS, store_id, last_number(connection, READINGS_COUNTER))
    row = {"client": client, "number": number, "acknowledged_at": acknowledged_at.isoformat()}
    insert_new(connection, acknowledgements, [row], [acknowledgements.c.number])
    return Acknowledgement(write_cursor(Stream.READINGS, store_id, _acknowledged(connection, client)))


def standing_readings(database: Database) -> list[PulledReading]:
    """The submission that stands for each meter and month, by account."""
    current = current_readings.c
    query = (
        select(events.c.received_at, events.c.body)
        .join(current_readings, current.event == events.c.id)
        .order_by(current.account, current.meter, current.period)
    )
    with database.reading() as connection:
        rows: Sequence[Any] = connection.execute(query).all()
    return [_pulled(row.body, row.received_at) for row in rows]


def _acknowledged(connection: Connection, client: str) -> int:
    query = select(func.max(acknowledgements.c.number)).where(acknowledgements.c.client == client)
    return int(connection.execute(query).scalar_one() or 0)


def _pulled(stored: str, received_at: str) -> PulledReading:
    event = msgspec.json.decode(stored, type=Event)
    body = event.body
    if not isinstance(body, ReadingTaken):
        raise TypeError("only readings are numbered for billing")
    return PulledReading(
        event_id=event.event_id,
        box_id=event.box_id,
        seq=event.seq,
        recorded_at=event.recorded_at,
        received_at=received_at,
        clock=event.clock,
        account=body.account,
        meter=body.meter,
        zones=body.zones,
        mode=body.mode,
        flags=body.flags,
        supersedes=body.supersedes,
    )
