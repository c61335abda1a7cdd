"""Logging for people and the journal: one line an entry on standard error, and masks as a second net.

Phones, accounts and addresses mask themselves by type (box.accounts.model); the formatter here masks every long row of
digits that slipped into a message, or into a traceback, in some other way.
"""

from __future__ import annotations

import logging
import re
import sys

_HARMLESS = (
    r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b",  # ids of calls and events
    r"\b\d{4}-\d\d-\d\d(?!\d)",  # dates
    r"\b[a-z]\w*-\d{8}T\d{6}\b",  # names of flight records
    r"//[^\s/]+:\d{1,5}(?!\d)",  # hosts with ports
)
_DIGITS = re.compile(rf"(?P<harmless>{'|'.join(_HARMLESS)})|(?<!\d)\d(?:[ -]?\d){{4,}}(?!\d)")


def masked(text: str) -> str:
    """``text`` with each row of five or more digits, spaced or hyphened or not, replaced by how many there were."""
    return _DIGITS.sub(lambda m: m.group() if m["harmless"] else f"·({sum(map(str.isdigit, m.group()))} digits)", text)


class MaskingFormatter(logging.Formatter):
    """Masks the finished text of an entry, its traceback included."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the library's name
        record.message = masked(record.message)
        return super().formatMessage(record)

    def formatException(self, ei: object) -> str:  # noqa: N802 - the library's name
        return masked(super().formatException(ei))  # type: ignore[arg-type]


def start_logging(level: str = "INFO") -> None:
    """Log to standard error with the time of day; the journal has the date."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(MaskingFormatter("%(asctime)s %(levelname)-7s %(name)s: %(message)s", "%H:%M:%S"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
