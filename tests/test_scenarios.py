"""Every scenario of config/scenarios, whole, in simulated time, on each modem profile."""

from __future__ import annotations

from pathlib import Path

import pytest

from box.rehearsal.scenario import FOLDER, load_scenario, scenario_names
from box.rehearsal.verdict import differences
from box.speaking.opening import open_voice
from box.speaking.voice import Voice
from tests.kit.simulated_call import SimulatedCall


@pytest.fixture(scope="module")
def voice() -> Voice:
    return open_voice()


@pytest.mark.parametrize("profile", ["generic", "conexant", "usr5637"])
@pytest.mark.parametrize("name", scenario_names())
def test_scenario_comes_out_as_it_says(name: str, profile: str, voice: Voice, tmp_path: Path) -> None:
    call = SimulatedCall(load_scenario(FOLDER / f"{name}.toml"), tmp_path, voice, profile=profile)
    call.run()
    assert differences(call.scenario.expect, call.facts()) == [], call.transcript()
