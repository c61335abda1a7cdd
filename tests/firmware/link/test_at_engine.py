"""One command in flight, and everything else sorted by what it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.at_engine import AFTER_WEAK_FINAL_S, GAP_S, MAX_INFORMATION_LINES, PARTIAL_LINE_S, AtEngine
from firmware.at_events import (
    COMMAND_S,
    STREAM_OPEN,
    AtCommand,
    AtEvent,
    CallerIdLine,
    CodeSeen,
    CommandDone,
    LineDropped,
    RingSeen,
    StrayResult,
    UnknownText,
)
from firmware.codes import ResultCode
from firmware.errors import Misuse
from tests.kit.feeding import any_bytes, cut_places, cuttings, line_noise

T = 50.0


def drain(engine: AtEngine, now: float = T) -> list[AtEvent]:
    events = []
    while (event := engine.next_event(now)) is not None:
        events.append(event)
    return events


def hear(engine: AtEngine, data: bytes, now: float = T) -> list[AtEvent]:
    engine.feed(data, now)
    return drain(engine, now)


def asked(text: str = "AT+VLS=1", **more: object) -> tuple[AtEngine, AtCommand]:
    engine, command = AtEngine(), AtCommand(text, **more)  # type: ignore[arg-type]
    engine.send(command, T)
    assert engine.data_to_send() == [text.encode() + b"\r"]
    return engine, command


def done(
    command: AtCommand, result: ResultCode | None = ResultCode.OK, *information: str, at: float = T
) -> CommandDone:
    return CommandDone(at, command, result, information)


def summary(events: list[AtEvent]) -> list[object]:
    """CommandDone compares its command by identity, which a second engine cannot match."""
    return [(e.result, e.information) if isinstance(e, CommandDone) else e for e in events]


def test_answer_with_information() -> None:
    engine, command = asked("ATI3")
    events = hear(engine, b"\r\nCX93001-EIS_V0.2013-V92\r\n\r\nOK\r\n")
    assert events == [done(command, ResultCode.OK, "CX93001-EIS_V0.2013-V92")]
    assert events[0].ok  # type: ignore[union-attr]
    assert not engine.busy
    assert engine.next_deadline() is None


def test_echo_is_dropped() -> None:
    engine, command = asked("ATI0")
    assert hear(engine, b"ATI0\r\r\n5601\r\n\r\nOK\r\n") == [done(command, ResultCode.OK, "5601")]


def test_only_the_echo_of_the_command_is_an_echo() -> None:
    engine, command = asked("ATI3")
    assert hear(engine, b"ATI3\r\r\nATLAS 3000\r\n\r\nOK\r\n") == [done(command, ResultCode.OK, "ATLAS 3000")]


@pytest.mark.parametrize("text", ["OKAY", "ERRORS", "OK.", "CONNECT 9600", "ok", "NO CARRIERS", "+CME ERROR: 3"])
def test_only_a_whole_line_is_final(text: str) -> None:
    engine, command = asked()
    assert hear(engine, f"\r\n{text}\r\n".encode()) == []
    assert hear(engine, b"\r\nOK\r\n") == [done(command, ResultCode.OK, text)]


def test_error_refuses() -> None:
    engine, command = asked()
    events = hear(engine, b"\r\nERROR\r\n")
    assert events == [done(command, ResultCode.ERROR)]
    assert not events[0].ok  # type: ignore[union-attr]


UNSOLICITED: list[tuple[bytes, list[AtEvent]]] = [
    (b"\r\nRING\r\n", [RingSeen(T)]),
    (b"\x10R", [CodeSeen(T, 0x52)]),
    (b"\r\nDATE = 1122\r\n", [CallerIdLine(T, "DATE", "1122")]),
    (b"\r\nTIME=1805\r\n", [CallerIdLine(T, "TIME", "1805")]),
    (b"\r\nNMBR = 84995550101\r\n", [CallerIdLine(T, "NMBR", "84995550101")]),
    (b"\r\nNAME = \r\n", [CallerIdLine(T, "NAME", "")]),
    (b"\r\nMESG = 0A0B\r\n", [CallerIdLine(T, "MESG", "0A0B")]),
    (b"\r\nERRM\r\n", [CallerIdLine(T, "ERRM", "")]),
    (b"\r\nDIGITAL LINE DETECTED\r\n", []),
    (b"\r\nRINGING\r\n", []),
    (b"\r\nBUSY\r\n", [LineDropped(T, ResultCode.BUSY)]),
    (b"\r\nNO CARRIER\r\n", [LineDropped(T, ResultCode.NO_CARRIER)]),
]


@pytest.mark.parametrize(("data", "events"), UNSOLICITED)
def test_unsolicited_lines_are_sorted_even_in_mid_answer(data: bytes, events: list[AtEvent]) -> None:
    engine, command = asked("ATI3")
    assert hear(engine, b"\r\nline 1\r\n" + data + b"\r\nline 2\r\n") == events
    assert hear(engine, b"\r\nOK\r\n") == [done(command, ResultCode.OK, "line 1", "line 2")]


@pytest.mark.parametrize(("data", "events"), UNSOLICITED)
def test_unsolicited_lines_without_a_command(data: bytes, events: list[AtEvent]) -> None:
    assert hear(AtEngine(), data) == events


def test_a_stray_ok_does_not_open_a_stream() -> None:
    engine, command = asked("AT+VTX", success=STREAM_OPEN)
    assert hear(engine, b"\r\nOK\r\n") == [StrayResult(T, ResultCode.OK)]
    assert hear(engine, b"\r\nCONNECT\r\n") == [done(command, ResultCode.CONNECT)]


def test_a_doubled_ok_does_not_answer_the_next_command() -> None:
    engine, command = asked("AT+FCLASS=8")
    engine.feed(b"\r\nOK\r\n\r\nOK\r\n", T)
    assert engine.next_event(T) == done(command)
    following = AtCommand("AT+VLS=1")
    engine.send(following, T)
    assert engine.data_to_send() == []  # the gap
    assert drain(engine) == [StrayResult(T, ResultCode.OK)]
    assert engine.next_deadline() == T + GAP_S
    engine.on_deadline(T + GAP_S)
    assert engine.data_to_send() == [b"AT+VLS=1\r"]
    assert hear(engine, b"\r\nOK\r\n", T + 0.1) == [done(following, at=T + 0.1)]


def test_an_ok_without_the_information_asked_for_is_not_the_answer() -> None:
    engine, command = asked("AT+VSM=?", wants_information=True)
    assert hear(engine, b"\r\nOK\r\n") == [StrayResult(T, ResultCode.OK)]
    assert hear(engine, b'\r\n4,"ULAW",8,0,8000,0,0\r\n\r\nOK\r\n') == [
        done(command, ResultCode.OK, '4,"ULAW",8,0,8000,0,0')
    ]


def test_a_modem_that_really_has_no_information_is_believed_the_second_time() -> None:
    engine, command = asked("ATI3", wants_information=True)
    hear(engine, b"\r\nOK\r\n")
    assert hear(engine, b"\r\nOK\r\n") == [done(command)]


def test_no_answer_in_time() -> None:
    engine, command = asked()
    assert engine.next_deadline() == T + COMMAND_S
    assert engine.on_deadline(T + COMMAND_S - 0.001) == []
    assert engine.on_deadline(T + COMMAND_S) == [done(command, None, at=T + COMMAND_S)]
    assert hear(engine, b"\r\nOK\r\n", T + 6) == [StrayResult(T + 6, ResultCode.OK)]


def test_busy_may_be_the_answer_or_a_report() -> None:
    engine, command = asked()
    assert hear(engine, b"\r\nBUSY\r\n") == [LineDropped(T, ResultCode.BUSY)]
    assert engine.next_deadline() == T + AFTER_WEAK_FINAL_S
    assert engine.on_deadline(T + AFTER_WEAK_FINAL_S) == [done(command, ResultCode.BUSY, at=T + AFTER_WEAK_FINAL_S)]
    engine, command = asked()
    assert hear(engine, b"\r\nBUSY\r\n\r\nOK\r\n") == [LineDropped(T, ResultCode.BUSY), done(command)]


def test_only_one_command_in_flight() -> None:
    engine, _ = asked()
    with pytest.raises(Misuse):
        engine.send(AtCommand("AT"), T)


def test_cancelled_commands_are_answered_to_nobody() -> None:
    engine, _ = asked()
    engine.cancel()
    assert not engine.busy
    assert engine.next_deadline() is None
    assert hear(engine, b"\r\nOK\r\n") == [StrayResult(T, ResultCode.OK)]


def test_codes_are_written_without_a_gap_and_an_empty_wire_only_waits() -> None:
    engine, _ = asked()
    hear(engine, b"\r\nOK\r\n")
    engine.send(AtCommand("", wire=b"\x10\x03"), T)
    assert engine.data_to_send() == [b"\x10\x03"]
    hear(engine, b"\r\nOK\r\n")
    command = AtCommand("", wire=b"", timeout_s=0.25)
    engine.send(command, T)
    assert engine.data_to_send() == []
    assert engine.next_deadline() == T + 0.25
    assert hear(engine, b"\r\nVCON\r\n") == [done(command, ResultCode.VCON)]


def test_a_modem_that_ends_lines_with_cr_alone() -> None:
    engine, command = asked()
    assert hear(engine, b"\rOK\r") == []
    assert engine.next_deadline() == T + PARTIAL_LINE_S
    assert engine.on_deadline(T + PARTIAL_LINE_S) == [done(command, at=T + PARTIAL_LINE_S)]


def test_a_flood_of_text_is_bounded() -> None:
    engine, _ = asked()
    events = hear(engine, b"\r\nnonsense" * 1000 + b"\r\nOK\r\n")
    assert isinstance(events[0], CommandDone)
    assert len(events[0].information) == MAX_INFORMATION_LINES


def test_unasked_text_is_reported() -> None:
    assert hear(AtEngine(), b"\r\nhello\r\n") == [UnknownText(T, "hello")]


def test_connect_stops_the_reading() -> None:
    engine, command = asked("AT+VRX", success=STREAM_OPEN)
    engine.feed(b"\r\nCONNECT\r\n\xff\nRING\r\n", T)
    assert engine.next_event(T) == done(command, ResultCode.CONNECT)
    assert engine.hand_over() == b"\xff\nRING\r\n"
    assert drain(engine) == []


TALK = (
    b"\r\nRING\r\nAT+VLS=1\r\r\nDATE=1122\r\n\x10/\x105\x10~\r\ntext\r\nNMBR = P\r\n\r\nDIGITAL LINE DETECTED\r\n"
    b"\r\nOK\r\n\r\nOK\r\n\r\nBUSY\r\n\xff\xfe\r\nNO CARRIER\r\n"
)


@given(cut_places)
def test_cuts_do_not_matter(places: list[int]) -> None:
    results = []
    for pieces in cuttings(TALK, places):
        engine, _ = asked()
        results.append(summary([event for piece in pieces for event in hear(engine, piece)]))
    assert results[0] == results[1] == results[2]
    assert (ResultCode.OK, ("text",)) in results[0]


@given(any_bytes, cut_places, st.booleans())
def test_garbage_means_the_same_however_cut_and_raises_nothing(data: bytes, places: list[int], busy: bool) -> None:
    results = []
    for pieces in cuttings(data, places):
        engine = asked()[0] if busy else AtEngine()
        results.append(summary([event for piece in pieces for event in hear(engine, piece)]))
    assert results[0] == results[1] == results[2]


@given(line_noise)
def test_noise_before_an_answer_does_not_hide_it(noise: bytes) -> None:
    engine, command = asked()
    events = hear(engine, noise + b"\r\nOK\r\n")
    assert isinstance(events[-1], CommandDone)
    assert events[-1].command is command
    assert events[-1].ok
