"""+VTX, +VRX and +VTR: every sample, every <DLE>, the bounded buffer and the real-time drain."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.virtual import modem_events as told
from firmware.virtual.modem_profiles import load_profile
from firmware.virtual.modem_sound import new_codec
from firmware.virtual.modem_stream import DleSplitter, ReceiveStream, TransmitStream, shield
from tests.kit.feeding import any_bytes, cut_places, cuttings
from tests.kit.modem_bench import CONNECT, OK, START_S, ModemBench
from tests.kit.scripted_line import ScriptedLine
from tests.kit.second_g711 import ulaw_to_linear, unshield

ULAW = np.array([ulaw_to_linear(code) for code in range(256)], np.int16)
END = b"\x10\x03"


def doubled(sound: bytes) -> bytes:
    return sound.replace(b"\x10", b"\x10\x10")


def sound_of(seed: int, size: int) -> bytes:
    return np.random.default_rng(seed).integers(0, 256, size).astype(np.uint8).tobytes()


def play(bench: ModemBench, stream: bytes) -> bytes:
    """Write as a host does that feels the buffer: as much as there is room for, in real time."""
    said = b""
    while stream:
        room = bench.modem.free_space()
        said += bench.say(stream[:room])
        stream = stream[room:]
        said += bench.run(0.02)
    return said


def test_played_samples_arrive_exactly_and_ok_comes_after_the_last() -> None:
    bench = ModemBench()
    bench.off_hook("4,8000")
    assert bench.ask("AT+VTX") == CONNECT
    sound = bytes(range(256)) * 30 + b"\x10" * 33
    said = play(bench, doubled(sound) + END)
    assert said == b""
    said = bench.run(2.0)
    assert said == b"\x10u" + OK
    assert ULAW[np.frombuffer(sound, np.uint8)].tobytes() in bench.line.sent_sound().tobytes()
    (started,), (ended,) = bench.of(told.TransmitStarted), bench.of(told.TransmitEnded)
    assert isinstance(ended, told.TransmitEnded)
    assert ended.samples == len(sound)
    assert len(sound) / 8000 <= ended.at - started.at < len(sound) / 8000 + 0.041
    assert not bench.of(told.TransmitUnderrun)


def test_transmit_started_is_the_time_of_the_first_sample_on_the_line() -> None:
    bench = ModemBench()
    bench.off_hook("1,8000")
    bench.ask("AT+VTX")
    bench.run(0.5)
    bench.say(b"\xff" * 320)
    bench.run(0.1)
    first_frame = next(place for place, frame in enumerate(bench.line.sent) if frame.any())
    (started,) = bench.of(told.TransmitStarted)
    off_hook_frame = bench.line.hooks.index(True)
    assert started.at == pytest.approx(START_S + (off_hook_frame + first_frame) * 0.02)


@pytest.mark.parametrize("profile", ["generic", "conexant", "usr5637"])
def test_the_buffer_is_bounded_and_empties_in_real_time(profile: str) -> None:
    bench = ModemBench(profile)
    bench.off_hook({"generic": "4", "conexant": "131", "usr5637": "131"}[profile])
    capacity = bench.modem.free_space()
    assert 2048 <= capacity <= 4096
    bench.ask("AT+VTX")
    bench.say(b"\x55" * capacity)
    assert bench.modem.free_space() == 0
    bench.run(0.1)
    assert bench.modem.free_space() == pytest.approx(800, abs=160)


def test_cancel_silences_at_once() -> None:
    bench = ModemBench()
    bench.off_hook("4,8000")
    bench.ask("AT+VTX")
    bench.say(b"\x00" * 3000)
    bench.run(0.1)
    assert bench.say(b"\x10\x18\x10\x03") == b""
    assert bench.run(0.06) == b"\x10u" + OK
    assert not bench.line.sent[-1].any()
    (aborted,) = bench.of(told.TransmitAborted)
    assert isinstance(aborted, told.TransmitAborted)
    assert aborted.samples == 800
    assert aborted.dropped_bytes == 2200


def test_cancel_while_the_end_is_awaited() -> None:
    bench = ModemBench()
    bench.off_hook("4,8000")
    bench.ask("AT+VTX")
    bench.say(b"\x00" * 3000 + END)
    bench.run(0.1)
    assert bench.say(b"\x10\x18") == b"\x10u" + OK


@pytest.mark.parametrize("careless", [b"\x10\x0d", b"\x10\x20", b"\x10\x00", b"\x10\x7f", b"\x10\xff"])
def test_an_unshielded_dle_costs_two_bytes_and_no_more(careless: bytes) -> None:
    bench = ModemBench()
    bench.off_hook("1,8000")
    bench.ask("AT+VTX")
    bench.say(b"\x90" * 200 + careless + b"\x90" * 200 + END)
    assert bench.run(1.0) == b"\x10u" + OK
    assert np.count_nonzero(bench.line.sent_sound()) == 400


def test_the_short_form_of_two_dles_is_two_samples() -> None:
    bench = ModemBench()
    bench.off_hook("1,8000")
    bench.ask("AT+VTX")
    bench.say(b"\x10\x1a" * 100 + END)
    bench.run(0.2)
    assert np.count_nonzero(bench.line.sent_sound() == (0x10 - 128) * 256) == 200


def test_nul_before_cancel_and_cr_after_the_end_do_no_harm() -> None:
    """vgetty interrupts with NUL DLE CAN DLE ETX; callattendant ends with DLE ETX CR."""
    bench = ModemBench()
    bench.off_hook("1,8000")
    for ending in (b"\x00\x10\x18\x10\x03", b"\x10\x03\r"):
        assert bench.ask("AT+VTX") == CONNECT
        bench.say(b"\x90" * 800)
        bench.run(0.05)
        assert bench.say(ending) + bench.run(0.3) == b"\x10u" + OK
        assert bench.ask("AT") == OK


def test_underrun_is_told_once_and_sound_goes_on() -> None:
    bench = ModemBench()
    bench.off_hook("1,8000")
    bench.ask("AT+VTX")
    bench.say(b"\x90" * 400)
    assert bench.run(0.5) == b"\x10u"
    bench.say(b"\x90" * 400 + END)
    assert bench.run(0.5) == b"\x10u" + OK
    assert np.count_nonzero(bench.line.sent_sound()) == 800
    assert len(bench.of(told.TransmitUnderrun)) == 1


def test_a_few_bytes_are_played_though_no_frame_fills() -> None:
    bench = ModemBench()
    bench.off_hook("1,8000")
    bench.ask("AT+VTX")
    bench.say(b"\x90" * 50)
    bench.run(0.1)
    assert np.count_nonzero(bench.line.sent_sound()) == 50


def test_conexant_pauses_and_resumes() -> None:
    bench = ModemBench("conexant")
    bench.off_hook("130,8000")
    bench.ask("AT+VTX")
    bench.say(b"\x90" * 1600 + b"\x10p")
    bench.run(0.2)
    assert not bench.line.sent_sound().any()
    bench.say(b"\x10r" + END)
    bench.run(0.5)
    assert np.count_nonzero(bench.line.sent_sound()) == 1600


def test_inactivity_timer_ends_a_forgotten_transmission() -> None:
    bench = ModemBench()
    bench.off_hook("1,8000")
    bench.ask("AT+VIT=3;+VTX")
    assert OK not in bench.run(2.9)
    assert bench.run(0.3).endswith(OK)


def test_gain_codes_move_the_gain() -> None:
    bench = ModemBench()
    bench.off_hook("1,8000")
    bench.ask("AT+VTX")
    bench.say(b"\x10u\x10u\x10d" + END)
    bench.run(0.2)
    assert bench.ask("AT+VGT?") == b"\r\n+VGT: 129\r\n" + OK


# ---------------------------------------------------------------- receiving


def record(bench: ModemBench, seconds: float) -> tuple[bytes, list[int]]:
    assert bench.ask("AT+VRX") == CONNECT
    stream = bench.run(seconds) + bench.say(b"\x10!")
    body = stream.removesuffix(OK)
    return unshield(body)


@pytest.mark.parametrize("number", ["4", "131"])
def test_recorded_samples_are_those_of_the_line(number: str) -> None:
    codes = np.frombuffer(b"\x10" * 500 + sound_of(1, 8000) + b"\x10\x10\x10", np.uint8)
    bench = ModemBench("generic" if number == "4" else "conexant", ScriptedLine(ULAW[codes]))
    bench.off_hook(number)
    sound, letters = record(bench, 1.0)
    assert letters[-1] == 3
    assert ULAW[np.frombuffer(sound, np.uint8)].tobytes() in bench.line.carried_sound().tobytes()
    assert len(sound) in range(7680, 8001)
    (ended,) = bench.of(told.ReceiveEnded)
    assert ended == told.ReceiveEnded(ended.at, len(sound), 0)


def test_recording_runs_in_real_time_and_doubles_every_dle() -> None:
    loud = ScriptedLine(np.full(16000, 20000, np.int16))
    bench = ModemBench("conexant", loud)
    bench.off_hook("130,8000")
    bench.ask("AT+VRX")
    stream = bench.run(1.0)
    assert len(stream) == 8000 - 160  # the frame in which it was opened is not delivered
    assert set(stream) == {20000 // 256 + 128}
    bench.say(b"\x10!")
    bench.ask("AT+VLS=0")
    sixteen = ModemBench("conexant", ScriptedLine(np.full(16000, (0x10 - 128) * 256, np.int16)))
    sixteen.off_hook("130,8000")
    sixteen.ask("AT+VRX")
    assert sixteen.run(0.1) == b"\x10" * 2 * 160 * 4


def test_short_dle_pairs_where_the_profile_has_them() -> None:
    bench = ModemBench(line=ScriptedLine(np.full(16000, (0x10 - 128) * 256, np.int16)))
    bench.off_hook("1,8000")
    bench.ask("AT+VRX")
    assert bench.run(0.06) == b"\x10\x1a" * 80 * 2


@pytest.mark.parametrize("profile", ["generic", "conexant", "usr5637"])
@pytest.mark.parametrize("ok", [OK, b""])
def test_some_modems_say_no_ok_after_a_recording(profile: str, ok: bytes) -> None:
    model = load_profile(profile)
    manner = msgspec.structs.replace(model.manner, record_end_result=bool(ok))
    bench = ModemBench(msgspec.structs.replace(model, manner=manner))
    bench.off_hook()
    bench.ask("AT+VRX")
    bench.run(0.1)
    assert bench.say(b"\x10!") == END + ok
    assert bench.say(b"\x10!") == b""  # in command state it means nothing
    assert bench.ask("AT") == OK


@pytest.mark.parametrize(("profile", "ends"), [("generic", True), ("conexant", False), ("usr5637", False)])
def test_graceful_end_of_recording_only_where_the_profile_has_it(profile: str, ends: bool) -> None:
    bench = ModemBench(profile)
    bench.off_hook()
    bench.ask("AT+VRX")
    assert (END in bench.say(b"\x10\x1b")) is ends


def test_cancel_and_etx_do_not_end_a_recording() -> None:
    bench = ModemBench()
    bench.off_hook("1,8000")
    bench.ask("AT+VRX")
    assert END not in bench.say(b"\x10\x18\x10\x03") + bench.run(0.1)
    assert bench.say(b"\x10!\r").endswith(END + OK)


def test_a_host_that_does_not_read_loses_frames_and_is_told() -> None:
    bench = ModemBench(line=ScriptedLine(np.full(80000, 5000, np.int16)))
    bench.off_hook("1,8000")
    bench.ask("AT+VRX")
    bench.now += 2.0
    bench.modem.advance(bench.now)
    late = bench.output()
    assert late.count(b"\x10o") == 1
    assert len(late) < 4096 + 400
    bench.say(b"\x10!")
    (ended,) = bench.of(told.ReceiveEnded)
    assert isinstance(ended, told.ReceiveEnded)
    assert ended.lost_samples > 8000
    assert ended.samples + ended.lost_samples == 16000 - 160


# ---------------------------------------------------------------- duplex


@pytest.mark.parametrize(
    ("profile", "ending", "ends"),
    [
        ("generic", b"\x10^", True),
        ("generic", b"\x10\x03", True),
        ("conexant", b"\x10^", True),
        ("conexant", b"\x10\x03", False),
        ("usr5637", b"\x10\x03", True),
        ("usr5637", b"\x10^", False),
    ],
)
def test_duplex_carries_both_ways_and_ends_as_the_profile_says(profile: str, ending: bytes, ends: bool) -> None:
    codes = np.frombuffer(sound_of(7, 16000), np.uint8)
    bench = ModemBench(profile, ScriptedLine(ULAW[codes]))
    bench.off_hook("4" if profile == "generic" else "131")
    assert bench.ask("AT+VTR") == CONNECT
    sound = sound_of(8, 1600)
    stream = bench.say(doubled(sound)) + bench.run(0.5)
    rest = bench.say(ending) + bench.run(0.1)
    assert ((END + OK) in rest) is ends
    assert ULAW[np.frombuffer(sound, np.uint8)].tobytes() in bench.line.sent_sound().tobytes()
    heard, _ = unshield(stream)
    assert ULAW[np.frombuffer(heard, np.uint8)].tobytes() in bench.line.carried_sound().tobytes()


def test_duplex_barge_in() -> None:
    bench = ModemBench("conexant")
    bench.off_hook("131")
    bench.ask("AT+VTR")
    bench.say(b"\x00" * 2000)
    bench.run(0.1)
    bench.say(b"\x10\x18")
    bench.run(0.04)
    assert not bench.line.sent[-1].any()
    bench.say(b"\x00" * 320)
    bench.run(0.04)
    assert bench.line.sent[-1].any(), "the stream is still open"


# ---------------------------------------------------------------- formats and rates


@pytest.mark.parametrize("rate_hz", [7200, 11025])
def test_other_rates_keep_pitch_and_length(rate_hz: int) -> None:
    tone = (8000 * np.sin(2 * np.pi * 1000 * np.arange(2 * rate_hz) / rate_hz)).astype("<i2")
    bench = ModemBench("usr5637")
    bench.off_hook(f"129,{rate_hz}")
    bench.ask("AT+VTX")
    play(bench, doubled(tone.tobytes()) + END)
    bench.run(0.5)
    sent = bench.line.sent_sound()
    sounding = sent[np.nonzero(sent)[0][0] :][: 2 * 8000]
    assert np.argmax(np.abs(np.fft.rfft(sounding))) == pytest.approx(2000, abs=3)
    bench.line.voice = (8000 * np.sin(2 * np.pi * 1000 * np.arange(16000) / 8000)).astype(np.int16)
    heard, _ = record(bench, 1.02)
    samples = np.frombuffer(heard, "<i2")
    assert samples.size == pytest.approx(rate_hz, abs=2)
    assert np.argmax(np.abs(np.fft.rfft(samples))) == pytest.approx(1000, abs=3)


def test_sixteen_bit_streams_keep_their_alignment() -> None:
    samples = np.array([0x1010, 0x1003, 0x0310, -1, 0x1810] * 200, np.int16)
    bench = ModemBench(line=ScriptedLine(samples))
    bench.off_hook("0,8000")
    bench.ask("AT+VTX")
    play(bench, doubled(samples.astype("<i2").tobytes()) + END)
    bench.run(0.3)
    assert samples.tobytes() in bench.line.sent_sound().tobytes()
    bench.line.voice = samples
    heard, _ = record(bench, 0.2)
    assert samples.astype("<i2").tobytes() in heard


def test_adpcm_plays_two_samples_a_byte() -> None:
    bench = ModemBench()
    bench.off_hook("129,8000")
    bench.ask("AT+VTX")
    bench.say(b"\x77" * 400 + END)
    bench.run(0.5)
    (ended,) = bench.of(told.TransmitEnded)
    assert isinstance(ended, told.TransmitEnded)
    assert ended.samples == 800


# ---------------------------------------------------------------- the small machines below


@given(st.binary(max_size=200), st.booleans())
def test_shielding_is_undone_by_a_second_decoder(sound: bytes, short: bool) -> None:
    assert unshield(shield(sound, short)) == (sound, [])


@given(any_bytes, cut_places)
def test_any_cut_of_any_stream_is_the_same(stream: bytes, places: list[int]) -> None:
    expected = unshield(stream)
    for pieces in cuttings(stream, places):
        splitter, sound, codes = DleSplitter(), b"", []
        for piece in pieces:
            place = 0
            while place < len(piece):
                audio, code, place = splitter.take(piece, place)
                sound += audio
                codes += [] if code is None else [code]
        assert (sound, codes) == expected


@settings(deadline=None, max_examples=40)
@given(st.lists(st.integers(1, 900), min_size=1, max_size=20), st.sampled_from(["u8", "ulaw", "s16", "ima"]))
def test_however_a_host_writes_every_sample_is_played_once_in_order(sizes: list[int], codec: str) -> None:
    stream = TransmitStream(new_codec(codec), 8000, 10**6)
    data = sound_of(9, sum(sizes) // 2 * 2)
    place, played = 0, []
    for size in sizes:
        stream.take(data[place : place + size])
        place += size
        frame = stream.next_frame(ending=False)
        played += [] if frame is None else [frame]
    while not stream.empty:
        frame = stream.next_frame(ending=True)
        assert frame is not None
        played.append(frame)
    expected = new_codec(codec).decode(data)
    assert stream.played_samples == expected.size
    sounding = np.concatenate([*played, np.zeros(0, np.int16)])
    assert np.array_equal(sounding[sounding != 0], expected[expected != 0])


def test_half_used_bytes_of_adpcm_at_11025_hz_are_not_lost() -> None:
    """220 and 221 samples a frame, two in a byte: every other frame leaves one over."""
    stream = TransmitStream(new_codec("ima"), 11025, 10**6)
    stream.take(sound_of(10, 5000))
    while not stream.empty:
        stream.next_frame(ending=True)
    assert stream.played_samples == 10000


def test_frames_of_11025_hz_add_up() -> None:
    receive = ReceiveStream(new_codec("s16"), 11025, short_dle=False)
    total = sum(len(receive.encode(np.zeros(160, np.int16))) for _ in range(500))
    assert total == 2 * 11025 * 10
