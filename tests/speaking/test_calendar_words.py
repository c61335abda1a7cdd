"""Dates and times in words, against num2words (which declines ordinals and cardinals) and the reference's examples."""

from __future__ import annotations

from datetime import date, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from num2words.lang_RU import Num2Word_RU

from box.dialogue.vocabulary import DateForm
from box.errors import CannotSay
from box.speaking.calendar_words import MONTHS, all_words, clock_words, date_words, day_words, month_word

OTHER = Num2Word_RU()


@pytest.mark.parametrize("day", range(1, 32))
def test_days_are_declined_as_num2words_declines_neuter_ordinals(day: int) -> None:
    assert " ".join(day_words(day, DateForm.BARE)) == OTHER.to_ordinal(day, case="g", gender="n")
    assert " ".join(day_words(day, DateForm.ON)) == OTHER.to_ordinal(day, case="a", gender="n")


def test_dates_of_the_reference() -> None:
    assert " ".join(date_words(date(2025, 11, 12), DateForm.ON)) == "двенадцатое ноября"
    assert " ".join(date_words(date(2025, 11, 12), DateForm.BARE)) == "двенадцатого ноября"
    assert " ".join(day_words(26, DateForm.ON)) == "двадцать шестое"
    assert " ".join(day_words(15, DateForm.BARE)) == "пятнадцатого"
    assert len(set(MONTHS)) == 12


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (time(8, 30), "восьми тридцати"),
        (time(20, 30), "двадцати тридцати"),
        (time(8, 0), "восьми часов"),
        (time(1, 0), "одного часа"),
        (time(11, 0), "одиннадцати часов"),
        (time(21, 0), "двадцати одного часа"),
        (time(0, 0), "ноля часов"),
        (time(8, 5), "восьми ноль пяти"),
        (time(23, 41), "двадцати трёх сорока одной"),
        (time(7, 11), "семи одиннадцати"),
    ],
)
def test_times_of_day(at: time, words: str) -> None:
    assert " ".join(clock_words(at)) == words


@given(st.times())
@settings(deadline=None)
def test_hours_and_minutes_are_genitive_cardinals(at: time) -> None:
    words = " ".join(clock_words(at)).removesuffix(" часов").removesuffix(" часа")
    hour = OTHER.to_cardinal(at.hour, case="g", gender="m").replace("нуля", "ноля")
    minute = OTHER.to_cardinal(at.minute, case="g", gender="f") if at.minute else ""
    nought = "ноль " if 0 < at.minute < 10 else ""
    assert words == f"{hour} {nought}{minute}".strip()


@given(st.dates(), st.sampled_from(DateForm), st.times())
@settings(deadline=None)
def test_words_are_those_that_the_manifest_is_asked_for(day: date, form: DateForm, at: time) -> None:
    assert {*date_words(day, form), *clock_words(at)} <= all_words()


@pytest.mark.parametrize("day", [0, 32, -1])
def test_a_day_that_no_month_has_is_a_declared_error(day: int) -> None:
    with pytest.raises(CannotSay):
        day_words(day, DateForm.ON)


def test_a_month_after_a_preposition_is_its_name() -> None:
    """Against the genitive, which has another ending and the same beginning."""
    for number, genitive in enumerate(MONTHS, 1):
        name = month_word(date(2025, number, 1))
        assert name[:2] == genitive[:2]
        assert name[-1] in "ьтй"
        assert genitive == {"ь": name[:-1] + "я", "т": name + "а", "й": name[:-1] + "я"}[name[-1]]
