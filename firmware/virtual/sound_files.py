"""WAV files of the virtual line: speech for callers, recordings of calls. 8 kHz, 16-bit.

The only part of the stand-ins that reads or writes sound files.
"""

from __future__ import annotations

import contextlib
import os
import struct
import wave
from pathlib import Path
from typing import BinaryIO

import numpy as np

from firmware.virtual.errors import SoundFileWrong
from firmware.virtual.line import FRAME_SAMPLES, RATE_HZ, LineSamples

LONGEST_SPEECH_S = 120.0
"""A caller's utterance; a longer file is somebody's mistake."""

HEADER_EVERY_FRAMES = 50
"""A recording is whole up to the last second whatever happens to its writer."""

_SAMPLE_BYTES = 4  # both channels
_HEADER = struct.Struct("<4sI4s4sIHHIIHH4sI")


def read_speech(path: Path) -> LineSamples:
    """The samples of an 8 kHz mono 16-bit WAV; SoundFileWrong for anything else."""
    try:
        with wave.open(str(path), "rb") as file:
            shape = (file.getframerate(), file.getnchannels(), file.getsampwidth())
            if shape != (RATE_HZ, 1, 2):
                raise SoundFileWrong(
                    f"{path}: {shape[0]} Hz, {shape[1]} channel(s), {8 * shape[2]} bit; "
                    f'wanted 8000 Hz mono 16-bit, e.g. from "sox IN.wav -r 8000 -c 1 -b 16 OUT.wav"'
                )
            if file.getnframes() > LONGEST_SPEECH_S * RATE_HZ:
                raise SoundFileWrong(f"{path}: longer than {LONGEST_SPEECH_S:.0f} s")
            data = file.readframes(file.getnframes())
    except (wave.Error, EOFError) as error:
        raise SoundFileWrong(f"{path}: not a WAV file ({error or 'it ends too soon'})") from error
    except OSError as error:
        raise SoundFileWrong(f"{path}: {error.strerror or error}") from error
    samples = np.frombuffer(data[: len(data) // 2 * 2], "<i2").astype(np.int16)
    if samples.size == 0:
        raise SoundFileWrong(f"{path}: there is no sound in it")
    return samples


class LineRecorder:
    """Writes a stereo WAV (left caller, right box) as the call goes on. The header is brought up to date once a second
    and at the end, so what a crash leaves behind can be played. Every OSError (a full disk) ends the recording and is
    raised as SoundFileWrong, once; what comes after it is dropped."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: BinaryIO | None = None
        self._frames = 0
        try:
            self._file = path.open("wb")
            self._file.write(_header(0))
        except OSError as error:
            raise self._given_up(error) from error

    def frame(self, caller: LineSamples, box: LineSamples) -> None:
        """Two frames of 160 samples; nothing after :meth:`close`."""
        if self._file is None:
            return
        try:
            self._file.write(np.stack([caller, box], axis=1).astype("<i2").tobytes())
            self._frames += 1
            if self._frames % HEADER_EVERY_FRAMES == 0:
                self._refresh_header(self._file)
        except OSError as error:
            raise self._given_up(error) from error

    def close(self) -> None:
        """May be called again."""
        if self._file is None:
            return
        try:
            self._refresh_header(self._file)
            self._file.close()
            self._file = None
        except OSError as error:
            raise self._given_up(error) from error

    def _refresh_header(self, file: BinaryIO) -> None:
        file.seek(0)
        file.write(_header(self._frames))
        file.seek(0, os.SEEK_END)
        file.flush()

    def _given_up(self, error: OSError) -> SoundFileWrong:
        if self._file is not None:
            # Closing writes what is left and fails like the write before it.
            with contextlib.suppress(OSError):
                self._file.close()
            self._file = None
        return SoundFileWrong(f"{self._path}: {error.strerror or error}; the call is not recorded any further")


def _header(frames: int) -> bytes:
    """RIFF header of a stereo 16-bit file of so many frames of the line."""
    data_bytes = frames * FRAME_SAMPLES * _SAMPLE_BYTES
    riff_bytes = _HEADER.size - 8 + data_bytes
    shape = (16, 1, 2, RATE_HZ, RATE_HZ * _SAMPLE_BYTES, _SAMPLE_BYTES, 16)
    return _HEADER.pack(b"RIFF", riff_bytes, b"WAVE", b"fmt ", *shape, b"data", data_bytes)
