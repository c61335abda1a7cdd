"""The talk with a volunteer: consent, one thing to say after another, thanks. A table; no clock, line or file.

What is kept was agreed to: no effect Keep can come before a yes, and whoever withdraws ends with Forget.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import TypeAlias

from box.collecting.things_to_say import Thing
from box.dialogue.vocabulary import DigitRow, Phrase
from box.errors import DialogueDefect

TRIES = 3
"""Of one thing, and of the question for consent."""

GIVEN_UP = 3
"""So many things in a row that nothing came of: nobody is there, or the line is no good."""


class Stage(Enum):
    """Where the talk is."""

    CONSENT = "consent"
    REPEATING = "repeating"
    THANKED = "thanked"  # key 9 still counts
    OVER = "over"


class Event(Enum):
    """What can happen."""

    YES = "yes"
    NO = "no"
    GOOD = "good"  # a recording that can be kept
    TOO_QUIET = "too-quiet"
    TOO_LOUD = "too-loud"
    TOO_SHORT = "too-short"  # less sound than the words take, or more than anybody needs
    SILENT = "silent"
    UNCLEAR = "unclear"  # other speech at the question for consent; a key without a meaning
    AGAIN = "again"  # key *
    SKIP = "skip"  # key #
    ENOUGH = "enough"  # key 0
    WITHDRAW = "withdraw"  # key 9
    TIME_UP = "time-up"
    NOT_SAVED = "not-saved"
    NOT_ERASED = "not-erased"


@dataclass(frozen=True, slots=True)
class AskConsent:
    """Speak and wait for yes or no."""

    phrases: tuple[Phrase, ...]


@dataclass(frozen=True, slots=True)
class AskFor:
    """Speak and record what is said then."""

    phrases: tuple[Phrase, ...]
    thing: Thing


@dataclass(frozen=True, slots=True)
class Keep:
    """Store the recording that has just been made as ``thing``."""

    thing: Thing


@dataclass(frozen=True, slots=True)
class Forget:
    """Delete everything of this speaker."""


@dataclass(frozen=True, slots=True)
class Thank:
    """Speak and wait a moment for a last key."""

    phrases: tuple[Phrase, ...]


@dataclass(frozen=True, slots=True)
class Close:
    """Speak if there is anything to be said, then hang up."""

    phrases: tuple[Phrase, ...]


Effect: TypeAlias = AskConsent | AskFor | Keep | Forget | Thank | Close


@dataclass(frozen=True, slots=True)
class Talk:
    """The state. ``number``: the speaker's, spoken at the end. ``place``: in ``things``. ``tries``: of this question or
    thing that came to nothing; ``given_up``: things in a row that were passed over for it; ``kept``: recordings."""

    number: str
    things: tuple[Thing, ...]
    stage: Stage = Stage.CONSENT
    place: int = 0
    tries: int = 0
    given_up: int = 0
    kept: int = 0


Step: TypeAlias = tuple[Talk, tuple[Effect, ...]]
Handler: TypeAlias = Callable[[Talk], Step]


def begin(number: str, things: tuple[Thing, ...]) -> Step:
    """A new speaker is on the line. ``number``: six digits."""
    return Talk(number, things), (AskConsent(CONSENT_TEXT),)


def step(talk: Talk, event: Event) -> Step:
    """What follows from ``event``. Raises DialogueDefect for a pair that the table does not list."""
    handler = TABLE[talk.stage].get(event)
    if handler is None:
        raise DialogueDefect(f"collecting: {event.value} while {talk.stage.value}")
    return handler(talk)


CONSENT_TEXT = (Phrase("collect.hello"), Phrase("collect.purpose"), Phrase("collect.rights"), Phrase("collect.consent"))
"""What a speaker agrees to; its words are hashed into the consent that is recorded."""


def _agreed(talk: Talk) -> Step:
    return _ask_for(replace(talk, stage=Stage.REPEATING, tries=0), Phrase("collect.how"))


def _refused(talk: Talk) -> Step:
    return _close(talk, Phrase("collect.nothing_kept"))


def _consent_unclear(talk: Talk) -> Step:
    if talk.tries + 1 >= TRIES:
        return _refused(talk)
    return replace(talk, tries=talk.tries + 1), (AskConsent((Phrase("collect.consent_again"),)),)


def _consent_again(talk: Talk) -> Step:
    return talk, (AskConsent(CONSENT_TEXT),)


def _good(talk: Talk) -> Step:
    thing = talk.things[talk.place]
    after, effects = _next(replace(talk, kept=talk.kept + 1, given_up=0))
    return after, (Keep(thing), *effects)


def _once_more(lead: str) -> Handler:
    """The same thing again after the prompt ``lead``, until it has come to nothing too often."""

    def handle(talk: Talk) -> Step:
        if talk.tries + 1 < TRIES:
            return _ask_for(replace(talk, tries=talk.tries + 1), Phrase(lead))
        if talk.given_up + 1 >= GIVEN_UP:
            return _thank(talk)
        return _next(replace(talk, given_up=talk.given_up + 1))

    return handle


def _again(talk: Talk) -> Step:
    return _ask_for(talk)


def _skip(talk: Talk) -> Step:
    return _next(replace(talk, given_up=0))


def _next(talk: Talk) -> Step:
    after = replace(talk, place=talk.place + 1, tries=0)
    return _ask_for(after) if after.place < len(talk.things) else _thank(after)


def _ask_for(talk: Talk, *before: Phrase) -> Step:
    thing = talk.things[talk.place]
    return talk, (AskFor((*before, thing.prompt), thing),)


def _thank(talk: Talk) -> Step:
    if not talk.kept:
        return _close(talk, Phrase("collect.nothing_kept"))
    thanks = Phrase("collect.thanks", {"number": DigitRow(talk.number)})
    return replace(talk, stage=Stage.THANKED), (Thank((thanks,)),)


def _hang_up(talk: Talk) -> Step:
    return _close(talk)


def _withdrawn(talk: Talk) -> Step:
    after, effects = _close(replace(talk, kept=0), Phrase("collect.erased"))
    return after, (Forget(), *effects)


def _not_erased(talk: Talk) -> Step:
    return _close(talk, Phrase("collect.not_erased", {"number": DigitRow(talk.number)}))


def _not_saved(talk: Talk) -> Step:
    return _close(talk, Phrase("collect.not_saved"))


def _close(talk: Talk, *phrases: Phrase) -> Step:
    return replace(talk, stage=Stage.OVER), (Close(phrases),)


_BAD = (Event.TOO_QUIET, Event.TOO_LOUD, Event.TOO_SHORT)

TABLE: Mapping[Stage, Mapping[Event, Handler]] = {
    Stage.CONSENT: {
        Event.YES: _agreed,
        Event.NO: _refused,
        Event.ENOUGH: _refused,
        Event.WITHDRAW: _refused,
        Event.TIME_UP: _refused,
        Event.SILENT: _consent_unclear,
        Event.UNCLEAR: _consent_unclear,
        Event.SKIP: _consent_unclear,
        Event.AGAIN: _consent_again,
    },
    Stage.REPEATING: {
        Event.GOOD: _good,
        Event.TOO_QUIET: _once_more("collect.quiet"),
        Event.TOO_LOUD: _once_more("collect.loud"),
        Event.TOO_SHORT: _once_more("collect.once_more"),
        Event.SILENT: _once_more("collect.silence"),
        Event.UNCLEAR: _once_more("collect.once_more"),
        Event.AGAIN: _again,
        Event.SKIP: _skip,
        Event.ENOUGH: _thank,
        Event.TIME_UP: _thank,
        Event.WITHDRAW: _withdrawn,
        Event.NOT_SAVED: _not_saved,
    },
    Stage.THANKED: {
        Event.WITHDRAW: _withdrawn,
        Event.NOT_SAVED: _not_saved,
        Event.AGAIN: _thank,
        **dict.fromkeys(
            (Event.SILENT, Event.UNCLEAR, Event.SKIP, Event.ENOUGH, Event.TIME_UP, Event.GOOD, *_BAD), _hang_up
        ),
    },
    Stage.OVER: {Event.NOT_ERASED: _not_erased, Event.TIME_UP: _hang_up},
}
