"""Recognised words into answers: exact, and in doubt never a guess."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from box.accounts.model import EntryMode
from box.dialogue.vocabulary import (
    AskedBack,
    AskedOperator,
    AskedRepeat,
    AskedWait,
    CardNumberGiven,
    NoMatch,
    NoMatchReason,
    Question,
    QuestionKind,
    SaidDigits,
    SaidIntent,
    SaidNo,
    SaidYes,
)
from box.errors import SettingsWrong
from box.understanding.words import ANSWER_WEIGHT, WordAnswer, load_words

FILE = Path(__file__).resolve().parents[2] / "config" / "intents.toml"
WORDS = load_words(FILE)
YES_NO = Question("q", QuestionKind.YES_NO)
READING = Question("q", QuestionKind.DIGITS, length=5)
MENU = Question("q", QuestionKind.MENU, choices={"1": "balance", "2": "readings"})

SINGLE_DIGITS = NoMatch(NoMatchReason.SAY_SINGLE_DIGITS)

SPOKEN = {"ноль": "0", "один": "1", "два": "2", "три": "3", "четыре": "4"} | {
    "пять": "5",
    "шесть": "6",
    "семь": "7",
    "восемь": "8",
    "девять": "9",
}


@pytest.mark.parametrize(
    ("question", "said", "answer"),
    [
        (YES_NO, "да", SaidYes()),
        (YES_NO, "Да да", SaidYes()),
        (YES_NO, "да верно", SaidYes()),
        (YES_NO, "правильно", SaidYes()),
        (YES_NO, "нет", SaidNo()),
        (YES_NO, "не верно", SaidNo()),
        (YES_NO, "нет неправильно", SaidNo()),
        (YES_NO, "да нет", NoMatch()),
        (YES_NO, "не", NoMatch()),
        (YES_NO, "[unk] да", NoMatch()),
        (YES_NO, "два", NoMatch()),
        (YES_NO, "", NoMatch()),
        (YES_NO, "да конечно", SaidYes()),
        (YES_NO, "так точно", SaidYes()),
        (YES_NO, "так", NoMatch()),  # a filler is no consent
        (YES_NO, "угу", NoMatch()),
        (YES_NO, "ошибка", SaidNo()),
        (YES_NO, "оператор", AskedOperator()),
        (YES_NO, "соедините с оператором", AskedOperator()),
        (YES_NO, "ещё раз", AskedRepeat()),
        (YES_NO, "еще раз", AskedRepeat()),
        (YES_NO, "назад", AskedBack()),
        (READING, "подождите", AskedWait()),
        (READING, "один пять семь восемь ноль", SaidDigits("15780", EntryMode.VOICE)),
        (READING, "нуль одна две", SaidDigits("012", EntryMode.VOICE)),
        (READING, "один пять запятая семь", SaidDigits("15", EntryMode.VOICE, fraction_dropped=True)),
        (READING, "один пять запятая", SaidDigits("15", EntryMode.VOICE)),
        (READING, "один пять запятая оператор", NoMatch()),
        (READING, "двадцать три четыре пять шесть", SaidDigits("23456", EntryMode.VOICE)),
        (READING, "двадцать три сто", SaidDigits("23100", EntryMode.VOICE)),  # 20 3 100 would be six digits
        (READING, "ноль ноль сто двадцать три", SaidDigits("00123", EntryMode.VOICE)),
        (READING, "сто двадцать три", SINGLE_DIGITS),  # 00123, or 100 and 23
        (READING, "одиннадцать тысяч пятьсот семьдесят восемь", SaidDigits("11578", EntryMode.VOICE)),
        (READING, "сто двадцать три запятая пять", SINGLE_DIGITS),
        (READING, "один пять семь восемь ноль нет не пять а шесть", SaidDigits("16780", EntryMode.VOICE)),
        (READING, "один пять семь восемь ноль не пять шесть", SaidDigits("16780", EntryMode.VOICE)),
        (READING, "один пять пять восемь ноль нет не пять а шесть", NoMatch()),  # which five?
        (READING, "один пять семь восемь ноль нет не девять а шесть", NoMatch()),
        (READING, "один пять семь нет шесть", NoMatch()),
        (READING, "один пять семь не пять а", NoMatch()),
        (READING, "не пять а шесть", NoMatch()),
        (READING, "пять а шесть", NoMatch()),
        (READING, "один пять запятая шесть нет не пять а семь", NoMatch()),  # on which side of the comma?
        (READING, "двадцать пять нет не пять а шесть", NoMatch()),
        (READING, "один пять нет сначала два три", SaidDigits("23", EntryMode.VOICE)),
        (READING, "один пять сначала", NoMatch()),
        (READING, "один запятая два запятая три", NoMatch()),
        (READING, "запятая", NoMatch()),
        (READING, "запятая один", NoMatch()),
        (READING, "один пятнадцать", SINGLE_DIGITS),
        (READING, "один да", NoMatch()),
        (READING, "один оператор", NoMatch()),
        (READING, "да", NoMatch()),
        (READING, "четыре" + " ноль" * 14 + " два", CardNumberGiven()),
        (MENU, "баланс", SaidIntent("balance")),
        (MENU, "хочу узнать мой баланс", SaidIntent("balance")),
        (MENU, "передать показания счётчика", SaidIntent("readings")),
        (MENU, "передать показания счетчика", SaidIntent("readings")),
        (MENU, "узнать", NoMatch()),
        (MENU, "баланс показания", NoMatch()),
        (MENU, "подождите минутку пожалуйста", NoMatch()),  # a sentence that is not on the list
        (MENU, "алло узнать баланс", SaidIntent("balance")),
        (MENU, "узнать так баланс", NoMatch()),  # a filler in the middle of a phrase
        (MENU, "алло", NoMatch()),  # means nothing by itself
        (YES_NO, "так да", SaidYes()),
        (READING, "так один пять", SaidDigits("15", EntryMode.VOICE)),
        (MENU, "тариф", NoMatch()),  # not a choice of this menu
        (MENU, "оператор", AskedOperator()),
    ],
)
def test_words_answer(question: Question, said: str, answer: WordAnswer) -> None:
    assert WORDS.answer(question, said.split()) == answer


@pytest.mark.parametrize(
    "word", ["Баланс", "Показания", "Тариф", "Оператор", "Услуги", "Офис", "Задолженность", "Оплата"]
)
def test_the_eight_commands_of_the_instruction_are_known(word: str) -> None:
    intents = ("balance", "readings", "tariff", "services", "office", "debt", "payment")
    everything = Question("q", QuestionKind.MENU, choices={str(n): intent for n, intent in enumerate(intents, 1)})
    assert WORDS.answer(everything, [word]) != NoMatch()


def test_yes_and_digits_are_never_listened_for_together() -> None:
    assert "ещё" in WORDS.expected(YES_NO), "spelled as the file spells it"
    assert "да" not in WORDS.expected(READING)
    assert "два" not in WORDS.expected(YES_NO)
    assert {"оператор", "назад"} <= WORDS.expected(READING) & WORDS.expected(YES_NO)
    assert "баланс" in WORDS.expected(MENU)
    assert "тариф" not in WORDS.expected(MENU)


def test_what_is_asked_for_is_likelier_than_what_may_be_said_at_any_time() -> None:
    weights = WORDS.weights(READING)
    assert weights["пять"] == ANSWER_WEIGHT > weights["пятьдесят"] == weights["оператор"] == weights["алло"] == 1
    assert WORDS.weights(YES_NO)["да"] == ANSWER_WEIGHT
    assert set(weights) == WORDS.expected(READING)


@given(st.lists(st.sampled_from(sorted(SPOKEN)), min_size=1, max_size=12))
def test_digits_come_out_as_said(said: list[str]) -> None:
    assert WORDS.answer(READING, said) == SaidDigits("".join(SPOKEN[word] for word in said), EntryMode.VOICE)


@given(st.sampled_from([YES_NO, READING, MENU]), st.lists(st.text(max_size=6), max_size=6))
def test_any_words_have_an_answer(question: Question, heard: list[str]) -> None:
    answer = WORDS.answer(question, heard)
    if isinstance(answer, SaidDigits):
        assert question is READING
        assert answer.digits.isdigit()
    if not any(word in SPOKEN for word in heard):
        assert not isinstance(answer, SaidDigits) or question is READING


@given(st.lists(st.sampled_from(["да", "верно", "нет", "неверно", "не", "назад", "один", "[unk]"]), max_size=5))
def test_yes_needs_every_word_to_mean_yes(heard: list[str]) -> None:
    if WORDS.answer(YES_NO, heard) == SaidYes():
        assert set(heard) <= {"да", "верно"}


def test_every_mistake_of_the_file_is_told_at_once(tmp_path: Path) -> None:
    text = FILE.read_text("utf-8")
    text = text.replace('"ноль" = "0"', '"ноль" = "10"')
    text = text.replace('phrases = ["запятая"]', 'phrases = ["запятая", "нет"]')
    file = tmp_path / "intents.toml"
    file.write_text(text, "utf-8")
    with pytest.raises(SettingsWrong) as wrong:
        load_words(file)
    assert len(wrong.value.problems) == 2
    file.write_text(FILE.read_text("utf-8").replace('"сорок" = 40', '"сорок" = 41'), "utf-8")
    with pytest.raises(SettingsWrong, match="сорок"):
        load_words(file)
    file.write_text(FILE.read_text("utf-8").replace('words = ["алло"', 'words = ["нет", "две части"'), "utf-8")
    with pytest.raises(SettingsWrong) as wrong:
        load_words(file)
    assert len(wrong.value.problems) == 2
    file.write_text("[yes]\nphrase = 1\n", "utf-8")
    with pytest.raises(SettingsWrong, match="did you mean phrases"):
        load_words(file)
    with pytest.raises(SettingsWrong, match="no such file"):
        load_words(tmp_path / "absent.toml")
