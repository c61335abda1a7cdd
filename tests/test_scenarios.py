"""Every scenario of config/scenarios, whole, in simulated time: where the box hears no speech on each modem
profile, where it does with the real recogniser on one."""

from __future__ import annotations

from pathlib import Path

import pytest

from box.listening.vosk_recogniser import VoskEngine
from box.rehearsal.scenario import FOLDER, Scenario, load_scenario, scenario_names
from box.rehearsal.verdict import differences
from box.settings import HOME, load_settings
from box.speaking.opening import open_voice
from box.speaking.voice import Voice
from box.understanding.words import load_words
from tests.kit.simulated_call import INTENTS, SimulatedCall

SCENARIOS = {name: load_scenario(FOLDER / f"{name}.toml") for name in scenario_names()}
DEAF = [name for name, scenario in SCENARIOS.items() if not scenario.world.speech]
HEARING = [name for name, scenario in SCENARIOS.items() if scenario.world.speech]


@pytest.fixture(scope="module")
def voice() -> Voice:
    return open_voice()


@pytest.fixture(scope="module")
def engine() -> VoskEngine:
    return VoskEngine(HOME / load_settings(None).recognition.model, load_words(INTENTS))


def came_out(scenario: Scenario, call: SimulatedCall) -> None:
    call.run()
    assert differences(scenario.expect, call.facts()) == [], call.transcript()


@pytest.mark.parametrize("profile", ["generic", "conexant", "usr5637"])
@pytest.mark.parametrize("name", DEAF)
def test_a_call_without_speech_comes_out_as_it_says(name: str, profile: str, voice: Voice, tmp_path: Path) -> None:
    came_out(SCENARIOS[name], SimulatedCall(SCENARIOS[name], tmp_path, voice, profile=profile))


@pytest.mark.parametrize("name", HEARING)
def test_a_call_with_speech_comes_out_as_it_says(name: str, voice: Voice, engine: VoskEngine, tmp_path: Path) -> None:
    came_out(SCENARIOS[name], SimulatedCall(SCENARIOS[name], tmp_path, voice, engine=engine))


def test_a_spoken_call_repeats_exactly(voice: Voice, engine: VoskEngine, tmp_path: Path) -> None:
    scenario = SCENARIOS["mixed-entry"]
    calls = [SimulatedCall(scenario, tmp_path / name, voice, engine=engine) for name in ("first", "second")]
    for call in calls:
        call.run()
    assert calls[0].told == calls[1].told
