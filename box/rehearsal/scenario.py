"""Scenario files: what the world holds, what the caller does, what must come of it.

The tables ``[line]``, ``[[caller]]`` and ``[[call]]`` belong to the virtual exchange, which reads the same file; here
are the others.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import msgspec

from box.courier.messages import AccountRecord, ReferenceDocument
from box.dialogue.vocabulary import Outcome
from box.errors import ScenarioWrong
from box.settings import HOME
from box.toml_tables import build, did_you_mean, read_toml

FOLDER = HOME / "config" / "scenarios"
DEFAULT = "known-one-address"

_TABLES = ("title", "gloss", "proves", "line", "caller", "call", "world", "settings", "expect")


class World(msgspec.Struct, frozen=True):
    """[world]: the box's wall time at the ring, which line is rung (a role of [lines] in the settings), what billing
    publishes, the state of the network, whether the box hears speech, and whether its clock has been set."""

    now: datetime
    line: Literal["readings", "consultation", "services"] = "readings"
    accounts: tuple[AccountRecord, ...] = ()
    reference: ReferenceDocument = ReferenceDocument()
    network: Literal["up", "down-during-call"] = "up"
    speech: bool = False
    clock: Literal["set", "unset"] = "set"


class ExpectedReading(msgspec.Struct, frozen=True):
    """One submission as billing must pull it; ``zones`` maps zone ids to digits."""

    account: str
    meter: str
    zones: dict[str, str]
    mode: Literal["keys", "voice", "mixed"] = "keys"


class Expectation(msgspec.Struct, frozen=True):
    """[expect]: what must be true when the last call is over. ``said`` are phrase ids that must have been said, in
    order, ``never_said`` such as must not; the counts are requests as billing must pull them; ``call_back_services``
    what each call-back is about ('' = nothing was named). ``accepted_within_s``: from the box's first words to
    those that tell that the first reading is accepted."""

    outcome: str
    readings: tuple[ExpectedReading, ...] = ()
    said: tuple[str, ...] = ()
    never_said: tuple[str, ...] = ()
    phones_saved: int = 0
    phones_forgotten: int = 0
    pay_links: int = 0
    call_backs: int = 0
    call_back_services: tuple[str, ...] | None = None
    accepted_within_s: float | None = None


class Scenario(msgspec.Struct, frozen=True):
    """One file of config/scenarios."""

    name: str
    path: Path
    title: str
    gloss: str
    proves: str
    world: World
    expect: Expectation
    settings: dict[str, Any]
    voice: str

    @property
    def spoken(self) -> bool:
        """Whether the caller speaks (and perhaps presses keys too)."""
        return bool(self.voice)


def scenario_names() -> list[str]:
    """What ``--scenario`` can be given besides a file."""
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


def scenario_path(name: str) -> Path:
    """The file that ``name`` means: itself when it is a file, else one of config/scenarios. Raises ScenarioWrong."""
    given = Path(name)
    if given.suffix == ".toml":
        return given
    known = scenario_names()
    if name not in known:
        raise ScenarioWrong([f"no scenario {name!r}{did_you_mean(name, known)}; there is: {', '.join(known)}"])
    return FOLDER / f"{name}.toml"


def load_scenario(path: Path) -> Scenario:
    """Read and check a scenario; ScenarioWrong holds every mistake. ``[line]`` and ``[[caller]]`` are checked by
    ``firmware.virtual.line_file``."""
    data, problems = read_toml(path)
    if problems:
        raise ScenarioWrong(problems)
    for key in data:
        if key not in _TABLES:
            problems.append(f"{key}: unknown table{did_you_mean(key, list(_TABLES))}")
    world = build(World, data.get("world", {}), "world.", problems)
    expect = build(Expectation, data.get("expect", {}), "expect.", problems)
    if expect is not None and expect.outcome not in [o.value for o in Outcome]:
        near = did_you_mean(expect.outcome, [o.value for o in Outcome])
        problems.append(f"expect.outcome: {expect.outcome!r} is not an outcome{near}")
    if world is not None and world.now.tzinfo is None:
        problems.append("world.now: wants an offset, such as 2026-11-20T11:00:00+03:00")
    if problems or world is None or expect is None:
        raise ScenarioWrong([f"{path}: {problem}" for problem in problems])
    words = {key: str(data.get(key, "")) for key in ("title", "gloss", "proves")}
    line = data.get("line")
    voice = str(line.get("voice", "")) if isinstance(line, dict) else ""
    settings = data.get("settings", {})
    return Scenario(path.stem, path, **words, world=world, expect=expect, settings=settings, voice=voice)
