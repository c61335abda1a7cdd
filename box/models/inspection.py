"""Everything that is asked of a model before a line may hear with it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from box.errors import SettingsWrong
from box.listening.model_folder import WORDS, ModelBroken, check_model, sample_rate_hz
from box.listening.resampling import factor_to
from box.models.coverage import GARBAGE, Coverage, coverage, place_names
from box.models.errors import ModelRefused
from box.models.vocabulary_of_model import complete_words, words_of
from box.settings import HOME
from box.toml_tables import read_toml
from box.understanding.words import load_words

INTENTS = HOME / "config" / "intents.toml"
PLACES = HOME / "config" / "places.toml"

TRIAL_LIMIT_S = 180.0
"""A model of 130 MB on a slow card of a Pi Zero 2 takes most of a minute to load."""


@dataclass(frozen=True, slots=True)
class Inspection:
    """A model that loads and decodes. ``real_time_factor`` is of noise under every kind of question, on this
    machine; ``memory_mb`` the most that a process with it took."""

    folder: Path
    rate_hz: int
    size_bytes: int
    words: int
    coverage: Coverage
    load_s: float
    real_time_factor: float
    memory_mb: int


def inspect(folder: Path) -> Inspection:
    """Look at the model in ``folder`` and try it. Raises ModelBroken or ModelRefused with one line about the first
    thing that makes it useless; words that are missing are found in the result."""
    with _with_words(folder) as whole:
        try:
            check_model(whole)
        except ModelBroken as error:
            raise ModelBroken(str(error).replace(str(whole), str(folder))) from None
        rate_hz = sample_rate_hz(whole)
        if factor_to(rate_hz) is None:
            raise ModelBroken(f"{folder}: made for {rate_hz} Hz; only multiples of 8000 Hz can be used")
        known = words_of(whole)
        found = coverage_of_dialogue(known)
        if not found.garbage:
            raise ModelRefused(f"{folder}: has no garbage word {GARBAGE}: it would take any speech for an answer")
        tried = _try(whole, folder)
        size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return Inspection(folder, rate_hz, size, len(known), found, **tried)


def coverage_of_dialogue(known: frozenset[str]) -> Coverage:
    """How far the words ``known`` to a model reach for this installation's dialogue. Raises SettingsWrong."""
    places: tuple[str, ...] = ()
    if PLACES.is_file():
        table, problems = read_toml(PLACES)
        if problems:
            raise SettingsWrong(problems)
        places = place_names(table)
    return coverage(load_words(INTENTS), places, known)


@contextmanager
def _with_words(folder: Path) -> Iterator[Path]:
    """``folder``, or a stand-in for it made of links where only graph/words.txt has to be added: looking at somebody's
    model must not write into it."""
    if (folder / WORDS).exists() or not folder.is_dir():
        yield folder
        return
    with tempfile.TemporaryDirectory(prefix="linebox-model-") as name:
        stand_in = Path(name) / "model"
        for path in sorted(folder.rglob("*")):
            target = stand_in / path.relative_to(folder)
            if path.is_dir():
                target.mkdir(parents=True, exist_ok=True)
            else:
                target.parent.mkdir(parents=True, exist_ok=True)
                target.symlink_to(path.resolve())
        (stand_in / WORDS).parent.mkdir(parents=True, exist_ok=True)
        complete_words(stand_in)
        yield stand_in


def _try(whole: Path, folder: Path) -> dict[str, Any]:
    """Let a child process use the model. Raises ModelRefused."""
    command = [sys.executable, "-P", "-m", "box.models.trial", str(whole.resolve())]
    path = os.pathsep.join(filter(None, (str(HOME), os.environ.get("PYTHONPATH", ""))))
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=TRIAL_LIMIT_S,
            check=False,
            env={**os.environ, "PYTHONPATH": path},
        )
    except subprocess.TimeoutExpired:
        raise ModelRefused(f"{folder}: Vosk hangs on this model; take it anew") from None
    if done.returncode == 0:
        found: dict[str, Any] = json.loads(done.stdout)
        return found
    said = [line for line in done.stderr.splitlines() if line.startswith("ERROR")] or done.stderr.splitlines()[-1:]
    why = said[0].replace(str(whole.resolve()), str(folder)) if said else f"exit {done.returncode}"
    if done.returncode < 0 or why.startswith("ERROR"):
        why = f"{folder}: Vosk cannot use this model ({why if said else f'signal {-done.returncode}'}); take it anew"
    raise ModelRefused(why)
