"""Prompt audio as files: A-law WAV, mono, 8000 Hz, and 16-bit PCM WAV for people and programs outside.

A-law (ITU-T G.711) is what the telephone network in Russia carries, so storing it loses nothing that the line would
keep, at half the size of 16-bit samples. Pure functions between bytes and samples.
"""

from __future__ import annotations

import io
import struct
import wave

import numpy as np
from numpy.typing import NDArray

from firmware.vocabulary import SAMPLE_RATE_HZ, Samples

WAVE_FORMAT_ALAW = 6
"""Format tag of A-law in a WAV file (RFC 2361 section 2)."""

HIGHEST_RATE_HZ = 192_000

_ALAW_FORMAT = struct.pack("<HHIIHHH", WAVE_FORMAT_ALAW, 1, SAMPLE_RATE_HZ, SAMPLE_RATE_HZ, 1, 8, 0)


def _decoding_table() -> Samples:
    """ITU-T G.711 table 1a, as 16-bit values (13 bits shifted by 3)."""
    codes = np.arange(256) ^ 0x55
    segment, step = (codes >> 4) & 7, codes & 0x0F
    size = np.where(segment == 0, step * 16 + 8, (step * 16 + 0x108) << np.maximum(segment - 1, 0))
    table: Samples = np.where(codes & 0x80, size, -size).astype(np.int16)
    return table


_DECODED = _decoding_table()
_ORDER = np.argsort(_DECODED)
_LIMITS = (_DECODED[_ORDER][1:].astype(np.int32) + _DECODED[_ORDER][:-1]) / 2


def alaw_decoded(codes: bytes) -> Samples:
    """Samples of A-law ``codes``, one byte each."""
    samples: Samples = _DECODED[np.frombuffer(codes, np.uint8)]
    return samples


def alaw_encoded(samples: Samples) -> bytes:
    """``samples`` as A-law, each at the nearest of the 256 values."""
    codes: NDArray[np.uint8] = _ORDER[np.searchsorted(_LIMITS, samples)].astype(np.uint8)
    return codes.tobytes()


def alaw_wav(samples: Samples) -> bytes:
    """A whole WAV file of ``samples`` in A-law."""
    data = alaw_encoded(samples)
    padded = data + b"\x00" * (len(data) % 2)
    chunks = (
        b"fmt " + struct.pack("<I", len(_ALAW_FORMAT)) + _ALAW_FORMAT,
        b"fact" + struct.pack("<II", 4, len(data)),
        b"data" + struct.pack("<I", len(data)) + padded,
    )
    body = b"WAVE" + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def alaw_codes(wav: bytes) -> bytes:
    """The A-law codes inside a WAV file. Raises ValueError, in one line, when it is anything but A-law mono 8000 Hz."""
    if wav[:4] != b"RIFF" or wav[8:12] != b"WAVE":
        raise ValueError("is not a WAV file")
    place, format_ok = 12, False
    while place + 8 <= len(wav):
        kind, size = wav[place : place + 4], int.from_bytes(wav[place + 4 : place + 8], "little")
        body = wav[place + 8 : place + 8 + size]
        if len(body) < size:
            raise ValueError("is cut short")
        if kind == b"fmt ":
            format_ok = body[:16] == _ALAW_FORMAT[:16]
        elif kind == b"data":
            if not format_ok:
                raise ValueError(f"is not A-law, mono, {SAMPLE_RATE_HZ} Hz")
            return body
        place += 8 + size + size % 2
    raise ValueError("has no sound in it")


def pcm_wav(samples: Samples) -> bytes:
    """A whole 16-bit PCM WAV file of ``samples``."""
    target = io.BytesIO()
    with wave.open(target, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE_HZ)
        file.writeframes(samples.astype("<i2").tobytes())
    return target.getvalue()


def pcm_samples(wav: bytes) -> tuple[NDArray[np.float64], int]:
    """Sound and rate of a 16-bit mono PCM WAV file of any rate. Raises ValueError, in one line, for another format."""
    try:
        with wave.open(io.BytesIO(wav)) as file:
            if file.getsampwidth() != 2 or file.getnchannels() != 1:
                raise ValueError("is not 16-bit mono")
            if not SAMPLE_RATE_HZ <= file.getframerate() <= HIGHEST_RATE_HZ:
                raise ValueError(f"has a rate of {file.getframerate()} Hz; {SAMPLE_RATE_HZ} or more is wanted")
            frames, rate_hz = file.readframes(file.getnframes()), file.getframerate()
    except (wave.Error, EOFError, RuntimeError):  # RuntimeError: a chunk longer than the file
        raise ValueError("is not a whole PCM WAV file") from None
    return np.frombuffer(frames[: len(frames) // 2 * 2], "<i2").astype(np.float64), rate_hz
