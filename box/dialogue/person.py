"""Handing a call to a person, or what is offered when nobody can be had. The same on every line.

Nobody there: it is told when people answer, a call-back is offered (the phone is read for confirmation; a caller whose
number is withheld gives one) and self-service stays open. A caller whom we still cannot understand after that is told
what was not done, and the call ends.
"""

from __future__ import annotations

from dataclasses import replace

from box.accounts.model import ClockTrust, PhoneNumber
from box.dialogue.ends import end, finish
from box.dialogue.holidays import next_opening_day
from box.dialogue.state import (
    DialogueState,
    Move,
    StateId,
    Table,
    Transition,
    Waypoint,
    count,
    go,
    note,
    phrase,
)
from box.dialogue.vocabulary import (
    AskedOperator,
    CallBackSaved,
    ClockTime,
    DateForm,
    OperatorAccess,
    Phrase,
    RequestCallBack,
    SaidNo,
    SaidYes,
    SavingFailed,
    SpokenDate,
    Transfer,
    TransferFailed,
)
from box.errors import DialogueDefect

QUESTIONS = frozenset({StateId.OFFER_CALL_BACK, StateId.ASK_PHONE, StateId.CONFIRM_PHONE, StateId.OFFER_SELF_SERVICE})
"""The questions of this branch; asking for a person inside it leads nowhere new."""

WAYS_OUT = frozenset({StateId.TRANSFERRING, StateId.OFFER_CALL_BACK, StateId.OFFER_SELF_SERVICE, StateId.ENDED})
"""Where giving up may lead."""

WAITS = frozenset({StateId.SAVING_CALL_BACK})
"""States of this branch that wait for the store."""

CALL_BACK_DIGITS = 10
"""A Russian number without its country code; the usual 8 or 7 before it is taken too."""


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


def person_for_service(state: DialogueState, service: str, name: Phrase) -> Move:
    """A person for ``service``, whose ``name`` is said first; nobody there: when, and a call-back for that service. A
    service asked for already in this call is not asked for twice."""
    state = replace(go(state, state.at, service=service), resume=None)
    if state.person_there:
        return _transfer(state, (name,))
    if service in state.done.services_requested:
        return _home(state, (name, phrase("callback.already")))
    return Move(note(go(state, StateId.OFFER_CALL_BACK), informed=True), (name, *_why_nobody(state)))


def call_back(state: DialogueState) -> Move:
    """A call-back that the caller asks for by name, whether or not people are there now."""
    state = _remember(state, resumable=True)
    return _offer_call_back(state, (phrase("callback.saved"),) if state.done.call_back_saved else ())


def phone_to_ring(state: DialogueState) -> PhoneNumber:
    """The number for a call-back: the one given in this call, else the caller's own."""
    phone = known_phone(state)
    if phone is None:
        raise DialogueDefect(f"{state.at.value} without a phone")
    return phone


def known_phone(state: DialogueState) -> PhoneNumber | None:
    """The number for a call-back, None as long as a caller whose own is withheld has given none."""
    return state.progress.ring or state.call.caller


def _remember(state: DialogueState, resumable: bool) -> DialogueState:
    if state.at in QUESTIONS:
        return state
    trail = (*state.trail, Waypoint(state.at, state.progress, state.resume)) if resumable else ()
    return replace(state, resume=state.at if resumable else None, trail=trail)


def _transfer(state: DialogueState, lead: tuple[Phrase, ...]) -> Move:
    words = (*lead, phrase("operator.connecting"))
    return Move(go(state, StateId.TRANSFERRING), words, (Transfer(),))


def _nobody(state: DialogueState, lead: tuple[Phrase, ...]) -> Move:
    words = (*lead, *_why_nobody(state))
    if state.at in QUESTIONS:
        return Move(go(state, state.at), words, clear_keys=True)
    return _offer_call_back(state, words)


def _why_nobody(state: DialogueState) -> tuple[Phrase, ...]:
    """Why there is no person now, and when there is one; the number to ring for a caller whom nobody can ring back
    without being told a number first."""
    number = state.config.operator.phone
    ring = (phrase("operator.ring", phone=PhoneNumber(number)),) if number and state.call.caller is None else ()
    opens, closes = ClockTime(state.hours.opens), ClockTime(state.hours.closes)
    if state.done.transfer_failed:
        return (phrase("operator.failed"), phrase("operator.closed", opens=opens, closes=closes), *ring)
    if state.call.operator is OperatorAccess.NO_TRANSFER and number:
        return (phrase("operator.no_transfer", opens=opens, closes=closes, phone=PhoneNumber(number)),)
    return (_closed(state, opens, closes), *ring)


