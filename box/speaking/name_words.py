"""A name as billing writes it, as the words that are said: «ул. 8 Марта», «Б. Черкасский пер.», «СНТ Ромашка-2».

Pure: a text and the tables of config/abbreviations.toml go in. What is said is looked up among the clips by these
words, and what has no clips is rendered and found by them: so the box that renders a name and the line that says it
agree. A wrong word is worse than a missing one: what cannot be read for certain is left out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from box.errors import CannotSay, SettingsWrong
from box.speaking.numbers import number_words
from box.speaking.street_numbers import figure_words
from box.toml_tables import build, read_toml

LONGEST_NAME = 150
"""Characters; what is longer is no name."""

LATIN_LOOKALIKES = str.maketrans("ABCEHKMOPTXaceopx", "АВСЕНКМОРТХасеорх")

_L = "[A-Za-zА-Яа-яЁё]"
_TOKEN = re.compile(
    rf"(?P<figures>[0-9]+)(?:\s?-\s?|\s(?=лети)|(?={_L}))"
    r"(?P<ending>лети[яюе]|лет|[оиы]й|[еои]?го|[аья]я|[ое]е|ье|[яйех]|[тм]и)\b"
    r"|(?P<number>[0-9]+)"
    rf"|(?P<letter>{_L})(?P<digits>[0-9]{{1,2}})\b"
    rf"|(?P<word>{_L}+(?:[-’']{_L}+)*)(?P<dot>\.?)"
    r"|(?P<sign>[/№])"
)
_VOWEL = re.compile("[аеёиоуыэюяaeiouy]", re.IGNORECASE)
_SHORTENED = re.compile(f"{_L}{{1,2}}-{_L}{{1,3}}")
"""«р-он»: letters left out in the middle."""
_SIGNS = {"/": "дробь", "№": "номер"}
_LETTER_NAMES = {
    "Б": "бэ", "В": "вэ", "Г": "гэ", "Д": "дэ", "Ж": "жэ", "З": "зэ", "К": "ка", "Л": "эль", "М": "эм", "Н": "эн",
    "П": "пэ", "Р": "эр", "С": "эс", "Т": "тэ", "Ф": "эф", "Х": "ха", "Ц": "цэ", "Ч": "че", "Ш": "ша", "Щ": "ща",
}  # fmt: skip
_LONGEST_ACRONYM = 5

_MASCULINE, _FEMININE, _NEUTER, _PLURAL = range(4)
_AS_THE_KIND = 4
_NAME_OF_A_PERSON = 5
_FORM_BY_ENDING: tuple[tuple[tuple[str, ...], int], ...] = (
    (("ая", "яя"), _FEMININE),
    (("ый", "ий"), _MASCULINE),
    (("ое", "ее"), _NEUTER),
    (("ые", "ие"), _PLURAL),
    (("ого", "его", "ова", "ева", "ёва", "ина", "ына", "ича", "енко", "ых", "их"), _NAME_OF_A_PERSON),
    (("ой", "ей"), _AS_THE_KIND),
    (("и", "ы"), _PLURAL),
    (("а", "я"), _FEMININE),
    (("о", "е"), _NEUTER),
    (("",), _MASCULINE),
)
"""What stands before a word of this ending: «Б. Полянка» is «большая», «Б. Каменщики» «большие»; before a genitive it
is an initial («М. Горького»), and «-ой» is one thing in «Б. Донской проезд» and another in «ул. М. Расковой»."""


class Abbreviations(msgspec.Struct, frozen=True):
    """config/abbreviations.toml: short form to full word, by what follows it. ``adjectives`` have four forms:
    masculine, feminine, neuter and plural."""

    before_name: dict[str, str]
    in_name: dict[str, str]
    adjectives: dict[str, tuple[str, ...]]
    before_number: dict[str, str]


@dataclass(frozen=True, slots=True)
class NameWords:
    """``words`` as they are said; ``unknown`` the abbreviations that were left out because nobody knows them."""

    words: tuple[str, ...]
    unknown: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The words in one line: what a rendered name is known by."""
        return " ".join(self.words)


def load_abbreviations(path: Path) -> Abbreviations:
    """The tables of ``path``. Raises SettingsWrong with every mistake in it."""
    table, problems = read_toml(path)
    abbreviations = None if problems else build(Abbreviations, table, f"{path.name} ", problems)
    if abbreviations is not None:
        problems += [
            f"{path.name} adjectives.{short}: wants four forms, masculine, feminine, neuter and plural"
            for short, forms in abbreviations.adjectives.items()
            if len(forms) != _AS_THE_KIND
        ]
    if abbreviations is None or problems:
        raise SettingsWrong(problems)
    return abbreviations


