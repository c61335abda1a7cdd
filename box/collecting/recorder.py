"""A recogniser that records: at the question for consent it hears yes and no, afterwards it keeps what is said and says
how good the sound is.

Implements box.listening.recogniser.Recogniser without a thread: yes and no are decoded in some tens of milliseconds
while nothing is played, and finding where speech ends costs next to nothing. ``on_heard`` is called from within
``feed``; it must only post.
"""

from __future__ import annotations

import numpy as np

from box.collecting.conversation import Event
from box.dialogue.vocabulary import Question, QuestionKind, SaidIntent, SaidYes
from box.listening.endpointer import (
    LONGEST,
    PREROLL,
    Endpointer,
    EndReason,
    Level,
    PausedMidEntry,
    SpeechBegan,
    SpeechEnded,
)
from box.listening.hearing import Engine, Hearing
from box.listening.recogniser import OnHeard
from box.listening.vocabulary import CallerFellSilent, CallerSpeaks, Heard, HearingEvent
from box.understanding.words import Words
from firmware.vocabulary import SAMPLE_RATE_HZ, Samples

AFTER = SAMPLE_RATE_HZ * 3 // 10
"""Kept behind the speech: quiet ends of words, and something of the line's own noise."""

SHORTEST_WORD = SAMPLE_RATE_HZ // 10
"""A Russian word of one syllable said fast takes 0.15 s and more; half of the words missing shows by this."""

_BUFFER = LONGEST + 4 * SAMPLE_RATE_HZ


class VolunteerRecorder:
    """One line's. ``engine`` None: consent is given by key only."""

    def __init__(self, engine: Engine | None, words: Words, on_heard: OnHeard) -> None:
        self._engine = engine
        self._words = words
        self._on_heard = on_heard
        self._endpointer = Endpointer()
        self._turn = 0
        self._listening = False
        self._hearing: Hearing | None = None
        self._least = 0
        self._patient = False
        self._sound: Samples = np.zeros(0, np.int16)
        self._sound_from = 0
        self.take: Samples | None = None
        """The last good recording."""
        self.said_yes = False
        """Whether the last yes was heard, not pressed."""

    def expect(self, words: int) -> None:
        """What is recorded next is so many words long."""
        self._least = words * SHORTEST_WORD
        self._patient = words > 1

    def start(self, question: Question) -> int:
        """See Recogniser. A yes-no question is heard, any other records."""
        self._turn += 1
        self._listening = True
        self.take = None
        self.said_yes = False
        self._hearing = None
        self._sound, self._sound_from = np.zeros(0, np.int16), 0
        if question.kind is not QuestionKind.YES_NO:
            self._endpointer.start(patient=self._patient)
        elif self._engine is not None:
            self._hearing = Hearing(question, self._words, self._engine, self._endpointer)
        else:
            self._listening = False
        return self._turn

    def feed(self, samples: Samples) -> None:
        """See Recogniser."""
        if not self._listening:
            return
        if self._hearing is not None:
            for event in self._hearing.feed(samples):
                self.said_yes = isinstance(event, SaidYes)
                self._report(event)
            return
        self._sound = np.concatenate((self._sound, samples))
        for found in self._endpointer.feed(samples):
            match found:
                case SpeechBegan():
                    self._report(CallerSpeaks())
                case SpeechEnded():
                    self._ended(found)
                    return
                case PausedMidEntry():
                    pass
        if not self._endpointer.in_speech and len(self._sound) > _BUFFER:
            self._sound_from += len(self._sound) - _BUFFER
            self._sound = self._sound[-_BUFFER:]

    def key_pressed(self) -> None:
        """See Recogniser. A key is an answer here, whatever was being said."""
        if self._listening:
            self._endpointer.cut()
            self._report(CallerFellSilent())
            self._listening = False

    def stop(self) -> None:
        """See Recogniser."""
        self._listening = False

    def close(self) -> None:
        """See Recogniser."""
        self.stop()

    def _report(self, event: HearingEvent) -> None:
        self._on_heard(Heard(self._turn, event))

    def _ended(self, ended: SpeechEnded) -> None:
        self._listening = False
        verdict = self._verdict(ended)
        if verdict is Event.GOOD:
            first = max(0, ended.began - PREROLL - self._sound_from)
            self.take = self._sound[first : ended.ended + AFTER - self._sound_from].copy()
        self._report(SaidIntent(verdict.value))

    def _verdict(self, ended: SpeechEnded) -> Event:
        if ended.level is Level.TOO_LOUD:
            return Event.TOO_LOUD
        if ended.level is Level.TOO_QUIET:
            return Event.TOO_QUIET
        whole = ended.reason is EndReason.SILENCE and ended.ended - ended.began >= self._least
        return Event.GOOD if whole else Event.TOO_SHORT
