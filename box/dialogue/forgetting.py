"""«Забыть номер»: what it means, ДА, and the caller's phone leads to no account any more (caller-service.md §11.1)."""

from __future__ import annotations

from dataclasses import replace

from box.dialogue.ends import finish
from box.dialogue.state import DialogueState, Move, StateId, Table, Transition, go, note, phrase
from box.dialogue.vocabulary import ForgetPhone, PhoneForgotten, SaidNo, SaidYes, SavingFailed
from box.errors import DialogueDefect


def offer_forgetting(state: DialogueState) -> Move:
    """What forgetting means and whether it is wanted; or that there is nothing to forget."""
    if state.call.caller is None:
        return finish(state, (phrase("forget.withheld"),))
    if not state.call.accounts:
        return finish(state, (phrase("forget.unknown"),))
    return Move(go(state, StateId.CONFIRM_FORGETTING))


def _wanted(state: DialogueState, _: SaidYes) -> Move:
    if state.call.caller is None:
        raise DialogueDefect("a phone was to be forgotten of a caller without one")
    return Move(go(state, StateId.FORGETTING_PHONE), effects=(ForgetPhone(state.call.caller),))


def _kept(state: DialogueState, _: SaidNo) -> Move:
    return finish(state, (phrase("forget.kept"),))


def _forgotten(state: DialogueState, _: PhoneForgotten) -> Move:
    """From here on the call goes on as one from an unknown phone, and the phone is not offered to be saved; who holds
    the handset now proves anew whose money is asked for."""
    call = replace(state.call, accounts=())
    state = replace(note(state, phone_forgotten=True, proven=()), call=call)
    return finish(go(state, state.at, waiting=(), account=None, address_confirmed=False), (phrase("forget.done"),))


def _not_forgotten(state: DialogueState, _: SavingFailed) -> Move:
    return finish(state, (phrase("forget.not_done"),))


def rows() -> Table:
    """The rows of this question."""
    home = frozenset({StateId.WHAT_ELSE})
    return {
        (StateId.CONFIRM_FORGETTING, SaidYes): Transition(_wanted, frozenset({StateId.FORGETTING_PHONE})),
        (StateId.CONFIRM_FORGETTING, SaidNo): Transition(_kept, home),
        (StateId.FORGETTING_PHONE, PhoneForgotten): Transition(_forgotten, home),
        (StateId.FORGETTING_PHONE, SavingFailed): Transition(_not_forgotten, home),
    }
