"""The box's settings: config/box.toml holds every default, a local file only what differs; all mistakes at once."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo, available_timezones

import msgspec

from box.errors import SettingsWrong
from box.toml_tables import build, did_you_mean, merge, read_toml

HOME = Path(__file__).resolve().parent.parent
"""The folder of the program: prompts/ and config/ are found from here."""

DEFAULTS = HOME / "config" / "box.toml"
MODEM_PROFILES = HOME / "config" / "modems"
LOCAL = Path("/etc/linebox/box.toml")
ENVIRONMENT = "LINEBOX_SETTINGS"


class BoxTable(msgspec.Struct, frozen=True):
    """[box]"""

    id: str
    time_zone: str
    language: Literal["ru", "en"]
    data: str
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"]


class OperatorTable(msgspec.Struct, frozen=True):
    """[operator]; ``opens`` and ``closes`` are HH:MM in box time."""

    number: str
    opens: str
    closes: str
    flash_s: float
    answer_wait_s: float


class LineTable(msgspec.Struct, frozen=True):
    """[lines.NAME]"""

    role: Literal["readings", "consultation", "services"]
    port: str
    profile: str
    answer_after_rings: int
    call_ceiling_s: float
    number_country: str


class GuessingTable(msgspec.Struct, frozen=True):
    """[guessing]: wrong account numbers and second facts after which nothing is found any more."""

    per_call: int
    per_phone_a_day: int
    per_line_an_hour: int


class RecognitionTable(msgspec.Struct, frozen=True):
    """[recognition]"""

    model: str


class CentreTable(msgspec.Struct, frozen=True):
    """[centre]; the three file names are relative to box.data."""

    url: str
    ca: str
    certificate: str
    key: str
    deliver_every_s: float
    feed_every_s: float


class RehearsalTable(msgspec.Struct, frozen=True):
    """[rehearsal]: never on a box that serves callers, since ``story`` is not masked. ``wall_offset_s`` shifts the wall
    clock, ``clock_unset`` makes the box doubt it; ``story`` is a file that gets one JSON object for each thing said,
    pressed and stored."""

    wall_offset_s: float = 0.0
    clock_unset: bool = False
    story: str = ""


class Settings(msgspec.Struct, frozen=True):
    """Everything that can be set, checked."""

    box: BoxTable
    operator: OperatorTable
    lines: dict[str, LineTable]
    guessing: GuessingTable
    recognition: RecognitionTable
    centre: CentreTable
    rehearsal: RehearsalTable = RehearsalTable()

    @property
    def data(self) -> Path:
        """The folder that must survive."""
        return HOME / self.box.data

    @property
    def database(self) -> Path:
        """The one SQLite file that the processes share."""
        return self.data / "linebox.sqlite3"

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of windows, hours and spoken dates."""
        return ZoneInfo(self.box.time_zone)

    def line(self, name: str) -> LineTable:
        """The settings of one line; SettingsWrong names the lines that exist."""
        try:
            return self.lines[name]
        except KeyError:
            known = ", ".join(sorted(self.lines))
            raise SettingsWrong([f"no line {name!r} in the settings; there is: {known}"]) from None


def settings_file(named: str | None) -> Path | None:
    """The file laid over the defaults: the one named, else $LINEBOX_SETTINGS, else /etc/linebox/box.toml if there."""
    name = named or os.environ.get(ENVIRONMENT)
    if name:
        return Path(name)
    return LOCAL if LOCAL.exists() else None


def load_settings(path: Path | None) -> Settings:
    """Defaults with ``path`` laid over them. Raises SettingsWrong with every mistake."""
    defaults, problems = read_toml(DEFAULTS)
    local: dict[str, Any] = {}
    if path is not None:
        local, more = read_toml(path)
        problems += more
    if problems:
        raise SettingsWrong(problems)
    return check_settings(defaults, local)


def check_settings(defaults: dict[str, Any], local: dict[str, Any]) -> Settings:
    """The tables as Settings, or SettingsWrong. Every line starts from the defaults of line0."""
    template = defaults["lines"]["line0"]
    lines = local.get("lines", {})
    problems: list[str] = []
    if not isinstance(lines, dict) or not all(isinstance(line, dict) for line in lines.values()):
        problems.append("lines: wants one table for each line, [lines.NAME]")
        lines = {}
    table = merge(defaults, {key: value for key, value in local.items() if key != "lines"})
    table["lines"] = {name: merge(template, line) for name, line in lines.items()} or {"line0": template}
    settings = build(Settings, table, "", problems)
    problems += [wrong for where, value, check in _checks(table) for wrong in check(where, value)]
    if settings is not None and not problems:
        problems = _contradictions(settings)
    if settings is None or problems:
        raise SettingsWrong(problems)
    return settings


