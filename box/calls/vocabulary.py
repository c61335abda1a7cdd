"""What the call session asks of the world besides the line: records, look-ups, hearing, and the story it tells."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from box.accounts.model import PhoneNumber
from box.dialogue.vocabulary import (
    CallStarted,
    CountGuess,
    DialogueEvent,
    Effect,
    FindAccount,
    ForgetPhone,
    Outcome,
    Phrase,
    Question,
    RequestCallBack,
    RequestPayLink,
    SavePhone,
    SaveReadings,
)
from firmware.vocabulary import LineCommand, Samples


@dataclass(frozen=True, slots=True)
class BeginCall:
    """The line is taken: open the call's record and answer with CallStarted."""

    caller: PhoneNumber | None


@dataclass(frozen=True, slots=True)
class EndCall:
    """The line is free: close the call's record."""

    outcome: Outcome
    duration_s: float
    noinput: int
    nomatch: int


@dataclass(frozen=True, slots=True)
class StartHearing:
    """Recognise what follows as an answer to ``question``."""

    question: Question


@dataclass(frozen=True, slots=True)
class KeyHeard:
    """A key was pressed while we listened: its tone is no speech, and what was said before it is over."""


@dataclass(frozen=True, slots=True)
class StopHearing:
    """The answer is in, or nobody listens any more."""


@dataclass(frozen=True, slots=True)
class Told:
    """One line of the call's story. ``text`` may hold personal data: it goes to rehearsals, never to a log.
    ``who`` is box, caller or system; ``kind`` a fixed word such as said, key, answer, stored."""

    at: float
    who: str
    kind: str
    text: str
    gloss: str = ""
    phrases: tuple[str, ...] = ()


DeskRequest: TypeAlias = (
    BeginCall
    | EndCall
    | FindAccount
    | SaveReadings
    | SavePhone
    | RequestCallBack
    | RequestPayLink
    | ForgetPhone
    | CountGuess
)
"""What the desk (store and directory) does for a call; all but EndCall and CountGuess are answered with a
DialogueEvent."""

Action: TypeAlias = LineCommand | DeskRequest | StartHearing | KeyHeard | StopHearing | Told


class Desk(Protocol):
    """Records and look-ups, done at once."""

    def do(self, request: DeskRequest) -> DialogueEvent | None:
        """Carry ``request`` out. A failing store is an answer (SavingFailed), never an exception."""
        ...


class Dialogue(Protocol):
    """A dialogue that remembers its own state between steps of one call."""

    def start(self, event: CallStarted) -> Sequence[Effect]: ...

    def step(self, event: DialogueEvent) -> Sequence[Effect]: ...


@dataclass(frozen=True, slots=True, eq=False)
class Utterance:
    """Phrases made sound."""

    text: str
    gloss: str
    samples: Samples


Speak: TypeAlias = Callable[[Sequence[Phrase]], Utterance]
