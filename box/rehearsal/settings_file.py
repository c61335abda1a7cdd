"""Nested tables as TOML text, for the settings file that a rehearsal writes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


def toml_text(table: Mapping[str, Any]) -> str:
    """``table`` (strings, numbers, booleans, lists of these, tables) as TOML that reads back equal."""
    return "\n".join(_lines(table, ""))


def _lines(table: Mapping[str, Any], prefix: str) -> list[str]:
    own = [f"{_key(key)} = {_value(value)}" for key, value in table.items() if not isinstance(value, Mapping)]
    lines = [f"[{prefix.rstrip('.')}]", *own] if prefix else own
    for key, value in table.items():
        if isinstance(value, Mapping):
            lines += _lines(value, f"{prefix}{_key(key)}.")
    return lines


def _key(key: str) -> str:
    return key if key.replace("_", "").replace("-", "").isalnum() and key.isascii() else _value(key)


def _value(value: Any) -> str:
    """JSON's strings, numbers, booleans and lists are TOML's too; DEL alone must be escaped besides."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007F")
