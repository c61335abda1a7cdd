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


_STRESSED_ENDING = ("втор", "шест", "седьм", "восьм")
"""Ordinals whose masculine ends in -ой; of the others in -ый."""


def adjective_words(number: int, ending: str) -> tuple[str, ...]:
    """An ordinal as it stands before a street's name: ``adjective_words(1, "я")`` is «первая» for «1-я Парковая».
    ``ending`` is what is written after the hyphen: я, й or е. Raises CannotSay for another, or outside 1-31."""
    *tens, genitive = day_words(number, DateForm.BARE)
    stem = genitive.removesuffix("ого")
    forms = {"я": stem + "ая", "й": stem + ("ой" if stem in _STRESSED_ENDING else "ый"), "е": stem + "ое"}
    if genitive == "третьего":
        forms = {"я": "третья", "й": "третий", "е": "третье"}
    if ending not in forms:
        raise CannotSay(f"{number}-{ending} is no ordinal")
    return (*tens, forms[ending])


def date_words(day: date, form: DateForm) -> tuple[str, ...]:
    """Day and month without the year: ON «двенадцатое ноября», BARE «двенадцатого ноября»."""
    return (*day_words(day.day, form), MONTHS[day.month - 1])


def clock_words(at: time) -> tuple[str, ...]:
    """A time of day in the genitive, seconds dropped: «восьми тридцати», «двадцати часов», «восьми ноль пяти»."""
    hour, minute = at.hour, at.minute
    if minute == 0:
        noun = ONE_HOUR_GENITIVE if hour in (1, 21) else HOURS_GENITIVE
        return (*_genitive(hour, Gender.MASCULINE), noun)
    filler = (NOUGHT,) if minute < 10 else ()
    return (*_genitive(hour, Gender.MASCULINE), *filler, *_genitive(minute, Gender.FEMININE))


def all_words() -> frozenset[str]:
    """Every word that dates and times are answered with (adjectives before streets are names, and left out)."""
    ordinals = (form for forms in ORDINALS.values() for form in forms)
    genitives = (*GENITIVE_DIGITS, *GENITIVE_TEENS, *GENITIVE_TENS, GENITIVE_ONE_FEMININE)
    hours = (HOURS_GENITIVE, ONE_HOUR_GENITIVE, NOUGHT)
    return frozenset((*MONTHS, *ordinals, *ORDINAL_TENS.values(), *genitives, *hours))


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
