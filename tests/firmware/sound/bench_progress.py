"""Progress tones: how often speech and music are taken for one, and how surely and soon real ones are found.

python -m tests.firmware.sound.bench_progress --minutes 60

Two thirds of the time is speech, one third music. Prints; exits with 1 if anything was taken for a hang-up.
"""

# ruff: noqa: T201

from __future__ import annotations

import argparse
import itertools
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable

import numpy as np

from firmware.progress_tones import ProgressTones, Tone, ToneHeard
from firmware.sound_formats import decoder, encoder
from firmware.vocabulary import Samples
from tests.firmware.sound.talk_and_music import Sound, coded, espeak_clips, music, repository_clips, speech
from tests.kit.tones import RATE_HZ, silence, sine, white_noise

HANG_UPS = (Tone.BUSY, Tone.CONGESTION, Tone.DIAL)
BLOCK = 160
LEVELS_DBM0 = (0.0, -10.0, -20.0, -30.0, -35.0)


def bursts(hz: float, level_dbm0: float, on_s: float, off_s: float, count: int) -> Sound:
    """A cadence whose tone goes on through the pauses, as an exchange's generator does."""
    n = np.arange(round(count * (on_s + off_s) * RATE_HZ))
    return sine(hz, level_dbm0, len(n) / RATE_HZ) * (n % round((on_s + off_s) * RATE_HZ) < on_s * RATE_HZ)


def special_information(_: float, level_dbm0: float) -> Sound:
    """E.180: three tones without a pause, then 1 s of quiet."""
    return np.concatenate([sine(hz, level_dbm0, 0.33) for hz in (950.0, 1400.0, 1800.0)] + [silence(1.0)])


Signal = tuple[Tone, float, Callable[[float, float], Sound]]
"""What it is, within how many seconds it must be found, and its sound at an offset of the frequency and a level."""


def _cadence(hz: float, on_s: float, off_s: float, count: int) -> Callable[[float, float], Sound]:
    return lambda off_hz, level_dbm0: bursts(hz + off_hz, level_dbm0, on_s, off_s, count)


def _widely(make: Callable[[float, float], Sound]) -> Callable[[float, float], Sound]:
    """The same farther off its frequency, where a tone has one period more to be found."""
    return lambda off_hz, level_dbm0: make(off_hz * 15 / 8, level_dbm0)


SIGNALS: dict[str, Signal] = {
    "busy 0.35/0.35": (Tone.BUSY, 1.4, _cadence(425, 0.35, 0.35, 3)),
    "busy 0.4/0.4": (Tone.BUSY, 1.6, _cadence(425, 0.4, 0.4, 3)),
    "busy 0.35/0.4": (Tone.BUSY, 1.5, _cadence(425, 0.35, 0.4, 3)),
    "busy at 410-440 Hz": (Tone.BUSY, 2.1, _widely(_cadence(425, 0.35, 0.35, 4))),
    "congestion 0.175": (Tone.CONGESTION, 0.7, _cadence(425, 0.175, 0.175, 3)),
    "congestion 0.2": (Tone.CONGESTION, 0.8, _cadence(425, 0.2, 0.2, 3)),
    "congestion 0.1": (Tone.CONGESTION, 0.8, _cadence(425, 0.1, 0.1, 6)),
    "dial tone": (Tone.DIAL, 2.2, lambda off_hz, level: sine(425 + off_hz, level, 3.0)),
    "ringback 1/4": (Tone.RINGBACK, 5.0, _cadence(425, 1.0, 4.0, 1)),
    "SIT": (Tone.SPECIAL_INFORMATION, 1.1, special_information),
    "fax CNG 1100": (Tone.FAX_CALLING, 3.5, _cadence(1100, 0.5, 3.0, 1)),
    "data 1300": (Tone.DATA_CALLING, 2.5, _cadence(1300, 0.6, 1.9, 1)),
    "CED 2100": (Tone.ANSWER_TONE, 2.6, lambda off_hz, level: sine(2100 + off_hz, level, 3.0)),
}


def heard(sound: Samples, block: int = BLOCK) -> list[ToneHeard]:
    """All that one listening hears in it."""
    detector = ProgressTones()
    return [tone for start in range(0, len(sound), block) for tone in detector.feed(sound[start : start + block])]


def false_tones(parts: Iterable[Sound]) -> tuple[Counter[Tone], float, float]:
    """Tones taken from sound that has none, the seconds listened, and the processor's seconds."""
    detector = ProgressTones()
    found: Counter[Tone] = Counter()
    listened_s, worked_s = 0.0, 0.0
    for part in parts:
        sound = coded(part)
        began = time.process_time()
        for start in range(0, len(sound), BLOCK):
            found.update(tone.tone for tone in detector.feed(sound[start : start + BLOCK]))
        worked_s += time.process_time() - began
        listened_s += len(sound) / RATE_HZ
    del found[Tone.VOICE]
    return found, listened_s, worked_s


def on_time(signal: Signal, level_dbm0: float, words: Sound) -> tuple[int, int]:
    """How often it is found in time, and of how many: every coding, noise, offset of frequency and what came before."""
    tone, within_s, make = signal
    cases = tuple(itertools.product(("linear16", "ulaw", "linear8u"), (None, 20.0), (-8.0, 0.0, 8.0), (False, True)))
    found = 0
    for coding, ratio_db, off_hz, talk in cases:
        lead = np.concatenate((words, silence(0.15))) if talk else silence(0.1)
        sound = np.concatenate((lead, make(off_hz, level_dbm0)))
        if ratio_db is not None:
            sound = sound + white_noise(level_dbm0 - ratio_db, len(sound) / RATE_HZ, 5)[: len(sound)]
        received = decoder(coding).decode(encoder(coding).encode(coded(sound)))
        lead_s = len(lead) / RATE_HZ
        tones = [t for t in heard(received, len(received)) if t.tone is not Tone.VOICE]
        found += [t.tone for t in tones] == [tone] and lead_s < tones[0].at_s <= lead_s + within_s
    return found, len(cases)


def main() -> int:
    """Print both halves."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    chance = np.random.default_rng(chosen.seed)
    ours, synthetic = repository_clips(), espeak_clips()
    spoken_s = chosen.minutes * 60 / 3
    rows: dict[str, Iterable[Sound]] = {
        f"speech, {len(ours)} recordings": speech(ours, spoken_s, chance),
        f"speech, {len(synthetic)} of espeak-ng": speech(synthetic or ours, spoken_s, chance),
        "music": music(spoken_s, chance),
    }
    hang_ups = 0
    for name, parts in rows.items():
        found, listened_s, worked_s = false_tones(parts)
        gone = sum(found[tone] for tone in HANG_UPS)
        hang_ups += gone
        told = ", ".join(f"{tone.value} {count}" for tone, count in sorted(found.items(), key=lambda i: i[0].value))
        print(
            f"{name:32} {listened_s / 60:6.1f} min: {gone * 3600 / listened_s:5.2f} false hang-ups an hour, "
            f"{sum(found.values()) * 3600 / listened_s:5.2f} false tones an hour ({told or 'none'}), "
            f"{worked_s / listened_s:.3%} of a core"
        )
    print(f"\n{'found in time, dBm0':24}" + "".join(f"{level:8.0f}" for level in LEVELS_DBM0))
    words = ours[0]
    for name, signal in SIGNALS.items():
        counts = [on_time(signal, level, words) for level in LEVELS_DBM0]
        print(f"{name:24}" + "".join(f"{right:4d}/{of:3d}" for right, of in counts))
    return 1 if hang_ups else 0


if __name__ == "__main__":
    sys.exit(main())
