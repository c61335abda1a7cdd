"""The table as a whole: every pair has a meaning, and none is reached by accident."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from itertools import product

import numpy as np
import pytest

from firmware.errors import Misuse
from firmware.link_actions import LinkActions
from firmware.link_table import COMMANDS, FROM_MODEM, OWN, TRANSITIONS, VIOLATED, WISHES, Action, Input, State
from firmware.vocabulary import (
    LineCommand,
    LinkFailed,
    Listen,
    Open,
    Pause,
    Play,
    ReleaseLine,
    SendTones,
    StopListening,
    StopPlaying,
    TakeLine,
)
from tests.kit.hand_modem import OK, Bench, off_hook, ready

SOME = np.zeros(8000, np.int16)
TONES = SendTones((Pause(0.5),))
COMMAND: dict[Input, LineCommand] = {
    Input.OPEN: Open(),
    Input.TAKE_LINE: TakeLine(),
    Input.PLAY: Play(SOME),
    Input.STOP_PLAYING: StopPlaying(),
    Input.LISTEN: Listen(),
    Input.STOP_LISTENING: StopListening(),
    Input.SEND_TONES: TONES,
    Input.RELEASE_LINE: ReleaseLine(),
}


def _after(bench: Bench, *commands: LineCommand, run_s: float = 0.0) -> Bench:
    for command in commands:
        bench.command(command)
    bench.run(run_s)
    return bench


def _ringing() -> Bench:
    bench = ready()
    bench.hear(b"\r\nRING\r\n")
    return bench


def _failed() -> Bench:
    bench = Bench()
    bench.mute = True
    return _after(bench, Open(), run_s=60)


def _regaining() -> Bench:
    bench = off_hook()
    bench.hear(b"\r\nCONNECT\r\n")
    return bench


def _probing() -> Bench:
    bench = _after(off_hook({b"\x10\x18\x10\x03": None}), Play(SOME), StopPlaying())
    bench.answers[b"AT\r"] = None
    bench.run(2.1)
    return bench


REACHED: dict[State, Callable[[], Bench]] = {
    State.CLOSED: Bench,
    State.INITIALISING: lambda: _after(Bench(), Open()),
    State.ON_HOOK: ready,
    State.RINGING: _ringing,
    State.TAKING: lambda: _after(_ringing(), TakeLine()),
    State.OFF_HOOK: off_hook,
    State.OPENING_TRANSMIT: lambda: _after(off_hook({b"AT+VTX\r": None}), Play(SOME)),
    State.PLAYING: lambda: _after(off_hook(), Play(SOME)),
    State.DRAINING: lambda: _after(off_hook({b"\x10\x03": None}), Play(SOME), run_s=1.2),
    State.SILENCING: lambda: _after(off_hook({b"\x10\x18\x10\x03": None}), Play(SOME), StopPlaying()),
    State.PROBING: _probing,
    State.OPENING_RECEIVE: lambda: _after(off_hook({b"AT+VRX\r": None}), Listen()),
    State.LISTENING: lambda: _after(off_hook(), Listen()),
    State.CLOSING_RECEIVE: lambda: _after(off_hook({b"\x10!": None}), Listen(), StopListening()),
    State.AFTER_RECEIVE: lambda: _after(off_hook({b"\x10!": b"\x10\x03"}), Listen(), StopListening()),
    State.SENDING_TONES: lambda: _after(off_hook({b"AT+VTS=[,,50]\r": None}), TONES),
    State.RELEASING: lambda: _after(off_hook({b"AT+VLS=0\r": None}), ReleaseLine()),
    State.REGAINING: _regaining,
    State.FAILED: _failed,
}


def test_every_state_has_a_way_to_it_here() -> None:
    assert set(REACHED) == set(State) == set(TRANSITIONS)


@pytest.mark.parametrize("state", State)
def test_every_state_is_reached_by_commands_and_bytes(state: State) -> None:
    assert REACHED[state]().link.state is state


def test_kinds_of_input_do_not_overlap_and_leave_none_out() -> None:
    kinds = (COMMANDS, FROM_MODEM, OWN, WISHES)
    assert frozenset().union(*kinds) == frozenset(Input)
    assert sum(len(kind) for kind in kinds) == len(Input)


def test_every_action_is_used_and_done() -> None:
    used = {action for rows in TRANSITIONS.values() for action, _ in rows.values()} | {VIOLATED[0]}
    assert used == set(Action)
    for action in Action:
        assert callable(getattr(LinkActions, f"_{action.name.lower()}"))


def test_every_state_is_left_towards_failure_or_rest() -> None:
    """From every state the table leads to FAILED or ON_HOOK; nothing is a trap."""
    before: dict[State, set[State]] = {state: set() for state in State}
    for state, rows in TRANSITIONS.items():
        for _, following in rows.values():
            before[following].add(state)
    reached, waiting = {State.FAILED}, deque([State.FAILED])
    while waiting:
        for state in before[waiting.popleft()] - reached:
            reached.add(state)
            waiting.append(state)
    assert reached == set(State)


LISTED_COMMANDS = [pair for pair in product(State, sorted(COMMANDS, key=str)) if pair[1] in TRANSITIONS[pair[0]]]
UNLISTED_COMMANDS = [pair for pair in product(State, sorted(COMMANDS, key=str)) if pair[1] not in TRANSITIONS[pair[0]]]


@pytest.mark.parametrize(("state", "what"), UNLISTED_COMMANDS)
def test_every_unlisted_command_raises_and_changes_nothing(state: State, what: Input) -> None:
    bench = REACHED[state]()
    written, events = list(bench.written), list(bench.events)
    with pytest.raises(Misuse, match=what.value):
        bench.command(COMMAND[what])
    assert bench.link.state is state
    assert bench.link.data_to_send() == []
    assert (bench.written, bench.events) == (written, events)


@pytest.mark.parametrize(("state", "what"), LISTED_COMMANDS)
def test_every_listed_command_is_taken(state: State, what: Input) -> None:
    hand = REACHED[state]()
    hand.command(COMMAND[what])
    assert hand.link.state in State


def test_what_a_call_may_be_told_and_when() -> None:
    """The contract with the application, written out a second time."""
    off_hook_states = {
        State.OFF_HOOK, State.OPENING_TRANSMIT, State.PLAYING, State.DRAINING, State.SILENCING, State.PROBING,
        State.OPENING_RECEIVE, State.LISTENING, State.CLOSING_RECEIVE, State.AFTER_RECEIVE, State.SENDING_TONES,
    }  # fmt: skip
    void = {State.REGAINING, State.FAILED}
    for state, what in product(State, COMMANDS):
        if what is Input.OPEN:
            wanted = True
        elif what is Input.TAKE_LINE:
            wanted = state in void | {State.ON_HOOK, State.RINGING}
        elif what is Input.RELEASE_LINE:
            wanted = state in off_hook_states | void | {State.TAKING, State.RELEASING}
        else:
            wanted = state in off_hook_states | void
        assert (what in TRANSITIONS[state]) is wanted, (state, what)


UNLISTED_WORDS = [pair for pair in product(State, sorted(FROM_MODEM, key=str)) if pair[1] not in TRANSITIONS[pair[0]]]
UNLISTED_OWN = [pair for pair in product(State, sorted(OWN, key=str)) if pair[1] not in TRANSITIONS[pair[0]]]


@pytest.mark.parametrize(("state", "what"), UNLISTED_WORDS)
def test_every_unlisted_word_of_the_modem_is_a_violation_that_ends_in_failure(state: State, what: Input) -> None:
    bench = REACHED[state]()
    machine = bench.link._machine
    machine.take(what, None, bench.now)
    assert bench.link.state is State.REGAINING
    for text in (b"AT\r", b"AT+VLS=0\r"):
        bench.answers[text] = OK
    bench.absorb([])
    bench.run(60)
    (failed,) = bench.of(LinkFailed)
    assert failed.code == "modem-garbage"
    assert what.value in failed.detail


@pytest.mark.parametrize(("state", "what"), UNLISTED_OWN)
def test_a_timer_or_plan_in_a_state_that_has_none_is_our_defect(state: State, what: Input) -> None:
    machine = REACHED[state]().link._machine
    with pytest.raises(Misuse):
        machine.take(what, None, 1000.0)
    assert machine.state is state


RESTING = {State.CLOSED, State.FAILED}
WAITING_FOR_US = {State.OFF_HOOK}


@pytest.mark.parametrize("state", sorted(set(State) - RESTING - WAITING_FOR_US, key=str))
def test_a_modem_that_falls_silent_ends_no_state_in_a_hang(state: State) -> None:
    """Every waiting state has a deadline; with a mute modem all of them lead to a declared failure."""
    bench = REACHED[state]()
    bench.mute = True
    assert bench.link.next_deadline() is not None
    bench.run(3600)
    if state is State.AFTER_RECEIVE:
        assert bench.link.state is State.OFF_HOOK  # no OK is an answer too
        bench.command(ReleaseLine())
        bench.run(3600)
    assert bench.link.state is State.FAILED
    (failed,) = bench.of(LinkFailed)
    assert failed.code in ("modem-silent", "modem-garbage", "modem-refused")
    assert bench.link.next_deadline() is None


@pytest.mark.parametrize("state", sorted(set(State) - RESTING - WAITING_FOR_US, key=str))
def test_a_modem_that_refuses_everything_ends_no_state_in_a_hang(state: State) -> None:
    bench = REACHED[state]()
    bench.answers = dict.fromkeys([*bench.answers, *bench.written], b"\r\nERROR\r\n")
    bench.run(3600)
    assert bench.link.state in (State.FAILED, State.ON_HOOK, State.OFF_HOOK)
