"""The training objective: lattice-free MMI, computed by the C function of mmi.c, which is compiled at first use."""

from __future__ import annotations

import ctypes
import hashlib
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from box.training.errors import TrainingInputWrong
from box.training.phones import SILENCE, UNITS

FloatArray = NDArray[np.float32]

SOURCE = Path(__file__).with_name("mmi.c")
_OPTIONS = (
    "-O3",
    "-march=native",
    "-fno-math-errno",
    "-fno-trapping-math",
    "-fno-signed-zeros",
    "-fassociative-math",
    "-shared",
    "-fPIC",
)
"""Sums may be vectorised; -ffast-math as a whole would change the rounding of the program that loads the library."""


@dataclass(frozen=True)
class UnitBigram:
    """Which unit follows which: ``follow`` (units, units) rows of probabilities, ``first`` (units,) at the start."""

    follow: FloatArray
    first: FloatArray


def bigram_of(chains: Sequence[Sequence[int]]) -> UnitBigram:
    """Counted over the transcripts' chains, mixed 0.6 to 0.4 with the plain frequencies; every second silence between
    words is passed over, and silence never follows silence."""
    counts = np.zeros((UNITS, UNITS))
    for chain in chains:
        before = SILENCE
        for place, unit in enumerate(chain[1:], start=1):
            if unit == SILENCE and place % 2 and place < len(chain) - 1:
                continue
            counts[before, unit] += 1
            before = unit
    plain = (counts.sum(0) + 1) / (counts.sum() + UNITS)
    rows = 0.6 * counts / np.maximum(counts.sum(1, keepdims=True), 1) + 0.4 * plain
    rows[SILENCE, SILENCE] = 0
    rows /= rows.sum(1, keepdims=True)
    first = 0.2 * rows[SILENCE]
    first[SILENCE] += 0.8
    return UnitBigram(rows.astype(np.float32), first.astype(np.float32))


@dataclass(frozen=True)
class Objective:
    """The compiled function, kept in ``cache``."""

    cache: Path

    def __call__(
        self, outputs: FloatArray, chain: Sequence[int], bigram: UnitBigram
    ) -> tuple[float, FloatArray] | None:
        """Denominator less numerator of one utterance and its gradient by ``outputs`` (frames, OUTPUTS); None where the
        chain does not fit into the frames."""
        outputs = np.ascontiguousarray(outputs, np.float32)
        units = np.ascontiguousarray(chain, np.int32)
        gradient = np.empty_like(outputs)
        fits = ctypes.c_int()
        value = self._function(
            _pointer(outputs), len(outputs), UNITS, _pointer(units), len(units), _pointer(bigram.follow),
            _pointer(bigram.first), _pointer(gradient), ctypes.byref(fits),
        )  # fmt: skip
        return (float(value), gradient) if fits.value and np.isfinite(value) else None

    @cached_property
    def _function(self) -> ctypes._NamedFuncPointer:
        function = ctypes.CDLL(str(compiled(self.cache))).mmi
        function.restype = ctypes.c_double
        return function


def compiled(cache: Path) -> Path:
    """The library of mmi.c in ``cache``, made if absent or of another source. Raises TrainingInputWrong without cc."""
    name = hashlib.sha256(SOURCE.read_bytes() + repr(_OPTIONS).encode()).hexdigest()[:16]
    library = cache / f"mmi-{name}.so"
    if not library.exists():
        cache.mkdir(parents=True, exist_ok=True)
        unfinished = library.with_suffix(".part")
        try:
            subprocess.run(
                ["cc", *_OPTIONS, str(SOURCE), "-o", str(unfinished), "-lm"], check=True, capture_output=True
            )
        except (OSError, subprocess.CalledProcessError) as error:
            raise TrainingInputWrong(
                f"mmi.c cannot be compiled ({error}); install a C compiler: apt install gcc"
            ) from None
        unfinished.rename(library)
    return library


def _pointer(values: NDArray[np.generic]) -> ctypes.c_void_p:
    return values.ctypes.data_as(ctypes.c_void_p)
