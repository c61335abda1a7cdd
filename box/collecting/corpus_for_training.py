"""Collected corpora as training wants them: every recording with its words, its speaker and on which side it stands.

Everything is checked before anything is trained: a recording without consent, or of another format, stops it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from box.collecting.corpus_entries import LEAST_SPEAKERS, SPEAKER, Entry, is_held_out
from box.listening.corpus import CorpusWrong, load_corpus
from box.listening.recording import read_answer

__all__ = ["CorpusWrong", "Recording", "is_held_out", "recordings"]


@dataclass(frozen=True, slots=True)
class Recording:
    """``path``: WAV, mono, 16 bits, 8000 Hz. ``words``: lower case, as they were asked for. ``held_out``: for judging,
    never for training."""

    path: Path
    words: tuple[str, ...]
    speaker: str
    held_out: bool


def recordings(folders: Sequence[Path]) -> list[Recording]:
    """Everything in ``folders``, in order of folder and list. Raises CorpusWrong (no corpus, no consent, too few
    speakers, nobody on one of the two sides) or NotAWav, with one line about the first thing that is wrong."""
    found = [each for folder in folders for each in _of(folder)]
    for side, name in ((False, "train on"), (True, "judge by")):
        if not any(each.held_out is side for each in found):
            places = ", ".join(map(str, folders))
            raise CorpusWrong(f"{places}: the speakers' numbers leave nobody to {name}; record more people")
    return found


def _of(folder: Path) -> list[Recording]:
    load_corpus(folder)  # the labels and that the files are there
    path = folder / "labels.json"
    try:
        entries = msgspec.json.decode(path.read_bytes(), type=list[Entry])
    except msgspec.DecodeError as error:
        raise CorpusWrong(f"{path}: {error}; training takes recordings of `linebox voices collect` only") from None
    speakers = {entry.voice for entry in entries}
    if len(speakers) < LEAST_SPEAKERS:
        raise CorpusWrong(
            f"{folder}: {len(speakers)} speakers, and training takes {LEAST_SPEAKERS} at least; with these, judge "
            f"models: linebox model compare A B {folder}"
        )
    return [_checked(folder, path, entry) for entry in entries]


def _checked(folder: Path, path: Path, entry: Entry) -> Recording:
    if not SPEAKER.fullmatch(entry.voice):
        raise CorpusWrong(f"{path}: {entry.file}: {entry.voice!r} is no speaker of `linebox voices collect`")
    if not (entry.consent.text and entry.consent.at and entry.consent.event):
        raise CorpusWrong(f"{path}: {entry.file}: no consent is recorded; delete the recording")
    words = tuple(entry.text.lower().split())
    if not words:
        raise CorpusWrong(f"{path}: {entry.file}: no words")
    read_answer(folder / entry.file)
    return Recording(folder / entry.file, words, entry.voice, is_held_out(entry.voice))
