"""A collecting call on a microphone and a loudspeaker, frame by frame: the same session as on a line, without a modem.

Pure: one frame (20 ms) from the microphone goes in, one for the loudspeaker comes out; time is the frames counted.
"""

from __future__ import annotations

from collections import deque

import numpy as np

from box.calls.session import Session
from box.calls.vocabulary import Action, Desk, EndCall, KeyHeard, StartHearing, StopHearing, Told
from box.dialogue.vocabulary import DialogueEvent
from box.listening.recogniser import Recogniser
from box.listening.vocabulary import Heard
from firmware import vocabulary as line
from firmware.vocabulary import FRAME_S, FRAME_SAMPLES, LineEvent, Samples

ECHO_S = 0.3
"""After the last sample is handed over a loudspeaker still plays what the sound system holds, and a room rings; only
then is listened."""

_SILENCE: Samples = np.zeros(FRAME_SAMPLES, np.int16)


class HandsetCall:
    """One call. ``recogniser`` posts to ``heard``, at once or later."""

    def __init__(self, session: Session, desk: Desk, recogniser: Recogniser) -> None:
        self._session = session
        self._desk = desk
        self._recogniser = recogniser
        self._frames = 0
        self._to_play: deque[Samples] = deque()
        self._played_s = 0.0
        self._echo_until: float | None = None
        self._listening = False
        self._turn: int | None = None
        self._actions: deque[Action] = deque()
        self.done = False
        """Whether the call is over."""
        for event in (line.LinkReady(0.0, "handset", "", "linear16", duplex=False), line.Rang(0.0, 1)):
            self._receive(event)
        self._carry_out()

    @property
    def now(self) -> float:
        """Seconds since the call began."""
        return self._frames * FRAME_S

    def frame(self, microphone: Samples) -> Samples:
        """One frame further."""
        self._frames += 1
        if self._listening:
            self._recogniser.feed(microphone)
        played = self._to_play.popleft() if self._to_play else None
        if played is not None:
            self._played_s += FRAME_S
            self._echo_until = self.now + ECHO_S
        elif self._echo_until is not None and self.now >= self._echo_until:
            self._echo_until = None
            self._receive(line.PlaybackFinished(self.now, self._played_s))
        due = self._session.next_deadline()
        if due is not None and self.now >= due:
            self._actions += self._session.on_deadline(self.now)
        self._carry_out()
        return played if played is not None else _SILENCE

    def key(self, key: str) -> None:
        """A key of the keyboard or handset."""
        self._receive(line.KeyPressed(self.now, key, line.KeySource.MODEM))
        self._carry_out()

    def heard(self, heard: Heard) -> None:
        """What the recogniser reports; dropped when its turn is over."""
        if heard.turn == self._turn:
            self._actions += self._session.heard(heard.event, self.now)
            self._carry_out()

    def hang_up(self) -> None:
        """The volunteer leaves."""
        self._receive(line.CallerGone(self.now, line.GoneReason.LOOP_BREAK))
        self._carry_out()

    def _receive(self, event: LineEvent) -> None:
        if not self.done:
            self._actions += self._session.receive(event, self.now)

    def _carry_out(self) -> None:
        while self._actions:
            action = self._actions.popleft()
            match action:
                case Told():
                    pass
                case StartHearing(question):
                    self._turn = self._recogniser.start(question)
                case KeyHeard():
                    self._recogniser.key_pressed()
                case StopHearing():
                    self._turn = None
                    self._recogniser.stop()
                case EndCall():
                    self._desk.do(action)
                    self.done = True
                case _:
                    self._command(action)

    def _command(self, action: Action) -> None:
        """A command to the line that there is not, or a request to the desk."""
        match action:
            case line.TakeLine():
                self._receive(line.LineTaken(self.now))
            case line.Play(samples):
                self._queue(samples)
                self._receive(line.PlaybackStarted(self.now))
            case line.StopPlaying():
                self._to_play.clear()
                self._echo_until = None
                self._receive(line.PlaybackStopped(self.now, self._played_s))
            case line.Listen():
                self._listening = True
                self._receive(line.ListeningStarted(self.now))
            case line.StopListening():
                self._listening = False
            case line.ReleaseLine():
                self._to_play.clear()
                self._receive(line.LineReleased(self.now))
            case _:
                self._answer(self._desk.do(action))  # type: ignore[arg-type]

    def _answer(self, answer: DialogueEvent | None) -> None:
        if answer is not None:
            self._actions += self._session.answer(answer, self.now)

    def _queue(self, samples: Samples) -> None:
        self._listening = False
        self._played_s = 0.0
        whole = -(-len(samples) // FRAME_SAMPLES) * FRAME_SAMPLES
        padded = np.concatenate((samples, np.zeros(whole - len(samples), np.int16)))
        self._to_play.extend(padded.reshape(-1, FRAME_SAMPLES))
        self._echo_until = self.now + ECHO_S
