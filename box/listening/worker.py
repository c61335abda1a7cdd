"""The recogniser of one line: hearing on a thread of its own, one queue in, one callback out."""

from __future__ import annotations

import logging
import queue
import threading
from dataclasses import dataclass
from typing import TypeAlias

from box.dialogue.vocabulary import Question
from box.listening.endpointer import Endpointer
from box.listening.hearing import Engine, Hearing
from box.listening.recogniser import OnHeard
from box.listening.vocabulary import Heard, HearingEvent
from box.understanding.words import Words
from firmware.vocabulary import Samples

log = logging.getLogger(__name__)

CLOSING_WAIT_S = 5.0


@dataclass(frozen=True, slots=True)
class _Start:
    turn: int
    question: Question


@dataclass(frozen=True, slots=True)
class _Key:
    turn: int


@dataclass(frozen=True, slots=True, eq=False)
class _Sound:
    turn: int
    samples: Samples


_Order: TypeAlias = _Start | _Key | _Sound


class ListeningThread:
    """A Recogniser. Its methods belong to the thread that owns the call; ``on_heard`` is called from the worker."""

    def __init__(self, engine: Engine, words: Words, on_heard: OnHeard) -> None:
        self._engine = engine
        self._words = words
        self._on_heard = on_heard
        self._orders: queue.SimpleQueue[_Order | None] = queue.SimpleQueue()
        self._turn = 0
        self._listening = False
        self._thread = threading.Thread(target=self._run, name="listening", daemon=True)
        self._thread.start()

    def start(self, question: Question) -> int:
        """See Recogniser."""
        self._turn += 1
        self._listening = True
        self._orders.put(_Start(self._turn, question))
        return self._turn

    def feed(self, samples: Samples) -> None:
        """See Recogniser. Sound between turns is dropped."""
        if self._listening:
            self._orders.put(_Sound(self._turn, samples))

    def key_pressed(self) -> None:
        """See Recogniser."""
        if self._listening:
            self._orders.put(_Key(self._turn))

    def stop(self) -> None:
        """See Recogniser."""
        if self._listening:
            self._listening = False
            self._turn += 1  # what is still in the queue belongs to no turn

    def close(self) -> None:
        """See Recogniser."""
        self.stop()
        self._orders.put(None)
        self._thread.join(CLOSING_WAIT_S)

    # ------------------------------------------------------------ the worker

    def _run(self) -> None:
        endpointer = Endpointer()  # one for all calls: it has learnt the line's noise
        hearing: Hearing | None = None
        while (order := self._orders.get()) is not None:
            if order.turn != self._turn:
                continue
            try:
                if isinstance(order, _Start):
                    hearing = Hearing(order.question, self._words, self._engine, endpointer)
                elif hearing is not None:
                    self._report(order.turn, self._obey(hearing, order))
            except Exception:  # a fault of the engine costs this answer; the question's silence brings the call on
                log.exception("the recogniser failed; this answer is lost")
                hearing = None

    def _obey(self, hearing: Hearing, order: _Key | _Sound) -> list[HearingEvent]:
        return hearing.key_pressed() if isinstance(order, _Key) else hearing.feed(order.samples)

    def _report(self, turn: int, events: list[HearingEvent]) -> None:
        for event in events:
            if turn == self._turn:
                self._on_heard(Heard(turn, event))
