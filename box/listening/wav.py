"""Reads sound files: WAV, one channel, whole, as 16-bit samples. Knows nothing of what the sound is for.

Format: Microsoft/IBM "Multimedia Programming Interface and Data Specifications 1.0" (RIFF WAVE) and its
WAVE_FORMAT_EXTENSIBLE. Taken are PCM of 8 and 16 bits and the two laws of G.711.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from box.errors import BoxError
from firmware.sound_formats import decoder
from firmware.vocabulary import Samples

LARGEST_BYTES = 256 * 1024 * 1024  # over four hours at 8 kHz and 16 bits; more is not a call
_CODINGS = {(1, 8): "linear8u", (1, 16): "linear16", (6, 8): "alaw", (7, 8): "ulaw"}
_EXTENSIBLE = 0xFFFE
_FORMAT_BYTES = 16
# A program that writes into a pipe cannot know the length and leaves one of these marks: up to the end of the file.
_LENGTH_UNKNOWN = (0, 0x7FFFF000, 0x7FFFFFFF, 0xFFFFFFFF)


class NotAWav(BoxError):
    """The file is not a WAV, or is damaged."""

    code = "sound-file"


class WavTooLong(NotAWav):
    """The file is longer than LARGEST_BYTES."""


class WavUnsupported(NotAWav):
    """A WAV, but of several channels or of a coding that we do not read; the text names the way to convert it."""


def read_wav(path: Path) -> tuple[Samples, int]:
    """All samples and their rate (Hz) as the file states it. Raises NotAWav or its kinds, for an absent file too."""
    try:
        size = path.stat().st_size
        if size > LARGEST_BYTES:
            raise WavTooLong(f"{path}: {size // 1_000_000} MB is too long; cut it into files of an hour")
        content = path.read_bytes()
    except OSError as error:
        raise NotAWav(f"{path}: cannot be read: {error.strerror or error}") from None
    if not content:
        raise NotAWav(f"{path}: the file is empty")
    if content[:4] != b"RIFF" or content[8:12] != b"WAVE":
        raise NotAWav(f"{path}: not a WAV file; make one with: sox FILE -r 8000 -c 1 -b 16 OUT.wav")
    chunks = dict(_chunks(path, content))
    if b"fmt " not in chunks or b"data" not in chunks:
        raise NotAWav(f"{path}: a WAV file without {'sound' if b'fmt ' in chunks else 'a format'}: it is damaged")
    coding, rate_hz = _format(path, chunks[b"fmt "])
    return _samples(path, coding, chunks[b"data"]), rate_hz


def _chunks(path: Path, content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Name and contents of each chunk up to the sound."""
    place = 12
    while place + 8 <= len(content):
        name, length = struct.unpack_from("<4sI", content, place)
        place += 8
        left = len(content) - place
        if name == b"data" and length in _LENGTH_UNKNOWN and length != left:
            length = left
        if length > left:
            raise NotAWav(f"{path}: cut short: {left} bytes of {length} are there; copy or record it again")
        yield name, content[place : place + length]
        if name == b"data":
            return
        place += length + length % 2


def _format(path: Path, chunk: bytes) -> tuple[str, int]:
    """Our name of the coding, and the rate."""
    if len(chunk) < _FORMAT_BYTES:
        raise NotAWav(f"{path}: a WAV file with half a format: it is damaged")
    tag, channels, rate_hz, _, _, bits = struct.unpack_from("<HHIIHH", chunk)
    if tag == _EXTENSIBLE and len(chunk) >= _FORMAT_BYTES + 10:
        (tag,) = struct.unpack_from("<H", chunk, _FORMAT_BYTES + 8)
    if channels != 1:
        raise WavUnsupported(f"{path}: {channels} channels; take one of them with: sox {path.name} OUT.wav remix 1")
    if (tag, bits) not in _CODINGS:
        raise WavUnsupported(
            f"{path}: coding {tag} of {bits} bits is not read; convert it with: sox {path.name} -b 16 -e signed OUT.wav"
        )
    if not 1000 <= rate_hz <= 384_000:
        raise NotAWav(f"{path}: a rate of {rate_hz} Hz: the file is damaged")
    return _CODINGS[tag, bits], rate_hz


def _samples(path: Path, coding: str, data: bytes) -> Samples:
    if coding == "linear16":
        if len(data) % 2:
            raise NotAWav(f"{path}: cut short in the middle of a sample; copy or record it again")
        return np.frombuffer(data, dtype="<i2").astype(np.int16)
    return decoder(coding).decode(data)
