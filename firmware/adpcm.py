"""IMA ADPCM, four bits a sample, as voice modems stream it: no blocks and no headers, first sample in the LOW nibble.

Algorithm: IMA Digital Audio Focus and Technical Working Groups, "Recommended Practices for Enhancing Digital Audio
Compatibility in Multimedia Systems", revision 3.00 (1992), §6. Both ends start from predictor 0 and step index 0 when
a stream begins. Nibble order: the one in which vgetty stores and plays the samples of MultiTech and Lucent modems; the
standard leaves it open, and other containers (VOX, RTP's DVI4) put the first sample high.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from firmware.vocabulary import Samples

_STEPS = (
    *(7, 8, 9, 10, 11, 12, 13, 14, 16, 17, 19, 21, 23, 25, 28, 31, 34, 37, 41, 45, 50, 55, 60, 66, 73, 80, 88, 97),
    *(107, 118, 130, 143, 157, 173, 190, 209, 230, 253, 279, 307, 337, 371, 408, 449, 494, 544, 598, 658, 724, 796),
    *(876, 963, 1060, 1166, 1282, 1411, 1552, 1707, 1878, 2066, 2272, 2499, 2749, 3024, 3327, 3660, 4026, 4428, 4871),
    *(5358, 5894, 6484, 7132, 7845, 8630, 9493, 10442, 11487, 12635, 13899, 15289, 16818, 18500, 20350, 22385, 24623),
    *(27086, 29794, 32767),
)
_INDEX_STEPS = (-1, -1, -1, -1, 2, 4, 6, 8)
_LOWEST, _HIGHEST = -32768, 32767


def _parts(step: int, magnitude: int) -> int:
    """The share of ``diff`` that the three magnitude bits stand for, each truncated on its own as the standard does."""
    return (step if magnitude & 4 else 0) + (step >> 1 if magnitude & 2 else 0) + (step >> 2 if magnitude & 1 else 0)


def _change(step: int, code: int) -> int:
    change = (step >> 3) + _parts(step, code & 7)
    return -change if code & 8 else change


# A state is the step index times sixteen; a state plus a code addresses one row of these.
_CHANGES: list[int] = [_change(step, code) for step in _STEPS for code in range(16)]
_NEXT: list[int] = [
    min(max(index + _INDEX_STEPS[code & 7], 0), len(_STEPS) - 1) * 16
    for index in range(len(_STEPS))
    for code in range(16)
]
_CHANGE_ARRAY: NDArray[np.int32] = np.array(_CHANGES, dtype=np.int32)

# For each step index: the fifteen bounds that part the differences into the sixteen codes, ascending.
_BOUNDS: list[list[int]] = [
    [*(1 - _parts(step, m) for m in range(7, 0, -1)), 0, *(_parts(step, m) for m in range(1, 8))] for step in _STEPS
]
_CODES = (15, 14, 13, 12, 11, 10, 9, 8, 0, 1, 2, 3, 4, 5, 6, 7)


def _step(state: int, code: int) -> int:
    return _NEXT[state + code]


class ImaDecoder:
    """Bytes of one stream to samples, in any cuts."""

    def __init__(self) -> None:
        self._predictor = 0
        self._state = 0

    def decode(self, data: bytes) -> Samples:
        """Two samples for each byte."""
        packed = np.frombuffer(data, dtype=np.uint8)
        codes = np.empty(2 * packed.size, dtype=np.uint8)
        codes[0::2] = packed & 0x0F
        codes[1::2] = packed >> 4
        # The step index depends on the codes alone, so only this walk needs a loop; the rest is a running sum.
        states = list(accumulate(codes.tolist(), _step, initial=self._state))
        self._state = states.pop()
        changes = _CHANGE_ARRAY[np.array(states, dtype=np.intp) + codes]
        track = self._predictor + np.cumsum(changes)
        if track.size and (int(track.max()) > _HIGHEST or int(track.min()) < _LOWEST):
            track = np.array(self._clamped_track(changes.tolist()), dtype=np.int64)
        if track.size:
            self._predictor = int(track[-1])
        return track.astype(np.int16)

    def _clamped_track(self, changes: list[int]) -> list[int]:
        """The running sum where it hits the rails: each sample is clamped before the next is added."""

        def add(predictor: int, change: int) -> int:
            return min(max(predictor + change, _LOWEST), _HIGHEST)

        return list(accumulate(changes, add, initial=self._predictor))[1:]


class ImaEncoder:
    """Samples of one stream to bytes. The last sample of an odd number waits for the next call."""

    def __init__(self) -> None:
        self._predictor = 0
        self._state = 0
        self._waiting: int | None = None

    def encode(self, samples: Samples) -> bytes:
        """One byte for every two samples."""
        codes = [] if self._waiting is None else [self._waiting]
        predictor, state = self._predictor, self._state
        for sample in samples.tolist():
            code = _CODES[bisect_right(_BOUNDS[state >> 4], sample - predictor)]
            predictor += _CHANGES[state + code]
            if predictor > _HIGHEST:
                predictor = _HIGHEST
            elif predictor < _LOWEST:
                predictor = _LOWEST
            state = _NEXT[state + code]
            codes.append(code)
        self._predictor, self._state = predictor, state
        self._waiting = codes.pop() if len(codes) % 2 else None
        nibbles = np.array(codes, dtype=np.uint8)
        return (nibbles[0::2] | (nibbles[1::2] << 4)).tobytes()
