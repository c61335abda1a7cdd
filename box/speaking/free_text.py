"""Any Russian text said from the clips there are: for trying the voice, not for calls. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from box.errors import CannotSay
from box.speaking.manifest import Clip, Manifest
from box.speaking.numbers import number_words
from box.speaking.script import Piece, Rendered, Said, pause_of

_TOKEN = re.compile(r"\w+(?:-\w+)*|[^\w]+")


def compose_text(text: str, manifest: Manifest) -> Rendered:
    """``text`` from the longest clips that fit, figures as cardinals. Raises CannotSay naming every word that has no
    recording."""
    known = _index(manifest)
    longest = max(map(len, known), default=0)
    pieces: list[Piece] = []
    missing: list[str] = []
    tokens = _tokens(text)
    place = 0
    while place < len(tokens):
        if not _is_word(tokens[place]):
            pieces.append(pause_of(tokens[place]))
            place += 1
            continue
        said, used = _longest(tokens[place : place + longest], known)
        if said is None:
            missing.append(tokens[place])
        else:
            pieces.append(said)
        place += used
    if missing:
        raise CannotSay(f"there is no recording of: {', '.join(dict.fromkeys(missing))}")
    if not any(isinstance(piece, Said) for piece in pieces):
        raise CannotSay("there is nothing to say")
    return Rendered(tuple(pieces), "")


def _tokens(text: str) -> list[str]:
    """Words and what stands between them; figures become number words."""
    tokens: list[str] = []
    for token in _TOKEN.findall(text.strip()):
        if token.isascii() and token.isdigit():
            for word in number_words(int(token)):
                tokens += [word, " "]
            tokens.pop()
        else:
            tokens.append(token)
    return tokens


def _index(manifest: Manifest) -> Mapping[tuple[str, ...], Said]:
    """Every clip by its folded tokens; single words go before fragments of the same words, for they have contours, and
    the first of two that differ in capitals alone («и», the letter «И») is the one meant."""
    index: dict[tuple[str, ...], Said] = {}
    for phrase in manifest.phrases.values():
        for part in phrase.parts:
            if isinstance(part, Clip):
                index.setdefault(_fold(_TOKEN.findall(part.text)), Said(part.name, part.text, fixed=True))
    words = {_fold(_TOKEN.findall(word)): Said(word, word) for word in reversed(list(manifest.words))}
    return index | words


def _longest(tokens: Sequence[str], known: Mapping[tuple[str, ...], Said]) -> tuple[Said | None, int]:
    for length in range(len(tokens), 0, -1):
        said = known.get(_fold(tokens[:length]))
        if said is not None:
            return said, length
    return None, 1


def _fold(tokens: Sequence[str]) -> tuple[str, ...]:
    return tuple(" ".join(token.lower().replace("ё", "е").split()) or " " for token in tokens)


def _is_word(token: str) -> bool:
    return token[0].isalnum()
