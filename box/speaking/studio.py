"""A person's recordings taken in: each looked at as it was delivered and as callers would hear it, all of them or none.

What is wrong is told for all files at once, in words that the one who records can act on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from box.errors import PromptsBroken
from box.speaking.audio_lock import STUDIO, Recording, load_lock, save_lock, says
from box.speaking.clip_checks import findings, is_weak
from box.speaking.line_sound import Sound, active_level_dbm0, for_the_line, frame_levels_db
from box.speaking.manifest import Clip, Manifest
from box.speaking.rendering import finished, store
from box.speaking.sound_files import pcm_samples
from firmware.vocabulary import Samples

LOWEST_RATE_HZ = 16_000
"""Below, a recording has been through a telephone already."""

CLIPPED_SAMPLES = 3
"""So many samples in a row at one extreme value are a wave with its top cut off."""
_NEAR_FULL_SCALE = 32_000

FAINTEST_DBM0 = -45.0
"""Speech below is drowned by its own noise when it is brought up to the common level."""

LEAST_CLEARANCE_DB = 30.0
"""Between the loudest of the speech and the quiet around it."""
_QUIETEST_PART = 0.1

WEAK_GAIN = 0.6
"""A person's lone preposition comes without the words around it to take its level from: 4 dB below them."""

PROBLEMS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a folder of a studio holds for the manifest: the clips taken in, and those it has no file for."""

    taken: tuple[str, ...]
    missing: tuple[str, ...]
    strays: tuple[str, ...]


def take_in(manifest: Manifest, folder: Path, studio: Path) -> Delivery:
    """Take a studio's recordings into ``folder``: every file below ``studio`` that is named as a clip's file. Raises
    PromptsBroken naming each file that is unfit and why; then nothing has changed."""
    clips = list(manifest.clips())
    found = {clip.name: (clip, studio / clip.file) for clip in clips if (studio / clip.file).is_file()}
    sounds: dict[str, Samples] = {}
    problems: list[str] = []
    for name, (clip, path) in found.items():
        try:
            sounds[name] = studio_samples(clip, path.read_bytes())
        except (PromptsBroken, OSError) as error:
            problems.append(str(error))
    if problems:
        more = f"; and {len(problems) - PROBLEMS_SHOWN} more" if len(problems) > PROBLEMS_SHOWN else ""
        raise PromptsBroken(f"{'; '.join(problems[:PROBLEMS_SHOWN])}{more}. Nothing was taken in")
    recordings = load_lock(folder)
    for name, samples in sounds.items():
        clip = found[name][0]
        recordings[name] = Recording(says(clip), STUDIO, "", store(clip, samples, folder))
    save_lock(folder, recordings)
    known = {path for _, path in found.values()}
    strays = sorted(path.relative_to(studio).as_posix() for path in studio.rglob("*.wav") if path not in known)
    return Delivery(tuple(sounds), tuple(clip.name for clip in clips if clip.name not in sounds), tuple(strays))


def studio_samples(clip: Clip, wav: bytes) -> Samples:
    """A person's recording of ``clip`` made fit for the line. Raises PromptsBroken, with everything that is wrong, for
    a file that cannot be used."""
    try:
        sound, rate_hz = pcm_samples(wav)
    except ValueError as error:
        raise PromptsBroken(f"the recording of {clip.name} {error}; a 16-bit mono PCM WAV is wanted") from None
    words = for_the_line(sound, rate_hz)
    if wrong := list(_delivery_problems(sound, rate_hz, words)):
        raise PromptsBroken(f"the recording of {clip.name} {', '.join(wrong)}")
    samples = finished(words * (WEAK_GAIN if is_weak(clip) else 1.0), clip, level_of=words)
    if unfit := findings(clip, samples):
        raise PromptsBroken(f"the recording of {'; '.join(unfit)}")
    return samples


def _delivery_problems(sound: Sound, rate_hz: int, words: Sound) -> Iterator[str]:
    """What is wrong with ``sound`` as it was delivered; ``words`` is the same on the line."""
    if rate_hz < LOWEST_RATE_HZ:
        yield f"has {rate_hz} samples a second; {LOWEST_RATE_HZ} or more are wanted"
    if _is_clipped(sound):
        yield "is clipped: record it with less gain"
    level_dbm0 = active_level_dbm0(words)
    if level_dbm0 < FAINTEST_DBM0:
        yield f"is too faint ({level_dbm0:.0f} dBm0): record it with more gain"
    elif (clearance_db := _clearance_db(words)) < LEAST_CLEARANCE_DB:
        yield f"has quiet ends only {clearance_db:.0f} dB below the speech: leave 0.2 s of a quiet room at both"


def _is_clipped(sound: Sound) -> bool:
    extreme = np.abs(sound) >= _NEAR_FULL_SCALE
    level = extreme[1:] & extreme[:-1] & (sound[1:] == sound[:-1])
    if len(level) < CLIPPED_SAMPLES - 1:
        return False
    return bool(np.max(np.convolve(level, np.ones(CLIPPED_SAMPLES - 1), "valid")) >= CLIPPED_SAMPLES - 1)


def _clearance_db(sound: Sound) -> float:
    """How far the quietest tenth of the frames lies below the loudest frame."""
    levels = frame_levels_db(sound)
    return -float(np.quantile(levels, _QUIETEST_PART)) if levels.size else 0.0
