"""How a question is put: the ladder of wordings, the same for every question, and the form each question fills in.

Short first, longer on trouble, keys last (caller-service.md §2.1, §2.3). Without a recogniser the same ladder speaks of
keys only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from box.dialogue.attempts import DENIALS_BEFORE_KEYS
from box.dialogue.state import DialogueState, StateId, phrase
from box.dialogue.vocabulary import DigitRow, Phrase, PlausibleReading, Question, QuestionKind

Wording: TypeAlias = Callable[[DialogueState], tuple[Phrase, ...]]

FULL_LEVEL, SHORT_LEVEL, KEYS_LEVEL = range(3)
"""The steps of the ladder: as first put, shortened, with the keys named."""


@dataclass(frozen=True, slots=True)
class Menu:
    """What a menu takes, as a vocabulary ``Question`` has it: by key and voice, by voice alone, by name."""

    choices: Mapping[str, str]
    also: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class QuestionForm:
    """One question of a line. ``body`` is how it is put at first, ``short`` after one failure, ``detail`` after two
    (before the hint at keys). ``length``: expected digits; ``fixed``: the entry ends on the last of them. ``menu``:
    what a MENU takes; ``plausible``: what is known of a reading before it is given."""

    kind: QuestionKind
    body: Wording
    short: Wording
    detail: Wording
    length: Callable[[DialogueState], int] | None = None
    fixed: bool = False
    menu: Callable[[DialogueState], Menu] | None = None
    plausible: Callable[[DialogueState], PlausibleReading | None] | None = None


QuestionForms: TypeAlias = Mapping[StateId, QuestionForm]


def yes_no(body: Wording, short: Wording) -> QuestionForm:
    """A question that ДА or НЕТ answers; ``body`` must not name the form of the answer, the ladder does."""
    return QuestionForm(QuestionKind.YES_NO, body, short, body)


def menu(body: Wording, short: Wording, keys: Wording, takes: Callable[[DialogueState], Menu]) -> QuestionForm:
    """A question that a choice answers; each wording names the choices itself, ``keys`` with their keys. On a box
    without a recogniser ``body`` and ``short`` must speak of keys too."""
    return QuestionForm(QuestionKind.MENU, body, short, keys, menu=takes)


def always(*phrases: Phrase) -> Wording:
    """A wording without values."""
    return lambda _: phrases


def question(form: QuestionForm, state: DialogueState) -> Question:
    """What is listened for in ``state``."""
    takes = form.menu(state) if form.menu is not None else Menu({})
    asked = Question(
        id=state.at.value,
        kind=form.kind,
        length=form.length(state) if form.length is not None else None,
        fixed=form.fixed,
        choices=takes.choices,
        also=takes.also,
        names=takes.names,
        plausible=form.plausible(state) if form.plausible is not None else None,
    )
    return replace(asked, noinput_s=state.config.timeouts.hold_s) if state.holding else asked


def wording(form: QuestionForm, state: DialogueState) -> tuple[Phrase, ...]:
    """What is said to put the question of ``state``; nothing while the caller has us wait."""
    if state.holding:
        return ()
    level = _level(form, state)
    hint = HINTS[form.kind][state.call.speech]
    if level == SHORT_LEVEL:
        return (*form.short(state), *hint.short)
    if level == KEYS_LEVEL:
        return (*form.detail(state), *(hint.keys if state.person_there else hint.keys_alone or hint.keys))
    explained = form.kind is QuestionKind.YES_NO and state.done.yes_no_explained
    return (*form.body(state), *(hint.known if explained else hint.first))


def _level(form: QuestionForm, state: DialogueState) -> int:
    """The step of the ladder: one down for each failure; an entry asked for once more is not explained again."""
    tally = state.tally
    if tally.failures:
        return min(tally.failures, KEYS_LEVEL)
    in_trouble = state.done.gave_up and tally.all_failures
    if in_trouble or tally.denied >= DENIALS_BEFORE_KEYS:
        return KEYS_LEVEL
    asked_again = form.kind is QuestionKind.DIGITS and (tally.denied or tally.refused)
    return SHORT_LEVEL if asked_again else FULL_LEVEL


def heard_so_far(digits: str) -> Phrase:
    """What a caller is told who stopped in the middle of an entry: what was heard, and that it goes on."""
    return phrase("entry.heard", digits=DigitRow(digits))


@dataclass(frozen=True, slots=True)
class _Hint:
    """The form of the answer: told the first time, once it is known, in a shortened question, and with the keys;
    ``keys_alone`` where those must not name the operator, since nobody is there."""

    first: tuple[Phrase, ...] = ()
    known: tuple[Phrase, ...] = ()
    short: tuple[Phrase, ...] = ()
    keys: tuple[Phrase, ...] = ()
    keys_alone: tuple[Phrase, ...] = ()


HINTS: Mapping[QuestionKind, Mapping[bool, _Hint]] = {
    QuestionKind.YES_NO: {
        True: _Hint(
            first=(phrase("hint.yes_no"),),
            known=(phrase("hint.yes_no_short"),),
            short=(phrase("hint.yes_no_short"),),
            keys=(phrase("hint.yes_no_or_keys"),),
        ),
        False: _Hint(
            first=(phrase("hint.yes_no_keys"),),
            known=(phrase("hint.yes_no_keys_short"),),
            short=(phrase("hint.yes_no_keys"),),
            keys=(phrase("hint.yes_no_keys_long"),),
            keys_alone=(phrase("hint.yes_no_keys"),),
        ),
    },
    QuestionKind.DIGITS: {
        True: _Hint(keys=(phrase("hint.digits_or_keys"),)),
        False: _Hint(keys=(phrase("hint.digits_keys_long"),)),
    },
    QuestionKind.MENU: {True: _Hint(), False: _Hint()},  # a menu names its own choices
}
"""By kind of question and whether the box understands speech."""
