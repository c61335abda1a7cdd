"""Calls through the exchange: ringing, caller ID, both ways of hanging up, several calls, faults of the wire."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.virtual.exchange_states import ExchangeState
from firmware.virtual.line import CallerIdBlock
from firmware.virtual.line_events import (
    BoxAnswered,
    BoxHungUp,
    BoxSoundBegan,
    BoxSoundEnded,
    BoxTookIdleLine,
    CallArrived,
    CallEnded,
    CallerGaveUp,
    CallerHungUp,
    CallerIdSent,
    RingSent,
)
from firmware.virtual.line_plan import (
    AfterCaller,
    CallPlan,
    ExtensionBehaviour,
    ExtensionPlan,
    HangUp,
    Impairment,
    LinePlan,
    Press,
    StaySilent,
    Step,
)
from tests.virtual.exchange.bench import Bench, cadence, goertzel_keys, keys_sound, level, main_frequency, sine, voice

STAYS = (Step(action=StaySilent(600.0)),)
KNOWN = CallPlan(number="4995550101", steps=STAYS)
PLAN = LinePlan(calls=(KNOWN,), month_day="1120", hour_minute="1105")


def leaving_after(seconds: float, **how: object) -> LinePlan:
    steps = (Step(action=StaySilent(seconds)), Step(action=HangUp()))
    return replace(PLAN, calls=(replace(KNOWN, steps=steps),), **how)


# ---------------------------------------------------------------- ringing


def test_ringing_current_comes_one_second_in_five() -> None:
    bench = Bench(PLAN)
    bench.wait(35.0)
    on_s, off_s = cadence(np.repeat(np.array(bench.ringing[50:], float), 160))
    assert 0.9 <= on_s <= 1.1
    assert 3.6 <= off_s <= 4.4
    assert [ring.count for ring in bench.all(RingSent)] == [1, 2, 3, 4, 5, 6, 7]
    assert [ring.at for ring in bench.all(RingSent)] == pytest.approx([1001 + 5 * n for n in range(7)])


def test_the_cadence_is_a_setting() -> None:
    bench = Bench(replace(PLAN, ring_on_s=0.8, ring_off_s=3.2))
    bench.wait(13.1)
    assert [ring.at for ring in bench.all(RingSent)] == pytest.approx([1001, 1005, 1009, 1013])
    assert sum(bench.ringing[50:250]) == 40


@pytest.mark.parametrize(
    ("call", "block", "shown"),
    [
        (KNOWN, CallerIdBlock("1120", "1105", "4995550101"), "···0101"),
        (CallPlan(withheld=True), CallerIdBlock("1120", "1105", None, withheld=True), "withheld"),
        (CallPlan(unavailable=True), CallerIdBlock("1120", "1105", None), "unavailable"),
        (CallPlan(), None, "not-sent"),
    ],
)
def test_caller_id_comes_once_between_the_first_two_rings(
    call: CallPlan, block: CallerIdBlock | None, shown: str
) -> None:
    bench = Bench(replace(PLAN, calls=(call,)))
    bench.wait(16.5)
    assert bench.blocks == ([] if block is None else [block])
    assert [arrived.caller for arrived in bench.all(CallArrived)] == [shown]
    if block is not None:
        first, second = bench.all(RingSent)[:2]
        [sent] = bench.all(CallerIdSent)
        assert first.at + 1.5 == pytest.approx(sent.at)
        assert sent.at < second.at


@pytest.mark.parametrize(("after_ring", "at"), [(2, 1007.5), (0, None)])
def test_caller_id_after_another_ring_or_never(after_ring: int, at: float | None) -> None:
    bench = Bench(replace(PLAN, caller_id_after_ring=after_ring))
    bench.wait(20.0)
    assert [sent.at for sent in bench.all(CallerIdSent)] == ([] if at is None else [pytest.approx(at)])


def test_the_caller_gives_up() -> None:
    bench = Bench(replace(PLAN, calls=(replace(KNOWN, answer_within_s=7.0),)))
    gave_up = bench.until(CallerGaveUp)
    assert gave_up.at == pytest.approx(1008.0, abs=0.05)
    bench.wait(10.0)
    assert not any(bench.ringing[-500:])
    assert [type(event) for event in bench.log[-2:]] == [CallerGaveUp, CallEnded]
    assert bench.exchange.finished


def test_nothing_is_heard_on_hook() -> None:
    bench = Bench(replace(PLAN, impairment=Impairment(noise_dbm0=-30.0)))
    assert not bench.wait(10.0).any()


def test_an_idle_line_gives_dial_tone() -> None:
    bench = Bench(replace(PLAN, first_call_after_s=60.0))
    bench.off_hook = True
    heard = bench.wait(3.0)
    assert main_frequency(heard) == pytest.approx(425, abs=0.5)
    assert [type(event) for event in bench.log] == [BoxTookIdleLine]


def test_calls_can_be_held_back() -> None:
    bench = Bench(PLAN)
    bench.exchange.calls_held = True
    bench.wait(20.0)
    assert bench.log == []
    assert not bench.exchange.finished
    bench.exchange.calls_held = False
    bench.until(CallArrived, 1.0)


# ---------------------------------------------------------------- the conversation


def test_answer_joins_both_ways() -> None:
    steps = (Step(action=StaySilent(1.0)), Step(action=Press("59#")), *STAYS)
    bench = Bench(replace(PLAN, calls=(replace(KNOWN, steps=steps),)), listener=lambda heard: ears.append(heard))
    ears: list = []
    bench.answer()
    [answered] = bench.all(BoxAnswered)
    assert answered.at == pytest.approx(1002.52, abs=0.03)
    ears.clear()
    said = voice(2.0)
    heard = bench.say(said)
    assert [key for key, _, _ in goertzel_keys(heard)] == ["5", "9", "#"]
    assert level(np.concatenate(ears)) == pytest.approx(level(said), abs=0.1)
    assert not any(bench.ringing[-100:])


def test_box_sound_is_timed_to_five_milliseconds() -> None:
    bench = Bench(PLAN)
    bench.answer()
    start = bench.now
    silence = np.zeros(round(0.333 * 8000))
    bench.say(np.concatenate([silence, sine(700, 1.0, -20), np.zeros(1600), sine(700, 0.5, -20), np.zeros(8000)]))
    [began] = bench.all(BoxSoundBegan)
    [ended] = bench.all(BoxSoundEnded)
    assert began.at == pytest.approx(start + 0.333, abs=0.005)
    assert ended.at == pytest.approx(start + 0.333 + 1.7, abs=0.0025)


def test_right_after_a_key_a_short_gap_is_a_new_sound() -> None:
    steps = (Step(action=StaySilent(0.5)), Step(action=Press("1")), *STAYS)
    bench = Bench(replace(PLAN, calls=(replace(KNOWN, steps=steps),)))
    bench.answer()
    start = bench.now
    bench.say(np.concatenate([sine(700, 0.6, -20), np.zeros(480), sine(700, 0.5, -20), np.zeros(8000)]))
    assert [event.at - start for event in bench.all(BoxSoundBegan)] == pytest.approx([0.0, 0.66], abs=0.006)
    assert [event.at - start for event in bench.all(BoxSoundEnded)] == pytest.approx([0.6, 1.16], abs=0.006)


# ---------------------------------------------------------------- ends


@pytest.mark.parametrize(
    ("after", "on_s", "off_s"),
    [(AfterCaller.BUSY, (0.3, 0.4), (0.3, 0.4)), (AfterCaller.CONGESTION, (0.15, 0.2), (0.15, 0.2))],
)
def test_a_caller_who_has_hung_up_leaves_a_tone(after: AfterCaller, on_s: tuple, off_s: tuple) -> None:
    bench = Bench(leaving_after(2.0, after_caller=after))
    bench.answer()
    bench.until(CallerHungUp)
    heard = bench.wait(12.0)
    measured = cadence(heard)
    assert on_s[0] <= measured[0] <= on_s[1]
    assert off_s[0] <= measured[1] <= off_s[1]
    assert main_frequency(heard[: round(measured[0] * 8000)]) == pytest.approx(425, abs=1.5)
    assert not any(bench.reversed)
    assert bench.all(CallEnded) == []
    bench.hang_up()
    assert bench.exchange.finished


@pytest.mark.parametrize("after", [AfterCaller.SILENCE, AfterCaller.REVERSAL])
def test_or_silence_or_a_reversal(after: AfterCaller) -> None:
    bench = Bench(leaving_after(2.0, after_caller=after))
    bench.answer()
    assert not any(bench.reversed)
    bench.until(CallerHungUp)
    assert not bench.wait(5.0).any()
    assert all(bench.reversed[-200:]) is (after is AfterCaller.REVERSAL)
    bench.hang_up()
    assert not bench.reversed[-1]


def test_a_box_that_has_hung_up_leaves_busy_tone_to_the_caller() -> None:
    ears: list = []
    bench = Bench(replace(PLAN, calls=(replace(KNOWN, steps=()),)), listener=ears.append)
    bench.answer()
    bench.say(voice(1.0))
    left_at = bench.now
    bench.hang_up()
    [hung_up] = bench.all(BoxHungUp)
    assert hung_up.at == pytest.approx(left_at, abs=0.001)
    ears.clear()
    bench.until(CallEnded)
    heard = np.concatenate(ears)
    assert main_frequency(heard[:2000]) == pytest.approx(425, abs=2)
    kinds = [type(event) for event in bench.log if not isinstance(event, BoxSoundBegan | BoxSoundEnded)]
    assert kinds[-3:] == [BoxHungUp, CallerHungUp, CallEnded]


def test_calls_come_one_after_another() -> None:
    withheld = CallPlan(withheld=True, answer_within_s=3.0)
    bench = Bench(replace(leaving_after(1.0), calls=(*leaving_after(1.0).calls, withheld), pause_s=4.0))
    bench.answer()
    bench.until(CallerHungUp)
    bench.hang_up()
    [ended] = bench.all(CallEnded)
    assert not bench.exchange.finished
    assert bench.exchange.caller is None
    second = bench.until(CallArrived)
    assert second.call == 2
    assert second.caller == "withheld"
    assert second.at == pytest.approx(ended.at + 4.0, abs=0.05)
    assert bench.exchange.caller is not None
    bench.until(CallEnded)
    bench.wait(20.0)
    assert bench.exchange.finished
    assert len(bench.all(CallArrived)) == 2


def test_no_call_comes_to_a_box_off_hook() -> None:
    bench = Bench(PLAN)
    bench.off_hook = True
    bench.wait(10.0)
    assert bench.all(CallArrived) == []
    bench.off_hook = False
    bench.until(CallArrived, 3.0)


# ---------------------------------------------------------------- the wire


def test_attenuation_noise_and_hum_have_their_levels() -> None:
    impairment = Impairment(attenuation_db=12.0, noise_dbm0=-45.0, hum_dbm0=-50.0)
    steps = (Step(action=StaySilent(1.0)), Step(action=Press("1", tone_s=1.0, level_dbm0=-10.0)), *STAYS)
    ears: list = []
    plan = replace(PLAN, calls=(replace(KNOWN, steps=steps),), impairment=impairment)
    bench = Bench(plan, listener=ears.append)
    bench.answer()
    ears.clear()
    heard = bench.say(sine(1000, 0.9, -10.0))
    assert level(np.concatenate(ears)) == pytest.approx(-22.0, abs=0.2)
    quiet = heard[:4000].astype(float)
    spectrum = np.abs(np.fft.rfft(quiet * np.hanning(4000))) ** 2
    assert np.argmax(spectrum) * 2 == 50
    assert level(quiet) == pytest.approx(-43.8, abs=0.5)
    heard = bench.wait(1.0)
    assert level(heard[2000:6000]) == pytest.approx(-22.0 + 3.0, abs=0.3)


def test_echo_is_the_boxs_own_sound_later_and_weaker() -> None:
    bench = Bench(replace(PLAN, impairment=Impairment(echo_db=14.0, echo_delay_s=0.0125)))
    bench.answer()
    said = voice(1.0)
    heard = bench.say(said)
    assert np.allclose(heard[100:], said[:-100] * 10 ** (-14 / 20), atol=1.0)
    assert not heard[:100].any()


def test_noise_follows_the_seed() -> None:
    plan = replace(PLAN, impairment=Impairment(noise_dbm0=-40.0))
    heard = []
    for seed in (5, 5, 6):
        bench = Bench(plan, seed=seed)
        bench.answer()
        heard.append(bench.wait(0.5))
    assert np.array_equal(heard[0], heard[1])
    assert not np.array_equal(heard[0], heard[2])


# ---------------------------------------------------------------- anything at all

MOVES = st.lists(
    st.tuples(
        st.booleans(),
        st.sampled_from(["", "voice", "1", "2", "12", "9", "tone"]),
        st.sampled_from([0.02, 0.06, 0.1, 0.3, 0.9, 1.0, 2.5, 7.0]),
    ),
    max_size=14,
)
SOUNDS = {"": np.zeros(160), "voice": voice(0.5), "tone": sine(425, 1.0, -10)}


@settings(max_examples=60, deadline=None)
@given(MOVES, st.sampled_from(["answers", "busy", "no-answer"]), st.sampled_from([0.4, 3.0, 12.0, 40.0]))
def test_whatever_a_box_does_the_exchange_stands_it(moves: list, behaviour: str, caller_stays_s: float) -> None:
    extension = ExtensionPlan("12", ExtensionBehaviour(behaviour), answer_after_s=2.0, talk_s=1.0, ring_for_s=5.0)
    bench = Bench(replace(leaving_after(caller_stays_s), extension=extension, first_call_after_s=0.0))
    for off_hook, sound, seconds in moves:
        bench.off_hook = off_hook
        bench.say(SOUNDS[sound] if sound in SOUNDS else keys_sound(sound, 0.06, 0.06))
        bench.wait(seconds)
    bench.off_hook = False
    for _ in range(200):
        bench.wait(1.0)
        if bench.exchange.finished:
            break
    assert bench.exchange.finished
    assert bench.exchange.state is ExchangeState.IDLE
    assert len(bench.all(CallArrived)) == len(bench.all(CallEnded)) == 1
