"""Russian cardinals a second time, another way: from the number's figures as text, three at a time, with every word
written out here again. Held against the product beyond the reach of num2words."""

from __future__ import annotations

_TEXT = """
1 один 2 два 3 три 4 четыре 5 пять 6 шесть 7 семь 8 восемь 9 девять 10 десять 11 одиннадцать 12 двенадцать
13 тринадцать 14 четырнадцать 15 пятнадцать 16 шестнадцать 17 семнадцать 18 восемнадцать 19 девятнадцать 20 двадцать
30 тридцать 40 сорок 50 пятьдесят 60 шестьдесят 70 семьдесят 80 восемьдесят 90 девяносто 100 сто 200 двести 300 триста
400 четыреста 500 пятьсот 600 шестьсот 700 семьсот 800 восемьсот 900 девятьсот
"""
_TABLE = _TEXT.split()
_WORD = dict(zip(map(int, _TABLE[::2]), _TABLE[1::2], strict=True))
_SCALE = ["", "тысяч", "миллион", "миллиард"]


def spell(number: int, feminine: bool = False) -> str:
    """``number`` below a billiard in words, masculine unless ``feminine``."""
    if number == 0:
        return "ноль"
    figures = str(number)
    figures = figures.rjust(-(-len(figures) // 3) * 3, "0")
    triples = [figures[i : i + 3] for i in range(0, len(figures), 3)]
    words: list[str] = []
    for place, triple in enumerate(triples):
        scale = len(triples) - 1 - place
        if triple == "000":
            continue
        words += _triple(triple, scale == 1 or (scale == 0 and feminine))
        if scale:
            words.append(_SCALE[scale] + _ending(triple, scale))
    return " ".join(words)


def form(number: int, one: str, few: str, many: str) -> str:
    """The form of a counted noun, by the last figures of the number as it is written."""
    figures = f"{number:02d}"
    if figures[-2] == "1" or figures[-1] in "056789":
        return many
    return one if figures[-1] == "1" else few


def _triple(triple: str, feminine: bool) -> list[str]:
    parts = [int(triple[0]) * 100]
    parts += [int(triple[1:])] if triple[1] == "1" else [int(triple[1]) * 10, int(triple[2])]
    words = [_WORD[part] for part in parts if part]
    if feminine and triple[1] != "1" and triple[2] in "12":
        words[-1] = "одна" if triple[2] == "1" else "две"
    return words


def _ending(triple: str, scale: int) -> str:
    return form(int(triple), *(("а", "и", "") if scale == 1 else ("", "а", "ов")))
