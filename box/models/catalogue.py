"""config/models.toml: the speech models that have a name here."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec

from box.errors import SettingsWrong
from box.settings import HOME
from box.toml_tables import build, read_toml

CATALOGUE = HOME / "config" / "models.toml"

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}")
SHA256 = re.compile(r"[0-9a-f]{64}")


class CatalogueEntry(msgspec.Struct, frozen=True):
    """One model. Exactly one of ``folder`` (relative to the program) and ``url`` is given; ``sha256`` is ''
    where nobody states it."""

    about: str
    licence: str
    rate_hz: int
    folder: str = ""
    url: str = ""
    size_mb: int = 0
    sha256: str = ""


def load_catalogue(path: Path = CATALOGUE) -> dict[str, CatalogueEntry]:
    """By name. Raises SettingsWrong with every mistake."""
    tables, problems = read_toml(path)
    entries: dict[str, CatalogueEntry] = {}
    for name, table in tables.items():
        if not isinstance(table, dict):
            problems.append(f"{path.name}: {name}: wants a table [{name}]")
            continue
        entry = build(CatalogueEntry, table, f"{path.name} [{name}] ", problems)
        if entry is not None:
            problems += [f"{path.name} [{name}] {wrong}" for wrong in _mistakes(name, entry)]
            entries[name] = entry
    if problems:
        raise SettingsWrong(problems)
    return entries


def _mistakes(name: str, entry: CatalogueEntry) -> list[str]:
    wrong = []
    if not NAME.fullmatch(name):
        wrong.append("is no name: 1 to 60 letters, digits, - . _")
    if bool(entry.folder) == bool(entry.url):
        wrong.append("wants either folder or url")
    if entry.url and not entry.url.startswith("https://"):
        wrong.append("url: must start with https://")
    if entry.sha256 and not SHA256.fullmatch(entry.sha256):
        wrong.append("sha256: wants 64 lower-case hexadecimal digits")
    return wrong
