"""Every recording with the text it says, where it lies, who made it and how long it is: for programs and auditors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from box.speaking.audio_lock import load_lock, says
from box.speaking.catalogue import AUDIO_FOLDER, sound_clip
from box.speaking.manifest import Clip, Manifest
from firmware.vocabulary import SAMPLE_RATE_HZ


@dataclass(frozen=True, slots=True)
class ClipRecord:
    """One line of the inventory. ``contour`` is how the voice leaves the clip (mid, hold, end); ``made_by`` and
    ``sha256`` are '' and ``duration_s`` is None where it was never recorded; ``current``: the recording says this
    text."""

    name: str
    text: str
    spoken: str
    contour: str
    take: int
    file: str
    made_by: str
    sha256: str
    duration_s: float | None
    current: bool


def inventory(manifest: Manifest, folder: Path) -> Mapping[str, list[ClipRecord]]:
    """The clips of each phrase and word of ``manifest`` by its id, with what ``folder`` holds of them. Raises
    PromptsBroken when the lock cannot be read."""
    lock = load_lock(folder)

    def record(clip: Clip) -> ClipRecord:
        made = lock.get(clip.name)
        samples = sound_clip(clip, folder)
        return ClipRecord(
            clip.name,
            clip.text,
            clip.spoken,
            clip.contour.value,
            clip.take,
            f"{AUDIO_FOLDER}/{clip.file}",
            made.made_by if made else "",
            made.sha256 if made else "",
            None if samples is None else round(len(samples) / SAMPLE_RATE_HZ, 3),
            made is not None and made.says == says(clip),
        )

    return {id_: [record(clip) for clip in clips] for id_, clips in _clips_by_id(manifest)}


def _clips_by_id(manifest: Manifest) -> Iterator[tuple[str, list[Clip]]]:
    for phrase in manifest.phrases.values():
        yield phrase.id, [part for part in phrase.parts if isinstance(part, Clip)]
    for word in manifest.words.values():
        yield word.id, list(word.clips.values())
