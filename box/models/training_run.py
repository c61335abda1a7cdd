"""`python -m box.training` started from here: with recordings that were collected, in an environment that has torch.

The product never imports the training; it only runs it.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from box.models.errors import TrainingAway
from box.settings import HOME

REQUIREMENTS = "requirements-training.txt"
_STANDARD_ERROR = 2


@dataclass(frozen=True, slots=True)
class TrainingOrder:
    """``recordings``: corpora to train on besides, checked already. ``python``: the interpreter that has torch.
    ``options`` go to box.training as they are."""

    recordings: tuple[Path, ...]
    work: Path
    out: Path
    python: str = sys.executable
    options: tuple[str, ...] = ()


def command(order: TrainingOrder) -> list[str]:
    """The whole training as one command line."""
    places = ["--work", str(order.work.absolute()), "--model", str(order.out.absolute())]
    recordings = [str(folder.absolute()) for folder in order.recordings]
    return [order.python, "-m", "box.training", "all", *places, "--with", *recordings, *order.options]


def run(order: TrainingOrder) -> int:
    """Train and export; what is printed goes to standard error. The training's exit status. Raises TrainingAway when
    the interpreter or torch is missing."""
    _check_environment(order.python)
    order.work.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(command(order), cwd=HOME, env=_environment(), stdout=_STANDARD_ERROR, check=False)
    return done.returncode


def _check_environment(python: str) -> None:
    try:
        done = subprocess.run(
            [python, "-c", "import torch"], capture_output=True, text=True, errors="replace", check=False, cwd=HOME
        )
    except OSError as error:
        raise TrainingAway(f"{python}: cannot be run: {error.strerror}; name a Python with --python") from None
    if done.returncode == 0:
        return
    if "No module named 'torch'" in done.stderr:
        raise TrainingAway(
            f"torch is missing in {python}; make an environment for training: python3 -m venv .venv-training && "
            f".venv-training/bin/pip install -r requirements.lock -r {REQUIREMENTS}, "
            f"then repeat with --python .venv-training/bin/python"
        )
    said: Sequence[str] = done.stderr.strip().splitlines() or [f"exit {done.returncode}"]
    raise TrainingAway(f"{python}: torch cannot be used: {said[-1]}")


def _environment() -> dict[str, str]:
    path = os.pathsep.join(filter(None, (str(HOME), os.environ.get("PYTHONPATH", ""))))
    return {**os.environ, "PYTHONPATH": path}
