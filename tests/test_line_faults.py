"""A modem that misbehaves: the call still comes out right, or is lost alone, and the next one is always answered."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from box.courier.messages import CallSummary, ReadingTaken
from box.dialogue.vocabulary import Outcome
from box.rehearsal.scenario import FOLDER, Scenario, load_scenario
from box.rehearsal.verdict import differences
from box.speaking.opening import open_voice
from box.speaking.voice import Voice
from firmware.virtual.line_file import load_line
from firmware.virtual.line_plan import LinePlan
from firmware.virtual.modem_faults import AnswerFault, CommandFault, Faults
from tests.kit.simulated_call import SimulatedCall

KNOWN = FOLDER / "known-one-address.toml"


@pytest.fixture(scope="module")
def voice() -> Voice:
    return open_voice()


@pytest.fixture
def scenario() -> Scenario:
    return load_scenario(KNOWN)


def twice(plan: LinePlan) -> LinePlan:
    return dataclasses.replace(plan, calls=plan.calls * 2)


HARMLESS = {
    "garbage before every answer": lambda: Faults(garbage=b"\x00\xff\x10%{!\r\n#"),
    "answers one byte at a time": lambda: Faults(split_answers=True),
    "doubled OK": lambda: Faults(commands=[CommandFault(AnswerFault.DOUBLED, times=100)]),
    "late OK to the hook": lambda: Faults(commands=[CommandFault(AnswerFault.LATE, "+VLS=1", delay_s=1.0)]),
    "line refused during a ring": lambda: Faults(line_refused_in_ring=True),
}


@pytest.mark.parametrize("fault", HARMLESS)
def test_a_fault_that_can_be_lived_with_changes_nothing(
    fault: str, scenario: Scenario, voice: Voice, tmp_path: Path
) -> None:
    call = SimulatedCall(scenario, tmp_path, voice, faults=HARMLESS[fault]())
    call.run()
    assert differences(scenario.expect, call.facts()) == [], call.transcript()


COSTLY = {
    "lost OK to the hook": lambda: Faults(commands=[CommandFault(AnswerFault.LOST, "+VLS=1")]),
    "no answer to the hook": lambda: Faults(commands=[CommandFault(AnswerFault.NO_ANSWER, "+VLS=1")]),
    "no CONNECT to +VTX": lambda: Faults(commands=[CommandFault(AnswerFault.LOST, "+VTX")]),
    "+VTX refused": lambda: Faults(commands=[CommandFault(AnswerFault.REFUSED, "+VTX")]),
    "no CONNECT to +VRX": lambda: Faults(commands=[CommandFault(AnswerFault.LOST, "+VRX")]),
    "+VRX refused": lambda: Faults(commands=[CommandFault(AnswerFault.REFUSED, "+VRX")]),
    "no answer to the hang-up": lambda: Faults(commands=[CommandFault(AnswerFault.NO_ANSWER, "+VLS=0")]),
    "silent at the start": lambda: Faults(commands=[CommandFault(AnswerFault.NO_ANSWER, "", times=3)]),
}


@pytest.mark.parametrize("fault", COSTLY)
def test_a_fault_costs_one_call_at_most(fault: str, scenario: Scenario, voice: Voice, tmp_path: Path) -> None:
    plan = twice(load_line(KNOWN))
    call = SimulatedCall(scenario, tmp_path, voice, faults=COSTLY[fault](), plan=plan)
    call.run()
    bodies = [event.body for event in call.events()]
    outcomes = [body.outcome for body in bodies if isinstance(body, CallSummary)]
    assert outcomes[-1] == Outcome.READING_ACCEPTED.value, call.transcript()
    right = (("T1", "01578"),)
    stored = [tuple((z.zone, z.digits) for z in body.zones) for body in bodies if isinstance(body, ReadingTaken)]
    assert stored
    assert set(stored) == {right}
