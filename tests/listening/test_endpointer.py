"""Where speech begins and ends, counted in samples."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from box.listening.conditions import mains_hum
from box.listening.endpointer import (
    FRAME,
    LONGEST,
    PAUSE,
    PREROLL,
    SHORT_STRING_END,
    WORD_END,
    Endpointer,
    EndpointEvent,
    EndReason,
    Level,
    PausedMidEntry,
    SpeechBegan,
    SpeechEnded,
    level_dbfs,
)
from firmware.vocabulary import SAMPLE_RATE_HZ, Samples
from tests.kit.tone_words import said, silence, tone

SLACK = 2 * FRAME  # a burst rarely begins on a frame


def joined(*parts: Samples) -> Samples:
    return np.concatenate(parts)


def events_of(sound: Samples, *, patient: bool = False, endpointer: Endpointer | None = None) -> list[EndpointEvent]:
    endpointer = endpointer or Endpointer()
    endpointer.start(patient=patient)
    return endpointer.feed(sound)


def end_noticed(sound: Samples, *, patient: bool = False, reached: bool = False) -> int:
    """Samples after which SpeechEnded came."""
    endpointer = Endpointer()
    endpointer.start(patient=patient)
    for place in range(0, len(sound), FRAME):
        if any(isinstance(e, SpeechEnded) for e in endpointer.feed(sound[place : place + FRAME])):
            return place + FRAME
        if endpointer.in_speech:
            endpointer.reached(reached)
    raise AssertionError("no end")


def test_a_word_has_its_beginning_its_pre_roll_and_its_end() -> None:
    sound = joined(silence(1.0), said("да"), silence(2.0))
    began, ended = events_of(sound)
    assert isinstance(began, SpeechBegan)
    assert began.at == pytest.approx(SAMPLE_RATE_HZ - PREROLL, abs=SLACK)
    assert isinstance(ended, SpeechEnded)
    assert ended.began == pytest.approx(SAMPLE_RATE_HZ, abs=SLACK)
    assert ended.ended == pytest.approx(1.3 * SAMPLE_RATE_HZ, abs=SLACK)
    assert (ended.level, ended.reason) == (Level.GOOD, EndReason.SILENCE)


def test_speech_that_is_there_at_once_is_not_clipped() -> None:
    began, ended = events_of(joined(said("да"), silence(1.0)))
    assert began == SpeechBegan(0)
    assert isinstance(ended, SpeechEnded)


@pytest.mark.parametrize(
    ("patient", "reached", "wait"),
    [(False, False, WORD_END), (True, False, SHORT_STRING_END), (True, True, WORD_END)],
)
def test_the_silence_that_ends_speech(patient: bool, reached: bool, wait: int) -> None:
    sound = joined(silence(0.5), said("один два"), silence(3.0))
    spoken_until = 0.5 * SAMPLE_RATE_HZ + len(said("один два"))
    assert end_noticed(sound, patient=patient, reached=reached) == pytest.approx(spoken_until + wait, abs=SLACK)


def test_a_pause_inside_a_string_is_bridged_and_a_longer_one_is_not() -> None:
    short = joined(said("один"), silence(1.3), said("два"), silence(4.0))
    assert [type(e) for e in events_of(short, patient=True)] == [SpeechBegan, SpeechEnded, PausedMidEntry]
    long = joined(said("один"), silence(1.7), said("два"), silence(2.0))
    assert [type(e) for e in events_of(long, patient=True)] == [SpeechBegan, SpeechEnded] * 2


def test_three_seconds_after_a_short_string_the_pause_is_told_once() -> None:
    sound = joined(said("один два"), silence(9.0))
    *_, paused = events_of(sound, patient=True)
    assert isinstance(paused, PausedMidEntry)
    assert paused.at == pytest.approx(len(said("один два")) + PAUSE, abs=SLACK)
    assert sum(isinstance(e, PausedMidEntry) for e in events_of(sound, patient=True)) == 1
    assert not any(isinstance(e, PausedMidEntry) for e in events_of(sound, patient=False))


def test_a_complete_string_has_no_pause_after_it() -> None:
    endpointer = Endpointer()
    endpointer.start(patient=True)
    events = endpointer.feed(said("один два"))
    endpointer.reached(True)
    events += endpointer.feed(silence(9.0))
    assert [type(e) for e in events] == [SpeechBegan, SpeechEnded]


def test_the_longest_utterance_is_cut() -> None:
    rng = np.random.default_rng(3)
    talk = joined(*(joined(tone(float(rng.uniform(300, 3000)), 0.2), silence(0.05)) for _ in range(72)))
    began, ended, *_ = events_of(joined(silence(1.0), talk))
    assert isinstance(began, SpeechBegan)
    assert isinstance(ended, SpeechEnded)
    assert ended.reason is EndReason.TOO_LONG
    assert ended.ended - ended.began == pytest.approx(LONGEST, abs=SAMPLE_RATE_HZ // 10)


def test_a_click_is_no_speech() -> None:
    click = joined(silence(1.0), tone(1000, 0.04), silence(1.0))
    assert events_of(click) == []


def test_no_speech_is_no_event() -> None:
    assert events_of(silence(20.0)) == []
    assert events_of(np.zeros(20 * SAMPLE_RATE_HZ, np.int16)) == []
    assert events_of(np.full(SAMPLE_RATE_HZ, 3000, np.int16)) == [], "a line off balance is silent"


@pytest.mark.parametrize("noise", [0.0, 1.0, 30.0, 100.0, 500.0])
def test_a_word_twenty_decibels_over_the_noise_is_found(noise: float) -> None:
    peak = max(400.0, noise * 10 * 2**0.5)
    endpointer = Endpointer()
    endpointer.start()
    endpointer.feed(silence(6.0, noise))  # the line is learnt
    events = events_of(
        joined(silence(1.0, noise), said("да", peak) + silence(0.3, noise), silence(1.0, noise)), endpointer=endpointer
    )
    assert [type(e) for e in events] == [SpeechBegan, SpeechEnded]


def test_a_sound_without_gaps_is_no_speech_for_long() -> None:
    """Music on hold, a drill: over as soon as the floor has risen to it."""
    began, ended = events_of(joined(silence(1.0), tone(700, 18.0)))
    assert isinstance(began, SpeechBegan)
    assert isinstance(ended, SpeechEnded)
    assert ended.ended < 4 * SAMPLE_RATE_HZ


@pytest.mark.parametrize("kind", ["noise", "hum"])
@pytest.mark.parametrize("strength", [100.0, 500.0, 2000.0])
def test_a_noisy_line_after_a_quiet_one_is_not_taken_for_speech(kind: str, strength: float) -> None:
    endpointer = Endpointer()
    events_of(silence(5.0, 1.0), endpointer=endpointer)
    line = silence(10.0, strength)
    if kind == "hum":
        line = np.rint(mains_hum(10 * SAMPLE_RATE_HZ) * strength).astype(np.int16)
    assert events_of(line, endpointer=endpointer) == []


def test_a_word_on_a_line_that_has_just_become_noisy_is_found() -> None:
    endpointer = Endpointer()
    events_of(silence(5.0, 1.0), endpointer=endpointer)
    line = silence(3.0, 400.0).astype(np.int32)
    at = SAMPLE_RATE_HZ // 2
    line[at : at + len(said("да"))] += said("да")
    began, ended = events_of(line.astype(np.int16), endpointer=endpointer)
    assert isinstance(began, SpeechBegan)
    assert began.at == pytest.approx(at - PREROLL, abs=SLACK)
    assert isinstance(ended, SpeechEnded)
    assert ended.ended == pytest.approx(at + len(said("да")), abs=SLACK)


def test_a_line_that_clicks_falls_silent_all_the_same() -> None:
    quiet = silence(3.0).astype(np.int32)
    quiet[::1200] += 20000  # a click every 150 ms
    sound = joined(silence(0.5), said("один"), quiet.astype(np.int16))
    assert end_noticed(sound) == pytest.approx(0.5 * SAMPLE_RATE_HZ + len(said("один")) + WORD_END, abs=SLACK)


def test_noise_that_begins_is_learnt() -> None:
    endpointer = Endpointer()
    events_of(silence(2.0), endpointer=endpointer)
    events_of(silence(20.0, 500.0), endpointer=endpointer)
    assert events_of(silence(10.0, 500.0), endpointer=endpointer) == []


def test_verdicts_on_loudness() -> None:
    def level(sound: Samples) -> Level:
        [ended] = [e for e in events_of(joined(silence(1.0), sound, silence(1.0))) if isinstance(e, SpeechEnded)]
        return ended.level

    assert level(said("да", 8000)) is Level.GOOD
    assert level(np.clip(said("да", 32000).astype(np.int32) * 2, -32768, 32767).astype(np.int16)) is Level.TOO_LOUD
    assert level(said("да", 150)) is Level.TOO_QUIET


def test_a_cut_ends_speech_and_a_tone_after_it_is_not_heard() -> None:
    endpointer = Endpointer()
    endpointer.start(patient=True)
    endpointer.feed(joined(silence(0.5), said("один")))
    [ended] = endpointer.cut()
    assert isinstance(ended, SpeechEnded)
    assert ended.reason is EndReason.CUT
    endpointer.ignore_until_quiet()
    assert endpointer.feed(joined(tone(941, 2.0), silence(0.3))) == []
    assert [type(e) for e in endpointer.feed(joined(said("два"), silence(1.6)))] == [SpeechBegan, SpeechEnded]
    assert endpointer.cut() == []


@settings(deadline=None, max_examples=40)
@given(st.lists(st.integers(0, 2000), max_size=20), st.booleans())
def test_pieces_of_any_size_give_the_same_events(sizes: list[int], patient: bool) -> None:
    sound = joined(silence(0.3), said("один"), silence(1.6), said("два три"), silence(4.0))
    endpointer = Endpointer()
    endpointer.start(patient=patient)
    events: list[EndpointEvent] = []
    place = 0
    for size in sizes:
        events += endpointer.feed(sound[place : place + size])
        place += size
    events += endpointer.feed(sound[place:])
    assert events == events_of(sound, patient=patient)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.sampled_from(["quiet", "loud", "noise"]), st.floats(0.01, 3.0)), max_size=12))
def test_events_come_in_pairs_and_in_order(story: list[tuple[str, float]]) -> None:
    make = {"quiet": lambda s: silence(s), "loud": lambda s: tone(700, s), "noise": lambda s: silence(s, 300.0)}
    sound = joined(silence(0.1), *(make[kind](duration_s) for kind, duration_s in story), silence(2.0))
    inside = False
    for event in events_of(sound, patient=True):
        assert inside == isinstance(event, SpeechEnded)
        inside = isinstance(event, SpeechBegan)
        if isinstance(event, SpeechEnded):
            assert 0 <= event.began < event.ended <= len(sound)


def test_levels_are_decibels_below_full_scale() -> None:
    assert level_dbfs(tone(1000, 0.01, 32768 / 10)) == pytest.approx(-20 - 3.01, abs=0.05)
    assert level_dbfs(np.zeros(FRAME, np.int16)) == -120.0
