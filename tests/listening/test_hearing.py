"""A turn of listening, from sound to events, with a recogniser of a language of tones."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from box.accounts.model import EntryMode
from box.dialogue.vocabulary import (
    NoMatch,
    NoMatchReason,
    Question,
    QuestionKind,
    SaidDigits,
    SaidIntent,
    SaidNo,
    SaidYes,
)
from box.listening.endpointer import Endpointer
from box.listening.hearing import BLOCK, DITHER_STEPS, Hearing
from box.listening.vocabulary import CallerFellSilent, CallerSpeaks, EntryPaused, HearingEvent, SpokenPart
from box.understanding.entry import Entry, EntryAnswer
from box.understanding.keypad import Timeouts
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


# ---------------------------------------------------------------- noises, loudness, pauses

TIMEOUTS = Timeouts(yes_no_s=5, menu_s=5, first_digit_s=8, between_keys_s=4, expected_length_s=2, hold_s=60)


def test_a_click_is_no_answer_and_other_speech_is() -> None:
    assert heard(YES_NO, silence(0.5), tone(3000, 0.15), silence(1.0)) == [CallerSpeaks(), CallerFellSilent()]
    assert heard(YES_NO, silence(0.5), tone(3000, 0.3), silence(1.0)) == [CallerSpeaks(), NoMatch()]


def test_a_cough_in_the_middle_of_an_entry_does_not_spoil_it() -> None:
    cough = tone(3000, 0.4)
    events = heard(
        READING, said("ноль один"), silence(1.7), cough, silence(1.7), said("пять семь восемь"), silence(1.0)
    )
    assert [e for e in events if not isinstance(e, CallerSpeaks)] == [
        part("ноль один"),
        CallerFellSilent(),
        part("пять семь восемь"),
    ]
    long = tone(3000, 1.0)
    assert heard(READING, said("ноль один"), silence(1.7), long, silence(2.0))[-1] == NoMatch()


@pytest.mark.parametrize(("peak", "reason"), [(310, NoMatchReason.TOO_QUIET), (8000, NoMatchReason.UNCLEAR)])
def test_speech_that_is_not_understood_tells_how_loud_it_was(peak: float, reason: NoMatchReason) -> None:
    assert heard(YES_NO, silence(0.5), tone(3000, 0.4, peak), silence(1.0))[-1] == NoMatch(reason)


def test_clipped_speech_that_is_not_understood_is_too_loud() -> None:
    loud = np.clip(tone(3000, 0.4, 32000).astype(np.int32) * 3, -32768, 32767).astype(np.int16)
    assert heard(YES_NO, silence(0.5), loud, silence(1.0))[-1] == NoMatch(NoMatchReason.TOO_LOUD)


def test_loud_or_quiet_words_that_are_understood_are_answers() -> None:
    loud = np.clip(said("да").astype(np.int32) * 40, -32768, 32767).astype(np.int16)
    assert heard(YES_NO, silence(0.5), loud, silence(1.0))[-1] == SaidYes()


def entry_of(question: Question, *sounds: Samples) -> tuple[list[str], EntryAnswer | None]:
    """(digits told back after long pauses, the answer) of a whole turn, hearing and entry together."""
    it, entry = hearing(question), Entry(question, TIMEOUTS)
    told: list[str] = []
    answer: EntryAnswer | None = None
    at = 0
    for sound in sounds:
        for place in range(0, len(sound), 80):
            for event in it.feed(sound[place : place + 80]):
                now = (at + place) / SAMPLE_RATE_HZ
                match event:
                    case CallerSpeaks():
                        entry.speaking()
                    case SpokenPart(row):
                        answer = answer or entry.heard(row, now)
                    case EntryPaused():
                        back = entry.paused()
                        assert isinstance(back, str)
                        told.append(back)
        at += len(sound)
    return told, answer


def test_after_a_long_pause_the_digits_are_told_back_and_the_entry_goes_on() -> None:
    told, answer = entry_of(
        READING, said("ноль один"), silence(5.0), said("пять семь"), silence(4.0), said("восемь"), silence(1.0)
    )
    assert told == ["01", "0157"]
    assert answer == SaidDigits("01578", EntryMode.VOICE)


@settings(deadline=None, max_examples=15)
@given(st.lists(st.floats(0.05, 4.5), min_size=4, max_size=4))
def test_an_entry_is_the_same_however_long_its_pauses_are(pauses_s: list[float]) -> None:
    words = ["ноль", "один", "пять", "семь", "восемь"]
    sounds = [
        each for word, pause_s in zip(words, [*pauses_s, 1.0], strict=True) for each in (said(word), silence(pause_s))
    ]
    assert entry_of(READING, *sounds)[1] == SaidDigits("01578", EntryMode.VOICE)
