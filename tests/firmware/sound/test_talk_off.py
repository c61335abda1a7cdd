"""Nobody is hung up upon for what he says, sings or plays: the sound of the repository and music hold no progress tone.

The long version, with more voices, is ``python -m tests.firmware.sound.bench_progress``.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from firmware.line_ear import LineEar
from firmware.progress_tones import ProgressTones, Tone, ToneHeard
from firmware.vocabulary import AudioReceived, ListeningStarted
from tests.firmware.sound.talk_and_music import (
    MUSIC,
    Sound,
    caller_files,
    coded,
    music,
    pcm,
    prompt,
    prompt_files,
    repository_clips,
    speech,
)
from tests.kit.tones import RATE_HZ, peak, silence

ROWS_S = 80.0


def tones(sound: Sound) -> list[ToneHeard]:
    """What is heard in a whole recording, voices aside."""
    padded = np.concatenate((silence(1.0), sound, silence(1.0)))
    return [heard for heard in ProgressTones().feed(coded(padded)) if heard.tone is not Tone.VOICE]


def test_no_recording_alone_holds_a_tone() -> None:
    sounds = [(path, prompt(path)) for path in prompt_files()]
    sounds += [(path, pcm(path.read_bytes())[0]) for path in caller_files()]
    assert len(sounds) > 700
    assert [(path.name, found) for path, sound in sounds if (found := tones(sound))] == []


@pytest.mark.parametrize("pitch", [0.75, 0.87, 1.2])
def test_no_fixed_prompt_holds_a_tone_at_another_pitch(pitch: float) -> None:
    place = np.arange
    found: list[tuple[Path, list[ToneHeard]]] = []
    for path in prompt_files():
        sound = prompt(path)
        varied = np.interp(place(0, len(sound), pitch), place(len(sound)), sound)
        found += [(path, heard) for heard in [tones(varied)] if heard]
    assert found == []


@pytest.mark.parametrize("seed", [1, 2])
def test_a_line_that_is_talked_to_hears_no_tone(seed: int) -> None:
    ear, at, found = LineEar(), 0.0, []
    ear.refine(ListeningStarted(at))
    for part in speech(repository_clips(), ROWS_S, np.random.default_rng(seed)):
        sound = coded(part)
        for block in (sound[start : start + 400] for start in range(0, len(sound), 400)):
            at += len(block) / RATE_HZ
            found += [e for e in ear.refine(AudioReceived(at, block)) if isinstance(e, ToneHeard)]
    assert {heard.tone for heard in found} == {Tone.VOICE}


def test_music_is_no_tone() -> None:
    detector = ProgressTones()
    parts = music(3 * ROWS_S, np.random.default_rng(4))
    found = {heard.tone for part in parts for heard in detector.feed(coded(part))}
    assert found == {Tone.VOICE}


@pytest.mark.parametrize("kind", MUSIC, ids=lambda kind: kind.__name__)
def test_no_kind_of_music_is_a_tone(kind) -> None:  # type: ignore[no-untyped-def]
    chance = np.random.default_rng(7)
    for _ in range(60):
        part = kind(chance)
        assert tones(part * (peak(-12.0) / np.max(np.abs(part)))) == []
