"""How a matter and a call end: what was not done is said before the line is released (caller-service.md §2.5)."""

from __future__ import annotations

from box.dialogue.state import DialogueState, Goal, Move, StateId, go, note, phrase
from box.dialogue.vocabulary import HangUp, Outcome, Phrase, TimeIsUp

READINGS_HOME = StateId.ANYTHING_ELSE
"""The home of the line that takes nothing but readings."""


def settled(state: DialogueState) -> DialogueState:
    """``state`` with the matter in hand dealt with: nothing of it is left undone."""
    goal = state.progress.goal
    return state if goal is None else note(go(state, state.at, goal=None), last_goal=goal)


def finish(state: DialogueState, lead: tuple[Phrase, ...] = ()) -> Move:
    """The matter is dealt with: the question of this line whether there is anything else."""
    return Move(go(settled(state), state.home), lead)


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
    """What the call has come to, if it ends now: the most that was done in it."""
    done = state.done
    reached = (
        (Outcome.READING_ACCEPTED, done.saved),
        (Outcome.PAY_LINK_REQUESTED, done.pay_links),
        (Outcome.CALL_BACK_REQUESTED, done.call_back_saved),
        (Outcome.PHONE_FORGOTTEN, done.phone_forgotten),
        (Outcome.BALANCE_TOLD, done.balance_told),
        (Outcome.INFORMED, done.informed),
        (Outcome.OUTSIDE_WINDOW, done.dates_told is not None),
    )
    return next((outcome for outcome, came in reached if came), Outcome.SENT_AWAY)


def _left_undone(state: DialogueState) -> tuple[Phrase, ...]:
    wanted = state.progress.goal
    if wanted is None and state.home is READINGS_HOME:
        wanted = Goal.READINGS
    if wanted is Goal.READINGS:
        return _readings_undone(state)
    if wanted is None:
        nothing_asked = state.home is StateId.SERVICES_ELSE and not state.done.call_back_saved
        return (phrase("end.no_request"),) if nothing_asked else ()
    return (phrase("end.no_balance") if wanted is Goal.BALANCE else phrase("end.not_done"),)


def _readings_undone(state: DialogueState) -> tuple[Phrase, ...]:
    if state.done.saved:
        under_way = state.progress.meter is not None or state.progress.meters
        return (phrase("end.rest_not_stored"),) if under_way else ()
    if state.done.balance_told or state.done.dates_told is not None:
        return ()
    return (phrase("end.not_stored"),)
