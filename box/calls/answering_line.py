"""One telephone line, whole: modem link, ear, session and desk joined together, still without a port, thread or clock.

Bytes go in, bytes come out, and between two calls of the shell everything that can happen has happened. The line
process pumps it from a serial port in real time; a rehearsal can pump it from a virtual modem in simulated time.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from box.calls.session import Session
from box.calls.vocabulary import (
    Action,
    BeginCall,
    Desk,
    EndCall,
    KeyHeard,
    StartHearing,
    StopHearing,
    Told,
)
from box.dialogue.vocabulary import (
    CountGuess,
    FindAccount,
    ForgetPhone,
    RequestCallBack,
    RequestPayLink,
    SavePhone,
    SaveReadings,
)
from box.listening.recogniser import Recogniser
from box.listening.vocabulary import Heard
from firmware.flight_recorder import FlightRecorder
from firmware.line_ear import LineEar
from firmware.vocabulary import AudioReceived, LineCommand, LineEvent, LinkFailed, Open
from firmware.voice_link import VoiceLink

OnLinkFailed = Callable[[LinkFailed], None]


class AnsweringLine:
    """Answers calls. ``tell`` gets the story (unmasked: rehearsals only), ``link_failed`` what the shell must mend."""

    def __init__(
        self,
        link: VoiceLink,
        recorder: FlightRecorder,
        session: Session,
        desk: Desk,
        recogniser: Recogniser | None,
        tell: Callable[[Told], None],
        link_failed: OnLinkFailed,
    ) -> None:
        self._link = link
        self._recorder = recorder
        self._ear = LineEar()
        self._session = session
        self._desk = desk
        self._recogniser = recogniser
        self._tell = tell
        self._link_failed = link_failed
        self._turn: int | None = None
        self._actions: deque[Action] = deque()

    @property
    def busy(self) -> bool:
        """Whether a call is under way."""
        return self._session.in_call

    def open(self, now: float) -> None:
        """The port is open."""
        self._command(Open(), now)
        self._carry_out(now)

    def receive(self, data: bytes, now: float) -> None:
        """Bytes from the modem."""
        self._take(self._link.receive(data, now), now)
        self._carry_out(now)

    def heard(self, heard: Heard, now: float) -> None:
        """What the recogniser reports; dropped when its turn is over."""
        if heard.turn == self._turn:
            self._actions += self._session.heard(heard.event, now)
            self._carry_out(now)

    def port_lost(self, failure: LinkFailed, now: float) -> None:
        """The port is away: whatever call there was is over."""
        self._actions += self._session.receive(failure, now)
        self._carry_out(now)

    def next_deadline(self) -> float | None:
        """The monotonic second at which on_deadline wants to be called, or None."""
        times = [t for t in (self._link.next_deadline(), self._session.next_deadline()) if t is not None]
        return min(times, default=None)

    def on_deadline(self, now: float) -> None:
        """Time has come."""
        due = self._link.next_deadline()
        if due is not None and now >= due:
            self._take(self._link.on_deadline(now), now)
        self._actions += self._session.on_deadline(now)
        self._carry_out(now)

    def flight_record(self, comment: str) -> str:
        """The last exchanges with the modem as a transcript that tests can replay; numbers and keys masked."""
        return self._recorder.dump(comment=comment)

    def data_to_send(self) -> list[bytes]:
        """Bytes for the modem, each to be written with one write."""
        return self._link.data_to_send()

    def _command(self, command: LineCommand, now: float) -> None:
        self._take(self._link.command(command, now), now)

    def _take(self, events: list[LineEvent], now: float) -> None:
        for raw in events:
            for event in self._ear.refine(raw):
                if isinstance(event, AudioReceived):
                    if self._recogniser is not None:
                        self._recogniser.feed(event.samples)
                    continue
                self._actions += self._session.receive(event, now)
                if isinstance(event, LinkFailed):
                    self._link_failed(event)

    def _carry_out(self, now: float) -> None:
        while self._actions:
            action = self._actions.popleft()
            match action:
                case Told():
                    self._tell(action)
                case (
                    BeginCall()
                    | EndCall()
                    | FindAccount()
                    | SaveReadings()
                    | SavePhone()
                    | RequestCallBack()
                    | RequestPayLink()
                    | ForgetPhone()
                    | CountGuess()
                ):
                    answer = self._desk.do(action)
                    if answer is not None:
                        self._actions += self._session.answer(answer, now)
                case StartHearing() | KeyHeard() | StopHearing():
                    self._hear(action)
                case _:
                    self._command(action, now)

    def _hear(self, action: StartHearing | KeyHeard | StopHearing) -> None:
        if self._recogniser is None:
            return
        match action:
            case StartHearing(question):
                self._turn = self._recogniser.start(question)
            case KeyHeard():
                self._recogniser.key_pressed()
            case StopHearing():
                self._turn = None
                self._recogniser.stop()