def _contradictions(settings: Settings) -> list[str]:
    """Values that are right alone and wrong together."""
    problems = []
    if settings.operator.opens >= settings.operator.closes:
        problems.append("operator.opens: must be earlier than operator.closes, or no operator is ever there")
    ports: dict[str, str] = {}
    for name, line in settings.lines.items():
        if line.port in ports:
            problems.append(f"lines.{name}.port: {line.port} is the port of lines.{ports[line.port]} already")
        ports.setdefault(line.port, name)
    return problems


# ---------------------------------------------------------------- values that have the right type and are still wrong

Check = Callable[[str, Any], list[str]]


def _checks(table: dict[str, Any]) -> Iterator[tuple[str, Any, Check]]:
    """(place, value, check) of everything whose type does not say enough; works on tables that are wrong elsewhere."""
    per_table: dict[str, dict[str, Check]] = {
        "box": {"id": _name, "time_zone": _time_zone},
        "operator": {
            "opens": _time,
            "closes": _time,
            "flash_s": _within(0.08, 0.9, "seconds"),
            "number": _dialled,
            "answer_wait_s": _within(1, 60, "seconds"),
        },
        "centre": {
            "url": _https,
            "deliver_every_s": _within(0.1, 3600, "seconds"),
            "feed_every_s": _within(1, 86400, "seconds"),
        },
        "guessing": {
            "per_call": _within(1, 20, "wrong answers"),
            "per_phone_a_day": _within(1, 100, "wrong answers"),
            "per_line_an_hour": _within(1, 1000, "wrong answers"),
        },
        "rehearsal": {"wall_offset_s": _within(-1e10, 1e10, "seconds")},
    }
    for name, line in table["lines"].items():
        per_table[f"lines.{name}"] = {
            "answer_after_rings": _within(1, 10, "rings"),
            "call_ceiling_s": _within(60, 3600, "seconds"),
            "number_country": _country,
            "port": _port,
            "profile": _profile,
        }
        table = {**table, f"lines.{name}": line}
    for where, checks in per_table.items():
        values = table.get(where)
        for key, check in checks.items():
            if isinstance(values, dict) and key in values:
                yield f"{where}.{key}", values[key], check


def _time_zone(where: str, value: Any) -> list[str]:
    if not isinstance(value, str) or value in available_timezones():
        return []
    return [f"{where}: {value!r} is not a time zone{did_you_mean(value, sorted(available_timezones()))}"]


def _time(where: str, value: Any) -> list[str]:
    if not isinstance(value, str) or re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value):
        return []
    return [f"{where}: wants a time such as 08:30 (found {value!r})"]


def _dialled(where: str, value: Any) -> list[str]:
    right = not isinstance(value, str) or not value.strip("0123456789*#")
    return [] if right else [f"{where}: wants digits, * and # only"]


def _https(where: str, value: Any) -> list[str]:
    right = not isinstance(value, str) or not value or value.startswith("https://")
    return [] if right else [f"{where}: must start with https://; readings never travel in the clear"]


def _name(where: str, value: Any) -> list[str]:
    right = not isinstance(value, str) or re.fullmatch(r"[A-Za-z0-9._-]{1,60}", value)
    return [] if right else [f"{where}: wants 1 to 60 letters, digits, - . _ (found {value!r})"]


def _country(where: str, value: Any) -> list[str]:
    right = not isinstance(value, str) or re.fullmatch(r"[1-9][0-9]{0,2}", value)
    return [] if right else [f"{where}: wants a country code of one to three digits, such as 7 (found {value!r})"]


def _profile(where: str, value: Any) -> list[str]:
    known = ["auto", *sorted(path.stem for path in MODEM_PROFILES.glob("*.toml"))]
    if not isinstance(value, str) or value in known:
        return []
    return [f"{where}: no modem profile {value!r}{did_you_mean(value, known)}; there is: {', '.join(known)}"]


def _port(where: str, value: Any) -> list[str]:
    return [f"{where}: missing; the modem's device, such as /dev/linebox-line0"] if value == "" else []


def _within(low: float, high: float, unit: str) -> Check:
    def check(where: str, value: Any) -> list[str]:
        right = not isinstance(value, int | float) or low <= value <= high
        return [] if right else [f"{where}: wants {low:g} to {high:g} {unit} (found {value:g})"]

    return check
