"""Calls over a link: rings, taking, playing, listening, tones, hanging up, and every change of mind between them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.errors import Misuse
from firmware.link_table import State
from firmware.vocabulary import (
    AudioReceived,
    CallerGone,
    CallerIdReceived,
    DialKey,
    Flash,
    GoneReason,
    KeyPressed,
    KeySource,
    LineReleased,
    LineTaken,
    LinkFailed,
    Listen,
    ListeningStarted,
    Pause,
    Play,
    PlaybackFinished,
    PlaybackStarted,
    PlaybackStopped,
    Rang,
    ReleaseLine,
    RingingStopped,
    SendTones,
    StopListening,
    StopPlaying,
    TakeLine,
    TonesSent,
)
from tests.kit.feeding import cut, cut_places, one_by_one
from tests.kit.hand_modem import OK, Bench, off_hook, ready

ERROR = b"\r\nERROR\r\n"
RING = b"\r\nRING\r\n"
SECOND = np.zeros(8000, np.int16)
ULAW_SILENCE = b"\xff"


def sound_of(written: list[bytes]) -> bytes:
    return b"".join(data for data in written if data[:1] == ULAW_SILENCE)


def orders(written: list[bytes]) -> list[bytes]:
    return [data for data in written if data[:1] != ULAW_SILENCE]


# ---------------------------------------------------------------- ringing


def test_rings_are_counted_and_end_after_eight_seconds() -> None:
    bench = ready()
    bench.hear(RING)
    bench.run(5)
    bench.hear(RING)
    bench.run(7.9)
    assert [event.count for event in bench.of(Rang)] == [1, 2]
    assert not bench.of(RingingStopped)
    bench.run(0.2)
    assert len(bench.of(RingingStopped)) == 1
    bench.hear(RING)
    assert bench.of(Rang)[-1].count == 1


def test_a_ring_in_class_eight_counts_as_well() -> None:
    bench = ready()
    bench.hear(b"\x10R")
    assert [event.count for event in bench.of(Rang)] == [1]


CALLER = b"\r\nDATE = 1122\r\nTIME = 1805\r\nNMBR = 84995550101\r\n"


def test_caller_id_between_the_rings() -> None:
    bench = ready()
    bench.hear(RING)
    bench.hear(CALLER)
    assert not bench.of(CallerIdReceived)
    bench.run(1.1)
    assert [event.number for event in bench.of(CallerIdReceived)] == ["84995550101"]


def test_the_second_ring_ends_the_block_before_it_is_counted() -> None:
    bench = ready()
    bench.hear(RING + CALLER + RING)
    assert [type(event) for event in bench.events[1:]] == [Rang, CallerIdReceived, Rang]


def test_taking_the_line_ends_the_block() -> None:
    bench = ready()
    bench.hear(RING + CALLER)
    events = bench.command(TakeLine())
    assert [type(event) for event in events] == [CallerIdReceived]


def test_caller_id_before_the_first_ring() -> None:
    """As British lines have it; and two calls of the same number are told twice."""
    bench = ready()
    for _ in range(2):
        bench.hear(CALLER)
        bench.run(1.5)
        bench.hear(RING)
        bench.hear(CALLER)
        bench.run(9)
    assert len(bench.of(CallerIdReceived)) == 2


def test_a_number_without_a_ring_does_not_silence_the_next_call_from_it() -> None:
    bench = ready()
    for _ in range(2):
        bench.hear(CALLER)
        bench.run(60)
    assert len(bench.of(CallerIdReceived)) == 2


def test_call_waiting_in_the_middle_of_a_call_is_no_call() -> None:
    bench = off_hook()
    bench.hear(CALLER)
    bench.hear(RING)
    bench.run(5)
    bench.command(Listen())
    bench.hear(ULAW_SILENCE * 80 + b"\x10X\r\nDATE=1122\r\nNMBR=84995550109\r\n\x10.")
    bench.run(1)
    assert not bench.of(CallerIdReceived)
    assert len(bench.of(Rang)) == 1


# ---------------------------------------------------------------- taking and releasing


def test_taking_the_line() -> None:
    bench = ready()
    bench.hear(RING)
    place, started = len(bench.written), bench.now
    bench.command(TakeLine())
    bench.run(3)
    wanted = [b"AT+FCLASS=8\r", b"AT+VSM=131,8000\r", b"AT+VSD=0,0\r", b"AT+VIT=0\r", b"AT+VLS=1\r"]
    assert bench.written_since(place) == wanted
    (taken,) = bench.of(LineTaken)
    assert taken.at - started > 0.5  # relay and line settle
    assert bench.link.state is State.OFF_HOOK


def test_a_refused_line_is_tried_again_after_300_ms() -> None:
    bench = ready({b"AT+VLS=1\r": ERROR})
    bench.hear(RING)
    bench.command(TakeLine())
    bench.run(0.8)
    tries = [at for at, data in zip(bench.written_at, bench.written, strict=True) if data == b"AT+VLS=1\r"]
    assert len(tries) >= 2
    assert tries[1] - tries[0] == pytest.approx(0.3)
    bench.answers[b"AT+VLS=1\r"] = OK
    bench.run(1.5)
    assert bench.of(LineTaken)


def test_a_line_that_rings_on_is_taken_again() -> None:
    bench = ready()
    bench.hear(RING)
    bench.command(TakeLine())
    bench.run(0.2)
    bench.hear(b"\x10R")
    bench.run(3)
    assert bench.written.count(b"AT+VLS=1\r") == 2
    assert len(bench.of(LineTaken)) == 1


def test_a_line_that_cannot_be_taken_within_two_seconds_fails() -> None:
    bench = ready({b"AT+VLS=1\r": ERROR})
    bench.hear(RING)
    bench.command(TakeLine())
    bench.run(10)
    assert bench.written.count(b"AT+VLS=1\r") == 8
    (failed,) = bench.of(LinkFailed)
    assert failed.code == "modem-refused"
    assert "AT+VLS=1" in failed.detail


def test_releasing_goes_back_to_class_zero_with_caller_id() -> None:
    bench = off_hook()
    place = len(bench.written)
    bench.command(ReleaseLine())
    bench.run(1)
    assert bench.written_since(place) == [b"AT+VLS=0\r", b"ATH\r", b"AT+FCLASS=0\r", b"AT+VCID=1\r"]
    assert len(bench.of(LineReleased)) == 1
    assert bench.link.state is State.ON_HOOK


def test_releasing_twice_is_releasing_once() -> None:
    bench = off_hook()
    bench.command(ReleaseLine())
    bench.command(ReleaseLine())
    bench.run(1)
    assert len(bench.of(LineReleased)) == 1


def test_releasing_while_taking() -> None:
    bench = ready()
    bench.hear(RING)
    bench.command(TakeLine())
    bench.command(ReleaseLine())
    bench.run(5)
    assert [type(event) for event in bench.events[-2:]] == [LineTaken, LineReleased]


def test_many_calls_in_a_row() -> None:
    bench = ready()
    for count in range(1, 4):
        bench.hear(RING)
        bench.command(TakeLine())
        bench.run(2)
        bench.command(Play(SECOND))
        bench.run(2)
        bench.command(Listen())
        bench.command(ReleaseLine())
        bench.run(2)
        assert len(bench.of(LineReleased)) == count
        assert bench.of(Rang)[-1].count == 1


# ---------------------------------------------------------------- playing


def test_playing_is_paced_and_confirmed() -> None:
    bench = off_hook()
    place, started = len(bench.written), bench.now
    bench.command(Play(SECOND))
    assert bench.link.playing
    assert bench.written_since(place)[0] == b"AT+VTX\r"
    assert len(sound_of(bench.written_since(place))) == 1600  # 200 ms ahead, each frame a write of its own
    assert all(len(data) == 160 for data in bench.written_since(place)[1:])
    bench.run(0.5)
    assert len(sound_of(bench.written_since(place))) == pytest.approx(1600 + 4000, abs=160)
    bench.run(2)
    assert sound_of(bench.written_since(place)) == ULAW_SILENCE * 8000
    assert orders(bench.written_since(place)) == [b"AT+VTX\r", b"\x10\x03"]
    (first,), (finished,) = bench.of(PlaybackStarted), bench.of(PlaybackFinished)
    assert first.at == started
    assert finished.played_s == pytest.approx(1.0)
    assert not bench.link.playing
    assert bench.link.state is State.OFF_HOOK


def test_samples_of_value_sixteen_are_doubled() -> None:
    """µ-law 0x10 is a loud sample; the wire must carry it twice."""
    from firmware.sound_formats import decoder

    loud = decoder("ulaw").decode(b"\x10" * 160)
    bench = off_hook()
    place = len(bench.written)
    bench.command(Play(loud))
    assert bench.written_since(place)[1] == b"\x10\x10" * 160


def test_a_second_play_follows_without_a_gap() -> None:
    bench = off_hook()
    place = len(bench.written)
    bench.command(Play(SECOND))
    bench.run(0.9)  # everything is written, 100 ms are still to be played
    bench.command(Play(SECOND))
    bench.run(3)
    assert orders(bench.written_since(place)) == [b"AT+VTX\r", b"\x10\x03"]
    assert len(sound_of(bench.written_since(place))) == 16000
    assert [event.played_s for event in bench.of(PlaybackFinished)] == [pytest.approx(2.0)]


def test_a_play_during_the_drain_opens_another_stream() -> None:
    bench = off_hook({b"\x10\x03": None})
    bench.command(Play(SECOND))
    bench.run(1.5)
    assert bench.link.state is State.DRAINING
    bench.command(Play(SECOND))
    bench.hear(b"\x10u\r\nOK\r\n")
    bench.run(0.1)
    assert len(bench.of(PlaybackFinished)) == 1
    assert len(bench.of(PlaybackStarted)) == 2


def test_barge_in_is_answered_at_once() -> None:
    bench = off_hook()
    bench.command(Play(SECOND))
    bench.run(0.5)
    place = len(bench.written)
    events = bench.command(StopPlaying())
    assert bench.written_since(place) == [b"\x10\x18\x10\x03"]
    (stopped,) = events
    assert isinstance(stopped, PlaybackStopped)
    assert stopped.heard_s == pytest.approx(0.5, abs=0.02)
    bench.run(3)
    assert sound_of(bench.written_since(place)) == b""
    assert not bench.of(PlaybackFinished)


def test_frames_that_the_shell_has_not_fetched_do_not_outlive_a_barge_in() -> None:
    bench = off_hook({b"AT+VTX\r": None})
    bench.command(Play(SECOND))
    bench.link.receive(b"\r\nCONNECT\r\n", bench.now)
    bench.link.command(StopPlaying(), bench.now)
    assert bench.link.data_to_send() == [b"\x10\x18\x10\x03"]


def test_barge_in_before_the_stream_is_open() -> None:
    bench = off_hook({b"AT+VTX\r": None})
    bench.command(Play(SECOND))
    bench.command(StopPlaying())
    assert not bench.of(PlaybackStopped)
    bench.hear(b"\r\nCONNECT\r\n")
    assert [event.heard_s for event in bench.of(PlaybackStopped)] == [0.0]
    assert sound_of(bench.written) == b""
    assert not bench.of(PlaybackStarted)


def test_what_is_played_after_a_barge_in_is_not_swallowed_by_it() -> None:
    bench = off_hook({b"AT+VTX\r": None})
    bench.command(Play(SECOND))
    bench.command(StopPlaying())
    bench.command(Play(SECOND[:1600]))
    bench.answers[b"AT+VTX\r"] = b"\r\nCONNECT\r\n"
    bench.hear(b"\r\nCONNECT\r\n")
    bench.run(2)
    assert len(bench.of(PlaybackStopped)) == 1
    assert [event.played_s for event in bench.of(PlaybackFinished)] == [pytest.approx(0.2)]


@pytest.mark.parametrize("state", ["off hook", "listening", "draining"])
def test_every_stop_playing_is_answered(state: str) -> None:
    bench = off_hook({b"\x10\x03": None} if state == "draining" else None)
    if state == "listening":
        bench.command(Listen())
    if state == "draining":
        bench.command(Play(SECOND))
        bench.run(1.2)
    bench.command(StopPlaying())
    bench.hear(OK if state == "draining" else b"")
    assert len(bench.of(PlaybackStopped)) == 1
    assert not bench.of(PlaybackFinished)


def test_a_late_shell_does_not_flood_the_modem() -> None:
    bench = off_hook()
    bench.command(Play(SECOND))
    place = len(bench.written)
    bench.now += 0.7  # the machine was busy; no deadline was served
    bench.absorb(bench.link.on_deadline(bench.now))
    assert len(sound_of(bench.written_since(place))) <= 1600
    bench.run(3)
    assert [event.played_s for event in bench.of(PlaybackFinished)] == [pytest.approx(1.0)]


def test_the_repeated_end_of_stream_of_a_si24xx() -> None:
    bench = off_hook({b"\x10\x03": b"\x10\x03\x10u\r\nOK\r\n"})
    bench.command(Play(SECOND))
    bench.run(2)
    assert len(bench.of(PlaybackFinished)) == 1


# ---------------------------------------------------------------- listening


def test_sound_and_keys_in_their_order() -> None:
    bench = off_hook()
    bench.command(Listen())
    before = len(bench.events)
    bench.hear(b"\x00\x80" * 100 + b"\x10/\x105\x105\x10~" + b"\x80" * 40)
    first, key, second = bench.events[before:]
    assert isinstance(first, AudioReceived)
    assert isinstance(second, AudioReceived)
    assert key == KeyPressed(bench.now, "5", KeySource.MODEM)
    assert (len(first.samples), len(second.samples)) == (200, 40)
    assert list(first.samples[:2]) == [-32124, 32124]  # G.711 µ-law: 0x00 and 0x80 are the ends of the scale


def test_sound_behind_connect_in_the_same_read_is_not_lost() -> None:
    bench = off_hook({b"AT+VRX\r": None})
    bench.command(Listen())
    bench.hear(b"\r\nCONNECT\r\n\n\r\x80\x10\x10")
    (audio,) = bench.of(AudioReceived)
    assert len(audio.samples) == 4


def test_play_leaves_listening_and_listen_waits_for_the_end() -> None:
    bench = off_hook()
    bench.command(Listen())
    place = len(bench.written)
    bench.command(Play(SECOND))
    bench.command(Listen())
    bench.run(2)
    assert orders(bench.written_since(place)) == [b"\x10!", b"AT+VTX\r", b"\x10\x03", b"AT+VRX\r"]
    assert [type(event) for event in bench.events[-3:]] == [PlaybackStarted, PlaybackFinished, ListeningStarted]


def test_a_modem_that_says_no_ok_after_a_recording() -> None:
    bench = off_hook({b"\x10!": ULAW_SILENCE * 40 + b"\x10\x03"})
    bench.command(Listen())
    bench.command(Play(SECOND))
    assert bench.link.state is State.AFTER_RECEIVE
    bench.run(5)
    assert len(bench.of(PlaybackFinished)) == 1


def test_an_ok_after_a_recording_that_comes_late_opens_nothing() -> None:
    bench = off_hook({b"\x10!": b"\x10\x03", b"AT+VTX\r": None})
    bench.command(Listen())
    bench.command(Play(SECOND))
    bench.run(1.1)
    bench.hear(OK)
    assert bench.link.state is State.OPENING_TRANSMIT
    bench.hear(b"\r\nCONNECT\r\n")
    assert bench.link.state is State.PLAYING


def test_the_tail_of_a_recording_is_still_sound() -> None:
    bench = off_hook({b"\x10!": ULAW_SILENCE * 40 + b"\x10/\x107\x10~\x10\x03\r\nOK\r\n"})
    bench.command(Listen())
    bench.command(StopListening())
    assert sum(len(event.samples) for event in bench.of(AudioReceived)) == 40
    assert [event.key for event in bench.of(KeyPressed)] == ["7"]
    assert bench.link.state is State.OFF_HOOK


def test_stop_listening_before_the_stream_is_open() -> None:
    bench = off_hook({b"AT+VRX\r": None})
    bench.command(Listen())
    bench.command(StopListening())
    bench.hear(b"\r\nCONNECT\r\n")
    assert bench.link.state is State.OFF_HOOK
    bench.run(5)
    assert bench.link.state is State.OFF_HOOK


@pytest.mark.parametrize("answer", [b"\r\nCONNECT\r\n", None])
def test_the_last_word_on_listening_counts(answer: bytes | None) -> None:
    bench = off_hook({b"AT+VRX\r": answer})
    bench.command(Listen())
    bench.command(StopListening())
    bench.command(Listen())
    bench.answers[b"AT+VRX\r"] = b"\r\nCONNECT\r\n"
    bench.hear(b"" if answer else b"\r\nCONNECT\r\n")
    bench.run(0.5)
    assert bench.link.state is State.LISTENING


def test_listening_twice_is_answered_twice() -> None:
    bench = off_hook()
    bench.command(Listen())
    bench.command(Listen())
    assert len(bench.of(ListeningStarted)) == 2
    assert bench.written.count(b"AT+VRX\r") == 1


def test_a_stream_that_the_modem_ends_is_opened_again_a_few_times() -> None:
    bench = off_hook()
    bench.command(Listen())
    for _ in range(5):
        bench.hear(b"\x10\x03\r\nOK\r\n")
        bench.run(0.1)
        assert bench.link.state is State.LISTENING
    assert len(bench.of(ListeningStarted)) == 6
    bench.hear(b"\x10\x03\r\nOK\r\n")
    bench.run(10)
    (failed,) = bench.of(LinkFailed)
    assert failed.code == "modem-garbage"


@pytest.mark.parametrize("where", ["off hook", "playing", "listening"])
def test_keys_are_reported_everywhere_off_hook(where: str) -> None:
    bench = off_hook()
    if where == "playing":
        bench.command(Play(SECOND))
    if where == "listening":
        bench.command(Listen())
    bench.hear(b"\x10/\x109\x109\x10~\x10#")
    assert [event.key for event in bench.of(KeyPressed)] == ["9", "#"]


def test_a_key_held_across_two_streams_is_one_press() -> None:
    bench = off_hook()
    bench.command(Play(SECOND))
    bench.hear(b"\x10/\x105")
    bench.command(StopPlaying())
    bench.command(Listen())
    bench.run(0.1)
    bench.hear(b"\x105\x10~" + ULAW_SILENCE * 80)
    assert [event.key for event in bench.of(KeyPressed)] == ["5"]


def test_a_key_that_never_went_up_is_not_held_in_the_next_call() -> None:
    bench = off_hook()
    bench.hear(b"\x10/\x105")
    bench.command(ReleaseLine())
    bench.run(1)
    bench.hear(RING)
    bench.command(TakeLine())
    bench.run(2)
    bench.hear(b"\x105\x10~")
    assert [event.key for event in bench.of(KeyPressed)] == ["5", "5"]


def test_a_key_on_hook_is_nobodys() -> None:
    bench = ready()
    bench.hear(b"\x10/\x105\x10~")
    assert not bench.of(KeyPressed)


# ---------------------------------------------------------------- tones

TRANSFER = SendTones((Flash(0.3), Pause(1.0), DialKey("1"), Pause(0.08), DialKey("2")))
TRANSFER_LINE = b"AT+VTS={!,30},[,,100],{1,10},[,,8],{2,10}\r"


def test_tones_after_the_prompt_has_ended() -> None:
    bench = off_hook()
    place = len(bench.written)
    bench.command(Play(SECOND))
    bench.command(TRANSFER)
    bench.run(3)
    assert orders(bench.written_since(place)) == [b"AT+VTX\r", b"\x10\x03", TRANSFER_LINE]
    assert [type(event) for event in bench.events[-2:]] == [PlaybackFinished, TonesSent]


def test_tones_leave_listening_first() -> None:
    bench = off_hook()
    bench.command(Listen())
    place = len(bench.written)
    bench.command(TRANSFER)
    bench.run(1)
    assert bench.written_since(place) == [b"\x10!", TRANSFER_LINE]


def test_refused_tones_are_said_to_be() -> None:
    bench = off_hook({TRANSFER_LINE: ERROR})
    bench.command(TRANSFER)
    assert [event.ok for event in bench.of(TonesSent)] == [False]
    assert bench.link.state is State.OFF_HOOK


def test_tones_take_their_time() -> None:
    bench = off_hook({TRANSFER_LINE: None})
    bench.command(TRANSFER)
    bench.run(3.4)  # 1.58 s of tones and a margin of 2 s
    assert bench.link.state is State.SENDING_TONES
    bench.hear(OK)
    assert [event.ok for event in bench.of(TonesSent)] == [True]


def test_impossible_tones_are_refused_when_commanded() -> None:
    bench = off_hook()
    with pytest.raises(Misuse):
        bench.command(SendTones((Flash(2.0),)))
    assert bench.link.state is State.OFF_HOOK


# ---------------------------------------------------------------- the caller goes


def test_busy_while_listening_is_told_once() -> None:
    bench = off_hook()
    bench.command(Listen())
    for _ in range(4):
        bench.hear(b"\x10b" + ULAW_SILENCE * 160)
        bench.run(1)
    assert [event.reason for event in bench.of(CallerGone)] == [GoneReason.BUSY_REPORTED]


def test_busy_while_playing() -> None:
    bench = off_hook()
    bench.command(Play(SECOND))
    bench.hear(b"\x10b")
    bench.run(0.5)
    bench.hear(b"\x10b")
    assert [event.reason for event in bench.of(CallerGone)] == [GoneReason.BUSY_REPORTED]


def test_busy_before_the_line_is_taken_does_not_use_up_the_report() -> None:
    bench = ready()
    bench.hear(RING)
    bench.command(TakeLine())
    bench.hear(b"\r\nBUSY\r\n")
    bench.run(3)
    assert not bench.of(CallerGone)
    bench.hear(b"\r\nBUSY\r\n")
    assert [event.reason for event in bench.of(CallerGone)] == [GoneReason.BUSY_REPORTED]


def test_no_carrier_in_words() -> None:
    bench = off_hook()
    bench.hear(b"\r\nNO CARRIER\r\n\r\nBUSY\r\n")
    assert [event.reason for event in bench.of(CallerGone)] == [GoneReason.NO_CARRIER]


def test_a_modem_that_left_the_stream_when_the_line_dropped_is_still_released() -> None:
    bench = off_hook()
    bench.command(Play(SECOND))
    bench.hear(b"\r\nNO CARRIER\r\n")
    bench.answers[b"\x10\x18\x10\x03"] = None  # in command state nobody answers that
    bench.command(ReleaseLine())
    bench.run(5)
    assert bench.of(LineReleased)
    assert not bench.of(LinkFailed)


@pytest.mark.parametrize("command", [Listen(), Play(SECOND)])
def test_a_stream_refused_after_the_caller_has_gone_is_no_failure(command: Listen | Play) -> None:
    bench = off_hook({b"AT+VRX\r": ERROR, b"AT+VTX\r": ERROR})
    bench.hear(b"\r\nNO CARRIER\r\n")
    place = len(bench.written)
    bench.command(command)
    bench.run(1)
    assert bench.link.state is State.OFF_HOOK
    assert len(bench.written_since(place)) == 1  # not again and again
    bench.command(ReleaseLine())
    bench.run(1)
    assert bench.of(LineReleased)
    assert not bench.of(LinkFailed)


def test_the_next_caller_is_watched_anew() -> None:
    bench = off_hook()
    bench.hear(b"\r\nBUSY\r\n")
    bench.command(ReleaseLine())
    bench.run(1)
    bench.hear(RING)
    bench.command(TakeLine())
    bench.run(2)
    bench.hear(b"\r\nBUSY\r\n")
    assert len(bench.of(CallerGone)) == 2


# ---------------------------------------------------------------- hanging up out of anything


@pytest.mark.parametrize("where", ["off hook", "opening tx", "playing", "draining", "opening rx", "listening", "tones"])
def test_hanging_up_ends_the_stream_first(where: str) -> None:
    silent = {"opening tx": b"AT+VTX\r", "draining": b"\x10\x03", "opening rx": b"AT+VRX\r", "tones": TRANSFER_LINE}
    late = {b"AT+VTX\r": b"\r\nCONNECT\r\n", b"AT+VRX\r": b"\r\nCONNECT\r\n"}
    bench = off_hook({silent[where]: None} if where in silent else None)
    if where in ("opening tx", "playing", "draining"):
        bench.command(Play(SECOND))
    if where == "draining":
        bench.run(1.2)
    if where in ("opening rx", "listening"):
        bench.command(Listen())
    if where == "tones":
        bench.command(TRANSFER)
    place = len(bench.written)
    bench.command(ReleaseLine())
    if where in silent:
        bench.hear(late.get(silent[where], OK))
    bench.run(3)
    assert bench.written_since(place)[-4:] == [b"AT+VLS=0\r", b"ATH\r", b"AT+FCLASS=0\r", b"AT+VCID=1\r"]
    assert len(bench.of(LineReleased)) == 1
    assert not bench.of(LinkFailed)
    assert sound_of(bench.written_since(place)) == b""


def test_what_was_queued_before_hanging_up_is_not_played_in_the_next_call() -> None:
    bench = off_hook({b"AT+VRX\r": None})
    bench.command(Listen())
    bench.command(Play(SECOND))
    bench.command(ReleaseLine())
    bench.hear(b"\r\nCONNECT\r\n")
    bench.run(3)
    bench.hear(RING)
    bench.command(TakeLine())
    bench.run(3)
    assert bench.link.state is State.OFF_HOOK
    assert not bench.of(PlaybackStarted)


# ---------------------------------------------------------------- cuts


def call_summary(bench: Bench) -> list[object]:
    """Events with the sound of one listening joined."""
    summary: list[object] = []
    for event in bench.events:
        if isinstance(event, AudioReceived):
            if summary and isinstance(summary[-1], bytes):
                summary[-1] = summary[-1] + event.samples.tobytes()
            else:
                summary.append(event.samples.tobytes())
        else:
            summary.append(event)
    return summary


def a_call(bench: Bench) -> Bench:
    bench.hear(RING + CALLER + b"\x10R" + RING)
    bench.command(TakeLine())
    bench.run(2)
    bench.command(Play(SECOND))
    bench.hear(b"\x10/\x105\x105\x10~\x10u")
    bench.command(Listen())
    bench.run(2)
    bench.hear(bytes(range(16)) + b"\x10\x10\x10\x1a\x10/\x101\x10~\x10q\x10X\r\nDATE=1\r\n\x10." + b"\x7f" * 50)
    bench.command(TRANSFER)
    bench.run(2)
    bench.hear(b"\x10b\r\nBUSY\r\n")
    bench.command(ReleaseLine())
    bench.run(3)
    return bench


WHOLE = a_call(ready())


@given(cut_places)
def test_a_call_is_the_same_however_its_bytes_are_cut(places: list[int]) -> None:
    for cutting in (one_by_one, lambda data: cut(data, places)):
        bench = a_call(ready(cutting=cutting))
        assert call_summary(bench) == call_summary(WHOLE)
        assert bench.written == WHOLE.written
    assert any(isinstance(event, LineReleased) for event in WHOLE.events)


@given(st.lists(st.sampled_from([b"\x10\x99", b"\x10c", b"\x10s", b"\x10~", b"\x10L", b"\x10h"]), max_size=10))
def test_codes_that_mean_nothing_to_us_change_nothing(codes: list[bytes]) -> None:
    bench = off_hook()
    bench.command(Listen())
    before = len(bench.events)
    for code in codes:
        bench.hear(code)
    assert bench.events[before:] == []
    assert bench.link.state is State.LISTENING
