"""What billing pulls: readings to book, and callers' requests for its people to carry out."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import msgspec
from sqlalchemy import select

from box.centre.database import Database
from box.centre.streams import READINGS, REQUESTS, page_behind
from box.centre.tables import current_readings, events
from box.courier.messages import (
    CallBackWanted,
    Event,
    PayLinkWanted,
    PhoneDropped,
    PhoneKept,
    PulledReading,
    PulledReadings,
    PulledRequest,
    PulledRequests,
    ReadingTaken,
)


def pull_readings(database: Database, client: str, after: str, limit: int) -> PulledReadings:
    """A page of readings; see ``page_behind``."""
    page = page_behind(database, READINGS, client, after, limit)
    return PulledReadings(tuple(_reading(body, at) for at, body in page.rows), page.cursor, page.more)


def pull_requests(database: Database, client: str, after: str, limit: int) -> PulledRequests:
    """A page of requests; see ``page_behind``."""
    page = page_behind(database, REQUESTS, client, after, limit)
    return PulledRequests(tuple(_request(body, at) for at, body in page.rows), page.cursor, page.more)


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
    return [_reading(row.body, row.received_at) for row in rows]


def _reading(stored: str, received_at: str) -> PulledReading:
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


def _request(stored: str, received_at: str) -> PulledRequest:
    event = msgspec.json.decode(stored, type=Event)
    make = partial(
        PulledRequest,
        event_id=event.event_id,
        box_id=event.box_id,
        seq=event.seq,
        recorded_at=event.recorded_at,
        received_at=received_at,
        clock=event.clock,
    )
    match event.body:
        case CallBackWanted(phone, account, _, service):
            return make(kind="call_back", phone=phone, accounts=(account,) if account else (), service=service)
        case PayLinkWanted(account, phone):
            return make(kind="pay_link", phone=phone, accounts=(account,))
        case PhoneKept(account, phone):
            return make(kind="phone_saved", phone=phone, accounts=(account,))
        case PhoneDropped(phone, accounts):
            return make(kind="phone_forgotten", phone=phone, accounts=accounts)
        case _:
            raise TypeError("only requests are numbered as requests")
