"""A language of tones and a complete recogniser of it: each word is a burst of one frequency.

It hears what is really in the sound it is fed, so that tests see clipped beginnings, missing blocks and tones that
should not have arrived."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from box.dialogue.vocabulary import Question
from box.listening.decision import GARBAGE, Alternative
from firmware.vocabulary import SAMPLE_RATE_HZ, Samples

NAMES = ["ноль", "один", "два", "три", "четыре", "пять", "шесть", "семь", "восемь", "девять", "да", "нет", "баланс"]
_LOWEST_HZ, _STEP_HZ = 500.0, 100.0
WORD_S = 0.3
GAP_S = 0.1
_BIN = SAMPLE_RATE_HZ // 50  # 20 ms: one bin of its spectrum is 50 Hz wide


def tone(frequency_hz: float, duration_s: float, peak: float = 8000.0) -> Samples:
    """A pure tone."""
    t = np.arange(int(duration_s * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
    whole: Samples = np.rint(peak * np.sin(2 * np.pi * frequency_hz * t)).astype(np.int16)
    return whole


def silence(duration_s: float, noise: float = 3.0, seed: int = 7) -> Samples:
    """A quiet line."""
    rng = np.random.default_rng(seed)
    whole: Samples = np.rint(rng.normal(0, noise, int(duration_s * SAMPLE_RATE_HZ))).astype(np.int16)
    return whole


def said(words: str, peak: float = 8000.0, gap_s: float = GAP_S) -> Samples:
    """``words`` as tones with a gap after each but the last."""
    parts: list[Samples] = []
    for word in words.split():
        parts += [tone(_LOWEST_HZ + _STEP_HZ * NAMES.index(word), WORD_S, peak), silence(gap_s)]
    return np.concatenate(parts[:-1])


class ToneEngine:
    """Makes ToneDecoders and keeps them; ``fed`` is the sound each got."""

    def __init__(self) -> None:
        self.decoders: list[ToneDecoder] = []

    def decoder(self, question: Question) -> ToneDecoder:
        """See Engine."""
        self.decoders.append(ToneDecoder())
        return self.decoders[-1]


class ToneDecoder:
    """One utterance. Half a word is no word; a burst of any other frequency is garbage."""

    def __init__(self) -> None:
        self.fed: Samples = np.zeros(0, np.int16)
        self.blocks: list[int] = []

    def accept(self, samples: Samples) -> tuple[str, ...]:
        """See Decoder."""
        self.fed = np.concatenate((self.fed, samples))
        self.blocks.append(len(samples))
        return tuple(self._words())

    def result(self) -> Sequence[Alternative]:
        """See Decoder."""
        words = tuple(self._words())
        return [Alternative(words, 0.0)] if words else []

    def _words(self) -> list[str]:
        bins = self.fed[: len(self.fed) // _BIN * _BIN].reshape(-1, _BIN).astype(np.float64)
        names: list[str | None] = []
        for each in bins:
            if np.sqrt(np.mean(each**2)) < 200:
                names.append(None)
                continue
            peak_hz = float(np.argmax(np.abs(np.fft.rfft(each)))) * SAMPLE_RATE_HZ / _BIN
            place = round((peak_hz - _LOWEST_HZ) / _STEP_HZ)
            known = 0 <= place < len(NAMES) and abs(_LOWEST_HZ + _STEP_HZ * place - peak_hz) < 30
            names.append(NAMES[place] if known else GARBAGE)
        words: list[str] = []
        run = 0
        for before, name in zip([None, *names], names, strict=False):
            run = run + 1 if name is not None and name == before else int(name is not None)
            enough = 3 if name == GARBAGE else 11  # of 15 bins in a word
            if name is not None and run == enough:
                words.append(name)
        return words
