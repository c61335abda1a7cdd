"""prompts/phrases.toml as tests read it: with the standard library, not with the product's own reader."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

FILE = Path(__file__).resolve().parents[2] / "prompts" / "phrases.toml"

ENTRIES: list[dict[str, Any]] = tomllib.loads(FILE.read_text("utf-8"))["phrase"]

PHRASES: dict[str, dict[str, Any]] = {
    entry["id"]: {**entry, "names": set(re.findall(r"\{(\w+)\}", entry["text"]))} for entry in ENTRIES
}
