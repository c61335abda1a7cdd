"""Events of modem and exchange as lines of JSON, for people and programs that watch a virtual line."""

from __future__ import annotations

import json
import re
from dataclasses import fields
from enum import Enum

from firmware.virtual.line_events import LineEvent
from firmware.virtual.modem_events import ModemEvent


def event_line(happened: ModemEvent | LineEvent, start_s: float) -> str:
    """One JSON object: ``at_s`` since ``start_s``, ``monotonic_s``, who tells it (``modem`` or ``exchange``), the class
    name in kebab-case as ``event``, then the fields."""
    told: dict[str, object] = {
        "at_s": round(happened.at - start_s, 4),
        "monotonic_s": round(happened.at, 4),
        "by": "modem" if isinstance(happened, ModemEvent) else "exchange",
        "event": "-".join(re.findall(r"[A-Z][a-z]*", type(happened).__name__)).lower(),
    }
    for field in fields(happened):
        if field.name != "at":
            value = getattr(happened, field.name)
            told[field.name] = value.value if isinstance(value, Enum) else value
    return json.dumps(told, ensure_ascii=False)
