"""The dialogue engine: one event in, one step out. Pure; no clock, no sound, no Russian words.

A line is data: question forms and one transition table. The engine looks the row up, lets its handler decide, checks
that the decision stays inside the row, and puts the question of the new state. A pair of state and event that is not in
the table raises :class:`~box.errors.DialogueDefect`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from box.dialogue.config import DialogueConfig
from box.dialogue.ends import end, time_is_up
from box.dialogue.person import give_up
from box.dialogue.questions import QuestionForms, question, wording
from box.dialogue.state import (
    DialogueState,
    Move,
    OperatorHours,
    StateId,
    Table,
    Waypoint,
    count,
    note,
)
from box.dialogue.vocabulary import (
    Ask,
    AskedWait,
    CallBackSaved,
    CallStarted,
    CardNumberGiven,
    DialogueEvent,
    Effect,
    PayLinkSaved,
    PhoneForgotten,
    PhoneSaved,
    QuestionKind,
    ReadingsSaved,
    SaidDigits,
    SaidIntent,
    SaidNo,
    SaidYes,
    Say,
    TimeIsUp,
)
from box.errors import DialogueDefect
from box.understanding.card import looks_like_card

ANSWERS = (SaidYes, SaidNo, SaidDigits, SaidIntent)
"""Events that carry the call on: «назад» returns to the question that one of them answered."""

COMMITTED = (ReadingsSaved, PhoneSaved, CallBackSaved, PayLinkSaved, PhoneForgotten)
"""After these there is no way back to what led to them."""

ALWAYS_POSSIBLE = frozenset({StateId.TRANSFERRING, StateId.ENDED})
"""Where a call may go from any row: the ceilings on time and on questions lead here."""


@dataclass(frozen=True, slots=True)
class Step:
    """The new state and what is to be carried out, in order. No effects: wait for the next event."""

    state: DialogueState
    effects: tuple[Effect, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """What callers of one telephone number get: its questions, its table, and the question that follows when a matter
    is done."""

    name: str
    questions: QuestionForms
    table: Table
    home: StateId = StateId.ANYTHING_ELSE


@dataclass(frozen=True, slots=True)
class Dialogue:
    """A line with the settings that it runs under. Holds no call: that is the state, handed in and out."""

    line: Line
    config: DialogueConfig
    hours: OperatorHours

    def start(self, event: CallStarted) -> Step:
        """The first step of a call."""
        state = DialogueState(StateId.ANSWERED, event, self.config, self.hours, home=self.line.home)
        return self.step(state, event)

    def step(self, state: DialogueState, event: DialogueEvent) -> Step:
        """The step that ``event`` causes in ``state``. DialogueDefect for a pair that the table does not list."""
        event = _guarded(event)
        row = self.line.table.get((state.at, type(event)))
        if row is None:
            raise DialogueDefect(f"{type(event).__name__} while {state.at.value}")
        move = row.decide(state, event)
        move = replace(move, state=_with_trail(state, move.state, event))
        move = self._within_limits(move)
        if move.state.at not in row.to | ALWAYS_POSSIBLE:
            raise DialogueDefect(f"{type(event).__name__} while {state.at.value} led to {move.state.at.value}")
        return self._put(move)

    def _within_limits(self, move: Move) -> Move:
        """Nothing is asked once the time is up or the questions of a call are used up."""
        state = move.state
        if state.at not in self.line.questions:
            return move
        if state.done.time_up:
            stop = time_is_up(state, TimeIsUp())
        elif state.tally.questions >= state.config.attempts.questions_per_call:
            stop = give_up(state, resumable=False) if state.person_there else end(state)
        else:
            return move
        return replace(stop, lead=(*move.lead, *stop.lead), first=move.first)

    def _put(self, move: Move) -> Step:
        """The move as a step: what is said, and the question of the new state if it is one."""
        state = move.state
        form = self.line.questions.get(state.at)
        if form is None:
            said = (Say(move.lead),) if move.lead else ()
            return Step(state, (*move.first, *said, *move.effects))
        state = count(state, questions=state.tally.questions + 1)
        words = (*move.lead, *wording(form, state))
        ask = Ask(words, question(form, state), move.clear_keys)
        if form.kind is QuestionKind.YES_NO:
            state = note(state, yes_no_explained=True)
        return Step(state, (*move.first, ask))


def _guarded(event: DialogueEvent) -> DialogueEvent:
    """Digits are checked before anything keeps them: a bank card number is forgotten here at the latest."""
    if not isinstance(event, SaidDigits):
        return event
    if not (event.digits.isascii() and event.digits.isdigit()):
        raise DialogueDefect("an entry of digits must hold digits, one at least")
    return CardNumberGiven() if looks_like_card(event.digits) else event


def _with_trail(before: DialogueState, after: DialogueState, event: DialogueEvent) -> DialogueState:
    """``after`` with the way back: an answered question is remembered, a commit closes the way."""
    if not isinstance(event, AskedWait):
        after = replace(after, holding=False)
    if isinstance(event, COMMITTED):
        return replace(after, trail=())
    moved = (after.at, after.progress) != (before.at, before.progress)
    if isinstance(event, ANSWERS) and moved and after.trail is before.trail:
        return replace(after, trail=(*after.trail, Waypoint(before.at, before.progress, before.resume)))
    return after


class Conversation:
    """One line's dialogue that remembers the state of the call in hand."""

    def __init__(self, dialogue: Dialogue) -> None:
        self._dialogue = dialogue
        self._state: DialogueState | None = None

    def start(self, event: CallStarted) -> Sequence[Effect]:
        """Begin a call; whatever was before is forgotten."""
        return self._keep(self._dialogue.start(event))

    def step(self, event: DialogueEvent) -> Sequence[Effect]:
        """Go on with the call. DialogueDefect before ``start``."""
        if self._state is None:
            raise DialogueDefect(f"{type(event).__name__} before a call was started")
        return self._keep(self._dialogue.step(self._state, event))

    def _keep(self, step: Step) -> Sequence[Effect]:
        self._state = step.state
        return step.effects
