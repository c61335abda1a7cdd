"""The one line of a settings file that says which speech model is used: changed in place, comments and all else kept.

Pure: text in, text out. What it cannot change with certainty it leaves to a person.
"""

from __future__ import annotations

import json
import re
import tomllib

TABLE, KEY = "recognition", "model"

_HEADER = re.compile(r"^\s*\[\s*recognition\s*\]\s*(#.*)?$")
_ANY_HEADER = re.compile(r"^\s*\[")
_LINE = re.compile(r"""^(\s*model\s*=\s*)("(?:[^"\\]|\\.)*"|'[^']*')(\s*(?:\#.*)?)$""")


class NotByProgram(ValueError):
    """The text is written in a way that only a person should change."""


def model_lines(value: str) -> str:
    """What to write into a settings file to use the model in the folder ``value``."""
    return f"[{TABLE}]\n{KEY} = {json.dumps(value, ensure_ascii=False)}\n"


def with_model(text: str, value: str) -> str:
    """``text`` with recognition.model = ``value``. Raises NotByProgram when the result would say anything else or
    something more."""
    lines = text.splitlines(keepends=True)
    headers = [place for place, line in enumerate(lines) if _HEADER.match(line.rstrip("\r\n"))]
    changed = _in_table(lines, headers[0], value) if headers else _appended(text, value)
    try:
        before, after = tomllib.loads(text), tomllib.loads(changed)
    except tomllib.TOMLDecodeError as error:
        raise NotByProgram(str(error)) from None
    before.setdefault(TABLE, {})
    if not isinstance(before[TABLE], dict):
        raise NotByProgram(f"{TABLE} is no table")
    before[TABLE][KEY] = value
    if before != after:
        raise NotByProgram("another line says the same thing")
    return changed


def _in_table(lines: list[str], header: int, value: str) -> str:
    ending = "\r\n" if lines[header].endswith("\r\n") else "\n"
    written = json.dumps(value, ensure_ascii=False)
    for place in range(header + 1, len(lines)):
        if _ANY_HEADER.match(lines[place]):
            break
        found = _LINE.match(lines[place].rstrip("\r\n"))
        if found:
            lines[place] = f"{found[1]}{written}{found[3]}{ending}"
            return "".join(lines)
    lines[header] = lines[header].rstrip("\r\n") + ending
    lines.insert(header + 1, f"{KEY} = {written}{ending}")
    return "".join(lines)


def _appended(text: str, value: str) -> str:
    gap = "" if not text else "\n" if text.endswith("\n") else "\n\n"
    return text + gap + model_lines(value)
