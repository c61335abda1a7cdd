"""Text-to-speech programs: text in, sound out. The only module that starts one.

RHVoice sounds natural and is preferred; espeak-ng is in every distribution and is the way out on a box without it.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from box.errors import BoxError
from box.speaking.line_sound import Sound
from box.speaking.sound_files import pcm_samples

NORMAL_SPEED_PERCENT = 90
"""Speed of the prompts: at 100 the voice says some 7 syllables a second, brisk for a telephone."""

ENGINE_LIMIT_S = 60.0
"""A program that has not spoken one sentence by then hangs."""

ESPEAK_WORDS_PER_MINUTE = 150

RHVOICE_DATA = Path("/usr/share/RHVoice")
"""Where Debian's packages put languages and voices."""

VERSION_LIMIT_S = 10.0
_COMBINING_ACUTE = "\u0301"


class SpeechEngineAway(BoxError):
    """The text-to-speech program is absent or failed; the text says which and what to install."""

    code = "text-to-speech"


class Engine(Protocol):
    """One voice of one program."""

    @property
    def name(self) -> str:
        """Program, voice and speed: what a recording is known by."""
        ...

    @property
    def version(self) -> str:
        """What changes when a newer program or voice is installed; '' when it cannot be told."""
        ...

    def sound(self, text: str) -> tuple[Sound, int]:
        """``text`` spoken, with its rate in Hz. '+' stands before a stressed vowel. Raises SpeechEngineAway."""
        ...


@dataclass(frozen=True, slots=True)
class RHVoice:
    """RHVoice through Debian's RHVoice-test, or through a program called as ``PROGRAM say VOICE OUT.wav RATE``."""

    voice: str
    program: Path | None = None
    speed_percent: int = NORMAL_SPEED_PERCENT

    @property
    def name(self) -> str:
        return f"RHVoice {self.voice} {self.speed_percent} %"

    @property
    def version(self) -> str:
        # The program tells «version: none»; the voice and the language carry revisions of their own.
        places = (f"voices/{self.voice}/voice.info", "languages/Russian/language.info")
        return " ".join(filter(None, (_revision(RHVOICE_DATA / place) for place in places)))

    def sound(self, text: str) -> tuple[Sound, int]:
        # RHVoice reads a plain '+' as the start of a new word; an acute over the vowel it knows as stress.
        return _spoken(re.sub(r"\+(\w)", rf"\1{_COMBINING_ACUTE}", text), self._command)

    def _command(self, target: str) -> list[str]:
        speed = str(self.speed_percent)
        if self.program is not None:
            return [str(self.program), "say", self.voice, target, speed]
        return ["RHVoice-test", "-p", self.voice, "-r", speed, "-o", target]


@dataclass(frozen=True, slots=True)
class Espeak:
    """espeak-ng's Russian voice. It takes no stress marks (given an acute, 1.51 stresses «молоко» on its second
    vowel), so they are left out."""

    speed_percent: int = NORMAL_SPEED_PERCENT

    @property
    def name(self) -> str:
        return f"espeak-ng ru {self.speed_percent} %"

    @property
    def version(self) -> str:
        told = re.search(r"\d+(?:\.\d+)+", _output(["espeak-ng", "--version"]))
        return told[0] if told else ""

    def sound(self, text: str) -> tuple[Sound, int]:
        return _spoken(text.replace("+", ""), self._command)

    def _command(self, target: str) -> list[str]:
        speed = str(ESPEAK_WORDS_PER_MINUTE * self.speed_percent // 100)
        return ["espeak-ng", "-v", "ru", "-s", speed, "-w", target, "--stdin"]


def installed_engines(voice: str, program: Path | None = None) -> list[Engine]:
    """Every engine that can be tried here, the most natural first."""
    engines: list[Engine] = []
    if program is not None or shutil.which("RHVoice-test") is not None:
        engines.append(RHVoice(voice, program))
    if shutil.which("espeak-ng") is not None:
        engines.append(Espeak())
    return engines


def choose_engine(kind: str | None, voice: str, program: Path | None) -> Engine:
    """The engine named ``kind`` (rhvoice, espeak), or the best that is installed. Raises SpeechEngineAway."""
    rhvoice_here = program is not None or shutil.which("RHVoice-test") is not None
    if kind == "rhvoice" or (kind is None and rhvoice_here):
        if not rhvoice_here:
            raise SpeechEngineAway("RHVoice is not installed: apt install rhvoice rhvoice-russian, or name --rhvoice")
        return RHVoice(voice, program)
    if shutil.which("espeak-ng") is None:
        raise SpeechEngineAway("no text-to-speech program is installed: apt install rhvoice-russian, or espeak-ng")
    return Espeak()


def _revision(info: Path) -> str:
    try:
        told = re.search(r"^revision=(\S+)", info.read_text("utf-8", "replace"), re.MULTILINE)
    except OSError:
        return ""
    return told[1] if told else ""


def _output(command: Sequence[str]) -> str:
    try:
        done = subprocess.run(command, capture_output=True, timeout=VERSION_LIMIT_S, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.decode(errors="replace")


class _Command(Protocol):
    def __call__(self, target: str, /) -> Sequence[str]: ...


def _spoken(text: str, command: _Command) -> tuple[Sound, int]:
    with tempfile.TemporaryDirectory(prefix="linebox-say-") as folder:
        target = Path(folder) / "speech.wav"
        arguments = command(str(target))
        try:
            done = subprocess.run(
                arguments, input=text.encode(), capture_output=True, timeout=ENGINE_LIMIT_S, check=False
            )
            if done.returncode or not target.exists():
                reason = done.stderr.decode(errors="replace").strip().splitlines()[-1:] or [f"exit {done.returncode}"]
                raise SpeechEngineAway(f"{arguments[0]} could not say «{text}»: {reason[0]}")
            return pcm_samples(target.read_bytes())
        except (OSError, subprocess.TimeoutExpired) as error:
            raise SpeechEngineAway(f"{arguments[0]} cannot be used: {error}") from None
        except ValueError as error:
            raise SpeechEngineAway(f"{arguments[0]} wrote a file that {error}") from None
