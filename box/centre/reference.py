"""The reference document (tariffs, offices, days off) from billing to all boxes: one for all, replaced as a whole.

Billing hears at once of entries that boxes will pass over; the others are published, since a misspelt hour of one
office must not keep a new price from every caller. The ETag follows from the content, so that publishing the same again
costs the boxes nothing (RFC 9110 §8.8.3, §13.1.2).
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import datetime

import msgspec
from sqlalchemy import Connection, select, update

from box.accounts.reference_records import reference_from
from box.centre.database import Database
from box.centre.dialects import insert_new
from box.centre.tables import reference
from box.courier.messages import ReferenceDocument, ReferencePublished

MOST_FINDINGS = 20

EMPTY = '{"holidays":[],"offices":[],"tariffs":[]}'
"""What boxes get before billing has published anything."""

_ETAG_LIST = re.compile(r'(?:W/)?("[\x21\x23-\x7e]*")')


@dataclass(frozen=True, slots=True)
class Stored:
    """The document as JSON, and its mark in quotes."""

    document: str
    etag: str


def canonical(body: bytes) -> Stored:
    """The document that ``body`` (JSON that was checked) holds, keys sorted; fields that this centre does not know
    stay, for boxes that do."""
    text = json.dumps(json.loads(body), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return Stored(text, etag_of(text))


def etag_of(text: str) -> str:
    """A strong validator: 128 bits of SHA-256, in hex and quotes."""
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'


def publish_reference(connection: Connection, wanted: Stored, now: datetime) -> ReferencePublished:
    """Make this the document that boxes get."""
    findings: list[str] = []
    reference_from(msgspec.json.decode(wanted.document, type=ReferenceDocument), on_finding=findings.append)
    told = tuple(findings[:MOST_FINDINGS])
    row = {"only": 1, "etag": wanted.etag, "document": wanted.document, "published_at": now.isoformat()}
    if insert_new(connection, reference, [row], [reference.c.only]):
        return ReferencePublished(wanted.etag, changed=True, findings=told)
    before = connection.execute(select(reference.c.etag).with_for_update()).scalar_one()
    if before != wanted.etag:
        connection.execute(update(reference).values(row))
    return ReferencePublished(wanted.etag, changed=before != wanted.etag, findings=told)


def stored_reference(database: Database) -> Stored:
    """The document of now."""
    with database.reading() as connection:
        row = connection.execute(select(reference.c.document, reference.c.etag)).first()
    return Stored(row.document, row.etag) if row else Stored(EMPTY, etag_of(EMPTY))


def is_known(if_none_match: str | None, etag: str) -> bool:
    """Whether the header names ``etag``, by weak comparison as RFC 9110 §13.1.2 asks; «*» names any."""
    if if_none_match is None:
        return False
    return if_none_match.strip() == "*" or etag in _ETAG_LIST.findall(if_none_match)
