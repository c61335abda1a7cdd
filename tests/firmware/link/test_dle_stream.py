"""The voice stream: golden bytes of voice-modem.md §6 and properties over all bytes and cuts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.dle import (
    MAX_PACKET_BYTES,
    KeyShielding,
    Packet,
    Pair,
    Sound,
    StreamDecoder,
    StreamEnded,
    StreamItem,
    shield,
)
from tests.kit.feeding import any_bytes, cut_places, cuttings


def decode(pieces: list[bytes]) -> tuple[list[StreamItem], bytes]:
    """Items with neighbouring sound joined, and what was left over."""
    decoder, items = StreamDecoder(), []
    for piece in pieces:
        for item in decoder.feed(piece):
            if isinstance(item, Sound) and items and isinstance(items[-1], Sound):
                items[-1] = Sound(items[-1].data + item.data)
            else:
                items.append(item)
    return items, decoder.rest


def pair(code: str, key: str | None = None) -> Pair:
    return Pair(ord(code), key)


GOLDEN: list[tuple[bytes, list[StreamItem], bytes]] = [
    (b"\x01\x10\x10\x02", [Sound(b"\x01\x10\x02")], b""),
    (b"\x01\x10\x1a\x02", [Sound(b"\x01\x10\x10\x02")], b""),
    (b"\x80\x10\x03\r\nOK\r\n", [Sound(b"\x80"), StreamEnded()], b"\r\nOK\r\n"),
    (b"\x10\x03\x10\x03", [StreamEnded()], b"\x10\x03"),
    (b"\x10/\x105\x10~", [pair("/"), pair("5", "5"), pair("~")], b""),
    (b"\x10/\x105\x105\x105\x10~", [pair("/"), pair("5", "5"), pair("5"), pair("5"), pair("~")], b""),
    (b"\x105\x105", [pair("5", "5"), pair("5", "5")], b""),  # bare digits: once per press
    (
        b"\x10/\x101\x10~\x10/\x101\x10~",
        [pair("/"), pair("1", "1"), pair("~"), pair("/"), pair("1", "1"), pair("~")],
        b"",
    ),
    (
        b"\x10/\x101\x10/\x101\x10~",
        [pair("/"), pair("1", "1"), pair("/"), pair("1", "1"), pair("~")],
        b"",
    ),  # a ~ got lost
    (b"\x10*\x10#\x10A\x10D", [pair("*", "*"), pair("#", "#"), pair("A", "A"), pair("D", "D")], b""),
    (b"\x01\x10b\x02", [Sound(b"\x01"), pair("b"), Sound(b"\x02")], b""),
    (b"\x01\x10\x99\x02", [Sound(b"\x01"), Pair(0x99, None), Sound(b"\x02")], b""),  # unknown: both bytes go
    (b"\x01\x10XDATE=1122\r\n\x10.\x02", [Sound(b"\x01"), Packet(b"DATE=1122\r\n"), Sound(b"\x02")], b""),
    (b"\x10Xa\x10\x10b\x10.", [Packet(b"a\x10b")], b""),
    (b"\x10Xabc\x10\x03OK", [Packet(b"abc"), StreamEnded()], b"OK"),
    (b"\x10Xab\x10bcd\x10.", [pair("b"), Packet(b"abcd")], b""),
    (b"\x10.\x01", [pair("."), Sound(b"\x01")], b""),
]


@pytest.mark.parametrize(("data", "items", "rest"), GOLDEN)
@pytest.mark.parametrize("way", range(3))
def test_golden_bytes(data: bytes, items: list[StreamItem], rest: bytes, way: int) -> None:
    assert decode(list(cuttings(data, [1, 2, 4]))[way]) == (items, rest)


def test_shielding_is_what_the_standard_says() -> None:
    assert shield(b"\x0f\x10\x11\x10\x10") == b"\x0f\x10\x10\x11\x10\x10\x10\x10"


@given(st.binary(max_size=400), cut_places)
def test_decoding_undoes_shielding(samples: bytes, places: list[int]) -> None:
    wanted = [Sound(samples)] if samples else []
    for pieces in cuttings(shield(samples), places):
        assert decode(pieces) == (wanted, b"")


@given(st.lists(st.integers(0, 255), min_size=256, max_size=256, unique=True), cut_places)
def test_decoding_undoes_shielding_of_every_byte(order: list[int], places: list[int]) -> None:
    for pieces in cuttings(shield(bytes(order)), places):
        assert decode(pieces) == ([Sound(bytes(order))], b"")


@given(any_bytes, cut_places)
def test_cuts_do_not_matter(data: bytes, places: list[int]) -> None:
    whole, single, cut = (decode(pieces) for pieces in cuttings(data, places))
    assert whole == single == cut


@given(st.binary(max_size=60), st.binary(max_size=60), st.sampled_from(list(b"bdqsuoRLJ\x99\x00")), cut_places)
def test_a_pair_in_sixteen_bit_sound_costs_no_alignment(a: bytes, b: bytes, code: int, places: list[int]) -> None:
    for pieces in cuttings(shield(a) + bytes([0x10, code]) + shield(b), places):
        items, _ = decode(pieces)
        assert b"".join(item.data for item in items if isinstance(item, Sound)) == a + b


@given(st.binary(max_size=60), any_bytes, cut_places)
def test_what_follows_the_end_is_untouched(samples: bytes, after: bytes, places: list[int]) -> None:
    for pieces in cuttings(shield(samples) + b"\x10\x03" + after, places):
        items, rest = decode(pieces)
        assert items[-1] == StreamEnded()
        assert rest == after


@given(any_bytes)
def test_every_byte_is_accounted_for(data: bytes) -> None:
    """No input loses or invents sound: what comes out is never longer than what went in."""
    items, rest = decode([data])
    out = sum(len(item.data) for item in items if isinstance(item, Sound | Packet))
    pairs = sum(isinstance(item, Pair | StreamEnded) for item in items)
    assert out + 2 * pairs + len(rest) <= len(data)


def test_a_packet_without_its_end_gives_the_sound_back() -> None:
    items, _ = decode([b"\x10X" + b"\x80" * (MAX_PACKET_BYTES + 100)])
    assert items == [Packet(b"\x80" * MAX_PACKET_BYTES), Sound(b"\x80" * 100)]


def test_a_key_may_go_down_in_one_stream_and_up_in_the_next() -> None:
    keys = KeyShielding()
    first, second = StreamDecoder(keys), StreamDecoder(keys)
    assert first.feed(b"\x10/\x107") == [pair("/"), pair("7", "7")]
    assert second.feed(b"\x107\x107\x10~\x107") == [pair("7"), pair("7"), pair("~"), pair("7", "7")]


def test_two_keys_inside_one_lost_mark_are_two() -> None:
    items, _ = decode([b"\x10/\x101\x101\x102\x102\x10~"])
    assert [item.key for item in items if isinstance(item, Pair) and item.key] == ["1", "2"]


def test_release_forgets_a_key_that_never_went_up() -> None:
    keys = KeyShielding()
    assert [keys.take(code) for code in b"/4"] == [None, "4"]
    keys.release()
    assert keys.take(ord("4")) == "4"
