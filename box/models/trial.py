"""A program of its own: load a model as the line does and let it decode under each kind of question.

``python -m box.models.trial FOLDER``: one JSON object on standard output; exit 1 with one line on standard error when
the model cannot be used. libvosk ends its whole process on some damaged files, so nobody else tries a strange model.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

import numpy as np

from box.dialogue.vocabulary import QuestionKind
from box.listening.model_folder import ModelBroken
from box.listening.recording import question_for
from box.listening.vosk_recogniser import VoskEngine
from box.settings import HOME
from box.understanding.words import load_words
from firmware.vocabulary import SAMPLE_RATE_HZ

TRIAL_SOUND_S = 2.0


def main(folder: Path) -> int:
    """0 = the model works; 1 = it does not."""
    words = load_words(HOME / "config" / "intents.toml")
    began = time.monotonic()
    try:
        engine = VoskEngine(folder, words)
    except ModelBroken as error:
        print(error, file=sys.stderr)  # noqa: T201 - read by the process that started this one
        return 1
    load_s = time.monotonic() - began
    rng = np.random.default_rng(1)
    sound = np.rint(rng.normal(0, 300, int(TRIAL_SOUND_S * SAMPLE_RATE_HZ))).astype(np.int16)
    began = time.process_time()
    for kind in QuestionKind:
        decoder = engine.decoder(question_for(kind, words, 5))
        decoder.accept(sound)
        decoder.result()
    decode_s = time.process_time() - began
    memory_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    found = {
        "load_s": round(load_s, 3),
        "real_time_factor": round(decode_s / (len(QuestionKind) * TRIAL_SOUND_S), 4),
        "memory_mb": round(memory_mb),
    }
    print(json.dumps(found))  # noqa: T201 - the answer
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
