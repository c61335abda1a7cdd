"""Streams of samples on the serial channel: <DLE> shielding, the bounded transmit buffer, the receiving encoder.

ITU-T V.253 clauses 9 and 10.3. Knows no AT text; what a <DLE> code means is decided by the modem.
"""

from __future__ import annotations

import re

import numpy as np

from firmware.virtual.line import FRAME_SAMPLES, LineSamples
from firmware.virtual.modem_sound import Codec, resample

DLE, ETX, SUB, CAN, ESC, NUL, FS = 0x10, 0x03, 0x1A, 0x18, 0x1B, 0x00, 0x1C
_FRAMES_A_SECOND = 50


def event(code: str) -> bytes:
    """A <DLE> event towards the host."""
    return bytes((DLE,)) + code.encode("ascii")


class DleSplitter:
    """Parts a stream from the host into samples and <DLE> codes; keeps a <DLE> that ends a read."""

    def __init__(self) -> None:
        self._after_dle = False

    def take(self, data: bytes, place: int) -> tuple[bytes, int | None, int]:
        """Sample bytes, then a code or None, and the place where reading goes on. One code at most a call, so that the
        caller can change its state between two bytes."""
        if self._after_dle:
            self._after_dle = False
            return self._code(data[place], place + 1)
        found = data.find(DLE, place)
        if found < 0:
            return data[place:], None, len(data)
        if found > place:
            return data[place:found], None, found
        if found + 1 == len(data):
            self._after_dle = True
            return b"", None, len(data)
        return self._code(data[found + 1], found + 2)

    @staticmethod
    def _code(code: int, place: int) -> tuple[bytes, int | None, int]:
        if code == DLE:
            return bytes((DLE,)), None, place
        if code == SUB:
            return bytes((DLE, DLE)), None, place
        return b"", code, place


class _FrameSizes:
    """Samples of a stream in each 20 ms; 11025 Hz gives 220 and 221 by turns."""

    def __init__(self, rate_hz: int) -> None:
        self._rate_hz = rate_hz
        self._frames = 0

    def next(self) -> int:
        before = self._frames * self._rate_hz // _FRAMES_A_SECOND
        self._frames += 1
        return self._frames * self._rate_hz // _FRAMES_A_SECOND - before


class TransmitStream:
    """Host to line: a bounded buffer that empties in real time.

    Sound starts when a whole frame is there (or what is there has stopped growing), so that a host which writes a few
    bytes at a time is not torn; a frame that cannot be filled while sound flows is an underrun.
    """

    def __init__(self, codec: Codec, rate_hz: int, capacity_bytes: int) -> None:
        self._codec = codec
        self._sizes = _FrameSizes(rate_hz)
        self._capacity_bytes = capacity_bytes
        self._buffer = bytearray()
        self._decoded = np.zeros(0, dtype=np.int16)
        self._before = 0
        self._seen_bytes = 0
        self._flowing = False
        self.underrun = False  # the latest frame was one
        self.played_samples = 0  # on the line, padding not counted

    @property
    def free_bytes(self) -> int:
        """Room in the buffer."""
        return max(0, self._capacity_bytes - len(self._buffer))

    @property
    def empty(self) -> bool:
        """Nothing is left to play (a torn sample at the end does not count)."""
        return len(self._buffer) < self._codec.bytes_per_unit and not self._decoded.size

    def take(self, audio: bytes) -> None:
        """Sample bytes from the host."""
        self._buffer += audio

    def drop(self) -> int:
        """<DLE><CAN>: forget what has not been played; the number of bytes."""
        dropped = len(self._buffer)
        self._buffer.clear()
        self._decoded = self._decoded[:0]
        self._flowing = False
        return dropped

    def next_frame(self, ending: bool) -> LineSamples | None:
        """The next 20 ms for the line, None while there is nothing to play."""
        self.underrun = False
        waiting_bytes, stalled = len(self._buffer), len(self._buffer) == self._seen_bytes
        self._seen_bytes = waiting_bytes
        if self.empty and not self._flowing:
            return None
        if not self._flowing and not ending and not stalled and not self._holds_a_frame():
            return None
        return self._frame(ending)

    def _holds_a_frame(self) -> bool:
        units = len(self._buffer) // self._codec.bytes_per_unit
        return self._decoded.size + units * self._codec.samples_per_unit >= FRAME_SAMPLES

    def _frame(self, ending: bool) -> LineSamples | None:
        count = self._sizes.next()
        units = -(-max(0, count - self._decoded.size) // self._codec.samples_per_unit)
        size = min(units, len(self._buffer) // self._codec.bytes_per_unit) * self._codec.bytes_per_unit
        fresh = self._codec.decode(bytes(self._buffer[:size]))
        del self._buffer[:size]
        self._seen_bytes = len(self._buffer)
        samples = np.concatenate((self._decoded, fresh))
        self._decoded = samples[count:]
        samples = samples[:count]
        self._flowing = samples.size == count
        self.underrun = not self._flowing and not ending
        if not samples.size:
            return None
        self.played_samples += samples.size
        padded = np.concatenate((samples, np.zeros(count - samples.size, dtype=np.int16)))
        line = resample(self._before, padded, FRAME_SAMPLES)
        self._before = int(padded[-1])
        return line


class ReceiveStream:
    """Line to host: frames to shielded bytes."""

    def __init__(self, codec: Codec, rate_hz: int, short_dle: bool) -> None:
        self._codec = codec
        self._sizes = _FrameSizes(rate_hz)
        self._short_dle = short_dle
        self._rest = np.zeros(0, dtype=np.int16)
        self._before = 0
        self.samples = 0
        self.lost_samples = 0

    def encode(self, frame: LineSamples) -> bytes:
        """One frame as it goes to the host."""
        samples = np.concatenate((self._rest, resample(self._before, frame, self._sizes.next())))
        self._before = int(frame[-1])
        whole = samples.size // self._codec.samples_per_unit * self._codec.samples_per_unit
        self._rest = samples[whole:]
        self.samples += whole
        return shield(self._codec.encode(samples[:whole]), self._short_dle)

    def lose(self, frame: LineSamples) -> None:
        """The host did not take its bytes in time: this frame is gone."""
        self.lost_samples += frame.size
        self._before = int(frame[-1])


def shield(data: bytes, short_dle: bool) -> bytes:
    """Sample bytes with every 0x10 doubled; with ``short_dle`` two in a row become <DLE><SUB>."""
    if not short_dle:
        return data.replace(b"\x10", b"\x10\x10")
    return re.sub(rb"\x10\x10?", lambda run: b"\x10\x10" if len(run[0]) == 1 else b"\x10\x1a", data)
