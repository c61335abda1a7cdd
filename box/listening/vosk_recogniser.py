"""Vosk as an engine: the only place that imports the library, and only when a model is there.

The model is loaded once. Each question has its own word list, always with the garbage word; alternatives, not word
confidences, tell how sure a result is (the library gives one or the other: vosk-api issue 1595).
"""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from box.dialogue.vocabulary import Question
from box.listening.decision import GARBAGE, Alternative
from box.listening.hearing import Decoder
from box.listening.model_folder import CHECKSUMS, ModelBroken, check_model, sample_rate_hz
from box.listening.resampling import Upsampler, factor_to
from box.understanding.words import ANSWER_WEIGHT, Words
from firmware.vocabulary import Samples

log = logging.getLogger(__name__)

ALTERNATIVES = 20
"""The lattice of a string of digits holds more, but they share little of the certainty."""

GARBAGE_WEIGHT = ANSWER_WEIGHT
"""How many times the garbage word is named: as likely as a word of an answer."""

TRIAL_LIMIT_S = 60.0


class VoskEngine:
    """A model and the words that the box may hear with it. ``missing`` are words of the dialogue that the model does
    not have: they cannot be heard."""

    def __init__(self, folder: Path, words: Words) -> None:
        """Loads the model. Raises ModelBroken."""
        check_model(folder)
        if not (folder / CHECKSUMS).is_file():
            _try_apart(folder)
        rate_hz = sample_rate_hz(folder)
        factor = factor_to(rate_hz)
        if factor is None:
            raise ModelBroken(f"{folder}: made for {rate_hz} Hz; only multiples of 8000 Hz can be used")
        import vosk

        vosk.SetLogLevel(-1)
        try:
            self._model = vosk.Model(str(folder))
        except Exception as error:  # noqa: BLE001 - the library raises nothing narrower
            raise ModelBroken(f"{folder}: Vosk cannot load this model ({error}); copy its folder again") from None
        if self._model.vosk_model_find_word(GARBAGE) < 0:
            raise ModelBroken(f"{folder}: has no garbage word {GARBAGE}: it would take any speech for an answer")
        self._vosk = vosk
        self._factor = factor
        self._rate_hz = rate_hz
        self._words = words
        self._spelled: dict[str, str | None] = {}
        self._grammars: dict[frozenset[tuple[str, int]], str] = {}
        self.missing = tuple(sorted(word for word in set(words.spellings.values()) if self._spelling(word) is None))
        if self.missing:
            log.error("the speech model %s lacks %s: these words cannot be heard", folder, ", ".join(self.missing))

    def decoder(self, question: Question) -> Decoder:
        """A fresh one: nothing of an earlier utterance is left in it, so that results repeat."""
        recogniser = self._vosk.KaldiRecognizer(self._model, self._rate_hz, self._grammar(question))
        recogniser.SetMaxAlternatives(ALTERNATIVES)
        return VoskDecoder(recogniser, Upsampler(self._factor))

    def _spelling(self, word: str) -> str | None:
        """``word`` as the model spells it: with or without «ё»."""
        if word not in self._spelled:
            ways = (word, word.replace("ё", "е"))
            self._spelled[word] = next((way for way in ways if self._model.vosk_model_find_word(way) >= 0), None)
        return self._spelled[word]

    def _grammar(self, question: Question) -> str:
        """The word list, as the library wants it: a word's probability is the number of times that it is named."""
        weights = self._words.weights(question)
        key = frozenset(weights.items())
        kept = self._grammars.get(key)
        if kept is None:
            rows = [[spelled] * weight for word, weight in weights.items() if (spelled := self._spelling(word))]
            named = [*sorted(word for row in rows for word in row), *[GARBAGE] * GARBAGE_WEIGHT]
            kept = self._grammars[key] = json.dumps(named, ensure_ascii=False)
        return kept


def _try_apart(folder: Path) -> None:
    """Load and use a model that has no checksums in a process of its own: a cut graph brings the library down (seen
    with 0.3.45: a segmentation fault on a short HCLr.fst). Raises ModelBroken."""
    trial = f"""
import sys, vosk
model = vosk.Model(sys.argv[1])
recogniser = vosk.KaldiRecognizer(model, {sample_rate_hz(folder)}, '["[unk]"]')
recogniser.AcceptWaveform(bytes(16000))
recogniser.FinalResult()
"""
    command = [sys.executable, "-c", trial, str(folder)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=TRIAL_LIMIT_S)
    except subprocess.TimeoutExpired:
        raise ModelBroken(f"{folder}: Vosk hangs on this model; copy its folder again") from None
    said = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
    if done.returncode != 0 or said:
        why = said[0] if said else f"exit {done.returncode}"
        raise ModelBroken(f"{folder}: Vosk cannot use this model ({why}); copy its folder again")


class VoskDecoder:
    """One utterance in a KaldiRecognizer. The library ends utterances by rules of its own, which cannot be switched
    off; its pieces are joined."""

    def __init__(self, recogniser: Any, upsampler: Upsampler) -> None:
        self._recogniser = recogniser
        self._upsampler = upsampler
        self._pieces: list[list[Alternative]] = []

    def accept(self, samples: Samples) -> tuple[str, ...]:
        """See Decoder."""
        if self._recogniser.AcceptWaveform(self._upsampler.feed(samples).tobytes()):
            self._keep(self._recogniser.Result())
            partial = ""
        else:
            partial = json.loads(self._recogniser.PartialResult()).get("partial", "")
        return tuple(word for piece in self._pieces for word in piece[0].words) + tuple(partial.split())

    def result(self) -> Sequence[Alternative]:
        """See Decoder."""
        self._keep(self._recogniser.FinalResult())
        joined = [Alternative((), 0.0)]
        for piece in self._pieces:
            longer = [Alternative(a.words + b.words, a.score + b.score) for a in joined for b in piece]
            joined = sorted(longer, key=lambda alternative: -alternative.score)[:ALTERNATIVES]
        return joined if self._pieces else []

    def _keep(self, result: str) -> None:
        found = json.loads(result).get("alternatives", [])
        piece = [Alternative(tuple(each["text"].split()), float(each["confidence"])) for each in found]
        if any(alternative.words for alternative in piece):
            self._pieces.append(piece)
