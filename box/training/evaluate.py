"""Scores a model folder on a speech corpus (labels.json), with the word list of each kind of question.

The decoding here is that of the bare model: whole files, no endpointer, no understanding. What the box makes of its
answers is measured by ``linebox speech-report``; this measures what training changed.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from vosk import KaldiRecognizer, Model, SetLogLevel

from box.training.augmentation import coded, noisy
from box.training.clips import read_sound
from box.training.copies import through_amr, through_gsm
from box.training.errors import TrainingInputWrong
from box.training.features import LISTENING_DITHER, RATE_HZ, dithered
from box.training.graph_writer import GARBAGE
from box.training.voices import RHVOICE_VOICES

Array = NDArray[np.float64]
_BLOCK = 1600  # samples, 0.2 s
_AMR_MODE = 2  # 5.9 kbit/s, a full cell

DIGIT_OF = {"ноль": "0", "нуль": "0", "один": "1", "одна": "1", "два": "2", "две": "2", "три": "3", "четыре": "4",
            "пять": "5", "шесть": "6", "семь": "7", "восемь": "8", "девять": "9"}  # fmt: skip
_ANYWHERE = ("оператор", "оператора", "соедините", "с", "оператором", "повторите", "повтори", "ещё", "раз", "назад",
             "вернуться", "подождите", "подожди", "минуту")  # fmt: skip
_INTENTS = ("баланс", "показания", "тариф", "услуги", "офис", "задолженность", "оплата", "узнать", "передать", "хочу",
            "оплатить", "мой", "моя")  # fmt: skip
QUESTIONS: Mapping[str, tuple[str, ...]] = {
    "commands": _INTENTS + _ANYWHERE,
    "yes_no": ("да", "нет", "верно", "неверно", "правильно", "неправильно", "не", *_ANYWHERE),
    "digits": (*DIGIT_OF, "запятая", *_ANYWHERE),
}
"""The words that are listened for, by kind of question; the garbage word is added to each."""
COMMAND_WORDS = {"balance": "баланс", "readings": "показания", "tariff": "тариф", "operator": "оператор",
                 "services": "услуги", "office": "офис", "debt": "задолженность", "payment": "оплата"}  # fmt: skip
_LEADING = ("узнать", "передать", "хочу", "соедините", "с", "мой", "моя")
"""Words before a command, which decide nothing."""
CONDITIONS = ("clean", "ulaw_20db", "gsm", "amr", "hum", "linear8_quiet")
HEARD_IN_TRAINING = (*RHVOICE_VOICES, "festival-ru")


@dataclass
class Score:
    """Of one kind of utterance: how many, right, unsure (nothing or garbage heard), wrong, and their digits."""

    n: int = 0
    right: int = 0
    unsure: int = 0
    wrong: int = 0
    digits: int = 0
    digit_errors: int = 0
    missed: list[str] = field(default_factory=list)


@dataclass
class Report:
    """By condition, then by kind of utterance or voice; ``real_time_factor`` over everything."""

    by_kind: dict[str, dict[str, Score]]
    by_voice: dict[str, dict[str, Score]]
    real_time_factor: float


def in_condition(sound: Array, condition: str, seed: int) -> Array:
    """``sound`` (-1 … 1) as the named kind of line delivers it, in 16-bit steps with dither; the same for one seed."""
    rng = np.random.default_rng(seed)
    peak = np.abs(sound).max() + 1e-9
    speech = slice(*_speech_span(sound))
    make: dict[str, Callable[[], Array]] = {
        "clean": lambda: sound * 32767,
        "ulaw_20db": lambda: coded(noisy(sound, noise_like_white(len(sound), rng), 20, speech), "ulaw"),
        "gsm": lambda: _fitted(through_gsm(sound * 32767), len(sound)),
        "amr": lambda: _fitted(through_amr(sound * 32767, _AMR_MODE), len(sound)),
        "hum": lambda: noisy(sound, hum(len(sound)), 15, speech) * 32767,
        "linear8_quiet": lambda: coded(sound / peak * 10 ** (-24 / 20), "linear8u"),
    }
    return dithered(make[condition](), rng, LISTENING_DITHER)


def hum(length: int) -> Array:
    """50 Hz and its harmonics, unit power."""
    seconds = np.arange(length) / RATE_HZ
    made = sum(np.sin(2 * np.pi * 50 * h * seconds) / h for h in (1, 2, 3, 5, 7))
    return np.asarray(made / np.sqrt(np.mean(np.asarray(made) ** 2)))


def noise_like_white(length: int, rng: np.random.Generator) -> Array:
    return np.asarray(rng.normal(size=length))


def _speech_span(sound: Array) -> tuple[int, int]:
    loud = np.flatnonzero(np.abs(sound) > 0.02 * (np.abs(sound).max() + 1e-9))
    return (int(loud[0]), int(loud[-1]) + 1) if len(loud) else (0, len(sound))


def _fitted(steps: Array, length: int) -> Array:
    return np.pad(steps, (0, max(0, length - len(steps))))[:length]


def score(
    model_folder: Path,
    corpus: Path,
    conditions: Sequence[str] = CONDITIONS,
    leave_out: Sequence[str] = HEARD_IN_TRAINING,
) -> Report:
    """Scores over the corpus but for the voices ``leave_out``: those that training heard. Raises TrainingInputWrong."""
    SetLogLevel(-1)
    try:
        labels = json.loads((corpus / "labels.json").read_text("utf-8"))
        model = Model(str(model_folder))
    except (OSError, ValueError) as error:
        raise TrainingInputWrong(f"{corpus}: no corpus with labels.json ({error})") from None
    except Exception as error:  # noqa: BLE001  vosk raises bare Exception
        raise TrainingInputWrong(f"{model_folder}: vosk cannot load this model ({error})") from None
    chosen = [entry for entry in labels if entry["voice"] not in leave_out]
    sounds = [read_sound(corpus / entry["file"])[0] for entry in chosen]
    report = Report({}, {}, 0.0)
    spent, heard_s = 0.0, 0.0
    for condition in conditions:
        kinds, people = report.by_kind.setdefault(condition, {}), report.by_voice.setdefault(condition, {})
        for seed, (entry, sound) in enumerate(zip(chosen, sounds, strict=True)):
            steps = in_condition(sound, condition, seed)
            start = time.process_time()
            for kind, question in _asked(entry["label"]):
                words = recognise(model, question, steps)
                for tally in (kinds.setdefault(kind, Score()), people.setdefault(f"{entry['voice']} {kind}", Score())):
                    judge(tally, entry["label"], words, entry["file"])
                heard_s += len(steps) / RATE_HZ
            spent += time.process_time() - start
    report.real_time_factor = round(spent / max(heard_s, 1e-9), 4)
    return report


def _asked(label: str) -> list[tuple[str, str]]:
    """(kind of score, question) for an utterance; what is out of grammar is tried at every question."""
    if label == "oov":
        return [("out_of_grammar", question) for question in QUESTIONS]
    if label in ("yes", "no"):
        return [("yes_no", "yes_no")]
    if label.startswith("digits:"):
        return [("digit_strings", "digits")]
    return [("commands", "commands")]


def recognise(model: Model, question: str, steps: Array) -> list[str]:
    """The words heard, the garbage word among them."""
    grammar = json.dumps([*dict.fromkeys(QUESTIONS[question]), GARBAGE], ensure_ascii=False)
    recogniser = KaldiRecognizer(model, RATE_HZ, grammar)
    data = steps.astype("<i2").tobytes()
    words: list[str] = []
    for start in range(0, len(data), 2 * _BLOCK):
        if recogniser.AcceptWaveform(data[start : start + 2 * _BLOCK]):
            words += json.loads(recogniser.Result())["text"].split()
    return [*words, *json.loads(recogniser.FinalResult())["text"].split()]


def judge(tally: Score, label: str, words: Sequence[str], file: str) -> None:
    """Adds one answer to ``tally``. Garbage anywhere, or nothing, is unsure; for «oov» that is right."""
    heard = [word for word in words if word != GARBAGE]
    doubtful = not heard or len(heard) != len(words)
    tally.n += 1
    if label == "oov":
        right = doubtful
    elif label.startswith("digits:"):
        digits = "".join(DIGIT_OF.get(word, "?") for word in heard)
        wanted = label.removeprefix("digits:")
        tally.digits += len(wanted)
        tally.digit_errors += edit_distance(wanted, digits)
        right = digits == wanted and not doubtful
    else:
        right = not doubtful and meaning_of(heard) == label
    if right:
        tally.right += 1
    else:
        if doubtful:
            tally.unsure += 1
        else:
            tally.wrong += 1
        tally.missed.append(f"{file}: {' '.join(words)}")


def meaning_of(words: Sequence[str]) -> str:
    """The command or answer that all words with a meaning of their own agree on; '' otherwise."""
    answers = {"да": "yes", "верно": "yes", "правильно": "yes", "нет": "no", "неверно": "no", "неправильно": "no"}
    answers |= {word: command for command, word in COMMAND_WORDS.items()}
    answers |= {"оператора": "operator", "оператором": "operator", "оплатить": "payment"}
    found = {answers.get(word, "") for word in words if word not in _LEADING}
    return found.pop() if len(found) == 1 else ""


def edit_distance(a: str, b: str) -> int:
    """Insertions, deletions and substitutions between two strings."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, start=1):
        diagonal, row[0] = row[0], i
        for j, y in enumerate(b, start=1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (x != y))
    return row[-1]
