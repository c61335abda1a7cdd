"""Sound in which nobody hangs up: the repository's own recordings in rows, voices of espeak-ng, and made-up music.

For talk-off measurements. Everything is drawn from a seed, so a row that deceives a detector can be made again.
"""

from __future__ import annotations

import io
import shutil
import subprocess
import wave
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from box.speaking.sound_files import alaw_codes
from firmware.g711 import alaw_decoding_table
from tests.kit.tones import RATE_HZ, Sound, peak, rms, silence

HOME = Path(__file__).resolve().parents[3]
PROMPTS = HOME / "prompts" / "audio"
CALLERS = HOME / "config" / "callers"

Chance = np.random.Generator

_ESPEAK_TEXTS = (
    "Показания ноль один восемь семь четыре, день тысяча двести тридцать, ночь четыреста пять.",
    "Сколько стоит электричество? Задолженности нет. Соедините меня с оператором, пожалуйста.",
    "Улица Мусоргского, дом сто двадцать один, квартира сорок. Ну у нас там новый счётчик, у-у, минуту.",
)
_ESPEAK_VOICES = ("ru", "ru+f2", "ru+f4", "ru+m3", "ru+m7", "ru+croak", "ru+whisper", "de+f3", "en+m1")


def prompt_files() -> list[Path]:
    """Fixed prompts, numbers and places as they lie in the repository."""
    return sorted(PROMPTS.rglob("*.wav"))


def caller_files() -> list[Path]:
    """Words of the rehearsal's callers."""
    return sorted(CALLERS.rglob("*.wav"))


def prompt(path: Path) -> Sound:
    """A prompt's sound, A-law in its file."""
    codes = np.frombuffer(alaw_codes(path.read_bytes()), dtype=np.uint8)
    return alaw_decoding_table()[codes].astype(np.float64)


def pcm(content: bytes) -> tuple[Sound, int]:
    """Samples and rate of a 16-bit mono WAV, however long its header says it is."""
    with wave.open(io.BytesIO(content)) as file:
        return np.frombuffer(file.readframes(file.getnframes()), dtype="<i2").astype(np.float64), file.getframerate()


