"""A phrase of the manifest filled with its values: one row of clips and pauses, and its English.

Pure. What a value sounds like is the duty of ``values``; here are only the joints around it.
"""

from __future__ import annotations

from collections.abc import Sequence

from box.dialogue.vocabulary import Phrase, SpokenName
from box.errors import CannotSay
from box.speaking.addresses import Places
from box.speaking.manifest import Clip, Manifest, PhraseEntry
from box.speaking.phrase_texts import filled
from box.speaking.script import FALLING, FULL_STOP, Pause, Piece, Rendered, Said
from box.speaking.values import render


def compose(phrases: Sequence[Phrase], manifest: Manifest, places: Places) -> Rendered:
    """All ``phrases``, one after another with a sentence's pause between them. Raises CannotSay for an unknown id,
    a value that is missing or too many, or a value that has no words."""
    pieces: list[Piece] = []
    glosses: list[str] = []
    complete = True
    for phrase in phrases:
        one = compose_one(phrase, manifest, places)
        if pieces and one.pieces:
            pieces.append(_between_sentences(pieces))
        pieces += one.pieces
        glosses.append(one.gloss)
        complete = complete and one.complete
    return Rendered(tuple(pieces), " ".join(filter(None, glosses)), complete)


def compose_one(phrase: Phrase, manifest: Manifest, places: Places) -> Rendered:
    """One phrase; see ``compose``. Nothing at all where a proper name that it is about has no sound."""
    entry = manifest.phrases.get(phrase.id)
    if entry is None:
        raise CannotSay(f"there is no prompt {phrase.id}; `linebox prompts list` shows those there are")
    _check_values(entry, phrase)
    values = {name: render(value, places) for name, value in phrase.values.items()}
    if any(isinstance(phrase.values[name], SpokenName) and not value.pieces for name, value in values.items()):
        return Rendered((), "", complete=False)  # «— нажмите один» with nothing before it would only confuse
    pieces: list[Piece] = []
    hole = False
    for part in entry.parts:
        if isinstance(part, Clip):
            pieces.append(Said(part.name, part.text, fixed=True))
        elif isinstance(part, Pause):
            _add_pause(pieces, part, hole)
            hole = False
            continue
        else:
            pieces += values[part.name].pieces
            hole = not values[part.name].pieces
    gloss = filled(entry.gloss, {name: value.gloss for name, value in values.items()})
    return Rendered(tuple(pieces), gloss, all(value.complete for value in values.values()))


def _check_values(entry: PhraseEntry, phrase: Phrase) -> None:
    missing, surplus = entry.values - phrase.values.keys(), phrase.values.keys() - entry.values
    if missing:
        raise CannotSay(f"the prompt {entry.id} wants a value for {', '.join(sorted(missing))}")
    if surplus:
        raise CannotSay(f"the prompt {entry.id} has no place for {', '.join(sorted(surplus))}")


def _add_pause(pieces: list[Piece], pause: Pause, hole: bool) -> None:
    """Add ``pause``; after a value that says nothing, only one of the two pauses around it is left."""
    if hole and (not pieces or _ends_sentence(pieces[-1])):
        return
    if hole and isinstance(pieces[-1], Pause):
        pieces.pop()
    pieces.append(pause)


def _ends_sentence(piece: Piece) -> bool:
    return isinstance(piece, Pause) and bool(FALLING & set(piece.mark) or "?" in piece.mark)


def _between_sentences(pieces: list[Piece]) -> Pause:
    """The pause after the last sentence of ``pieces``, which loses its own."""
    last = pieces.pop() if isinstance(pieces[-1], Pause) else None
    mark = last.mark if isinstance(last, Pause) else ""
    return Pause(mark.rstrip() + " ", FULL_STOP.duration_s)
