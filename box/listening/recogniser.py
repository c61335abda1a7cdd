"""The recogniser as the call sees it. Engines are plugged in behind :class:`Recogniser`; without one, keys it is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from box.dialogue.vocabulary import DialogueEvent, Question
from firmware.vocabulary import Samples


class Recogniser(Protocol):
    """Turns the caller's speech into answers, one question at a time. Calls return at once; an answer is handed to the
    callback given at construction, from a thread of the engine's own."""

    def start(self, question: Question) -> None:
        """What is fed from now on answers ``question``; anything unfinished is dropped."""
        ...

    def feed(self, samples: Samples) -> None:
        """Received sound, 8000 Hz, in order."""
        ...

    def stop(self) -> None:
        """Nobody waits for an answer any more."""
        ...


OnAnswer = Callable[[DialogueEvent], None]

MODEL_FILES = ("am/final.mdl", "conf/model.conf", "graph")


def missing_model_parts(folder: Path) -> list[str]:
    """What a Vosk model in ``folder`` lacks; empty = all there."""
    if not folder.is_dir():
        return [f"{folder} (no such folder)"]
    return [part for part in MODEL_FILES if not (folder / part).exists()]
