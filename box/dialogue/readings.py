"""The meter-readings line as data: its questions and its one transition table.

Another line is another :class:`~box.dialogue.engine.Line` made the same way: the rows that are the same everywhere
(``attempts``, ``person``) laid under its own.
"""

from __future__ import annotations

from box.dialogue import attempts, closing, finding_account, metering, person
from box.dialogue.attempts import repeat
from box.dialogue.engine import Line
from box.dialogue.readings_questions import PERSON_QUESTIONS, READINGS_QUESTIONS
from box.dialogue.state import StateId, Table, Transition, joined
from box.dialogue.vocabulary import AskedBack

WAITS = frozenset({StateId.FINDING_ACCOUNT, StateId.SAVING_READINGS, StateId.SAVING_PHONE, StateId.SAVING_CALL_BACK})
"""States that wait for the store, not for the caller."""

ENTRIES_READ_BACK = (StateId.CONFIRM_ACCOUNT, StateId.CONFIRM_READING)


def _table() -> Table:
    """What holds at every question, under what this line says otherwise."""
    line_questions = frozenset(READINGS_QUESTIONS)
    everywhere = attempts.rows(line_questions | frozenset(PERSON_QUESTIONS), WAITS)
    own = joined(person.rows(line_questions), finding_account.rows(), metering.rows(), closing.rows(), _late_hash())
    return {**everywhere, **own}


def _late_hash() -> Table:
    """A hash that comes after the entry has ended by itself must not take the entry back: НЕТ does that."""
    return {(at, AskedBack): Transition(repeat, frozenset({at})) for at in ENTRIES_READ_BACK}


READINGS_LINE = Line(
    name="readings",
    questions={**READINGS_QUESTIONS, **PERSON_QUESTIONS},
    table=_table(),
)
