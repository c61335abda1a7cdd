"""Lines out of bytes, however they are ended, cut or soiled."""

from __future__ import annotations

import pytest
from hypothesis import given

from firmware.line_framer import MAX_LINE_BYTES, FramedItem, Garbage, Line, LineFramer, Shielded
from tests.kit.feeding import any_bytes, cut_places, cuttings, line_noise


def frame(pieces: list[bytes]) -> list[FramedItem]:
    framer, items = LineFramer(), []
    for piece in pieces:
        framer.feed(piece)
        while (item := framer.next_item()) is not None:
            items.append(item)
    return items


GOLDEN: list[tuple[bytes, list[FramedItem]]] = [
    (b"\r\nOK\r\n", [Line("OK")]),
    (b"ATI0\r\r\n56000\r\n\r\nOK\r\n", [Line("ATI0"), Line("56000"), Line("OK")]),
    (b"OK\n", [Line("OK")]),
    (b"\n\rOK\n\r\n", [Line("OK")]),
    (b"OK\rRING\r\n", [Line("OK"), Line("RING")]),
    (b"\r\r\n\r\nOK\r\r\n", [Line("OK")]),
    (b"\x10R\r\n\x10R\r\n", [Shielded(0x52), Shielded(0x52)]),
    (b"O\x10uK\r\n", [Shielded(0x75), Line("OK")]),
    (b"\x10\x10\r\nOK\r\n", [Shielded(0x10), Line("OK")]),
    (b"\x10\r\nOK\r\n", [Line("OK")]),  # a lone DLE does not swallow the line end
    (b"\xff\xfe\x00\r\nOK\r\n", [Line("\xff\xfe"), Line("OK")]),
    (b"  OK  \r\n", [Line("OK")]),
    (b"DATE = 1122\r\nNMBR = 84995550101\r\n", [Line("DATE = 1122"), Line("NMBR = 84995550101")]),
    (b"x" * MAX_LINE_BYTES + b"\r\n", [Line("x" * MAX_LINE_BYTES)]),
    (b"x" * (MAX_LINE_BYTES + 1) + b"\r\nOK\r\n", [Garbage(MAX_LINE_BYTES + 1), Line("OK")]),
    (b"x" * 2000 + b"\x10b\rOK\r\n", [Garbage(2002), Line("OK")]),
]


@pytest.mark.parametrize(("data", "items"), GOLDEN)
@pytest.mark.parametrize("way", range(3))
def test_golden_bytes(data: bytes, items: list[FramedItem], way: int) -> None:
    assert frame(list(cuttings(data, [3, 7, 8]))[way]) == items


@given(any_bytes, cut_places)
def test_cuts_do_not_matter(data: bytes, places: list[int]) -> None:
    whole, single, cut = (frame(pieces) for pieces in cuttings(data, places))
    assert whole == single == cut


@given(line_noise, line_noise, cut_places)
def test_garbage_between_lines_costs_no_line(before: bytes, between: bytes, places: list[int]) -> None:
    data = before + b"\r\nRING\r\n" + between + b"\r\nOK\r\n"
    for pieces in cuttings(data, places):
        texts = [item.text for item in frame(pieces) if isinstance(item, Line)]
        assert [text for text in texts if text in ("RING", "OK")][-2:] == ["RING", "OK"]


@given(any_bytes)
def test_nothing_but_items_and_bounded_memory(data: bytes) -> None:
    for item in frame([data * 5]):
        assert not isinstance(item, Line) or 0 < len(item.text) <= MAX_LINE_BYTES


def test_a_held_cr_is_taken_when_nothing_follows() -> None:
    framer = LineFramer()
    framer.feed(b"OK\r")
    assert framer.next_item() is None
    assert framer.partial
    assert framer.flush() == Line("OK")
    assert not framer.partial
    framer.feed(b"\nRING\r\n")
    assert framer.next_item() == Line("RING")


def test_flush_of_nothing_and_of_endless_garbage() -> None:
    framer = LineFramer()
    assert framer.flush() is None
    framer.feed(b"x" * 1000)
    assert framer.next_item() is None
    assert framer.flush() == Garbage(1000)
    assert not framer.partial


@pytest.mark.parametrize("way", range(3))
def test_what_follows_connect_is_handed_over_untouched(way: int) -> None:
    """A CR LF belongs to CONNECT; the LF-valued sample behind it does not."""
    stream = b"\n\r\x80\x10\x10\r\n"
    framer, rest, seen = LineFramer(), b"", False
    for piece in list(cuttings(b"\r\nCONNECT\r\n" + stream, [10, 11, 12]))[way]:
        if seen:
            rest += piece
            continue
        framer.feed(piece)
        if framer.next_item() == Line("CONNECT"):
            seen, rest = True, framer.hand_over()
    assert rest == stream
    assert framer.next_item() is None


def test_handing_over_forgets_a_half_line() -> None:
    framer = LineFramer()
    framer.feed(b"CONNECT\r\nabc")
    framer.next_item()
    assert framer.hand_over() == b"abc"
    framer.feed(b"OK\r\n")
    assert framer.next_item() == Line("OK")
