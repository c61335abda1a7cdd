"""One answer for one Idempotency-Key: work and answer are committed together, so that a repeat finds both or neither.

Follows draft-ietf-httpapi-idempotency-key-header-07 §2: no key → 400, same key with another request → 422, still
running → 409. «Still running» is known within this process; a second process on the same database waits for the first
one's transaction and then repeats its answer, which serves the client as well.
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select, update

from box.centre.database import Database
from box.centre.dialects import insert_new
from box.centre.problems import Problems, Refusal
from box.centre.tables import idempotency_keys

KEPT = timedelta(days=60)
"""At least 45 days (caller-service.md §10): a box may come back after a month without network."""

_QUOTED = re.compile(r'"((?:[\x20-\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"')
"""RFC 8941 §3.3.3 string."""
_BARE = re.compile(r"[A-Za-z0-9._~:/+=-]+")

LONGEST_KEY = 255


def read_key(header: str | None) -> str:
    """The key in the header: a Structured Field string, or bare as many clients still send it. Raises Refusal."""
    if header is None or not header.strip():
        raise Refusal(Problems.KEY_MISSING)
    text = header.strip()
    quoted = _QUOTED.fullmatch(text)
    key = re.sub(r"\\(.)", r"\1", quoted[1]) if quoted else text
    if not key or len(key) > LONGEST_KEY or (quoted is None and not _BARE.fullmatch(text)):
        raise Refusal(Problems.KEY_MISSING, f"1…{LONGEST_KEY} ASCII")
    return key


@dataclass(frozen=True, slots=True)
class Work:
    """What was done. ``final`` False = a repeat should be judged afresh, as when a person sends a rejected event again
    after the cause was cured."""

    answer: bytes
    final: bool = True


class AnsweredOnce:
    """The keys of one database. Safe to use from several threads."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._guard = threading.Lock()
        self._running: set[tuple[str, str]] = set()

    def answer(
        self, client: str, key: str, request: bytes, now: datetime, work: Callable[[Connection], Work]
    ) -> tuple[bytes, bool]:
        """The answer to this request of this client, and whether it is a repeat: ``work`` is done at most once for a
        key, unless it calls itself not final. Raises Refusal KEY_REUSED or STILL_RUNNING, and what ``work`` raises,
        after which the key is free again."""
        fingerprint = hashlib.sha256(request).hexdigest()
        row = {
            "client": client,
            "key": key,
            "fingerprint": fingerprint,
            "answer": b"",
            "made_at_unix_s": int(now.timestamp()),
        }
        here = (idempotency_keys.c.client == client, idempotency_keys.c.key == key)
        with self._alone(client, key), self._database.writing() as connection:
            if insert_new(connection, idempotency_keys, [row], [idempotency_keys.c.key]):
                done = work(connection)
                if done.final:
                    connection.execute(update(idempotency_keys).where(*here).values(answer=done.answer))
                else:
                    connection.execute(delete(idempotency_keys).where(*here))
                return done.answer, False
            stored = connection.execute(select(idempotency_keys).where(*here)).one()
            if stored.fingerprint != fingerprint:
                raise Refusal(Problems.KEY_REUSED)
            return bytes(stored.answer), True

    def forget_old(self, now: datetime) -> int:
        """Drop keys older than KEPT; how many."""
        oldest = int((now - KEPT).timestamp())
        with self._database.writing() as connection:
            dropped = connection.execute(delete(idempotency_keys).where(idempotency_keys.c.made_at_unix_s < oldest))
            return dropped.rowcount

    @contextmanager
    def _alone(self, client: str, key: str) -> Iterator[None]:
        with self._guard:
            if (client, key) in self._running:
                raise Refusal(Problems.STILL_RUNNING, retry_after_s=1)
            self._running.add((client, key))
        try:
            yield
        finally:
            with self._guard:
                self._running.discard((client, key))
