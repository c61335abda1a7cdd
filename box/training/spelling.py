"""A Russian word into phones, from its letters and the place of its stress. Pure rules; exceptions are written by hand
elsewhere (:mod:`box.training.pronunciations`, :mod:`box.training.place_names`).

What is applied, in this order: letter groups that are read otherwise than written, softness, reduction of unstressed
vowels, voice taken over from the next consonant or lost at the end, softness taken over, long consonants made single.
"""

from __future__ import annotations

from collections.abc import Sequence

from box.training.phones import CONSONANTS

VOWEL_LETTERS = "аеёиоуыэюя"
_PLAIN = {"а": "a", "о": "o", "у": "u", "ы": "y", "э": "e", "е": "e", "ё": "o", "и": "i", "ю": "u", "я": "a"}
_SOFTENING = "еёиюяь"
_IOTATED = "еёюя"
_HARD_ALWAYS = {"ж": "zh", "ш": "sh", "ц": "c"}
_SOFT_ALWAYS = {"ч": "ch", "щ": "sch", "й": "j"}
_PAIRED = {"б": "b", "в": "v", "г": "g", "д": "d", "з": "z", "к": "k", "л": "l", "м": "m", "н": "n", "п": "p", "р": "r",
           "с": "s", "т": "t", "ф": "f", "х": "h"}  # fmt: skip
_READ_AS = (
    ("ться", "ца"), ("тся", "ца"), ("стн", "сн"), ("здн", "зн"), ("лнц", "нц"), ("вств", "ств"), ("сч", "щ"),
    ("зч", "щ"), ("жч", "щ"), ("гк", "хк"), ("гч", "хч"), ("тц", "ц"), ("дц", "ц"), ("тск", "цк"), ("дск", "цк"),
    ("сш", "ш"), ("зш", "ш"), ("сж", "ж"), ("зж", "ж"), ("тч", "ч"), ("дч", "ч"),
)  # fmt: skip
_VOICED_OF = {"p": "b", "pj": "bj", "f": "v", "fj": "vj", "k": "g", "kj": "gj", "t": "d", "tj": "dj", "sh": "zh",
              "s": "z", "sj": "zj"}  # fmt: skip
_VOICELESS_OF = {voiced: voiceless for voiceless, voiced in _VOICED_OF.items()}
_GIVES_VOICE = {"b", "bj", "g", "gj", "d", "dj", "zh", "z", "zj"}
_TAKES_VOICE = {"p", "pj", "f", "fj", "k", "kj", "t", "tj", "sh", "s", "sj", "h", "hj", "c", "ch", "sch"}
_SOFT_BEFORE = {"s": ("tj", "dj", "nj", "sj"), "z": ("tj", "dj", "nj", "zj"), "n": ("tj", "dj", "ch", "sch", "nj")}
_V_ENDINGS = ("ого", "его")
_G_KEPT = ("много", "немного", "строго", "дорого", "долго", "убого", "сего")


def spoken(word: str, stressed: int | None) -> tuple[str, ...]:
    """Phones of ``word`` (lower case, letters and hyphens), whose vowel number ``stressed`` (from 0) has the stress;
    «ё» carries it anyway, a word of one vowel may go without saying. () where a letter is no Russian one."""
    letters = _as_read(word)
    vowels = [place for place, letter in enumerate(letters) if letter in VOWEL_LETTERS]
    if "ё" in letters:
        main: int | None = letters.rindex("ё")
    elif len(vowels) == 1:
        main = vowels[0]
    else:
        main = vowels[stressed] if stressed is not None and stressed < len(vowels) else None
    phones: list[str] = []
    for place in range(len(letters)):
        made = _one(letters, place, main)
        if made is None:
            return ()
        phones += made
    return _assimilated(phones)


def _as_read(word: str) -> str:
    """The same number of vowels, letters nearer to the sounds."""
    word = word.replace("-", "")
    word = word.replace("сегодня", "севодня").replace("здравств", "здраств")
    if word.startswith("что"):
        word = "што" + word[3:]
    if word.endswith(_V_ENDINGS) and word not in _G_KEPT:
        word = word[:-2] + "во"
    for written, read in _READ_AS:
        word = word.replace(written, read)
    return word


def _one(letters: str, place: int, main: int | None) -> list[str] | None:
    letter, before, after = letters[place], letters[place - 1 : place], letters[place + 1 : place + 2]
    if letter in VOWEL_LETTERS:
        stressed = main == place
        phone = _vowel(letter, before, stressed, last=place == len(letters) - 1)
        iotated = letter in _IOTATED and (not before or before in VOWEL_LETTERS + "ьъ")
        return ["j", phone] if iotated or (letter in "ио" and before == "ь") else [phone]
    if letter in "ьъ":
        return []
    if letter in _HARD_ALWAYS or letter in _SOFT_ALWAYS:
        return [_HARD_ALWAYS.get(letter) or _SOFT_ALWAYS[letter]]
    if letter not in _PAIRED:
        return None
    phone = _PAIRED[letter]
    return [phone + "j" if after and after in _SOFTENING and phone + "j" in CONSONANTS else phone]


def _vowel(letter: str, before: str, stressed: bool, *, last: bool) -> str:
    sound = _PLAIN[letter]
    hard = bool(before) and before in _HARD_ALWAYS
    if sound == "i" and hard:
        sound = "y"
    if stressed:
        return sound + "1"
    if letter in "её" or (letter == "э" and not before):
        sound = "y" if hard else "i"
    elif letter == "э":
        sound = "y"
    elif letter == "о" or (letter in "ая" and last):
        sound = "a"
    elif letter == "я" or (letter == "а" and before and before in "чщ"):
        sound = "i"
    return sound + "0"


def _assimilated(phones: Sequence[str]) -> tuple[str, ...]:
    row = list(phones)
    if row:
        row[-1] = _VOICELESS_OF.get(row[-1], row[-1])
    for place in range(len(row) - 2, -1, -1):
        here, following = row[place], row[place + 1]
        if following in _TAKES_VOICE:
            row[place] = _VOICELESS_OF.get(here, here)
        elif following in _GIVES_VOICE:
            row[place] = _VOICED_OF.get(here, here)
        if following in _SOFT_BEFORE.get(row[place], ()):
            row[place] += "j"
    return tuple(
        p for p, after in zip(row, [*row[1:], ""], strict=True) if not (p in CONSONANTS and after in (p, p + "j"))
    )
