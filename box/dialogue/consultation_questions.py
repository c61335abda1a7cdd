"""The questions of the consultation line, as forms for the ladder. A menu names four choices in a breath; with the keys
all of them (caller-service.md §2.1, §2.7). No rule of the dialogue is here."""

from __future__ import annotations

from collections.abc import Callable

from box.dialogue.config import CHOICES
from box.dialogue.identity import IDENTITY_QUESTIONS
from box.dialogue.offices import place_menu, places_by_key
from box.dialogue.payment import callers_phone
from box.dialogue.questions import Menu, QuestionForm, QuestionForms, Wording, always, menu, yes_no
from box.dialogue.readings_questions import READINGS_QUESTIONS
from box.dialogue.services import SERVICES_QUESTIONS
from box.dialogue.state import DialogueState, StateId, phrase
from box.dialogue.vocabulary import Phrase

BY_VOICE = ("replace_meter",)
"""What the main menu takes without a key: it is the first of the services."""

ANY_COMMAND = (*CHOICES["main"], *BY_VOICE)
"""What every menu of this line takes by voice."""

DONE = ("no", "finish")


def main_menu(state: DialogueState) -> Menu:
    """The commands by key, as in [keys.main], and by voice."""
    return Menu(state.config.keys.main, also=BY_VOICE)


def what_else_menu(state: DialogueState) -> Menu:
    """The same, and that there is nothing else."""
    return Menu(state.config.keys.main, also=(*BY_VOICE, "other_address", "yes", *DONE))


def pay_menu(state: DialogueState) -> Menu:
    """The ways to pay."""
    return Menu(state.config.keys.payment, also=(*ANY_COMMAND, *DONE))


def office_menu(state: DialogueState) -> Menu:
    """What may follow an office."""
    return Menu(state.config.keys.offices, also=(*ANY_COMMAND, *DONE))


ALL_KEYS = (phrase("menu.keys"), phrase("menu.keys_rest"))
"""Every command with its key."""


def _spoken_or_keys(spoken: tuple[Phrase, ...], keys: tuple[Phrase, ...]) -> Wording:
    return lambda state: spoken if state.call.speech else keys


def _menu(
    body: tuple[Phrase, ...],
    short: tuple[Phrase, ...],
    keys: tuple[Phrase, ...],
    takes: Callable[[DialogueState], Menu],
) -> QuestionForm:
    """A menu whose words do not depend on the call: by voice first, by keys alone without a recogniser."""
    return menu(_spoken_or_keys(body, keys), _spoken_or_keys(short, keys), always(*keys), takes)


def _place_body(state: DialogueState) -> tuple[Phrase, ...]:
    """The next places were asked for by key, so they are named; else any place may be said."""
    if state.call.speech and not state.progress.places_page:
        return (phrase("office.ask"),)
    return places_by_key(state)


def _place_short(state: DialogueState) -> tuple[Phrase, ...]:
    return (phrase("office.ask_short"),) if state.call.speech else places_by_key(state)


def _link_offer(state: DialogueState) -> tuple[Phrase, ...]:
    return (phrase("pay.link_offer", phone=callers_phone(state)),)


def _forget_offer(state: DialogueState) -> tuple[Phrase, ...]:
    return (phrase("forget.what"), phrase("forget.offer", phone=callers_phone(state)))


def _forget_short(state: DialogueState) -> tuple[Phrase, ...]:
    return (phrase("forget.offer", phone=callers_phone(state)),)


MENUS: QuestionForms = {
    StateId.MAIN_MENU: _menu((phrase("menu.ask"), phrase("menu.more")), (phrase("menu.short"),), ALL_KEYS, main_menu),
    StateId.MORE_MENU: _menu((phrase("menu.rest"),), (phrase("menu.rest_short"),), ALL_KEYS, main_menu),
    StateId.WHAT_ELSE: _menu(
        (phrase("menu.else"),), (phrase("menu.else_short"),), (phrase("menu.else"), *ALL_KEYS), what_else_menu
    ),
    StateId.PAY_MENU: _menu((phrase("pay.ask"),), (phrase("pay.short"),), (phrase("pay.keys"),), pay_menu),
    StateId.OFFICE_TOLD: _menu(
        (phrase("office.else"),), (phrase("office.else_short"),), (phrase("office.else_keys"),), office_menu
    ),
    StateId.ASK_PLACE: menu(_place_body, _place_short, places_by_key, place_menu),
}

CONFIRMATIONS: QuestionForms = {
    StateId.CONFIRM_PAY_LINK: yes_no(_link_offer, _link_offer),
    StateId.CONFIRM_FORGETTING: yes_no(_forget_offer, _forget_short),
}

CONSULTATION_QUESTIONS: QuestionForms = {
    **{at: form for at, form in READINGS_QUESTIONS.items() if at is not StateId.ANYTHING_ELSE},
    **IDENTITY_QUESTIONS,
    **SERVICES_QUESTIONS,
    **MENUS,
    **CONFIRMATIONS,
}
"""All but those of the branch to a person, which every line has."""
