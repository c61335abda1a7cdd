"""Two hobby programs as transcripts, against the modem in simulated time: what callattendant and pycallblock send, in
their order and with their carelessness. Written from their published behaviour, not from their code.

callattendant reads lines and compares them with OK and CONNECT; it plays 8-bit files in blocks of 1024 bytes without
doubling 0x10, ends with DLE ETX CR, records blocks and looks for codes in them. pycallblock uses duplex streams.
"""

from __future__ import annotations

import pytest

from firmware.virtual import modem_events as told
from firmware.virtual.line import CallerIdBlock
from tests.kit import tones
from tests.kit.modem_bench import CONNECT, OK, ModemBench
from tests.kit.scripted_line import ScriptedLine
from tests.kit.second_g711 import unshield

CALLER = CallerIdBlock("0705", "1230", "4995550101")
BURSTS = [(50, 99), (300, 349), (550, 599), (800, 849)]

ATTENDANT = {
    "conexant": ("AT+VSM=1,8000,0,0", "AT+VSD=128,0"),
    "usr5637": ("AT+VSM=128,8000", "AT+VSD=128,0"),
}


def attendants_call(profile: str, voice: tones.Sound) -> ModemBench:
    """Opening, setting up and waiting for the first ring with a number; then the line is taken."""
    line = ScriptedLine(tones.samples(voice), rings=BURSTS, caller_id=CALLER)
    bench = ModemBench(profile, line, echo=True)
    assert bench.say(b"ATZ\r").endswith(OK)
    assert bench.say(b"ATE0\r").endswith(OK)
    for command in ("ATI0", "ATV1", "ATX4", "AT&C1&D2", "ATS0=0", "AT-STE=1", "AT+VCID=1", "AT+FCLASS=0", "AT&W0"):
        answer = bench.ask(command)
        assert answer.endswith(OK), command
    heard = bench.run(4.0)
    lines = [line for line in heard.replace(b"\r", b"").split(b"\n") if line]
    # A blank line between the fields would make the program forget what it has read.
    block = heard[heard.index(b"DATE") : heard.index(b"NMBR")]
    assert b"\r\n\r\n" not in block
    fields = dict(line.replace(b" ", b"").split(b"=") for line in lines if b"=" in line)
    assert fields == {b"DATE": b"0705", b"TIME": b"1230", b"NMBR": b"4995550101"}
    bench.ask("AT+FCLASS=8")
    for command in (*ATTENDANT[profile][:1], "AT+VLS=1"):
        assert bench.ask(command) == OK, command
    return bench


@pytest.mark.parametrize("profile", ["conexant", "usr5637"])
def test_callattendant_greets_beeps_records_and_hangs_up(profile: str) -> None:
    voice = tones.white_noise(-25, 20.0, seed=11)
    bench = attendants_call(profile, voice)
    bench.run(0.5)
    assert bench.ask("AT+VTX") == CONNECT
    greeting = bytes((40 * number % 251) | 0x20 for number in range(4096))
    for start in range(0, 4096, 1024):
        bench.say(greeting[start : start + 1024])
        bench.run(0.13)
    said = bench.say(b"\x10\x03\r") + bench.run(0.5)
    assert said.endswith(b"\x10u" + OK)
    (ended,) = bench.of(told.TransmitEnded)
    assert isinstance(ended, told.TransmitEnded)
    assert ended.samples == 4096
    assert bench.ask("AT+VTS=[900,900,120]") == b""
    assert bench.run(1.3) == OK
    bench.ask(ATTENDANT[profile][1])
    assert bench.ask("AT+VRX") == CONNECT
    recorded = bench.run(3.0)
    tail = bench.say(b"\x10!\r")
    assert b"\x10\x03" in tail
    assert b"OK" in tail
    sound, _ = unshield(recorded)
    assert len(sound) == 3 * 8000 - 160
    for command in ("ATH", "AT+FCLASS=0", "ATZ"):
        bench.ask(command)
    bench.run(0.1)
    assert bench.line.hooks[-1] is False
    assert len(bench.of(told.OffHook)) == len(bench.of(told.OnHook)) == 1


def test_callattendant_hears_one_digit_a_press_in_a_recording() -> None:
    """It takes every DLE digit for a press, so a Conexant must tell it once."""
    press = [tones.silence(2.5), tones.key_tone("1", 0.3), tones.white_noise(-30, 3.0, seed=12)]
    import numpy as np

    bench = attendants_call("conexant", np.concatenate(press))
    bench.ask("AT+VRX")
    stream = bench.run(5.0)
    assert stream.count(b"\x10/\x101") == 1
    assert stream.count(b"\x101") == 1
    assert stream.count(b"\x10~") == 1


def test_callattendant_survives_its_own_unshielded_sound() -> None:
    bench = attendants_call("conexant", tones.silence(1.0))
    bench.ask("AT+VTX")
    careless = b"\x80\x10\x7f\x82\x10\x41" * 300
    bench.say(careless[:1024])
    bench.run(0.13)
    bench.say(careless[1024:])
    assert (bench.say(b"\x10\x03") + bench.run(1.0)).endswith(OK)


def test_pycallblock_talks_both_ways_and_reads_a_key_once() -> None:
    import numpy as np

    voice = np.concatenate([tones.silence(1.0), tones.key_tone("7", 0.2), tones.white_noise(-30, 5.0, seed=13)])
    bench = ModemBench("conexant", ScriptedLine(tones.samples(voice), rings=BURSTS, caller_id=CALLER))
    assert bench.ask("AT-SCID=1;+VCID=1;-STE=3") == OK
    heard = bench.run(4.0)
    assert b"NMBR = 4995550101\r\n" in heard
    for command in ("AT+FCLASS=8", "AT+VSM=131,8000", "AT+VSD=129,50", "AT+VLS=1"):
        assert bench.ask(command) == OK, command
    assert bench.ask("AT+VTR") == CONNECT
    stream = b""
    for _ in range(100):
        stream += bench.say(b"\xd5" * 160) + bench.run(0.02)
    sound, letters = unshield(stream)
    assert len(sound) == pytest.approx(16000, abs=320)
    assert bytes(letters) == b"/7~"
    assert bench.say(b"\x10^").endswith(b"\x10\x03" + OK)
    assert bench.ask("AT+VLS=0") == OK
