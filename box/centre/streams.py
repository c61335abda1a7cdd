"""Events on their way to billing, in streams: numbered when seen, given in that order, repeated until acknowledged.

One machinery for all of them; what the events of a stream mean is ``pull``'s business.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, delete, func, insert, select

from box.centre.cursors import Stream, read_cursor, write_cursor
from box.centre.database import (
    READINGS_COUNTER,
    REQUESTS_COUNTER,
    Database,
    last_number,
    locked_counter,
    move_counter,
)
from box.centre.dialects import insert_new
from box.centre.tables import (
    acknowledgements,
    arrivals,
    events,
    numbered_readings,
    numbered_requests,
    request_acknowledgements,
    request_arrivals,
)
from box.courier.messages import Acknowledgement

NUMBERED_AT_ONCE = 500


@dataclass(frozen=True, slots=True, eq=False)
class EventStream:
    """Where a stream lies: its counter, the events without a number, those with one, and how far billing is."""

    place: Stream
    counter: str
    arrivals: Table
    numbered: Table
    acknowledged: Table


READINGS = EventStream(Stream.READINGS, READINGS_COUNTER, arrivals, numbered_readings, acknowledgements)
REQUESTS = EventStream(Stream.REQUESTS, REQUESTS_COUNTER, request_arrivals, numbered_requests, request_acknowledgements)


@dataclass(frozen=True, slots=True)
class Page:
    """Events of one page, as (received_at, body), and the cursor behind them."""

    rows: Sequence[tuple[str, str]]
    cursor: str
    more: bool


def number_arrivals(database: Database, stream: EventStream) -> int:
    """Give the next numbers to events that have committed; how many. An event whose transaction is still open is not
    seen yet and gets a later number, so nothing can appear behind a cursor that was already given out."""
    waiting_here = stream.arrivals.c.event
    with database.reading() as connection:
        if connection.execute(select(waiting_here).limit(1)).first() is None:
            return 0
    numbered = 0
    while True:
        with database.writing() as connection:
            number = locked_counter(connection, stream.counter)
            waiting = connection.execute(select(waiting_here).order_by(waiting_here).limit(NUMBERED_AT_ONCE))
            found = waiting.scalars().all()
            if not found:
                return numbered
            rows = [{"number": number + place, "event": event} for place, event in enumerate(found, 1)]
            connection.execute(insert(stream.numbered), rows)
            connection.execute(delete(stream.arrivals).where(waiting_here.in_(found)))
            move_counter(connection, stream.counter, number + len(found))
            numbered += len(found)


def page_behind(database: Database, stream: EventStream, client: str, after: str, limit: int) -> Page:
    """The page behind ``after``, or behind what ``client`` acknowledged last when it is ''. Raises Refusal about
    ``after``."""
    number_arrivals(database, stream)
    numbered = stream.numbered.c
    with database.reading() as connection:
        start = (
            read_cursor(after, stream.place, database.store_id, last_number(connection, stream.counter))
            if after
            else _acknowledged(connection, stream, client)
        )
        query = (
            select(numbered.number, events.c.received_at, events.c.body)
            .join(events, events.c.id == numbered.event)
            .where(numbered.number > start)
            .order_by(numbered.number)
            .limit(limit + 1)
        )
        rows: Sequence[Any] = connection.execute(query).all()
    page = rows[:limit]
    return Page(
        rows=[(row.received_at, row.body) for row in page],
        cursor=write_cursor(stream.place, database.store_id, page[-1].number if page else start),
        more=len(rows) > limit,
    )


def acknowledge(
    connection: Connection, stream: EventStream, store_id: bytes, client: str, cursor: str, acknowledged_at: datetime
) -> Acknowledgement:
    """Everything up to ``cursor`` is with ``client``; the cursor that stands then. An older one changes nothing.
    Raises Refusal for a cursor that was never given out."""
    number = read_cursor(cursor, stream.place, store_id, last_number(connection, stream.counter))
    row = {"client": client, "number": number, "acknowledged_at": acknowledged_at.isoformat()}
    insert_new(connection, stream.acknowledged, [row], [stream.acknowledged.c.number])
    return Acknowledgement(write_cursor(stream.place, store_id, _acknowledged(connection, stream, client)))


def _acknowledged(connection: Connection, stream: EventStream, client: str) -> int:
    query = select(func.max(stream.acknowledged.c.number)).where(stream.acknowledged.c.client == client)
    return int(connection.execute(query).scalar_one() or 0)
