"""The manifest together with its recordings, checked before anything is said.

A line process does not start with a prompt missing: a caller must never hear a hole. Recordings stay in memory as
A-law and become samples when they are used.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from box.errors import PromptsBroken
from box.speaking import calendar_words, hours_words, numbers
from box.speaking.audio_lock import Recording, load_lock, says
from box.speaking.manifest import WORD_FILES, Clip, Manifest, load_manifest
from box.speaking.sound_files import alaw_codes, alaw_decoded
from firmware.vocabulary import Samples

AUDIO_FOLDER = "audio"
PROBLEMS_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Texts and sound of every prompt. Build it with ``load_catalogue``."""

    manifest: Manifest
    codes: Mapping[str, bytes]

    def samples(self, clip: str) -> Samples:
        """The sound of a clip by its name. Raises PromptsBroken for a name that the manifest does not have."""
        if clip not in self.codes:
            raise PromptsBroken(f"there is no clip {clip}")
        return alaw_decoded(self.codes[clip])


def load_catalogue(folder: Path) -> Catalogue:
    """The prompts in ``folder``. Raises PromptsBroken with all that is wrong: a mistake in a text, a clip that was
    never recorded or whose text has changed since, a file missing, altered or of another format."""
    manifest = load_manifest(folder)
    lock = load_lock(folder)
    codes: dict[str, bytes] = {}
    problems = [f"{word} is in none of {', '.join(WORD_FILES)}" for word in missing_words(manifest)]
    for clip in manifest.clips():
        try:
            codes[clip.name] = _codes(clip, lock.get(clip.name), folder)
        except ValueError as error:
            problems.append(f"{clip.name} {error}")
    if problems:
        shown = "; ".join(problems[:PROBLEMS_SHOWN])
        more = len(problems) - PROBLEMS_SHOWN
        rest = f"; and {more} more, which `linebox prompts check` lists" if more > 0 else ""
        raise PromptsBroken(f"{shown}{rest}. Run `linebox prompts render`")
    return Catalogue(manifest, codes)


def recording_problems(manifest: Manifest, folder: Path) -> list[str]:
    """What is wrong with the recordings in ``folder``, a line each, stray files too. Raises PromptsBroken when the lock
    cannot be read."""
    lock = load_lock(folder)
    problems = [f"{word} is in none of {', '.join(WORD_FILES)}" for word in missing_words(manifest)]
    for clip in manifest.clips():
        try:
            _codes(clip, lock.get(clip.name), folder)
        except ValueError as error:
            problems.append(f"{clip.name} {error}")
    root = folder / AUDIO_FOLDER
    known = {clip.file for clip in manifest.clips()}
    strays = (path.relative_to(root).as_posix() for path in sorted(root.rglob("*")) if path.is_file())
    return problems + [f"{AUDIO_FOLDER}/{name} is used by nothing" for name in strays if name not in known]


def sound_clip(clip: Clip, folder: Path) -> Samples | None:
    """The sound in the file of ``clip`` whatever its hash, or None when there is none to be had."""
    try:
        codes = alaw_codes((folder / AUDIO_FOLDER / clip.file).read_bytes())
    except (OSError, ValueError):
        return None
    return alaw_decoded(codes) if codes else None


def missing_words(manifest: Manifest) -> list[str]:
    """The words that numbers, sums, dates, times and hours are spelt with and the manifest lacks."""
    spelling = numbers.all_words() | calendar_words.all_words() | hours_words.all_words()
    return sorted(spelling - manifest.words.keys())


def _codes(clip: Clip, recording: Recording | None, folder: Path) -> bytes:
    """The A-law codes of ``clip``. Raises ValueError, in a few words that follow its name."""
    if recording is None:
        raise ValueError("was never recorded")
    if recording.says != says(clip):
        raise ValueError("has another text or take than its recording")
    try:
        wav = (folder / AUDIO_FOLDER / clip.file).read_bytes()
    except OSError as error:
        raise ValueError(f"cannot be read: {clip.file} ({error.strerror})") from None
    if hashlib.sha256(wav).hexdigest() != recording.sha256:
        raise ValueError(f"is not as it was recorded: {clip.file} has another hash")
    codes = alaw_codes(wav)
    if not codes:
        raise ValueError(f"is empty: {clip.file}")
    return codes
