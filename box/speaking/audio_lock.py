"""prompts/audio.lock.toml: what each recording says, who made it, and its hash.

Written by the renderer, never by hand. The catalogue trusts a file only when its hash and its text agree with the lock.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

import msgspec

from box.errors import PromptsBroken
from box.speaking.manifest import Clip
from box.toml_tables import build, read_toml

LOCK_FILE = "audio.lock.toml"
STUDIO = "studio"
"""The maker of recordings by a person: a renderer leaves them alone as long as their text stands."""

_HEAD = """\
# What every recording in audio/ says, who made it and its hash. Made by `linebox prompts render` and
# `linebox prompts import`; do not edit. says = hash of text, contour and take; made_by = engine, voice and speed, or
# studio; recipe = hash of the text given to the engine and of the treatment of its sound.
"""


class Recording(msgspec.Struct, frozen=True):
    """One line of the lock."""

    says: str
    made_by: str
    recipe: str
    sha256: str


class _LockFields(msgspec.Struct):
    clips: dict[str, Recording]


def says(clip: Clip) -> str:
    """A short hash of what ``clip`` must say and how; another hash means that it must be recorded anew."""
    return short_hash(clip.spoken, clip.contour.value, str(clip.take))


def short_hash(*parts: str) -> str:
    """Enough of SHA-256 to tell one text from another."""
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:12]


def load_lock(folder: Path) -> dict[str, Recording]:
    """The recordings in ``folder`` by clip name; none when nothing was recorded yet. Raises PromptsBroken when the lock
    cannot be read."""
    path = folder / LOCK_FILE
    if not path.exists():
        return {}
    table, problems = read_toml(path)
    fields = None if problems else build(_LockFields, table, f"{path.name} ", problems)
    if fields is None:
        raise PromptsBroken("; ".join(problems))
    return fields.clips


def save_lock(folder: Path, recordings: Mapping[str, Recording]) -> None:
    """Write the lock, sorted by name so that changes read well."""
    lines = [_HEAD, "[clips]"]
    for name, each in sorted(recordings.items()):
        fields = ", ".join(f'{field} = "{value}"' for field, value in msgspec.structs.asdict(each).items())
        lines.append(f'"{name}" = {{ {fields} }}')
    (folder / LOCK_FILE).write_text("\n".join(lines) + "\n", encoding="utf-8")
