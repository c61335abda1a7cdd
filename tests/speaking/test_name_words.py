"""Names as billing writes them, as words: every kind of shortening, figures against num2words, and any text at all."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from num2words.lang_RU import Num2Word_RU

from box.errors import CannotSay
from box.speaking.name_words import LONGEST_NAME, load_abbreviations, name_words
from box.speaking.opening import ABBREVIATIONS
from box.speaking.street_numbers import anniversary_stem, figure_words, genitive_words, ordinal_words

SHORT = load_abbreviations(ABBREVIATIONS)
OTHER = Num2Word_RU()


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Б. Черкасский пер.", "Большой Черкасский переулок"),
        ("ул. Б. Полянка", "улица Большая Полянка"),
        ("М. Бронная ул.", "Малая Бронная улица"),
        ("Б. Каменщики ул.", "Большие Каменщики улица"),
        ("Б. Донской пр-д", "Большой Донской проезд"),
        ("Ср. Кисловский пер.", "Средний Кисловский переулок"),
        ("ул. М. Горького", "улица Горького"),
        ("ул. М. Расковой", "улица Расковой"),
        ("ул. С. Перовской", "улица Перовской"),
        ("ул. С.М. Кирова", "улица Кирова"),
        ("ул. В. Маяковского", "улица Маяковского"),
        ("с. Перово", "село Перово"),
        ("С. Перово", "село Перово"),
        ("д. Ивановка, ул. Лесная", "деревня Ивановка улица Лесная"),
        ("м. Сокол", "метро Сокол"),
        ("ул. акад. Королёва", "улица академика Королёва"),
        ("ул. им. Кирова", "улица имени Кирова"),
        ("УЛ МИРА", "улица Мира"),
        ("САНКТ-ПЕТЕРБУРГ", "Санкт-Петербург"),
        ("ЖСК Заря", "жэ эс ка Заря"),
        ("СНТ №3", "СНТ номер три"),
        ("СНТ «Ромашка-2»", "СНТ Ромашка два"),
        ("пгт. Октябрьский", "посёлок городского типа Октябрьский"),
        ("ул. 8 Марта", "улица восьмого Марта"),
        ("1-я Парковая ул.", "первая Парковая улица"),
        ("16я Парковая ул.", "шестнадцатая Парковая улица"),
        ("3-й Самотёчный пер.", "третий Самотёчный переулок"),
        ("2-ой Лесной пер.", "второй Лесной переулок"),
        ("ул. 3-го Интернационала", "улица третьего Интернационала"),
        ("ул. 1905 года", "улица тысяча девятьсот пятого года"),
        ("ул. 26 Бакинских комиссаров", "улица двадцати шести Бакинских комиссаров"),
        ("ул. 26-ти Бакинских комиссаров", "улица двадцати шести Бакинских комиссаров"),
        ("пр-кт 60-летия Октября", "проспект шестидесятилетия Октября"),
        ("ул. 800-летия Москвы", "улица восьмисотлетия Москвы"),
        ("ул. 40 летия Победы", "улица сорокалетия Победы"),
        ("ул. 50 лет Победы", "улица пятьдесят лет Победы"),
        ("мкр. 5", "микрорайон пять"),
        ("Волгоградский пр-кт, д. 5", "Волгоградский проспект дом пять"),
        ("Т1", "Т один"),
        ("ул. 1/3", "улица один дробь три"),
        ("ул. Ленина.", "улица Ленина"),
        ("ул. Зои и Александра Космодемьянских", "улица Зои и Александра Космодемьянских"),
        ("", ""),
        (" .,- ", ""),
    ],
)
def test_names_are_read_as_people_read_them(written: str, said: str) -> None:
    words = name_words(written, SHORT)
    assert words.text == said
    assert words.unknown == ()


@pytest.mark.parametrize(
    ("written", "said", "unknown"),
    [
        ("мкн. Северный", "Северный", ("мкн",)),
        ("Северный мкн", "Северный", ("мкн",)),
        ("Пр-зд Шокальского", "Шокальского", ("Пр-зд",)),
        ("г. о. Химки", "город Химки", ("о",)),
        ("Пролетарск. ул.", "", ("Пролетарск",)),
        ("ул. 0-я", "", ("0-я",)),
    ],
)
def test_an_abbreviation_that_nobody_knows_is_left_out_and_told(
    written: str, said: str, unknown: tuple[str, ...]
) -> None:
    words = name_words(written, SHORT)
    assert (words.text, words.unknown) == (said, unknown)


def test_what_is_too_long_is_no_name() -> None:
    assert name_words("А" * (LONGEST_NAME + 1), SHORT).words == ()


@given(st.text(max_size=LONGEST_NAME))
@settings(deadline=None)
def test_any_text_is_words_without_figures_and_signs(text: str) -> None:
    for word in name_words(text, SHORT).words:
        assert all(part.replace("’", "").replace("'", "").isalpha() for part in word.replace("-", " ").split()), word


@given(
    st.lists(st.sampled_from([*SHORT.before_name, *SHORT.adjectives, *SHORT.in_name, "Ленина", "С", "5", "1-я", "."]))
)
@settings(deadline=None)
def test_no_full_stop_and_no_short_form_is_left(tokens: list[str]) -> None:
    said = name_words(" ".join(f"{token}." for token in tokens), SHORT).words
    assert not {word.lower() for word in said} & {"пр-кт", "б-р", "мкр", "пр-д", "кв-л", "наб", "туп", "пгт"}
    assert not any("." in word for word in said)


@pytest.mark.parametrize(
    ("ending", "gender", "case"), [("я", "f", "n"), ("й", "m", "n"), ("е", "n", "n"), ("го", "m", "g")]
)
def test_ordinals_agree_with_num2words(ending: str, gender: str, case: str) -> None:
    for number in range(1, 2100):
        other = OTHER.to_ordinal(number, gender=gender, case=case).replace("одна тысяча", "тысяча")
        assert " ".join(ordinal_words(number, ending)) == other


def test_genitives_agree_with_num2words() -> None:
    for number in range(1, 100):
        assert " ".join(genitive_words(number)) == OTHER.to_cardinal(number, case="g")


@given(st.integers(1, 999))
@settings(deadline=None)
def test_anniversaries_are_genitives_written_as_one_word(number: int) -> None:
    """Of ninety and a hundred the word takes the nominative; num2words declines the hundreds the long way."""
    expected = "".join(OTHER.to_cardinal(number, case="g").split())
    expected = expected.replace("девяноста", "девяносто")
    if 100 <= number < 200:
        expected = "сто" + expected.removeprefix("ста")
    assert anniversary_stem(number) == expected


@pytest.mark.parametrize(("figures", "ending"), [("0", "я"), ("3000", "й"), ("1001", "летия"), ("100", "ти")])
def test_what_has_no_words_is_a_declared_error(figures: str, ending: str) -> None:
    with pytest.raises(CannotSay):
        figure_words(figures, ending, "")
