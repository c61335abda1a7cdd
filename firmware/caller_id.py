"""The caller ID block: lines in all their shapes to one :class:`CallerIdReceived`.

Pure; the end of a block (the next RING, one second of quiet, or the line being taken) is told from outside. Reading it
sorts lines, it judges no numbers: whether a number is a known phone is the application's business.
"""

from __future__ import annotations

import re

from firmware.vocabulary import CallerIdReceived

BLOCK_QUIET_S = 1.0
"""This long without a line ends a block (voice-modem.md §9)."""

FIELDS = ("DATE", "TIME", "NMBR", "NAME", "DDN", "MESG", "ERRM")
"""``DDN`` is the called number on some Conexant firmware; ``ERRM`` reports a wrong checksum and may stand alone."""

_LINE = re.compile(r"(?P<field>DATE|TIME|NMBR|NAME|DDN|MESG|ERRM)\s*(?:[=:]\s*(?P<value>.*))?")
_WITHHELD = frozenset({"P", "PRIVATE"})
_DECORATION = re.compile(r"[\s()\-.]")
_NUMBER = re.compile(r"\+?[0-9]{2,20}")


def read_caller_id_line(text: str) -> tuple[str, str] | None:
    """Field and value of one line of the block (``NMBR = 84995550101``, ``DATE=1203``), or None for any other line."""
    match = _LINE.fullmatch(text.strip())
    if match is None or (match["value"] is None and match["field"] != "ERRM"):
        return None
    return match["field"], (match["value"] or "").strip()


class CallerIdBlock:
    """Gathers the lines of one block. Fields may be missing in any combination and come in any order."""

    def __init__(self) -> None:
        self._fields: dict[str, str] = {}
        self._told: tuple[str | None, bool] | None = None

    def add(self, field: str, value: str, at: float) -> CallerIdReceived | None:
        """One line. A field that is already there begins another block, and what the former one said is returned."""
        finished = self.end(at) if field in self._fields else None
        self._fields[field] = value
        return finished

    def end(self, at: float) -> CallerIdReceived | None:
        """The block is over. None if there was none, or if it only repeats what this call has already told."""
        if not self._fields:
            return None
        told = _number(self._fields)
        self._fields.clear()
        if told == self._told or (self._told is not None and told == (None, False)):
            return None
        self._told = told
        return CallerIdReceived(at, number=told[0], withheld=told[1])

    def forget(self) -> None:
        """A new call begins."""
        self._fields.clear()
        self._told = None


def _number(fields: dict[str, str]) -> tuple[str | None, bool]:
    """Number and whether it was withheld. Anything that is not a whole number counts as none: half a number could be
    somebody else's."""
    value = fields.get("NMBR", "")
    if value.upper() in _WITHHELD:
        return None, True
    bare = _DECORATION.sub("", value)
    damaged = "ERRM" in fields
    return (bare, False) if _NUMBER.fullmatch(bare) and not damaged else (None, False)
