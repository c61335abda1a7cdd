"""One press from two witnesses, with jitter, delay and drops."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from firmware.key_merge import KeyMerge
from firmware.vocabulary import KEYS, KeyPressed, KeySource

FASTEST_CYCLE_S = 0.093


@dataclass(frozen=True)
class Press:
    key: str
    at: float
    modem_delay_s: float | None  # None: the modem missed it
    sound_error_s: float | None  # error of began_at; None: the sound missed it


def run(presses: list[Press]) -> list[KeyPressed]:
    """Everything that the witnesses report, in the order of time, through one KeyMerge."""
    reports: list[tuple[float, str, Press]] = []
    for press in presses:
        if press.modem_delay_s is not None:
            reports.append((press.at + press.modem_delay_s, "modem", press))
        if press.sound_error_s is not None:
            reports.append((press.at + 0.045, "sound", press))
    merge = KeyMerge()
    counted = []
    for at, witness, press in sorted(reports, key=lambda report: report[0]):
        if witness == "modem":
            counted.append(merge.modem(press.key, at))
        else:
            counted.append(merge.sound(press.key, press.at + (press.sound_error_s or 0.0), at))
    return [press for press in counted if press is not None]


def keys(presses: list[Press]) -> str:
    return "".join(press.key for press in run(presses))


@st.composite
def entries(draw: st.DrawFn, same_key: bool = False, longest: int = 15) -> list[tuple[str, float]]:
    """Keys and the times at which they are pressed."""
    alphabet = "5" if same_key else KEYS
    at = 0.0
    entry = []
    for key in draw(st.lists(st.sampled_from(alphabet), min_size=1, max_size=longest)):
        at += draw(st.floats(FASTEST_CYCLE_S, 1.5))
        entry.append((key, at))
    return entry


jitter = st.floats(-0.02, 0.02)


@settings(deadline=None)
@given(st.one_of(entries(), entries(same_key=True)), st.floats(0.0, 0.38), st.data())
def test_both_witnesses_count_each_press_once(
    entry: list[tuple[str, float]], delay_s: float, data: st.DataObject
) -> None:
    presses = [Press(key, at, delay_s + data.draw(jitter), data.draw(jitter)) for key, at in entry]
    assert sorted(keys(presses)) == sorted(key for key, _ in entry)
    assert keys(presses) == "".join(key for key, _ in entry)


@pytest.mark.parametrize("witness", ["modem", "sound"])
@settings(deadline=None)
@given(entry=st.one_of(entries(), entries(same_key=True)), delay_s=st.floats(0.0, 0.4))
def test_one_witness_alone_is_enough(witness: str, entry: list[tuple[str, float]], delay_s: float) -> None:
    presses = [Press(key, at, *((delay_s, None) if witness == "modem" else (None, 0.0))) for key, at in entry]
    assert keys(presses) == "".join(key for key, _ in entry)


@settings(max_examples=300, deadline=None)
@given(st.one_of(entries(longest=8), entries(same_key=True, longest=8)), st.floats(0.0, 0.38), st.data())
def test_drops_of_either_witness_lose_nothing_outside_the_stated_limit(
    entry: list[tuple[str, float]], delay_s: float, data: st.DataObject
) -> None:
    fates = [data.draw(st.sampled_from(["both", "both", "modem", "sound"])) for _ in entry]
    # Limit (1): the same key within 550 ms, once seen by this witness only and once by that one only.
    for first in range(len(entry)):
        for second in range(first + 1, len(entry)):
            if entry[first][0] == entry[second][0] and {fates[first], fates[second]} == {"modem", "sound"}:
                assume(entry[second][1] - entry[first][1] > 2 * 0.55)
    presses = [
        Press(key, at, None if fate == "sound" else delay_s, None if fate == "modem" else 0.0)
        for (key, at), fate in zip(entry, fates, strict=True)
    ]
    assert sorted(keys(presses)) == sorted(key for key, _ in entry)


@settings(deadline=None)
@given(entries(), st.floats(0.0, 0.4), st.data())
def test_nothing_is_ever_counted_twice(entry: list[tuple[str, float]], delay_s: float, data: st.DataObject) -> None:
    """Whatever is dropped, no key comes out more often than it was pressed."""
    presses = [
        Press(
            key,
            at,
            data.draw(st.one_of(st.none(), st.just(delay_s))),
            data.draw(st.one_of(st.none(), st.floats(-0.005, 0.005))),
        )
        for key, at in entry
    ]
    counted = keys(presses)
    assert all(counted.count(key) <= [pressed for pressed, _ in entry].count(key) for key in KEYS)


def test_the_first_witness_gives_the_press_at_once() -> None:
    merge = KeyMerge()
    assert merge.sound("5", 10.000, 10.045) == KeyPressed(10.045, "5", KeySource.SOUND)
    assert merge.modem("5", 10.300) is None
    assert merge.modem("7", 11.000) == KeyPressed(11.000, "7", KeySource.MODEM)
    assert merge.sound("7", 10.960, 11.010) is None


@pytest.mark.parametrize(("told_at", "one_press"), [(9.86, True), (9.84, False), (10.54, True), (10.56, False)])
def test_the_limits_of_agreement(told_at: float, one_press: bool) -> None:
    modem_first = KeyMerge()
    assert modem_first.modem("5", told_at) is not None
    assert (modem_first.sound("5", 10.0, 10.6) is None) is one_press
    if told_at > 10.0:
        sound_first = KeyMerge()
        assert sound_first.sound("5", 10.0, 10.045) is not None
        assert (sound_first.modem("5", told_at) is None) is one_press


def test_another_key_is_another_press() -> None:
    merge = KeyMerge()
    assert merge.sound("5", 10.0, 10.045) is not None
    assert merge.modem("6", 10.1) is not None


def test_the_same_key_twice_with_a_slow_modem() -> None:
    """93 ms apart, the modem 400 ms late: both its reports come after both of ours."""
    assert keys([Press("5", 1.0, 0.4, 0.0), Press("5", 1.093, 0.4, 0.0)]) == "55"
    assert keys([Press("5", 1.0, 0.4, None), Press("5", 1.093, 0.4, 0.0)]) == "55"
    assert keys([Press("5", 1.0, 0.4, 0.0), Press("5", 1.093, None, 0.0)]) == "55"


def test_a_confirmed_press_leaves_the_missed_ones_before_it_behind() -> None:
    """1, 2, 1 quickly: the modem misses the first, we miss the last. Without the rule the two ones would be one."""
    presses = [Press("1", 1.0, None, 0.0), Press("2", 1.1, 0.2, 0.0), Press("1", 1.2, 0.2, None)]
    assert keys(presses) == "121"


def test_what_one_witness_missed_is_not_confirmed_by_a_later_press() -> None:
    """1, 2, 1 again, the 2 seen by both: the lone reports of the two ones, close in time, are two presses."""
    slow_modem = [Press("1", 1.0, 0.4, None), Press("2", 1.1, 0.4, 0.0), Press("1", 1.46, None, 0.0)]
    assert sorted(keys(slow_modem)) == ["1", "1", "2"]
    quick_modem = [Press("1", 1.0, None, 0.0), Press("2", 1.1, 0.02, 0.0), Press("1", 1.3, 0.02, None)]
    assert keys(quick_modem) == "121"


def test_the_stated_limit_is_the_real_one() -> None:
    assert keys([Press("5", 1.0, None, 0.0), Press("5", 1.3, 0.1, None)]) == "5"
    assert keys([Press("5", 1.0, None, 0.0), Press("5", 1.5, 0.1, None)]) == "55"
