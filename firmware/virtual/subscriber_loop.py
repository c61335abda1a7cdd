"""What an exchange makes of the subscriber's loop: taken, flashed, released.

Pure: counts frames. An open loop is a flash or a hang-up, and only time tells which.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from firmware.virtual.errors import ImpossibleTransition
from firmware.virtual.line import FRAME_S


class LoopState(Enum):
    """What the exchange believes of the loop."""

    ON_HOOK = "on-hook"
    OFF_HOOK = "off-hook"
    OPEN = "open"  # open for too short a time to know


@dataclass(frozen=True, slots=True)
class LoopClosed:
    """The subscriber took the line."""


@dataclass(frozen=True, slots=True)
class LoopFlashed:
    """Open for a time within the window, and closed again."""

    duration_s: float


@dataclass(frozen=True, slots=True)
class LoopReleased:
    """Open for longer than any flash; it opened ``ago_s`` before this frame."""

    ago_s: float


LoopSignal: TypeAlias = LoopClosed | LoopFlashed | LoopReleased

_NEXT: dict[tuple[LoopState, bool], LoopState] = {
    (LoopState.ON_HOOK, False): LoopState.ON_HOOK,
    (LoopState.ON_HOOK, True): LoopState.OFF_HOOK,
    (LoopState.OFF_HOOK, True): LoopState.OFF_HOOK,
    (LoopState.OFF_HOOK, False): LoopState.OPEN,
    (LoopState.OPEN, True): LoopState.OFF_HOOK,
    (LoopState.OPEN, False): LoopState.OPEN,
}


class SubscriberLoop:
    """Feed the hook state of every frame. Openings shorter than ``flash_min_s`` are hits on the line and ignored."""

    def __init__(self, flash_min_s: float, flash_max_s: float) -> None:
        if not 0.0 < flash_min_s <= flash_max_s:
            raise ImpossibleTransition(f"a flash of {flash_min_s}…{flash_max_s} s cannot be told from a hang-up")
        self._min_frames = round(flash_min_s / FRAME_S)
        self._max_frames = round(flash_max_s / FRAME_S)
        self._state = LoopState.ON_HOOK
        self._open_frames = 0

    @property
    def state(self) -> LoopState:
        """As of the last frame."""
        return self._state

    def watch(self, off_hook: bool) -> LoopSignal | None:
        """One frame; what has become certain with it."""
        was, self._state = self._state, _NEXT[self._state, off_hook]
        if was is LoopState.ON_HOOK and off_hook:
            return LoopClosed()
        if was is LoopState.OPEN and off_hook:
            frames, self._open_frames = self._open_frames, 0
            return LoopFlashed(frames * FRAME_S) if frames >= self._min_frames else None
        if self._state is LoopState.OPEN:
            self._open_frames += 1
            if self._open_frames > self._max_frames:
                ago_s = (self._open_frames - 1) * FRAME_S
                self._state, self._open_frames = LoopState.ON_HOOK, 0
                return LoopReleased(ago_s)
        return None
