"""The consultation line as data: every matter of the retailer on one call, the readings and the services among them.

Its table is the join of those of the other lines and its own; what differs is where a matter ends.
"""

from __future__ import annotations

from box.dialogue import (
    attempts,
    closing,
    finding_account,
    forgetting,
    menu,
    metering,
    payment,
    person,
    phone_entry,
    services,
)
from box.dialogue.consultation_questions import CONSULTATION_QUESTIONS
from box.dialogue.engine import Line
from box.dialogue.person_questions import PERSON_QUESTIONS
from box.dialogue.questions import QuestionForms
from box.dialogue.state import StateId, Table, at_home, confined, joined

WAITS = person.WAITS | {
    StateId.FINDING_ACCOUNT,
    StateId.SAVING_READINGS,
    StateId.SAVING_PHONE,
    StateId.SAVING_PAY_LINK,
    StateId.FORGETTING_PHONE,
}
"""States that wait for the store, not for the caller."""

QUESTIONS: QuestionForms = {**CONSULTATION_QUESTIONS, **PERSON_QUESTIONS}


def _table() -> Table:
    """What holds at every question, under what this line says otherwise."""
    questions = frozenset(QUESTIONS)
    everywhere = attempts.rows(questions, WAITS)
    own = joined(
        menu.rows(),
        person.rows(frozenset(CONSULTATION_QUESTIONS), services=True),
        phone_entry.rows(),
        finding_account.rows(),
        metering.rows(),
        closing.rows(),
        payment.rows(),
        forgetting.rows(),
        services.rows(),
    )
    return confined(at_home({**everywhere, **own}, StateId.WHAT_ELSE), questions | WAITS)


CONSULTATION_LINE = Line(name="consultation", questions=QUESTIONS, table=_table(), home=StateId.WHAT_ELSE)