def name_words(text: str, abbreviations: Abbreviations) -> NameWords:
    """``text`` as words. Nothing for '', for what is too long to be a name, and for a street of whose name only its
    kind can be read."""
    if len(text) > LONGEST_NAME:
        return NameWords(())
    return _Reading(text.translate(LATIN_LOOKALIKES), abbreviations).words()


class _Reading:
    """One name while it is read."""

    def __init__(self, text: str, abbreviations: Abbreviations) -> None:
        self._tokens = list(_TOKEN.finditer(text))
        self._short = abbreviations
        self._full_kinds = frozenset(abbreviations.before_name.values())
        kinds = [self._kind(token["word"]) for token in self._tokens if token["word"] and len(token["word"]) > 1]
        self._kinds = [kind for kind in kinds if kind]
        self._all_capitals = text.isupper()
        self._unknown: list[str] = []

    def words(self) -> NameWords:
        said: list[str] = []
        for place, token in enumerate(self._tokens):
            rest = self._tokens[place + 1 :]
            if token["word"]:
                said += self._word(token["word"], bool(token["dot"]), rest)
            elif token["letter"]:
                said += (token["letter"], *number_words(int(token["digits"])))
            elif token["sign"]:
                said.append(_SIGNS[token["sign"]])
            else:
                said += self._figures(token, rest)
        unreadable = self._unknown and all(word in self._full_kinds for word in said)
        return NameWords(() if unreadable else tuple(said), tuple(self._unknown))

    def _word(self, word: str, dot: bool, rest: Sequence[re.Match[str]]) -> tuple[str, ...]:
        small, follower = word.lower(), _next_word(rest)
        if dot and follower and small in self._short.adjectives and (len(word) > 1 or word.isupper()):
            form = self._adjective_form(follower)
            if form < _AS_THE_KIND:
                return (self._short.adjectives[small][form],)
        if len(word) == 1:
            return self._single_letter(word, dot, rest)
        known = self._kind(word) or self._short.in_name.get(small, "")
        if known:
            return (known,)
        if word.isupper() and len(word) <= _LONGEST_ACRONYM and all(letter in _LETTER_NAMES for letter in word):
            return tuple(_LETTER_NAMES[letter] for letter in word)
        if (dot and follower) or not _VOWEL.search(word) or _SHORTENED.fullmatch(word):
            self._unknown.append(word)
            return ()
        return (word.title() if self._all_capitals else word,)

    def _single_letter(self, letter: str, dot: bool, rest: Sequence[re.Match[str]]) -> tuple[str, ...]:
        small, kind, follower = letter.lower(), self._kind(letter), _next_word(rest)
        if rest and rest[0]["number"] and small in self._short.before_number:
            return (self._short.before_number[small],)
        if kind and (letter.islower() or not self._kinds):
            return (kind,)
        if len(follower) < 2:
            return (letter,)
        if dot and letter.islower():
            self._unknown.append(letter)
        initial = letter.isupper() and (dot or not follower.isupper())
        return () if initial or dot else (letter,)

    def _kind(self, word: str) -> str:
        small = word.lower()
        return self._short.before_name.get(small) or (small if small in self._full_kinds else "")

    def _adjective_form(self, follower: str) -> int:
        form = next(form for endings, form in _FORM_BY_ENDING if follower.lower().endswith(endings))
        masculine = bool(self._kinds) and not self._kinds[0].endswith(("а", "я", "ь", "о", "е"))
        return _MASCULINE if form == _AS_THE_KIND and masculine else form

    def _figures(self, token: re.Match[str], rest: Sequence[re.Match[str]]) -> tuple[str, ...]:
        try:
            return figure_words(token["figures"] or token["number"], token["ending"] or "", _next_word(rest))
        except CannotSay:
            self._unknown.append(token[0])
            return ()


def _next_word(rest: Sequence[re.Match[str]]) -> str:
    """The word that follows at once or after initials («С. М. Кирова»), '' when none does."""
    words = [token["word"] or "" for token in rest]
    while len(words) > 1 and len(words[0]) == 1:
        words.pop(0)
    return words[0] if words else ""
