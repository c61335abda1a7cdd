"""What is heard on one line: keys from the modem and from the sound counted once, and call-progress tones.

Sits between the voice link and whoever uses its events. Pure; time is that of the events.
"""

from __future__ import annotations

from firmware.key_detector import KeyBegan, KeyDetector
from firmware.key_merge import KeyMerge
from firmware.progress_tones import ProgressTones, ToneHeard
from firmware.vocabulary import SAMPLE_RATE_HZ, AudioReceived, KeyPressed, LineEvent, ListeningStarted

EarEvent = LineEvent | ToneHeard


class LineEar:
    """Give it each event of the link; take what it makes of it, in order."""

    def __init__(self) -> None:
        self._merge = KeyMerge()
        self._listening_since = 0.0
        self._begin(0.0)

    def _begin(self, at: float) -> None:
        self._keys = KeyDetector()
        self._tones = ProgressTones()
        self._started = at
        self._samples = 0

    def refine(self, event: LineEvent) -> list[EarEvent]:
        """``event`` itself unless it repeats a press already counted, followed by what its sound adds."""
        match event:
            case ListeningStarted(at):
                self._begin(at)
                return [event]
            case KeyPressed(at, key):
                press = self._merge.modem(key, at)
                return [] if press is None else [press]
            case AudioReceived(at, samples):
                self._samples += len(samples)
                lag = at - self._started - self._samples / SAMPLE_RATE_HZ
                heard: list[EarEvent] = [event]
                for found in self._keys.feed(samples):
                    if isinstance(found, KeyBegan):
                        began = self._started + found.start_s + lag
                        press = self._merge.sound(found.key, began, at)
                        heard += [] if press is None else [press]
                heard += self._tones.feed(samples)
                return heard
            case _:
                return [event]
