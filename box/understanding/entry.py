"""The answer to one question from keys and speech in any order: an entry may begin by voice and go on by keys.

Pure: ``now`` is monotonic seconds, handed in. Keys alone are the business of KeyCollector; here they are joined with
what was said. Knows no recogniser: it is told when somebody speaks, and what was understood.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from box.accounts.model import EntryMode
from box.dialogue.vocabulary import NoMatch, NoMatchReason, Question, QuestionKind, SaidDigits
from box.understanding.keypad import KeyAnswer, KeyCollector, Timeouts
from box.understanding.senses import Meaning, Sense
from box.understanding.spoken_digits import Unfinished, digits_said, since_restart, unfinished

HELD_KEYS_S = 1.0
"""A key pressed while somebody speaks waits this long for what was said before it."""

EntryAnswer: TypeAlias = KeyAnswer


@dataclass(frozen=True, slots=True)
class _Piece:
    meaning: Meaning
    mode: EntryMode


class Entry:
    """One question's entry. The first answer it gives is its last: a new question wants a new one."""

    def __init__(self, question: Question, timeouts: Timeouts) -> None:
        self._question = question
        self._timeouts = timeouts
        self._keys = KeyCollector(question, timeouts)
        self._row: list[_Piece] = []  # what was given before the keys that the collector holds
        self._speaking = False
        self._held: list[str] = []
        self._held_until: float | None = None
        self._finish_at: float | None = None
        self._typed = False
        self._told = -1  # digits that the caller has been told we heard

    # ------------------------------------------------------------ keys

    def key(self, key: str, now: float) -> EntryAnswer | None:
        """The answer that ``key`` completes, or None while more is expected."""
        if self._question.kind is QuestionKind.DIGITS and (self._speaking or self._held):
            self._held.append(key)
            if self._held_until is None:
                self._held_until = now + HELD_KEYS_S
            return None
        self._typed = True
        self._finish_at = None
        if key == "*":
            self._row.clear()
            self._keys.expect(self._question)
        elif key == "#" and self._row and not self._keys.digits:
            return self._finished()
        return self._with_row(self._keys.key(key, now))

    @property
    def typed(self) -> bool:
        """Whether a key was pressed: from then on noise is no failure to understand."""
        return self._typed or bool(self._held)

    # ------------------------------------------------------------ speech

    def speaking(self) -> None:
        """Somebody speaks: nothing ends by itself until it is known what was said."""
        self._speaking = True
        self._finish_at = None

    def silent(self, now: float) -> EntryAnswer | None:
        """Nothing was said after all; keys that waited for it count now."""
        self._speaking = False
        if self._row and not self._held and not self._keys.digits:
            self._finish_at = now + self._timeouts.between_keys_s
        return self._release(now)

    def heard(self, row: Sequence[Meaning], now: float) -> EntryAnswer | None:
        """Digits were said. None while more are expected."""
        self._speaking = False
        self._take_keys()
        before = list(self._row)
        self._row += [_Piece(meaning, EntryMode.VOICE) for meaning in row]
        if self._progress() is None and not self._held:
            answer = self._finished()
            if not (self._typed and isinstance(answer, NoMatch)):
                return answer
            self._row = before  # whoever types is not judged by what the line picks up besides
        self._keys.expect(self.left())
        patience = self._timeouts.between_keys_s if self._typed else self._timeouts.first_digit_s
        self._finish_at = now + patience if self._row else None
        return self._release(now)

    def paused(self) -> str | NoMatch | None:
        """The caller has stopped in the middle of an entry: the digits to tell back; NoMatch when it is not clear what
        they are; None when there is nothing to tell, or all of it was told or typed."""
        progress = self._progress()
        if self._speaking or self._held or self._keys.digits or progress is None or progress.at_least == 0:
            return None
        if not progress.heard:
            return NoMatch(NoMatchReason.SAY_SINGLE_DIGITS)  # number words that leave the digits open
        if len(progress.heard) == self._told:
            return None
        self._told = len(progress.heard)
        return progress.heard

    def listening(self, now: float) -> None:
        """The line listens (again): an entry that was told back is taken as it stands after a while."""
        self._speaking = False
        if self._row and not self._keys.digits:
            self._finish_at = now + self._timeouts.between_keys_s

    def as_it_stands(self) -> EntryAnswer | None:
        """The entry if nothing more will come; None when nothing was given."""
        return self._finished() if self._row else None

    def left(self) -> Question:
        """The question for what is still missing, so that hearing knows how many digits to wait for."""
        progress = self._progress()
        if self._question.length is None or progress is None:
            return self._question
        return replace(self._question, length=self._question.length - progress.at_least)

    # ------------------------------------------------------------ time

    def next_deadline(self) -> float | None:
        """The monotonic second at which on_deadline wants to be called; None when nothing was given yet."""
        if self._speaking:
            return self._held_until
        times = (self._held_until, self._finish_at, self._keys.next_deadline())
        return min((t for t in times if t is not None), default=None)

    def on_deadline(self, now: float) -> EntryAnswer | None:
        """The entry that is complete because nothing more came; None when called early."""
        if self._held_until is not None and now >= self._held_until:
            return self.silent(now)
        if self._speaking:
            return None
        if self._finish_at is not None and now >= self._finish_at:
            return self._finished()
        return self._with_row(self._keys.on_deadline(now))

    # ------------------------------------------------------------ joining

    def _release(self, now: float) -> EntryAnswer | None:
        """Press the keys that waited."""
        held, self._held, self._held_until = self._held, [], None
        for key in held:
            answer = self.key(key, now)
            if answer is not None:
                return answer
        return None

    def _take_keys(self) -> None:
        """Move the typed digits into the row: speech goes on behind them."""
        self._row += [_Piece(Meaning(Sense.DIGIT, digit), EntryMode.KEYS) for digit in self._keys.take()]

    def _with_row(self, answer: EntryAnswer | None) -> EntryAnswer | None:
        """``answer`` of the keys with what was given before them."""
        if not self._row or not isinstance(answer, SaidDigits):
            return answer
        self._row += [_Piece(Meaning(Sense.DIGIT, digit), EntryMode.KEYS) for digit in answer.digits]
        return self._finished()

    def _progress(self) -> Unfinished | None:
        return unfinished(self._question, [piece.meaning for piece in self._row])

    def _finished(self) -> EntryAnswer:
        meanings = [piece.meaning for piece in self._row]
        answer = digits_said(self._question, meanings)
        if not isinstance(answer, SaidDigits):
            return answer
        modes = {piece.mode for piece in self._row[since_restart(meanings) :]}
        return replace(answer, mode=modes.pop() if len(modes) == 1 else EntryMode.MIXED)
