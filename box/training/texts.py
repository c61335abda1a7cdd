"""What the synthetic voices are made to say, and the words that are thereby spoken. Pure: randomness is handed in.

Digits one by one in many groupings, numbers, yes and no, commands in the forms that people use, and other speech, which
trains the sounds that the garbage word is made of.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

DIGITS = (
    "ноль", "один", "два", "три", "четыре", "пять", "шесть", "семь", "восемь", "девять",
)  # fmt: skip
_OTHER_FORM = {"ноль": "нуль", "один": "одна", "два": "две"}
_TEENS = (
    "десять", "одиннадцать", "двенадцать", "тринадцать", "четырнадцать", "пятнадцать", "шестнадцать",
    "семнадцать", "восемнадцать", "девятнадцать",
)  # fmt: skip
_TENS = (
    "двадцать", "тридцать", "сорок", "пятьдесят", "шестьдесят", "семьдесят", "восемьдесят", "девяносто",
)  # fmt: skip
_HUNDREDS = (
    "сто", "двести", "триста", "четыреста", "пятьсот", "шестьсот", "семьсот", "восемьсот", "девятьсот",
)  # fmt: skip

YES = (
    "да", "да да", "верно", "правильно", "да верно", "да правильно", "ага", "угу", "так", "точно", "конечно",
    "всё верно",
)  # fmt: skip
NO = ("нет", "нет нет", "неверно", "не верно", "неправильно", "не правильно", "нет неверно", "неа", "ошибка")
COMMANDS = (
    "баланс", "узнать баланс", "мой баланс", "хочу узнать баланс",
    "показания", "передать показания", "хочу передать показания", "подать показания", "показания счётчика",
    "сообщить показания", "показание", "передать показание счётчика",
    "тариф", "тарифы", "узнать тариф", "мой тариф",
    "услуги", "услуга", "узнать услуги",
    "офис", "офисы", "адрес офиса", "адреса офиса",
    "задолженность", "узнать задолженность", "моя задолженность", "долг", "долги", "узнать мой долг",
    "оплата", "оплатить", "хочу оплатить", "оплату", "заплатить", "хочу заплатить", "платёж",
    "оператор", "оператора", "соедините с оператором", "соединить с оператором", "позовите оператора",
    "человек", "хочу с человеком",
    "повторите", "повтори", "повторить", "ещё раз", "повторите ещё раз", "повторите пожалуйста",
    "назад", "вернуться", "вернуться назад", "отмена", "сначала", "заново", "стоп",
    "подождите", "подожди", "подождите минуту", "минуту", "минутку", "секунду", "подождите пожалуйста",
    "помощь", "пропустить", "дальше", "хорошо", "пожалуйста", "алло", "запятая",
    "нет не пять а шесть", "а", "и",
)  # fmt: skip
OTHER = (
    "здравствуйте", "добрый день", "алло здравствуйте", "я не понимаю", "что вы сказали", "включите музыку",
    "мама мыла раму", "сейчас посмотрю", "одну минуточку", "где мои очки", "как вас зовут", "не слышно ничего",
    "говорите громче", "какая сегодня погода", "спасибо большое", "до свидания", "кто там", "позвоните завтра",
    "мы живём на третьем этаже", "в квартире холодно", "свет отключили вечером", "у меня вопрос", "не знаю",
    "я ничего не знаю", "выключи телевизор", "собака лает", "иди сюда", "это бабушка", "закрой дверь", "чайник кипит",
    "куда нажимать", "это робот", "девушка помогите", "почему так дорого", "квитанция не пришла", "какой номер",
    "лампочка перегорела", "договор на мужа", "перезвоню позже", "сколько можно ждать", "электричество", "розетка",
    "щётка и ящик", "жёлтый жук жужжит", "цыплёнок", "физика и химия", "поезд ушёл в город", "белый снег", "гуси летят",
    "хлеб и молоко", "вьюга воет", "съешь ещё этих булок", "объявление", "ёжик в тумане", "юбилей", "эхо в горах",
)  # fmt: skip

_ELIDED = {
    "восемь": (("в+осем", 1), ("в+осьмь", 2)), "четыре": (("чт+ыре", 1),), "шесть": (("шэсь", 1),),
    "пятьдесят": (("пийс+ят", 2), ("пис+ят", 3)), "шестьдесят": (("шийс+ят", 2), ("шыс+ят", 3)),
    "тысяча": (("т+ыща", 1),), "тысячи": (("т+ыщи", 1),), "тысяч": (("тыщ", 1),), "хорошо": (("храш+о", 1),),
    "один": (("ад+инь", 1),), "семь": (("сем", 1),), "четыреста": (("чт+ыриста", 1),), "двести": (("дв+еси", 1),),
}  # fmt: skip
"""Careless speech as it is spelled for the synthesiser (+ marks stress) and which pronunciation of the word that is."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """``text`` is what a synthesiser reads; ``words`` what is then heard, some with the number of a pronunciation."""

    text: str
    words: tuple[str, ...]


def utterance(rng: random.Random, *, elisions: bool) -> Utterance:
    """One thing that a caller may say, with careless forms where ``elisions`` (the engine reads + as stress)."""
    words, gaps = _choice(rng)
    spelled: list[str] = []
    labels: list[str] = []
    for word in words:
        careless = _ELIDED.get(word, ()) if elisions and rng.random() < 0.12 else ()
        spelling, label = word, word
        if careless:
            spelling, number = rng.choice(careless)
            label = f"{word}#{number}"
        spelled.append(spelling)
        labels.append(label)
    return Utterance(_joined(rng, spelled, gaps), tuple(labels))


def _choice(rng: random.Random) -> tuple[tuple[str, ...], Sequence[str]]:
    kind = rng.random()
    if kind < 0.46:
        return _digit_string(rng), (" ", ", ", ". ", " ")
    if kind < 0.60:
        return _number(rng), (" ",)
    if kind < 0.70:
        return tuple(rng.choice(YES + NO).split()), (" ", " ", ", ")
    if kind < 0.92:
        return tuple(rng.choice(COMMANDS).split()), (" ",)
    return tuple(rng.choice(OTHER).split()), (" ",)


def _digit_string(rng: random.Random) -> tuple[str, ...]:
    digits = [rng.choice(DIGITS) for _ in range(rng.choice((1, 1, 2, 3, 3, 4, 5, 6, 8)))]
    return tuple(_OTHER_FORM.get(d, d) if rng.random() < 0.12 else d for d in digits)


def _number(rng: random.Random) -> tuple[str, ...]:
    words: list[str] = []
    if rng.random() < 0.3:
        words += [rng.choice(("", "две", "пять", "шесть")), rng.choice(("тысяча", "тысячи", "тысяч"))]
    if rng.random() < 0.6:
        words.append(rng.choice(_HUNDREDS))
    if rng.random() < 0.4:
        words.append(rng.choice(_TEENS))
    else:
        words += [rng.choice(_TENS), *rng.choice((("",), DIGITS[1:2], DIGITS[3:4], DIGITS[5:6], DIGITS[8:9]))]
    return tuple(word for word in words if word)


def _joined(rng: random.Random, spelled: Sequence[str], gaps: Sequence[str]) -> str:
    """The words with one kind of gap between them, sometimes in threes, sometimes asked."""
    gap = rng.choice(gaps)
    if len(spelled) > 3 and rng.random() < 0.25:
        threes = [" ".join(spelled[i : i + 3]) for i in range(0, len(spelled), 3)]
        return ", ".join(threes)
    return gap.join(spelled) + rng.choice(("", "", ".", "?", "!"))
