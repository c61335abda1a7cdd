"""The kinds of line that recordings are judged under: one recording made to sound as each of them delivers it.

Pure but for GSM, which the program sox codes; everything else is numpy. The noise is always the same for one seed.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from box.errors import BoxError
from firmware.sound_formats import decoder, encoder
from firmware.vocabulary import SAMPLE_RATE_HZ, Samples

Sound = NDArray[np.float64]

NOISE_DB = 20.0
"""Mean power of the speech over that of the noise (issue's condition «µ-law and noise at 20 dB»)."""

HUM_DB = 15.0
"""The same for mains hum: a badly earthed line that people still talk over."""

QUIET_PEAK_DB = -24.0
"""Peak of very quiet speech, below full scale: 8 steps of an 8-bit line."""

_FULL_SCALE = 32768.0
_SPEECH = 0.02  # of the loudest sample: between the first and the last sample above it lies the speech
_HUM_HARMONICS = (1, 2, 3, 5, 7)


class ConditionUnknown(BoxError):
    """No condition has this name, or the program that makes it is not installed."""

    code = "condition"


def in_condition(samples: Samples, name: str, seed: int = 0) -> Samples:
    """``samples`` as the kind of line ``name`` delivers them: as many, the silence around the speech included.
    Raises ConditionUnknown."""
    if name not in CONDITIONS:
        raise ConditionUnknown(f"no condition {name!r}; wants {', '.join(CONDITIONS)}")
    if not len(samples):
        return samples
    made = CONDITIONS[name](samples.astype(np.float64), np.random.default_rng(seed))
    return _steps(made)


def missing_program(name: str) -> str:
    """What the condition ``name`` needs and this machine does not have; '' when it can be made."""
    return "sox" if name == "gsm" and shutil.which("sox") is None else ""


def mains_hum(length: int) -> Sound:
    """50 Hz and its harmonics, of unit power."""
    seconds = np.arange(length) / SAMPLE_RATE_HZ
    made = np.sum([np.sin(2 * np.pi * 50 * h * seconds) / h for h in _HUM_HARMONICS], axis=0)
    return np.asarray(made / np.sqrt(np.sum(made**2) / max(length, 1) + 1e-12))


def with_background(sound: Sound, background: Sound, ratio_db: float) -> Sound:
    """``background`` (of unit power) added ``ratio_db`` below the mean power of the speech, over the whole sound."""
    loud = np.flatnonzero(np.abs(sound) > _SPEECH * np.abs(sound).max(initial=0.0))
    speech = sound[loud[0] : loud[-1] + 1] if len(loud) else sound
    power = float(np.sqrt(np.mean(speech**2))) if len(speech) else 0.0
    return np.asarray(sound + background * power * 10 ** (-ratio_db / 20))


def through_coding(sound: Sound, coding: str) -> Sound:
    """There and back through a coding of ``firmware.sound_formats``."""
    return decoder(coding).decode(encoder(coding).encode(_steps(sound))).astype(np.float64)


def through_gsm(sound: Sound) -> Sound:
    """There and back through GSM 06.10 full rate, by the program sox. Raises ConditionUnknown without it."""
    raw = ["-t", "raw", "-r", str(SAMPLE_RATE_HZ), "-e", "signed", "-b", "16", "-c", "1", "-"]
    gsm = ["-t", "gsm", "-r", str(SAMPLE_RATE_HZ), "-"]
    data = _steps(sound).astype("<i2").tobytes()
    try:
        for command in (["sox", *raw, *gsm], ["sox", *gsm, *raw]):
            data = subprocess.run(command, input=data, capture_output=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        raise ConditionUnknown(f"sox cannot code GSM ({error}); install it: apt install sox") from None
    back = np.frombuffer(data, "<i2").astype(np.float64)
    return np.pad(back, (0, max(0, len(sound) - len(back))))[: len(sound)]  # its frames are of 160 samples


def _steps(sound: Sound) -> Samples:
    whole: Samples = np.clip(np.rint(sound), -32768, 32767).astype(np.int16)
    return whole


def _ulaw_20db(sound: Sound, rng: np.random.Generator) -> Sound:
    return through_coding(with_background(sound, rng.normal(size=len(sound)), NOISE_DB), "ulaw")


def _linear8_quiet(sound: Sound, _: np.random.Generator) -> Sound:
    peak = max(float(np.abs(sound).max(initial=0.0)), 1.0)
    return through_coding(sound * (_FULL_SCALE * 10 ** (QUIET_PEAK_DB / 20) / peak), "linear8u")


CONDITIONS: Mapping[str, Callable[[Sound, np.random.Generator], Sound]] = {
    "clean": lambda sound, _: sound,
    "ulaw_20db": _ulaw_20db,
    "gsm": lambda sound, _: through_gsm(sound),
    "hum": lambda sound, _: with_background(sound, mains_hum(len(sound)), HUM_DB),
    "linear8_quiet": _linear8_quiet,
}
"""By name; each takes 16-bit steps and a random generator. Training judges its models under the same ones."""
