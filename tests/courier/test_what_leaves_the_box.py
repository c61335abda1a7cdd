"""The page that a customer's lawyer reads, held against the message types and the rules of retention."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import msgspec
import pytest

from box.courier.messages import Event, EventBatch, EventBody, ZoneReading
from box.store.retention import RULES

PAGE = Path(__file__).resolve().parent.parent.parent / "box" / "courier" / "docs" / "what-leaves-the-box.md"
PERSONAL = {"account", "accounts", "phone", "meter", "zones"}
"""Fields whose values say something about somebody (caller-service.md §11.2: phone, address, account, readings)."""


def tables() -> dict[str, list[list[str]]]:
    """The rows of each table, cells without back-quotes, by the first word of its heading."""
    found: dict[str, list[list[str]]] = {}
    for section in re.split(r"^## ", PAGE.read_text("utf-8"), flags=re.MULTILINE)[1:]:
        rows = [re.split(r"\s*\|\s*", line.strip("| ")) for line in section.splitlines() if line.startswith("|")]
        name = section.split("\n", 1)[0].partition(":")[0].strip("`")
        found[name] = [[cell.strip("`") for cell in row] for row in rows[2:]]
    return found


def fields(kind: type) -> list[str]:
    return [field.name for field in msgspec.structs.fields(kind)]


def tag(kind: type) -> str:
    return str(kind.__struct_config__.tag)  # type: ignore[attr-defined]


def test_every_kind_of_event_is_there_and_no_other() -> None:
    kinds = {tag(kind) for kind in get_args(EventBody)}
    assert set(tables()) == kinds | {"Around every event", "With every request", "How long it stays on the box"}


@pytest.mark.parametrize("kind", get_args(EventBody), ids=tag)
def test_every_field_is_there_in_order(kind: type) -> None:
    assert [row[0] for row in tables()[tag(kind)]] == fields(kind)


def test_the_envelope() -> None:
    assert [row[0] for row in tables()["Around every event"]] == fields(Event)
    assert (fields(EventBatch), fields(ZoneReading)) == (["events"], ["zone", "digits"]), "what is nested says no more"


@pytest.mark.parametrize("kind", get_args(EventBody), ids=tag)
def test_what_is_personal_is_called_so(kind: type) -> None:
    for name, what, personal in tables()[tag(kind)]:
        assert personal == ("yes" if name in PERSONAL else "no"), name
        assert what


def test_how_long_it_stays() -> None:
    stays = {name: int(days) for name, days in tables()["How long it stays on the box"]}
    assert stays == {rule.kind: rule.keep.days for rule in RULES}
    assert {tag(kind) for kind in get_args(EventBody)} <= stays.keys(), "every kind has its time"
