"""Making the recordings of the manifest by a text-to-speech engine.

A clip that another word must follow without a break is spoken with the syllable «па» after it and cut in the closure of
the «п», where a mouth is silent anyway: so it keeps the melody of the middle of a sentence. Incremental: a clip is made
again only when its text, stress, take or maker has changed.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np

from box.errors import PromptsBroken, SettingsWrong
from box.speaking.audio_lock import STUDIO, Recording, load_lock, save_lock, says, short_hash
from box.speaking.catalogue import AUDIO_FOLDER
from box.speaking.clip_checks import is_weak
from box.speaking.engines import Engine
from box.speaking.line_sound import (
    FRAME_S,
    PEAK_LIMIT,
    Sound,
    evening_gain,
    for_the_line,
    frame_levels_db,
    ramped,
    to_samples,
    trimmed,
)
from box.speaking.manifest import Clip, Manifest
from box.speaking.script import Contour
from box.speaking.sound_files import alaw_wav
from box.toml_tables import read_toml
from firmware.vocabulary import SAMPLE_RATE_HZ, Samples

TREATMENT = 1
"""Raised when the treatment of the sound changes, so that everything is rendered again."""

CARRIER = "па"
_VOWEL_DB = -15.0
"""The carrier's vowel is the last thing heard and has at least one frame above this."""
_CARRIER_CLOSURE_S = 0.10
"""The «п» closes the mouth within this before the vowel."""
_BURST_DB = -25.0
_CLOSED_FRAMES = 4
"""So long it is quiet only in the closure: between two beats of a deep voice it is quiet for less."""
_SPEECH_DB = -40.0
"""Frames above are speech, down to a «т» let go before the closure."""

_STRESSABLE = re.compile(r"[\w+]+(?:-[\w+]+)*")


Progress: TypeAlias = Callable[[str, int, int], None]
"""Told the clip, its number and how many there are, before each is made."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """What a run did: the clips made, those left as they were, those taken away."""

    made: tuple[str, ...]
    kept: int
    removed: tuple[str, ...]


def clip_samples(clip: Clip, engine: Engine, stress: Mapping[str, str]) -> Samples:
    """``clip`` spoken by ``engine`` and made fit for the line. ``stress`` maps words to their marked spelling. Raises
    SpeechEngineAway, or PromptsBroken when the engine gave no speech."""
    text = with_stress(clip.spoken, stress)
    if clip.contour is Contour.END:
        return finished(for_the_line(*engine.sound(text)), clip)
    spoken = for_the_line(*engine.sound(f"{text} {CARRIER}."))
    # A lone preposition is weak beside the words around it; brought to their level it would shout.
    return finished(before_carrier(spoken), clip, spoken if is_weak(clip) else None)


def with_stress(text: str, stress: Mapping[str, str]) -> str:
    """``text`` with the marked spelling of every word that ``stress`` knows, whole or by the parts between its hyphens;
    words marked already stay."""

    def marked(word: str) -> str:
        parts = (stress.get(part.lower(), part) for part in word.split("-"))
        return stress.get(word.lower()) or "-".join(parts)

    return _STRESSABLE.sub(lambda match: match[0] if "+" in match[0] else marked(match[0]), text)


def before_carrier(sound: Sound) -> Sound:
    """``sound`` up to the closure of the carrier's «п»; nothing when there is no sound in it."""
    levels = frame_levels_db(sound)
    loud = np.flatnonzero(levels > _VOWEL_DB)
    if not loud.size:
        return sound[:0]
    place = int(loud[-1])
    while place > 0 and np.max(levels[max(place + 1 - _CLOSED_FRAMES, 0) : place + 1]) > _BURST_DB:
        place -= 1
    window = levels[max(place - round(_CARRIER_CLOSURE_S / FRAME_S), 0) : place + 1]
    closed = np.flatnonzero(window <= np.min(window) + 6)
    place -= len(window) - 1 - int(closed[-1])
    while place > 0 and levels[place] < _SPEECH_DB:
        place -= 1
    return ramped(sound[: (place + 1) * round(FRAME_S * SAMPLE_RATE_HZ)])


