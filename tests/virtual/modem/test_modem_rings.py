"""Rings and caller numbers as the host reads them, byte for byte."""

from __future__ import annotations

import pytest

from firmware.virtual import modem_events as told
from firmware.virtual.line import CallerIdBlock
from tests.kit.modem_bench import OK, ModemBench
from tests.kit.scripted_line import ScriptedLine

BURSTS = [(50, 99), (300, 349), (550, 599)]  # 1 s on, 4 s off
RING = b"\r\nRING\r\n"


def ringing(profile: str = "generic", caller: CallerIdBlock | None = None) -> ModemBench:
    return ModemBench(profile, ScriptedLine(rings=BURSTS, caller_id=caller))


def test_ring_once_a_burst_in_class_0() -> None:
    bench = ringing()
    assert bench.run(1.1) == b""
    assert bench.run(1.0) == RING
    assert bench.run(3.9) == b""
    assert bench.run(10.0) == RING * 2
    assert [event.count for event in bench.of(told.Ring)] == [1, 2, 3]
    assert bench.ask("ATS1?") == b"\r\n003\r\n" + OK


def test_ring_in_class_8_is_a_dle_event() -> None:
    bench = ringing()
    bench.ask("AT+FCLASS=8")
    assert bench.run(13.0) == b"\x10R" * 3


def test_a_click_is_no_ring_and_a_later_call_counts_from_one() -> None:
    line = ScriptedLine(rings=[(10, 15), (50, 99), (700, 749)])
    bench = ModemBench(line=line)
    assert bench.run(16.0) == RING * 2
    assert [event.count for event in bench.of(told.Ring)] == [1, 1]


def test_ringing_ends_when_the_line_is_taken() -> None:
    bench = ringing()
    bench.run(1.5)
    bench.off_hook()
    assert bench.run(12.0) == b""


@pytest.mark.parametrize(
    ("profile", "block"),
    [
        ("generic", b"\r\nDATE = 0705\r\nTIME = 1230\r\nNMBR = 4995550101\r\n"),
        ("conexant", b"\r\nDATE = 0705\r\nTIME = 1230\r\nNMBR = 4995550101\r\n"),
        ("usr5637", b"\r\nDATE=0705\r\nTIME=1230\r\nNMBR=4995550101\r\n"),
    ],
)
def test_caller_number_between_the_rings(profile: str, block: bytes) -> None:
    bench = ringing(profile, CallerIdBlock("0705", "1230", "4995550101"))
    assert bench.ask("AT+VCID=1") == OK
    assert bench.run(7.0) == RING + block + RING
    assert [event.number for event in bench.of(told.CallerIdSent)] == ["********01"]


@pytest.mark.parametrize(
    ("block", "text"),
    [
        (CallerIdBlock("0705", "1230", None, withheld=True), b"NMBR = P\r\n"),
        (CallerIdBlock("0705", "1230", None), b"NMBR = O\r\n"),
    ],
)
def test_withheld_and_unavailable(block: CallerIdBlock, text: bytes) -> None:
    bench = ringing(caller=block)
    bench.ask("AT+VCID=1")
    assert text in bench.run(3.0)


def test_without_vcid_no_number() -> None:
    bench = ringing(caller=CallerIdBlock("0705", "1230", "4995550101"))
    assert bench.run(7.0) == RING * 2


def test_number_in_class_8() -> None:
    caller = CallerIdBlock("0705", "1230", "4995550101")
    generic, conexant = ringing("generic", caller), ringing("conexant", caller)
    for bench in (generic, conexant):
        bench.ask("AT+FCLASS=8;+VCID=1")
    lines = b"DATE = 0705\r\nTIME = 1230\r\nNMBR = 4995550101\r\n"
    assert generic.run(3.0) == b"\x10R\x10X" + lines + b"\x10."
    assert conexant.run(3.0) == b"\x10R\r\n" + lines


def test_unformatted_number_is_the_message_itself() -> None:
    bench = ringing(caller=CallerIdBlock("0705", "1230", "123"))
    bench.ask("AT+VCID=2")
    said = bench.run(3.0)
    message = bytes.fromhex(said.split(b"MESG = ")[1].split(b"\r")[0].decode())
    assert message[:2] == b"\x80\x0f"
    assert message[2:-1] == b"\x01\x0807051230" + b"\x02\x03123"
    assert sum(message) % 256 == 0


def test_distinctive_ring_prints_its_timing_and_rings_later() -> None:
    bench = ringing()
    bench.ask("AT+VDR=1,15")
    assert bench.run(2.1) == b"\r\nDRON=10\r\n"
    assert bench.run(1.3) == b""
    assert bench.run(0.3) == RING
    assert bench.run(2.6) == b"\r\nDROF=40\r\n"
    assert bench.run(3.0) == b"\r\nDRON=10\r\n" + RING


def test_s0_answers_by_itself() -> None:
    bench = ringing()
    bench.ask("AT+FCLASS=8;S0=2")
    assert bench.run(6.0) == b"\x10R"
    assert bench.run(1.0) == b"\x10R" + OK
    assert bench.line.hooks[-1] is True


def test_usr_takes_the_line_after_the_burst() -> None:
    bench = ringing("usr5637")
    bench.ask("AT+FCLASS=8")
    bench.run(1.4)
    assert bench.ask("AT+VLS=1;+VSM=131;+VTX").endswith(b"CONNECT\r\n")
    bench.say(b"\x00" * 320)
    assert bench.run(0.56) == b""
    assert bench.line.hooks[-1] is False
    bench.run(0.2)
    assert bench.line.hooks[-1] is True
    assert bench.line.sent_sound().any(), "the prompt waited for the line"


def test_a_line_that_is_down_tells_the_next_opener_nothing_old() -> None:
    bench = ringing()
    bench.modem.advance(bench.now + 3.0)
    bench.modem.host_opened(bench.now + 3.0)
    assert bench.modem.take_output() == b""