def resampled(sound: Sound, factor: float) -> Sound:
    """``factor`` times as many samples; played at the same rate it is slower and lower by that much."""
    wanted = max(round(len(sound) * factor), 2)
    spectrum = np.fft.rfft(sound)
    kept = np.zeros(wanted // 2 + 1, dtype=np.complex128)
    common = min(len(spectrum), len(kept))
    kept[:common] = spectrum[:common]
    return np.fft.irfft(kept, wanted) * (wanted / len(sound))


def at_level(sound: Sound, level_dbm0: float) -> Sound:
    """The sound scaled to this root mean square."""
    loudness = float(np.sqrt(np.mean(sound**2))) if len(sound) else 0.0
    return sound * (rms(level_dbm0) / loudness) if loudness > 0 else sound


# ---------------------------------------------------------------- speech


def repository_clips() -> list[Sound]:
    """Every recording of the repository."""
    callers = [pcm(path.read_bytes())[0] for path in caller_files()]
    return [prompt(path) for path in prompt_files()] + callers


def espeak_clips() -> list[Sound]:
    """A few sentences in several voices, pitches and rates; nothing where espeak-ng is not installed."""
    program = shutil.which("espeak-ng")
    if program is None:
        return []
    clips = []
    for number, voice in enumerate(_ESPEAK_VOICES):
        for text in _ESPEAK_TEXTS:
            how = ["-v", voice, "-p", str(10 + 10 * number), "-s", str(110 + 15 * (number % 6)), "--stdout", text]
            content = subprocess.run([program, *how], check=True, capture_output=True, timeout=60).stdout
            sound, rate_hz = pcm(content)
            clips.append(resampled(sound, RATE_HZ / rate_hz))
    return clips


def speech(clips: list[Sound], seconds: float, chance: Chance) -> Iterator[Sound]:
    """Clips in random order, each at a pitch, tempo and level of its own, with pauses or without."""
    spoken_s = 0.0
    while spoken_s < seconds:
        clip = clips[int(chance.integers(len(clips)))]
        varied = at_level(resampled(clip, chance.uniform(0.7, 1.4)), chance.uniform(-32.0, -8.0))
        part = np.concatenate((varied, silence(float(chance.choice([0.0, 0.1, 0.2, 0.35, 0.6])))))
        spoken_s += len(part) / RATE_HZ
        yield part


# ---------------------------------------------------------------- music

_NOTES_HZ = 440.0 * 2.0 ** (np.arange(-17, 13) / 12)
"""E3 to A5 of the equal temperament; 415.3 and 440.0 Hz lie within the tolerance of the supervision tone."""


def _envelope(count: int, attack_s: float, release_s: float) -> Sound:
    n = np.arange(count) / RATE_HZ
    return np.minimum(1.0, np.minimum(n / attack_s, (count / RATE_HZ - n) / release_s))


def _note(hz: float, seconds: float, partials: tuple[float, ...], **how: float) -> Sound:
    """One note. ``vibrato`` is a part of the frequency, ``wander_hz`` the unrest of a voice, ``decay`` per second."""
    n = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    vibrato = how.get("vibrato", 0.0) * np.sin(2 * np.pi * 5.5 * n)
    phase = 2 * np.pi * np.cumsum(hz * (1 + vibrato) + how.get("wander_hz", 0.0) * np.sin(2 * np.pi * 1.7 * n))
    sound = sum(part * np.sin(phase / RATE_HZ * (k + 1)) for k, part in enumerate(partials) if hz * (k + 1) < 3800)
    return np.asarray(sound * np.exp(-how.get("decay", 0.0) * n) * _envelope(len(n), 0.02, 0.03))


def _near_supervision(chance: Chance) -> float:
    """Mostly a note that a supervision tone might be."""
    if chance.random() < 0.5:
        return float(chance.choice([415.3, 440.0]) * 2 ** (chance.normal(0, 0.1) / 12))
    return float(chance.choice(_NOTES_HZ))


def sung(chance: Chance) -> Sound:
    """Held vowels of a singer; dark ones have little above the second partial."""
    partials = ((1.0, 0.35, 0.1), (1.0, 0.6, 0.5, 0.2, 0.1), (1.0, 0.2))[int(chance.integers(3))]
    vibrato, wander_hz = chance.uniform(0.003, 0.03), chance.uniform(1.0, 5.0)
    return _note(_near_supervision(chance), chance.uniform(0.3, 3.0), partials, vibrato=vibrato, wander_hz=wander_hz)


def whistled(chance: Chance) -> Sound:
    """Nearly a sine, as lips make it: it wanders by a few hertz and breathes."""
    sound = _note(
        _near_supervision(chance), chance.uniform(0.15, 2.5), (1.0, 0.03), wander_hz=chance.uniform(4.0, 12.0)
    )
    breath = 1 + 0.25 * np.sin(
        2 * np.pi * chance.uniform(1, 4) * np.arange(len(sound)) / RATE_HZ + chance.uniform(0, 6)
    )
    return sound * breath + chance.normal(0, 0.03, len(sound))


def organ(chance: Chance) -> Sound:
    """A long note of steady level, with the partials of flute stops."""
    return _note(_near_supervision(chance), chance.uniform(0.5, 4.0), (1.0, 0.5, 0.15, 0.2), vibrato=0.0)


def piano(chance: Chance) -> Sound:
    """Struck and dying away."""
    how = {"decay": chance.uniform(1.0, 5.0)}
    return _note(_near_supervision(chance), chance.uniform(0.2, 2.0), (1.0, 0.4, 0.2, 0.1), **how)


def chord(chance: Chance) -> Sound:
    """Three notes at once, as hold music has them."""
    root, seconds = int(chance.integers(len(_NOTES_HZ) - 8)), chance.uniform(0.3, 2.5)
    notes = [_note(float(_NOTES_HZ[root + step]), seconds, (1.0, 0.3, 0.1), decay=0.5) for step in (0, 4, 7)]
    return np.asarray(sum(notes))


def ringtone(chance: Chance) -> Sound:
    """A square-wave melody at an even pace, with rests as long as its notes."""
    note_s = chance.uniform(0.08, 0.4)
    square = tuple(1 / k if k % 2 else 0.0 for k in range(1, 9))
    parts = []
    for _ in range(8):
        parts += [_note(_near_supervision(chance), note_s, square), silence(note_s * float(chance.choice([0.1, 1.0])))]
    return np.concatenate(parts)


def beeped_melody(chance: Chance) -> Sound:
    """A melody of sines, at an even pace, as toys and alarm clocks play it; notes repeat as in a tune."""
    note_s = chance.uniform(0.08, 0.4)
    parts, hz = [], _near_supervision(chance)
    for _ in range(12):
        hz = hz if chance.random() < 0.2 else float(chance.choice(_NOTES_HZ))
        parts += [_note(hz, note_s, (1.0,)), silence(note_s * float(chance.choice([0.1, 0.5, 1.0])))]
    return np.concatenate(parts)


MUSIC: tuple[Callable[[Chance], Sound], ...] = (sung, whistled, organ, piano, chord, ringtone, beeped_melody)


def music(seconds: float, chance: Chance) -> Iterator[Sound]:
    """All kinds in turn, with rests as long as a busy tone's."""
    played_s = 0.0
    while played_s < seconds:
        for kind in MUSIC:
            part = kind(chance)
            part *= peak(chance.uniform(-30.0, -6.0)) / float(np.max(np.abs(part)))
            part = np.concatenate((part, silence(float(chance.choice([0.05, 0.175, 0.35, 0.4])))))
            played_s += len(part) / RATE_HZ
            yield part


def coded(sound: Sound) -> NDArray[np.int16]:
    """What a converter makes of it: rounded, clipped at full scale."""
    return np.clip(np.rint(sound), -32768, 32767).astype(np.int16)
