"""Whole calls: scenario files acted out by exchange and caller, against a box that knows only what it hears."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from firmware.virtual.latencies import answer_latencies
from firmware.virtual.line_events import (
    BoxAnswered,
    CallEnded,
    CallerHungUp,
    CallerIdSent,
    CallerPressed,
    CallerStarved,
    DigitDialled,
    LineEvent,
    TransferFailed,
    Transferred,
    event_as_dict,
)
from firmware.virtual.line_file import load_line
from firmware.virtual.line_plan import Impairment
from firmware.virtual.sound_files import LineRecorder
from tests.virtual.exchange.bench import Bench, goertzel_keys, keys_sound, level, voice

SCENARIOS = Path(__file__).parents[3] / "config" / "scenarios"
PROMPT = voice(1.6)
KEY_WAIT_S = 0.14


def play(name: str, recorder: LineRecorder | None = None, impairment: Impairment | None = None) -> Bench:
    plan = load_line(SCENARIOS / f"{name}.toml")
    if impairment is not None:
        plan = replace(plan, impairment=impairment)
    return Bench(plan, recorder=recorder)


def silent_for(heard: NDArray, seconds: float) -> bool:
    return level(heard[-round(seconds * 8000) :]) < -35


def prompts_and_answers(bench: Bench, prompts: int) -> Iterator[str]:
    """Speak a prompt, listen for keys until they stop, and so on; yields what was typed after each."""
    for _ in range(prompts):
        bench.say(PROMPT)
        heard = np.zeros(0)
        for _ in range(round(9.0 / 0.02)):
            heard = np.concatenate([heard, bench.wait(0.02)])
            if not silent_for(heard, 1.0) and silent_for(heard, KEY_WAIT_S):
                break
        yield "".join(key for key, _, _ in goertzel_keys(heard))


def kinds(bench: Bench, *wanted: type[LineEvent]) -> list[type[LineEvent]]:
    return [type(event) for event in bench.log if isinstance(event, wanted)]


@pytest.mark.parametrize(
    "impairment",
    [None, Impairment(attenuation_db=10.0, noise_dbm0=-48.0, hum_dbm0=-50.0, echo_db=12.0, echo_delay_s=0.004)],
)
def test_known_phone_one_address(tmp_path: Path, impairment: Impairment | None) -> None:
    recorder = LineRecorder(tmp_path / "call.wav")
    bench = play("known-one-address", recorder, impairment)
    bench.answer()
    assert list(prompts_and_answers(bench, 4)) == ["1", "01578#", "1", "2"]
    bench.say(PROMPT)
    bench.hang_up()
    bench.until(CallEnded)
    assert kinds(bench, CallerIdSent, BoxAnswered, CallerStarved, CallerHungUp) == [
        CallerIdSent,
        BoxAnswered,
        CallerHungUp,
    ]
    assert "".join(event.key for event in bench.all(CallerPressed)) == "101578#12"
    assert bench.exchange.finished
    recorder.close()
    assert (tmp_path / "call.wav").stat().st_size > 44 + 15 * 8000 * 4
    latencies = answer_latencies(bench.log)
    assert [latency.kind for latency in latencies] == ["first_prompt", "keys", "keys", "keys", "keys"]
    assert [latency.seconds for latency in latencies[1:]] == pytest.approx([KEY_WAIT_S + 0.1] * 4, abs=0.03)
    for event in bench.log:
        assert "4995550101" not in json.dumps(event_as_dict(event))


def test_three_silences_and_a_transfer() -> None:
    bench = play("silence-to-operator")
    bench.answer()
    assert list(prompts_and_answers(bench, 3)) == ["", "", ""]
    bench.say(PROMPT)
    bench.open_loop(0.3)
    bench.wait(1.0)
    bench.say(keys_sound("12", 0.1, 0.08))
    bench.wait(1.2)
    bench.hang_up()
    bench.until(CallEnded)
    assert kinds(bench, DigitDialled, Transferred, TransferFailed, CallerStarved, CallerHungUp) == [
        DigitDialled,
        DigitDialled,
        Transferred,
        CallerHungUp,
    ]


def test_a_busy_extension_brings_the_caller_back() -> None:
    bench = play("transfer-fails")
    bench.answer()
    assert list(prompts_and_answers(bench, 3)) == ["", "", ""]
    bench.say(PROMPT)
    bench.open_loop(0.3)
    bench.say(keys_sound("12", 0.1, 0.08))
    bench.wait(2.0)
    bench.open_loop(0.3)
    assert list(prompts_and_answers(bench, 2)) == ["2", "2"]
    bench.say(PROMPT)
    bench.hang_up()
    bench.until(CallEnded)
    assert kinds(bench, TransferFailed, CallerStarved, CallerHungUp) == [TransferFailed, CallerHungUp]


def test_everything_typed_ahead() -> None:
    bench = play("key-ahead")
    bench.answer()
    heard = bench.say(voice(4.0))
    assert "".join(key for key, _, _ in goertzel_keys(heard)) == "101578#1"
    assert list(prompts_and_answers(bench, 1)) == ["2"]


@pytest.mark.parametrize(("name", "typed"), [("hang-up-before-yes", "101578#"), ("hang-up-after-yes", "101578#1")])
def test_hanging_up_in_the_middle(name: str, typed: str) -> None:
    bench = play(name)
    bench.answer()
    answers = prompts_and_answers(bench, 5)
    while not bench.all(CallerHungUp):
        next(answers)
    assert "".join(event.key for event in bench.all(CallerPressed)) == typed
    bench.hang_up()
    assert bench.exchange.finished


def test_a_dumb_box_starves_the_caller() -> None:
    bench = play("known-one-address")
    bench.answer()
    starved = bench.until(CallerStarved)
    assert (starved.step, starved.step_id, starved.waiting_for) == (1, "address", "question")
