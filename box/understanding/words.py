"""Recognised words into an answer to one question. Exact: what is doubtful is NoMatch, and the dialogue asks again.

Pure but for :func:`load_words`, which reads config/intents.toml. Knows no recogniser and no sound; a recogniser gets
its word list from :meth:`Words.expected` and hands the words it heard to :meth:`Words.answer`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import msgspec

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
from box.understanding.senses import Meaning, Sense
from box.understanding.spoken_digits import digits_said

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


COMMANDS: Mapping[str, WordAnswer] = {
    "operator": AskedOperator(),
    "repeat": AskedRepeat(),
    "back": AskedBack(),
    "wait": AskedWait(),
}

ENTRY_SENSES = frozenset({Sense.DIGIT, Sense.NUMBER, Sense.COMMA, Sense.NOT, Sense.BUT, Sense.RESTART})
"""What an entry of digits is made of."""

SENSES_OF: Mapping[QuestionKind, frozenset[Sense]] = {
    QuestionKind.YES_NO: frozenset({Sense.YES, Sense.NO, Sense.COMMAND}),
    QuestionKind.DIGITS: frozenset({*ENTRY_SENSES, Sense.COMMAND}),
    QuestionKind.MENU: frozenset({Sense.INTENT, Sense.COMMAND}),
}
"""What a question listens for. ДА and digits never meet in one question: «да» and «два» are too close
(caller-service.md §8)."""

YES_NO_ALSO: Mapping[str, Sense] = {"yes": Sense.YES, "no": Sense.NO}
"""Names in a menu's ``also`` that are no intents: the menu can be answered with ДА or НЕТ as well."""

ANSWERS = frozenset({Sense.DIGIT, Sense.YES, Sense.NO, Sense.INTENT})
"""What questions ask for. The rest may be said, and is by few."""

ANSWER_WEIGHT = 6
"""How much likelier a word of an answer is than any other. Chosen on voices that the model never heard:
without it more strings lose or gain a digit, and nearly three times as much strange speech passes for an answer."""

NUMBERS = frozenset({*range(10, 20), *range(20, 100, 10), *range(100, 1000, 100), 1000})
"""The values that one Russian number word can have, above the digits and below a million."""


class _Phrases(msgspec.Struct, frozen=True):
    phrases: tuple[str, ...]


class _Commands(msgspec.Struct, frozen=True):
    operator: tuple[str, ...]
    repeat: tuple[str, ...]
    back: tuple[str, ...]
    wait: tuple[str, ...]


class _Corrections(msgspec.Struct, frozen=True):
    wrong: tuple[str, ...]
    but: tuple[str, ...]
    restart: tuple[str, ...]


class _Fillers(msgspec.Struct, frozen=True):
    words: tuple[str, ...]


