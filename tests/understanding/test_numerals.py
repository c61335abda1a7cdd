"""Number words against an independent speller: what num2words says must be read back, and nothing else."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from num2words import num2words  # type: ignore[import-untyped]

from box.accounts.model import EntryMode
from box.dialogue.vocabulary import NoMatch, NoMatchReason, Question, QuestionKind, SaidDigits
from box.understanding.numerals import LONGEST_ROW, digit_rows, number
from box.understanding.senses import Sense
from box.understanding.words import load_words

WORDS = load_words(Path(__file__).resolve().parents[2] / "config" / "intents.toml")
SINGLE_DIGITS = NoMatch(NoMatchReason.SAY_SINGLE_DIGITS)
VALUE = {
    phrase[0]: int(meaning.value)
    for phrase, meaning in WORDS.meanings.items()
    if meaning.sense in (Sense.DIGIT, Sense.NUMBER)
}


def spelled(whole: int) -> list[str]:
    return str(num2words(whole, lang="ru")).split()


def values(words: list[str]) -> list[int]:
    return [VALUE[word] for word in words]


def asked(length: int | None) -> Question:
    return Question("q", QuestionKind.DIGITS, length=length)


@given(st.integers(0, 999_999))
@example(0)
@example(1000)
@example(21_012)
@example(700_700)
@example(2_000)
def test_every_whole_number_that_the_speller_says_is_understood(whole: int) -> None:
    assert number(values(spelled(whole))) == whole


@given(st.lists(st.sampled_from(sorted(set(VALUE.values()))), min_size=1, max_size=5))
def test_what_nobody_would_spell_is_no_number(row: list[int]) -> None:
    """A row is one number exactly if the speller says that number in the same words."""
    found = number(row)
    if found is not None:
        said = values(spelled(found))
        # «тысяча» may be said without «одна» before it.
        assert said == row or said[1:] == row or ([1, *row] == said)
    else:
        candidates = [candidate for candidate in (sum(row), *_products(row)) if candidate < 1_000_000]
        assert all(values(spelled(candidate)) != row for candidate in candidates)


def _products(row: list[int]) -> list[int]:
    if 1000 not in row:
        return []
    place = row.index(1000)
    return [sum(row[:place] or [1]) * 1000 + sum(v for v in row[place + 1 :] if v != 1000)]


@given(st.lists(st.integers(0, 1999), min_size=1, max_size=4), st.integers(1, 12))
def test_a_row_of_numbers_is_among_its_own_readings(wholes: list[int], longest: int) -> None:
    row = [value for whole in wholes for value in values(spelled(whole))]
    said = "".join(str(whole) for whole in wholes)
    found = digit_rows(row, longest)
    assert (said in found) == (len(said) <= longest)
    assert all(0 < len(reading) <= longest for reading in found)


@given(st.lists(st.integers(0, 999), min_size=1, max_size=3))
def test_readings_are_what_cutting_by_hand_gives(wholes: list[int]) -> None:
    """Against plain enumeration: every way to cut the row, each piece a number that the speller confirms."""
    row = [value for whole in wholes for value in values(spelled(whole))]
    by_hand = set()
    for cuts in product([False, True], repeat=len(row) - 1):
        pieces, piece = [], [row[0]]
        for value, cut in zip(row[1:], cuts, strict=True):
            if cut:
                pieces.append(piece)
                piece = []
            piece.append(value)
        numbers = [sum(p) for p in [*pieces, piece]]
        if all(values(spelled(n)) == p for n, p in zip(numbers, [*pieces, piece], strict=True)):
            by_hand.add("".join(map(str, numbers)))
    assert digit_rows(row, 20) == {reading for reading in by_hand if len(reading) <= 20}


@given(st.lists(st.integers(0, 9), min_size=1, max_size=12))
def test_single_digits_have_one_reading(digits: list[int]) -> None:
    assert digit_rows(digits, 20) == {"".join(map(str, digits))}


def test_too_long_a_row_is_no_reading() -> None:
    assert digit_rows([1] * (LONGEST_ROW + 1), 100) == frozenset()
    assert digit_rows([20, 5] * 20, 5) == frozenset()


@given(st.lists(st.integers(0, 99_999), min_size=1, max_size=3), st.integers(3, 10))
def test_numbers_are_taken_only_when_nothing_else_can_be_meant(wholes: list[int], length: int) -> None:
    """If an answer is given it is the only row of that length, and no shorter row exists that zeros could fill up."""
    words = [word for whole in wholes for word in spelled(whole)]
    answer = WORDS.answer(asked(length), words)
    row = values(words)
    if all(value < 10 for value in row):
        assert answer == SaidDigits("".join(map(str, row)), EntryMode.VOICE)
    elif isinstance(answer, SaidDigits):
        assert len(answer.digits) == length
        assert digit_rows(row, length) == {answer.digits}
    else:
        assert answer == SINGLE_DIGITS
        assert {len(reading) for reading in digit_rows(row, length)} != {length} or len(digit_rows(row, length)) > 1


@pytest.mark.parametrize(
    ("said", "length", "digits"),
    [
        ("двадцать пять", 2, "25"),
        ("двадцать пять", 3, None),  # 025 or 20, 5
        ("двадцать пять", None, None),  # nobody knows how long it should be
        ("сто двадцать три", 3, "123"),
        ("сто двадцать три", 5, None),
        ("двенадцать тридцать четыре", 4, "1234"),
        ("один двадцать три четыре пять", 5, "12345"),
        ("сорок ноль один ноль", 5, "40010"),
        ("тысяча", 4, "1000"),
        ("одна тысяча", 4, "1000"),
        ("две тысячи двадцать шесть", 4, "2026"),
        ("тысяча тысяча", 8, "10001000"),
    ],
)
def test_number_words_by_hand(said: str, length: int | None, digits: str | None) -> None:
    answer = WORDS.answer(asked(length), said.split())
    assert answer == (SINGLE_DIGITS if digits is None else SaidDigits(digits, EntryMode.VOICE))
