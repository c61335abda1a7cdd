"""What the sound path costs, as a share of real time on one core. Prints, and asserts nothing: machines differ.

python -m tests.firmware.sound.bench_sound
"""

# ruff: noqa: T201

from __future__ import annotations

import time
from collections.abc import Callable

from firmware.key_detector import KeyDetector, detect_keys
from firmware.sound_formats import FORMATS, decoder, encoder
from tests.kit.tones import presses, samples, white_noise

SECONDS = 60
FRAME = 160


def share_of_real_time(work: Callable[[], object]) -> float:
    """The best of three runs over SECONDS of sound."""
    taken = []
    for _ in range(3):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return min(taken) / SECONDS


def main() -> None:
    """Print a line for each part."""
    noise = samples(white_noise(-30, SECONDS, 1))
    keys = samples(presses("0123456789" * (SECONDS // 2), 0.1, 0.1))[: SECONDS * 8000]
    frames = [noise[start : start + FRAME] for start in range(0, len(noise), FRAME)]

    def live() -> None:
        detector = KeyDetector()
        for frame in frames:
            detector.feed(frame)

    print(f"keys, frames of 20 ms:  {share_of_real_time(live):8.4%}")
    print(f"keys, whole recording:  {share_of_real_time(lambda: detect_keys(noise)):8.4%}")
    print(f"keys, pressed all over: {share_of_real_time(lambda: detect_keys(keys)):8.4%}")
    for name in FORMATS:
        packed = [encoder(name).encode(frame) for frame in frames]

        def encode(name: str = name) -> None:
            stream = encoder(name)
            for frame in frames:
                stream.encode(frame)

        def decode(name: str = name, packed: list[bytes] = packed) -> None:
            stream = decoder(name)
            for block in packed:
                stream.decode(block)

        print(f"{name:9} encode {share_of_real_time(encode):8.4%}  decode {share_of_real_time(decode):8.4%}")


if __name__ == "__main__":
    main()
