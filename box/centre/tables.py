"""The centre's tables, in SQLAlchemy Core: the same on SQLite and PostgreSQL.

Three streams are paged by outsiders, and all are numbered so that a page never skips a row that commits late: a number
is given only inside a transaction that holds the row of ``counters``, so numbers become visible in their order.
``events`` only ever grows; everything else can be computed from it and from what billing published.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

SCHEMA_VERSION = 2
"""2: callers' requests became a stream of their own, and the reference document came."""

metadata = MetaData()

_ROW_ID = BigInteger().with_variant(Integer, "sqlite")
"""SQLite numbers rows by itself only in a column that is exactly INTEGER."""

store = Table(
    "store",
    metadata,
    Column("only", Integer, primary_key=True),
    Column("store_id", LargeBinary, nullable=False),
    Column("schema_version", Integer, nullable=False),
)
"""One row: which database this is."""

counters = Table(
    "counters",
    metadata,
    Column("name", String(16), primary_key=True),
    Column("value", BigInteger, nullable=False),
)
"""The last number given in each stream."""

events = Table(
    "events",
    metadata,
    Column("id", _ROW_ID, primary_key=True),
    Column("box_id", String(64), nullable=False),
    Column("event_id", String(36), nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("kind", String(32), nullable=False),
    Column("recorded_at", String(40), nullable=False),
    Column("received_at", String(40), nullable=False),
    Column("fingerprint", String(64), nullable=False),
    Column("body", Text, nullable=False),
    UniqueConstraint("box_id", "event_id"),
    Index("events_by_seq", "box_id", "seq"),
)
"""Append-only. ``body`` is the event as it came, keys sorted; ``fingerprint`` its SHA-256."""

rejected_events = Table(
    "rejected_events",
    metadata,
    Column("box_id", String(64), primary_key=True),
    Column("event_id", String(64), primary_key=True),
    Column("fingerprint", String(64), primary_key=True),
    Column("reason", Text, nullable=False),
    Column("received_at", String(40), nullable=False),
    Column("body", Text, nullable=False),
)
"""What was refused, kept for the person who finds out why."""

arrivals = Table("arrivals", metadata, Column("event", ForeignKey("events.id"), primary_key=True, autoincrement=False))
"""Readings that have no number yet."""

numbered_readings = Table(
    "numbered_readings",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("event", ForeignKey("events.id"), nullable=False, unique=True),
)
"""The stream that billing pulls."""

acknowledgements = Table(
    "acknowledgements",
    metadata,
    Column("client", String(80), primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("acknowledged_at", String(40), nullable=False),
)
"""How far each client of billing has booked; the largest number counts."""

request_arrivals = Table(
    "request_arrivals", metadata, Column("event", ForeignKey("events.id"), primary_key=True, autoincrement=False)
)
"""Requests of callers (call back, link for paying, phone kept or forgotten) that have no number yet."""

numbered_requests = Table(
    "numbered_requests",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("event", ForeignKey("events.id"), nullable=False, unique=True),
)
"""The stream that billing's people work from."""

request_acknowledgements = Table(
    "request_acknowledgements",
    metadata,
    Column("client", String(80), primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("acknowledged_at", String(40), nullable=False),
)
"""How far each client of billing has taken requests over; the largest number counts."""

reference = Table(
    "reference",
    metadata,
    Column("only", Integer, primary_key=True),
    Column("etag", String(80), nullable=False),
    Column("document", Text, nullable=False),
    Column("published_at", String(40), nullable=False),
)
"""One row at most: the reference document as billing published it last, keys sorted; ``etag`` follows from it."""

current_readings = Table(
    "current_readings",
    metadata,
    Column("account", String(20), primary_key=True),
    Column("meter", String(64), primary_key=True),
    Column("period", String(7), primary_key=True),
    Column("event", ForeignKey("events.id"), nullable=False),
)
"""The submission that stands for a meter in a month (YYYY-MM, Moscow time)."""

accounts = Table(
    "accounts",
    metadata,
    Column("number", String(20), primary_key=True),
    Column("record", Text, nullable=False),
)
"""What billing published last: AccountRecord as JSON, '' = a tombstone."""

account_audience = Table(
    "account_audience",
    metadata,
    Column("box_id", String(64), primary_key=True),
    Column("account", String(20), primary_key=True),
    Column("changed", BigInteger, nullable=False),
    Column("served", Integer, nullable=False),
    Index("audience_by_change", "box_id", "changed"),
    Index("audience_by_account", "account"),
)
"""Who hears of an account: a row for each box named, box_id '' for every box. ``served`` 0 = it is to be forgotten
there. All rows of one account carry the same number, that of its last change in the feed."""

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("client", String(80), primary_key=True),
    Column("key", String(255), primary_key=True),
    Column("fingerprint", String(64), nullable=False),
    Column("answer", LargeBinary, nullable=False),
    Column("made_at_unix_s", BigInteger, nullable=False, index=True),
)
