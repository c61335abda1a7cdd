"""How soon the box answers, measured on the line: from log events alone, without knowing what anybody meant.

Pure. Seconds from the moment the caller's last key went down, from the end of the last sound said, or from the moment
the line was taken, to the first sound of the box's answer.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from firmware.virtual.line_events import (
    BoxAnswered,
    BoxSoundBegan,
    BoxSoundEnded,
    CallEnded,
    CallerHungUp,
    CallerPressed,
    CallerSpoke,
    FlashSeen,
    LineEvent,
)
from firmware.virtual.sound_meter import SoundSpan

SOONEST_REACTION_S = 0.03
"""No detector may report a key before 23 ms of it (ITU-T Q.24): sound that begins sooner is not an answer to it."""

SPEECH_TAIL_S = 0.1
"""A word's last sound may fade below the threshold that far before its end."""

PROMPT_PAUSE_S = 0.5
"""The box pauses inside prompts for up to 450 ms: sound that close before an action is a prompt it may cut short."""

CUT_WITHIN_S = 0.5
"""A prompt that goes on longer than this after the action was not cut short by it."""


LatencyKind: TypeAlias = Literal["keys", "speech_words", "speech_digits", "speech_unfinished", "first_prompt"]


@dataclass(frozen=True, slots=True)
class AnswerLatency:
    """``at`` is the moment counted from: the beginning of the last key's tone, the end of the speech, the answering.
    ``fell_silent_s``: how long after it an earlier prompt went on, None when the box was silent. Rows of digits after
    which more might have come, so that the box had to wait, are ``speech_unfinished``."""

    kind: LatencyKind
    seconds: float
    at: float
    fell_silent_s: float | None = None


@dataclass(frozen=True, slots=True)
class _Action:
    kind: LatencyKind
    noticed_at: float  # before this the box cannot know
    counted_from: float
    ended_at: float
    began_at: float


def answer_latencies(events: Iterable[LineEvent]) -> list[AnswerLatency]:
    """One for each action of the caller that the box answered before the next action, in order of time. The log may
    hold several calls and be in order of noticing."""
    told = sorted(events, key=lambda event: event.at)
    sounds = _sounds(told)
    actions = _actions(told)
    limits = [event.at for event in told if isinstance(event, CallerHungUp | CallEnded | FlashSeen)]
    limits += [action.began_at for action in actions]
    latencies = []
    for action in actions:
        limit = min((at for at in limits if at > action.noticed_at), default=math.inf)
        latency = _answer(action, sounds, limit)
        if latency is not None:
            latencies.append(latency)
    return latencies


def _sounds(told: Sequence[LineEvent]) -> list[SoundSpan]:
    spans: list[SoundSpan] = []
    for event in told:
        if isinstance(event, BoxSoundBegan):
            spans.append(SoundSpan(event.at, None))
        elif isinstance(event, BoxSoundEnded) and spans:
            spans[-1] = SoundSpan(spans[-1].began_at, event.at)
    return spans


def _actions(told: Sequence[LineEvent]) -> list[_Action]:
    actions: list[_Action] = []
    first_key_at: float | None = None
    for event in told:
        match event:
            case BoxAnswered(at):
                actions.append(_Action("first_prompt", at, at, at, at))
            case CallerPressed(_, _, began_at, ended_at, final):
                first_key_at = began_at if first_key_at is None else first_key_at
                if final:
                    actions.append(_Action("keys", began_at + SOONEST_REACTION_S, began_at, ended_at, first_key_at))
                    first_key_at = None
            case CallerSpoke(_, _, began_at, ended_at):
                noticed_at = max(began_at, ended_at - SPEECH_TAIL_S)
                actions.append(_Action(_kind_of(event), noticed_at, ended_at, ended_at, began_at))
            case _:
                pass
    return actions


def _kind_of(spoke: CallerSpoke) -> LatencyKind:
    if not spoke.digits:
        return "speech_words"
    return "speech_unfinished" if spoke.more_may_come else "speech_digits"


def _answer(action: _Action, sounds: Sequence[SoundSpan], limit: float) -> AnswerLatency | None:
    """The first sound after the action; where the action fell into a prompt, the sound after the longest silence that
    begins within CUT_WITHIN_S: what comes before it is what was left of the prompt."""
    noticed_at = action.noticed_at
    earlier = [span for span in sounds if span.began_at <= noticed_at]
    later = [span for span in sounds if noticed_at < span.began_at < limit]
    if not later:
        return None
    last_end = max((math.inf if span.ended_at is None else span.ended_at for span in earlier), default=-math.inf)
    answer, fell_silent_s = later[0], None
    if last_end > noticed_at - PROMPT_PAUSE_S:
        chosen = _after_longest_silence(last_end, later, noticed_at, action.ended_at + CUT_WITHIN_S)
        answer = later[chosen]
        silent_from = last_end if chosen == 0 else later[chosen - 1].ended_at
        if silent_from is not None and silent_from > noticed_at:
            reference = action.counted_from if action.kind == "keys" else noticed_at
            fell_silent_s = silent_from - reference
    seconds = max(answer.began_at - action.counted_from, 0.0)
    return AnswerLatency(action.kind, seconds, action.counted_from, fell_silent_s)


def _after_longest_silence(last_end: float, later: Sequence[SoundSpan], noticed_at: float, cut_by: float) -> int:
    """Which of ``later`` it precedes; the first where no silence begins in time."""
    chosen, longest_s = 0, -math.inf
    silent_from = last_end
    for number, span in enumerate(later):
        if silent_from > cut_by:
            break
        length_s = span.began_at - max(silent_from, noticed_at)
        if length_s > longest_s:
            chosen, longest_s = number, length_s
        silent_from = math.inf if span.ended_at is None else span.ended_at
    return chosen
