"""AT commands against the bytes that V.250, V.253 and the vendors' manuals print."""

from __future__ import annotations

import pytest

from firmware.virtual import modem_events as told
from firmware.virtual.modem_profiles import profile_names
from tests.kit.modem_bench import CONNECT, ERROR, OK, ModemBench
from tests.kit.scripted_line import ScriptedLine

CONEXANT_FORMATS = (
    b'\r\n0,"SIGNED PCM",8,0,8000,0,0\r\n1,"UNSIGNED PCM",8,0,8000,0,0\r\n129,"IMA ADPCM",4,0,8000,0,0\r\n'
    b'130,"UNSIGNED PCM",8,0,8000,0,0\r\n131,"Mu-Law",8,0,8000,0,0\r\n132,"A-Law",8,0,8000,0,0\r\n'
    b'133,"14 bit PCM",14,0,8000,0,0\r\n'
)


def test_echo_until_switched_off() -> None:
    bench = ModemBench(echo=True)
    assert bench.say(b"AT\r") == b"AT\r\r\nOK\r\n"
    assert bench.say(b"ATE0\r") == b"ATE0\r\r\nOK\r\n"
    assert bench.say(b"AT\r") == OK
    assert bench.say(b"ate1\r") == OK
    assert bench.say(b"at\r") == b"at\r\r\nOK\r\n"


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        (b"\r", b""),
        (b"\r\r\r", b""),
        (b"AT\r\n", OK),
        (b"A\nT+FCLASS\n?\r", b"\r\n0\r\n" + OK),
        (b";AT+FCLASS?\r", b"\r\n0\r\n" + OK),
        (b"\x00\xff\x9f,,~AT\r", OK),
        (b"AX\x08T\r", OK),  # a backspace takes the X back
        (b"\x10!AT\r", OK),  # left over from a stream
        (b"\x10", b""),
        (b"nothing for a modem\r", b""),
        (b"ATE0V1Q0&D2&C1X4\r", OK),
        (b"AT&F&D2S0=0\r", b"\r\nOK\r\n"),
        (b"ATS7?\r", b"\r\n050\r\n" + OK),
        (b"ATS7=60S7?\r", b"\r\n060\r\n" + OK),
        (b"ATS0=256\r", ERROR),
        (b"ATS77=1\r", ERROR),
        (b"ATE7\r", ERROR),
        (b"AT$\r", ERROR),
        (b"AT+NOSUCH=1\r", ERROR),
        (b"AT+FCLASS=1\r", ERROR),
        (b"AT+FCLASS=?\r", b"\r\n0,8\r\n" + OK),
        (b"AT+VRA=70;+VRN=10\r", OK),
        (b"AT+VRA=70+VRN=100\r", OK),
        (b"AT-SCID=1;+VCID=1;-STE=3\r", OK),
        (b"AT+VSD=40,70;+VSD?\r", b"\r\n+VSD: 40,70\r\n" + OK),
        (b"AT+VSD=,50;+VSD?\r", b"\r\n+VSD: 128,50\r\n" + OK),
        (b"AT+VSD=256,70\r", ERROR),
        (b"AT+VSD=1,2,3\r", ERROR),
        (b"AT+VSD=1_0\r", ERROR),
        (b"AT+VSD=?\r", b"\r\n+VSD: (0-255),(0-255)\r\n" + OK),
        (b"AT+GCI?\r", b"\r\n+GCI: B8\r\n" + OK),
        (b"AT+GCI=b4;+GCI?\r", b"\r\n+GCI: B4\r\n" + OK),
        (b"AT+VSM=4,8000;+VSM?\r", b"\r\n+VSM: 4,8000,0,0\r\n" + OK),
        (b"AT+VSM=4,8000,0,0\r", OK),
        (b"AT+VSM=4,8000,1,0\r", ERROR),
        (b"AT+VSM=4,7200\r", ERROR),
        (b"AT+VSM=77\r", ERROR),
        (b"AT+VSM=\r", ERROR),
        (b"AT+VLS=1\r", ERROR),  # class 0
        (b"AT+VTX\r", ERROR),
        (b"AT+VTS=1\r", ERROR),
        (b"AT+GMI\r", b"\r\nLinebox\r\n" + OK),
        (b"AT+GMI?\r", b"\r\nLinebox\r\n" + OK),
        (b"ATO\r", b"\r\nNO CARRIER\r\n"),
        (b"ATV0\r", b"0\r"),
        (b"ATV0E9\r", b"4\r"),
        (b"ATQ1\r", b""),
        (b"AT+FCLASS=8;+FCLASS?\r", b"\r\n8\r\n" + OK),
    ],
)
def test_answers(line: bytes, answer: bytes) -> None:
    assert ModemBench().say(line).removeprefix(b"\r\n\r\n") == answer


