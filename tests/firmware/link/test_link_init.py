"""From an open port to LinkReady, and what is said when it does not come to that."""

from __future__ import annotations

import pytest

from firmware.errors import Misuse
from firmware.init_plan import LinkSettings
from firmware.link_table import State
from firmware.vocabulary import Advice, LinkFailed, LinkReady, Open, TakeLine
from tests.kit.hand_modem import OK, Bench, ready

ERROR = b"\r\nERROR\r\n"


def failure(bench: Bench) -> LinkFailed:
    assert bench.link.state is State.FAILED
    (failed,) = bench.of(LinkFailed)
    return failed


def test_the_whole_start_on_a_conexant() -> None:
    bench = ready()
    assert bench.of(LinkReady) == [
        LinkReady(
            bench.of(LinkReady)[0].at, "conexant_cx930xx", "56000 CX93001-EIS_V0.2013-V92 CONEXANT V90", "ulaw", False
        )
    ]
    wanted = (
        "\r AT\r ATZ\r ATE0V1Q0\r ATI0\r ATI3\r AT+GMI\r AT+GMM\r AT+FCLASS=?\r AT&D2\r AT+IFC=2,2\r ATM0\r ATS0=0\r "
        "AT+GCI=B8\r AT+PCW=2\r AT+FCLASS=8\r AT+VSM=?\r AT+VSM=131,8000\r AT+VSD=0,0\r AT+VIT=0\r AT+FCLASS=0\r "
        "AT+VCID=1\r"
    )
    assert bench.written == [word.encode() for word in wanted.split(" ")]
    assert bench.link.state is State.ON_HOOK
    assert bench.link.modem is not None
    assert bench.link.modem.refused == ()


@pytest.mark.parametrize(
    ("listing", "name", "selected"),
    [
        (b'128,"8-BIT LINEAR",8,0,8000\r\n130,"A-Law",8,0,8000\r\n131,"Mu-Law",8,0,8000', "ulaw", b"AT+VSM=131,8000\r"),
        (b'130,"ALAW",8,0,(7200,8000),0,0\r\n1,"UNSIGNED PCM",8,0,8000', "alaw", b"AT+VSM=130,8000\r"),
        (b'+VSM: 4,"ULAW",8,0,(8000),0,0', "ulaw", b"AT+VSM=4,8000\r"),
        (b'129,"IMA ADPCM",4,0,8000,0,0', "ima4", b"AT+VSM=129,8000\r"),
        (b'129,"16-BIT LINEAR",16,0,8000,0,0', "linear16", b"AT+VSM=129,8000\r"),
    ],
)
def test_the_format_is_chosen_by_name_never_by_number(listing: bytes, name: str, selected: bytes) -> None:
    bench = ready({b"AT+VSM=?\r": b"\r\n" + listing + b"\r\n" + OK})
    assert bench.of(LinkReady)[0].sound_format == name
    assert selected in bench.written


def test_a_listed_format_that_is_refused_makes_way_for_the_next() -> None:
    bench = ready({b"AT+VSM=131,8000\r": ERROR})
    assert bench.of(LinkReady)[0].sound_format == "alaw"


def test_lines_that_may_be_refused_are_remembered_and_not_sent_again() -> None:
    bench = ready({b"AT+VSD=0,0\r": ERROR, b"AT+PCW=2\r": ERROR})
    assert bench.of(LinkReady)
    assert bench.link.modem is not None
    assert bench.link.modem.refused == ("AT+PCW=2", "AT+VSD=0,0")
    place = len(bench.written)
    bench.command(TakeLine())
    bench.run(3)
    assert b"AT+VSD=0,0\r" not in bench.written_since(place)
    assert b"AT+VIT=0\r" in bench.written_since(place)


def test_settings_force_profile_country_and_format() -> None:
    settings = LinkSettings(country="B5", profile="usr5637", formats=("alaw",))
    bench = ready(settings=settings)
    assert bench.of(LinkReady)[0].profile == "usr5637"
    assert bench.of(LinkReady)[0].sound_format == "alaw"
    assert b"AT+GCI=B5\r" in bench.written


def test_echo_and_rings_in_the_middle_change_nothing() -> None:
    bench = ready({b"ATI3\r": b"ATI3\r\r\nRING\r\n\r\nCX93001-EIS_V0.2013-V92\r\n\r\nDATE=1122\r\n" + OK})
    assert bench.of(LinkReady)[0].identity.startswith("56000 CX93001-EIS_V0.2013-V92 CONEXANT")


def test_a_modem_left_in_a_stream_is_brought_back() -> None:
    """Its process died in a call: AT is swallowed as sound until the stream is ended."""
    bench = Bench({b"AT\r": None})
    bench.command(Open())
    while b"\x10\x18\x10\x03\x10!\x10^\r" not in bench.written:
        bench.run(0.1)
    bench.answers[b"AT\r"] = OK
    bench.run(20)
    assert bench.of(LinkReady)


