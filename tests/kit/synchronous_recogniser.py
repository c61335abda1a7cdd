"""A Recogniser without a thread: what the engine's worker does, done at once, so that calls repeat exactly."""

from __future__ import annotations

from box.dialogue.vocabulary import Question
from box.listening.endpointer import Endpointer
from box.listening.hearing import Engine, Hearing
from box.listening.vocabulary import Heard, HearingEvent
from box.understanding.words import Words
from firmware.vocabulary import Samples


class SynchronousRecogniser:
    """``take_heard`` gives what was heard since it was last asked; the owner of the call hands it to the line."""

    def __init__(self, engine: Engine, words: Words) -> None:
        self._engine = engine
        self._words = words
        self._endpointer = Endpointer()
        self._hearing: Hearing | None = None
        self._turn = 0
        self._heard: list[Heard] = []

    def start(self, question: Question) -> int:
        """See Recogniser."""
        self._turn += 1
        self._hearing = Hearing(question, self._words, self._engine, self._endpointer)
        return self._turn

    def feed(self, samples: Samples) -> None:
        """See Recogniser."""
        if self._hearing is not None:
            self._keep(self._hearing.feed(samples))

    def key_pressed(self) -> None:
        """See Recogniser."""
        if self._hearing is not None:
            self._keep(self._hearing.key_pressed())

    def stop(self) -> None:
        """See Recogniser."""
        self._hearing = None

    def close(self) -> None:
        """See Recogniser."""
        self.stop()

    def take_heard(self) -> list[Heard]:
        """In order; those of a turn that is over are dropped by the line."""
        heard, self._heard = self._heard, []
        return heard

    def _keep(self, events: list[HearingEvent]) -> None:
        self._heard += [Heard(self._turn, event) for event in events]
