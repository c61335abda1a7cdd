"""Small parts of a call's turns: keys typed ahead, and what an answer is called in the call's story."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from box.accounts.model import PhoneNumber
from box.calls.callers_turn import CallersTurn
from box.dialogue.vocabulary import (
    CallBackSaved,
    DialogueEvent,
    Effect,
    Outcome,
    PayLinkSaved,
    PhoneForgotten,
    PhoneSaved,
    ReadingsSaved,
    SaidDigits,
    SaidIntent,
    SavingFailed,
)
from box.errors import BoxError


class SessionDefect(BoxError):
    """The session was led into a state that its table does not allow: a defect of ours; the call is given up."""

    code = "defect"


class KeysTypedAhead:
    """Keys pressed before their question was put. They are kept through the next two questions
    (caller-service.md section 2.6): the one that comes next and the one after it."""

    QUESTIONS = 2

    def __init__(self) -> None:
        self._keys: list[tuple[str, int]] = []  # key, questions put before it was pressed
        self._questions = 0

    def press(self, key: str) -> None:
        """A key that no question has taken."""
        self._keys.append((key, self._questions))

    def put_question(self, *, forget: bool) -> None:
        """A question is put: keys that are too old for it are dropped, after an error prompt (``forget``) all are."""
        self._questions += 1
        self._keys = [
            (key, seen) for key, seen in self._keys if not forget and self._questions - seen <= self.QUESTIONS
        ]

    def take(self) -> str | None:
        """The oldest key for the question put last; None when there is no more."""
        return self._keys.pop(0)[0] if self._keys else None


@dataclass(slots=True)
class CallState:
    """What the session knows of the call under way. ``until`` (waiting for a person to answer) and ``ceiling`` are
    monotonic seconds; ``turn`` is that of the question put last; ``pending`` is an answer given during a prompt,
    waiting for the line to fall silent; ``stored`` what the call has achieved so far."""

    rings: int = 0
    caller: PhoneNumber | None = None
    caller_told_at: float | None = None
    taken_at: float | None = None
    until: float | None = None
    ceiling: float | None = None
    time_was_up: bool = False
    effects: deque[Effect] = field(default_factory=deque)
    turn: CallersTurn | None = None
    pending: DialogueEvent | None = None
    typed: KeysTypedAhead = field(default_factory=KeysTypedAhead)
    outcome: Outcome | None = None
    stored: Outcome | None = None
    noinput: int = 0
    nomatch: int = 0


_STORED: dict[type, str] = {
    ReadingsSaved: "readings",
    PhoneSaved: "phone",
    CallBackSaved: "call-back",
    PayLinkSaved: "pay-link",
    PhoneForgotten: "forgotten-phone",
}
_ACHIEVED: dict[type, Outcome] = {
    ReadingsSaved: Outcome.READING_ACCEPTED,
    CallBackSaved: Outcome.CALL_BACK_REQUESTED,
    PayLinkSaved: Outcome.PAY_LINK_REQUESTED,
    PhoneForgotten: Outcome.PHONE_FORGOTTEN,
}


def outcome_of(event: DialogueEvent) -> Outcome | None:
    """What the call has achieved with this event even if it breaks off now."""
    return _ACHIEVED.get(type(event))


def answer_as_text(event: DialogueEvent) -> tuple[str, str]:
    """(kind, text) of an event for the story: «stored», «failed», «found» are the system's, «answer» the caller's."""
    match event:
        case SaidDigits(digits, mode):
            return "answer", f"{digits} ({mode.value})"
        case SaidIntent(intent):
            return "answer", intent
        case SavingFailed():
            return "failed", "nothing was stored"
        case _ if type(event) in _STORED:
            return "stored", _STORED[type(event)]
        case _:
            name = type(event).__name__
            return ("found" if name.startswith("Account") else "answer"), name
