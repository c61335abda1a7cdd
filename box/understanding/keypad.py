"""Keys into answers, one collector a question: which key means what, and when an entry is complete.

Pure: ``now`` is monotonic seconds, handed in. Knows nothing of prompts, of other questions or of what follows.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

import msgspec

from box.accounts.model import EntryMode
from box.dialogue.vocabulary import (
    AskedBack,
    AskedOperator,
    AskedRepeat,
    CardNumberGiven,
    NoInput,
    NoMatch,
    Question,
    QuestionKind,
    SaidDigits,
    SaidIntent,
    SaidNo,
    SaidYes,
)
from box.errors import DialogueDefect
from box.understanding.card import looks_like_card

KeyAnswer: TypeAlias = (
    SaidYes
    | SaidNo
    | SaidDigits
    | SaidIntent
    | AskedOperator
    | AskedRepeat
    | AskedBack
    | NoInput
    | NoMatch
    | CardNumberGiven
)

COMMAND_KEYS: Mapping[str, KeyAnswer] = {"0": AskedOperator(), "*": AskedRepeat(), "#": AskedBack()}
"""What these keys mean wherever no digits are typed (caller-service.md §2.7)."""

YES_NO_KEYS: Mapping[str, KeyAnswer] = {"1": SaidYes(), "2": SaidNo()}


class Timeouts(msgspec.Struct, frozen=True):
    """[timeouts] of config/dialogue.toml, all in seconds. The values and their reasons: caller-service.md §3."""

    yes_no_s: float
    menu_s: float
    first_digit_s: float
    between_keys_s: float
    expected_length_s: float
    hold_s: float

    def noinput_s(self, question: Question) -> float:
        """The silence that ``question`` allows, from the end of its prompt to the first key or word."""
        if question.noinput_s is not None:
            return question.noinput_s
        return {
            QuestionKind.YES_NO: self.yes_no_s,
            QuestionKind.MENU: self.menu_s,
            QuestionKind.DIGITS: self.first_digit_s,
        }[question.kind]


class KeyCollector:
    """The keys of one question. The first answer it gives is its last: a new question wants a new collector.

    Silence before the first key is the session's business; from the first key on the collector has a deadline.
    """

    def __init__(self, question: Question, timeouts: Timeouts) -> None:
        self._question = question
        self._timeouts = timeouts
        self._digits = ""
        self._last_key = ""
        self._last_at = 0.0
        self._deadline: float | None = None
        self._answered = False

    def key(self, key: str, now: float) -> KeyAnswer | None:
        """The answer that ``key`` completes, or None while more is expected. DialogueDefect after an answer."""
        if self._answered:
            raise DialogueDefect("a key was given to a question that is answered")
        if self._question.kind is QuestionKind.DIGITS:
            answer = self._digit_key(key, now)
        else:
            answer = self._choice_key(key)
        self._last_key, self._last_at = key, now
        return self._give(answer)

    @property
    def digits(self) -> str:
        """What was typed of an entry that is not finished."""
        return self._digits

    def take(self) -> str:
        """``digits``, which count elsewhere from now on; the collector is as if nothing had been typed."""
        digits, self._digits, self._deadline = self._digits, "", None
        return digits

    def expect(self, question: Question) -> None:
        """The keys to come answer ``question``: the same one with another number of digits missing."""
        self._question = question

    def next_deadline(self) -> float | None:
        """The monotonic second at which on_deadline wants to be called; None before any key and after an answer."""
        return self._deadline

    def on_deadline(self, now: float) -> KeyAnswer | None:
        """The entry that is complete because no key came; NoInput when the caller cleared it and typed nothing more.
        None when called early."""
        if self._deadline is None or now < self._deadline:
            return None
        return self._give(self._entry() if self._digits else NoInput())

    def _choice_key(self, key: str) -> KeyAnswer:
        if key in self._question.choices:
            return SaidIntent(self._question.choices[key])
        if self._question.kind is QuestionKind.YES_NO and key in YES_NO_KEYS:
            return YES_NO_KEYS[key]
        return COMMAND_KEYS.get(key, NoMatch())

    def _digit_key(self, key: str, now: float) -> KeyAnswer | None:
        if key == "*":
            return self._star(now)
        if key == "#":
            return self._entry() if self._digits else NoMatch()
        if not (key.isascii() and key.isdigit()):
            return NoMatch()
        self._digits += key
        expected = self._question.length
        reached = expected is not None and len(self._digits) >= expected
        if (reached and self._question.fixed) or len(self._digits) >= self._question.max_length:
            return self._entry()
        wait_s = self._timeouts.expected_length_s if reached else self._timeouts.between_keys_s
        self._deadline = now + wait_s
        return None

    def _star(self, now: float) -> KeyAnswer | None:
        """One star clears; a second one right after it asks for a person."""
        if self._last_key == "*" and now - self._last_at <= self._timeouts.between_keys_s:
            return AskedOperator()
        self._digits = ""
        self._deadline = now + self._timeouts.noinput_s(self._question)
        return None

    def _entry(self) -> KeyAnswer:
        if looks_like_card(self._digits):
            return CardNumberGiven()
        return SaidDigits(self._digits, EntryMode.KEYS)

    def _give(self, answer: KeyAnswer | None) -> KeyAnswer | None:
        if answer is not None:
            self._answered = True
            self._deadline = None
            self._digits = ""
        return answer
