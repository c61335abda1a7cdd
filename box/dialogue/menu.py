"""What each command of the consultation line leads to, the same at every menu that takes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from box.dialogue.ends import end, finish
from box.dialogue.finding_account import BEGIN, another_address, pursue
from box.dialogue.forgetting import offer_forgetting
from box.dialogue.offices import ask_place, names_an_office, place_chosen, tell_next
from box.dialogue.payment import link_reported, tell_other_ways, tell_ways
from box.dialogue.services import ENTRY, services_entry
from box.dialogue.state import DialogueState, Goal, Move, StateId, Table, Transition, go, phrase
from box.dialogue.topics import OFFICES_TOLD
from box.dialogue.vocabulary import CallStarted, NoInput, Phrase, SaidIntent, SaidNo, SaidYes
from box.errors import DialogueDefect

Choice: TypeAlias = Callable[[DialogueState], Move]

HOME = frozenset({StateId.WHAT_ELSE})


def greet(state: DialogueState, _: CallStarted) -> Move:
    """Who we are, and what can be had."""
    return Move(go(state, StateId.MAIN_MENU), (phrase("greeting.consultation"),))


def _pursue(goal: Goal, *named: Phrase) -> Choice:
    """To ``goal``, named first: a caller who was misheard notices at once (caller-service.md §2.4)."""
    return lambda state: pursue(state, goal, named)


def _payment(state: DialogueState) -> Move:
    """The ways to pay need no address; what became of a link that was asked for does."""
    named = (phrase("menu.payment"),)
    return pursue(state, Goal.PAYMENT, named) if link_reported(state) else tell_ways(state, named)


def _office(state: DialogueState) -> Move:
    """The office that billing names for the caller's address, if it names one; else a place is asked for at once."""
    return pursue(state, Goal.OFFICE, (phrase("menu.office"),)) if names_an_office(state) else ask_place(state)


def _services(state: DialogueState) -> Move:
    return services_entry(state, None)


def _replace_meter(state: DialogueState) -> Move:
    return services_entry(state, "replace_meter")


def _more(state: DialogueState) -> Move:
    return Move(go(state, StateId.MORE_MENU))


def _finish(state: DialogueState) -> Move:
    return end(state, told=True)


CHOICES: Mapping[str, Choice] = {
    "balance": _pursue(Goal.BALANCE, phrase("menu.balance")),
    "readings": _pursue(Goal.READINGS, phrase("menu.readings")),
    "tariff": _pursue(Goal.TARIFF, phrase("menu.tariff")),
    "payment": _payment,
    "debt": _pursue(Goal.DEBT, phrase("menu.debt")),
    "services": _services,
    "replace_meter": _replace_meter,
    "office": _office,
    "more": _more,
    "forget_phone": offer_forgetting,
    "other_address": another_address,
    "finish": _finish,
    "pay_by_link": _pursue(Goal.PAY_LINK),
    "pay_ways": tell_other_ways,
    "next": tell_next,
    "by_place": ask_place,
}
"""By intent. Which of them a menu takes is in its question."""

AFTER_COMMAND = (
    BEGIN
    | ENTRY
    | OFFICES_TOLD
    | {
        StateId.MAIN_MENU,
        StateId.PAY_MENU,
        StateId.MORE_MENU,
        StateId.CONFIRM_FORGETTING,
        StateId.WHAT_ELSE,
        StateId.ENDED,
    }
)
"""Where a command may lead."""


def _chosen(state: DialogueState, event: SaidIntent) -> Move:
    choice = CHOICES.get(event.intent)
    if choice is None:
        raise DialogueDefect(f"no such command: {event.intent}")
    return choice(state)


def _place(state: DialogueState, event: SaidIntent) -> Move:
    return place_chosen(state, event.intent)


def _nothing_else(state: DialogueState, _: SaidNo) -> Move:
    return end(state, told=True)


def _silent(state: DialogueState, _: NoInput) -> Move:
    """Silence here is the answer of a caller who is done, not a failure to be handed to a person."""
    return Move(state) if state.holding else end(state, told=True)


def _something_else(state: DialogueState, _: SaidYes) -> Move:
    return Move(go(state, StateId.MAIN_MENU))


def _done_here(state: DialogueState, event: SaidNo | NoInput) -> Move:
    """Nothing more of this matter; there may be another."""
    return Move(state) if state.holding and isinstance(event, NoInput) else finish(state)


def rows() -> Table:
    """The rows of the menus."""
    at_menu = Transition(_chosen, AFTER_COMMAND, through="any command")
    menus = (StateId.MAIN_MENU, StateId.MORE_MENU, StateId.WHAT_ELSE, StateId.PAY_MENU, StateId.OFFICE_TOLD)
    ended = frozenset({StateId.ENDED})
    matters = (StateId.PAY_MENU, StateId.OFFICE_TOLD)
    return {
        (StateId.ANSWERED, CallStarted): Transition(greet, frozenset({StateId.MAIN_MENU})),
        **{(at, SaidIntent): at_menu for at in menus},
        (StateId.ASK_PLACE, SaidIntent): Transition(_place, OFFICES_TOLD),
        (StateId.WHAT_ELSE, SaidYes): Transition(_something_else, frozenset({StateId.MAIN_MENU})),
        (StateId.WHAT_ELSE, SaidNo): Transition(_nothing_else, ended),
        (StateId.WHAT_ELSE, NoInput): Transition(_silent, ended | HOME),
        **{(at, SaidNo): Transition(_done_here, HOME) for at in matters},
        **{(at, NoInput): Transition(_done_here, HOME | {at}) for at in matters},
    }
