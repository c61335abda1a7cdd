"""Recognised words into an answer to one question. Exact: what is doubtful is NoMatch, and the dialogue asks again.

Pure but for :func:`load_words`, which reads config/intents.toml. Knows no recogniser and no sound; a recogniser gets
its word list from :meth:`Words.expected` and hands the words it heard to :meth:`Words.answer`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TypeAlias

import msgspec

from box.accounts.model import EntryMode
from box.dialogue.vocabulary import (
    AskedBack,
    AskedOperator,
    AskedRepeat,
    AskedWait,
    CardNumberGiven,
    NoMatch,
    Question,
    QuestionKind,
    SaidDigits,
    SaidIntent,
    SaidNo,
    SaidYes,
)
from box.errors import SettingsWrong
from box.toml_tables import build, read_toml
from box.understanding.card import looks_like_card

WordAnswer: TypeAlias = (
    SaidYes
    | SaidNo
    | SaidDigits
    | SaidIntent
    | AskedOperator
    | AskedRepeat
    | AskedBack
    | AskedWait
    | NoMatch
    | CardNumberGiven
)


class Sense(Enum):
    """What sort of thing a phrase means."""

    YES = "yes"
    NO = "no"
    DIGIT = "digit"
    COMMA = "comma"
    COMMAND = "command"
    INTENT = "intent"


@dataclass(frozen=True, slots=True)
class Meaning:
    """``value`` is the digit, the command or the intent; '' for the others."""

    sense: Sense
    value: str = ""


COMMANDS: Mapping[str, WordAnswer] = {
    "operator": AskedOperator(),
    "repeat": AskedRepeat(),
    "back": AskedBack(),
    "wait": AskedWait(),
}

SENSES_OF: Mapping[QuestionKind, frozenset[Sense]] = {
    QuestionKind.YES_NO: frozenset({Sense.YES, Sense.NO, Sense.COMMAND}),
    QuestionKind.DIGITS: frozenset({Sense.DIGIT, Sense.COMMA, Sense.COMMAND}),
    QuestionKind.MENU: frozenset({Sense.INTENT, Sense.COMMAND}),
}
"""What a question listens for. ДА and digits never meet in one question: «да» and «два» are too close
(caller-service.md §8)."""


class _Phrases(msgspec.Struct, frozen=True):
    phrases: tuple[str, ...]


class _Commands(msgspec.Struct, frozen=True):
    operator: tuple[str, ...]
    repeat: tuple[str, ...]
    back: tuple[str, ...]
    wait: tuple[str, ...]


class _Intents(msgspec.Struct, frozen=True):
    yes: _Phrases
    no: _Phrases
    digits: dict[str, str]
    comma: _Phrases
    commands: _Commands
    intents: dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Words:
    """Every phrase that is understood, as normalised words, with its meaning."""

    meanings: Mapping[tuple[str, ...], Meaning]

    def expected(self, question: Question) -> frozenset[str]:
        """The single words that an answer to ``question`` may hold, as a recogniser's word list."""
        return frozenset(word for phrase in self._phrases_for(question) for word in phrase)

    def answer(self, question: Question, heard: Sequence[str]) -> WordAnswer:
        """What ``heard`` answers. Every word must belong to a known phrase, and all phrases must say one thing."""
        senses = self._senses(question, normalised(" ".join(heard)))
        if not senses:
            return NoMatch()
        if question.kind is QuestionKind.DIGITS and senses[0].sense is Sense.DIGIT:
            return _spoken_entry(question, senses)
        if len(set(senses)) != 1:
            return NoMatch()
        only = senses[0]
        plain: Mapping[Sense, WordAnswer] = {Sense.YES: SaidYes(), Sense.NO: SaidNo()}
        if only.sense is Sense.COMMAND:
            return COMMANDS[only.value]
        if only.sense is Sense.INTENT:
            return SaidIntent(only.value)
        return plain.get(only.sense, NoMatch())

    def _phrases_for(self, question: Question) -> Mapping[tuple[str, ...], Meaning]:
        wanted = SENSES_OF[question.kind]
        chosen = set(question.choices.values())
        return {
            phrase: meaning
            for phrase, meaning in self.meanings.items()
            if meaning.sense in wanted and (meaning.sense is not Sense.INTENT or meaning.value in chosen)
        }

    def _senses(self, question: Question, words: tuple[str, ...]) -> list[Meaning]:
        """The meanings of ``words`` in order, longest phrase first; empty when any word stays without a meaning."""
        known = self._phrases_for(question)
        longest = max((len(phrase) for phrase in known), default=0)
        senses: list[Meaning] = []
        start = 0
        while start < len(words):
            for length in range(min(longest, len(words) - start), 0, -1):
                meaning = known.get(words[start : start + length])
                if meaning is not None:
                    senses.append(meaning)
                    start += length
                    break
            else:
                return []
        return senses


def _spoken_entry(question: Question, senses: list[Meaning]) -> WordAnswer:
    if any(meaning.sense not in (Sense.DIGIT, Sense.COMMA) for meaning in senses):
        return NoMatch()
    if looks_like_card("".join(meaning.value for meaning in senses)):
        return CardNumberGiven()
    whole, *after = "".join(m.value if m.sense is Sense.DIGIT else "," for m in senses).split(",")
    if len(after) > 1 or len(whole) > question.max_length:
        return NoMatch()
    return SaidDigits(whole, EntryMode.VOICE)


def normalised(text: str) -> tuple[str, ...]:
    """Lower-case words with «ё» written «е», as all comparing is done."""
    return tuple(text.casefold().replace("ё", "е").split())


def load_words(path: Path) -> Words:
    """config/intents.toml. Raises SettingsWrong with every mistake in the file."""
    table, problems = read_toml(path)
    intents = None if problems else build(_Intents, table, "", problems)
    if intents is None:
        raise SettingsWrong(problems)
    meanings: dict[tuple[str, ...], Meaning] = {}
    for text, meaning in _entries(intents):
        phrase = normalised(text)
        if not phrase:
            problems.append(f"{meaning.sense.value} {meaning.value}: an empty phrase".replace(" :", ":"))
        elif phrase in meanings:
            problems.append(f"«{text}» has two meanings; a phrase may have one only")
        meanings[phrase] = meaning
    problems += [
        f"digits.{word}: wants one digit (found {digit!r})"
        for word, digit in intents.digits.items()
        if len(digit) != 1 or digit not in "0123456789"
    ]
    if problems:
        raise SettingsWrong(problems)
    return Words(meanings)


def _entries(intents: _Intents) -> Iterator[tuple[str, Meaning]]:
    yield from ((text, Meaning(Sense.YES)) for text in intents.yes.phrases)
    yield from ((text, Meaning(Sense.NO)) for text in intents.no.phrases)
    yield from ((text, Meaning(Sense.DIGIT, digit)) for text, digit in intents.digits.items())
    yield from ((text, Meaning(Sense.COMMA)) for text in intents.comma.phrases)
    for command in COMMANDS:
        yield from ((text, Meaning(Sense.COMMAND, command)) for text in getattr(intents.commands, command))
    for intent, texts in intents.intents.items():
        yield from ((text, Meaning(Sense.INTENT, intent)) for text in texts)
