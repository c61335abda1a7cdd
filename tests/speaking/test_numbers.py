"""Numbers, sums and counts in words, against num2words, a second speller and the bugs of public libraries."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from num2words.lang_RU import Num2Word_RU

from box.errors import CannotSay
from box.speaking.numbers import (
    LARGEST,
    NOUNS,
    Gender,
    all_words,
    count,
    digit_words,
    money_words,
    number_words,
)
from tests.speaking.second_speller import form, spell


@pytest.mark.parametrize(("gender", "letter"), [(Gender.MASCULINE, "m"), (Gender.FEMININE, "f")])
def test_every_number_below_a_million_is_spelt_as_num2words_spells_it(gender: Gender, letter: str) -> None:
    other = Num2Word_RU()
    wrong = [n for n in range(1_000_000) if " ".join(number_words(n, gender)) != other.to_cardinal(n, gender=letter)]
    assert wrong == []


@pytest.mark.parametrize(("gender", "letter"), [(Gender.FEMININE, "f"), (Gender.NEUTER, "n")])
@given(millions=st.integers(1, 999_999), rest=st.integers(0, 999_999))
@settings(deadline=None)
def test_beyond_a_million_num2words_agrees_once_its_millions_are_masculine(
    gender: Gender, letter: str, millions: int, rest: int
) -> None:
    other = Num2Word_RU()
    # num2words 0.5.14 lets the noun's gender rule the millions («одна миллион»): ask for the two parts apart.
    expected = other.to_cardinal(millions * 1_000_000, gender="m")
    expected += " " + other.to_cardinal(rest, gender=letter) if rest else ""
    assert " ".join(number_words(millions * 1_000_000 + rest, gender)) == expected


@given(st.integers(0, LARGEST), st.booleans())
@settings(deadline=None)
def test_the_second_speller_agrees_to_the_largest_number(number: int, feminine: bool) -> None:
    gender = Gender.FEMININE if feminine else Gender.MASCULINE
    assert " ".join(number_words(number, gender)) == spell(number, feminine)


@pytest.mark.parametrize(
    ("kopecks", "words"),
    [
        (102, "один рубль две копейки"),
        (199, "один рубль девяносто девять копеек"),
        (4_100_000, "сорок одна тысяча рублей"),
        (4_200_000, "сорок две тысячи рублей"),
        (100_100, "одна тысяча один рубль"),
        (1_100, "одиннадцать рублей"),
        (11_100, "сто одиннадцать рублей"),
        (11_200, "сто двенадцать рублей"),
        (12_345_151, "сто двадцать три тысячи четыреста пятьдесят один рубль пятьдесят одна копейка"),
        (1, "одна копейка"),
        (0, "ноль рублей"),
        (500, "пять рублей"),
        (890, "восемь рублей девяносто копеек"),
        (-34_500, "триста сорок пять рублей"),
        (-1, "одна копейка"),
    ],
)
def test_sums_that_public_libraries_get_wrong(kopecks: int, words: str) -> None:
    assert " ".join(money_words(kopecks)) == words


def test_a_million_of_a_feminine_noun_is_masculine() -> None:
    assert " ".join(count(1_000_000, "kopeck")) == "один миллион копеек"


def test_counts_with_their_nouns() -> None:
    assert " ".join(count(121, "kilowatt_hour")) == "сто двадцать один киловатт-час"
    assert " ".join(count(2, "digit")) == "две цифры"
    assert " ".join(count(1, "reading")) == "одно показание"
    assert " ".join(count(0, "day")) == "ноль дней"
    assert " ".join(count(21, "minute")) == "двадцать одна минута"


OTHER_NOUNS = {
    "rouble": ("m", "рубль рубля рублей"),
    "kopeck": ("f", "копейка копейки копеек"),
    "kilowatt_hour": ("m", "киловатт-час киловатт-часа киловатт-часов"),
    "day": ("m", "день дня дней"),
    "minute": ("f", "минута минуты минут"),
    "digit": ("f", "цифра цифры цифр"),
    "address": ("m", "адрес адреса адресов"),
    "reading": ("n", "показание показания показаний"),
}
"""The table of the reference (caller-service.md section 5.1), written out a second time."""

LAST_ONE = {"m": "один", "f": "одна", "n": "одно"}


@pytest.mark.parametrize("noun", NOUNS)
@given(number=st.one_of(st.integers(0, 1000), st.integers(0, 10**9), st.integers(0, LARGEST)))
@settings(deadline=None)
def test_every_noun_agrees_with_its_number_in_form_and_gender(noun: str, number: int) -> None:
    gender, forms = OTHER_NOUNS[noun]
    expected = spell(number, feminine=gender == "f")
    if gender == "n" and number % 10 == 1 and number % 100 != 11:
        expected = expected.removesuffix("один") + "одно"
    assert " ".join(count(number, noun)) == f"{expected} {form(number, *forms.split())}"
    if number % 10 == 1 and number % 100 != 11:
        assert expected.endswith(LAST_ONE[gender])


def test_neuter_below_ten_thousand_is_as_num2words_spells_it() -> None:
    other = Num2Word_RU()
    for number in range(10_000):
        assert " ".join(number_words(number, Gender.NEUTER)) == other.to_cardinal(number, gender="n")


@given(st.integers(-(10**13), 10**13))
@settings(deadline=None)
def test_a_sum_is_its_rubles_and_its_kopecks(kopecks: int) -> None:
    rubles, rest = divmod(abs(kopecks), 100)
    parts = []
    if rubles or not rest:
        parts.append(f"{spell(rubles)} {form(rubles, 'рубль', 'рубля', 'рублей')}")
    if rest:
        parts.append(f"{spell(rest, feminine=True)} {form(rest, 'копейка', 'копейки', 'копеек')}")
    assert " ".join(money_words(kopecks)) == " ".join(parts)


@given(st.integers(0, LARGEST), st.sampled_from(sorted(NOUNS)))
@settings(deadline=None)
def test_words_are_those_that_the_manifest_is_asked_for(number: int, noun: str) -> None:
    assert set(count(number, noun)) <= all_words()


@given(st.text("0123456789", min_size=1, max_size=20))
@settings(deadline=None)
def test_digits_are_named_one_by_one(digits: str) -> None:
    assert " ".join(digit_words(digits)) == " ".join(spell(int(digit)) for digit in digits)


@pytest.mark.parametrize("number", [-1, LARGEST + 1])
def test_a_number_out_of_range_is_a_declared_error(number: int) -> None:
    with pytest.raises(CannotSay, match="0 to 999999999999"):
        number_words(number)


def test_an_unknown_noun_is_a_declared_error_that_names_the_known_ones() -> None:
    with pytest.raises(CannotSay, match="kilowatt_hour"):
        count(1, "furlong")


@pytest.mark.parametrize("digits", ["", "12a", "١٢", "1 2"])
def test_a_row_with_anything_but_digits_is_a_declared_error(digits: str) -> None:
    with pytest.raises(CannotSay):
        digit_words(digits)
