"""Every event of the line as one JSON object."""

from __future__ import annotations

import json
import typing
from dataclasses import fields
from enum import Enum

import pytest

from firmware.virtual import line_events
from firmware.virtual.line_events import CallerPressed, LineEvent, TransferFailed, TransferFailure, event_as_dict

KINDS = typing.get_args(LineEvent)


@pytest.mark.parametrize("kind", KINDS)
def test_every_event_is_json(kind: type) -> None:
    samples = {"float": 1.23456789, "int": 3, "str": "12", "bool": True, "TransferFailure": TransferFailure.BUSY}
    event = kind(**{field.name: samples[str(field.type)] for field in fields(kind)})
    told = json.loads(json.dumps(event_as_dict(event)))
    assert list(told) == ["event", *(field.name for field in fields(kind))]
    assert told["at"] == 1.2346


def test_names_and_values() -> None:
    assert event_as_dict(TransferFailed(2.0, TransferFailure.NO_ANSWER)) == {
        "event": "transfer-failed",
        "at": 2.0,
        "reason": "no-answer",
    }
    assert event_as_dict(CallerPressed(1.1, "#", 1.0, 1.1))["event"] == "caller-pressed"


def test_no_event_is_left_out() -> None:
    declared = {
        thing
        for thing in vars(line_events).values()
        if isinstance(thing, type) and thing.__module__ == line_events.__name__ and not issubclass(thing, Enum)
    }
    assert declared == set(KINDS)
