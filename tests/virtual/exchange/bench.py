"""What the tests of the virtual line share: a box moved by hand, and measurements that use none of the code tested."""

from __future__ import annotations

import math
import wave
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from firmware.virtual.exchange import Exchange
from firmware.virtual.line_events import LineEvent, RingSent
from firmware.virtual.line_plan import LinePlan

RATE = 8000
FRAME = 160
Event = TypeVar("Event", bound=LineEvent)

KEYPAD = {
    (697, 1209): "1", (697, 1336): "2", (697, 1477): "3", (697, 1633): "A",
    (770, 1209): "4", (770, 1336): "5", (770, 1477): "6", (770, 1633): "B",
    (852, 1209): "7", (852, 1336): "8", (852, 1477): "9", (852, 1633): "C",
    (941, 1209): "*", (941, 1336): "0", (941, 1477): "#", (941, 1633): "D",
}  # fmt: skip


def level(samples: NDArray) -> float:
    """dBm0 by the definition: a sine of peak 32767 has +3.14."""
    rms = float(np.sqrt(np.mean(np.asarray(samples, float) ** 2)))
    return 3.14 + 20 * math.log10(rms / (32767 / math.sqrt(2))) if rms else -200.0


def sine(hz: float, seconds: float, dbm0: float) -> NDArray:
    peak = 32767 * 10 ** ((dbm0 - 3.14) / 20)
    return peak * np.sin(2 * math.pi * hz * np.arange(round(seconds * RATE)) / RATE)


def key_sound(key: str, seconds: float = 0.1, dbm0: float = -8.0, off: float = 0.0, twist_db: float = 0.0) -> NDArray:
    low, high = next(pair for pair, name in KEYPAD.items() if name == key)
    return sine(low * (1 + off), seconds, dbm0) + sine(high * (1 + off), seconds, dbm0 + twist_db)


def keys_sound(keys: str, on_s: float = 0.1, gap_s: float = 0.1) -> NDArray:
    return np.concatenate([np.concatenate([key_sound(key, on_s), np.zeros(round(gap_s * RATE))]) for key in keys])


def voice(seconds: float, dbm0: float = -18.0, seed: int = 7) -> NDArray:
    """Noise between 300 and 2500 Hz that swells and sinks five times a second: energy like a voice's, no tone in it."""
    count = round(seconds * RATE)
    spectrum = np.fft.rfft(np.random.default_rng(seed).normal(size=count))
    hz = np.fft.rfftfreq(count, 1 / RATE)
    spectrum[(hz < 300) | (hz > 2500)] = 0
    sound = np.fft.irfft(spectrum, count) * (0.6 - 0.4 * np.cos(2 * math.pi * 5 * np.arange(count) / RATE))
    return sound * 10 ** ((dbm0 - level(sound)) / 20)


