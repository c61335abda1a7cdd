"""Handing a call to a person, or what is offered when nobody can be had. The same on every line.

Nobody there: the hours are told, a call-back is offered (the phone is read for confirmation) and self-service stays
open. A caller whom we still cannot understand after that is told what was not done, and the call ends.
"""

from __future__ import annotations

from dataclasses import replace

from box.accounts.model import PhoneNumber
from box.dialogue.ends import end
from box.dialogue.state import (
    DialogueState,
    Move,
    StateId,
    Table,
    Transition,
    Waypoint,
    go,
    note,
    phrase,
)
from box.dialogue.vocabulary import (
    AskedOperator,
    CallBackSaved,
    ClockTime,
    OperatorAccess,
    Phrase,
    RequestCallBack,
    SaidNo,
    SaidYes,
    SavingFailed,
    Transfer,
    TransferFailed,
)
from box.errors import DialogueDefect

QUESTIONS = frozenset({StateId.OFFER_CALL_BACK, StateId.OFFER_SELF_SERVICE})
"""The questions of this branch; asking for a person inside it leads nowhere new."""

WAYS_OUT = frozenset({StateId.TRANSFERRING, *QUESTIONS, StateId.ENDED})
"""Where giving up may lead."""


def give_up(state: DialogueState, lead: tuple[Phrase, ...] = (), *, resumable: bool = True) -> Move:
    """The box cannot help: a person, or the next best thing; the second time without one, good-bye.
    ``resumable``: whether self-service may go on with the question of ``state``."""
    branch = state.at in QUESTIONS
    again = state.done.gave_up or branch
    state = note(_remember(state, resumable), gave_up=True)
    if state.person_there:
        return _transfer(state, lead)
    return end(state, lead) if again else _nobody(state, lead)


def ask_for_person(state: DialogueState, _: AskedOperator) -> Move:
    """«Оператор» in any question: at once, without a question back."""
    state = _remember(state, resumable=True)
    return _transfer(state, ()) if state.person_there else _nobody(state, ())


def _remember(state: DialogueState, resumable: bool) -> DialogueState:
    if state.at in QUESTIONS:
        return state
    trail = (*state.trail, Waypoint(state.at, state.progress)) if resumable else ()
    return replace(state, resume=state.at if resumable else None, trail=trail)


def _transfer(state: DialogueState, lead: tuple[Phrase, ...]) -> Move:
    words = (*lead, phrase("operator.connecting"))
    return Move(go(state, StateId.TRANSFERRING), words, (Transfer(),))


def _nobody(state: DialogueState, lead: tuple[Phrase, ...]) -> Move:
    words = (*lead, _why_nobody(state))
    if state.at in QUESTIONS:
        return Move(go(state, state.at), words, clear_keys=True)
    return _offer_call_back(state, words)


def _why_nobody(state: DialogueState) -> Phrase:
    opens, closes = ClockTime(state.hours.opens), ClockTime(state.hours.closes)
    number = state.config.operator.phone
    if state.done.transfer_failed:
        return phrase("operator.failed")
    if state.call.operator is OperatorAccess.NO_TRANSFER and number:
        return phrase("operator.no_transfer", opens=opens, closes=closes, phone=PhoneNumber(number))
    return phrase("operator.closed", opens=opens, closes=closes)


def _offer_call_back(state: DialogueState, lead: tuple[Phrase, ...]) -> Move:
    if state.call.caller is None or state.done.call_back_saved:
        return _offer_self_service(state, lead)
    return Move(go(state, StateId.OFFER_CALL_BACK), lead, clear_keys=True)


def _offer_self_service(state: DialogueState, lead: tuple[Phrase, ...]) -> Move:
    if state.resume is None:
        return end(state, lead)
    return Move(go(state, StateId.OFFER_SELF_SERVICE), lead)


def _transfer_failed(state: DialogueState, _: TransferFailed) -> Move:
    state = note(state, transfer_failed=True)
    return _offer_call_back(state, (_why_nobody(state),))


def _call_back_wanted(state: DialogueState, _: SaidYes) -> Move:
    progress, phone = state.progress, state.call.caller
    if phone is None:
        raise DialogueDefect("a call-back was offered to a caller without a phone")
    known = progress.account if progress.address_confirmed else None
    effect = RequestCallBack(phone, known.number if known is not None else None)
    return Move(go(state, StateId.SAVING_CALL_BACK), effects=(effect,))


def _no_call_back(state: DialogueState, _: SaidNo) -> Move:
    return _offer_self_service(state, ())


def _call_back_saved(state: DialogueState, _: CallBackSaved) -> Move:
    return _offer_self_service(note(state, call_back_saved=True), (phrase("callback.saved"),))


def _call_back_not_saved(state: DialogueState, _: SavingFailed) -> Move:
    return _offer_self_service(state, (phrase("callback.not_saved"),))


def _go_on_here(state: DialogueState, _: SaidYes) -> Move:
    if state.resume is None:
        raise DialogueDefect("self-service was offered with nothing to go on with")
    return Move(go(state, state.resume))


def _leave(state: DialogueState, _: SaidNo) -> Move:
    return end(state)


def rows(line_questions: frozenset[StateId]) -> Table:
    """The rows of this branch for a line whose own questions, any of which may be resumed, are ``line_questions``."""
    after = frozenset({StateId.OFFER_SELF_SERVICE, StateId.ENDED})
    saving = frozenset({StateId.SAVING_CALL_BACK})
    return {
        (StateId.TRANSFERRING, TransferFailed): Transition(_transfer_failed, QUESTIONS | {StateId.ENDED}),
        (StateId.OFFER_CALL_BACK, SaidYes): Transition(_call_back_wanted, saving),
        (StateId.OFFER_CALL_BACK, SaidNo): Transition(_no_call_back, after),
        (StateId.SAVING_CALL_BACK, CallBackSaved): Transition(_call_back_saved, after),
        (StateId.SAVING_CALL_BACK, SavingFailed): Transition(_call_back_not_saved, after),
        (StateId.OFFER_SELF_SERVICE, SaidYes): Transition(_go_on_here, line_questions),
        (StateId.OFFER_SELF_SERVICE, SaidNo): Transition(_leave, frozenset({StateId.ENDED})),
    }