def test_a_repeats_the_last_line() -> None:
    bench = ModemBench()
    assert bench.ask("ATS7?") == b"\r\n050\r\n" + OK
    assert bench.say(b"A/") == b"\r\n050\r\n" + OK


def test_what_stands_before_the_mistake_is_done_and_what_follows_is_not() -> None:
    bench = ModemBench()
    assert bench.ask("ATS7=31S8=300S6=9") == ERROR
    assert bench.ask("ATS7?S6?") == b"\r\n031\r\n\r\n002\r\n" + OK


def test_stored_profile_comes_back_with_z_and_factory_with_f() -> None:
    bench = ModemBench()
    bench.ask("ATS7=33;+VCID=1;&W")
    bench.ask("ATS7=44;+VCID=0")
    assert bench.ask("ATZ") == OK
    assert bench.ask("ATS7?;+VCID?") == b"\r\n033\r\n\r\n+VCID: 1\r\n" + OK
    assert bench.ask("AT&F") == OK
    assert bench.ask("ATE0S7?").endswith(b"\r\n050\r\n" + OK)


def test_view_shows_what_is_in_force() -> None:
    bench = ModemBench()
    bench.ask("ATS7=33")
    view = bench.ask("AT&V")
    assert view.startswith(b"\r\nACTIVE PROFILE:\r\nE0 ")
    assert b"S07:033" in view.split()
    assert b"+VSD:128,0" in view.split()
    assert b"-STE:0" in view.split()
    assert max(map(len, view.split(b"\r\n"))) < 80
    assert view.endswith(OK)


@pytest.mark.parametrize("profile", profile_names())
def test_every_profile_identifies_itself_and_answers_what_clients_ask(profile: str) -> None:
    bench = ModemBench(profile)
    for command in (
        "ATI", "ATI0", "ATI3", "ATI9", "AT+GMI", "AT+GMM", "AT+GMR", "AT+FMI", "AT+FMM", "AT+FMR", "AT+FCLASS?",
        "AT+FCLASS=?", "AT+VSM=?", "AT+VLS=?", "AT+VTS=?", "AT&V", "AT-PV",
    ):  # fmt: skip
        answer = bench.ask(command)
        assert answer.endswith(OK), command
        assert len(answer) > len(OK), command
        assert b"\r\n\r\n" not in answer.removesuffix(OK).removeprefix(b"\r\n"), f"{command}: a blank line"


def test_conexant_answers_as_its_users_have_published() -> None:
    bench = ModemBench("conexant")
    assert bench.ask("ATI0") == b"\r\n56000\r\n" + OK
    assert bench.ask("ATI3") == b"\r\nCX93001-EIS_V0.2013-V92\r\n" + OK
    assert bench.ask("AT+VSM=?") == CONEXANT_FORMATS + OK
    assert b'\r\n1,"T",0B8433C1,0FE431C1,0B8431C1\r\n' in bench.ask("AT+VLS=?")
    assert bench.ask("AT+VSD=40,70") == ERROR
    assert bench.ask("AT+VSD=127,70") == OK
    assert bench.ask("AT+VDR=1,15") == ERROR
    assert bench.ask("AT+VRN=26") == ERROR
    for action in ("AT+VTX=?", "AT+VRX=?", "AT+VTR=?"):
        assert bench.ask(action) == ERROR


