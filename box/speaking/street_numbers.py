"""Figures inside the names of streets as words: «1-я», «8 Марта», «1905 года», «26 Бакинских комиссаров», «40-летия».

Pure. What a figure is depends on the letters after it or on the word that follows; where neither tells, it is counted.
"""

from __future__ import annotations

from box.dialogue.vocabulary import DateForm
from box.errors import CannotSay
from box.speaking.calendar_words import GENITIVE_DIGITS, GENITIVE_TEENS, GENITIVE_TENS, MONTHS, day_words
from box.speaking.numbers import digit_words, number_words

LONGEST_FIGURES = 4
"""More digits than a year has are named one by one."""

ORDINAL_STEMS = {
    1: "перв", 2: "втор", 3: "трет", 4: "четвёрт", 5: "пят", 6: "шест", 7: "седьм", 8: "восьм", 9: "девят", 10: "десят",
    11: "одиннадцат", 12: "двенадцат", 13: "тринадцат", 14: "четырнадцат", 15: "пятнадцат", 16: "шестнадцат",
    17: "семнадцат", 18: "восемнадцат", 19: "девятнадцат", 20: "двадцат", 30: "тридцат", 40: "сороков",
    50: "пятидесят", 60: "шестидесят", 70: "семидесят", 80: "восьмидесят", 90: "девяност", 100: "сот",
    200: "двухсот", 300: "трёхсот", 400: "четырёхсот", 500: "пятисот", 600: "шестисот", 700: "семисот",
    800: "восьмисот", 900: "девятисот", 1000: "тысячн", 2000: "двухтысячн",
}  # fmt: skip

_HARD = {"я": "ая", "й": "ый", "е": "ое", "го": "ого"}
_STRESSED = _HARD | {"й": "ой"}
_THIRD = {"я": "ья", "й": "ий", "е": "ье", "го": "ьего"}
_CARDINAL_ENDINGS = ("ти", "ми", "х")
"""«26-ти Бакинских комиссаров», «3-х»."""
_STRESSED_STEMS = ("втор", "шест", "седьм", "восьм", "сороков")

_GENITIVE_TENS = {number * 10: word for number, word in enumerate(GENITIVE_TENS, 2)} | {
    60: "шестидесяти",
    70: "семидесяти",
    80: "восьмидесяти",
    90: "девяноста",
}

_ANNIVERSARY_PARTS = {
    90: "девяносто", 100: "сто", 200: "двухсот", 300: "трёхсот", 400: "четырёхсот", 500: "пятисот", 600: "шестисот",
    700: "семисот", 800: "восьмисот", 900: "девятисот", 1000: "тысяче",
}  # fmt: skip
"""How a number stands inside «…летия» where that is not its genitive."""


def figure_words(figures: str, ending: str, follower: str) -> tuple[str, ...]:
    """``figures`` with the letters written after them ('' for none) before the word ``follower``. Raises CannotSay for
    letters that make no sense there."""
    number, next_word = int(figures), follower.lower()
    if ending.startswith("лет"):
        return (anniversary_stem(number) + ending,) if ending != "лет" else (*number_words(number), ending)
    if ending in _CARDINAL_ENDINGS:
        return genitive_words(number)
    if ending:
        return ordinal_words(number, ending)
    if len(figures) > LONGEST_FIGURES:
        return digit_words(figures)
    if next_word in MONTHS and 1 <= number <= 31:
        return day_words(number, DateForm.BARE)
    if next_word == "года":
        return ordinal_words(number, "го")
    if next_word.endswith(("ых", "их")) and 2 <= number <= 99:
        return genitive_words(number)
    return number_words(number)


def ordinal_words(number: int, ending: str) -> tuple[str, ...]:
    """The ordinal whose written ending is ``ending``: «1-я» is «первая», «3-го» «третьего», 1905 with «го» «тысяча
    девятьсот пятого». Raises CannotSay for another ending, or a number that has no ordinal here."""
    last = next((part for part in (number % 100, number % 1000, number) if part), 0)
    if last not in ORDINAL_STEMS:
        last = number % 10
    stem = ORDINAL_STEMS.get(last, "")
    endings = _THIRD if stem == "трет" else _STRESSED if stem in _STRESSED_STEMS else _HARD
    short = _short_ending(ending)
    if not stem or short not in endings:
        raise CannotSay(f"{number}-{ending} is no ordinal")
    front = number_words(number - last) if number > last else ()
    return (*_as_a_year(front), stem + endings[short])


def genitive_words(number: int) -> tuple[str, ...]:
    """The cardinal 1-99 in the genitive: «двадцати шести». Raises CannotSay outside."""
    if not 1 <= number <= 99:
        raise CannotSay(f"{number} is not declined in a name")
    if 10 <= number < 20:
        return (GENITIVE_TEENS[number - 10],)
    tens, units = number - number % 10, number % 10
    return (*((_GENITIVE_TENS[tens],) if tens else ()), *((GENITIVE_DIGITS[units],) if units else ()))


def anniversary_stem(number: int) -> str:
    """What stands before «летия»: 40 is «сорока», 25 «двадцатипяти», 850 «восьмисотпятидесяти». Raises CannotSay from
    1001 on."""
    if not 1 <= number <= 1000:
        raise CannotSay(f"nothing is {number} years old here")
    if number in _ANNIVERSARY_PARTS:
        return _ANNIVERSARY_PARTS[number]
    hundreds, rest = number - number % 100, number % 100
    front = _ANNIVERSARY_PARTS[hundreds] if hundreds else ""
    if rest in _ANNIVERSARY_PARTS:
        return front + _ANNIVERSARY_PARTS[rest]
    tens = rest - rest % 10
    if tens == 90:
        return front + _ANNIVERSARY_PARTS[90] + GENITIVE_DIGITS[rest % 10]
    return front + "".join(genitive_words(rest)) if rest else front


def _short_ending(ending: str) -> str:
    """«1-ая», «1-ый», «3-его» are written too, and mean 1-я, 1-й, 3-го."""
    if ending in _HARD:
        return ending
    return {"ая": "я", "ья": "я", "ый": "й", "ой": "й", "ий": "й", "ое": "е", "ье": "е", "ого": "го", "его": "го"}.get(
        ending, ""
    )


def _as_a_year(words: tuple[str, ...]) -> tuple[str, ...]:
    """«тысяча девятьсот», not «одна тысяча девятьсот»."""
    return words[1:] if words[:2] == ("одна", "тысяча") else words
