"""Feeding byte cores: the same bytes whole, one by one, and cut at random must mean the same."""

from __future__ import annotations

from collections.abc import Iterator

from hypothesis import strategies as st


def one_by_one(data: bytes) -> list[bytes]:
    """Every byte on its own."""
    return [data[place : place + 1] for place in range(len(data))]


def cut(data: bytes, places: list[int]) -> list[bytes]:
    """``data`` cut at ``places`` (any numbers; taken modulo the length). Pieces may be empty, as reads may be."""
    marks = sorted(place % (len(data) + 1) for place in places)
    return [data[start:end] for start, end in zip([0, *marks], [*marks, len(data)], strict=True)]


def cuttings(data: bytes, places: list[int]) -> Iterator[list[bytes]]:
    """Whole, byte by byte, and cut at ``places``."""
    yield [data]
    yield one_by_one(data)
    yield cut(data, places)


cut_places = st.lists(st.integers(min_value=0, max_value=10_000), max_size=12)
"""For ``places`` of :func:`cut`."""

line_noise = st.binary(max_size=40).map(lambda data: data.translate(None, b"\r\n\x10"))
"""Garbage that ends no line and shields nothing: what a bad contact puts between two lines."""

any_bytes = st.one_of(
    st.binary(max_size=300),
    # Bytes that mean something are rare in uniform noise.
    st.lists(
        st.sampled_from([b"\x10", b"\x03", b"\x1a", b"\r", b"\n", b"X", b".", b"/", b"~", b"1", b"b", b"\x80", b"OK"]),
        max_size=120,
    ).map(b"".join),
)
