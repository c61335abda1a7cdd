"""The grammar of a command line: what the clients write, and what must not be taken for something else."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.virtual.modem_syntax import BadCommand, Command, CommandLineReader, Operation, next_command
from tests.kit.feeding import cuttings

SET, READ, TEST, EXECUTE = Operation.SET, Operation.READ, Operation.TEST, Operation.EXECUTE


def commands(line: str) -> list[Command]:
    found, rest = [], line
    while (one := next_command(rest)) is not None:
        found.append(one[0])
        rest = one[1]
    return found


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("", []),
        (";; ;", []),
        ("E0V1", [Command("E", EXECUTE, "0"), Command("V", EXECUTE, "1")]),
        ("&F&D2", [Command("&F", EXECUTE), Command("&D", EXECUTE, "2")]),
        ("\\N3%C0", [Command("\\N", EXECUTE, "3"), Command("%C", EXECUTE, "0")]),
        ("S0=1S7?", [Command("S", SET, "0=1"), Command("S", READ, "7")]),
        ("S0=", [Command("S", SET, "0=0")]),
        ("+FCLASS=8", [Command("+FCLASS", SET, "8")]),
        ("+FCLASS=?;+FCLASS?", [Command("+FCLASS", TEST), Command("+FCLASS", READ)]),
        ("-SCID=1;+VCID=1;-STE=3", [Command("-SCID", SET, "1"), Command("+VCID", SET, "1"), Command("-STE", SET, "3")]),
        ("+VRA=70+VRN=100", [Command("+VRA", SET, "70"), Command("+VRN", SET, "100")]),
        ("+VTS={!,30},[,,100],#,*", [Command("+VTS", SET, "{!,30},[,,100],#,*")]),
        ("+VTS=#", [Command("+VTS", SET, "#")]),
        ("+VLS=1;+VTX", [Command("+VLS", SET, "1"), Command("+VTX", EXECUTE)]),
        ('+X="A;B+C"', [Command("+X", SET, '"A;B+C"')]),
        ("DT123W4;H", [Command("D", EXECUTE, "T123W4;"), Command("H", EXECUTE)]),
        ("D123#A", [Command("D", EXECUTE, "123#A")]),
        ("#CID=1", [Command("#CID", SET, "1")]),
        ("!4886=05", [Command("!4886", SET, "05")]),
    ],
)
def test_lines(line: str, expected: list[Command]) -> None:
    assert commands(line) == expected


@pytest.mark.parametrize("line", ["$", "1", "&", "+", "+=1", "\x00", "=?", "E0$"])
def test_what_is_no_command(line: str) -> None:
    with pytest.raises(BadCommand):
        commands(line)


@given(st.text(alphabet=st.characters(min_codepoint=0, max_codepoint=127), max_size=60))
def test_any_line_ends_or_is_refused(line: str) -> None:
    with contextlib.suppress(BadCommand):
        assert len(commands(line.upper())) <= len(line)


@given(st.binary(max_size=60), st.lists(st.integers(0, 60), max_size=5))
def test_any_cut_of_any_bytes_gives_the_same_lines(data: bytes, places: list[int]) -> None:
    expected = [line for line in map(CommandLineReader().take, data) if line is not None]
    for pieces in cuttings(data, places):
        reader = CommandLineReader()
        assert [line for piece in pieces for line in map(reader.take, piece) if line is not None] == expected


def test_a_flood_without_end_is_forgotten_not_kept() -> None:
    reader = CommandLineReader()
    for byte in b"AT" + b"S" * 100_000:
        assert reader.take(byte) is None
    line = reader.take(13)
    assert line is not None
    assert len(line) < 2000
