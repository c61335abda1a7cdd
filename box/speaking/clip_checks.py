"""What can be wrong with a recording's sound, found by measuring it. Pure: samples in, findings out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from box.speaking.line_sound import (
    ACTIVE_LEVEL_DBM0,
    FRAME_S,
    LONGEST_INNER_PAUSE_S,
    PEAK_LIMIT,
    QUIET_DB,
    active_level_dbm0,
    frame_levels_db,
)
from box.speaking.manifest import Clip
from firmware.vocabulary import SAMPLE_RATE_HZ, Samples

LEVEL_TOLERANCE_DB = 1.5
"""Clips within this of the common level differ by no more than 3 dB from each other."""

WEAK_CLIP_DB = 10.0
"""A lone preposition may lie so far below (see ``rendering``)."""

SYLLABLE_S = (0.06, 0.75)
"""Shortest and longest time a syllable takes: outside, a clip was cut too early or too late."""

REST = 64
"""A clip's first and last sample lie within this of zero: 54 dB under full scale, no click."""

LONGEST_EDGE_S = 0.03
"""Quiet before the first and after the last speech of a clip."""

PEAK_ROUNDING = 1.02
"""Half a step of A-law near the peak limit."""

PREPOSITIONS = frozenset(["в", "во", "до", "за", "и", "из", "к", "ко", "на", "о", "об", "от", "по", "с", "со", "у"])

_VOWELS = re.compile("[аеёиоуыэюя]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ClipFacts:
    """Measurements of one clip."""

    level_dbm0: float
    peak: int
    duration_s: float
    longest_quiet_s: float
    edge_quiet_s: float


def is_weak(clip: Clip) -> bool:
    """Whether a clip is a lone preposition or «и» between two values, which stands back behind the words around it. The
    same letter as a part of an address is a word like any other."""
    return not clip.file.startswith("places/") and clip.text.lower() in PREPOSITIONS


def measure(samples: Samples) -> ClipFacts:
    """The facts of a clip; ``samples`` must not be empty."""
    runs = list(_quiet_runs_s(samples))
    inner = [length for start, length, ends in runs if start and not ends]
    edges = [length for start, length, ends in runs if not start or ends]
    peak = int(np.max(np.abs(samples.astype(np.int32))))
    duration_s = len(samples) / SAMPLE_RATE_HZ
    level = active_level_dbm0(samples)
    return ClipFacts(level, peak, duration_s, max(inner, default=0.0), max(edges, default=0.0))


def findings(clip: Clip, samples: Samples) -> list[str]:
    """What is wrong with the sound of ``clip``, a line each; nothing when it is fit to be heard."""
    facts = measure(samples)
    below = WEAK_CLIP_DB if is_weak(clip) else LEVEL_TOLERANCE_DB
    syllables = max(len(_VOWELS.findall(clip.spoken)), 1)
    shortest_s, longest_s = (syllables * each for each in SYLLABLE_S)
    tests = (
        (-below <= facts.level_dbm0 - ACTIVE_LEVEL_DBM0 <= LEVEL_TOLERANCE_DB, f"level {facts.level_dbm0:.1f} dBm0"),
        (facts.peak <= PEAK_LIMIT * PEAK_ROUNDING, f"peak {facts.peak}"),
        (max(abs(int(samples[0])), abs(int(samples[-1]))) <= REST, f"starts at {samples[0]}, ends at {samples[-1]}"),
        (facts.edge_quiet_s <= LONGEST_EDGE_S, f"{facts.edge_quiet_s:.2f} s of quiet at an end"),
        (facts.longest_quiet_s <= LONGEST_INNER_PAUSE_S + FRAME_S, f"a pause of {facts.longest_quiet_s:.2f} s"),
        (shortest_s <= facts.duration_s <= longest_s, f"{facts.duration_s:.2f} s for {syllables} syllables"),
    )
    return [f"{clip.name}: {what}" for good, what in tests if not good]


def longest_silence_s(samples: Samples) -> float:
    """The longest run of quiet anywhere in ``samples``, ends included."""
    return max((length for _, length, _ in _quiet_runs_s(samples)), default=0.0)


def _quiet_runs_s(samples: Samples) -> Iterator[tuple[bool, float, bool]]:
    """Runs of quiet frames: whether something was before, the length, whether it reaches the end."""
    quiet = frame_levels_db(samples) <= QUIET_DB
    edges = np.flatnonzero(np.diff(np.concatenate([[0], quiet.astype(np.int8), [0]])))
    for start, end in edges.reshape(-1, 2):
        yield bool(start > 0), float(end - start) * FRAME_S, bool(end == len(quiet))
