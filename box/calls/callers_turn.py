"""The caller's turn at one question: keys, speech and silence, until they come to an answer.

Pure: time is handed in. It knows neither line nor phases; the session says when the line listens, and acts on what
comes of it.
"""

from __future__ import annotations

from typing import TypeAlias

from box.dialogue.questions import heard_so_far
from box.dialogue.vocabulary import DialogueEvent, NoInput, NoMatch, Phrase, Question
from box.listening.vocabulary import CallerFellSilent, CallerSpeaks, EntryPaused, HearingEvent, SpokenPart
from box.understanding.entry import Entry
from box.understanding.keypad import Timeouts

LONGEST_SPEECH_S = 20.0
"""While somebody speaks there is no silence; but a recogniser that never says what it heard must not hold the call. Its
longest utterance is 15 s (box.listening.endpointer), the rest is its time to think."""

TurnResult: TypeAlias = DialogueEvent | Phrase | None
"""The answer; or what the caller must be told before going on with the same answer; or nothing yet."""


class CallersTurn:
    """One question's turn. The first answer it gives is its last."""

    def __init__(self, question: Question, timeouts: Timeouts) -> None:
        self.question = question
        self._timeouts = timeouts
        self._entry = Entry(question, timeouts)
        self._silent_until: float | None = None
        self._silence_left_s: float | None = None  # of the question's silence, when somebody began to speak

    def listening(self, now: float) -> Question:
        """The line listens (again). What is left of the question, so that hearing knows what to wait for."""
        self._silence_left_s = None
        self._entry.listening(now)
        if self._entry.next_deadline() is None:
            self._silent_until = now + self._timeouts.noinput_s(self.question)
        return self._entry.left()

    def speaking(self) -> None:
        """The box speaks: that is no silence of the caller's."""
        self._silent_until = None

    def over(self) -> None:
        """The answer is in, or is no longer wanted."""
        self._silent_until = None

    def early_key(self, key: str, now: float) -> DialogueEvent | None:
        """A key before the line listens."""
        return self._entry.key(key, now)

    def key(self, key: str, now: float) -> DialogueEvent | None:
        """A key; whoever types is not silent, and the entry has deadlines of its own."""
        self._silent_until = None
        return self._entry.key(key, now)

    def heard(self, event: HearingEvent, now: float) -> TurnResult:
        """What the recogniser reports."""
        match event:
            case CallerSpeaks():
                self._begins_to_speak(now)
                return None
            case CallerFellSilent():
                return self._after_speech(self._entry.silent(now), now)
            case SpokenPart(row):
                self._silence_left_s = None
                return self._after_speech(self._entry.heard(row, now), now)
            case EntryPaused():
                heard = self._entry.paused()
                return heard_so_far(heard) if isinstance(heard, str) else heard
            case NoMatch() if self._entry.typed:
                return self._after_speech(self._entry.silent(now), now)  # noise between keys
            case _:
                return event

    def next_deadline(self) -> float | None:
        """The monotonic second at which on_deadline wants to be called, or None."""
        times = (self._silent_until, self._entry.next_deadline())
        return min((t for t in times if t is not None), default=None)

    def on_deadline(self, now: float) -> DialogueEvent | None:
        """Time has come; harmless when called early."""
        due = self._entry.next_deadline()
        if due is not None and now >= due:
            answer = self._entry.on_deadline(now)
            if answer is not None:
                return answer
        silent = self._silent_until is not None and now >= self._silent_until
        return NoInput() if silent else None

    def _begins_to_speak(self, now: float) -> None:
        if self._silent_until is not None and self._silence_left_s is None:
            self._silence_left_s = self._silent_until - now
        self._entry.speaking()
        self._silent_until = now + LONGEST_SPEECH_S

    def _after_speech(self, answer: DialogueEvent | None, now: float) -> DialogueEvent | None:
        """Speech is over: its answer, or the rest of the silence that the question allowed."""
        if answer is not None:
            return answer
        left_s, self._silence_left_s = self._silence_left_s, None
        if self._entry.next_deadline() is not None:
            self._silent_until = None
        else:
            self._silent_until = now + (self._timeouts.noinput_s(self.question) if left_s is None else left_s)
        return None
