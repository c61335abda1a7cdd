"""How well a network hears people who were kept apart: phone errors, and digit words cut out of read sentences.

Works on features, since of these people nothing else is known; libvosk has no part in it. Pure.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from box.training.batches import CONTEXT, SUBSAMPLING, chain_of, outputs_of, padded
from box.training.copies import Example
from box.training.features import FROM_LOG_MEL
from box.training.lexicon import Lexicon
from box.training.mmi import UnitBigram
from box.training.model_writer import Layer
from box.training.phones import SILENCE, UNIT_OF, UNITS
from box.training.texts import DIGITS

Array = NDArray[np.float64]


@dataclass
class PeopleScore:
    """``phone_errors`` of ``phones``; ``digits`` words forced into one of ten, ``digit_errors`` of them wrong."""

    speakers: int = 0
    phones: int = 0
    phone_errors: int = 0
    digits: int = 0
    digit_errors: int = 0
    confused: dict[str, int] = field(default_factory=dict)


def outputs_for(layers: Sequence[Layer], energies: Array) -> Array:
    """(outputs, OUTPUTS) log scores as libvosk evaluates the layers on log-mel energies."""
    values = padded((energies @ FROM_LOG_MEL).astype(np.float32)).astype(np.float64)
    wanted = outputs_of(len(energies))
    times = np.arange(-CONTEXT, len(values) - CONTEXT)
    for number, layer in enumerate(layers):
        reach = layer.offsets[-1]
        if number == 1:  # from here on only every third frame is needed
            times = times[reach:-reach:SUBSAMPLING]
            values = _spliced(values, layer.offsets, reach, SUBSAMPLING)
        elif number > 1:
            step = layer.offsets[-1] // SUBSAMPLING
            values = _spliced(values, tuple(o // SUBSAMPLING for o in layer.offsets), step, 1)
        else:
            times = times[reach:-reach]
            values = _spliced(values, layer.offsets, reach, 1)
        values = values @ layer.weights.T + layer.bias
        if layer.rectified:
            values = np.maximum(values, 0)
    return values[:wanted]


def _spliced(values: Array, offsets: Sequence[int], reach: int, stride: int) -> Array:
    centres = np.arange(reach, len(values) - reach, stride)
    return np.concatenate([values[centres + offset] for offset in offsets], 1)


def score_people(
    layers: Sequence[Layer], examples: Sequence[Example], lexicon: Lexicon, bigram: UnitBigram, seed: int = 1
) -> PeopleScore:
    """Over ``examples`` as they are, without noise or line."""
    score = PeopleScore(speakers=len({example.speaker for example in examples}))
    rng = random.Random(seed)
    for example in examples:
        outputs = outputs_for(layers, example.energies.astype(np.float64))
        said = [unit for unit in chain_of(example.words, lexicon, rng) if unit != SILENCE]
        heard = [unit for unit in best_units(outputs, bigram) if unit != SILENCE]
        score.phones += len(said)
        score.phone_errors += distance(said, heard)
        _score_digits(score, outputs, example.words, lexicon)
    return score


def best_units(outputs: Array, bigram: UnitBigram) -> list[int]:
    """The likeliest row of units under the bigram."""
    follow = np.log(bigram.follow + 1e-20)
    best = np.log(bigram.first + 1e-20) + outputs[0, 0::2]
    came_from = np.full((len(outputs), UNITS), -1)
    for t in range(1, len(outputs)):
        arriving = best[:, None] + follow
        origin = arriving.argmax(0)
        enter = arriving[origin, np.arange(UNITS)] + outputs[t, 0::2]
        stay = best + outputs[t, 1::2]
        came_from[t] = np.where(enter > stay, origin, -1)
        best = np.maximum(enter, stay)
    unit = int(best.argmax())
    row = [unit]
    for t in range(len(outputs) - 1, 0, -1):
        if came_from[t, unit] >= 0:
            unit = int(came_from[t, unit])
            row.append(unit)
    return row[::-1]


def _score_digits(score: PeopleScore, outputs: Array, words: Sequence[str], lexicon: Lexicon) -> None:
    for place, word in enumerate(words):
        if word in DIGITS:
            alternatives = {
                digit: max(
                    _chain_score(outputs, [*words[:place], digit, *words[place + 1 :]], place, way, lexicon)
                    for way in range(len(lexicon.of(digit)))
                )
                for digit in DIGITS
            }
            heard = max(alternatives, key=lambda digit: alternatives[digit])
            score.digits += 1
            if heard != word:
                score.digit_errors += 1
                key = f"{word} → {heard}"
                score.confused[key] = score.confused.get(key, 0) + 1


def _chain_score(outputs: Array, words: Sequence[str], place: int, way: int, lexicon: Lexicon) -> float:
    """The best path of a sentence with one word said in one way."""
    chain = [SILENCE]
    for number, word in enumerate(words):
        phones = lexicon.of(word)[way if number == place else 0]
        chain += [UNIT_OF[phone] for phone in phones] + [SILENCE]
    units = np.array(chain)
    score = np.full(len(units), -np.inf)
    score[:2] = outputs[0, 2 * units[:2]]
    may_skip = np.zeros(len(units), bool)
    may_skip[2:] = units[1:-1] == SILENCE
    for frame in outputs[1:]:
        one = np.concatenate([[-np.inf], score[:-1]])
        two = np.where(may_skip, np.concatenate([[-np.inf] * 2, score[:-2]]), -np.inf)
        score = np.maximum(score + frame[2 * units + 1], np.maximum(one, two) + frame[2 * units])
    return float(score[-2:].max())


def distance(a: Sequence[int], b: Sequence[int]) -> int:
    """Insertions, deletions and substitutions between two rows."""
    row = np.arange(len(b) + 1)
    other = np.array(b)
    for i, unit in enumerate(a, start=1):
        changed = np.minimum(row[1:] + 1, row[:-1] + (other != unit)) if len(b) else row[:0]
        row = np.concatenate([[i], changed])
        row = np.minimum.accumulate(row - np.arange(len(row))) + np.arange(len(row))
    return int(row[-1])


def as_percentages(score: PeopleScore) -> Mapping[str, float]:
    """For tables."""
    return {
        "phone_error_rate": round(100 * score.phone_errors / max(score.phones, 1), 2),
        "digit_word_error_rate": round(100 * score.digit_errors / max(score.digits, 1), 2),
    }
