"""A model heard over speech corpora, recording by recording: the same counting as `linebox speech-report`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from box.dialogue.config import load_dialogue_config
from box.listening.corpus import OFFERED, CorpusWrong, Tally, load_corpus, questions_for
from box.listening.recording import question_for, read_answer, recognise
from box.listening.vosk_recogniser import VoskEngine
from box.models.comparison import Outcome, Pair
from box.settings import HOME
from box.understanding.words import load_words

Chosen = Callable[[str], bool]
"""Whether a voice takes part."""


def score(model: Path, corpora: Sequence[Path], chosen: Chosen = lambda _: True) -> list[tuple[str, str, str, Outcome]]:
    """(corpus, file, voice, outcome) of every recording whose voice is ``chosen``, in the corpora's order. Speech that
    nothing should answer is right when it is rejected and wrong when it is accepted. Raises ModelBroken, CorpusWrong,
    NotAWav, SettingsWrong."""
    words = load_words(HOME / "config" / "intents.toml")
    timeouts = load_dialogue_config(HOME / "config" / "dialogue.toml").timeouts
    engine = VoskEngine(model, words)
    rows = []
    for folder in corpora:
        for clip in load_corpus(folder):
            if not chosen(clip.voice):
                continue
            samples = read_answer(folder / clip.file)
            found = [
                recognise(samples, question_for(kind, words, length, OFFERED), words, engine, timeouts)
                for kind, length in questions_for(clip.label)
            ]
            column = Tally().count(clip.label, found, words.digit_words)
            outcome = Outcome(right=column in ("right", "rejected"), wrong=column in ("wrong", "accepted"))
            rows.append((str(folder), clip.file, clip.voice, outcome))
    if not rows:
        raise CorpusWrong("no recording is left to compare on: none of the voices takes part")
    return rows


def pairs(first: Path, second: Path, corpora: Sequence[Path], chosen: Chosen = lambda _: True) -> list[Pair]:
    """Both models over the same recordings. Raises as ``score``."""
    rows = zip(score(first, corpora, chosen), score(second, corpora, chosen), strict=True)
    return [Pair(corpus, voice, one, other) for (corpus, _, voice, one), (*_, other) in rows]
