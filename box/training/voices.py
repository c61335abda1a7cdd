"""Drivers of the speech synthesisers, as programs: RHVoice, espeak-ng and festival.

Only voices whose licences allow a commercial product to be trained on them are listed here.
"""

from __future__ import annotations

import random
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from box.training.errors import TrainingInputWrong

RHVOICE_VOICES = ("anna", "aleksandr", "elena", "irina")
"""GPL-2-or-later (anna, aleksandr, irina) and GPL-3 (elena): the files' own statements. Other Russian RHVoice voices
are CC-BY-NC-ND and never trained on."""
ESPEAK_VARIANTS = ("", "+m1", "+m3", "+m5", "+m7", "+f1", "+f2", "+f4", "+f5", "+Andy", "+Linda", "+Mario")
"""Variants of espeak-ng's Russian voice (GPL-3-or-later, as the program)."""
FESTIVAL_VOICE = "msu_ru_nsh_clunits"
"""Debian package festvox-ru: units cut from recordings of one man, under a licence like BSD's."""
_TIMEOUT_S = 60


class Synthesiser(Protocol):
    """One voice of one engine."""

    @property
    def name(self) -> str:
        """engine/voice, as in the model card."""
        ...

    @property
    def reads_stress_marks(self) -> bool:
        """Whether + before a vowel is read as stress."""
        ...

    def say(self, text: str, into: Path, rng: random.Random) -> None:
        """Writes a mono 16-bit WAV of ``text``, at a pace and pitch drawn from ``rng``. Raises TrainingInputWrong."""
        ...


@dataclass(frozen=True, slots=True)
class RHVoice:
    """A voice of RHVoice 1.14 by its program RHVoice-test (or another of the same options)."""

    voice: str
    program: str = "RHVoice-test"

    @property
    def name(self) -> str:
        return f"rhvoice/{self.voice}"

    @property
    def reads_stress_marks(self) -> bool:
        return True

    def say(self, text: str, into: Path, rng: random.Random) -> None:
        pace, pitch = rng.randint(70, 150), rng.randint(65, 145)
        options = ["-p", self.voice, "-R", "16000", "-r", str(pace), "-t", str(pitch), "-o", str(into)]
        _speak([self.program, *options], text)


@dataclass(frozen=True, slots=True)
class Espeak:
    """espeak-ng's Russian with one of its voice variants."""

    variant: str

    @property
    def name(self) -> str:
        return f"espeak-ng/ru{self.variant}"

    @property
    def reads_stress_marks(self) -> bool:
        return False

    def say(self, text: str, into: Path, rng: random.Random) -> None:
        pace, pitch = rng.randint(110, 220), rng.randint(15, 85)
        options = ["-v", f"ru{self.variant}", "-s", str(pace), "-p", str(pitch), "-w", str(into)]
        _speak(["espeak-ng", *options], text)


@dataclass(frozen=True, slots=True)
class Festival:
    """The Russian voice of festival. It knows no options; its speech is varied by :mod:`box.training.revoicing`."""

    @property
    def name(self) -> str:
        return f"festival/{FESTIVAL_VOICE}"

    @property
    def reads_stress_marks(self) -> bool:
        return False

    def say(self, text: str, into: Path, rng: random.Random) -> None:
        del rng
        spoken = text.replace("\\", "").replace('"', "")
        lines = (
            f"(voice_{FESTIVAL_VOICE})",
            f'(set! said (Utterance Text "{spoken}"))',
            "(utt.synth said)",
            f'(utt.save.wave said "{into}" (quote riff))',
        )
        _speak(["festival", "--pipe"], "\n".join(lines))
        if not into.is_file():
            raise TrainingInputWrong(f"festival has no voice {FESTIVAL_VOICE}; install it: apt install festvox-ru")


def all_voices(rhvoice_program: str) -> list[Synthesiser]:
    """Every voice that the committed model is trained on."""
    return [
        *(RHVoice(voice, rhvoice_program) for voice in RHVOICE_VOICES),
        *(Espeak(variant) for variant in ESPEAK_VARIANTS),
        Festival(),
    ]


def require(rhvoice_program: str) -> None:
    """Raises TrainingInputWrong where a program that speech is made with is missing, before hours are spent."""
    for program in (rhvoice_program, "espeak-ng", "festival", "sox"):
        if shutil.which(program) is None:
            raise TrainingInputWrong(f"{program} is missing; install it (box/training/README.md names the packages)")


def _speak(command: Sequence[str], text: str) -> None:
    try:
        subprocess.run(command, input=text.encode(), capture_output=True, check=True, timeout=_TIMEOUT_S)
    except (OSError, subprocess.SubprocessError) as error:
        raise TrainingInputWrong(f"{command[0]} cannot speak ({error}); install it or name it with --rhvoice") from None
