"""Hook flash and transfer: what the box hears, what the caller hears, and every way in which it can fail."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from firmware.virtual.exchange_states import ExchangeState
from firmware.virtual.line_events import (
    BoxHungUp,
    CallEnded,
    CallerHungUp,
    CallerTakenBack,
    DigitDialled,
    ExtensionAnswered,
    FlashSeen,
    TransferFailed,
    TransferFailure,
    Transferred,
)
from firmware.virtual.line_plan import CallPlan, ExtensionBehaviour, ExtensionPlan, HangUp, LinePlan, StaySilent, Step
from tests.virtual.exchange.bench import Bench, cadence, frames, keys_sound, level, main_frequency, voice

STAYS = (Step(action=StaySilent(600.0)),)
EXTENSION = ExtensionPlan("12", answer_after_s=6.0, talk_s=4.0, ring_for_s=20.0)
PLAN = LinePlan(calls=(CallPlan(steps=STAYS),), extension=EXTENSION)


def connected(plan: LinePlan = PLAN) -> tuple[Bench, list]:
    ears: list = []
    bench = Bench(plan, listener=ears.append)
    bench.answer()
    bench.say(voice(0.5))
    ears.clear()
    return bench, ears


def flashed(plan: LinePlan = PLAN, flash_s: float = 0.3) -> tuple[Bench, list]:
    bench, ears = connected(plan)
    bench.open_loop(flash_s)
    return bench, ears


def failures(bench: Bench) -> list[TransferFailure]:
    return [failed.reason for failed in bench.all(TransferFailed)]


def with_extension(**how: object) -> LinePlan:
    return replace(PLAN, extension=replace(EXTENSION, **how))


@pytest.mark.parametrize("flash_s", [0.08, 0.1, 0.3, 0.5, 0.9])
def test_a_flash_gives_dial_tone_and_holds_the_caller(flash_s: float) -> None:
    bench, ears = flashed(flash_s=flash_s)
    [seen] = bench.all(FlashSeen)
    assert seen.duration_s == pytest.approx(flash_s)
    heard = bench.say(voice(2.0))
    assert main_frequency(heard) == pytest.approx(425, abs=0.5)
    assert min(level(frame) for frame in frames(heard)) > -11
    assert not np.concatenate(ears[-100:]).any()
    assert bench.all(BoxHungUp) == []


@pytest.mark.parametrize("flash_s", [0.02, 0.04, 0.06])
def test_a_hit_on_the_line_is_no_flash(flash_s: float) -> None:
    bench, ears = flashed(flash_s=flash_s)
    bench.say(voice(0.5))
    assert bench.all(FlashSeen) == []
    assert level(np.concatenate(ears[-20:])) > -25


@pytest.mark.parametrize("flash_s", [0.92, 1.0, 2.0])
def test_a_flash_of_one_second_loses_the_call(flash_s: float) -> None:
    bench, _ = flashed(flash_s=flash_s)
    assert bench.all(FlashSeen) == []
    assert len(bench.all(BoxHungUp)) == 1
    assert bench.exchange.state is ExchangeState.RELEASED
    assert main_frequency(bench.wait(1.0)) == pytest.approx(425, abs=1)


def test_a_line_without_transfer_takes_no_notice_of_a_flash() -> None:
    bench, ears = flashed(replace(PLAN, extension=None))
    assert len(bench.all(FlashSeen)) == 1
    bench.say(voice(0.5))
    assert level(np.concatenate(ears[-20:])) > -25


def test_dial_tone_stops_with_the_first_digit_and_ringback_follows_the_number() -> None:
    bench, ears = flashed()
    bench.wait(1.0)
    bench.say(keys_sound("1"))
    assert not bench.wait(1.0).any()
    bench.say(keys_sound("2"))
    assert [dialled.digit for dialled in bench.all(DigitDialled)] == ["1", "2"]
    heard = bench.wait(5.6)
    assert level(heard[:6400]) == pytest.approx(-10, abs=0.5)
    assert not heard[9600:38400].any()
    assert not np.concatenate(ears[-100:]).any()
    answered = bench.until(ExtensionAnswered)
    assert answered.at == pytest.approx(bench.all(DigitDialled)[1].at + 6.0, abs=0.1)
    ears.clear()
    assert level(bench.say(voice(1.0))) > -30
    assert not np.concatenate(ears).any()


def test_hanging_up_while_it_rings_joins_caller_and_extension() -> None:
    bench, ears = flashed()
    bench.say(keys_sound("12", 0.08, 0.08))
    bench.wait(1.0)
    bench.hang_up()
    [transferred] = bench.all(Transferred)
    assert transferred.to == "12"
    ears.clear()
    bench.until(ExtensionAnswered)
    ringback = np.concatenate(ears)
    assert main_frequency(ringback) == pytest.approx(425, abs=1)
    ears.clear()
    bench.wait(1.0)
    assert level(np.concatenate(ears)) > -30
    ears.clear()
    bench.wait(12.0)
    assert cadence(np.concatenate(ears)[-48_000:]) == pytest.approx((0.35, 0.35), abs=0.05)
    assert failures(bench) == []


def test_after_a_transfer_the_line_is_the_boxs_own_again() -> None:
    bench, _ = flashed()
    bench.say(keys_sound("12"))
    bench.wait(1.0)
    bench.hang_up()
    bench.off_hook = True
    assert main_frequency(bench.wait(1.0)) == pytest.approx(425, abs=1)
    bench.open_loop(0.3)
    bench.hang_up()
    assert len(bench.all(Transferred)) == 1
    assert failures(bench) == []
    assert len(bench.all(ExtensionAnswered)) == 0
    bench.until(ExtensionAnswered)


def test_hanging_up_after_it_answered_joins_them_too() -> None:
    bench, ears = flashed()
    bench.say(keys_sound("12"))
    bench.until(ExtensionAnswered)
    bench.wait(0.5)
    bench.hang_up()
    assert len(bench.all(Transferred)) == 1
    assert level(np.concatenate(ears[-5:])) > -40


def test_the_caller_is_heard_no_more_and_may_leave() -> None:
    steps = (Step(action=StaySilent(5.0)),)
    bench, _ = flashed(replace(PLAN, calls=(CallPlan(steps=steps),)))
    bench.say(keys_sound("12"))
    bench.wait(0.5)
    bench.hang_up()
    bench.until(CallEnded)
    assert len(bench.all(CallerHungUp)) == 1
    assert bench.exchange.finished


def test_a_busy_extension_and_the_way_back() -> None:
    bench, ears = flashed(with_extension(behaviour=ExtensionBehaviour.BUSY))
    bench.say(keys_sound("12"))
    heard = bench.wait(7.0)
    assert cadence(heard) == pytest.approx((0.35, 0.35), abs=0.03)
    assert failures(bench) == [TransferFailure.BUSY]
    bench.open_loop(0.3)
    assert len(bench.all(CallerTakenBack)) == 1
    ears.clear()
    bench.say(voice(0.5))
    assert level(np.concatenate(ears)) > -25
    bench.open_loop(0.3)
    bench.say(keys_sound("12"))
    assert failures(bench) == [TransferFailure.BUSY, TransferFailure.BUSY]


def test_nobody_answers() -> None:
    bench, _ = flashed(with_extension(behaviour=ExtensionBehaviour.NO_ANSWER))
    bench.say(keys_sound("12"))
    failed = bench.until(TransferFailed)
    assert failed.reason is TransferFailure.NO_ANSWER
    assert failed.at == pytest.approx(bench.all(DigitDialled)[1].at + 20.0, abs=0.1)
    assert cadence(bench.wait(7.0)) == pytest.approx((0.35, 0.35), abs=0.03)


def test_nobody_answers_after_the_transfer() -> None:
    bench, ears = flashed(with_extension(behaviour=ExtensionBehaviour.NO_ANSWER))
    bench.say(keys_sound("12"))
    bench.hang_up()
    bench.until(TransferFailed)
    ears.clear()
    bench.wait(7.0)
    assert cadence(np.concatenate(ears)) == pytest.approx((0.35, 0.35), abs=0.03)
    assert bench.exchange.state is ExchangeState.RELEASED


@pytest.mark.parametrize(
    ("dialled", "reason", "seconds"),
    [("2", TransferFailure.WRONG_NUMBER, 0.5), ("13", TransferFailure.WRONG_NUMBER, 0.5)],
)
def test_wrong_numbers(dialled: str, reason: TransferFailure, seconds: float) -> None:
    bench, _ = flashed()
    bench.say(keys_sound(dialled))
    bench.wait(seconds)
    assert failures(bench) == [reason]
    bench.say(keys_sound("12"))
    assert bench.exchange.state is ExchangeState.HELD_NO_WAY


@pytest.mark.parametrize(
    ("dialled", "reason", "after_s"),
    [("", TransferFailure.NO_DIGITS, 15.0), ("1", TransferFailure.WRONG_NUMBER, 5.0)],
)
def test_slow_dialling(dialled: str, reason: TransferFailure, after_s: float) -> None:
    bench, _ = flashed()
    if dialled:
        bench.say(keys_sound(dialled, gap_s=0.0))
    before = bench.now
    failed = bench.until(TransferFailed)
    assert failed.reason is reason
    assert failed.at - before == pytest.approx(after_s, abs=0.1)


def test_each_digit_has_its_own_time() -> None:
    bench, _ = flashed(with_extension(number="123"))
    for digit in "123":
        bench.say(keys_sound(digit))
        bench.wait(4.0)
    assert failures(bench) == []
    assert bench.exchange.state is ExchangeState.HELD_RINGING


def test_the_extension_leaves_while_the_caller_is_held() -> None:
    bench, _ = flashed()
    bench.say(keys_sound("12"))
    failed = bench.until(TransferFailed)
    assert failed.reason is TransferFailure.EXTENSION_LEFT
    assert failed.at == pytest.approx(bench.all(ExtensionAnswered)[0].at + 4.0, abs=0.05)


@pytest.mark.parametrize("dialled", ["", "1"])
def test_hanging_up_too_early_loses_the_caller(dialled: str) -> None:
    bench, ears = flashed()
    if dialled:
        bench.say(keys_sound(dialled))
    bench.hang_up()
    assert failures(bench) == [TransferFailure.HUNG_UP_TOO_EARLY]
    ears.clear()
    bench.wait(5.0)
    assert cadence(np.concatenate(ears)) == pytest.approx((0.35, 0.35), abs=0.03)


def test_a_caller_who_leaves_while_held_gives_busy_tone() -> None:
    steps = (Step(action=StaySilent(0.1)),)
    bench, _ = connected(replace(PLAN, calls=(CallPlan(steps=steps),)))
    bench.open_loop(0.3)
    bench.exchange.caller.command(HangUp())
    heard = bench.wait(7.0)
    assert cadence(heard) == pytest.approx((0.35, 0.35), abs=0.03)
    bench.hang_up()
    assert bench.exchange.finished


def test_a_second_flash_while_it_rings_brings_the_caller_back() -> None:
    bench, ears = flashed()
    bench.say(keys_sound("12"))
    bench.wait(1.0)
    bench.open_loop(0.1)
    ears.clear()
    bench.say(voice(0.5))
    assert level(np.concatenate(ears)) > -25
    bench.wait(20.0)
    assert bench.all(ExtensionAnswered) == []
    assert failures(bench) == []