def render(
    manifest: Manifest,
    folder: Path,
    engine: Engine,
    stress: Mapping[str, str],
    *,
    only: Collection[str] = (),
    progress: Progress | None = None,
) -> Rendered:
    """Make what is missing or out of date in ``folder``/audio and its lock; ``only`` names ids or clips to make in any
    case, and nothing else. Recordings of a studio stay while their text stands. What was made before an engine failed
    is kept. Raises SpeechEngineAway, PromptsBroken."""
    clips = {clip.name: clip for clip in manifest.clips()}
    recordings = {name: each for name, each in load_lock(folder).items() if name in clips}
    wanted = {
        clip.name: recipe
        for clip in clips.values()
        if _is_named(clip, only) and (recipe := _recipe_if_due(clip, recordings, folder, engine, stress, bool(only)))
    }
    try:
        for number, (name, recipe) in enumerate(wanted.items(), 1):
            if progress is not None:
                progress(name, number, len(wanted))
            sha256 = store(clips[name], clip_samples(clips[name], engine, stress), folder)
            recordings[name] = Recording(says(clips[name]), engine.name, recipe, sha256)
    finally:
        save_lock(folder, recordings)
    removed = () if only else tuple(_remove_strays(folder, {clip.file for clip in clips.values()}))
    return Rendered(tuple(wanted), len(clips) - len(wanted), removed)


def load_stress(path: Path) -> dict[str, str]:
    """config/stress.toml: words by their marked spelling. Raises SettingsWrong with every mistake in it."""
    table, problems = read_toml(path)
    words = table.get("words", {})
    problems += [f"{path.name} {key}: unknown; words go below [words]" for key in table if key != "words"]
    for word, marked in words.items():
        if not isinstance(marked, str) or marked.replace("+", "") != word or word != word.lower():
            problems.append(f"{path.name} {word}: wants the same word, in small letters, with + before a vowel")
    if problems:
        raise SettingsWrong(problems)
    return dict(words)


def names_of(clip: Clip) -> tuple[str, str]:
    """What ``only`` may call ``clip``: its own name, or the id of its phrase or word."""
    return clip.name, re.split("[#/]", clip.name)[0]


def _is_named(clip: Clip, only: Collection[str]) -> bool:
    return not only or any(name in only for name in names_of(clip))


def _recipe_if_due(
    clip: Clip,
    recordings: Mapping[str, Recording],
    folder: Path,
    engine: Engine,
    stress: Mapping[str, str],
    anyway: bool,
) -> str:
    """The recipe to make ``clip`` by, '' when its recording is good as it is."""
    recipe = short_hash(with_stress(clip.spoken, stress), engine.name, str(TREATMENT))
    old = recordings.get(clip.name)
    path = folder / AUDIO_FOLDER / clip.file
    if anyway or old is None or old.says != says(clip) or not path.is_file():
        return recipe
    if hashlib.sha256(path.read_bytes()).hexdigest() != old.sha256:
        return recipe
    return "" if old.made_by == STUDIO or old.recipe == recipe else recipe


def store(clip: Clip, samples: Samples, folder: Path) -> str:
    """Write the file of ``clip`` below ``folder``/audio; its hash. Raises OSError."""
    path = folder / AUDIO_FOLDER / clip.file
    path.parent.mkdir(parents=True, exist_ok=True)
    wav = alaw_wav(samples)
    path.write_bytes(wav)
    return hashlib.sha256(wav).hexdigest()


def finished(words: Sound, clip: Clip, level_of: Sound | None = None) -> Samples:
    """``words`` trimmed and at the common level, or at the level that brings ``level_of`` to it."""
    speech = trimmed(words)
    if not speech.size:
        raise PromptsBroken(f"the recording of {clip.name} is silent")
    gain = evening_gain(speech if level_of is None else trimmed(level_of))
    return to_samples(speech * min(gain, PEAK_LIMIT / float(np.max(np.abs(speech)))))


def _remove_strays(folder: Path, known: Collection[str]) -> Iterator[str]:
    root = folder / AUDIO_FOLDER
    for path in sorted(root.rglob("*.wav")):
        name = path.relative_to(root).as_posix()
        if name not in known:
            path.unlink()
            yield name
