"""Russian ordinals, dates and times of day, as words (each word is the id of its clip, as in ``numbers``).

Days of a date are neuter ordinals («число» is understood); times are genitive cardinals, as clock ranges want them:
«с восьми тридцати до двадцати часов» (caller-service.md section 5.1). Knows nothing of the present day.
"""

from __future__ import annotations

from datetime import date, time

from box.dialogue.vocabulary import DateForm
from box.errors import CannotSay
from box.speaking.numbers import Gender

MONTHS = (
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
)

MONTHS_ACCUSATIVE = (
    "январь",
    "февраль",
    "март",
    "апрель",
    "май",
    "июнь",
    "июль",
    "август",
    "сентябрь",
    "октябрь",
    "ноябрь",
    "декабрь",
)

ORDINALS: dict[int, tuple[str, str]] = {
    1: ("первое", "первого"),
    2: ("второе", "второго"),
    3: ("третье", "третьего"),
    4: ("четвёртое", "четвёртого"),
    5: ("пятое", "пятого"),
    6: ("шестое", "шестого"),
    7: ("седьмое", "седьмого"),
    8: ("восьмое", "восьмого"),
    9: ("девятое", "девятого"),
    10: ("десятое", "десятого"),
    11: ("одиннадцатое", "одиннадцатого"),
    12: ("двенадцатое", "двенадцатого"),
    13: ("тринадцатое", "тринадцатого"),
    14: ("четырнадцатое", "четырнадцатого"),
    15: ("пятнадцатое", "пятнадцатого"),
    16: ("шестнадцатое", "шестнадцатого"),
    17: ("семнадцатое", "семнадцатого"),
    18: ("восемнадцатое", "восемнадцатого"),
    19: ("девятнадцатое", "девятнадцатого"),
    20: ("двадцатое", "двадцатого"),
    30: ("тридцатое", "тридцатого"),
}
"""Neuter ordinals: accusative (the same as nominative) and genitive."""

ORDINAL_TENS = {2: "двадцать", 3: "тридцать"}

GENITIVE_DIGITS = ("ноля", "одного", "двух", "трёх", "четырёх", "пяти", "шести", "семи", "восьми", "девяти")

GENITIVE_TEENS = (
    "десяти",
    "одиннадцати",
    "двенадцати",
    "тринадцати",
    "четырнадцати",
    "пятнадцати",
    "шестнадцати",
    "семнадцати",
    "восемнадцати",
    "девятнадцати",
)

GENITIVE_TENS = ("двадцати", "тридцати", "сорока", "пятидесяти")

GENITIVE_ONE_FEMININE = "одной"

HOURS_GENITIVE = "часов"
ONE_HOUR_GENITIVE = "часа"
NOUGHT = "ноль"


def day_words(day: int, form: DateForm) -> tuple[str, ...]:
    """The day of a month: ON «двадцать шестое», BARE «двадцать шестого». Raises CannotSay outside 1-31."""
    if not 1 <= day <= 31:
        raise CannotSay(f"a day of the month is 1 to 31, not {day}")
    case = 0 if form is DateForm.ON else 1
    if day in ORDINALS:
        return (ORDINALS[day][case],)
    tens, units = divmod(day, 10)
    return (ORDINAL_TENS[tens], ORDINALS[units][case])


def date_words(day: date, form: DateForm) -> tuple[str, ...]:
    """Day and month without the year: ON «двенадцатое ноября», BARE «двенадцатого ноября»."""
    return (*day_words(day.day, form), MONTHS[day.month - 1])


def clock_words(at: time) -> tuple[str, ...]:
    """A time of day in the genitive, seconds dropped: «восьми тридцати», «двадцати часов», «восьми ноль пяти»."""
    if at.minute == 0:
        noun = ONE_HOUR_GENITIVE if at.hour in (1, 21) else HOURS_GENITIVE
        return (*genitive_hour(at), noun)
    return (*genitive_hour(at), *genitive_minutes(at))


def genitive_hour(at: time) -> tuple[str, ...]:
    """The hour as a genitive cardinal without «часов»: «двадцати трёх», «ноля»."""
    return _genitive(at.hour, Gender.MASCULINE)


def genitive_minutes(at: time) -> tuple[str, ...]:
    """The minutes as a genitive cardinal: «тридцати», «ноль пяти»; nothing for a full hour."""
    if not at.minute:
        return ()
    filler = (NOUGHT,) if at.minute < 10 else ()
    return (*filler, *_genitive(at.minute, Gender.FEMININE))


def month_word(month: date) -> str:
    """The month of ``month`` in the accusative, which for all twelve is the nominative: «октябрь» after «за»."""
    return MONTHS_ACCUSATIVE[month.month - 1]


def all_words() -> frozenset[str]:
    """Every word that dates and times are answered with (adjectives before streets are names, and left out)."""
    ordinals = (form for forms in ORDINALS.values() for form in forms)
    genitives = (*GENITIVE_DIGITS, *GENITIVE_TEENS, *GENITIVE_TENS, GENITIVE_ONE_FEMININE)
    hours = (HOURS_GENITIVE, ONE_HOUR_GENITIVE, NOUGHT)
    return frozenset((*MONTHS, *MONTHS_ACCUSATIVE, *ordinals, *ORDINAL_TENS.values(), *genitives, *hours))


def _genitive(number: int, gender: Gender) -> tuple[str, ...]:
    """The cardinal 0-59 in the genitive."""
    if 10 <= number < 20:
        return (GENITIVE_TEENS[number - 10],)
    tens, units = divmod(number, 10)
    words = [GENITIVE_TENS[tens - 2]] if tens else []
    if units or not tens:
        feminine_one = units == 1 and gender is Gender.FEMININE
        words.append(GENITIVE_ONE_FEMININE if feminine_one else GENITIVE_DIGITS[units])
    return tuple(words)
