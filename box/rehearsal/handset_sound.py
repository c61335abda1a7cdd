"""Microphone and loudspeaker of a rehearsal: the only importer of sounddevice (and so of PortAudio)."""

from __future__ import annotations

import queue
from collections.abc import Callable
from types import TracebackType
from typing import Any

import numpy as np

from box.errors import BoxError
from firmware.virtual.line import FRAME_SAMPLES, RATE_HZ, LineSamples

LONGEST_QUEUE = 25
"""Half a second of frames: what a loudspeaker is behind beyond that is dropped."""


class NoSound(BoxError):
    """No microphone or loudspeaker can be used; the text says why and what to install."""

    code = "sound"


class HandsetSound:
    """A context. ``heard`` takes each frame for the loudspeaker; what the microphone brings goes to ``spoken``."""

    def __init__(self, spoken: Callable[[LineSamples], None]) -> None:
        self._spoken = spoken
        self._frames: queue.Queue[LineSamples] = queue.Queue(LONGEST_QUEUE)
        try:
            import sounddevice
        except OSError as error:
            raise NoSound("PortAudio is absent: sudo apt install libportaudio2") from error
        try:
            self._stream: Any = sounddevice.Stream(
                samplerate=RATE_HZ, blocksize=FRAME_SAMPLES, channels=1, dtype="int16", callback=self._exchange
            )
        except (sounddevice.PortAudioError, ValueError) as error:
            raise NoSound(f"no microphone and loudspeaker: {error}") from error

    def heard(self, frame: LineSamples) -> None:
        """A frame of 20 ms for the loudspeaker; dropped when it is too far behind."""
        if not self._frames.full():
            self._frames.put_nowait(frame)

    def __enter__(self) -> HandsetSound:
        self._stream.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stream.close()

    def _exchange(self, recorded: Any, played: Any, frames: int, time: Any, status: Any) -> None:
        """PortAudio's own thread: one block in, one block out."""
        del frames, time, status
        self._spoken(np.array(recorded[:, 0], dtype=np.int16))
        try:
            played[:, 0] = self._frames.get_nowait()
        except queue.Empty:
            played.fill(0)
