"""The one way into the outbox: a confirmed event takes the box's next number, inside its writer's transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import msgspec
from sqlite_utils import Database

from box.accounts.model import ClockTrust
from box.courier.messages import Event, EventBody
from box.errors import StoreBroken, StoreMisused
from box.store.connection import Store
from box.store.moments import utc_text


@dataclass(frozen=True, slots=True)
class Stamp:
    """When an event was confirmed, and as what it will be known: the key against doubling (a UUIDv7), wall time with
    the trust it deserves, and the monotonic milliseconds since the machine started."""

    event_id: str
    recorded_at: datetime
    clock: ClockTrust
    uptime_ms: int


def claim(store: Store, box_id: str) -> None:
    """Mark a new database as this box's; StoreBroken when it counts another box's events."""
    owner = _owner(store)
    if owner is None:
        with store.writing() as db:
            db.execute("INSERT INTO box (id, box_id) VALUES (1, ?) ON CONFLICT DO NOTHING", [box_id])
        owner = _owner(store)
    if owner != box_id:
        raise StoreBroken(
            f"the database belongs to the box {owner}, the settings say {box_id}: correct the id in the settings, "
            "or start with an empty database"
        )


def _owner(store: Store) -> str | None:
    with store.reading() as db:
        row = db.execute("SELECT box_id FROM box").fetchone()
    return row[0] if row else None


def append(db: Database, box_id: str, body: EventBody, stamp: Stamp) -> int:
    """Queue an event and return its number. Only inside a writing transaction; the caller has asked :func:`known`."""
    row = db.execute("UPDATE box SET last_seq = last_seq + 1 WHERE box_id = ? RETURNING last_seq", [box_id]).fetchone()
    if row is None:
        raise StoreMisused("the database was not claimed for this box: a defect of the program, please report it")
    seq: int = row[0]
    db.execute(
        "INSERT INTO outbox (seq, event_id, kind, body, queued_at) VALUES (?, ?, ?, ?, ?)",
        [seq, stamp.event_id, kind_of(body), encode(box_id, seq, body, stamp), utc_text(stamp.recorded_at)],
    )
    return seq


def known(db: Database, box_id: str, body: EventBody, stamp: Stamp) -> int | None:
    """The number of this very event when it is in the outbox already, None when it is new; StoreMisused when its id
    stands for another one."""
    row = db.execute("SELECT seq, body FROM outbox WHERE event_id = ?", [stamp.event_id]).fetchone()
    if row is None:
        return None
    seq: int = row[0]
    if row[1] != encode(box_id, seq, body, stamp):
        raise StoreMisused(f"the event id {stamp.event_id} is taken by another event: a defect, please report it")
    return seq


def encode(box_id: str, seq: int, body: EventBody, stamp: Stamp) -> bytes:
    """The message, byte for byte as it will be sent."""
    return msgspec.json.encode(
        Event(
            event_id=stamp.event_id,
            box_id=box_id,
            seq=seq,
            recorded_at=utc_text(stamp.recorded_at),
            clock=stamp.clock.value,
            uptime_ms=stamp.uptime_ms,
            body=body,
        )
    )


def kind_of(body: EventBody) -> str:
    """The tag under which the message names its kind («reading», «call», …)."""
    return str(type(body).__struct_config__.tag)
