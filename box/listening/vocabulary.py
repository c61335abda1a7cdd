"""What a recogniser reports while it listens, besides answers. Data only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from box.dialogue.vocabulary import DialogueEvent
from box.understanding.senses import Meaning


@dataclass(frozen=True, slots=True)
class CallerSpeaks:
    """Somebody has begun to speak: nobody is silent any more. Followed by an answer, a SpokenPart or CallerFellSilent
    within the longest utterance."""


@dataclass(frozen=True, slots=True)
class CallerFellSilent:
    """What sounded like speech is over and held no word: a cough, a click, or a key's tone."""


@dataclass(frozen=True, slots=True)
class SpokenPart:
    """Digits said without a long pause, as their meanings; more may follow, spoken or typed."""

    row: tuple[Meaning, ...]


@dataclass(frozen=True, slots=True)
class EntryPaused:
    """After a SpokenPart that left the entry short the caller has been silent for long."""


HearingEvent: TypeAlias = CallerSpeaks | CallerFellSilent | SpokenPart | EntryPaused | DialogueEvent
"""What is heard in one turn of listening. Of the dialogue's events only answers of the caller occur."""


@dataclass(frozen=True, slots=True)
class Heard:
    """One event of one turn: what belongs to a turn that is over must not be acted on."""

    turn: int
    event: HearingEvent
