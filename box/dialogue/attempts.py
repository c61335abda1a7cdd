"""What holds at every question, written once: silence, unclear answers, denials, «повторите», «назад», «подождите».

Three failures at a question, or six in a call, lead to a person; there is no fourth question (the instruction; counts
in config/dialogue.toml). Silence is never scolded.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from box.dialogue.ends import time_is_up
from box.dialogue.person import QUESTIONS as BRANCH
from box.dialogue.person import WAYS_OUT, ask_for_person, give_up
from box.dialogue.state import (
    DialogueState,
    Move,
    StateId,
    Table,
    Transition,
    count,
    go,
    note,
    phrase,
)
from box.dialogue.vocabulary import (
    AskedBack,
    AskedOperator,
    AskedRepeat,
    AskedWait,
    CardNumberGiven,
    NoInput,
    NoMatch,
    NoMatchReason,
    Phrase,
    TimeIsUp,
)

DENIALS_BEFORE_KEYS = 2
"""After two entries denied at their read-back the keys are suggested (caller-service.md §8)."""


def failed(state: DialogueState, lead: tuple[Phrase, ...]) -> Move:
    """One more failure at the question in hand: asked again behind ``lead``, or given up."""
    tally = state.tally
    state = count(state, failures=tally.failures + 1, all_failures=tally.all_failures + 1)
    if _too_many(state, state.tally.failures):
        return give_up(state)
    return Move(state, lead, clear_keys=True)


def denied(state: DialogueState, ask_again: StateId) -> Move:
    """НЕТ at a read-back: a fresh entry. The first costs nothing; each later one counts as a failure."""
    times = state.tally.denied + 1
    state = count(go(state, ask_again), denied=times)
    if times > 1:
        state = count(state, all_failures=state.tally.all_failures + 1)
        if _too_many(state, times - 1):
            return give_up(state)
    return Move(state, (phrase("lead.again"),), clear_keys=True)


def _too_many(state: DialogueState, at_this: int) -> bool:
    limits = state.config.attempts
    return at_this >= limits.per_question or state.tally.all_failures >= limits.per_call


def no_input(state: DialogueState, _: NoInput) -> Move:
    """Silence. A caller who had asked us to wait is asked again, which is no failure."""
    if state.holding:
        return Move(state)
    if not state.call.speech:
        return failed(state, _once(state, phrase("lead.silence_keys")))
    at_the_meter = (phrase("lead.offer_hold"),) if state.at is StateId.ASK_READING else ()
    return failed(state, _once(state, phrase("lead.silence"), *at_the_meter))


HEARD_BADLY: Mapping[NoMatchReason, Phrase] = {
    NoMatchReason.SAY_SINGLE_DIGITS: phrase("lead.single_digits"),
    NoMatchReason.TOO_QUIET: phrase("lead.too_quiet"),
    NoMatchReason.TOO_LOUD: phrase("lead.too_loud"),
}
"""What a caller can do about an answer that was not understood."""


def no_match(state: DialogueState, event: NoMatch) -> Move:
    """An answer that was not understood, or a key without a meaning here. What the caller can do about it is said at
    any failure that is not the same as the one before."""
    if not state.call.speech:
        return failed(state, _once(state, phrase("lead.unclear_keys")))
    advice = HEARD_BADLY.get(event.reason)
    if advice is None:
        return failed(state, _once(state, phrase("lead.unclear")))
    hinted = (
        event.reason is NoMatchReason.SAY_SINGLE_DIGITS and state.tally.failures > 0
    )  # the hint at keys says so too
    lead = () if hinted or event.reason is state.advised else (advice,)
    return failed(replace(state, advised=event.reason), lead)


def _once(state: DialogueState, *lead: Phrase) -> tuple[Phrase, ...]:
    """``lead`` at the first failure only: nothing is said twice in a row (caller-service.md §2.3)."""
    return () if state.tally.failures else lead


def card_number(state: DialogueState, _: CardNumberGiven) -> Move:
    """A bank card: nobody has kept it; the caller is told, whatever comes next."""
    warning = (phrase("lead.card"),)
    move = failed(state, warning)
    return move if move.lead[:1] == warning else replace(move, lead=(*warning, *move.lead))


def repeat(state: DialogueState, _: AskedRepeat | AskedBack) -> Move:
    """The same question again; not a failure, and none is forgotten."""
    return Move(state)


def back(state: DialogueState, _: AskedBack) -> Move:
    """The question before this one, as it stood then; at the first question, the same again."""
    if not state.trail:
        return Move(state)
    *earlier, last = state.trail
    state = replace(go(state, last.at), progress=last.progress, resume=last.resume, trail=tuple(earlier))
    return Move(count(state, denied=0, refused=0))


def wait(state: DialogueState, _: AskedWait) -> Move:
    """«Подождите»: the question stays open for the time of a hold."""
    return Move(replace(state, holding=True), (phrase("lead.holding"),))


def time_up_while_waiting(state: DialogueState, _: TimeIsUp) -> Move:
    """While an answer of the store is on its way the good-bye waits for it, so that it tells the truth."""
    return Move(note(state, time_up=True))


READ_BACKS = frozenset({StateId.CONFIRM_ACCOUNT, StateId.CONFIRM_READING, StateId.CONFIRM_PHONE})
"""Where an entry is read back: a hash that comes after it has ended by itself must not take it back. НЕТ does."""


def rows(questions: frozenset[StateId], waits: frozenset[StateId]) -> Table:
    """The rows that every question of a line has, and those of its waits."""
    table: Table = {}
    back_row = Transition(back, questions, universal=True)
    for at in questions:
        again = frozenset({at}) | WAYS_OUT
        table |= {
            (at, NoInput): Transition(no_input, again, universal=True),
            (at, NoMatch): Transition(no_match, again, universal=True),
            (at, CardNumberGiven): Transition(card_number, again, universal=True),
            (at, AskedOperator): Transition(ask_for_person, WAYS_OUT | ({at} & BRANCH), universal=True),
            (at, AskedRepeat): Transition(repeat, frozenset({at}), universal=True),
            (at, AskedBack): Transition(repeat, frozenset({at})) if at in READ_BACKS else back_row,
            (at, AskedWait): Transition(wait, frozenset({at}), universal=True),
            (at, TimeIsUp): Transition(time_is_up, frozenset({StateId.ENDED}), universal=True),
        }
    for at in waits:
        table[at, TimeIsUp] = Transition(time_up_while_waiting, frozenset({at}), universal=True)
    table[StateId.TRANSFERRING, TimeIsUp] = Transition(time_is_up, frozenset({StateId.ENDED}), universal=True)
    return table
