"""What a confirmed address leads to, by what the caller wants: one table for every line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

from box.dialogue import debt, offices, payment, tariff
from box.dialogue.closing import AFTER_BALANCE, CLOSING, balance_or_none
from box.dialogue.identity import SECOND_FACTS, ask_second_fact, goal_of, may_tell
from box.dialogue.metering import AFTER_ADDRESS as AFTER_READINGS
from box.dialogue.metering import begin_account
from box.dialogue.person import WAYS_OUT
from box.dialogue.state import DialogueState, Goal, Move, StateId
from box.dialogue.vocabulary import Phrase

Tell: TypeAlias = Callable[[DialogueState, tuple[Phrase, ...]], Move]


@dataclass(frozen=True, slots=True)
class Topic:
    """One matter: who tells of it, and every state that this may lead to."""

    tell: Tell
    to: frozenset[StateId]


def _readings(state: DialogueState, lead: tuple[Phrase, ...]) -> Move:
    move = begin_account(state)
    return replace(move, lead=(*lead, *move.lead))


def _balance(state: DialogueState, lead: tuple[Phrase, ...]) -> Move:
    return balance_or_none(state, lead)


OFFICES_TOLD = frozenset({StateId.OFFICE_TOLD, StateId.ASK_PLACE, StateId.WHAT_ELSE})
"""Where telling of an office may lead."""

TOPICS: Mapping[Goal, Topic] = {
    Goal.READINGS: Topic(_readings, AFTER_READINGS),
    Goal.BALANCE: Topic(_balance, AFTER_BALANCE),
    Goal.TARIFF: Topic(tariff.tell, CLOSING),
    Goal.DEBT: Topic(debt.tell, CLOSING),
    Goal.PAYMENT: Topic(payment.tell_ways, frozenset({StateId.PAY_MENU, StateId.WHAT_ELSE})),
    Goal.PAY_LINK: Topic(payment.offer_link, CLOSING | {StateId.CONFIRM_PAY_LINK}),
    Goal.OFFICE: Topic(offices.tell_of_account, OFFICES_TOLD),
}

WITHOUT_ADDRESS: Mapping[Goal, Tell] = {
    Goal.PAYMENT: payment.tell_ways,
    Goal.OFFICE: offices.ask_place,
}
"""Matters that can be told of without an account, once every address of the phone was denied."""

AFTER_ADDRESS = frozenset().union(*(topic.to for topic in TOPICS.values())) | SECOND_FACTS | WAYS_OUT
"""Where a confirmed address leads."""


def arrive(state: DialogueState, lead: tuple[Phrase, ...] = ()) -> Move:
    """The address is confirmed: on to what the caller wants, by way of a second fact where that is asked for."""
    goal = goal_of(state)
    if not may_tell(state, goal):
        return ask_second_fact(state, lead)
    return TOPICS[goal].tell(state, lead)
