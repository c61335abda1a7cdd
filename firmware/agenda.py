"""What the application wants of an off-hook line, in order, while the modem is still busy with something else.

Pure bookkeeping: it knows no states and sends nothing.
"""

from __future__ import annotations

from collections import deque
from typing import TypeAlias

from firmware.vocabulary import Listen, Play, ReleaseLine, Samples, SendTones

Errand: TypeAlias = Play | Listen | SendTones | ReleaseLine


class Agenda:
    """Errands in the order in which they were commanded, under the rules of :mod:`firmware.vocabulary`."""

    def __init__(self) -> None:
        self._errands: deque[Errand] = deque()
        self.silences_owed = 0
        self.leave_listening = False

    def next(self) -> Errand | None:
        """The errand at the head."""
        return self._errands[0] if self._errands else None

    def done(self) -> None:
        """The head has begun or needs nothing more."""
        self._errands.popleft()

    def add(self, errand: Errand) -> None:
        """Play ends an earlier wish to listen, the last Listen counts, releasing makes everything before it void."""
        match errand:
            case Play():
                self._drop(Listen)
            case Listen():
                self._drop(Listen)
                self.leave_listening = False
            case ReleaseLine():
                self._errands.clear()
            case SendTones():
                pass
        self._errands.append(errand)

    def stop_playing(self) -> None:
        """Nothing that was queued for playing is played; the silence itself has to be reported."""
        self._drop(Play)
        self.silences_owed += 1

    def stop_listening(self) -> None:
        """No listening is wanted any more, open or yet to come."""
        self._drop(Listen)
        self.leave_listening = True

    def listen_again(self) -> None:
        """A stream that the modem ended by itself is opened again unless something else is wanted."""
        if not self._errands and not self.leave_listening:
            self._errands.append(Listen())

    def take_samples(self) -> list[Samples]:
        """The samples of all Plays at the head, which are thereby done."""
        samples = []
        while isinstance(head := self.next(), Play):
            samples.append(head.samples)
            self.done()
        return samples

    def drop_all_but_release(self) -> None:
        """The line is dead: only hanging up makes sense."""
        self._errands = deque(errand for errand in self._errands if isinstance(errand, ReleaseLine))

    def _drop(self, kind: type[Play] | type[Listen]) -> None:
        self._errands = deque(errand for errand in self._errands if not isinstance(errand, kind))
