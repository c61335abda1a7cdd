"""+VTS, +VTD and ATD: what is on the line, how long, and when the answer comes."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from firmware.virtual import modem_events as told
from firmware.virtual.modem_profiles import ToneLimits
from firmware.virtual.modem_tones import HookFlash, Tone, ToneGrammar, parse_tones
from tests.kit import spandsp, tones
from tests.kit.modem_bench import ERROR, OK, ModemBench
from tests.kit.scripted_line import ScriptedLine

LIMITS = ToneLimits(200, 3300, 255)


def sounding(bench: ModemBench) -> NDArray[np.int16]:
    sent = bench.line.sent_sound()
    places = np.nonzero(sent)[0]
    return sent[places[0] : places[-1] + 1] if places.size else sent[:0]


def peaks(sound: NDArray[np.int16], count: int) -> list[float]:
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(sound.size)))
    found = []
    for _ in range(count):
        place = int(np.argmax(spectrum))
        found.append(place * 8000 / sound.size)
        spectrum[max(0, place - 6) : place + 7] = 0
    return sorted(found)


def finish(bench: ModemBench, limit_s: float = 20.0) -> tuple[bytes, float]:
    """Run until the modem answers; its answer and the seconds it took."""
    for frame in range(round(limit_s * 50)):
        said = bench.run(0.02)
        if said:
            return said, (frame + 1) * 0.02
    return b"", limit_s


@pytest.mark.parametrize(
    ("elements", "frequencies", "duration_s"),
    [
        ("[933,,150]", [933], 1.5),
        ("[900,900,120]", [900], 1.2),
        ("[1000,0,30]", [1000], 0.3),
        ("[440,620,40]", [440, 620], 0.4),
        ("[0,500,20]", [500], 0.2),
        ("{5,20}", [770, 1336], 0.2),
        ("D", [941, 1633], 1.0),  # +VTD = 100 = 1 s
        ("[700]", [700], 1.0),
    ],
)
def test_tones_are_on_the_line_and_ok_comes_after_them(
    elements: str, frequencies: list[int], duration_s: float
) -> None:
    bench = ModemBench()
    bench.off_hook()
    assert bench.ask(f"AT+VTS={elements}") == b""
    said, took_s = finish(bench)
    assert said == OK
    assert took_s == pytest.approx(duration_s, abs=0.045)
    sound = sounding(bench)
    assert sound.size / 8000 == pytest.approx(duration_s, abs=0.002)
    assert peaks(sound, len(frequencies)) == pytest.approx(frequencies, abs=8)


def test_digits_are_dtmf_that_a_second_receiver_understands() -> None:
    library = spandsp.find()
    if library is None:
        pytest.skip("libspandsp is not installed")
    bench = ModemBench()
    bench.off_hook()
    bench.ask("AT+VTD=8")
    bench.ask("AT+VTS=1,2,3,3,A,#,*,0,{9,7}")
    finish(bench)
    assert spandsp.keys(library, bench.line.sent_sound()) == "1233A#*09"


def test_a_flash_opens_the_loop_for_its_length_between_silences() -> None:
    bench = ModemBench("conexant")
    bench.off_hook()
    bench.ask("AT+VTS={!,30},[,,100],{1,10},[,,8],{2,10}")
    said, took_s = finish(bench)
    assert said == OK
    assert took_s == pytest.approx(0.3 + 1.0 + 0.1 + 0.08 + 0.1, abs=0.045)
    began = bench.line.hooks.index(True)
    on_hook = [not hook for hook in bench.line.hooks[began:]]
    assert sum(on_hook) == 15
    assert bench.line.hooks[-1] is True
    assert [event.duration_s for event in bench.of(told.Flashed)] == [pytest.approx(0.3)]
    first_sound = next(place for place, frame in enumerate(bench.line.sent) if frame.any())
    flash_over = on_hook.index(True)  # frames off hook before the flash
    assert (first_sound - flash_over) * 0.02 == pytest.approx(1.0, abs=0.021)


def test_a_flash_without_length_lasts_vtd_which_is_a_hang_up() -> None:
    bench = ModemBench()
    bench.off_hook()
    bench.ask("AT+VTS=!")
    finish(bench)
    assert bench.line.hooks[2:].count(False) == 50


@pytest.mark.parametrize(
    "elements",
    [
        "",
        ",",
        "1,",
        "12",
        "E",
        "{5}}",
        "{55,1}",
        "{,5}",
        "[1,2,3,4]",
        "[a]",
        "[150,,10]",
        "[3400,,10]",
        "{1,256}",
        "[,,256]",
    ],
)
def test_what_is_no_list_of_tones_is_an_error(elements: str) -> None:
    bench = ModemBench("conexant")
    bench.off_hook()
    assert bench.ask(f"AT+VTS={elements}") == ERROR
    assert bench.ask("AT") == OK


def test_the_grammar_element_by_element() -> None:
    gap = Tone(0, 0, 0.05)
    assert parse_tones("1,1", LIMITS, 7)[1] == gap
    assert parse_tones("!,{!,9}", LIMITS, 7) == [HookFlash(0.07), HookFlash(0.09)]
    assert parse_tones("[]", LIMITS, 7) == [Tone(0, 0, 0.07)]
    assert parse_tones("[300,,],[,,3]", LIMITS, 7) == [Tone(300, 0, 0.07), Tone(0, 0, 0.03)]
    with pytest.raises(ToneGrammar):
        parse_tones("²", LIMITS, 7)


def test_the_rest_of_the_line_runs_after_the_tones() -> None:
    bench = ModemBench()
    bench.off_hook()
    bench.ask("AT+VTS=[500,,10];+VLS=0")
    bench.run(0.06)
    assert bench.line.hooks[-1] is True
    assert finish(bench)[0] == OK
    bench.run(0.04)
    assert bench.line.hooks[-1] is False


def test_bytes_during_tones_mean_nothing() -> None:
    bench = ModemBench()
    bench.off_hook()
    bench.ask("AT+VTS=[500,,50]")
    bench.run(0.2)
    assert bench.ask("ATH") == b""
    assert finish(bench)[0] == OK
    assert bench.line.hooks[-1] is True


# ---------------------------------------------------------------- dialling

DIAL_TONE = tones.sine(425, -12, 1.6)
RINGBACK = np.concatenate([tones.sine(425, -12, 1.0), tones.silence(4.0)])
BUSY = np.concatenate([np.concatenate([tones.sine(425, -12, 0.35), tones.silence(0.35)]) for _ in range(6)])


def dialling(profile: str, *sounds: tones.Sound) -> ModemBench:
    return ModemBench(profile, ScriptedLine(tones.samples(np.concatenate([tones.silence(0.2), *sounds]))))


def test_digits_wait_for_dial_tone_and_are_dtmf() -> None:
    bench = dialling("generic", DIAL_TONE)
    assert bench.ask("ATDT123;") == b""
    said, took_s = finish(bench)
    assert said == OK
    assert took_s == pytest.approx(0.2 + 1.0 + 6 * 0.095, abs=0.06)
    assert bench.line.hooks[-1] is True
    library = spandsp.find()
    if library is not None:
        assert spandsp.keys(library, bench.line.sent_sound()) == "123"
    assert [event.digits for event in bench.of(told.Dialled)] == [3]


def test_no_dial_tone() -> None:
    bench = dialling("generic", tones.silence(1))
    bench.ask("ATS7=4")
    bench.ask("ATDT1")
    said, took_s = finish(bench)
    assert said == b"\r\nNO DIALTONE\r\n"
    assert took_s == pytest.approx(4.0, abs=0.1)
    bench.run(0.04)
    assert bench.line.hooks[-1] is False


def test_blind_dialling_with_x3_waits_s6() -> None:
    bench = dialling("generic", tones.silence(1))
    bench.ask("ATX3S6=3")
    bench.ask("ATDT1;")
    said, took_s = finish(bench)
    assert said == OK
    assert took_s == pytest.approx(3.0 + 0.19, abs=0.06)


@pytest.mark.parametrize(
    ("profile", "sounds", "result"),
    [
        ("conexant", [DIAL_TONE, tones.silence(1), BUSY], b"\r\nBUSY\r\n"),
        ("conexant", [DIAL_TONE, tones.silence(1), RINGBACK, RINGBACK, tones.silence(9)], b"\r\nVCON\r\n"),
        ("conexant", [DIAL_TONE, tones.silence(20)], b"\r\nVCON\r\n"),  # +VRN: no ringback for 10 s
        ("usr5637", [DIAL_TONE, tones.silence(1), *[RINGBACK] * 12], b"\r\nNO ANSWER\r\n"),
        ("generic", [DIAL_TONE, tones.silence(1), RINGBACK], OK),  # over when dialled
    ],
)
def test_outcome_of_a_voice_call(profile: str, sounds: list[tones.Sound], result: bytes) -> None:
    bench = dialling(profile, *sounds)
    bench.ask("AT+FCLASS=8")
    bench.ask("ATDT55")
    said, _ = finish(bench, 70.0)
    assert said == result
    bench.run(0.04)
    assert bench.line.hooks[-1] is (result in (OK, b"\r\nVCON\r\n"))


def test_a_character_gives_up_but_not_at_once() -> None:
    bench = dialling("generic", DIAL_TONE)
    bench.ask("ATDT1\r\n")
    bench.run(0.1)
    assert bench.say(b"\r") == b""
    bench.run(0.1)
    assert bench.say(b"\r") == b"\r\nNO CARRIER\r\n"
