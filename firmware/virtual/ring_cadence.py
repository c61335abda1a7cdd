"""Ringing current and caller-ID blocks of one call, frame by frame. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from firmware.virtual.line import FRAME_S, CallerIdBlock
from firmware.virtual.line_plan import CallPlan, LinePlan

CALLER_ID_AFTER_RING_S = 0.5
"""Quiet before the block; ETSI EN 300 659-1 §5.1.2 asks for 0.5–1.5 s after the first ring."""


@dataclass(frozen=True, slots=True)
class RingMoment:
    """One frame of it; ``began`` is the number of the ring that begins with this frame, 0 = none."""

    ringing: bool
    began: int = 0
    caller_id: CallerIdBlock | None = None


class RingCadence:
    """Rings from the first frame on until it is no longer asked."""

    def __init__(self, plan: LinePlan, call: CallPlan) -> None:
        self._on_frames = round(plan.ring_on_s / FRAME_S)
        self._period_frames = round((plan.ring_on_s + plan.ring_off_s) / FRAME_S)
        self._caller_id_after_ring = plan.caller_id_after_ring
        self._block = caller_id_of(plan, call)
        self._frames = 0

    def tick(self) -> RingMoment:
        """The next frame."""
        ring, place = divmod(self._frames, self._period_frames)
        self._frames += 1
        after_ring = place == self._on_frames + round(CALLER_ID_AFTER_RING_S / FRAME_S)
        return RingMoment(
            ringing=place < self._on_frames,
            began=ring + 1 if place == 0 else 0,
            caller_id=self._block if after_ring and ring + 1 == self._caller_id_after_ring else None,
        )


def caller_id_of(plan: LinePlan, call: CallPlan) -> CallerIdBlock | None:
    """What the exchange sends of the caller; None when it sends nothing at all."""
    if call.withheld or call.unavailable:
        return CallerIdBlock(plan.month_day, plan.hour_minute, None, call.withheld)
    if call.number is None:
        return None
    return CallerIdBlock(plan.month_day, plan.hour_minute, call.number)


def masked_caller(call: CallPlan) -> str:
    """How a log may name the caller."""
    if call.withheld:
        return "withheld"
    if call.unavailable:
        return "unavailable"
    return "not-sent" if call.number is None else f"···{call.number[-4:]}"
