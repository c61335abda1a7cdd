"""Event ids: UUID version 7 (RFC 9562 §5.7). The time in them orders ids for people; nothing relies on it, because the
clock of a box may be wrong, and 74 random bits alone keep two ids apart."""

from __future__ import annotations

RANDOM_BYTES = 10


def uuid7(unix_ms: int, random_bytes: bytes) -> str:
    """The id for a moment in milliseconds since 1970 (48 bits) and :data:`RANDOM_BYTES` random bytes, of which the top
    four bits of the first byte and the top two of the third give way to version and variant.

    ValueError when either does not fit: an id must never be made of less randomness than it claims."""
    if not 0 <= unix_ms < 1 << 48:
        raise ValueError("the moment does not fit the 48 bits of a UUIDv7")
    if len(random_bytes) != RANDOM_BYTES:
        raise ValueError(f"a UUIDv7 takes {RANDOM_BYTES} random bytes")
    rand_a = int.from_bytes(random_bytes[:2]) & 0x0FFF
    rand_b = int.from_bytes(random_bytes[2:]) & 0x3FFF_FFFF_FFFF_FFFF
    digits = f"{unix_ms << 80 | 0x7 << 76 | rand_a << 64 | 0b10 << 62 | rand_b:032x}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
