"""The modem's sample formats: bytes of the serial stream to 16-bit samples of the line and back.

Written from ITU-T G.711 (tables 1a to 2b) and the IMA recommended practices 3.0; knows nothing of DLE and of commands.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from firmware.virtual.line import LineSamples

_OVERLOAD_DBM0 = 3.14  # G.711: the level of a sine that just reaches full scale
_FULL_SCALE_RMS = 32767 / math.sqrt(2)

_IMA_STEPS = (
    7, 8, 9, 10, 11, 12, 13, 14, 16, 17, 19, 21, 23, 25, 28, 31, 34, 37, 41, 45, 50, 55, 60, 66, 73, 80, 88,
    97, 107, 118, 130, 143, 157, 173, 190, 209, 230, 253, 279, 307, 337, 371, 408, 449, 494, 544, 598, 658,
    724, 796, 876, 963, 1060, 1166, 1282, 1411, 1552, 1707, 1878, 2066, 2272, 2499, 2749, 3024, 3327, 3660,
    4026, 4428, 4871, 5358, 5894, 6484, 7132, 7845, 8630, 9493, 10442, 11487, 12635, 13899, 15289, 16818,
    18500, 20350, 22385, 24623, 27086, 29794, 32767,
)  # fmt: skip
_IMA_INDEX = (-1, -1, -1, -1, 2, 4, 6, 8)


class Codec(Protocol):
    """One sample format. Decoder and encoder may keep state; a stream gets a codec of its own."""

    samples_per_unit: int
    """Samples in the smallest whole number of bytes."""
    bytes_per_unit: int

    def decode(self, data: bytes) -> LineSamples:
        """Whole units to samples."""
        ...

    def encode(self, samples: LineSamples) -> bytes:
        """Samples (a whole number of units) to bytes."""
        ...


def level_dbm0(samples: LineSamples) -> float:
    """Mean power; −99 for digital silence."""
    power = float(np.mean(np.square(samples.astype(np.float64)))) if samples.size else 0.0
    if power < 1e-3:
        return -99.0
    return _OVERLOAD_DBM0 + 20 * math.log10(math.sqrt(power) / _FULL_SCALE_RMS)


def _ulaw_expansion() -> NDArray[np.int16]:
    code = ~np.arange(256) & 0xFF  # all bits are inverted on the line
    magnitude = (((code & 15) * 2 + 33) << (code >> 4 & 7)) - 33
    return (np.where(code & 0x80, -magnitude, magnitude) * 4).astype(np.int16)


def _alaw_expansion() -> NDArray[np.int16]:
    code = np.arange(256) ^ 0x55  # even bits are inverted
    segment, step = code >> 4 & 7, (code & 15) * 2 + 1
    magnitude = np.where(segment == 0, step, (step + 32) << np.maximum(segment - 1, 0))
    return (np.where(code & 0x80, magnitude, -magnitude) * 8).astype(np.int16)


_ULAW, _ALAW = _ulaw_expansion(), _alaw_expansion()


class _Table:
    """G.711: one byte a sample."""

    samples_per_unit = bytes_per_unit = 1

    def __init__(self, expansion: NDArray[np.int16]) -> None:
        self._expansion = expansion
        self._is_ulaw = expansion is _ULAW

    def decode(self, data: bytes) -> LineSamples:
        return self._expansion[np.frombuffer(data, dtype=np.uint8)]

    def encode(self, samples: LineSamples) -> bytes:
        wide = samples.astype(np.int32)
        return (_to_ulaw(wide) if self._is_ulaw else _to_alaw(wide)).astype(np.uint8).tobytes()


def _to_ulaw(samples: NDArray[np.int32]) -> NDArray[np.int32]:
    """G.711 tables 2a and 2b: 14-bit magnitude, decision values 31, 95, 223 and so on at the ends of the segments."""
    magnitude: NDArray[np.int32] = np.minimum(np.abs(samples) >> 2, 8158) + 33
    segment = np.floor(np.log2(magnitude)).astype(np.int32) - 5
    code = segment << 4 | (magnitude >> (segment + 1) & 15)
    signed: NDArray[np.int32] = ~np.where(samples < 0, code | 0x80, code) & 0xFF
    return signed


def _to_alaw(samples: NDArray[np.int32]) -> NDArray[np.int32]:
    """G.711 tables 1a and 1b: 12-bit magnitude, the two lowest segments with the same step."""
    magnitude = np.where(samples < 0, ~samples, samples) >> 4
    segment = np.maximum(np.floor(np.log2(np.maximum(magnitude, 1))).astype(np.int32) - 3, 0)
    code = segment << 4 | (magnitude >> np.maximum(segment - 1, 0) & 15)
    signed: NDArray[np.int32] = np.where(samples < 0, code, code | 0x80) ^ 0x55
    return signed


class _Linear8:
    """One byte a sample: offset binary (``bias`` 128) or two's complement (``bias`` 0)."""

    samples_per_unit = bytes_per_unit = 1

    def __init__(self, bias: int) -> None:
        self._bias = bias

    def decode(self, data: bytes) -> LineSamples:
        raw = np.frombuffer(data, dtype=np.uint8).astype(np.int16)
        signed = raw - self._bias if self._bias else np.where(raw > 127, raw - 256, raw)
        return (signed * 256).astype(np.int16)

    def encode(self, samples: LineSamples) -> bytes:
        rounded = np.minimum((samples.astype(np.int32) + 128) >> 8, 127)
        return np.asarray(rounded + self._bias & 0xFF, dtype=np.uint8).tobytes()


