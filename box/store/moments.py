"""Moments as the store writes them: RFC 3339 in UTC with milliseconds, one width, so that text order is time order."""

from __future__ import annotations

from datetime import UTC, datetime

from box.errors import StoreMisused


def utc_text(moment: datetime) -> str:
    """``2026-11-15T08:30:00.125Z``. A moment without a time zone means nothing and is a defect (StoreMisused)."""
    if moment.tzinfo is None:
        raise StoreMisused("a moment without a time zone cannot be stored: a defect of the program, please report it")
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def from_utc_text(text: str) -> datetime:
    """The moment that :func:`utc_text` wrote; ValueError for any other text."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
