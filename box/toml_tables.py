"""TOML tables into msgspec structs, reporting every mistake at once.

A file's author gets one line for each wrong key, with its place and what is wanted, instead of one mistake a run.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar, get_args, get_origin

import msgspec

S = TypeVar("S", bound=msgspec.Struct)


def read_toml(path: Path) -> tuple[dict[str, Any], list[str]]:
    """The file's tables and what is wrong with it as a file. Forgives a byte-order mark and CRLF."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        return {}, [f"{path}: there is no such file"]
    except OSError as error:
        return {}, [f"{path}: cannot be read ({error.strerror})"]
    except UnicodeDecodeError:
        return {}, [f"{path}: is not UTF-8 text; save it as UTF-8"]
    try:
        return tomllib.loads(text.replace("\r\n", "\n")), []
    except tomllib.TOMLDecodeError as error:
        return {}, [f"{path}: is not TOML: {error}"]


def merge(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """``above`` laid over ``below``, table by table; other values are replaced whole."""
    merged = dict(below)
    for key, value in above.items():
        old = merged.get(key)
        merged[key] = merge(old, value) if isinstance(old, Mapping) and isinstance(value, Mapping) else value
    return merged


def build(kind: type[S], table: Mapping[str, Any], where: str, problems: list[str]) -> S | None:
    """``table`` as ``kind``, or None with what is wrong appended to ``problems``, a line each."""
    fields = {f.encode_name: f for f in msgspec.structs.fields(kind)}
    before = len(problems)
    values: dict[str, Any] = {}
    for key, value in table.items():
        if key not in fields:
            problems.append(f"{where}{key}: unknown setting{did_you_mean(key, fields)}")
            continue
        values[fields[key].name] = _value(fields[key].type, value, f"{where}{key}", problems)
    for key, info in fields.items():
        if info.required and key not in table:
            problems.append(f"{where}{key}: missing")
    return kind(**values) if len(problems) == before else None


def did_you_mean(word: str, known: Mapping[str, Any] | list[str]) -> str:
    """«; did you mean X?» when something known is close, else ''."""
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"; did you mean {close[0]}?" if close else ""


def _value(wanted: Any, value: Any, where: str, problems: list[str]) -> Any:
    if isinstance(wanted, type) and issubclass(wanted, msgspec.Struct):
        if not isinstance(value, Mapping):
            problems.append(f"{where}: wants a table")
            return None
        return build(wanted, value, f"{where}.", problems)
    if get_origin(wanted) is dict and isinstance(value, Mapping):
        _, item = get_args(wanted)
        return {key: _value(item, each, f"{where}.{key}", problems) for key, each in value.items()}
    if get_origin(wanted) is tuple and isinstance(value, list):
        item = get_args(wanted)[0]
        return tuple(_value(item, each, f"{where}[{i}]", problems) for i, each in enumerate(value))
    try:
        return msgspec.convert(value, wanted)
    except msgspec.ValidationError as error:
        problems.append(f"{where}: {str(error)[0].lower()}{str(error)[1:]} (found {value!r})")
        return None
