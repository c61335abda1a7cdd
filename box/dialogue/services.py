"""The additional-services line: which of the five services, then a person; nobody there: the hours and a call-back.

Other lines lead in by :func:`services_entry` and lay :func:`rows` and ``SERVICES_QUESTIONS`` under their own.
"""

from __future__ import annotations

from collections.abc import Mapping

from box.dialogue import attempts, person, phone_entry
from box.dialogue.ends import end
from box.dialogue.engine import Line
from box.dialogue.person import WAYS_OUT, person_for_service
from box.dialogue.person_questions import PERSON_QUESTIONS
from box.dialogue.questions import Menu, QuestionForm, QuestionForms, always, menu, yes_no
from box.dialogue.state import DialogueState, Move, StateId, Table, Transition, at_home, go, joined, phrase
from box.dialogue.vocabulary import CallStarted, NoInput, Phrase, SaidIntent, SaidNo, SaidYes
from box.errors import DialogueDefect

NAMES: Mapping[str, Phrase] = {
    "meter_replacement": phrase("services.meter_replacement"),
    "water_meters": phrase("services.water_meters"),
    "electrical_work": phrase("services.electrical_work"),
    "plumbing": phrase("services.plumbing"),
    "renovation": phrase("services.renovation"),
}
"""The five services of the instruction, by intent."""

SAME_AS: Mapping[str, str] = {"replace_meter": "meter_replacement"}
"""What callers say at the consultation line's menu, by the service that it means."""

CALL_BACK = "call_back"
"""The intent of a caller who wants to be rung back and names no service."""


def services_entry(state: DialogueState, service: str | None) -> Move:
    """Into the services from any line: the question for one, or at once to ``service``, an intent of ``NAMES`` or
    ``SAME_AS``; DialogueDefect for another. The call comes back to ``state.home``."""
    if service is None:
        return Move(go(state, StateId.CHOOSE_SERVICE, service=""))
    chosen = SAME_AS.get(service, service)
    if chosen not in NAMES:
        raise DialogueDefect(f"no such service: {service}")
    return person_for_service(state, chosen, NAMES[chosen])


def _chosen(state: DialogueState, event: SaidIntent) -> Move:
    if event.intent == CALL_BACK:
        return person.call_back(state)
    return services_entry(state, event.intent)


def _greet(state: DialogueState, _: CallStarted) -> Move:
    return Move(go(state, StateId.CHOOSE_SERVICE), (phrase("greeting.services"),))


def _another(state: DialogueState, _: SaidYes) -> Move:
    return services_entry(state, None)


def _good_bye(state: DialogueState, event: SaidNo | NoInput) -> Move:
    """Nothing else. Silence here is the answer of a caller who is done, not a failure to be handed to a person."""
    if isinstance(event, NoInput) and state.holding:
        return Move(state)
    return end(state)


def _takes(state: DialogueState) -> Menu:
    return Menu(state.config.keys.services, also=(*SAME_AS, CALL_BACK))


def _ask(state: DialogueState) -> tuple[Phrase, ...]:
    return (phrase("services.ask"), phrase("services.ask_rest")) if state.call.speech else _ask_keys(state)


def _ask_short(state: DialogueState) -> tuple[Phrase, ...]:
    return (phrase("services.short"),) if state.call.speech else _ask_keys(state)


def _ask_keys(_: DialogueState) -> tuple[Phrase, ...]:
    return (phrase("services.keys"), phrase("services.keys_rest"))


SERVICES_QUESTIONS: QuestionForms = {
    StateId.CHOOSE_SERVICE: menu(_ask, _ask_short, _ask_keys, _takes),
}
"""What every line needs that leads into the services."""

ENTRY = WAYS_OUT | {StateId.CHOOSE_SERVICE, StateId.ANYTHING_ELSE}
"""Where ``services_entry`` leads; ANYTHING_ELSE stands for the line's home (``at_home``)."""


def rows() -> Table:
    """The rows of ``SERVICES_QUESTIONS``."""
    return {(StateId.CHOOSE_SERVICE, SaidIntent): Transition(_chosen, ENTRY - {StateId.CHOOSE_SERVICE})}


def _own_rows() -> Table:
    again = frozenset({StateId.CHOOSE_SERVICE})
    ended = frozenset({StateId.ENDED})
    return {
        (StateId.ANSWERED, CallStarted): Transition(_greet, again),
        (StateId.SERVICES_ELSE, SaidYes): Transition(_another, again),
        (StateId.SERVICES_ELSE, SaidNo): Transition(_good_bye, ended),
        (StateId.SERVICES_ELSE, NoInput): Transition(_good_bye, ended | {StateId.SERVICES_ELSE}),
    }


_ELSE: Mapping[StateId, QuestionForm] = {
    StateId.SERVICES_ELSE: yes_no(always(phrase("services.else")), always(phrase("services.else"))),
}


def _line() -> Line:
    questions = {**SERVICES_QUESTIONS, **_ELSE}
    everywhere = attempts.rows(frozenset(questions) | frozenset(PERSON_QUESTIONS), person.WAITS)
    own = joined(person.rows(frozenset(questions), services=True), phone_entry.rows(), rows(), _own_rows())
    table = at_home({**everywhere, **own}, StateId.SERVICES_ELSE)
    return Line("services", {**questions, **PERSON_QUESTIONS}, table, home=StateId.SERVICES_ELSE)


SERVICES_LINE = _line()
"""The line of additional services as data."""
