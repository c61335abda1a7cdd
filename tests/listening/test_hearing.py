"""A turn of listening, from sound to events, with a recogniser of a language of tones."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from box.dialogue.vocabulary import (
    AskedOperator,
    CardNumberGiven,
    NoMatch,
    Question,
    QuestionKind,
    SaidIntent,
    SaidNo,
    SaidYes,
)
from box.listening.endpointer import Endpointer
from box.listening.hearing import BLOCK, DITHER_STEPS, MARGIN, Alternative, Hearing, understand
from box.listening.vocabulary import CallerFellSilent, CallerSpeaks, EntryPaused, HearingEvent, SpokenPart
from box.understanding.words import load_words
from firmware.vocabulary import SAMPLE_RATE_HZ, Samples
from tests.kit.tone_words import ToneEngine, said, silence, tone

WORDS = load_words(Path(__file__).resolve().parents[2] / "config" / "intents.toml")
YES_NO = Question("q", QuestionKind.YES_NO)
READING = Question("q", QuestionKind.DIGITS, length=5)
UNKNOWN_LENGTH = Question("q", QuestionKind.DIGITS)
MENU = Question("q", QuestionKind.MENU, choices={"1": "balance"})
SLACK_S = 0.05


def part(words: str) -> SpokenPart:
    row = WORDS.row(READING, words.split())
    assert row is not None
    return SpokenPart(row)


def hearing(question: Question, engine: ToneEngine | None = None) -> Hearing:
    return Hearing(question, WORDS, engine or ToneEngine(), Endpointer())


def heard(question: Question, *sounds: Samples) -> list[HearingEvent]:
    return hearing(question).feed(np.concatenate(sounds))


def answer_at_s(question: Question, sound: Samples) -> float:
    """Seconds of sound after which there was an event other than CallerSpeaks."""
    it = hearing(question)
    for place in range(0, len(sound), 80):
        if any(not isinstance(e, CallerSpeaks) for e in it.feed(sound[place : place + 80])):
            return (place + 80) / SAMPLE_RATE_HZ
    raise AssertionError("no answer")


@pytest.mark.parametrize(
    ("question", "words", "answer"),
    [(YES_NO, "да", SaidYes()), (YES_NO, "нет", SaidNo()), (MENU, "баланс", SaidIntent("balance"))],
)
def test_a_word_is_answered_half_a_second_after_its_end(question: Question, words: str, answer: HearingEvent) -> None:
    sound = np.concatenate((silence(0.7), said(words), silence(1.0)))
    assert heard(question, sound) == [CallerSpeaks(), answer]
    assert answer_at_s(question, sound) == pytest.approx(0.7 + 0.3 + 0.5, abs=SLACK_S)


def test_a_string_is_waited_for_until_its_length_is_heard() -> None:
    whole, short = said("ноль один пять семь восемь"), said("ноль один")
    assert heard(READING, whole, silence(2.0)) == [CallerSpeaks(), part("ноль один пять семь восемь")]
    after = answer_at_s(READING, np.concatenate((whole, silence(3.0)))) - len(whole) / SAMPLE_RATE_HZ
    assert after == pytest.approx(0.5, abs=SLACK_S)
    after = answer_at_s(READING, np.concatenate((short, silence(3.0)))) - len(short) / SAMPLE_RATE_HZ
    assert after == pytest.approx(1.5, abs=SLACK_S)


def test_the_length_counts_over_the_parts_of_an_entry() -> None:
    it = hearing(READING)
    it.feed(np.concatenate((said("ноль один"), silence(1.8))))
    rest = said("пять семь восемь")
    assert it.feed(np.concatenate((rest, silence(0.6)))) == [CallerSpeaks(), part("пять семь восемь")]


def test_without_a_length_a_string_gets_its_patience() -> None:
    whole = said("ноль один пять")
    after = answer_at_s(UNKNOWN_LENGTH, np.concatenate((whole, silence(3.0)))) - len(whole) / SAMPLE_RATE_HZ
    assert after == pytest.approx(1.5, abs=SLACK_S)


def test_a_pause_in_the_middle_is_told() -> None:
    assert heard(READING, said("ноль один"), silence(4.0)) == [CallerSpeaks(), part("ноль один"), EntryPaused()]
    assert heard(READING, said("ноль один пять семь восемь"), silence(4.0))[-1] != EntryPaused()


def test_other_speech_is_no_match_and_a_hum_is_silence() -> None:
    assert heard(YES_NO, tone(3000, 0.4), silence(1.0)) == [CallerSpeaks(), NoMatch()]
    assert heard(YES_NO, said("один"), silence(1.0)) == [CallerSpeaks(), NoMatch()]
    assert heard(YES_NO, said("да"), silence(0.1), tone(3000, 0.4), silence(1.0)) == [CallerSpeaks(), NoMatch()]
    assert heard(YES_NO, silence(5.0)) == []


def test_the_decoder_gets_the_pre_roll_and_whole_blocks() -> None:
    engine = ToneEngine()
    it = hearing(YES_NO, engine)
    it.feed(np.concatenate((silence(1.0), said("да"), silence(1.0))))
    [decoder] = engine.decoders
    first_loud = int(np.argmax(np.abs(decoder.fed) > 500))
    assert first_loud == pytest.approx(0.3 * SAMPLE_RATE_HZ, abs=200)
    assert set(decoder.blocks[:-1]) == {BLOCK}


def test_the_sound_of_coded_silence_is_never_constant_and_always_the_same() -> None:
    engine = ToneEngine()
    zero = np.zeros(SAMPLE_RATE_HZ, np.int16)
    for _ in range(2):
        hearing(YES_NO, engine).feed(np.concatenate((zero, said("да"), zero)))
    first, second = (decoder.fed for decoder in engine.decoders)
    assert np.array_equal(first, second)
    assert 0.8 * DITHER_STEPS < np.std(first[:1500]) < 1.2 * DITHER_STEPS


def test_a_key_s_tone_is_not_decoded_and_what_was_said_before_it_is() -> None:
    engine = ToneEngine()
    it = hearing(READING, engine)
    key = tone(941, 0.15) // 2 + tone(1336, 0.15) // 2
    events = it.feed(np.concatenate((silence(0.5), said("ноль один"), silence(0.2), key[:800])))
    events += it.key_pressed()  # reported 100 ms after the tone began
    assert events == [CallerSpeaks(), part("ноль один")]
    assert it.feed(np.concatenate((key[800:], silence(0.6)))) == []
    assert it.feed(np.concatenate((said("пять семь восемь"), silence(0.6)))) == [
        CallerSpeaks(),
        part("пять семь восемь"),
    ]


def test_a_key_alone_is_silence() -> None:
    it = hearing(READING)
    key = tone(941, 0.2) // 2 + tone(1336, 0.2) // 2
    events = it.feed(np.concatenate((silence(0.5), key[:1200])))
    events += it.key_pressed()
    assert [e for e in events if not isinstance(e, CallerSpeaks)] in ([], [CallerFellSilent()])
    assert it.feed(np.concatenate((key[1200:], silence(3.0)))) == []


@settings(deadline=None, max_examples=25)
@given(st.lists(st.integers(1, 4000), max_size=25))
def test_pieces_of_any_size_give_the_same_events_and_sound(sizes: list[int]) -> None:
    sound = np.concatenate((silence(0.2), said("ноль один"), silence(1.7), said("пять семь восемь"), silence(1.0)))
    engine = ToneEngine()
    it = hearing(READING, engine)
    events: list[HearingEvent] = []
    place = 0
    for size in sizes:
        events += it.feed(sound[place : place + size])
        place += size
    events += it.feed(sound[place:])
    whole = ToneEngine()
    assert events == hearing(READING, whole).feed(sound)
    assert [d.fed.tolist() for d in engine.decoders] == [d.fed.tolist() for d in whole.decoders]


# ---------------------------------------------------------------- alternatives


def ranked(*rows: tuple[str, float]) -> list[Alternative]:
    return [Alternative(tuple(words.split()), score) for words, score in rows]


NEAR, FAR = -MARGIN / 2, -MARGIN * 2


@pytest.mark.parametrize(
    ("question", "alternatives", "event"),
    [
        (YES_NO, [], CallerFellSilent()),
        (YES_NO, [("", 0)], CallerFellSilent()),
        (YES_NO, [("да", 0)], SaidYes()),
        (YES_NO, [("да", 0), ("нет", NEAR)], NoMatch()),
        (YES_NO, [("да", 0), ("нет", FAR)], SaidYes()),
        (YES_NO, [("да", 0), ("верно", NEAR)], SaidYes()),
        (YES_NO, [("да", 0), ("не", NEAR)], SaidYes()),
        (YES_NO, [("не", 0), ("нет", NEAR)], SaidNo()),
        (YES_NO, [("[unk]", 0), ("да", NEAR)], NoMatch()),
        (YES_NO, [("[unk] да", 0)], NoMatch()),
        (YES_NO, [("оператор", 0)], AskedOperator()),
        (READING, [("один два три четыре пять", 0), ("один два три четыре шесть", NEAR)], NoMatch()),
        (READING, [("один два три четыре пять", 0), ("один два три четыре", NEAR)], part("один два три четыре пять")),
        (READING, [("один два три четыре", 0), ("один два три четыре пять", NEAR)], part("один два три четыре пять")),
        (READING, [("один два три четыре", 0), ("один два три пять", NEAR)], NoMatch()),
        (READING, [("один тридцать три четыре пять", 0), ("один два три четыре пять", NEAR)], NoMatch()),
        (READING, [("один два три четыре пять", 0), ("один двадцать три четыре пять", NEAR)],
         part("один два три четыре пять")),
        (READING, [("одиннадцать два три четыре пять", 0), ("один два три четыре пять", NEAR)],
         part("один два три четыре пять")),
        (READING, [("один два три ноль пять", 0), ("один два три нуль пять", NEAR)], part("один два три ноль пять")),
        (READING, [("оператор", 0), ("один", NEAR)], AskedOperator()),
        (UNKNOWN_LENGTH, [("четыре" + " ноль" * 14 + " два", 0)], CardNumberGiven()),
    ],
)  # fmt: skip
def test_alternatives_are_ordered_and_never_edited(
    question: Question, alternatives: list[tuple[str, float]], event: HearingEvent
) -> None:
    assert understand(question, WORDS, ranked(*alternatives))[0] == event


def test_what_is_missing_counts_from_what_is_given() -> None:
    three, four = ("один два три", 0.0), ("один два три четыре", NEAR)
    assert understand(READING, WORDS, ranked(three, four), given=2)[0] == part("один два три")
    assert understand(READING, WORDS, ranked(three, four), given=1)[0] == part("один два три четыре")


def test_a_correction_alone_is_a_part_of_an_entry_that_has_begun() -> None:
    fix = ranked(("нет не пять а шесть", 0.0))
    assert understand(READING, WORDS, fix, given=3)[0] == part("нет не пять а шесть")


@given(
    st.sampled_from([YES_NO, READING, MENU]),
    st.lists(
        st.tuples(
            st.lists(
                st.sampled_from(["да", "нет", "не", "один", "два", "сто", "[unk]", "а", "баланс", "чай"]), max_size=4
            ),
            st.floats(-10, 0),
        ),
        max_size=5,
    ),
)
def test_only_what_was_heard_is_answered(question: Question, rows: list[tuple[list[str], float]]) -> None:
    """Whatever the alternatives: a part given on is one of them, word for word."""
    alternatives = ranked(*((" ".join(words), score) for words, score in sorted(rows, key=lambda r: -r[1])))
    event, _ = understand(question, WORDS, alternatives)
    if isinstance(event, SpokenPart):
        assert event.row in [WORDS.row(question, each.words) for each in alternatives]
