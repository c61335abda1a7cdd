"""The lines that recordings are judged under: what each does to the sound, against measures of our own."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from box.listening.conditions import (
    CONDITIONS,
    HUM_DB,
    NOISE_DB,
    ConditionUnknown,
    in_condition,
    missing_program,
)
from box.listening.endpointer import Endpointer, Level, SpeechBegan, SpeechEnded
from firmware.vocabulary import SAMPLE_RATE_HZ, Samples
from tests.kit.tone_words import said, silence

MADE_HERE = [name for name in CONDITIONS if not missing_program(name)]
WORDS_AT_S = (1.5, 4.0)
SPOKEN = said("ноль один")


def line_with_words(peak: float = 8000.0) -> Samples:
    """Two utterances at known times on a quiet line."""
    sound = np.zeros(7 * SAMPLE_RATE_HZ, np.int32)
    for at_s in WORDS_AT_S:
        at = int(at_s * SAMPLE_RATE_HZ)
        sound[at : at + len(SPOKEN)] += said("ноль один", peak)
    return sound.astype(np.int16)


def power_db(sound: Samples) -> float:
    return float(10 * np.log10(np.mean(sound.astype(np.float64) ** 2) + 1e-9))


@pytest.mark.parametrize("name", MADE_HERE)
def test_a_condition_keeps_the_length_and_is_the_same_every_time(name: str) -> None:
    sound = line_with_words()
    made = in_condition(sound, name, seed=5)
    assert len(made) == len(sound)
    assert made.dtype == np.int16
    assert np.array_equal(made, in_condition(sound, name, seed=5))


def test_noise_and_hum_are_as_strong_as_they_say() -> None:
    sound = np.concatenate((silence(1.0, 0.0), SPOKEN, silence(1.0, 0.0)))
    first = int(np.flatnonzero(sound)[0])
    speech_db = power_db(sound[first : first + len(SPOKEN)])
    for name, ratio_db in (("ulaw_20db", NOISE_DB), ("hum", HUM_DB)):
        background = in_condition(sound, name)[: SAMPLE_RATE_HZ // 2]
        assert speech_db - power_db(background) == pytest.approx(ratio_db, abs=1.5), name


def test_hum_is_fifty_hertz_and_its_harmonics() -> None:
    background = in_condition(np.concatenate((silence(1.0, 0.0), SPOKEN)), "hum")[:SAMPLE_RATE_HZ]
    spectrum = np.abs(np.fft.rfft(background.astype(np.float64)))
    assert set(np.flatnonzero(spectrum > 0.05 * spectrum.max())) == {50, 100, 150, 250, 350}


def test_very_quiet_speech_has_a_few_steps_only() -> None:
    made = in_condition(said("да", 30000), "linear8_quiet")
    assert np.abs(made.astype(int)).max() == pytest.approx(32768 * 10 ** (-24 / 20), rel=0.1)
    assert len(np.unique(made)) <= 2 * 9 + 1


@pytest.mark.skipif(bool(missing_program("gsm")), reason="sox is not installed")
def test_gsm_changes_the_samples_and_keeps_the_sound() -> None:
    sound = np.concatenate((silence(0.5), SPOKEN, silence(0.5)))
    made = in_condition(sound, "gsm")
    assert not np.array_equal(made, sound)
    assert power_db(made) == pytest.approx(power_db(sound), abs=2.0)


def test_an_unknown_condition_names_those_there_are() -> None:
    with pytest.raises(ConditionUnknown, match="ulaw_20db"):
        in_condition(SPOKEN, "underwater")


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 400), st.sampled_from([name for name in CONDITIONS if name != "gsm"]))
def test_any_sound_can_be_put_on_any_line(length: int, name: str) -> None:
    assert len(in_condition(np.zeros(length, np.int16), name)) == length
    assert len(in_condition(np.full(length, -32768, np.int16), name)) == length


# ---------------------------------------------------------------- where speech begins and ends on such lines

EARLY_S, LATE_S = 0.05, 0.15  # GSM lets a burst ring for 130 ms


@pytest.mark.parametrize("name", MADE_HERE)
def test_speech_is_found_where_it_is_on_every_line(name: str) -> None:
    """Both utterances, each where it was put, nothing else: not the noise that the line begins with."""
    sound = in_condition(line_with_words(), name)
    endpointer = Endpointer()
    endpointer.start()
    events = endpointer.feed(sound)
    assert [type(event) for event in events] == [SpeechBegan, SpeechEnded] * len(WORDS_AT_S)
    ends = [event for event in events if isinstance(event, SpeechEnded)]
    for at_s, ended in zip(WORDS_AT_S, ends, strict=True):
        assert -EARLY_S <= ended.began / SAMPLE_RATE_HZ - at_s <= LATE_S
        assert -LATE_S <= (ended.ended - len(SPOKEN)) / SAMPLE_RATE_HZ - at_s <= LATE_S
        assert ended.level is Level.GOOD


@pytest.mark.parametrize(("factor", "level"), [(8.0, Level.TOO_LOUD), (1.0, Level.GOOD), (0.03, Level.TOO_QUIET)])
def test_far_too_loud_and_far_too_quiet_are_told(factor: float, level: Level) -> None:
    sound = np.clip(line_with_words().astype(np.float64) * factor, -32768, 32767).astype(np.int16)
    endpointer = Endpointer()
    endpointer.start()
    ends = [event for event in endpointer.feed(sound) if isinstance(event, SpeechEnded)]
    assert [ended.level for ended in ends] == [level, level]
