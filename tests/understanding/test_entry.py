"""An entry from keys and speech in any order."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from box.accounts.model import EntryMode
from box.dialogue.vocabulary import (
    AskedOperator,
    CardNumberGiven,
    NoMatch,
    NoMatchReason,
    Question,
    QuestionKind,
    SaidDigits,
    SaidYes,
)
from box.understanding.entry import HELD_KEYS_S, Entry
from box.understanding.keypad import KeyCollector, Timeouts
from box.understanding.senses import Meaning
from box.understanding.words import load_words

WORDS = load_words(Path(__file__).resolve().parents[2] / "config" / "intents.toml")
TIMEOUTS = Timeouts(yes_no_s=5, menu_s=5, first_digit_s=8, between_keys_s=4, expected_length_s=2, hold_s=60)
SINGLE_DIGITS = NoMatch(NoMatchReason.SAY_SINGLE_DIGITS)
READING = Question("reading", QuestionKind.DIGITS, length=5)
ACCOUNT = Question("account", QuestionKind.DIGITS, length=10, fixed=True)
NAMES = ["ноль", "один", "два", "три", "четыре", "пять", "шесть", "семь", "восемь", "девять"]


def row(said: str) -> tuple[Meaning, ...]:
    found = WORDS.row(READING, said.split())
    assert found is not None
    return found


def entry(question: Question = READING) -> Entry:
    return Entry(question, TIMEOUTS)


def test_a_whole_string_is_the_answer_at_once() -> None:
    assert entry().heard(row("ноль один пять семь восемь"), 0.0) == SaidDigits("01578", EntryMode.VOICE)


def test_a_string_said_in_parts_is_joined() -> None:
    it = entry()
    assert it.heard(row("ноль один"), 0.0) is None
    assert it.left().length == 3
    it.speaking()
    assert it.next_deadline() is None
    assert it.heard(row("пять семь восемь"), 3.0) == SaidDigits("01578", EntryMode.VOICE)


def test_keys_go_on_where_speech_stopped() -> None:
    it = entry()
    it.heard(row("ноль один"), 0.0)
    assert it.key("5", 1.0) is None
    assert it.key("7", 1.5) is None
    assert it.key("8", 2.0) is None
    assert it.next_deadline() == pytest.approx(4.0), "the expected length is reached: 2 s for a hash"
    assert it.on_deadline(4.0) == SaidDigits("01578", EntryMode.MIXED)


def test_speech_goes_on_where_keys_stopped() -> None:
    it = entry()
    it.key("0", 0.0)
    it.key("1", 0.3)
    it.speaking()
    assert it.on_deadline(60.0) is None, "no entry ends while somebody speaks"
    assert it.heard(row("пять семь восемь"), 3.0) == SaidDigits("01578", EntryMode.MIXED)


def test_a_fixed_length_ends_on_its_last_key() -> None:
    it = entry(ACCOUNT)
    it.heard(row("один два три четыре пять шесть семь восемь"), 0.0)
    assert it.key("9", 1.0) is None
    assert it.key("0", 1.2) == SaidDigits("1234567890", EntryMode.MIXED)


def test_hash_ends_what_was_only_said() -> None:
    it = entry()
    it.heard(row("один пять семь восемь"), 0.0)
    assert it.key("#", 1.0) == SaidDigits("1578", EntryMode.VOICE)


def test_star_clears_all_and_what_follows_is_keys() -> None:
    it = entry()
    it.heard(row("девять девять"), 0.0)
    it.key("*", 1.0)
    for key in "01578":
        assert it.key(key, 2.0) is None
    assert it.key("#", 3.0) == SaidDigits("01578", EntryMode.KEYS)


def test_two_stars_still_ask_for_a_person() -> None:
    it = entry()
    it.heard(row("девять девять"), 0.0)
    assert it.key("*", 1.0) is None
    assert it.key("*", 1.5) == AskedOperator()


def test_a_key_pressed_while_somebody_speaks_waits_for_what_was_said_before_it() -> None:
    it = entry()
    it.speaking()
    for key in "78#":
        assert it.key(key, 1.0) is None
    assert it.heard(row("ноль один пять"), 1.1) == SaidDigits("01578", EntryMode.MIXED)


def test_keys_do_not_wait_for_ever() -> None:
    it = entry()
    it.speaking()
    for key in "01578#":
        it.key(key, 1.0)
    assert it.next_deadline() == pytest.approx(1.0 + HELD_KEYS_S)
    assert it.on_deadline(1.0 + HELD_KEYS_S) == SaidDigits("01578", EntryMode.KEYS)


def test_while_somebody_speaks_only_held_keys_have_a_deadline() -> None:
    it = entry()
    it.key("0", 0.0)  # its own deadline is second 4
    it.speaking()
    assert it.next_deadline() is None
    it.key("1", 3.5)
    assert it.next_deadline() == pytest.approx(3.5 + HELD_KEYS_S)


def test_what_is_picked_up_between_keys_is_no_failure() -> None:
    it = entry()
    for key in "015":
        it.key(key, 0.0)
    it.speaking()
    assert it.heard(row("запятая запятая"), 1.0) is None
    for key in "78":
        it.key(key, 2.0)
    assert it.key("#", 3.0) == SaidDigits("01578", EntryMode.KEYS)


def test_a_correction_may_come_after_a_pause_and_mean_a_typed_digit() -> None:
    it = entry()
    it.heard(row("ноль один"), 0.0)
    it.key("9", 1.0)
    it.heard(row("нет не девять а пять"), 2.0)
    assert it.heard(row("семь восемь"), 4.0) == SaidDigits("01578", EntryMode.MIXED)


def test_from_the_start_forgets_what_was_given_and_how() -> None:
    it = entry()
    it.key("9", 0.0)
    assert it.heard(row("сначала"), 1.0) is None
    assert it.heard(row("ноль один пять семь восемь"), 4.0) == SaidDigits("01578", EntryMode.VOICE)


def test_a_pause_tells_back_what_is_certain_and_only_once() -> None:
    it = entry()
    assert it.paused() is None
    it.heard(row("ноль один"), 0.0)
    assert it.paused() == "01"
    assert it.paused() is None
    it.listening(5.0)
    it.heard(row("пять"), 7.0)
    assert it.paused() == "015"


def test_a_pause_after_doubtful_numbers_asks_again() -> None:
    it = entry()
    assert it.heard(row("двадцать пять"), 0.0) is None
    assert it.paused() == SINGLE_DIGITS


def test_numbers_may_become_clear_by_what_follows() -> None:
    it = entry()
    it.heard(row("двадцать пять"), 0.0)
    assert it.heard(row("три четыре семь"), 2.0) == SaidDigits("25347", EntryMode.VOICE)


def test_an_entry_told_back_is_taken_as_it_stands_after_a_while() -> None:
    it = entry()
    it.heard(row("один пять семь восемь"), 0.0)
    assert it.paused() == "1578"
    it.listening(5.0)
    assert it.next_deadline() == pytest.approx(9.0)
    assert it.on_deadline(8.9) is None
    assert it.on_deadline(9.0) == SaidDigits("1578", EntryMode.VOICE)


def test_doubt_is_a_question() -> None:
    assert entry().heard(row("пять а шесть"), 0.0) == NoMatch()
    assert entry().heard(row("сто двадцать три сто двадцать три сто"), 0.0) == SINGLE_DIGITS


def test_a_card_number_is_known_however_it_is_given() -> None:
    it = Entry(Question("q", QuestionKind.DIGITS, length=None), TIMEOUTS)
    for key in "40000000":
        it.key(key, 0.0)
    assert it.heard(row("ноль ноль ноль ноль ноль ноль ноль два"), 1.0) == CardNumberGiven()


def test_a_key_answers_a_choice_even_while_somebody_speaks() -> None:
    it = Entry(Question("q", QuestionKind.YES_NO), TIMEOUTS)
    it.speaking()
    assert it.key("1", 0.0) == SaidYes()


@given(st.lists(st.sampled_from("0123456789*#"), max_size=12), st.booleans())
def test_keys_alone_mean_what_they_mean_to_the_collector(keys: list[str], fixed: bool) -> None:
    question = Question("q", QuestionKind.DIGITS, length=5, fixed=fixed)
    it, plain = Entry(question, TIMEOUTS), KeyCollector(question, TIMEOUTS)
    for now, key in enumerate(keys):
        answer = plain.key(key, float(now))
        assert it.key(key, float(now)) == answer
        assert it.next_deadline() == plain.next_deadline()
        if answer is not None:
            return
    assert it.on_deadline(1e6) == plain.on_deadline(1e6)


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 9)), min_size=5, max_size=5))
def test_five_digits_come_out_in_order_however_each_was_given(given_: list[tuple[bool, int]]) -> None:
    it = entry()
    answer = None
    for now, (spoken, digit) in enumerate(given_):
        assert answer is None
        if spoken:
            it.speaking()
            answer = it.heard(row(NAMES[digit]), float(now))
        else:
            answer = it.key(str(digit), float(now))
    answer = answer or it.on_deadline(100.0)
    ways = {spoken for spoken, _ in given_}
    mode = EntryMode.MIXED if len(ways) == 2 else EntryMode.VOICE if ways == {True} else EntryMode.KEYS
    assert answer == SaidDigits("".join(str(digit) for _, digit in given_), mode)


_STEPS = st.one_of(
    st.sampled_from("0123456789*#"),
    st.sampled_from(["speak", "silent", "pause", "listen", "wait"]),
    st.lists(st.sampled_from([*NAMES, "двадцать", "сто", "не", "а", "запятая", "сначала"]), min_size=1, max_size=4),
)


@given(st.lists(_STEPS, max_size=25))
def test_any_story_ends_by_time_and_with_digits_that_were_given(story: list[str | list[str]]) -> None:
    it = entry()
    for now, step in enumerate(story):
        answer = None
        match step:
            case list():
                it.speaking()
                answer = it.heard(row(" ".join(step)), float(now))
            case "speak":
                it.speaking()
            case "silent":
                answer = it.silent(float(now))
            case "pause":
                it.paused()
            case "listen":
                it.listening(float(now))
            case "wait":
                due = it.next_deadline()
                answer = None if due is None else it.on_deadline(max(due, float(now)))
            case _:
                answer = it.key(step, float(now))
        if answer is not None:
            if isinstance(answer, SaidDigits):
                assert answer.digits.isdigit()
                assert len(answer.digits) <= READING.max_length
            return
