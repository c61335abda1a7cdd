"""What the box checks before it answers a line: every menu can be said, every synonym can be heard."""

from __future__ import annotations

import pytest

from box.accounts.model import ClockTrust
from box.dialogue.lines import LINES
from box.dialogue.menu import CHOICES
from box.dialogue.questions import Menu
from box.dialogue.state import DialogueState, StateId
from box.dialogue.vocabulary import CallStarted, OperatorAccess, QuestionKind
from box.understanding.words import load_words
from tests.dialogue.callers import CONFIG, DIALOGUE, HOME, IN_WINDOW
from tests.dialogue.reference import BOOK

WORDS = load_words(HOME / "config" / "intents.toml")
MODEL_WORDS = HOME / "box" / "listening" / "model" / "graph" / "words.txt"


def menus() -> dict[str, Menu]:
    """What each menu of each line takes, but for that of places: its choices are names."""
    call = CallStarted("c", IN_WINDOW, ClockTrust.SYNCED, None, (), OperatorAccess.OPEN, speech=True, reference=BOOK)
    found: dict[str, Menu] = {}
    for line in LINES.values():
        for at, form in line.questions.items():
            if form.kind is QuestionKind.MENU and at is not StateId.ASK_PLACE:
                assert form.menu is not None
                found[at.value] = form.menu(DialogueState(at, call, CONFIG, DIALOGUE.hours))
    return found


MENUS = menus()


@pytest.mark.parametrize("menu", MENUS.values(), ids=MENUS)
def test_every_choice_has_words_and_no_key_that_means_something_else(menu: Menu) -> None:
    assert {*menu.choices.values(), *menu.also} <= {*WORDS.intents, "yes", "no"}
    assert not set(menu.choices) & {"0", "*", "#"}


@pytest.mark.parametrize("name", [name for name in MENUS if name != "choose-service"])
def test_every_choice_of_the_consultation_line_leads_somewhere(name: str) -> None:
    assert {*MENUS[name].choices.values(), *MENUS[name].also} <= {*CHOICES, "yes", "no"}


def test_every_command_is_taken_by_some_menu() -> None:
    taken = {intent for menu in MENUS.values() for intent in (*menu.choices.values(), *menu.also)}
    assert set(CHOICES) <= taken
    assert set(WORDS.intents) <= taken


def test_every_synonym_is_in_the_words_of_the_model() -> None:
    """A word that the recogniser's model lacks can never be heard, and the whole synonym with it."""
    known = {line.split()[0].replace("ё", "е") for line in MODEL_WORDS.read_text("utf-8").splitlines()}
    missing = sorted({word for phrase in WORDS.meanings for word in phrase if word not in known})
    assert missing == []