class _Linear16:
    """Two bytes a sample, low byte first; ``mask`` clears the bits that the converter lacks."""

    samples_per_unit = 1
    bytes_per_unit = 2

    def __init__(self, mask: int) -> None:
        self._mask = np.int16(mask)

    def decode(self, data: bytes) -> LineSamples:
        return (np.frombuffer(data, dtype="<i2") & self._mask).astype(np.int16)

    def encode(self, samples: LineSamples) -> bytes:
        return (samples & self._mask).astype("<i2").tobytes()


class _Ima:
    """IMA ADPCM without block headers, the earlier sample in the low half of the byte; state starts at zero."""

    samples_per_unit = 2
    bytes_per_unit = 1

    def __init__(self) -> None:
        self._decoded = self._encoded = 0
        self._decode_index = self._encode_index = 0

    def decode(self, data: bytes) -> LineSamples:
        out = []
        for byte in data:
            for nibble in (byte & 15, byte >> 4):
                self._decoded, self._decode_index = _ima_step(nibble, self._decoded, self._decode_index)
                out.append(self._decoded)
        return np.array(out, dtype=np.int16)

    def encode(self, samples: LineSamples) -> bytes:
        nibbles = []
        for sample in samples.tolist():
            difference, step = sample - self._encoded, _IMA_STEPS[self._encode_index]
            nibble = 8 if difference < 0 else 0
            nibble |= min(7, abs(difference) * 4 // step)
            self._encoded, self._encode_index = _ima_step(nibble, self._encoded, self._encode_index)
            nibbles.append(nibble)
        return bytes(low | high << 4 for low, high in zip(nibbles[::2], nibbles[1::2], strict=True))


def _ima_step(nibble: int, predicted: int, index: int) -> tuple[int, int]:
    step = _IMA_STEPS[index]
    change = step >> 3
    change += (step if nibble & 4 else 0) + (step >> 1 if nibble & 2 else 0) + (step >> 2 if nibble & 1 else 0)
    moved = predicted - change if nibble & 8 else predicted + change
    return max(-32768, min(32767, moved)), max(0, min(88, index + _IMA_INDEX[nibble & 7]))


def new_codec(name: str) -> Codec:
    """A fresh codec by its name in the profiles: u8, s8, s16, s14, ulaw, alaw or ima."""
    makers: dict[str, Callable[[], Codec]] = {
        "u8": lambda: _Linear8(128),
        "s8": lambda: _Linear8(0),
        "s16": lambda: _Linear16(-1),
        "s14": lambda: _Linear16(-4),
        "ulaw": lambda: _Table(_ULAW),
        "alaw": lambda: _Table(_ALAW),
        "ima": _Ima,
    }
    return makers[name]()


def resample(before: int, samples: LineSamples, count: int) -> LineSamples:
    """``samples`` stretched to ``count`` by straight lines; ``before`` is the sample just before them. With the same
    count the samples come back exactly."""
    if samples.size == count:
        return samples
    known = np.concatenate(([before], samples))
    places = np.arange(1, count + 1) * (samples.size / count)
    stretched: LineSamples = np.rint(np.interp(places, np.arange(known.size), known)).astype(np.int16)
    return stretched
