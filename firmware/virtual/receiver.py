"""What one party hears: the exchange's tones, the extension, or the partner, through that party's wires. Pure."""

from __future__ import annotations

from types import MappingProxyType

import numpy as np

from firmware.virtual.exchange_states import Source
from firmware.virtual.extension import Extension
from firmware.virtual.line import FRAME_SAMPLES, LineSamples
from firmware.virtual.line_path import LinePath
from firmware.virtual.line_plan import AfterCaller
from firmware.virtual.tones import ProgressTone, Signal, Wave

_TONE_OF: MappingProxyType[Source, Signal] = MappingProxyType(
    {
        Source.DIAL_TONE: Signal.DIAL_TONE,
        Source.RINGBACK: Signal.RINGBACK,
        Source.BUSY: Signal.BUSY,
    }
)
_RELEASE_TONE: MappingProxyType[AfterCaller, Signal | None] = MappingProxyType(
    {
        AfterCaller.BUSY: Signal.BUSY,
        AfterCaller.CONGESTION: Signal.CONGESTION,
        AfterCaller.SILENCE: None,
        AfterCaller.REVERSAL: None,
    }
)


class Receiver:
    """One ear; a tone begins anew whenever the source changes."""

    def __init__(self, path: LinePath, after_caller: AfterCaller) -> None:
        self._path = path
        self._release_tone = _RELEASE_TONE[after_caller]
        self._source = Source.SILENCE
        self._tone: ProgressTone | None = None

    def frame(
        self, source: Source, partner: LineSamples, extension: Extension | None, own: LineSamples | None = None
    ) -> LineSamples:
        """The next frame of ``source``; ``own`` as in LinePath.carry."""
        if source is not self._source:
            self._source = source
            signal = self._release_tone if source is Source.RELEASE else _TONE_OF.get(source)
            self._tone = None if signal is None else ProgressTone(signal)
        return self._path.carry(self._sound(source, partner, extension), own)

    def _sound(self, source: Source, partner: LineSamples, extension: Extension | None) -> Wave:
        if source is Source.PARTNER:
            return partner.astype(np.float64)
        if source is Source.EXTENSION and extension is not None:
            return extension.take(FRAME_SAMPLES)
        if self._tone is not None:
            return self._tone.take(FRAME_SAMPLES)
        return np.zeros(FRAME_SAMPLES)
