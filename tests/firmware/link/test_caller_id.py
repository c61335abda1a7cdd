"""Caller ID blocks in all their shapes (voice-modem.md §3, §9)."""

from __future__ import annotations

import pytest

from firmware.caller_id import CallerIdBlock, read_caller_id_line
from firmware.vocabulary import CallerIdReceived


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("DATE = 1122", ("DATE", "1122")),
        ("DATE=1203", ("DATE", "1203")),
        ("NMBR=84995550101", ("NMBR", "84995550101")),
        ("NMBR = ", ("NMBR", "")),
        ("NMBR: 84995550101", ("NMBR", "84995550101")),
        ("NAME = A = B", ("NAME", "A = B")),
        ("MESG = 0601", ("MESG", "0601")),
        ("ERRM", ("ERRM", "")),
        ("NMBR", None),
        ("NMBRS = 1", None),
        ("xNMBR = 1", None),
        ("OK", None),
        ("DATES", None),
    ],
)
def test_lines(line: str, wanted: tuple[str, str] | None) -> None:
    assert read_caller_id_line(line) == wanted


def block(*lines: tuple[str, str]) -> CallerIdReceived | None:
    gathered = CallerIdBlock()
    for field, value in lines:
        assert gathered.add(field, value, 1.0) is None
    return gathered.end(2.0)


@pytest.mark.parametrize(
    ("lines", "number", "withheld"),
    [
        ([("DATE", "1122"), ("TIME", "1805"), ("NMBR", "84995550101")], "84995550101", False),
        ([("NMBR", "+74995550101")], "+74995550101", False),
        ([("NMBR", "8 (499) 555-01-01")], "84995550101", False),
        ([("NMBR", "P")], None, True),
        ([("NMBR", "PRIVATE")], None, True),
        ([("NMBR", "O")], None, False),
        ([("NMBR", "OUT OF AREA")], None, False),
        ([("NMBR", "")], None, False),
        ([("DATE", "1122"), ("TIME", "1805")], None, False),
        ([("NMBR", "8499555\xff101")], None, False),  # damaged on the wire: half a number is somebody else's
        ([("NMBR", "84995550101"), ("ERRM", "")], None, False),  # wrong checksum
        ([("MESG", "0601")], None, False),
        ([("NMBR", "٣٤٥٦")], None, False),  # digits, but none of a telephone
    ],
)
def test_what_a_block_says(lines: list[tuple[str, str]], number: str | None, withheld: bool) -> None:
    assert block(*lines) == CallerIdReceived(2.0, number, withheld)


def test_no_block_says_nothing() -> None:
    assert block() is None


def test_the_same_number_after_each_ring_is_told_once() -> None:
    gathered = CallerIdBlock()
    gathered.add("NMBR", "84995550101", 1.0)
    assert gathered.end(2.0) is not None
    gathered.add("NMBR", "84995550101", 6.0)
    assert gathered.end(7.0) is None
    gathered.add("DATE", "1122", 8.0)
    assert gathered.end(9.0) is None  # less than what is known
    gathered.forget()
    gathered.add("NMBR", "84995550101", 60.0)
    assert gathered.end(61.0) is not None


def test_a_number_that_comes_late_is_told() -> None:
    gathered = CallerIdBlock()
    gathered.add("DATE", "1122", 1.0)
    assert gathered.end(2.0) == CallerIdReceived(2.0, None, False)
    gathered.add("NMBR", "84995550102", 6.0)
    assert gathered.end(7.0) == CallerIdReceived(7.0, "84995550102", False)


def test_a_repeated_field_begins_another_block() -> None:
    gathered = CallerIdBlock()
    gathered.add("NMBR", "84995550101", 1.0)
    assert gathered.add("NMBR", "84995550102", 1.1) == CallerIdReceived(1.1, "84995550101", False)
    assert gathered.end(2.0) == CallerIdReceived(2.0, "84995550102", False)
