"""The virtual caller: each wait, each action, starving, and a person in his place. No exchange here, only sound."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from firmware.virtual.caller import CallerState, VirtualCaller
from firmware.virtual.errors import ImpossibleTransition
from firmware.virtual.line_events import CallerPressed, CallerSpoke, CallerStarved, LineEvent
from firmware.virtual.line_plan import HangUp, Press, Speak, SpeakSamples, StaySilent, Step, Wait
from tests.virtual.exchange.bench import frames, goertzel_keys, level, sine, voice

BUSY = np.concatenate([np.concatenate([sine(425, 0.35, -10), np.zeros(2800)]) for _ in range(4)])
RINGBACK = np.concatenate([sine(425, 1.0, -10), np.zeros(32_000)])
QUESTION = voice(1.5)


def quiet(seconds: float) -> NDArray:
    return np.zeros(round(seconds * 8000))


class Telephone:
    """A caller whose line is played to him by the test; the clock starts at 0."""

    def __init__(self, *steps: Step, interactive: bool = False) -> None:
        self.caller = VirtualCaller(steps, interactive)
        self.caller.answered()
        self.log: list[LineEvent] = []
        self._frames = 0

    @property
    def now(self) -> float:
        return self._frames * 0.02

    def play(self, sound: NDArray) -> NDArray:
        sent = []
        for frame in frames(sound):
            sent.append(self.caller.frame(frame, self.now))
            self._frames += 1
            self.log += self.caller.take_events()
        return np.concatenate(sent)


def first_sound(sent: NDArray) -> float | None:
    loud = np.flatnonzero(np.abs(sent.astype(int)) > 300)
    return None if loud.size == 0 else float(loud[0]) / 8000


# ---------------------------------------------------------------- waits


@pytest.mark.parametrize("quiet_s", [0.4, 0.8, 2.0])
def test_a_question_is_speech_and_then_quiet(quiet_s: float) -> None:
    telephone = Telephone(Step(Wait.QUESTION, Press("1"), quiet_s=quiet_s))
    sent = telephone.play(np.concatenate([quiet(0.5), QUESTION, quiet(4.0)]))
    assert first_sound(sent) == pytest.approx(0.5 + 1.5 + quiet_s, abs=0.15)


def test_pauses_within_a_question_do_not_end_it() -> None:
    telephone = Telephone(Step(Wait.QUESTION, Press("1")))
    sent = telephone.play(np.concatenate([voice(0.6), quiet(0.45), voice(0.6), quiet(0.45), voice(0.6), quiet(2)]))
    assert first_sound(sent) == pytest.approx(2.7 + 0.8, abs=0.15)


def test_a_short_noise_is_no_question() -> None:
    telephone = Telephone(Step(Wait.QUESTION, Press("1")))
    assert first_sound(telephone.play(np.concatenate([voice(0.16), quiet(10.0)]))) is None


def test_each_question_is_answered_once() -> None:
    telephone = Telephone(Step(Wait.QUESTION), Step(Wait.QUESTION, Press("7")))
    assert first_sound(telephone.play(np.concatenate([QUESTION, quiet(8.0)]))) is None
    assert first_sound(telephone.play(np.concatenate([QUESTION, quiet(3.0)]))) == pytest.approx(2.3, abs=0.15)


def test_speech_is_enough_for_barge_in() -> None:
    telephone = Telephone(Step(Wait.SPEECH, Press("1")))
    assert first_sound(telephone.play(np.concatenate([quiet(1.0), voice(5.0)]))) == pytest.approx(1.3, abs=0.2)


def test_what_is_left_of_a_prompt_after_a_key_is_not_its_answer() -> None:
    telephone = Telephone(Step(Wait.SPEECH, Press("1")), Step(Wait.QUESTION, Press("2")))
    telephone.play(voice(0.6))
    sent = telephone.play(quiet(5.0))
    assert goertzel_keys(sent) == []
    sent = telephone.play(np.concatenate([QUESTION, quiet(2.0)]))
    assert [key for key, _, _ in goertzel_keys(sent)] == ["2"]


def test_what_was_heard_while_a_key_was_down_is_not_its_answer() -> None:
    telephone = Telephone(Step(action=Press("1", tone_s=0.4)), Step(Wait.QUESTION, Press("2")))
    telephone.play(voice(0.5))
    assert goertzel_keys(telephone.play(quiet(5.0))) == []


@pytest.mark.parametrize(
    ("wait", "sound"), [(Wait.BUSY, BUSY), (Wait.END, BUSY), (Wait.END, sine(425, 3, -10)), (Wait.RINGBACK, RINGBACK)]
)
def test_tones_are_waited_for(wait: Wait, sound: NDArray) -> None:
    telephone = Telephone(Step(wait, Press("5")))
    assert first_sound(telephone.play(np.concatenate([QUESTION, quiet(2.0)]))) is None
    assert first_sound(telephone.play(np.concatenate([sound, quiet(1.0)]))) is not None


def test_dial_tone_is_not_busy() -> None:
    telephone = Telephone(Step(Wait.BUSY, Press("5")))
    assert first_sound(telephone.play(sine(425, 5, -10))) is None


def test_after_s_is_added() -> None:
    telephone = Telephone(Step(Wait.QUESTION, Press("1"), after_s=3.0))
    assert first_sound(telephone.play(np.concatenate([QUESTION, quiet(8.0)]))) == pytest.approx(5.3, abs=0.15)


# ---------------------------------------------------------------- actions


def test_keys_are_real_tones_at_the_times_that_the_log_tells() -> None:
    telephone = Telephone(Step(action=Press("12,3#", tone_s=0.12, gap_s=0.08, level_dbm0=-12.0)))
    sent = telephone.play(quiet(3.0))
    pressed = [event for event in telephone.log if isinstance(event, CallerPressed)]
    heard = goertzel_keys(sent)
    assert [event.key for event in pressed] == [key for key, _, _ in heard] == list("123#")
    assert [event.final for event in pressed] == [False, False, False, True]
    for event, (_, begin, end) in zip(pressed, heard, strict=True):
        assert event.began_at == pytest.approx(begin, abs=0.013)
        assert event.ended_at == pytest.approx(end, abs=0.013)
        assert event.at == event.ended_at
    starts = [event.began_at for event in pressed]
    assert np.diff(starts) == pytest.approx([0.2, 0.7, 0.2], abs=1e-3)
    first = sent[round(starts[0] * 8000) : round(pressed[0].ended_at * 8000)]
    assert level(first) == pytest.approx(-9.0, abs=0.2)


def test_trailing_pause_keys_do_not_hide_the_last_key() -> None:
    telephone = Telephone(Step(action=Press("1,2,,")))
    telephone.play(quiet(4.0))
    assert [(event.key, event.final) for event in telephone.log] == [("1", False), ("2", True)]


def test_speech_is_logged_from_its_first_to_its_last_sound() -> None:
    said = frames(np.concatenate([quiet(0.4), voice(1.0), quiet(0.8)])).reshape(-1)
    telephone = Telephone(Step(action=Speak(said, "да")), Step(action=Press("1")))
    sent = telephone.play(quiet(4.0))
    spoke, pressed = telephone.log
    assert isinstance(spoke, CallerSpoke)
    assert isinstance(pressed, CallerPressed)
    assert spoke.what == "да"
    assert spoke.began_at == pytest.approx(0.4, abs=0.03)
    assert spoke.ended_at == pytest.approx(1.4, abs=0.03)
    assert np.array_equal(sent[: said.size], said)
    assert pressed.began_at == pytest.approx(said.size / 8000, abs=0.021)


def test_an_answer_during_the_quiet_end_of_a_recording_counts() -> None:
    said = frames(np.concatenate([voice(0.5), quiet(2.5)])).reshape(-1)
    telephone = Telephone(Step(action=Speak(said, "да")), Step(Wait.QUESTION, Press("1")))
    sent = telephone.play(np.concatenate([quiet(0.8), voice(1.0), quiet(4.0)]))
    assert [key for key, _, _ in goertzel_keys(sent[24_000:])] == ["1"]


def test_silence_lasts_and_sends_nothing() -> None:
    telephone = Telephone(Step(action=StaySilent(4.0)), Step(action=Press("1")))
    assert first_sound(telephone.play(quiet(6.0))) == pytest.approx(4.0, abs=0.03)


def test_hanging_up() -> None:
    telephone = Telephone(Step(Wait.QUESTION, HangUp()))
    telephone.play(np.concatenate([QUESTION, quiet(0.5)]))
    assert not telephone.caller.gone
    telephone.play(quiet(0.5))
    assert telephone.caller.gone
    assert telephone.log == []


def test_after_the_script_the_caller_stays_until_the_end() -> None:
    telephone = Telephone(Step(action=Press("1")))
    telephone.play(np.concatenate([quiet(1.0), QUESTION, quiet(20.0)]))
    assert telephone.caller.state is CallerState.STAYING
    telephone.play(BUSY)
    assert telephone.caller.state is CallerState.GONE
    assert not any(isinstance(event, CallerStarved) for event in telephone.log)


# ---------------------------------------------------------------- starving


def test_a_wait_in_vain_is_told_with_its_step() -> None:
    telephone = Telephone(Step(action=Press("1")), Step(Wait.QUESTION, Press("2"), timeout_s=5.0, id="reading"))
    telephone.play(quiet(6.0))
    [starved] = [event for event in telephone.log if isinstance(event, CallerStarved)]
    assert (starved.step, starved.step_id, starved.waiting_for, starved.box_gone) == (2, "reading", "question", False)
    assert starved.at == pytest.approx(5.1, abs=0.05)
    assert telephone.caller.gone


def test_a_box_that_hangs_up_starves_the_caller_at_once() -> None:
    telephone = Telephone(Step(Wait.QUESTION, Press("2")))
    telephone.play(np.concatenate([QUESTION, BUSY]))
    [starved] = telephone.log
    assert isinstance(starved, CallerStarved)
    assert starved.box_gone
    assert starved.at < 5.0


def test_a_box_that_never_hangs_up_after_the_script() -> None:
    telephone = Telephone()
    telephone.play(quiet(61.0))
    [starved] = telephone.log
    assert isinstance(starved, CallerStarved)
    assert (starved.step, starved.waiting_for) == (1, "end")


# ---------------------------------------------------------------- a person


def test_live_keys_and_hanging_up() -> None:
    telephone = Telephone(interactive=True)
    telephone.play(QUESTION)
    telephone.caller.command(Press("4"))
    telephone.caller.command(Press("2"))
    sent = telephone.play(quiet(1.0))
    assert [key for key, _, _ in goertzel_keys(sent)] == ["4", "2"]
    assert [(event.key, event.final) for event in telephone.log] == [("4", True), ("2", True)]
    telephone.play(quiet(100.0))
    assert telephone.caller.state is CallerState.LIVE
    telephone.caller.command(HangUp())
    assert telephone.caller.gone
    telephone.caller.command(Press("1"))
    assert not telephone.play(quiet(0.2)).any()


def test_live_speech_goes_out_as_it_comes_in_and_is_logged_when_it_pauses() -> None:
    telephone = Telephone(interactive=True)
    spoken = frames(np.concatenate([quiet(0.2), voice(0.8), quiet(1.0)]))
    sent = []
    for piece in spoken:
        telephone.caller.command(SpeakSamples(piece))
        sent.append(telephone.play(np.zeros(160)))
    assert np.array_equal(np.concatenate(sent), spoken.reshape(-1))
    [spoke] = telephone.log
    assert isinstance(spoke, CallerSpoke)
    assert spoke.what == "live"
    assert (spoke.began_at, spoke.ended_at) == pytest.approx((0.2, 1.0), abs=0.06)


def test_a_live_caller_hangs_up_on_busy() -> None:
    telephone = Telephone(interactive=True)
    telephone.play(BUSY)
    assert telephone.caller.gone


def test_nobody_can_be_answered_twice() -> None:
    telephone = Telephone()
    with pytest.raises(ImpossibleTransition):
        telephone.caller.answered()


@settings(max_examples=50, deadline=None)
@given(
    st.lists(
        st.builds(
            Step,
            wait=st.sampled_from([None, *Wait]),
            action=st.sampled_from([None, Press("1#"), StaySilent(0.3), Speak(np.ones(500, np.int16), "x"), HangUp()]),
            timeout_s=st.sampled_from([0.5, 3.0]),
        ),
        max_size=6,
    ),
    st.lists(st.sampled_from([QUESTION, BUSY, RINGBACK, quiet(1.0), sine(425, 2.0, -10)]), max_size=6),
)
def test_any_script_on_any_line_comes_to_an_end(steps: list[Step], sounds: list[NDArray]) -> None:
    telephone = Telephone(*steps)
    for sound in sounds:
        telephone.play(sound)
    telephone.play(quiet(85.0))
    assert telephone.caller.gone