def frames(sound: NDArray) -> NDArray:
    """Whole frames, shape (n, 160), int16, the last one filled with silence."""
    padded = np.zeros(-(-len(sound) // FRAME) * FRAME)
    padded[: len(sound)] = sound
    return np.clip(np.rint(padded), -32767, 32767).astype(np.int16).reshape(-1, FRAME)


def goertzel(block: NDArray, hz: float) -> float:
    """Power at ``hz`` by the textbook recursion."""
    coefficient = 2 * math.cos(2 * math.pi * hz / RATE)
    first = second = 0.0
    for sample in block:
        first, second = float(sample) + coefficient * first - second, first
    return first * first + second * second - coefficient * first * second


def goertzel_keys(sound: NDArray, block: int = 102) -> list[tuple[str, float, float]]:
    """Keys with their begin and end in seconds, by plain Goertzel on blocks of 12.75 ms."""
    found: list[tuple[str, float, float]] = []
    for start in range(0, len(sound) - block + 1, block):
        piece = np.asarray(sound[start : start + block], float)
        energy = float(np.dot(piece, piece))
        if level(piece) < -35:
            continue
        low = max((697, 770, 852, 941), key=lambda hz: goertzel(piece, hz))
        high = max((1209, 1336, 1477, 1633), key=lambda hz: goertzel(piece, hz))
        if min(goertzel(piece, low), goertzel(piece, high)) * 2 / block < 0.2 * energy:
            continue
        key, begin, end = KEYPAD[low, high], start / RATE, (start + block) / RATE
        if found and found[-1][0] == key and begin - found[-1][2] < 0.02:
            found[-1] = (key, found[-1][1], end)
        else:
            found.append((key, begin, end))
    return [(key, begin, end) for key, begin, end in found if end - begin > 0.02]


def main_frequency(sound: NDArray) -> float:
    """Hz of the strongest line of the spectrum, refined by a parabola."""
    windowed = np.asarray(sound, float) * np.hanning(len(sound))
    spectrum = np.log(np.abs(np.fft.rfft(windowed, 4 * len(sound))) + 1e-9)
    top = int(spectrum[1:-1].argmax()) + 1
    left, middle, right = spectrum[top - 1 : top + 2]
    return float((top + (left - right) / (2 * (left - 2 * middle + right))) * RATE / (4 * len(sound)))


def cadence(sound: NDArray) -> tuple[float, float]:
    """Seconds on and off of a repeating tone: the period by autocorrelation of the envelope, the rest by its share."""
    envelope = np.sqrt(np.mean(np.asarray(sound, float)[: len(sound) // 40 * 40].reshape(-1, 40) ** 2, axis=1))
    loud = (envelope > envelope.max() / 2).astype(float)
    centred = loud - loud.mean()
    correlation = np.correlate(centred, centred, "full")[len(centred) - 1 :] / np.arange(len(centred), 0, -1)
    beyond = int(np.argmax(correlation < 0))  # past the peak at no shift
    later = correlation[beyond : len(correlation) * 2 // 3]
    first = int(np.argmax(later > 0.9 * later.max()))  # not one of the multiples of the period
    period = beyond + first + int(np.argmax(later[first : first + 20]))
    share = float(loud[: len(loud) // period * period].mean())
    return share * period * 0.005, (1 - share) * period * 0.005


def write_wav(path: Path, samples: np.ndarray, rate: int = 8000, channels: int = 1, width: int = 2) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(rate)
        file.writeframes(samples.tobytes())
    return path


class Bench:
    """An exchange, and a box whose every frame the test decides. The line's clock starts at 1000 s."""

    def __init__(self, plan: LinePlan, seed: int = 1, **parts: object) -> None:
        self.exchange = Exchange(plan, 1000.0, seed, **parts)
        self.off_hook = False
        self.log: list[LineEvent] = []
        self.caller_heard: list[NDArray] = []
        self.ringing: list[bool] = []
        self.blocks: list[object] = []
        self.reversed: list[bool] = []
        self._frames = 0

    @property
    def now(self) -> float:
        return 1000.0 + self._frames * 0.02

    def frame(self, sent: NDArray) -> NDArray:
        answer = self.exchange.exchange_frame(sent, self.off_hook, self.now)
        self._frames += 1
        assert answer.heard.shape == (FRAME,)
        assert answer.heard.dtype == np.int16
        self.ringing.append(answer.ringing)
        self.reversed.append(answer.polarity_reversed)
        if answer.caller_id is not None:
            self.blocks.append(answer.caller_id)
        self.log += self.exchange.take_log()
        return answer.heard

    def say(self, sound: NDArray) -> NDArray:
        """Send a sound; what was heard meanwhile."""
        return np.concatenate([self.frame(piece) for piece in frames(sound)])

    def wait(self, seconds: float) -> NDArray:
        """Send nothing."""
        return self.say(np.zeros(round(seconds * RATE)))

    def until(self, kind: type[Event], at_most_s: float = 120.0) -> Event:
        """Send nothing until such an event is logged."""
        for _ in range(round(at_most_s / 0.02)):
            seen = len(self.log)
            self.frame(np.zeros(FRAME, np.int16))
            for event in self.log[seen:]:
                if isinstance(event, kind):
                    return event
        raise AssertionError(f"no {kind.__name__} within {at_most_s} s; logged: {self.log}")

    def all(self, kind: type[Event]) -> list[Event]:
        return [event for event in self.log if isinstance(event, kind)]

    def answer(self) -> None:
        """Go off hook in the pause after the first ring."""
        self.until(RingSent)
        self.wait(1.5)
        self.off_hook = True
        self.wait(0.02)

    def open_loop(self, seconds: float) -> None:
        """On hook for so long, then off hook again."""
        self.off_hook = False
        self.wait(seconds)
        self.off_hook = True
        self.wait(0.02)

    def hang_up(self) -> None:
        self.off_hook = False
        self.wait(1.0)
