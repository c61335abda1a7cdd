"""Modems that misbehave, and what the link makes of it: recovery or a declared failure, never a hang."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.at_events import COMMAND_S
from firmware.errors import Misuse
from firmware.link_actions import CHECK_EVERY_S
from firmware.link_table import State
from firmware.vocabulary import (
    Advice,
    AudioReceived,
    Flash,
    LineCommand,
    LineReleased,
    LineTaken,
    LinkFailed,
    LinkReady,
    Listen,
    Open,
    Play,
    PlaybackFinished,
    PlaybackStopped,
    Rang,
    ReleaseLine,
    SendTones,
    StopListening,
    StopPlaying,
    TakeLine,
)
from tests.kit.feeding import any_bytes, line_noise
from tests.kit.hand_modem import OK, Bench, off_hook, ready

SECOND = np.zeros(8000, np.int16)
LOST_SYNC = b"\x10\x18\x10\x03\x10!\x10^\r"
ERROR = b"\r\nERROR\r\n"


def failed(bench: Bench) -> LinkFailed:
    (event,) = bench.of(LinkFailed)
    return event


# ---------------------------------------------------------------- streams that stick


def test_a_recording_that_does_not_end() -> None:
    """The modem goes on sending samples, whatever it is told: only DTR helps."""
    bench = off_hook({b"\x10!": None})
    bench.answers[b"AT\r"] = None  # swallowed as sound
    bench.command(Listen())
    bench.command(Play(SECOND))
    for _ in range(200):
        bench.hear(b"\xff" * 800)
        bench.run(0.1)
    assert bench.written.count(LOST_SYNC) == 1
    assert failed(bench).advice is Advice.DROP_DTR
    assert failed(bench).code == "modem-silent"


def test_a_recording_that_ends_only_by_the_long_sequence() -> None:
    bench = off_hook({b"\x10!": None, LOST_SYNC: b"\x10\x03\r\nOK\r\n"})
    bench.command(Listen())
    bench.command(StopListening())
    bench.run(10)
    assert failed(bench).advice is Advice.OPEN_AGAIN
    place = bench.written.index(LOST_SYNC)
    assert bench.written_since(place)[1:] == [b"AT\r", b"AT+VLS=0\r", b"ATH\r", b"AT+FCLASS=0\r"]
    bench.command(Open())
    bench.run(10)
    assert len(bench.of(LinkReady)) == 2


def test_a_recording_that_falls_silent() -> None:
    bench = off_hook()
    bench.command(Listen())
    bench.hear(b"\xff" * 800)
    bench.run(1.9)
    assert bench.link.state is State.LISTENING
    bench.run(5)
    assert failed(bench).code == "modem-silent"
    assert "dead or stuck" in failed(bench).detail


def test_the_lost_ok_of_a_playback_costs_a_second_not_the_call() -> None:
    bench = off_hook({b"\x10\x03": b"\x10u"})
    bench.command(Play(SECOND))
    bench.run(8)
    assert len(bench.of(PlaybackFinished)) == 1
    assert bench.link.state is State.OFF_HOOK


def test_the_lost_ok_of_a_barge_in_as_well() -> None:
    bench = off_hook({b"\x10\x18\x10\x03": None})
    bench.command(Play(SECOND))
    bench.run(0.5)
    bench.command(StopPlaying())
    bench.run(4)
    (stopped,) = bench.of(PlaybackStopped)
    assert stopped.heard_s == pytest.approx(0.5, abs=0.02)


@pytest.mark.parametrize(
    ("answers", "commands", "code"),
    [
        ({b"AT+VTX\r": ERROR}, [Play(SECOND)], "modem-refused"),
        ({b"AT+VTX\r": None}, [Play(SECOND)], "modem-silent"),
        ({b"AT+VRX\r": ERROR}, [Listen()], "modem-refused"),
        ({b"AT+VRX\r": b"\r\nOK\r\n"}, [Listen()], "modem-silent"),
        ({b"AT+VLS=0\r": ERROR, b"ATH\r": ERROR}, [ReleaseLine()], "modem-refused"),
        ({b"AT+FCLASS=0\r": ERROR}, [ReleaseLine()], "modem-refused"),
        ({b"ATH\r": None}, [ReleaseLine()], "modem-silent"),
        ({b"AT+VTS={!,30}\r": None}, [SendTones((Flash(0.3),))], "modem-silent"),
    ],
)
def test_what_a_call_cannot_do_without(
    answers: dict[bytes, bytes | None], commands: list[LineCommand], code: str
) -> None:
    bench = off_hook()
    bench.answers.update(answers)
    for command in commands:
        bench.command(command)
    bench.run(60)
    assert failed(bench).code == code
    assert LOST_SYNC in bench.written
    for command in (Play(SECOND), StopPlaying(), Listen(), ReleaseLine()):
        assert bench.command(command) == []  # void: they may have been under way
    assert bench.link.state is State.FAILED


def test_class_eight_refused_when_the_line_is_to_be_taken() -> None:
    bench = ready()
    bench.answers[b"AT+FCLASS=8\r"] = ERROR
    bench.hear(b"\r\nRING\r\n")
    bench.command(TakeLine())
    bench.run(10)
    assert failed(bench).code == "modem-refused"
    assert not bench.of(LineTaken)


# ---------------------------------------------------------------- answers that are late, lost, doubled


def test_a_lost_ok_while_taking_the_line() -> None:
    bench = ready({b"AT+FCLASS=8\r": OK})
    bench.answers[b"AT+VLS=1\r"] = None
    bench.hear(b"\r\nRING\r\n")
    bench.command(TakeLine())
    bench.run(1)
    bench.answers[b"AT+VLS=1\r"] = OK
    bench.run(COMMAND_S + 1)
    assert bench.of(LineTaken)


def test_a_late_ok_does_not_shift_the_call() -> None:
    bench = ready()
    bench.answers[b"AT+VSM=131,8000\r"] = None
    bench.hear(b"\r\nRING\r\n")
    bench.command(TakeLine())
    bench.run(COMMAND_S - 0.5)
    bench.answers[b"AT+VSM=131,8000\r"] = OK
    bench.run(1)
    bench.hear(OK)  # the first one, at last
    bench.run(3)
    assert bench.of(LineTaken)
    bench.command(Play(SECOND))
    bench.run(3)
    assert bench.of(PlaybackFinished)


def test_doubled_answers_all_through_a_call() -> None:
    bench = ready()
    for text, answer in list(bench.answers.items()):
        if answer is not None and answer.endswith(OK) and text != b"\x10!":
            bench.answers[text] = answer + OK
    for text in (b"AT+FCLASS=8\r", b"AT+VLS=1\r", b"AT+VLS=0\r", b"ATH\r", b"AT+FCLASS=0\r"):
        bench.answers[text] = OK + OK
    bench.hear(b"\r\nRING\r\n")
    bench.command(TakeLine())
    bench.run(3)
    bench.command(Play(SECOND))
    bench.run(3)
    bench.command(Listen())
    bench.command(ReleaseLine())
    bench.run(3)
    assert [
        type(event) for event in bench.events if isinstance(event, LineTaken | PlaybackFinished | LineReleased)
    ] == [
        LineTaken,
        PlaybackFinished,
        LineReleased,
    ]
    assert not bench.of(LinkFailed)


# ---------------------------------------------------------------- garbage


def test_a_flood_of_garbage_on_hook() -> None:
    bench = ready()
    for _ in range(60):
        bench.hear(b"\r\n\x7f\x80nonsense\r\n")
    bench.run(10)
    assert failed(bench).code == "modem-garbage"


def test_a_little_garbage_is_nothing() -> None:
    bench = ready()
    for _ in range(100):
        bench.hear(b"\r\nnonsense\r\n" * 20 + b"\r\nRING\r\n")
    assert not bench.of(LinkFailed)
    assert len(bench.of(Rang)) == 100


def test_connect_out_of_nowhere() -> None:
    bench = ready()
    bench.hear(b"\r\nCONNECT\r\n")
    bench.run(10)
    assert failed(bench).code == "modem-garbage"
    assert failed(bench).advice is Advice.OPEN_AGAIN


@given(line_noise, st.sampled_from([b"\r\nRING\r\n", b"\x10R"]))
def test_noise_between_lines_costs_no_ring(noise: bytes, ring: bytes) -> None:
    bench = ready()
    bench.hear(noise + b"\r\n" + ring + noise)
    assert len(bench.of(Rang)) == 1


# ---------------------------------------------------------------- on hook


def test_a_modem_that_dies_on_hook_is_noticed() -> None:
    bench = ready()
    bench.mute = True
    bench.run(CHECK_EVERY_S + 20)
    assert failed(bench).code == "modem-silent"
    assert failed(bench).advice is Advice.DROP_DTR


def test_a_call_that_went_well_makes_the_next_failure_a_first_one() -> None:
    bench = off_hook({b"AT+VRX\r": None})
    for _ in range(2):
        bench.mute = True
        bench.command(Listen())
        bench.run(60)
        bench.mute = False
        bench.command(Open())
        bench.run(10)
        for command in (TakeLine(), ReleaseLine(), TakeLine()):
            bench.command(command)
            bench.run(3)
    assert [event.advice for event in bench.of(LinkFailed)] == [Advice.DROP_DTR, Advice.DROP_DTR]


def test_a_living_one_is_left_in_peace() -> None:
    bench = ready()
    place = len(bench.written)
    bench.run(CHECK_EVERY_S * 3.5)
    assert bench.written_since(place) == [b"AT+VCID=1\r"] * 3
    assert bench.events[-1:] == bench.of(LinkReady)


def _checked() -> Bench:
    """On hook, the check has just been sent and is not answered yet."""
    bench = ready()
    bench.answers[b"AT+VCID=1\r"] = None
    bench.run(CHECK_EVERY_S - (bench.now - bench.of(LinkReady)[0].at) + 0.1)
    assert bench.written[-1] == b"AT+VCID=1\r"
    return bench


def test_a_ring_and_an_answer_in_the_middle_of_the_check() -> None:
    bench = _checked()
    place = len(bench.written)
    bench.hear(b"\r\nRING\r\n")
    bench.command(TakeLine())
    assert bench.written_since(place) == []
    bench.hear(OK)
    bench.run(3)
    assert bench.of(LineTaken)
    assert not bench.of(LinkFailed)


def test_the_check_is_lost_and_the_line_is_taken_all_the_same() -> None:
    bench = _checked()
    bench.hear(b"\r\nRING\r\n")
    bench.command(TakeLine())
    bench.run(COMMAND_S + 3)
    assert bench.of(LineTaken)


# ---------------------------------------------------------------- a machine that plays for time


def test_deadlines_fire_once_however_late() -> None:
    bench = off_hook()
    bench.command(Play(SECOND))
    bench.now += 100
    for _ in range(5):
        bench.absorb(bench.link.on_deadline(bench.now))
    bench.run(10)
    assert len(bench.of(PlaybackFinished)) == 1


def test_opening_in_the_middle_of_a_call_starts_afresh() -> None:
    bench = off_hook()
    bench.command(Listen())
    bench.command(Play(SECOND))
    bench.command(Open())
    bench.hear(b"\xff" * 100)
    bench.run(20)
    assert len(bench.of(LinkReady)) == 2
    assert bench.link.state is State.ON_HOOK
    assert not bench.of(PlaybackFinished)


# ---------------------------------------------------------------- anything at all

COMMANDS: list[LineCommand] = [
    Open(),
    TakeLine(),
    Play(SECOND[:2000]),
    StopPlaying(),
    Listen(),
    StopListening(),
    SendTones((Flash(0.3),)),
    ReleaseLine(),
]
happenings = st.lists(
    st.one_of(
        st.sampled_from(COMMANDS),
        any_bytes,
        st.sampled_from([OK, ERROR, b"\r\nCONNECT\r\n", b"\r\nRING\r\n", b"\r\nNO CARRIER\r\n", b"\x10\x03", b"\x10b"]),
        st.floats(min_value=0, max_value=12),
    ),
    max_size=40,
)


@given(happenings, st.booleans())
@settings(max_examples=300)
def test_nothing_raises_but_misuse_and_nothing_hangs(steps: list[LineCommand | bytes | float], mute: bool) -> None:
    bench, refusals = off_hook(), []
    bench.mute = mute
    for step in steps:
        if isinstance(step, bytes):
            bench.hear(step)
        elif isinstance(step, float):
            bench.run(step)
        else:
            try:
                bench.command(step)
            except Misuse as error:
                refusals.append(str(error))
    # "input …" would be a timer or a plan of ours in a state that has none.
    assert all(text.startswith("command ") for text in refusals)
    bench.mute = True
    resting = (State.FAILED, State.OFF_HOOK)
    bench.run(2 * CHECK_EVERY_S)
    assert bench.link.state in resting
    assert sum(len(event.samples) for event in bench.of(AudioReceived)) <= 400 * len(steps) + 1000


@given(happenings)
@settings(max_examples=100)
def test_whatever_happened_the_link_comes_back(steps: list[LineCommand | bytes | float]) -> None:
    """With a sane modem at the other end again, Open leads to LinkReady and a call can be played."""
    bench = off_hook()
    for step in steps:
        try:
            if isinstance(step, bytes):
                bench.hear(step)
            elif isinstance(step, float):
                bench.run(step)
            else:
                bench.command(step)
        except Misuse:
            continue
    bench.command(Open())
    bench.hear(b"\r\n")
    bench.run(60)
    assert bench.link.state is State.ON_HOOK
    bench.events.clear()
    bench.hear(b"\r\nRING\r\n")
    bench.command(TakeLine())
    bench.run(3)
    bench.command(Play(SECOND))
    bench.run(3)
    bench.command(ReleaseLine())
    bench.run(3)
    assert [
        type(event) for event in bench.events if isinstance(event, LineTaken | PlaybackFinished | LineReleased)
    ] == [
        LineTaken,
        PlaybackFinished,
        LineReleased,
    ]
