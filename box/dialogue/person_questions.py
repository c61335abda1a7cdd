"""The questions of the branch to a person, as forms for the ladder: which phrases, which values."""

from __future__ import annotations

from box.dialogue.person import CALL_BACK_DIGITS, known_phone, phone_to_ring
from box.dialogue.questions import QuestionForm, QuestionForms, always, yes_no
from box.dialogue.state import DialogueState, StateId, phrase
from box.dialogue.vocabulary import Phrase, QuestionKind


def _offer(state: DialogueState) -> tuple[Phrase, ...]:
    phone = known_phone(state)
    return (phrase("callback.offer_any"),) if phone is None else (phrase("callback.offer", phone=phone),)


def _offer_short(state: DialogueState) -> tuple[Phrase, ...]:
    phone = known_phone(state)
    return (phrase("callback.offer_any"),) if phone is None else (phrase("callback.short", phone=phone),)


def _ask_phone(state: DialogueState) -> tuple[Phrase, ...]:
    return (phrase("callback.ask"),) if state.call.speech else (phrase("callback.ask_keys"),)


def _ask_phone_short(state: DialogueState) -> tuple[Phrase, ...]:
    return (phrase("callback.ask_short"),) if state.call.speech else (phrase("callback.ask_keys"),)


def _check_phone(state: DialogueState) -> tuple[Phrase, ...]:
    return (phrase("callback.check", phone=phone_to_ring(state)),)


PERSON_QUESTIONS: QuestionForms = {
    StateId.OFFER_CALL_BACK: yes_no(_offer, _offer_short),
    StateId.ASK_PHONE: QuestionForm(
        # Not fixed: eleven digits, with an 8 before them, are as good as ten.
        QuestionKind.DIGITS,
        _ask_phone,
        _ask_phone_short,
        always(phrase("callback.length")),
        lambda _: CALL_BACK_DIGITS,
    ),
    StateId.CONFIRM_PHONE: yes_no(_check_phone, _check_phone),
    StateId.OFFER_SELF_SERVICE: yes_no(
        always(phrase("service.ask")),
        always(phrase("service.short")),
    ),
}
