"""A subscriber line for tests of the modem alone: rings when told, carries given sound, keeps what the modem sends."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from firmware.virtual.line import FRAME_SAMPLES, CallerIdBlock, LineFrame, LineSamples


class ScriptedLine:
    """Complete but dull: no tones of its own, nobody on the other side.

    ``rings`` are (first frame, last frame) of bursts while on hook; ``voice`` is what the modem hears from the moment
    it takes the line, then silence; ``caller_id`` comes with the frame after the first burst.
    """

    def __init__(
        self,
        voice: NDArray[np.int16] | None = None,
        rings: list[tuple[int, int]] | None = None,
        caller_id: CallerIdBlock | None = None,
    ) -> None:
        self.voice = np.zeros(0, np.int16) if voice is None else voice
        self.rings = rings or []
        self.caller_id = caller_id
        self.frames = 0
        self.sent: list[LineSamples] = []  # every frame of the modem while off hook
        self.hooks: list[bool] = []
        self.carried: list[LineSamples] = []  # every frame towards the modem while off hook
        self.polarity_reversed = False

    def exchange_frame(self, sent: LineSamples, off_hook: bool, now: float) -> LineFrame:
        """See SubscriberLine."""
        assert sent.shape == (FRAME_SAMPLES,)
        assert sent.dtype == np.int16
        place, self.frames = self.frames, self.frames + 1
        self.hooks.append(off_hook)
        if not off_hook:
            ringing = any(first <= place <= last for first, last in self.rings) and True not in self.hooks
            block = self.caller_id if self.rings and place == self.rings[0][1] + 1 else None
            return LineFrame(np.zeros(FRAME_SAMPLES, np.int16), ringing, block)
        self.sent.append(sent.copy())
        heard = np.zeros(FRAME_SAMPLES, np.int16)
        coming = self.voice[:FRAME_SAMPLES]
        heard[: coming.size] = coming
        self.voice = self.voice[FRAME_SAMPLES:]
        self.carried.append(heard)
        return LineFrame(heard, False, polarity_reversed=self.polarity_reversed)

    def sent_sound(self) -> NDArray[np.int16]:
        """Everything that the modem put on the line, in one piece."""
        return np.concatenate(self.sent) if self.sent else np.zeros(0, np.int16)

    def carried_sound(self) -> NDArray[np.int16]:
        """Everything that the modem heard while off hook."""
        return np.concatenate(self.carried) if self.carried else np.zeros(0, np.int16)
