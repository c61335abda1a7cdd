"""For every recording a sentence in which the box says it: what a speaker reads to give a clip its melody. Pure.

The sentences come from the code that speaks to callers, so a clip is read in the very place where it is heard.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, time, timedelta
from itertools import combinations, zip_longest

from box.accounts.model import Address, Kopecks
from box.accounts.reference import DayHours
from box.dialogue.vocabulary import (
    ClockTime,
    Count,
    DateForm,
    DayOrdinal,
    DigitRow,
    Hours,
    Money,
    MonthName,
    SpokenDate,
    SpokenName,
    Value,
    WeekHours,
    Zone,
)
from box.speaking.addresses import Places
from box.speaking.manifest import Clip, Manifest, PhraseEntry
from box.speaking.numbers import NOUNS
from box.speaking.phrase_texts import Slot
from box.speaking.script import (
    BETWEEN_WORDS,
    COMMA,
    FULL_STOP,
    SENTENCE_S,
    Contour,
    Pause,
    Piece,
    Said,
    contour_before,
    text_of,
)
from box.speaking.values import render

SLOT_TEXTS = {
    "account": "один два три четыре пять, шесть семь восемь, девять ноль",
    "address": "улица Садовая, дом пять, квартира семь",
    "amount": "триста сорок пять рублей",
    "charged": "девятьсот рублей",
    "closes": "двадцати тридцати",
    "count": "пять цифр",
    "date": "двенадцатое ноября",
    "digits": "ноль один пять семь восемь",
    "first": "пятнадцатого",
    "hours": "с девяти до двадцати",
    "last": "ноль один два три четыре",
    "month": "октябрь",
    "name": "Сокол",
    "number": "ноль один пять семь восемь",
    "opening": "сто рублей",
    "opens": "восьми тридцати",
    "paid": "пятьсот рублей",
    "phone": "четыре девять девять, пять пять пять, ноль один, ноль один",
    "place": "Садовая улица",
    "price": "восемь рублей девяносто копеек",
    "use": "триста киловатт-часов",
    "usual": "сто киловатт-часов",
    "zone": "дневная зона",
    "window.last": "двадцать шестое",
    "window.opens": "пятнадцатого декабря",
}
"""What a speaker reads in the place of a value, by its name or by section and name; any other value will do as well."""

ANOTHER_WORD = "верно"
GOOD_LENGTH = 40
"""Letters of a sentence that is read with ease: shorter ones are words alone, which all get the same falling melody."""

QUESTION = Pause("? ", SENTENCE_S)
A_YEAR = tuple(date(2025, 1, 1) + timedelta(days) for days in range(365))
NUMBERS = (*range(21), *range(21, 100), *range(100, 1000, 100), *(n * 10**k for k in (3, 6, 9) for n in (1, 2, 5)))


def phrase_example(entry: PhraseEntry, clip: Clip) -> str:
    """The sentence of ``entry`` with sample values, the words of ``clip`` in **bold**."""
    parts: list[str] = []
    section = entry.id.partition(".")[0]
    for part in entry.parts:
        if isinstance(part, Slot):
            parts.append(SLOT_TEXTS.get(f"{section}.{part.name}") or SLOT_TEXTS.get(part.name, "…"))
        elif isinstance(part, Clip):
            words = part.spoken.rstrip('.,:;!?…—– «»"()')
            parts.append(f"**{words}**" if part is clip else words)
        else:
            parts.append(part.mark)
    return "".join(parts).strip()


def word_examples(manifest: Manifest, places: Places) -> Mapping[str, str]:
    """For the words of ``manifest`` that values are made of: by the name of a clip, a text of the box with that clip in
    **bold**: one that needs no other word and is neither long nor a word alone, where there is one. A word that no
    sample needs has none."""
    found: dict[str, tuple[float, str]] = {}
    for value in _samples(manifest):
        row = render(value, places).pieces
        if not row:
            continue
        for clumsy, pieces in enumerate(
            ((*row, FULL_STOP), (*row, COMMA, _other(), QUESTION), (*row, BETWEEN_WORDS, _other(), QUESTION))
        ):
            for name, text in _marked(pieces, manifest):
                badness = 100 * clumsy + 100 * (" " not in text) + abs(len(text) - GOOD_LENGTH)
                found[name] = min(found.get(name, (badness, text)), (badness, text))
    return {name: text for name, (_, text) in found.items()}


def _other() -> Said:
    return Said("", ANOTHER_WORD, fixed=True)


def _marked(pieces: tuple[Piece, ...], manifest: Manifest) -> Iterator[tuple[str, str]]:
    for place, (piece, follower) in enumerate(zip_longest(pieces, pieces[1:])):
        if not isinstance(piece, Said) or piece.fixed or piece.clip not in manifest.words:
            continue
        clips = manifest.words[piece.clip].clips
        contour = contour_before(follower)
        if contour in clips:
            shown = [_bold(each) if number == place else each for number, each in enumerate(pieces)]
            yield clips[contour].name, text_of(shown)


def _bold(piece: Piece) -> Piece:
    return Said(piece.clip, f"**{piece.text}**") if isinstance(piece, Said) else piece


def _samples(manifest: Manifest) -> Iterator[Value]:
    yield from (DigitRow(digit + other) for digit in "0123456789" for other in ("", "5"))
    yield from (Count(number, noun) for number in (1, 2, 5, 21, 22) for noun in NOUNS)
    for noun in ("rouble", "kopeck", "reading"):
        yield from (Count(number, noun) for number in NUMBERS)
    yield from (Money(Kopecks(rubles * 100 + kopecks)) for rubles in (1, 2, 5) for kopecks in (1, 2, 5))
    yield from (SpokenDate(day, form) for day in A_YEAR for form in DateForm)
    yield from (DayOrdinal(day, form) for day in range(1, 32) for form in DateForm)
    yield from (MonthName(date(2025, month, 1)) for month in range(1, 13))
    for minute in (*range(22), 30, 40, 50):
        yield from (ClockTime(time(hour, minute)) for hour in range(24))
        yield from (Hours(time(hour, minute), time((hour + 1) % 24, minute)) for hour in range(24))
    yield from map(WeekHours, _weeks())
    yield from (Address("", "ул. Мира", str(number)) for number in NUMBERS)
    for word in _words_of(manifest, "places"):
        yield from (Zone(word), Zone(f"{word} Мира"), Zone(f"Садовая {word}"), Zone(f"{word} Садовая улица"))
        yield from (Address("", "ул. Мира", f"5{word}"), Address("", "ул. Мира", f"{word} 5"))
        yield Address("", "ул. Мира", "1", f"5{word}", "1")
    for word in _words_of(manifest, "stations"):
        yield from (SpokenName(f"метро {word}"), SpokenName(f"{word} улица"))


def _words_of(manifest: Manifest, folder: str) -> list[str]:
    clips = ((word.id, clip) for word in manifest.words.values() for clip in word.clips.values())
    return list(dict.fromkeys(id_ for id_, clip in clips if clip.file.startswith(f"{folder}/")))


def _weeks() -> Iterable[tuple[DayHours, ...]]:
    nine, six = time(9), time(18)
    for days in (day for size in (1, 2, 3, 5, 6, 7) for day in combinations(range(7), size)):
        yield tuple(DayHours(day, nine, six) for day in days)
        others = (DayHours(day) for day in range(7) if day not in days)
        yield (*(DayHours(day, nine, six) for day in days), *others)
    yield tuple(DayHours(day) for day in range(7))


GENERAL = {
    Contour.FLOW: "**{word}** верно",
    Contour.HOLD: "**{word}**, верно",
    Contour.END: "верно, **{word}**.",
}
"""How a word is read that no sample needs."""
