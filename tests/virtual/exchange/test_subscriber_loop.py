"""Flash, hit or hang-up: lengths at and beside the borders, and any sequence against a plain second counting."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.virtual.errors import ImpossibleTransition
from firmware.virtual.subscriber_loop import (
    LoopClosed,
    LoopFlashed,
    LoopReleased,
    LoopSignal,
    LoopState,
    SubscriberLoop,
)


def watched(hooks: list[bool], flash_min_s: float = 0.08, flash_max_s: float = 0.9) -> list[tuple[int, LoopSignal]]:
    loop = SubscriberLoop(flash_min_s, flash_max_s)
    told = [(number, loop.watch(hook)) for number, hook in enumerate(hooks)]
    return [(number, signal) for number, signal in told if signal is not None]


@pytest.mark.parametrize(
    ("open_frames", "expected"),
    [
        (1, None),
        (3, None),
        (4, LoopFlashed(0.08)),
        (5, LoopFlashed(0.1)),
        (15, LoopFlashed(0.3)),
        (45, LoopFlashed(0.9)),
    ],
)
def test_openings_up_to_the_longest_flash(open_frames: int, expected: LoopSignal | None) -> None:
    told = watched([True] * 5 + [False] * open_frames + [True] * 60)
    assert told[0] == (0, LoopClosed())
    assert len(told) == (1 if expected is None else 2)
    if isinstance(expected, LoopFlashed):
        number, signal = told[1]
        assert number == 5 + open_frames
        assert isinstance(signal, LoopFlashed)
        assert signal.duration_s == pytest.approx(expected.duration_s)


def test_longer_is_a_hang_up_and_then_a_new_seizure() -> None:
    told = watched([True] * 5 + [False] * 46 + [True] * 2)
    assert [type(signal) for _, signal in told] == [LoopClosed, LoopReleased, LoopClosed]
    released = told[1][1]
    assert isinstance(released, LoopReleased)
    assert told[1][0] * 0.02 - released.ago_s == pytest.approx(5 * 0.02)


@pytest.mark.parametrize(("low_s", "high_s", "open_s", "is_flash"), [(0.3, 0.7, 0.1, False), (0.02, 0.2, 0.1, True)])
def test_the_window_is_a_setting(low_s: float, high_s: float, open_s: float, is_flash: bool) -> None:
    told = watched([True] + [False] * round(open_s / 0.02) + [True], low_s, high_s)
    assert any(isinstance(signal, LoopFlashed) for _, signal in told) is is_flash


@pytest.mark.parametrize(("low_s", "high_s"), [(0.0, 0.9), (0.5, 0.4)])
def test_impossible_windows(low_s: float, high_s: float) -> None:
    with pytest.raises(ImpossibleTransition, match="flash"):
        SubscriberLoop(low_s, high_s)


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 60)), max_size=12))
def test_any_sequence_means_what_its_runs_mean(runs: list[tuple[bool, int]]) -> None:
    hooks = [hook for hook, length in runs for _ in range(length)]
    expected = []
    seized = False
    place = 0
    while place < len(hooks):
        length = next((n for n in range(1, len(hooks) - place) if hooks[place + n] != hooks[place]), len(hooks) - place)
        if hooks[place]:
            expected += [] if seized else [(place, LoopClosed)]
            seized = True
        elif seized and length > 45:
            expected.append((place + 45, LoopReleased))
            seized = False
        elif seized and length >= 4 and place + length < len(hooks):
            expected.append((place + length, LoopFlashed))
        place += length
    assert [(number, type(signal)) for number, signal in watched(hooks)] == expected


def test_the_state_can_be_seen() -> None:
    loop = SubscriberLoop(0.08, 0.9)
    assert loop.state is LoopState.ON_HOOK
    loop.watch(True)
    assert loop.state is LoopState.OFF_HOOK
    loop.watch(False)
    assert loop.state is LoopState.OPEN
