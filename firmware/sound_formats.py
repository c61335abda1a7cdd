"""The sample formats of voice modems: bytes of a stream to and from :data:`Samples`.

Pure functions of the bytes given so far; shielding of DLE is ``dle``'s business, and which number a modem gives to a
format is read from its own list (:mod:`firmware.sample_format_offer`, whose two functions are offered here as well).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from firmware import g711
from firmware.adpcm import ImaDecoder, ImaEncoder
from firmware.errors import Misuse
from firmware.sample_format_offer import PREFERENCE, OfferedFormat, choose_format, parse_sample_formats
from firmware.vocabulary import SAMPLE_RATE_HZ, Samples

__all__ = [
    "FORMATS",
    "PREFERENCE",
    "Decoder",
    "Encoder",
    "OfferedFormat",
    "bytes_per_second",
    "choose_format",
    "decoder",
    "encoder",
    "parse_sample_formats",
]


class Decoder(Protocol):
    """One received stream. What a cut leaves incomplete (half a sample) is kept for the next call."""

    def decode(self, data: bytes) -> Samples:
        """The samples that are complete with ``data``, as a new array."""
        ...


class Encoder(Protocol):
    """One stream to be sent. ADPCM carries its state on, and an odd sample waits for the next call."""

    def encode(self, samples: Samples) -> bytes:
        """The bytes for ``samples``, DLE not yet doubled."""
        ...


class _TableDecoder:
    """Formats of one byte a sample, each byte on its own."""

    def __init__(self, table: NDArray[np.int16]) -> None:
        self._table = table

    def decode(self, data: bytes) -> Samples:
        return self._table[np.frombuffer(data, dtype=np.uint8)]


class _TableEncoder:
    def __init__(self, table: NDArray[np.uint8]) -> None:
        self._table = table

    def encode(self, samples: Samples) -> bytes:
        return self._table[np.ascontiguousarray(samples, dtype=np.int16).view(np.uint16)].tobytes()


class _Linear16Decoder:
    """Sixteen bits, little endian; the low byte may arrive alone."""

    def __init__(self) -> None:
        self._low_byte = b""

    def decode(self, data: bytes) -> Samples:
        data = self._low_byte + data
        whole = len(data) & ~1
        self._low_byte = data[whole:]
        return np.frombuffer(data[:whole], dtype="<i2").astype(np.int16)


class _Linear16Encoder:
    def encode(self, samples: Samples) -> bytes:
        return samples.astype("<i2").tobytes()


def _linear8_decoding_table(silence: int) -> NDArray[np.int16]:
    """``silence`` is the byte that stands for zero: 0x80 unsigned, 0 signed."""
    offset = (np.arange(256, dtype=np.uint8) - np.uint8(silence)).view(np.int8)
    return offset.astype(np.int16) * np.int16(256)


def _linear8_encoding_table(silence: int) -> NDArray[np.uint8]:
    """Rounded to the nearest level, indexed by the sample's bits read as unsigned."""
    sample = np.arange(65536, dtype=np.uint16).view(np.int16).astype(np.int32)
    level: NDArray[np.int32] = np.minimum((sample + 128) >> 8, 127)
    return ((level + silence) & 0xFF).astype(np.uint8)


_TABLES: dict[str, tuple[NDArray[np.int16], NDArray[np.uint8]]] = {
    "ulaw": (g711.ulaw_decoding_table(), g711.ulaw_encoding_table()),
    "alaw": (g711.alaw_decoding_table(), g711.alaw_encoding_table()),
    "linear8u": (_linear8_decoding_table(0x80), _linear8_encoding_table(0x80)),
    "linear8s": (_linear8_decoding_table(0), _linear8_encoding_table(0)),
}
_STATEFUL: dict[str, tuple[Callable[[], Decoder], Callable[[], Encoder]]] = {
    "linear16": (_Linear16Decoder, _Linear16Encoder),
    "ima4": (ImaDecoder, ImaEncoder),
}
_BITS = {"ulaw": 8, "alaw": 8, "linear16": 16, "linear8u": 8, "linear8s": 8, "ima4": 4}

FORMATS = tuple(_BITS)
"""The names that :func:`decoder` and :func:`encoder` take."""


def decoder(name: str) -> Decoder:
    """A decoder for a new stream of format ``name``. Raises Misuse for a name outside FORMATS."""
    if name in _TABLES:
        return _TableDecoder(_TABLES[name][0])
    _check(name)
    return _STATEFUL[name][0]()


def encoder(name: str) -> Encoder:
    """An encoder for a new stream of format ``name``. Raises Misuse for a name outside FORMATS."""
    if name in _TABLES:
        return _TableEncoder(_TABLES[name][1])
    _check(name)
    return _STATEFUL[name][1]()


def bytes_per_second(name: str) -> int:
    """Rate of the stream at 8000 Hz, before DLE shielding. Raises Misuse for a name outside FORMATS."""
    _check(name)
    return SAMPLE_RATE_HZ * _BITS[name] // 8


def _check(name: str) -> None:
    if name not in _BITS:
        raise Misuse(f"no sample format {name!r}; there are {', '.join(FORMATS)}")