class _Intents(msgspec.Struct, frozen=True):
    yes: _Phrases
    no: _Phrases
    digits: dict[str, str]
    numbers: dict[str, int]
    comma: _Phrases
    corrections: _Corrections
    commands: _Commands
    fillers: _Fillers
    intents: dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Words:
    """Every phrase that is understood, as normalised words, with its meaning; ``spellings`` gives each normalised word
    as the file spells it («еще»: «ещё»). ``fillers`` mean nothing and may stand before or after an
    answer, or between the pieces of one."""

    meanings: Mapping[tuple[str, ...], Meaning]
    spellings: Mapping[str, str]
    fillers: frozenset[str] = frozenset()

    def expected(self, question: Question) -> frozenset[str]:
        """The single words that an answer to ``question`` may hold, as config/intents.toml spells them: a recogniser's
        word list."""
        return frozenset(self.weights(question))

    def weights(self, question: Question) -> Mapping[str, int]:
        """The same words, each with how likely it is: ANSWER_WEIGHT for a word of an answer that the question asks for,
        1 for one that may be said at any time, for number words where digits are asked for, and for fillers."""
        spellings = {**{word: word for word in _words_of(question.names)}, **self.spellings}
        weights = dict.fromkeys((spellings[word] for word in self.fillers), 1)
        for phrase, meaning in self._phrases_for(question).items():
            weight = ANSWER_WEIGHT if meaning.sense in ANSWERS else 1
            for word in phrase:
                weights[spellings[word]] = max(weight, weights.get(spellings[word], 1))
        return weights

    @property
    def intents(self) -> tuple[str, ...]:
        """Every intent that a menu may offer, in the file's order."""
        return tuple(dict.fromkeys(m.value for m in self.meanings.values() if m.sense is Sense.INTENT))

    @property
    def digit_words(self) -> dict[str, str]:
        """The digit of each single word that means one."""
        return {self.spellings[p[0]]: m.value for p, m in self.meanings.items() if m.sense is Sense.DIGIT}

    def answer(self, question: Question, heard: Sequence[str]) -> WordAnswer:
        """What ``heard`` answers, taken as all that was said. Every word must belong to a known phrase, and all phrases
        must say one thing."""
        row = self.row(question, heard)
        if row is None:
            return self.command(question, heard)
        return digits_said(question, row)

    def row(self, question: Question, heard: Sequence[str]) -> tuple[Meaning, ...] | None:
        """``heard`` as a part of an entry of digits; None when it is something else."""
        senses = self._senses(question, normalised(" ".join(heard)))
        if not senses or any(meaning.sense not in ENTRY_SENSES for meaning in senses):
            return None
        return tuple(senses)

    def command(self, question: Question, heard: Sequence[str]) -> WordAnswer:
        """What ``heard`` answers if it is no entry of digits."""
        senses = set(self._senses(question, normalised(" ".join(heard))))
        if len(senses) != 1:
            return NoMatch()
        (only,) = senses
        plain: Mapping[Sense, WordAnswer] = {Sense.YES: SaidYes(), Sense.NO: SaidNo()}
        if only.sense is Sense.COMMAND:
            return COMMANDS[only.value]
        if only.sense is Sense.INTENT:
            return SaidIntent(only.value)
        return plain.get(only.sense, NoMatch())

    def _phrases_for(self, question: Question) -> Mapping[tuple[str, ...], Meaning]:
        wanted = SENSES_OF[question.kind] | {YES_NO_ALSO[name] for name in question.also if name in YES_NO_ALSO}
        chosen = {*question.choices.values(), *question.also}
        known = {
            phrase: meaning
            for phrase, meaning in self.meanings.items()
            if meaning.sense in wanted and (meaning.sense is not Sense.INTENT or meaning.value in chosen)
        }
        names = {normalised(name): Meaning(Sense.INTENT, intent) for name, intent in question.names.items()}
        return {**names, **known}

    def _senses(self, question: Question, words: tuple[str, ...]) -> list[Meaning]:
        """The meanings of ``words`` in order, longest phrase first, fillers left out; empty when any other word stays
        without a meaning."""
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
                if words[start] not in self.fillers:
                    return []
                start += 1
        return senses


def _words_of(names: Iterable[str]) -> frozenset[str]:
    return frozenset(word for name in names for word in normalised(name))


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
    spellings: dict[str, str] = {}
    for text, meaning in _entries(intents):
        phrase = normalised(text)
        if not phrase:
            problems.append(f"{meaning.sense.value} {meaning.value}: an empty phrase".replace(" :", ":"))
        elif phrase in meanings:
            problems.append(f"«{text}» has two meanings; a phrase may have one only")
        meanings[phrase] = meaning
        spellings |= zip(phrase, text.casefold().split(), strict=True)
    for text in intents.fillers.words:
        filler = normalised(text)
        if len(filler) != 1 or filler in meanings:
            problems.append(f"fillers: «{text}» must be one word without a meaning of its own")
        spellings |= zip(filler, text.casefold().split(), strict=True)
    problems += [
        f"digits.{word}: wants one digit (found {digit!r})"
        for word, digit in intents.digits.items()
        if len(digit) != 1 or digit not in "0123456789"
    ]
    problems += [
        f"numbers.{word}: wants 10 to 19, a ten, a hundred or 1000 (found {value})"
        for word, value in intents.numbers.items()
        if value not in NUMBERS
    ]
    if problems:
        raise SettingsWrong(problems)
    return Words(meanings, spellings, frozenset(word for text in intents.fillers.words for word in normalised(text)))


def _entries(intents: _Intents) -> Iterator[tuple[str, Meaning]]:
    yield from ((text, Meaning(Sense.YES)) for text in intents.yes.phrases)
    yield from ((text, Meaning(Sense.NO)) for text in intents.no.phrases)
    yield from ((text, Meaning(Sense.DIGIT, digit)) for text, digit in intents.digits.items())
    yield from ((text, Meaning(Sense.NUMBER, str(value))) for text, value in intents.numbers.items())
    yield from ((text, Meaning(Sense.COMMA)) for text in intents.comma.phrases)
    yield from ((text, Meaning(Sense.NOT)) for text in intents.corrections.wrong)
    yield from ((text, Meaning(Sense.BUT)) for text in intents.corrections.but)
    yield from ((text, Meaning(Sense.RESTART)) for text in intents.corrections.restart)
    for command in COMMANDS:
        yield from ((text, Meaning(Sense.COMMAND, command)) for text in getattr(intents.commands, command))
    for intent, texts in intents.intents.items():
        yield from ((text, Meaning(Sense.INTENT, intent)) for text in texts)
