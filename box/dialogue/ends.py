"""How a call ends: what was and was not done is said before the line is released (caller-service.md §2.5)."""

from __future__ import annotations

from box.dialogue.state import DialogueState, Move, StateId, go, phrase
from box.dialogue.vocabulary import HangUp, Outcome, Phrase, TimeIsUp


def end(state: DialogueState, lead: tuple[Phrase, ...] = (), *, told: bool = False) -> Move:
    """Good-bye. Unless the caller has been ``told``, it says first what was not done."""
    left_undone = () if told else _left_undone(state)
    words = (*lead, *left_undone, phrase("end.goodbye"))
    return Move(go(state, StateId.ENDED), words, (HangUp(outcome(state)),))


def time_is_up(state: DialogueState, _: TimeIsUp) -> Move:
    """The call has reached its ceiling."""
    words = (phrase("end.time_up"), *_left_undone(state), phrase("end.goodbye"))
    reached = outcome(state)
    if reached is Outcome.SENT_AWAY:
        reached = Outcome.TIME_UP
    return Move(go(state, StateId.ENDED), words, (HangUp(reached),))


def outcome(state: DialogueState) -> Outcome:
    """What the call has come to, if it ends now."""
    done = state.done
    if done.saved:
        return Outcome.READING_ACCEPTED
    if done.call_back_saved:
        return Outcome.CALL_BACK_REQUESTED
    if done.balance_told:
        return Outcome.BALANCE_TOLD
    return Outcome.OUTSIDE_WINDOW if done.dates_told is not None else Outcome.SENT_AWAY


def _left_undone(state: DialogueState) -> tuple[Phrase, ...]:
    if state.done.saved:
        under_way = state.progress.meter is not None or state.progress.meters
        return (phrase("end.rest_not_stored"),) if under_way else ()
    if state.done.balance_told or state.done.dates_told is not None:
        return ()
    return (phrase("end.not_stored"),)
