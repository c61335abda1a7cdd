"""Places in the centre's streams, as text that clients keep and never look into.

Pure. A cursor holds the stream, the identity of the database (numbers start again in a new one) and the number of the
last row seen; a checksum tells a damaged cursor from an old one.
"""

from __future__ import annotations

import base64
import binascii
import struct
import zlib
from enum import Enum

from box.centre.problems import Problems, Refusal

_LAYOUT = struct.Struct(">c8sQ")


class Stream(Enum):
    """What is numbered."""

    READINGS = b"r"
    REQUESTS = b"q"
    FEED = b"f"


def write_cursor(stream: Stream, store_id: bytes, number: int) -> str:
    """The cursor behind row ``number`` (0 = before the first). ``store_id`` is 8 bytes."""
    packed = _LAYOUT.pack(stream.value, store_id, number)
    return base64.urlsafe_b64encode(packed + struct.pack(">I", zlib.crc32(packed))).decode().rstrip("=")


def read_cursor(text: str, stream: Stream, store_id: bytes, last_number: int) -> int:
    """The number in a cursor that this centre gave out for this stream. Raises Refusal: CURSOR_WRONG for what is no
    such cursor, CURSOR_UNKNOWN for one of another database or beyond ``last_number`` (the database came from a
    backup)."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise Refusal(Problems.CURSOR_WRONG, "not readable") from None
    if len(raw) != _LAYOUT.size + 4 or struct.unpack(">I", raw[-4:])[0] != zlib.crc32(raw[:-4]):
        raise Refusal(Problems.CURSOR_WRONG, "damaged")
    kind, store, number = _LAYOUT.unpack(raw[:-4])
    if kind != stream.value:
        raise Refusal(Problems.CURSOR_WRONG, "of another stream")
    if store != store_id or number > last_number:
        raise Refusal(Problems.CURSOR_UNKNOWN, "not of this database")
    return int(number)
