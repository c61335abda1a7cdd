"""The two tables of the virtual line: what they list, and that nothing else is possible."""

from __future__ import annotations

import itertools

import pytest

from firmware.virtual import caller
from firmware.virtual.errors import ImpossibleTransition
from firmware.virtual.exchange_states import (
    BOX_HEARS,
    CALLER_HEARS,
    DIALLING,
    EXTENSION_IN_PLAY,
    HELD,
    TRANSITIONS,
    ExchangeState,
    Signal,
    next_state,
)


def test_every_pair_that_the_exchange_does_not_list_raises() -> None:
    for state, signal in itertools.product(ExchangeState, Signal):
        if (state, signal) in TRANSITIONS:
            assert next_state(state, signal) is TRANSITIONS[state, signal]
        else:
            with pytest.raises(ImpossibleTransition, match=rf"{signal.value} while {state.value}"):
                next_state(state, signal)


def test_every_pair_that_the_caller_does_not_list_raises() -> None:
    for state, signal in itertools.product(caller.CallerState, caller.CallerSignal):
        if (state, signal) in caller.TRANSITIONS:
            assert caller.next_state(state, signal) is caller.TRANSITIONS[state, signal]
        else:
            with pytest.raises(ImpossibleTransition, match=rf"{signal.value} while {state.value}"):
                caller.next_state(state, signal)


def test_every_state_can_be_reached_and_left_for_idle() -> None:
    reached = {ExchangeState.IDLE}
    for _ in ExchangeState:
        reached |= {after for (before, _), after in TRANSITIONS.items() if before in reached}
    assert reached == set(ExchangeState)
    home = {ExchangeState.IDLE}
    for _ in ExchangeState:
        home |= {before for (before, _), after in TRANSITIONS.items() if after in home}
    assert home == set(ExchangeState)


def test_both_ears_have_a_source_in_every_state() -> None:
    assert set(BOX_HEARS) == set(CALLER_HEARS) == set(ExchangeState)


def test_a_held_caller_can_always_be_taken_back_and_always_leave() -> None:
    for state in HELD:
        assert TRANSITIONS[state, Signal.FLASHED] is ExchangeState.CONNECTED
        assert TRANSITIONS[state, Signal.CALLER_LEFT] is ExchangeState.CALLER_GONE
        assert (state, Signal.LOOP_RELEASED) in TRANSITIONS
    assert DIALLING < HELD
    assert not EXTENSION_IN_PLAY & DIALLING
