"""The recogniser as the call sees it. Engines are plugged in behind :class:`Recogniser`; without one, keys it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from box.dialogue.vocabulary import Question
from box.listening.vocabulary import Heard
from firmware.vocabulary import Samples

OnHeard = Callable[[Heard], None]


class Recogniser(Protocol):
    """Turns the caller's speech into answers, one turn of listening at a time. Calls return at once; what is heard goes
    to the callback given at construction, from a thread of the engine's own. Since that callback may be overtaken by
    the next turn, each report carries the turn that it belongs to."""

    def start(self, question: Question) -> int:
        """What is fed from now on answers ``question``; anything unfinished is dropped. Returns the turn's number."""
        ...

    def feed(self, samples: Samples) -> None:
        """Received sound, 8000 Hz, in order."""
        ...

    def key_pressed(self) -> None:
        """A key was pressed: what was being said ends before it, and its tone is no speech. A turn in which somebody
        was speaking reports CallerFellSilent or what was said at once."""
        ...

    def stop(self) -> None:
        """Nobody waits for an answer any more."""
        ...

    def close(self) -> None:
        """Put the engine away; nothing is reported afterwards."""
        ...
