"""The objective of mmi.c said plainly in numpy, for its test: sums over paths in the log domain, no gradient."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from box.training.phones import SILENCE, entry_output, stay_output

Array = NDArray[np.float64]


def mmi(outputs: Array, chain: Sequence[int], follow: Array, first: Array) -> float:
    """Log score of all unit sequences less that of ``chain`` (units; a silence in it may be passed over)."""
    return _denominator(outputs, follow, first) - _numerator(outputs, chain)


def _denominator(outputs: Array, follow: Array, first: Array) -> float:
    with np.errstate(divide="ignore"):
        log_follow, log_first = np.log(follow), np.log(first)
    entry, stay = outputs[:, 0::2], outputs[:, 1::2]
    score = log_first + entry[0]
    for t in range(1, len(outputs)):
        arriving = np.logaddexp.reduce(score[:, None] + log_follow, axis=0)
        score = np.logaddexp(score + stay[t], arriving + entry[t])
    return float(np.logaddexp.reduce(score))


def _numerator(outputs: Array, chain: Sequence[int]) -> float:
    score = np.full(len(chain), -np.inf)
    score[:2] = [outputs[0, entry_output(unit)] for unit in chain[:2]]
    for frame in outputs[1:]:
        score = np.array([_arrive(score, frame, chain, place) for place in range(len(chain))])
    return float(np.logaddexp.reduce(score[-2:]))


def _arrive(score: Array, frame: Array, chain: Sequence[int], place: int) -> float:
    unit = chain[place]
    ways = [score[place] + frame[stay_output(unit)]]
    if place >= 1:
        ways.append(score[place - 1] + frame[entry_output(unit)])
    if place >= 2 and chain[place - 1] == SILENCE:
        ways.append(score[place - 2] + frame[entry_output(unit)])
    return float(np.logaddexp.reduce(ways))
