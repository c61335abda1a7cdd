"""Event ids against the example of the standard."""

from __future__ import annotations

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from box.store.event_id import RANDOM_BYTES, uuid7


def test_example_of_rfc_9562() -> None:
    """Appendix A.6: unix_ts_ms 0x017F22E279B0, rand_a 0xCC3, rand_b 0x18C4DC0C0C07398F."""
    random_bytes = bytes.fromhex("0CC3 18C4DC0C0C07398F".replace(" ", ""))
    assert uuid7(0x017F22E279B0, random_bytes) == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"


@given(st.integers(0, 2**48 - 1), st.binary(min_size=RANDOM_BYTES, max_size=RANDOM_BYTES))
def test_every_id_is_version_7_and_tells_its_moment(unix_ms: int, random_bytes: bytes) -> None:
    text = uuid7(unix_ms, random_bytes)
    parsed = uuid.UUID(text)
    assert str(parsed) == text
    assert (parsed.version, parsed.variant) == (7, uuid.RFC_4122)
    assert parsed.int >> 80 == unix_ms


@given(st.binary(min_size=RANDOM_BYTES, max_size=RANDOM_BYTES), st.integers(0, 79))
def test_all_74_random_bits_count_and_no_other(random_bytes: bytes, bit: int) -> None:
    flipped = (int.from_bytes(random_bytes) ^ 1 << bit).to_bytes(RANDOM_BYTES)
    ignored = bit >= 76 or bit in (62, 63)
    assert (uuid7(1, random_bytes) == uuid7(1, flipped)) == ignored


@pytest.mark.parametrize(("unix_ms", "size"), [(-1, 10), (2**48, 10), (0, 9), (0, 11), (0, 0)])
def test_what_does_not_fit_is_refused(unix_ms: int, size: int) -> None:
    with pytest.raises(ValueError):
        uuid7(unix_ms, bytes(size))
