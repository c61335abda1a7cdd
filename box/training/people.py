"""People's speech in feature form: cepstra published with their transcripts, brought to our front end.

The source is the GitHub repository nsu-ai-team/voxforge_ru_sphinx_experiments (recordings GPL-3-or-later, code
Apache-2.0): a folder with ``etc/PROMPTS_all`` and ``feat/SESSION/wav/NAME.mfc``. The cepstra were made by sphinx_fe at
8000 Hz with 15 filters of 200-3500 Hz; its filters differ from Kaldi's in height and rounding only, so a constant for
each band brings one to the other (:func:`band_offsets`).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from box.training import features
from box.training.copies import Example
from box.training.errors import TrainingInputWrong
from box.training.features import BINS, CEPSTRA, RATE_HZ, SHIFT, TO_LOG_MEL

Array = NDArray[np.float64]

_SPHINX_WINDOW = 205  # sphinx_fe -wlen 0.025625
_SPHINX_FFT = 512  # its -nfft
_HELD_OUT_SHARE = 0.085
_LINE = re.compile(r"^(?P<text>.*)\((?P<file>[^()]+)\)\s*$")


def people_examples(folder: Path) -> Iterator[Example]:
    """Every transcribed utterance as log-mel energies, in a fixed order; speakers are session names without their date
    (anonymous sessions are a speaker each). Raises TrainingInputWrong where the folder is another one."""
    prompts = folder / "etc" / "PROMPTS_all"
    try:
        lines = prompts.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise TrainingInputWrong(f"{prompts}: {error}; name the folder voxforge_ru of the repository") from None
    offsets = band_offsets()
    for line in lines:
        parsed = _LINE.match(line)
        words = tuple(w for w in parsed["text"].split() if not w.startswith("<")) if parsed else ()
        path = folder / "feat" / f"{parsed['file']}.mfc" if parsed else None
        if path is not None and words and path.is_file():
            cepstra = read_mfc(path)
            if len(cepstra) >= 3 * len(words):
                energies = (cepstra @ TO_LOG_MEL + offsets).astype(np.float16)
                yield Example(energies, words, speaker_of(path.parent.parent.name))


def speaker_of(session: str) -> str:
    """``name-YYYYMMDD-xyz`` -> name; the whole session for «anonymous»."""
    name = re.sub(r"-\d{8}-[a-z]{3}$", "", session)
    return session if name.startswith("anonymous") else name


def held_out(speaker: str) -> bool:
    """Whether a speaker is kept for judging, never trained on: about one in twelve, by a hash of the name."""
    digest = hashlib.sha256(speaker.encode()).digest()
    return int.from_bytes(digest[:4], "big") < _HELD_OUT_SHARE * 2**32


def read_mfc(path: Path) -> Array:
    """(frames, CEPSTRA) of a Sphinx feature file: an int32 count of floats, then float32. Raises TrainingInputWrong."""
    content = path.read_bytes()
    count = int.from_bytes(content[:4], "little")
    if len(content) != 4 + 4 * count or count % CEPSTRA:
        raise TrainingInputWrong(f"{path}: not a Sphinx feature file of {CEPSTRA} cepstra; is the checkout complete?")
    return np.frombuffer(content, "<f4", offset=4).reshape(-1, CEPSTRA).astype(np.float64)


def sphinx_log_mel(samples: Array) -> Array:
    """(frames, BINS) log-mel energies as sphinx_fe computes them from samples in 16-bit steps: pre-emphasis over the
    whole sound, Hamming window, filters of unit area with edges rounded to spectral lines (sphinxbase
    src/libsphinxbase/fe/fe_sigproc.c, without its noise removal)."""
    emphasised = samples - features.PREEMPHASIS * np.concatenate([[0.0], samples[:-1]])
    frames = np.lib.stride_tricks.sliding_window_view(emphasised, _SPHINX_WINDOW)[::SHIFT]
    window = 0.54 - 0.46 * np.cos(2 * np.pi * np.arange(_SPHINX_WINDOW) / (_SPHINX_WINDOW - 1))
    spectrum = np.fft.rfft(frames * window, _SPHINX_FFT)
    return np.asarray(np.log(np.maximum((spectrum.real**2 + spectrum.imag**2) @ sphinx_filters().T, 1e-4)))


def sphinx_filters() -> Array:
    """(BINS, lines of the spectrum) the filters of sphinx_fe, each of area 1 over frequency in Hz."""
    line_hz = RATE_HZ / _SPHINX_FFT
    edges = features.hertz(np.linspace(features.mel(features.LOW_HZ), features.mel(features.HIGH_HZ), BINS + 2))
    edges = np.round(edges / line_hz) * line_hz
    low, centre, high = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    lines = np.arange(_SPHINX_FFT // 2 + 1) * line_hz
    triangles = np.minimum((lines - low) / (centre - low), (high - lines) / (high - centre))
    return np.asarray(np.maximum(0.0, triangles) * 2 / (high - low))


def band_offsets() -> Array:
    """(BINS,) what to add to a sphinx_fe log-mel energy to get Kaldi's: the mean difference over noise whose spectrum
    falls as that of speech does."""
    rng = np.random.default_rng(0)
    white = rng.normal(size=60 * RATE_HZ)
    spectrum = np.fft.rfft(white) / np.maximum(np.fft.rfftfreq(len(white), 1 / RATE_HZ), 100.0)
    sound = np.fft.irfft(spectrum, len(white))
    sound *= 2000 / sound.std()
    ours, theirs = features.log_mel(sound), sphinx_log_mel(sound)
    count = min(len(ours), len(theirs))
    return np.asarray((ours[:count] - theirs[:count]).mean(0))


def folder_hash(folder: Path) -> str:
    """SHA-256 over the names and contents of all feature files and the transcripts, for the model card."""
    digest = hashlib.sha256()
    for path in sorted([*folder.glob("feat/*/wav/*.mfc"), folder / "etc" / "PROMPTS_all"]):
        digest.update(path.relative_to(folder).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()
