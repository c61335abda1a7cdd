"""Faults on command: each spoils what it names and nothing else."""

from __future__ import annotations

import pytest

from firmware.virtual import modem_events as told
from firmware.virtual.modem_faults import AnswerFault, CommandFault, Faults
from firmware.virtual.modem_state import ModemState
from tests.kit.modem_bench import CONNECT, ERROR, OK, START_S, ModemBench
from tests.kit.scripted_line import ScriptedLine


def spoilt(kind: AnswerFault, command: str, times: int = 1, delay_s: float = 0.0) -> ModemBench:
    bench = ModemBench()
    bench.modem.faults.commands.append(CommandFault(kind, command, times, delay_s))
    return bench


def test_no_answer_and_nothing_done() -> None:
    bench = spoilt(AnswerFault.NO_ANSWER, "S7")
    assert bench.ask("ATS7=9") + bench.run(1.0) == b""
    assert bench.ask("ATS7?") == b"\r\n050\r\n" + OK


def test_a_dead_modem_answers_nothing_at_all() -> None:
    bench = spoilt(AnswerFault.NO_ANSWER, "", times=1000)
    assert bench.ask("AT") + bench.ask("ATI") + bench.run(1.0) == b""


def test_lost_ok_though_it_was_done() -> None:
    bench = spoilt(AnswerFault.LOST, "s7")
    assert bench.ask("ATS7=9") == b""
    assert bench.ask("ATS7?") == b"\r\n009\r\n" + OK


def test_late_ok() -> None:
    bench = spoilt(AnswerFault.LATE, "+FCLASS=8", delay_s=1.0)
    assert bench.ask("AT+FCLASS=8") + bench.run(0.98) == b""
    assert bench.run(0.04) == OK


def test_late_connect_delays_the_stream_behind_it() -> None:
    bench = spoilt(AnswerFault.LATE, "+VRX", delay_s=0.5)
    bench.off_hook("1,8000")
    assert bench.ask("AT+VRX") + bench.run(0.48) == b""
    assert bench.run(0.06).startswith(CONNECT + b"\x80")


def test_doubled_ok_and_refusal_and_their_number() -> None:
    bench = spoilt(AnswerFault.DOUBLED, "")
    assert bench.ask("AT") == OK * 2
    assert bench.ask("AT") == OK
    refused = spoilt(AnswerFault.REFUSED, "+VLS=1", times=2)
    refused.ask("AT+FCLASS=8")
    assert [refused.ask("AT+VLS=1") for _ in range(3)] == [ERROR, ERROR, OK]


def test_garbage_before_answers() -> None:
    bench = ModemBench()
    bench.modem.faults.garbage = b"\xfe\x00~"
    assert bench.ask("AT") == b"\xfe\x00~" + OK


def test_split_answers_come_a_byte_a_millisecond() -> None:
    bench = ModemBench()
    bench.modem.faults.split_answers = True
    said = [bench.ask("ATI3")]
    while (due := bench.modem.next_deadline()) < START_S + 1.0 and len(said) < 100:
        bench.modem.advance(due)
        said.append(bench.output())
    assert b"".join(said) == b"\r\nLinebox virtual modem 1\r\n" + OK
    assert {len(piece) for piece in said} <= {0, 1}


def test_line_refused_while_it_rings() -> None:
    bench = ModemBench(line=ScriptedLine(rings=[(0, 50)]), faults=Faults(line_refused_in_ring=True))
    bench.ask("AT+FCLASS=8")
    bench.run(0.5)
    assert bench.ask("AT+VLS=1") == ERROR
    bench.run(0.6)
    assert bench.ask("AT+VLS=1") == OK


@pytest.mark.parametrize("action", ["AT+VTX", "AT+VRX", "AT+VTR"])
def test_stuck_in_a_stream_until_dtr_drops(action: str) -> None:
    bench = ModemBench(faults=Faults(stuck_in_stream=True))
    bench.off_hook("1,8000")
    bench.ask(action)
    stream = bench.say(b"\x10\x18\x10\x03\x10!\x10^\x10\x1b\rATZ\r") + bench.run(2.0)
    assert b"OK" not in stream
    bench.modem.host_closed(bench.now)
    assert bench.modem.state is ModemState.COMMAND
    bench.modem.host_opened(bench.now)
    assert bench.ask("AT") == OK
    bench.run(0.04)
    assert bench.line.hooks[-1] is False


def test_unplugged_in_a_call_and_back_as_after_power_on() -> None:
    faults = Faults(unplug_at=START_S + 1.0, replug_at=START_S + 2.0)
    bench = ModemBench(faults=faults)
    bench.off_hook("1,8000")
    bench.ask("AT+VRX")
    assert bench.run(0.9)
    bench.run(0.3)
    assert bench.modem.unplugged
    assert bench.line.hooks[-1] is False
    assert bench.ask("AT") + bench.run(0.5) == b""
    assert [type(event) for event in bench.of(told.Unplugged, told.OnHook)] == [told.OnHook, told.Unplugged]
    bench.run(0.6)
    assert not bench.modem.unplugged
    assert bench.say(b"AT\r") == b"AT\r" + OK  # echo is on again


def test_closing_the_port_drops_line_class_and_stream_but_keeps_settings() -> None:
    bench = ModemBench()
    bench.ask("ATS7=33")
    bench.off_hook("4,8000")
    bench.ask("AT+VTX")
    bench.say(b"\x00" * 1000)
    bench.run(0.06)
    bench.modem.host_closed(bench.now)
    bench.run(0.04)
    assert bench.line.hooks[-1] is False
    bench.modem.host_opened(bench.now)
    assert bench.ask("AT+FCLASS?") == b"\r\n0\r\n" + OK
    assert bench.ask("ATS7?") == b"\r\n033\r\n" + OK
    assert len(bench.of(told.TransmitAborted)) == 1


def test_d3_resets_on_dropped_dtr() -> None:
    bench = ModemBench()
    bench.ask("ATS7=33&D3")
    bench.modem.host_closed(bench.now)
    bench.modem.host_opened(bench.now)
    bench.ask("ATE0")
    assert bench.ask("ATS7?").endswith(b"\r\n050\r\n" + OK)
