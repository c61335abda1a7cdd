"""The same network for sound of another rate: a twin that a recogniser must feed at 16 kHz, as the public models want.

At twice the rate the bands of telephone speech have energies that differ from those at 8 kHz by a constant each: twice
as many samples, and a pre-emphasis that is another filter. The first layer takes the constants back. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from box.training import features
from box.training.augmentation import resampled
from box.training.errors import TrainingInputWrong
from box.training.model_writer import Layer


def band_differences(times: int) -> NDArray[np.float64]:
    """(BINS,) what the log energies at ``times`` RATE_HZ have more than those at RATE_HZ, of noise that falls as speech
    does."""
    rng = np.random.default_rng(0)
    white = rng.normal(size=20 * features.RATE_HZ)
    spectrum = np.fft.rfft(white) / np.maximum(np.fft.rfftfreq(len(white), 1 / features.RATE_HZ), 100.0)
    sound = np.fft.irfft(spectrum, len(white))
    sound *= 2000 / sound.std()
    there, here = features.log_mel(resampled(sound, times), times), features.log_mel(sound)
    count = min(len(there), len(here))
    return np.asarray((there[:count] - here[:count]).mean(0))


def layers_for_rate(layers: Sequence[Layer], rate_hz: int) -> list[Layer]:
    """``layers`` as they are to be for features of sound of ``rate_hz``. Raises TrainingInputWrong unless that is
    RATE_HZ or a multiple of it."""
    times, rest = divmod(rate_hz, features.RATE_HZ)
    if rest or times < 1:
        raise TrainingInputWrong(f"a model for {rate_hz} Hz cannot be made; 8000 and 16000 can")
    if times == 1:
        return list(layers)
    first = layers[0]
    shift = np.tile(band_differences(times) @ features.FROM_LOG_MEL, len(first.offsets))
    return [replace(first, bias=first.bias - first.weights @ shift), *layers[1:]]
