"""The reference document (tariffs, offices, days off) on disk, and the book made of it once for each version."""

from __future__ import annotations

import logging

import msgspec

from box.accounts.model import Address
from box.accounts.reference import NO_REFERENCE, ReferenceBook
from box.accounts.reference_records import names_of, reference_from
from box.courier.messages import ReferenceDocument
from box.errors import StoreBroken
from box.store.connection import Store

FORM = 1
"""Rises when ReferenceDocument gains a field: what was stored before lacks it, and the centre is asked once more."""

_log = logging.getLogger(__name__)


class ReferenceShelf:
    """The document of one store; one shelf for each thread, like its store. Raises StoreBroken and its kinds."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._book = NO_REFERENCE

    def put(self, document: ReferenceDocument, etag: str) -> tuple[Address | str, ...]:
        """Replace what is here. ``etag`` is the centre's mark of the document, not ''. Returns the names that calls may
        have to say aloud from now on. What cannot be used of the document is logged now, one line each, and not again
        for each call."""
        book = reference_from(document, etag, lambda line: _log.warning("%s", line))
        with self._store.writing() as db:
            db.execute(
                """
                INSERT INTO reference (id, version, document, form) VALUES (1, ?, ?, ?)
                ON CONFLICT (id) DO UPDATE
                SET version = excluded.version, document = excluded.document, form = excluded.form
                """,
                [etag, msgspec.json.encode(document), FORM],
            )
        return tuple(dict.fromkeys(names_of(book)))

    def etag(self) -> str:
        """The mark of what is here, to ask the centre for anything newer; '' when there is nothing, or nothing that
        this release reads in full."""
        with self._store.reading() as db:
            row = db.execute("SELECT version, document FROM reference WHERE form = ?", [FORM]).fetchone()
        return str(row[0]) if row and _decoded(row[1]) else ""

    def book(self) -> ReferenceBook:
        """The book of what is here, :data:`NO_REFERENCE` before the first. Cheap while nothing changes: one row's
        version is read."""
        with self._store.reading() as db:
            row = db.execute("SELECT version FROM reference").fetchone()
            version = row[0] if row else ""
            if version == self._book.version:
                return self._book
            (stored,) = db.execute("SELECT document FROM reference").fetchone()
        document = _decoded(stored)
        if document is None:
            raise StoreBroken(
                f"the database {self._store.path}: the reference document cannot be read: "
                "the courier fetches it anew when the centre can be reached"
            )
        self._book = reference_from(document, version)
        return self._book


def _decoded(stored: bytes) -> ReferenceDocument | None:
    try:
        return msgspec.json.decode(stored, type=ReferenceDocument)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
