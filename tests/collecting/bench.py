"""A collecting line in simulated time; its caller says what a test tells him, in the recorded voice of the box."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from box.collecting.corpus_folder import open_corpus
from box.collecting.line import Collection, modem_line
from box.collecting.things_to_say import Thing, draw, things_in
from box.collecting.virtual_line import LineClock, play
from box.collecting.volunteer_call import Collected
from box.dialogue.vocabulary import Phrase
from box.listening.hearing import Engine
from box.listening.vosk_recogniser import VoskEngine
from box.settings import HOME
from box.speaking.opening import open_voice
from box.speaking.values import render
from box.understanding.words import load_words
from firmware.virtual.line_plan import CallPlan, HangUp, Impairment, LinePlan, Press, Speak, Step, Wait
from firmware.vocabulary import Samples
from tests.kit.simulated_clock import SimulatedClock

VOICE = open_voice()
WORDS = load_words(HOME / "config" / "intents.toml")
TEXTS = {entry.id: entry.text for entry in VOICE.manifest.phrases.values()}
WALL = datetime(2026, 11, 20, 12, tzinfo=UTC)
SEED = 8

_engines: list[Engine] = []


def engine() -> Engine:
    """The committed model, loaded once."""
    if not _engines:
        _engines.append(VoskEngine(HOME / "box" / "listening" / "model", WORDS))
    return _engines[0]


def spoken(*ids: str) -> Samples:
    """Prompts as sound: the committed recordings."""
    return VOICE.speak([Phrase(id_) for id_ in ids]).samples


YES, NO = "collect.say.yes.1", "collect.say.no.1"


def numbers(seed: int = 1) -> Callable[[int], bytes]:
    """Random bytes that are the same in every run."""
    return random.Random(seed).randbytes


def first_number(seed: int = 1) -> str:
    """The number that the first speaker gets from ``numbers(seed)``."""
    return f"{int.from_bytes(numbers(seed)(8)) % 1_000_000:06d}"


def asked(number: str, count: int) -> tuple[Thing, ...]:
    """What the speaker of this number is asked to say."""
    return draw(things_in(TEXTS), count, random.Random(f"{SEED} {number}"))


def says(samples: Samples, what: str = "speech") -> Step:
    return Step(Wait.QUESTION, Speak(samples, what), after_s=0.2)


def repeats(thing: Thing, gain: float = 1.0) -> Step:
    """Say what was asked for."""
    row = thing.prompt.values.get("digits")
    sound = (VOICE.speak([thing.prompt]) if row is None else VOICE.say(render(row, VOICE.places))).samples
    return says(np.clip(sound * gain, -32768, 32767).astype(np.int16), thing.text)


def presses(keys: str) -> Step:
    return Step(Wait.QUESTION, Press(keys), after_s=0.2)


def hangs_up() -> Step:
    return Step(Wait.QUESTION, HangUp(), after_s=0.2)


END = Step(Wait.END)


def collect(
    folder: Path,
    *calls: tuple[Step, ...],
    count: int = 3,
    profile: str = "generic",
    hears: bool = True,
    random_bytes: Callable[[int], bytes] | None = None,
    impairment: Impairment | None = None,
) -> list[Collected]:
    """Play ``calls`` one after another into the corpus ``folder``."""
    done: list[Collected] = []
    clock = LineClock(SimulatedClock(WALL))
    plan = LinePlan(calls=tuple(CallPlan(number="74995550101", steps=steps) for steps in calls))
    if impairment is not None:
        plan = LinePlan(calls=plan.calls, impairment=impairment)
    with open_corpus(folder) as corpus:
        collection = Collection(
            *(corpus, VOICE, engine() if hears else None, clock, count, SEED, done.append),
            random_bytes=random_bytes or numbers(),
        )
        play(plan, profile, clock, lambda heard, failed: modem_line(collection, None, True, heard, failed))
    return done
