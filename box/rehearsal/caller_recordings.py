"""Makes the recordings that virtual callers speak with: a developer's task, done with programs that a box has not.

Which texts a voice needs is read from the scenarios that name it; digits every voice has. The voices are such as the
speech model was never trained on (config/callers/LICENCES.md), else a rehearsal would prove nothing.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from box.errors import BoxError
from box.rehearsal.settings_file import toml_text
from box.speaking.line_sound import Sound, evening_gain, for_the_line, to_samples, trimmed
from box.speaking.sound_files import pcm_samples, pcm_wav
from box.toml_tables import build, read_toml
from firmware.virtual.caller_voice import DIGIT_WORDS, INDEX

PROGRAM_LIMIT_S = 60.0
RU_TTS_RATE_HZ = 10_000
"""ru_tts writes raw signed 8-bit samples at this rate (its manual page)."""

STRESS = "stress.toml"
_VOWELS = "аеёиоуыэюя"
_LATIN = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
        "a b v g d e yo zh z i y k l m n o p r s t u f kh ts ch sh shch _ y _ e yu ya".replace("_", "").split(" "),
        strict=True,
    )
)


class CannotRecord(BoxError):
    """A recording cannot be made: a program is absent, or the stress of a word is not known; the text says which."""

    code = "callers"


class VoiceSheet(msgspec.Struct, frozen=True):
    """voice.toml of a voice. ``program`` with ``options`` speaks («ru_tts», «espeak-ng»; '' = recordings of a person,
    which nothing here makes anew)."""

    engine: str
    licence: str
    program: str = ""
    options: tuple[str, ...] = ()
    files: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class Rendered:
    """What was done for one voice."""

    voice: str
    made: tuple[str, ...]
    dropped: tuple[str, ...]


def texts_of_scenarios(scenarios: Iterable[Path]) -> dict[str, set[str]]:
    """What the callers of scenario files say, by voice. Files that cannot be read are left to those who play them."""
    texts: dict[str, set[str]] = {}
    for path in scenarios:
        data, _ = read_toml(path)
        line = data.get("line")
        voice = line.get("voice") if isinstance(line, dict) else None
        if isinstance(voice, str):
            texts.setdefault(voice, set()).update(_said(data))
    return texts


def _said(data: Mapping[str, Any]) -> set[str]:
    calls = [call.get("step", []) for call in data.get("call", []) if isinstance(call, dict)]
    steps = [step for each in (data.get("caller", []), *calls) for step in each]
    return {step["say"] for step in steps if isinstance(step.get("say"), str) and not step["say"].endswith(".wav")}


def read_sheet(folder: Path) -> VoiceSheet:
    """The sheet of the voice in ``folder``. Raises CannotRecord."""
    table, problems = read_toml(folder / INDEX)
    sheet = build(VoiceSheet, table, "", problems)
    if sheet is None or problems:
        raise CannotRecord(f"{folder / INDEX}: {'; '.join(problems)}")
    return sheet


def render(folder: Path, texts: Iterable[str], programs: Mapping[str, Path], *, again: bool) -> Rendered:
    """Record what the voice in ``folder`` lacks of ``texts`` (``again``: all of them), and drop what nobody says.
    ``programs`` says where a program lies that is not on the path. Raises CannotRecord."""
    sheet = read_sheet(folder)
    wanted = sorted({*texts, *DIGIT_WORDS})
    if not sheet.program:
        return Rendered(folder.name, (), ())
    kept = {} if again else {text: file for text, file in sheet.files.items() if text in wanted}
    missing = [text for text in wanted if not (text in kept and (folder / kept[text]).is_file())]
    stress = _stress(folder.parent / STRESS)
    program = str(programs.get(sheet.program, sheet.program))
    for text in missing:
        sound, rate_hz = _spoken(sheet.program, [program, *sheet.options], text, stress)
        line_sound = trimmed(for_the_line(sound, rate_hz))
        kept[text] = file = _free_name(text, set(kept.values()))
        (folder / file).write_bytes(pcm_wav(to_samples(line_sound * evening_gain(line_sound))))
    _write_sheet(folder, msgspec.structs.replace(sheet, files=dict(sorted(kept.items()))))
    dropped = tuple(sorted(set(sheet.files) - set(kept)))
    for path in folder.glob("*.wav"):
        if path.name not in kept.values():
            path.unlink()
    return Rendered(folder.name, tuple(missing), dropped)


def _write_sheet(folder: Path, sheet: VoiceSheet) -> None:
    head = "# A caller's voice; [files] is written by `linebox callers render`.\n\n"
    table = {"engine": sheet.engine, "licence": sheet.licence, "program": sheet.program, "options": list(sheet.options)}
    (folder / INDEX).write_text(f"{head}{toml_text({**table, 'files': sheet.files})}\n", "utf-8")


def _free_name(text: str, taken: set[str]) -> str:
    """A file name in Latin letters that says what is said."""
    latin = "".join(_LATIN.get(letter, letter) for letter in text.lower())
    stem = re.sub(r"[^a-z0-9]+", "-", latin).strip("-")[:60] or "text"
    names = (f"{stem}{'' if number == 1 else f'-{number}'}.wav" for number in range(1, len(taken) + 2))
    return next(name for name in names if name not in taken)


# ---------------------------------------------------------------- the programs


def _spoken(kind: str, command: Sequence[str], text: str, stress: Mapping[str, str]) -> tuple[Sound, int]:
    if kind == "ru_tts":
        raw = _run(command, _stressed(text, stress).encode("koi8-r", "replace"))
        return np.frombuffer(raw, np.int8).astype(np.float64) * 256, RU_TTS_RATE_HZ
    with tempfile.TemporaryDirectory(prefix="linebox-caller-") as folder:
        target = Path(folder) / "said.wav"
        _run([*command, "-w", str(target), "--stdin"], text.encode())
        return pcm_samples(target.read_bytes())


def _run(command: Sequence[str], text: bytes) -> bytes:
    try:
        done = subprocess.run(command, input=text, capture_output=True, timeout=PROGRAM_LIMIT_S, check=True)
    except (OSError, subprocess.SubprocessError) as error:
        raise CannotRecord(f"{command[0]} cannot speak ({error}); install it, or use --program NAME=PATH") from None
    return done.stdout


def _stress(path: Path) -> dict[str, str]:
    table, problems = read_toml(path)
    if problems:
        raise CannotRecord("; ".join(problems))
    return {marked.replace("+", ""): marked for marked in table.get("words", [])}


def _stressed(text: str, stress: Mapping[str, str]) -> str:
    """``text`` with '+' behind each stressed vowel, as ru_tts wants it; without it every vowel is said in full."""

    def marked(match: re.Match[str]) -> str:
        word = match[0].lower()
        if sum(letter in _VOWELS for letter in word) < 2:
            return word
        if word not in stress:
            raise CannotRecord(f"the stress of «{word}» is not known; add it to config/callers/{STRESS}")
        return stress[word]

    return re.sub(r"[а-яёА-ЯЁ]+", marked, text)
