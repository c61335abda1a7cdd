"""Russian cardinals with their nouns, as words.

A word's own form («одна», «рублей») is the id of the clip that says it, so the text of a call and its sound come from
one list. Everything is a table and one function over it; nothing here knows files, sound or phrases.
Rules: caller-service.md section 5.1.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from box.errors import CannotSay

LARGEST = 999_999_999_999
"""The greatest number that has words here."""


class Gender(Enum):
    """Only one and two change with it in the nominative."""

    MASCULINE = "m"
    FEMININE = "f"
    NEUTER = "n"


@dataclass(frozen=True, slots=True)
class Noun:
    """What is counted: its gender and the forms after 1, after 2-4 and after the rest; ``gloss`` is English."""

    gender: Gender
    one: str
    few: str
    many: str
    gloss: tuple[str, str] = ("", "")

    def after(self, number: int) -> str:
        """The form that follows ``number``: its last two digits decide."""
        if 11 <= number % 100 <= 14:
            return self.many
        return {1: self.one, 2: self.few, 3: self.few, 4: self.few}.get(number % 10, self.many)

    def gloss_after(self, number: int) -> str:
        """The English word that follows ``number``."""
        return self.gloss[0] if number == 1 else self.gloss[1]


_M, _F, _N = Gender.MASCULINE, Gender.FEMININE, Gender.NEUTER

NOUNS: dict[str, Noun] = {
    "rouble": Noun(_M, "рубль", "рубля", "рублей", ("rouble", "roubles")),
    "kopeck": Noun(_F, "копейка", "копейки", "копеек", ("kopeck", "kopecks")),
    "kilowatt_hour": Noun(_M, "киловатт-час", "киловатт-часа", "киловатт-часов", ("kilowatt-hour", "kilowatt-hours")),
    "day": Noun(_M, "день", "дня", "дней", ("day", "days")),
    "minute": Noun(_F, "минута", "минуты", "минут", ("minute", "minutes")),
    "digit": Noun(_F, "цифра", "цифры", "цифр", ("digit", "digits")),
    "address": Noun(_M, "адрес", "адреса", "адресов", ("address", "addresses")),
    "reading": Noun(_N, "показание", "показания", "показаний", ("reading", "readings")),
}
"""The noun table: the keys are the ``noun`` of ``box.dialogue.vocabulary.Count``."""

SCALES: tuple[tuple[int, Noun], ...] = (
    (1_000_000_000, Noun(_M, "миллиард", "миллиарда", "миллиардов")),
    (1_000_000, Noun(_M, "миллион", "миллиона", "миллионов")),
    (1_000, Noun(_F, "тысяча", "тысячи", "тысяч")),
)
"""A scale word rules its own multiplier: «сорок одна тысяча рублей», whatever is counted."""

DIGITS = ("ноль", "один", "два", "три", "четыре", "пять", "шесть", "семь", "восемь", "девять")

TEENS = (
    "десять",
    "одиннадцать",
    "двенадцать",
    "тринадцать",
    "четырнадцать",
    "пятнадцать",
    "шестнадцать",
    "семнадцать",
    "восемнадцать",
    "девятнадцать",
)

TENS = ("двадцать", "тридцать", "сорок", "пятьдесят", "шестьдесят", "семьдесят", "восемьдесят", "девяносто")

HUNDREDS = ("сто", "двести", "триста", "четыреста", "пятьсот", "шестьсот", "семьсот", "восемьсот", "девятьсот")

BY_GENDER: dict[tuple[int, Gender], str] = {(1, _F): "одна", (1, _N): "одно", (2, _F): "две"}


def number_words(number: int, gender: Gender = Gender.MASCULINE) -> tuple[str, ...]:
    """The cardinal in the nominative: ``number_words(41_000)`` is («сорок», «одна», «тысяча»).

    Raises CannotSay below 0 and above LARGEST.
    """
    if not 0 <= number <= LARGEST:
        raise CannotSay(f"numbers are said from 0 to {LARGEST}, not {number}")
    if number == 0:
        return (DIGITS[0],)
    words: list[str] = []
    for scale, noun in SCALES:
        multiplier, number = divmod(number, scale)
        if multiplier:
            words += (*_below_thousand(multiplier, noun.gender), noun.after(multiplier))
    return (*words, *_below_thousand(number, gender))


def count(number: int, noun: str) -> tuple[str, ...]:
    """``number`` with its noun in the right form: ``count(121, "kilowatt_hour")`` ends in «один киловатт-час».

    Raises CannotSay for a number without words or a noun that is not in NOUNS.
    """
    counted = NOUNS.get(noun)
    if counted is None:
        raise CannotSay(f"nothing is known of the noun {noun}; the nouns are {', '.join(NOUNS)}")
    return (*number_words(number, counted.gender), counted.after(number))


def money_words(kopecks: int) -> tuple[str, ...]:
    """A sum in rubles and kopecks without its sign. A part that is nought is left out, so 1 is «одна копейка» and 500
    «пять рублей»; only nothing at all is «ноль рублей» (caller-service.md sections 4 and 5.1)."""
    rubles, rest = divmod(abs(kopecks), 100)
    words = count(rubles, "rouble") if rubles or not rest else ()
    return words + (count(rest, "kopeck") if rest else ())


def digit_words(digits: str) -> tuple[str, ...]:
    """Each digit by its own name. Raises CannotSay when ``digits`` holds anything else."""
    if not (digits.isascii() and digits.isdigit()):
        raise CannotSay("a row of digits may hold nothing but digits")
    return tuple(DIGITS[int(digit)] for digit in digits)


def all_words() -> frozenset[str]:
    """Every word that this module can answer with."""
    nouns = [*NOUNS.values(), *(noun for _, noun in SCALES)]
    forms = (form for noun in nouns for form in (noun.one, noun.few, noun.many))
    return frozenset((*DIGITS, *TEENS, *TENS, *HUNDREDS, *BY_GENDER.values(), *forms))


def _below_thousand(number: int, gender: Gender) -> tuple[str, ...]:
    hundreds, rest = divmod(number, 100)
    words = [HUNDREDS[hundreds - 1]] if hundreds else []
    if rest >= 20:
        words.append(TENS[rest // 10 - 2])
        rest %= 10
    if rest >= 10:
        words.append(TEENS[rest - 10])
    elif rest:
        words.append(BY_GENDER.get((rest, gender), DIGITS[rest]))
    return tuple(words)