@pytest.mark.parametrize(
    ("answers", "code", "advice", "word"),
    [
        ({b"AT+FCLASS=?\r": b"\r\n0,1,2\r\n" + OK}, "modem-no-voice", Advice.GIVE_UP, "0,1,2"),
        ({b"AT+FCLASS=?\r": b"\r\n0,1.8,18,80\r\n" + OK}, "modem-no-voice", Advice.GIVE_UP, "1.8"),
        ({b"AT+FCLASS=?\r": ERROR}, "modem-no-voice", Advice.GIVE_UP, "none"),
        ({b"AT+FCLASS=8\r": ERROR}, "modem-no-voice", Advice.GIVE_UP, "refuses AT+FCLASS=8"),
        ({b"AT+VSM=?\r": ERROR}, "modem-no-voice", Advice.GIVE_UP, "AT+VSM=?"),
        ({b"AT+VSM=?\r": b'\r\n133,"G.729",1,0,8000\r\n' + OK}, "modem-no-voice", Advice.GIVE_UP, "AT+VSM=?"),
        ({b"AT+FCLASS=0\r": ERROR}, "modem-refused", Advice.OPEN_AGAIN, "AT+FCLASS=0"),
        ({b"AT\r": None}, "modem-silent", Advice.DROP_DTR, "does not answer AT"),
        ({b"AT\r": ERROR}, "modem-silent", Advice.DROP_DTR, "does not answer AT"),
        ({b"AT\r": b"\xff\x00garbage\r\nOKAY\r\n"}, "modem-silent", Advice.DROP_DTR, "does not answer AT"),
        ({b"AT+FCLASS=8\r": None}, "modem-silent", Advice.DROP_DTR, "AT+FCLASS=8"),
    ],
)
def test_a_start_that_fails_says_why(answers: dict[bytes, bytes | None], code: str, advice: Advice, word: str) -> None:
    bench = Bench(answers)
    bench.command(Open())
    bench.run(120)
    failed = failure(bench)
    assert (failed.code, failed.advice) == (code, advice)
    assert word in failed.detail
    assert "\n" not in failed.detail
    assert bench.link.next_deadline() is None


def test_an_old_usr_is_told_to_be_updated() -> None:
    bench = ready({b"ATI3\r": b"\r\nU.S. Robotics 56K FAX USB V1.1.12\r\n" + OK, b"AT+FCLASS=8\r": ERROR})
    assert "1.2.21" in failure(bench).detail


def test_advice_grows_with_every_failure_in_a_row() -> None:
    bench = Bench()
    bench.mute = True
    advice = []
    for _ in range(3):
        bench.command(Open())
        bench.run(60)
        advice.append(bench.of(LinkFailed)[-1].advice)
    assert advice == [Advice.DROP_DTR, Advice.REOPEN_PORT, Advice.REOPEN_PORT]
    bench.mute = False
    bench.command(Open())
    bench.run(60)
    assert bench.of(LinkReady)


def test_lost_answers_cost_a_repetition_not_the_start() -> None:
    bench = Bench()
    lost = {b"AT+GCI=B8\r", b"AT+FCLASS=8\r", b"AT+VCID=1\r"}
    for text in lost:
        bench.answers[text] = None
    bench.command(Open())
    for _ in range(200):
        bench.run(0.5)
        for text in list(lost):
            if text in bench.written:
                bench.answers[text] = OK
                lost.discard(text)
    assert bench.of(LinkReady)


def test_doubled_answers_do_not_shift_the_others() -> None:
    bench = Bench()
    for text in ("ATI0", "ATI3", "AT+GMI", "AT+GMM", "AT+FCLASS=?", "AT+VSM=?"):
        answer = bench.answers[f"{text}\r".encode()]
        assert answer is not None
        bench.answers[f"{text}\r".encode()] = answer + OK
    bench.answers[b"ATE0V1Q0\r"] = OK + OK + OK
    bench.command(Open())
    bench.run(20)
    assert bench.of(LinkReady)[0].identity == "56000 CX93001-EIS_V0.2013-V92 CONEXANT V90"


def test_nothing_else_is_allowed_before_the_start_is_over() -> None:
    bench = Bench()
    with pytest.raises(Misuse):
        bench.command(TakeLine())
    bench.command(Open())
    with pytest.raises(Misuse):
        bench.command(TakeLine())
    bench.run(10)
    assert bench.of(LinkReady)


def test_the_port_may_be_opened_anew_at_any_time() -> None:
    bench = Bench()
    bench.command(Open())
    bench.run(0.9)
    bench.command(Open())
    bench.run(10)
    assert len(bench.of(LinkReady)) == 1