def _closed(state: DialogueState, opens: ClockTime, closes: ClockTime) -> Phrase:
    """The hours; with the day they begin on again if the box knows it and it is not today."""
    day = next_opening_day(state.call.now, state.hours, state.call.reference.holidays)
    days = (day - state.today).days
    if days == 0 or state.call.clock is ClockTrust.UNKNOWN:
        return phrase("operator.closed", opens=opens, closes=closes)
    if days == 1:
        return phrase("operator.closed_tomorrow", opens=opens, closes=closes)
    return phrase("operator.closed_until", date=SpokenDate(day, DateForm.BARE), opens=opens, closes=closes)


def _offer_call_back(state: DialogueState, lead: tuple[Phrase, ...]) -> Move:
    if state.done.call_back_saved and not state.progress.service:
        return _go_on(state, lead)
    return Move(go(state, StateId.OFFER_CALL_BACK), lead, clear_keys=True)


def _go_on(state: DialogueState, lead: tuple[Phrase, ...]) -> Move:
    """What follows once the call-back is settled: home after a service, else self-service, if any can go on."""
    if state.progress.service:
        return _home(state, lead)
    if state.resume is None:
        return end(state, lead)
    return Move(go(state, StateId.OFFER_SELF_SERVICE), lead)


def _home(state: DialogueState, lead: tuple[Phrase, ...]) -> Move:
    return finish(go(state, state.at, service=""), lead)


def _transfer_failed(state: DialogueState, _: TransferFailed) -> Move:
    state = note(state, transfer_failed=True)
    return _offer_call_back(state, _why_nobody(state))


def _call_back_wanted(state: DialogueState, _: SaidYes) -> Move:
    return Move(count(go(state, StateId.ASK_PHONE), denied=0)) if known_phone(state) is None else request(state)


def request(state: DialogueState) -> Move:
    """Have the request for a call-back stored, with the account only if its address was confirmed."""
    progress = state.progress
    known = progress.account if progress.address_confirmed else None
    effect = RequestCallBack(phone_to_ring(state), known.number if known is not None else None, progress.service)
    return Move(go(state, StateId.SAVING_CALL_BACK), effects=(effect,))


def _no_call_back(state: DialogueState, _: SaidNo) -> Move:
    return _go_on(state, ())


def _call_back_saved(state: DialogueState, _: CallBackSaved) -> Move:
    service = state.progress.service
    requested = (*state.done.services_requested, service) if service else state.done.services_requested
    state = note(state, call_back_saved=True, services_requested=requested)
    return _go_on(state, (phrase("callback.saved"),))


def _call_back_not_saved(state: DialogueState, _: SavingFailed) -> Move:
    return _go_on(state, (phrase("callback.not_saved"),))


def _go_on_here(state: DialogueState, _: SaidYes) -> Move:
    if state.resume is None:
        raise DialogueDefect("self-service was offered with nothing to go on with")
    return Move(go(state, state.resume))


def _leave(state: DialogueState, _: SaidNo) -> Move:
    return end(state)


def rows(line_questions: frozenset[StateId], *, services: bool = False) -> Table:
    """The rows of this branch for a line whose own questions, any of which may be resumed, are ``line_questions``;
    ``services``: a person may be wanted for a service there, after which the call goes home (ANYTHING_ELSE stands for
    it, see ``at_home``)."""
    home = frozenset({StateId.ANYTHING_ELSE} if services else ())
    after = frozenset({StateId.OFFER_SELF_SERVICE, StateId.ENDED}) | home
    saving = frozenset({StateId.SAVING_CALL_BACK})
    ask = frozenset({StateId.ASK_PHONE})
    return {
        (StateId.TRANSFERRING, TransferFailed): Transition(_transfer_failed, after | {StateId.OFFER_CALL_BACK}),
        (StateId.OFFER_CALL_BACK, SaidYes): Transition(_call_back_wanted, saving | ask),
        (StateId.OFFER_CALL_BACK, SaidNo): Transition(_no_call_back, after),
        (StateId.SAVING_CALL_BACK, CallBackSaved): Transition(_call_back_saved, after),
        (StateId.SAVING_CALL_BACK, SavingFailed): Transition(_call_back_not_saved, after),
        (StateId.OFFER_SELF_SERVICE, SaidYes): Transition(_go_on_here, line_questions),
        (StateId.OFFER_SELF_SERVICE, SaidNo): Transition(_leave, frozenset({StateId.ENDED})),
    }
