"""A phone to ring back, given by a caller whose own number is withheld: typed or said, read back, confirmed by ДА."""

from __future__ import annotations

from box.accounts.model import PhoneNumber
from box.dialogue.attempts import denied, failed
from box.dialogue.person import request
from box.dialogue.state import DialogueState, Move, StateId, Table, Transition, go, phrase
from box.dialogue.vocabulary import SaidDigits, SaidNo, SaidYes


def _given(state: DialogueState, event: SaidDigits) -> Move:
    phone = PhoneNumber.from_caller_id(event.digits)
    if phone is None:
        return failed(state, (phrase("callback.length"),))
    return Move(go(state, StateId.CONFIRM_PHONE, ring=phone))


def _confirmed(state: DialogueState, _: SaidYes) -> Move:
    return request(state)


def _denied(state: DialogueState, _: SaidNo) -> Move:
    return denied(go(state, state.at, ring=None), StateId.ASK_PHONE)


def rows() -> Table:
    """The rows of these questions, the same on every line."""
    again = frozenset({StateId.ASK_PHONE, StateId.TRANSFERRING, StateId.ENDED})
    return {
        (StateId.ASK_PHONE, SaidDigits): Transition(_given, again | {StateId.CONFIRM_PHONE}),
        (StateId.CONFIRM_PHONE, SaidYes): Transition(_confirmed, frozenset({StateId.SAVING_CALL_BACK})),
        (StateId.CONFIRM_PHONE, SaidNo): Transition(_denied, again),
    }
