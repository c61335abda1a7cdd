"""The meter-readings line as data: its questions and its one transition table.

Another line is another :class:`~box.dialogue.engine.Line` made the same way: the rows that are the same everywhere
(``attempts``, ``person``) laid under its own.
"""

from __future__ import annotations

from box.dialogue import attempts, closing, finding_account, metering, person, phone_entry
from box.dialogue.engine import Line
from box.dialogue.identity import IDENTITY_QUESTIONS
from box.dialogue.person_questions import PERSON_QUESTIONS
from box.dialogue.questions import QuestionForms
from box.dialogue.readings_questions import READINGS_QUESTIONS
from box.dialogue.state import StateId, Table, confined, joined

WAITS = person.WAITS | {StateId.FINDING_ACCOUNT, StateId.SAVING_READINGS, StateId.SAVING_PHONE}
"""States that wait for the store, not for the caller."""

QUESTIONS: QuestionForms = {**READINGS_QUESTIONS, **IDENTITY_QUESTIONS, **PERSON_QUESTIONS}


def _table() -> Table:
    """What holds at every question, under what this line says otherwise."""
    questions = frozenset(QUESTIONS)
    everywhere = attempts.rows(questions, WAITS)
    own = joined(
        person.rows(questions - frozenset(PERSON_QUESTIONS)),
        phone_entry.rows(),
        finding_account.greeting_rows(),
        finding_account.rows(),
        metering.rows(),
        closing.rows(),
    )
    return confined({**everywhere, **own}, questions | WAITS)


READINGS_LINE = Line(
    name="readings",
    questions=QUESTIONS,
    table=_table(),
)
