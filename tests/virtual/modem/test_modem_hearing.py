"""What the modem notices by itself on the line: keys, busy and dial tone, silence, reversal; and how it tells them."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from firmware.virtual import modem_events as told
from firmware.virtual.modem_ear import KeyEar, KeyEnded, KeyStarted
from firmware.virtual.modem_progress import ProgressEar, ProgressTone
from tests.kit import spandsp, tones
from tests.kit.modem_bench import CONNECT, OK, ModemBench
from tests.kit.scripted_line import ScriptedLine
from tests.kit.second_g711 import unshield

HIDE = b"\x10"


def keys_heard(sound: NDArray[np.int16]) -> str:
    ear, keys = KeyEar(), ""
    for start in range(0, sound.size - 159, 160):
        for change in ear.hear(sound[start : start + 160]):
            keys += change.key if isinstance(change, KeyStarted) else ""
    return keys


def on_off(on_s: float, off_s: float, times: int, hz: float = 425.0, level: float = -12.0) -> tones.Sound:
    return np.concatenate([np.concatenate([tones.sine(hz, level, on_s), tones.silence(off_s)]) for _ in range(times)])


def progress(sound: NDArray[np.int16]) -> list[ProgressTone]:
    ear, found = ProgressEar(), []
    for start in range(0, sound.size - 159, 160):
        tone = ear.hear(sound[start : start + 160])
        found += [tone] if tone else []
    return found


# ---------------------------------------------------------------- the detectors


def test_forty_milliseconds_are_always_enough() -> None:
    sound = tones.samples(tones.presses(tones.ALL_KEYS * 8, 0.040, 0.0413))
    assert keys_heard(sound) == tones.ALL_KEYS * 8


@pytest.mark.parametrize("level", [-3.0, -12.0, -25.0])
@pytest.mark.parametrize("twist", [-8.0, 0.0, 4.0])
def test_every_key_is_heard_once_at_the_levels_and_twists_of_q24(level: float, twist: float) -> None:
    sound = tones.samples(tones.presses(tones.ALL_KEYS, 0.05, 0.05, low_dbm0=level - max(0.0, twist), twist_db=twist))
    assert keys_heard(sound) == tones.ALL_KEYS


def test_frequencies_within_one_and_a_half_percent_are_heard() -> None:
    for off in (-0.015, 0.015):
        assert keys_heard(tones.samples(tones.presses(tones.ALL_KEYS, 0.06, 0.06, off=off))) == tones.ALL_KEYS


def test_too_short_a_tone_and_single_tones_are_no_keys() -> None:
    assert keys_heard(tones.samples(tones.presses(tones.ALL_KEYS * 8, 0.023, 0.0813))) == ""
    for hz in (*tones.ROWS_HZ, *tones.COLUMNS_HZ, 425.0):
        assert keys_heard(tones.samples(tones.sine(hz, -10, 1.0))) == ""


def test_a_gap_of_ten_milliseconds_does_not_split_a_key() -> None:
    halves = [tones.key_tone("5", 0.08), tones.silence(0.009), tones.key_tone("5", 0.08), tones.silence(0.1)]
    assert keys_heard(tones.samples(np.concatenate(halves))) == "5"


def test_noise_and_speech_like_sound_are_no_keys() -> None:
    noise = tones.samples(tones.white_noise(-10.0, 60.0, seed=1))
    assert keys_heard(noise) == ""
    glide = 8000 * np.sign(np.sin(2 * np.pi * np.cumsum(np.linspace(90, 400, 80000)) / 8000))
    assert keys_heard(tones.samples(glide)) == ""


def test_keys_in_noise_agree_with_spandsp() -> None:
    library = spandsp.find()
    if library is None:
        pytest.skip("libspandsp is not installed")
    clean = tones.presses("0123456789*#" * 3, 0.06, 0.06, low_dbm0=-12.0)
    sound = tones.samples(clean + tones.white_noise(-27.0, clean.size / 8000, seed=2)[: clean.size])
    assert keys_heard(sound) == spandsp.keys(library, sound) == "0123456789*#" * 3


@pytest.mark.parametrize("on_off_s", [(0.35, 0.35), (0.3, 0.4), (0.2, 0.2), (0.16, 0.16), (0.33, 0.33)])
@pytest.mark.parametrize("hz", [405.0, 425.0, 445.0])
def test_busy_and_congestion_need_two_full_periods(on_off_s: tuple[float, float], hz: float) -> None:
    on_s, off_s = on_off_s
    lead = tones.silence(0.5)
    short = np.concatenate([lead, on_off(on_s, off_s, 1, hz), tones.sine(hz, -12, on_s), tones.silence(1)])
    assert ProgressTone.BUSY not in progress(tones.samples(short))
    assert ProgressTone.BUSY in progress(tones.samples(np.concatenate([lead, on_off(on_s, off_s, 4, hz)])))


def test_ringback_and_dial_tone_are_not_busy() -> None:
    assert set(progress(tones.samples(on_off(1.0, 4.0, 2)))) == {ProgressTone.RINGBACK}
    assert set(progress(tones.samples(tones.sine(425, -12, 4.0)))) == {ProgressTone.DIAL_TONE}


@pytest.mark.parametrize("hz", [350.0, 480.0, 500.0, 620.0, 1000.0])
def test_other_tones_are_no_supervision(hz: float) -> None:
    assert progress(tones.samples(on_off(0.35, 0.35, 6, hz))) == []


# ---------------------------------------------------------------- how the modem tells it


def hearing(profile: str, sound: tones.Sound) -> ModemBench:
    bench = ModemBench(profile, ScriptedLine(tones.samples(sound)))
    bench.off_hook({"generic": "4", "conexant": "131", "usr5637": "131"}[profile])
    return bench


PRESS = np.concatenate([tones.silence(0.2), tones.key_tone("5", 0.2), tones.silence(0.4)])


@pytest.mark.parametrize("action", ["", "AT+VTX", "AT+VRX", "AT+VTR"])
@pytest.mark.parametrize(
    ("profile", "letters"),
    [("conexant", b"/5~"), ("generic", b"/555~"), ("usr5637", b"/555~")],
)
def test_a_key_is_told_in_every_state_in_the_spelling_of_the_profile(profile: str, letters: bytes, action: str) -> None:
    bench = hearing(profile, PRESS)
    if action:
        assert bench.ask(action) == CONNECT
    _, events = unshield(bench.run(0.9))
    keys = bytes(letter for letter in events if letter in b"/~0123456789*#ABCD")
    assert keys == letters
    assert [event.key for event in bench.of(told.KeyReported)] == ["5"]


def test_bare_digits_where_a_profile_says_so() -> None:
    import msgspec

    from firmware.virtual.modem import VirtualModem
    from firmware.virtual.modem_profiles import KeyStyle, load_profile

    generic = load_profile("generic")
    manner = msgspec.structs.replace(generic.manner, key_style=KeyStyle.BARE)
    bench = hearing("generic", PRESS)
    bench.modem = VirtualModem(msgspec.structs.replace(generic, manner=manner), bench.line, bench.now)
    bench.ask("ATE0")
    bench.ask("AT+FCLASS=8;+VLS=1")
    said = b""
    for frame in range(50):
        bench.modem.advance(bench.now + frame * 0.02)
        said += bench.output()
    assert said == b"\x105"


def test_a_key_during_own_tones_is_not_told() -> None:
    """The receiver is deaf while the modem itself sends: what it hears may be its own digits coming back."""
    bench = hearing("generic", PRESS)
    bench.ask("AT+VTS=[,,70]")
    assert bench.run(0.9) == OK
    assert not bench.of(told.KeyReported)


def test_repeats_come_every_70_ms() -> None:
    bench = hearing("generic", np.concatenate([tones.silence(0.1), tones.key_tone("#", 1.0), tones.silence(0.2)]))
    said = bench.run(1.5)
    assert said.startswith(b"\x10/\x10#")
    assert said.endswith(b"\x10~")
    assert said.count(b"\x10#") in range(13, 17)


def test_nothing_is_told_in_class_0() -> None:
    bench = ModemBench(line=ScriptedLine(tones.samples(np.concatenate([PRESS, on_off(0.35, 0.35, 6)]))))
    bench.ask("ATH1")
    assert bench.run(5.0) == b""


@pytest.mark.parametrize("action", ["", "AT+VTX", "AT+VRX", "AT+VTR"])
@pytest.mark.parametrize("profile", ["generic", "conexant", "usr5637"])
def test_busy_is_told_in_every_state(profile: str, action: str) -> None:
    bench = hearing(profile, np.concatenate([tones.silence(0.3), on_off(0.35, 0.35, 20)]))
    if action:
        bench.ask(action)
    _, letters = unshield(bench.run(14.0))
    busy = bytes(letters).count(b"b")
    # At the end of a period of 0.7 s: first after two of them, then 4.2 s or 3.5 s apart.
    assert busy == {"generic": 1, "conexant": 3, "usr5637": 4}[profile]
    first = bench.of(told.ToneReported)
    busy_at = next(event.at for event in first if isinstance(event, told.ToneReported) and event.tone == "busy")
    assert busy_at - 1000.04 == pytest.approx(0.3 + 2 * 0.7, abs=0.05)


@pytest.mark.parametrize(("profile", "told_times"), [("generic", 2), ("conexant", 0), ("usr5637", 2)])
def test_dial_tone_is_told_where_the_mask_has_it(profile: str, told_times: int) -> None:
    bench = hearing(profile, tones.sine(425, -12, 6.0))
    _, letters = unshield(bench.run(6.0))
    assert bytes(letters) == b"d" * told_times


def test_usr_takes_speech_for_dial_tone_once_a_stream() -> None:
    bench = hearing("usr5637", tones.white_noise(-20, 10, seed=3))
    for action in ("AT+VRX", "AT+VTX"):
        bench.ask(action)
        stream = bench.run(2.5)
        _, letters = unshield(stream)
        assert bytes(letters).count(b"d") == 1
        bench.say(b"\x10!" if action == "AT+VRX" else b"\x10\x03")
        bench.run(0.1)


def test_ringback_is_told_after_every_burst() -> None:
    bench = hearing("generic", np.concatenate([tones.silence(0.2), on_off(1.0, 4.0, 3)]))
    _, letters = unshield(bench.run(15.0))
    assert bytes(letters) == b"rrr"


@pytest.mark.parametrize(
    ("profile", "setting", "letters"),
    [
        ("generic", "AT+VSD=128,10", b"s"),
        ("generic", "AT+VSD=0,10", b""),
        ("generic", "AT+VSD=128,0", b""),
        ("conexant", "AT+VSD=129,10", b""),  # taken, and inert
        ("usr5637", "AT+VSD=128,10", b"s"),
    ],
)
def test_silence_is_told_where_it_works(profile: str, setting: str, letters: bytes) -> None:
    bench = hearing(profile, tones.silence(1.0))
    assert bench.ask(setting) == OK
    bench.ask("AT+VRX")
    _, heard = unshield(bench.run(3.0))
    assert bytes(letter for letter in heard if letter in b"sq") == letters


def test_quiet_is_told_after_speech_and_sensitivity_is_a_decibel_a_step() -> None:
    speech = np.concatenate([tones.white_noise(-20, 1.0, seed=4), tones.white_noise(-45, 3.0, seed=5)])
    for sensitivity, letters in ((128, b"q"), (120, b"")):
        bench = hearing("generic", speech)
        bench.ask(f"AT+VSD={sensitivity},10")
        bench.ask("AT+VRX")
        _, heard = unshield(bench.run(3.0))
        assert bytes(letter for letter in heard if letter in b"sq") == letters


def test_reversal_of_the_wires_is_told() -> None:
    bench = hearing("generic", tones.silence(1.0))
    bench.run(0.1)
    bench.line.polarity_reversed = True
    assert bench.run(0.1) == b"\x10L"


def test_key_events_come_in_pairs() -> None:
    ear = KeyEar()
    sound = tones.samples(np.concatenate([tones.key_tone("1", 0.1), tones.key_tone("2", 0.1), tones.silence(0.1)]))
    changes = [change for start in range(0, sound.size, 160) for change in ear.hear(sound[start : start + 160])]
    assert changes == [KeyStarted("1"), KeyEnded("1"), KeyStarted("2"), KeyEnded("2")]
