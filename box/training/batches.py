"""Utterances into batches: padded as libvosk pads, laid end to end in one row of frames. Pure."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from box.training.lexicon import Lexicon
from box.training.phones import SILENCE, UNIT_OF

CONTEXT = 15
SUBSAMPLING = 3
_CAREFUL_SHARE = 0.7


@dataclass(frozen=True, slots=True)
class Piece:
    """Where one utterance's outputs stand in the batch, and its transcript."""

    outputs: slice
    chain: tuple[int, ...]


def chain_of(words: Sequence[str], lexicon: Lexicon, rng: random.Random) -> tuple[int, ...]:
    """Units of a transcript: silence (which may be passed over) around and between words, each word said in one of its
    ways, the careful one most often."""
    chain = [SILENCE]
    for word in words:
        ways = lexicon.of(word)
        way = ways[0] if rng.random() < _CAREFUL_SHARE else rng.choice(ways)
        chain += [UNIT_OF[phone] for phone in way] + [SILENCE]
    return tuple(chain)


def outputs_of(frames: int) -> int:
    """How many outputs libvosk evaluates for so many frames."""
    return (frames + SUBSAMPLING - 1) // SUBSAMPLING


def padded(features: NDArray[np.float32]) -> NDArray[np.float32]:
    """With the first and last frame repeated as libvosk does, to a length that SUBSAMPLING divides."""
    wanted = (outputs_of(len(features)) - 1) * SUBSAMPLING + 1 + 2 * CONTEXT
    wanted += -wanted % SUBSAMPLING
    return np.pad(features, ((CONTEXT, wanted - CONTEXT - len(features)), (0, 0)), mode="edge")


def laid_out(
    utterances: Sequence[tuple[NDArray[np.float32], tuple[int, ...]]],
) -> tuple[NDArray[np.float32], list[Piece]]:
    """All utterances (features, chain) as one row of frames, and where each one's outputs come out."""
    rows, pieces, place = [], [], 0
    for features, chain in utterances:
        row = padded(features)
        start = place // SUBSAMPLING
        pieces.append(Piece(slice(start, start + outputs_of(len(features))), chain))
        rows.append(row)
        place += len(row)
    return np.concatenate(rows), pieces
