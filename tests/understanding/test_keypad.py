"""Keys into answers: the typing rules that callers are told, and the promises behind them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from box.accounts.model import EntryMode
from box.dialogue.vocabulary import (
    AskedBack,
    AskedOperator,
    AskedRepeat,
    CardNumberGiven,
    NoInput,
    NoMatch,
    Question,
    QuestionKind,
    SaidDigits,
    SaidIntent,
    SaidNo,
    SaidYes,
)
from box.errors import DialogueDefect
from box.understanding.card import looks_like_card
from box.understanding.keypad import KeyAnswer, KeyCollector, Timeouts

TIMEOUTS = Timeouts(5.0, 5.0, 8.0, 4.0, 2.0, 60.0)
YES_NO = Question("q", QuestionKind.YES_NO)
MENU = Question("q", QuestionKind.MENU, choices={"1": "balance", "7": "office"})
ACCOUNT = Question("q", QuestionKind.DIGITS, length=10, fixed=True)
READING = Question("q", QuestionKind.DIGITS, length=5)
KEYS = "0123456789*#"


def press(question: Question, keys: str, every_s: float = 0.5) -> KeyAnswer | None:
    """The answer that the last of ``keys`` completes; the others must complete none."""
    collector = KeyCollector(question, TIMEOUTS)
    answers = [collector.key(key, every_s * place) for place, key in enumerate(keys)]
    assert answers[:-1] == [None] * (len(keys) - 1)
    return answers[-1]


@pytest.mark.parametrize(
    ("question", "key", "answer"),
    [
        (YES_NO, "1", SaidYes()),
        (YES_NO, "2", SaidNo()),
        (YES_NO, "3", NoMatch()),
        (YES_NO, "0", AskedOperator()),
        (YES_NO, "*", AskedRepeat()),
        (YES_NO, "#", AskedBack()),
        (MENU, "1", SaidIntent("balance")),
        (MENU, "7", SaidIntent("office")),
        (MENU, "2", NoMatch()),
        (MENU, "0", AskedOperator()),
        (MENU, "*", AskedRepeat()),
        (MENU, "#", AskedBack()),
        (READING, "#", NoMatch()),
        (READING, "A", NoMatch()),
    ],
)
def test_one_key_answers(question: Question, key: str, answer: KeyAnswer) -> None:
    assert press(question, key) == answer


@pytest.mark.parametrize(
    ("question", "keys", "digits"),
    [
        (READING, "1578#", "1578"),
        (READING, "0#", "0"),
        (READING, "12*1578#", "1578"),
        (READING, "0157812#", "0157812"),
        (ACCOUNT, "1234567890", "1234567890"),
        (ACCOUNT, "123*1234567890", "1234567890"),
        (ACCOUNT, "12345#", "12345"),
        (READING, "1" * 20, "1" * 20),
    ],
)
def test_an_entry_ends(question: Question, keys: str, digits: str) -> None:
    assert press(question, keys) == SaidDigits(digits, EntryMode.KEYS)


def test_two_stars_ask_for_a_person() -> None:
    assert press(READING, "12**") == AskedOperator()
    assert press(READING, "**") == AskedOperator()


def test_two_stars_far_apart_only_clear() -> None:
    assert press(READING, "**", every_s=4.5) is None
    assert press(READING, "*1*2#") == SaidDigits("2", EntryMode.KEYS)


@pytest.mark.parametrize(("keys", "wait_s"), [("1", 4.0), ("1578", 4.0), ("01578", 2.0), ("015781", 2.0)])
def test_an_entry_ends_by_itself(keys: str, wait_s: float) -> None:
    collector = KeyCollector(READING, TIMEOUTS)
    assert collector.next_deadline() is None
    for key in keys:
        collector.key(key, 10.0)
    due = collector.next_deadline()
    assert due == 10.0 + wait_s
    assert collector.on_deadline(due - 0.001) is None
    assert collector.on_deadline(due) == SaidDigits(keys, EntryMode.KEYS)
    assert collector.next_deadline() is None


def test_a_cleared_entry_may_fall_silent() -> None:
    collector = KeyCollector(READING, TIMEOUTS)
    collector.key("1", 0.0)
    collector.key("*", 1.0)
    assert collector.next_deadline() == 9.0
    assert collector.on_deadline(9.0) == NoInput()


def test_a_card_number_is_told_and_kept_nowhere() -> None:
    collector = KeyCollector(READING, TIMEOUTS)
    for key in "4000000000000002":
        assert collector.key(key, 0.0) is None
    assert collector.key("#", 0.0) == CardNumberGiven()
    assert "4000" not in str(vars(collector))


def test_an_answered_question_takes_no_more_keys() -> None:
    collector = KeyCollector(YES_NO, TIMEOUTS)
    collector.key("1", 0.0)
    with pytest.raises(DialogueDefect):
        collector.key("1", 0.1)


def test_silence_allowed_by_each_kind_of_question() -> None:
    assert [TIMEOUTS.noinput_s(each) for each in (YES_NO, MENU, READING)] == [5.0, 5.0, 8.0]
    assert TIMEOUTS.noinput_s(Question("q", QuestionKind.YES_NO, noinput_s=60.0)) == 60.0


@pytest.mark.parametrize(
    ("digits", "card"),
    [
        ("4000000000000002", True),  # 16 digits
        ("4000000000000003", False),
        ("6205500000000000004", True),  # 19
        ("4222222222222", True),  # 13
        ("422222222222", False),
        ("79927398713", False),  # Luhn's own example passes, but is too short for a card
        ("0" * 20, False),
    ],
)
def test_card_numbers(digits: str, card: bool) -> None:
    assert looks_like_card(digits) is card


def luhn_by_the_book(digits: str) -> bool:
    """A second speller: the doubled digits by table, the rest as they are."""
    doubled = dict(zip("0123456789", (0, 2, 4, 6, 8, 1, 3, 5, 7, 9), strict=True))
    odd, even = digits[::-1][0::2], digits[::-1][1::2]
    return (sum(map(int, odd)) + sum(doubled[d] for d in even)) % 10 == 0


@given(st.text("0123456789", min_size=13, max_size=19))
def test_the_luhn_check_agrees_with_another(digits: str) -> None:
    assert looks_like_card(digits) == luhn_by_the_book(digits)


@given(st.sampled_from([YES_NO, MENU, READING, ACCOUNT]), st.text(KEYS + "ABCD", max_size=40), st.data())
def test_any_keys_at_any_pace_come_to_one_answer(question: Question, keys: str, data: st.DataObject) -> None:
    collector = KeyCollector(question, TIMEOUTS)
    now = 0.0
    for key in keys:
        now += data.draw(st.floats(0, 10))
        due = collector.next_deadline()
        answer = collector.on_deadline(now) if due is not None and now >= due else None
        answer = answer or collector.key(key, now)
        if answer is not None:
            assert collector.next_deadline() is None
            break
        due = collector.next_deadline()
        assert due is not None, "once keys are pressed the entry ends by itself"
        assert due > now
    else:
        due = collector.next_deadline()
        if keys:
            assert due is not None
            assert collector.on_deadline(due) is not None


@given(st.text("0123456789", min_size=1, max_size=12), st.text("0123456789", max_size=4))
def test_digits_come_out_as_typed(digits: str, before: str) -> None:
    assert press(READING, f"{before}*{digits}#") == SaidDigits(digits, EntryMode.KEYS)