def test_usr_answers_as_its_users_have_published() -> None:
    bench = ModemBench("usr5637")
    assert bench.ask("ATI") == b"\r\n5601\r\n" + OK
    assert bench.ask("ATI3") == b"\r\nU.S. Robotics 56K FAX USB V1.2.23\r\n" + OK
    assert bench.ask("AT+VSM=?").startswith(b'\r\n128,"8-BIT LINEAR",(7200,8000,11025)\r\n')
    assert bench.ask("AT+VSM?") == b"\r\n129,8000,0,0\r\n" + OK  # 16-bit is the power-on default
    assert bench.ask("AT+VTX=?") == OK
    assert bench.ask("AT#CID=1;+VCID?") == b"\r\n1\r\n" + OK
    assert bench.ask("AT+VCID=2") == ERROR


def test_streams_need_class_8_and_the_line() -> None:
    bench = ModemBench()
    bench.ask("AT+FCLASS=8")
    for action in ("AT+VTX", "AT+VRX", "AT+VTR", "AT+VTS=1"):
        assert bench.ask(action) == ERROR
    bench.ask("AT+VLS=1")
    assert bench.ask("AT+VTX") == CONNECT


def test_duplex_needs_a_format_that_the_chip_carries_both_ways() -> None:
    bench = ModemBench("conexant")
    bench.off_hook("133,8000")
    assert bench.ask("AT+VTR") == ERROR
    assert bench.ask("AT+VRX") == CONNECT


def test_hook_follows_vls_ath_ata_and_z() -> None:
    bench = ModemBench()
    bench.ask("AT+FCLASS=8")
    for take, release in (("AT+VLS=1", "AT+VLS=0"), ("ATH1", "ATH"), ("ATA", "ATH0"), ("AT+VLS=5", "ATZ")):
        assert bench.ask(take) == OK
        bench.run(0.04)
        assert bench.line.hooks[-1] is True, take
        assert bench.ask(release) == OK
        bench.run(0.04)
        assert bench.line.hooks[-1] is False, release
        bench.ask("ATE0+FCLASS=8")
    assert len(bench.of(told.OffHook)) == len(bench.of(told.OnHook)) == 4
    assert bench.ask("AT+VLS=3") == ERROR


def test_usr_hang_up_falls_back_to_class_0() -> None:
    for profile, still in (("generic", b"8"), ("usr5637", b"0")):
        bench = ModemBench(profile)
        bench.off_hook()
        bench.ask("ATH")
        assert bench.ask("AT+FCLASS?") == b"\r\n" + still + b"\r\n" + OK


def test_answering_in_data_class_trains_with_nobody() -> None:
    bench = ModemBench()
    bench.ask("ATS7=3")
    assert bench.ask("ATA") == b""
    assert bench.run(2.9) == b""
    assert bench.run(0.3) == b"\r\nNO CARRIER\r\n"
    assert bench.line.hooks[-1] is False
    assert bench.ask("ATA") == b""
    bench.run(0.5)
    assert bench.say(b"\r") == b"\r\nNO CARRIER\r\n"  # any character gives up


def test_a_command_in_a_stream_is_sound() -> None:
    """voice-modem pitfall: the host that forgets the stream is not heard until it ends."""
    bench = ModemBench()
    bench.off_hook("1,8000")
    assert bench.ask("AT+VRX") == CONNECT
    heard = bench.ask("ATH") + bench.run(0.2)
    assert OK not in heard
    assert bench.line.hooks[-1] is True
    assert bench.say(b"\x10!").endswith(b"\x10\x03" + OK)


def test_the_log_never_shows_a_number_that_is_dialled() -> None:
    bench = ModemBench(line=ScriptedLine())
    bench.ask("ATDT+74995550101;")
    texts = [event.text for event in bench.of(told.CommandTaken)]
    assert texts == ["D" + "." * len("T+74995550101;")]
