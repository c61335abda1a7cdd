"""Strict reading of one TOML table: every mistake becomes one line, and reading goes on.

Pure: it gets the parsed table and the list of problems to add to.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from typing import TypeVar

Choice = TypeVar("Choice", bound=Enum)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """``; did you mean "…"?`` or, when nothing is near, what there is."""
    names = sorted(known)
    near = difflib.get_close_matches(word, names, n=1, cutoff=0.6)
    return f'; did you mean "{near[0]}"?' if near else f" (known: {', '.join(names)})"


class TomlTable:
    """Take each known key once, then :meth:`done`. A wrong value is reported and answered with the default."""

    def __init__(self, where: str, table: object, problems: list[str]) -> None:
        self.where = where
        self._problems = problems
        self._known: set[str] = set()
        self._table: Mapping[str, object] = {}
        if isinstance(table, dict):
            self._table = table
        else:
            self.complain(f"must be a table, not {_kind(table)}")

    def complain(self, what: str) -> None:
        """Add a problem with this table."""
        self._problems.append(f"{self.where}: {what}")

    def has(self, key: str) -> bool:
        """Whether the key stands there, right or wrong."""
        return key in self._table

    def present(self, keys: Sequence[str]) -> list[str]:
        """Those of ``keys`` that stand there."""
        return [key for key in keys if key in self._table]

    def raw(self, key: str) -> object:
        """The value as parsed, None when absent; for values that are read by someone else."""
        self._known.add(key)
        return self._table.get(key)

    def number(self, key: str, default: float, low: float, high: float) -> float:
        """Integer or float between the limits, both included."""
        value = self.raw(key)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            self.complain(f"{key}: wanted a number from {low:g} to {high:g}, not {_show(value)}")
            return default
        return float(value)

    def optional_number(self, key: str, low: float, high: float) -> float | None:
        """As above, None when absent."""
        if self.has(key):
            return self.number(key, low, low, high)
        self._known.add(key)
        return None

    def whole(self, key: str, default: int, low: int, high: int) -> int:
        """Integer between the limits, both included."""
        value = self.raw(key)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            self.complain(f"{key}: wanted a whole number from {low} to {high}, not {_show(value)}")
            return default
        return value

    def flag(self, key: str, default: bool) -> bool:
        """true or false."""
        value = self.raw(key)
        if value is None:
            return default
        if not isinstance(value, bool):
            self.complain(f"{key}: wanted true or false, not {_show(value)}")
            return default
        return value

    def text(self, key: str, default: str, allowed: str = "", shortest: int = 0, longest: int = 10_000) -> str:
        """A string; of the characters ``allowed`` only, where given, and of a length within the limits."""
        value = self.raw(key)
        if value is None:
            return default
        if not isinstance(value, str):
            self.complain(f"{key}: wanted text in quotes, not {_show(value)}")
            return default
        alien = sorted(set(value) - set(allowed)) if allowed else []
        if alien:
            self.complain(f"{key}: {_show(value)} has {_show(''.join(alien))}; wanted only {allowed}")
            return default
        if not shortest <= len(value) <= longest:
            length = f"{shortest}" if shortest == longest else f"{shortest} to {longest}"
            self.complain(f"{key}: {_show(value)} has {len(value)} characters; wanted {length}")
            return default
        return value

    def choice(self, key: str, kinds: type[Choice], default: Choice) -> Choice:
        """One of an Enum's values."""
        return self.optional_choice(key, kinds) or default

    def optional_choice(self, key: str, kinds: type[Choice]) -> Choice | None:
        """As above, None when absent or wrong."""
        value = self.raw(key)
        if value is None:
            return None
        for kind in kinds:
            if kind.value == value:
                return kind
        values = [str(kind.value) for kind in kinds]
        hint = did_you_mean(value, values) if isinstance(value, str) else f" (known: {', '.join(values)})"
        self.complain(f"{key}: no such value {_show(value)}{hint}")
        return None

    def tables(self, key: str) -> list[TomlTable]:
        """An array of tables, numbered from 1 in the order of the file."""
        value = self.raw(key)
        if value is None:
            return []
        name = f"[[{key}]]" if self.where == TOP else f"{self.where} [[{key}]]"
        if not isinstance(value, list):
            self.complain(f"{key}: wanted [[{key}]] tables, not {_show(value)}")
            return []
        return [TomlTable(f"{name} {number}", table, self._problems) for number, table in enumerate(value, start=1)]

    def done(self, ignored: Iterable[str] = ()) -> None:
        """Report keys that nobody asked for, but for those that are ``ignored``."""
        known = self._known | set(ignored)
        for key in self._table:
            if key not in known:
                self.complain(f'unknown key "{key}"{did_you_mean(key, known)}')


TOP = "file"
"""``where`` of the table that holds the others."""


def _kind(value: object) -> str:
    return {dict: "a table", list: "a list", str: "text", bool: "true or false"}.get(type(value), "a number")


def _show(value: object) -> str:
    shown = f'"{value}"' if isinstance(value, str) else str(value)
    return shown if len(shown) <= 60 else f"{shown[:57]}..."
