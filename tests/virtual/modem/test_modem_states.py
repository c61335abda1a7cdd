"""The table of states, and the promise that no host can break the modem."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.virtual.errors import ImpossibleTransition
from firmware.virtual.modem_errors import ProfileUnknown
from firmware.virtual.modem_profiles import EventBit, load_profile, profile_names, ranges_of, reports
from firmware.virtual.modem_state import TRANSITIONS, ModemState, Step, follow
from tests.kit.feeding import any_bytes, cut_places, cuttings
from tests.kit.modem_bench import ModemBench
from tests.kit.scripted_line import ScriptedLine

COMMANDS = st.sampled_from(
    [b"AT\r", b"ATZ\r", b"AT+FCLASS=8\r", b"AT+VLS=1\r", b"AT+VTX\r", b"AT+VRX\r", b"AT+VTR\r", b"AT+VTS=1,{!,5}\r",
     b"ATD12\r", b"ATD1;\r", b"ATA\r", b"ATH\r", b"\x10\x03", b"\x10!", b"\x10^", b"\x10\x18", b"\x10", b"\x90" * 500,
     b"AT+VSM=0\r", b"AT+VSM=129\r", b"AT&F\r", b"ATV0\r", b"ATQ1\r", b"A/"],
)  # fmt: skip


@pytest.mark.parametrize(("state", "step"), list(itertools.product(ModemState, Step)))
def test_every_pair_is_in_the_table_or_refused(state: ModemState, step: Step) -> None:
    if step in TRANSITIONS[state]:
        assert follow(state, step) is TRANSITIONS[state][step]
    else:
        with pytest.raises(ImpossibleTransition, match=step.name):
            follow(state, step)


def test_a_dropped_line_always_leads_to_command_state_and_every_state_can_be_reached() -> None:
    assert all(ways[Step.LINE_DROPPED] is ModemState.COMMAND for ways in TRANSITIONS.values())
    reached = {ModemState.COMMAND}
    while True:
        further = reached | {end for state in reached for end in TRANSITIONS[state].values()}
        if further == reached:
            break
        reached = further
    assert reached == set(ModemState)


@settings(deadline=None, max_examples=60)
@given(
    st.sampled_from(profile_names()),
    st.lists(st.one_of(COMMANDS, any_bytes, st.integers(1, 40), st.just("close")), max_size=25),
)
def test_no_host_breaks_the_modem(profile: str, deeds: list[bytes | int | str]) -> None:
    noise = np.random.default_rng(1).normal(0, 3000, 160 * 200).astype(np.int16)
    bench = ModemBench(profile, ScriptedLine(noise, rings=[(3, 30), (60, 90)]))
    for deed in deeds:
        if isinstance(deed, bytes):
            bench.say(deed)
        elif isinstance(deed, int):
            bench.run(deed * 0.02)
        else:
            bench.modem.host_closed(bench.now)
            bench.modem.host_opened(bench.now)
        assert 0 <= bench.modem.free_space() <= 4096
    bench.modem.host_closed(bench.now)
    bench.modem.host_opened(bench.now)
    bench.ask("ATV1Q0E0")
    assert bench.ask("AT") == b"\r\nOK\r\n", "after DTR has dropped, the modem answers again"


@settings(deadline=None, max_examples=40)
@given(st.lists(st.one_of(COMMANDS, any_bytes), max_size=8).map(b"".join), cut_places)
def test_any_cut_of_what_the_host_says_gives_the_same_answers(said: bytes, places: list[int]) -> None:
    results = []
    for pieces in cuttings(said, places):
        bench = ModemBench(echo=True)
        answers = b"".join(bench.say(piece) for piece in pieces)
        results.append((answers, bench.run(0.5), bench.line.hooks, list(bench.log)))
    assert results[0] == results[1] == results[2]


# ---------------------------------------------------------------- profiles as data


def test_an_unknown_profile_is_one_line_with_the_choices() -> None:
    with pytest.raises(ProfileUnknown, match=r"^no modem profile 'x'; choose one of: conexant, generic, usr5637$"):
        load_profile("x")


@pytest.mark.parametrize("name", profile_names())
def test_profiles_are_whole(name: str) -> None:
    profile = load_profile(name)
    power_on = profile.format_by_id(profile.power_on.format)
    assert power_on is not None
    assert profile.power_on.rate_hz in power_on.rates_hz
    assert profile.label[0].id == 0
    assert profile.label_by_id(1) is not None
    assert 2048 <= profile.manner.transmit_buffer_bytes <= 4096
    for name, facts in profile.parameters.items():
        if not facts.alias:
            assert len(facts.takes) == len(facts.start), name
            for takes, start in zip(facts.takes, facts.start, strict=True):
                assert any(low <= start <= high for low, high in ranges_of(takes, facts.base)), name


def test_conexant_masks_read_as_the_manual_reads_them() -> None:
    """Label 1: DTMF and busy in all three states, silence and quiet only while receiving, dial tone in none."""
    label = load_profile("conexant").label_by_id(1)
    assert label is not None
    told = {bit: tuple(reports(label, column, bit) for column in range(3)) for bit in EventBit}
    assert told[EventBit.DTMF] == told[EventBit.BUSY] == (True, True, True)
    assert told[EventBit.SILENCE] == told[EventBit.QUIET] == (False, True, False)
    assert told[EventBit.DIAL_TONE] == (False, False, False)
