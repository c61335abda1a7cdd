"""Measures the recogniser and prints figures: python tests/listening/bench_recognition.py [--model DIR] [--twice]

Not a test (machines differ): seconds to load the model, processor time by second of sound on digit strings and on three
minutes of speech that is in no word list (the lattice trap: a bad model takes ten times as long there), memory of the
process, and whether two runs say the same to the last bit. Needs espeak-ng, whose speech it listens to.
"""
# ruff: noqa: T201 - printing is its purpose

from __future__ import annotations

import argparse
import hashlib
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from box.dialogue.vocabulary import Question, QuestionKind
from box.listening.conditions import in_condition
from box.listening.corpus import OFFERED
from box.listening.endpointer import Endpointer
from box.listening.hearing import Hearing
from box.listening.recording import question_for
from box.listening.vosk_recogniser import VoskEngine
from box.listening.wav import read_wav
from box.settings import HOME
from box.understanding.words import Words, load_words
from firmware.vocabulary import SAMPLE_RATE_HZ, Samples

DIGITS = ("ноль", "один", "два", "три", "четыре", "пять", "шесть", "семь", "восемь", "девять")
TALK = (
    "Мы вчера ездили на дачу, погода была хорошая, собирали яблоки и варили варенье до самого вечера. "
    "Соседка рассказывала про внуков, старший пошёл в школу, младший ещё совсем маленький. "
    "Потом приехал брат, починил крышу, и мы долго пили чай на веранде и смотрели на закат. "
)
VOICES = ("ru", "ru+f2", "ru+m3", "ru+f4")
TALK_S = 180.0


def spoken(text: str, voice: str) -> Samples:
    """``text`` as espeak-ng says it, at the line's rate."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "said.wav"
        subprocess.run(["espeak-ng", "-v", voice, "-w", str(path), text], check=True)
        samples, rate_hz = read_wav(path)
    places = np.arange(int(len(samples) * SAMPLE_RATE_HZ / rate_hz)) * (rate_hz / SAMPLE_RATE_HZ)
    smooth = np.convolve(samples.astype(np.float64), np.ones(3) / 3, "same")
    sound: Samples = np.interp(places, np.arange(len(samples)), smooth).astype(np.int16)
    return in_condition(np.concatenate((np.zeros(4000, np.int16), sound, np.zeros(16000, np.int16))), "ulaw_20db")


def strings(count: int) -> Iterator[Samples]:
    rng = random.Random(1)
    for number in range(count):
        yield spoken(", ".join(rng.choice(DIGITS) for _ in range(5)), VOICES[number % len(VOICES)])


def talk() -> Samples:
    """TALK_S of speech that answers nothing."""
    once = np.concatenate([spoken(TALK, voice) for voice in VOICES])
    return np.resize(once, int(TALK_S * SAMPLE_RATE_HZ))


def listen(engine: VoskEngine, words: Words, question: Question, sound: Samples) -> tuple[float, str]:
    """(processor seconds, everything that was found, exactly)."""
    hearing = Hearing(question, words, engine, Endpointer())
    began = time.process_time()
    for place in range(0, len(sound), 160):
        hearing.feed(sound[place : place + 160])
    hearing.finish()
    return time.process_time() - began, repr([(each.event, each.alternatives) for each in hearing.understood])


def run(engine: VoskEngine, words: Words, cases: Sequence[tuple[str, Question, Sequence[Samples]]]) -> str:
    """Prints a line for each case; a digest of all that was found."""
    digest = hashlib.sha256()
    for name, question, sounds in cases:
        results = [listen(engine, words, question, sound) for sound in sounds]
        for _, found in results:
            digest.update(found.encode())
        spent_s, sound_s = sum(s for s, _ in results), sum(map(len, sounds)) / SAMPLE_RATE_HZ
        print(f"{name}: {spent_s / sound_s:.4f} x real time ({spent_s:.2f} s of processor, {sound_s:.0f} s of sound)")
    return digest.hexdigest()


def main() -> None:
    """Everything, on standard output."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--model", type=Path, default=HOME / "box" / "listening" / "model")
    options.add_argument("--twice", action="store_true", help="load and run again, and compare")
    chosen = options.parse_args()
    words = load_words(HOME / "config" / "intents.toml")
    reading = question_for(QuestionKind.DIGITS, words, 5)
    cases = [
        ("digit strings", reading, list(strings(24))),
        ("talk, digits asked", reading, [talk()]),
        ("talk, menu asked", question_for(QuestionKind.MENU, words, None, OFFERED), [talk()]),
        ("talk, yes or no asked", question_for(QuestionKind.YES_NO, words, None), [talk()]),
    ]
    found = []
    for _ in range(1 + chosen.twice):
        began, began_wall = time.process_time(), time.monotonic()
        engine = VoskEngine(chosen.model, words)
        print(f"load: {time.process_time() - began:.2f} s of processor, {time.monotonic() - began_wall:.2f} s")
        found.append(run(engine, words, cases))
    print(f"memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB at most")
    if chosen.twice:
        print("two runs: the same" if found[0] == found[1] else "two runs: DIFFERENT")


if __name__ == "__main__":
    main()
