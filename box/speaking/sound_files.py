"""Prompt audio as files: A-law WAV, mono, 8000 Hz, and 16-bit PCM WAV for people and programs outside.

A-law (ITU-T G.711) is what the telephone network in Russia carries, so storing it loses nothing that the line would
keep, at half the size of 16-bit samples. Pure functions between bytes and samples.
"""

from __future__ import annotations

import io
import struct
import wave
from collections.abc import Iterator, Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from firmware.vocabulary import SAMPLE_RATE_HZ, Samples

WAVE_FORMAT_ALAW = 6
"""Format tag of A-law in a WAV file (RFC 2361 section 2)."""

HIGHEST_RATE_HZ = 192_000

_NO_TEXTS: Mapping[str, str] = MappingProxyType({})

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


def alaw_wav(samples: Samples, texts: Mapping[str, str] = _NO_TEXTS) -> bytes:
    """A whole WAV file of ``samples`` in A-law. ``texts`` are put inside by their four letters (INAM is the title; RIFF
    1.0, INFO list), in UTF-8."""
    data = alaw_encoded(samples)
    info = b"".join(_chunk(name.encode(), text.encode() + b"\x00") for name, text in texts.items())
    chunks = (
        _chunk(b"fmt ", _ALAW_FORMAT),
        _chunk(b"fact", struct.pack("<I", len(data))),
        _chunk(b"LIST", b"INFO" + info) if texts else b"",
        _chunk(b"data", data),
    )
    body = b"WAVE" + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content + b"\x00" * (len(content) % 2)


def alaw_codes(wav: bytes) -> bytes:
    """The A-law codes inside a WAV file. Raises ValueError, in one line, when it is anything but A-law mono 8000 Hz."""
    if wav[:4] != b"RIFF" or wav[8:12] != b"WAVE":
        raise ValueError("is not a WAV file")
    format_ok = False
    for name, content in _chunks(wav, 12):
        if name == b"fmt ":
            format_ok = content[:16] == _ALAW_FORMAT[:16]
        elif name == b"data":
            if not format_ok:
                raise ValueError(f"is not A-law, mono, {SAMPLE_RATE_HZ} Hz")
            return content
    raise ValueError("has no sound in it")


def wav_texts(wav: bytes) -> dict[str, str]:
    """The texts inside a WAV file by their four letters. Raises ValueError, in one line, for what is no WAV file."""
    alaw_codes(wav)
    info = next((content for name, content in _chunks(wav, 12) if name == b"LIST" and content[:4] == b"INFO"), b"")
    return {
        name.decode("ascii", "replace"): text.rstrip(b"\x00").decode("utf-8", "replace")
        for name, text in _chunks(info, 4)
    }


def _chunks(riff: bytes, place: int) -> Iterator[tuple[bytes, bytes]]:
    while place + 8 <= len(riff):
        name, size = riff[place : place + 4], int.from_bytes(riff[place + 4 : place + 8], "little")
        content = riff[place + 8 : place + 8 + size]
        if len(content) < size:
            raise ValueError("is cut short")
        yield name, content
        place += 8 + size + size % 2


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
