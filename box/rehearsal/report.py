"""What a rehearsal prints: the live transcript for people, and one JSON object for programs. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from box.rehearsal.performance import Performance, Turn
from box.rehearsal.scenario import ExpectedReading, Scenario
from box.rehearsal.verdict import CallFacts, Request, accepted_s
from box.texts import Texts
from firmware.virtual.latencies import AnswerLatency, answer_latencies
from firmware.virtual.line_events import CallArrived, CallEnded

SPEECH = ("speech_words", "speech_digits")


def turn_text(turn: Turn, texts: Texts) -> str:
    """What the turn says, in the reader's language; the box's own words stay Russian."""
    return texts(turn.key, **turn.values) if turn.key else turn.text


def transcript_lines(turn: Turn, began_at: float, texts: Texts) -> list[str]:
    """One line, or two: in another language than Russian the box's words are followed by their gloss."""
    at = max(turn.at - began_at, 0.0)
    lines = [f"{at:6.1f}  {texts(f'rehearsal.who_{turn.who}'):8}  {turn_text(turn, texts)}"]
    if turn.gloss and texts.language != "ru":
        lines.append(f"{'':6}  {'':8}  ({turn.gloss})")
    return lines


def call_facts(result: Performance) -> CallFacts:
    """The call as its scenario's expectation sees it: readings and requests are those that billing pulled."""
    readings = tuple(
        ExpectedReading(r.account, r.meter, {z.zone: z.digits for z in r.zones}, r.mode)  # type: ignore[arg-type]
        for r in result.pulled
    )
    said = tuple(phrase for turn in result.turns for phrase in turn.phrases)
    requests = tuple(Request(request.kind, request.service) for request in result.requests)
    spoken = [(turn.at, turn.phrases) for turn in result.turns if turn.phrases]
    return CallFacts(result.outcome, said, readings, requests, accepted_s(spoken))


def latencies_ms(latencies: Iterable[AnswerLatency]) -> dict[str, dict[str, int | None]]:
    """How many, p50 and p95 in whole milliseconds for each kind; None where nothing was measured. «speech» is words and
    digits together; rows of digits after which the box must wait for more are left out."""
    by_kind: dict[str, list[float]] = {kind: [] for kind in ("keys", "speech", *SPEECH, "first_prompt")}
    for latency in latencies:
        for kind in (latency.kind, *(("speech",) if latency.kind in SPEECH else ())):
            by_kind.setdefault(kind, []).append(latency.seconds * 1000)
    return {
        kind: {"n": len(ms), "p50": _quantile(ms, 0.5), "p95": _quantile(ms, 0.95)}
        for kind, ms in by_kind.items()
        if kind != "speech_unfinished"
    }


def _quantile(values: list[float], share: float) -> int | None:
    """Nearest rank: with few values p95 is the worst of them."""
    if not values:
        return None
    return round(sorted(values)[max(math.ceil(share * len(values)) - 1, 0)])


def began_at(result: Performance) -> float:
    """When the first ring came: zero of the transcript."""
    return next((event.at for event in result.line_events if isinstance(event, CallArrived)), 0.0)


def duration_s(result: Performance) -> float:
    """From the first ring to the end of the call, on the line."""
    ends = [event.at for event in result.line_events if isinstance(event, CallEnded)]
    return ends[-1] - began_at(result) if ends else 0.0


def as_json(scenario: Scenario, result: Performance, problems: list[str], texts: Texts) -> dict[str, Any]:
    """The object of `rehearse --json` (design section 5), with what was found wrong."""
    zero = began_at(result)
    turns = [{"who": t.who, "text": turn_text(t, texts), "at_s": round(max(t.at - zero, 0.0), 2)} for t in result.turns]
    readings = [
        {"account": r.account, "meter": r.meter, "zones": {z.zone: z.digits for z in r.zones}, "mode": r.mode}
        for r in result.pulled
    ]
    return {
        "scenario": scenario.name,
        "outcome": result.outcome,
        "turns": turns,
        "readings": readings,
        "delivered": result.all_delivered,
        "pulled": result.pulled_once,
        "duration_s": round(duration_s(result), 1),
        "latency_ms": latencies_ms(answer_latencies(result.line_events)),
        "problems": problems,
        "ok": not problems,
    }
