"""The sound of names that no clips can say, one file for each melody: written when a name arrives, read during calls.

A file is found by the hash of the name's words; the second half of its name, the recipe, tells by which voice and
stress it was made, so that a better one can take its place while calls go on. The words themselves are inside the
file. Knows no engine.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from box.speaking.script import Contour, Takes
from box.speaking.sound_files import alaw_codes, alaw_decoded, alaw_wav, wav_texts
from firmware.vocabulary import Samples

NAMES_FOLDER = "names"
"""Below the data folder of the box."""

KEY_LENGTH = 20
"""Hexadecimal digits: among a million names no two are alike."""

TEXT_CHUNK, MAKER_CHUNK = "INAM", "ISFT"
_PART = ".part"


@dataclass(frozen=True, slots=True)
class NameFile:
    """One file: the words it says, who made it, its hash key and its size."""

    path: Path
    key: str
    text: str
    made_by: str
    size_bytes: int


class NameFiles:
    """The files below ``folder``, which need not exist yet."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def takes(self, text: str) -> Takes | None:
        """The sound of ``text``, or None when there is none that can be used. Never raises: a caller waits."""
        by_recipe: dict[str, dict[Contour, Samples]] = {}
        for path in self._newest_first(name_key(text)):
            recipe, contour = _recipe_and_contour(path)
            samples = _samples(path)
            if contour is not None and samples is not None:
                by_recipe.setdefault(recipe, {})[contour] = samples
        return max(by_recipe.values(), key=len, default=None)

    def has(self, text: str, recipe: str, contours: Iterable[Contour]) -> bool:
        """Whether all ``contours`` of ``text`` were made by ``recipe`` and are whole."""
        return all(_samples(self._path(text, recipe, contour)) is not None for contour in contours)

    def store(self, text: str, recipe: str, takes: Mapping[Contour, Samples], made_by: str) -> int:
        """Write ``takes``, each whole or not at all, and take away what other recipes made of the same name. Returns by
        how many bytes the files grew. Raises OSError."""
        grown = 0
        for contour, samples in takes.items():
            path = self._path(text, recipe, contour)
            path.parent.mkdir(parents=True, exist_ok=True)
            wav = alaw_wav(samples, {TEXT_CHUNK: text, MAKER_CHUNK: made_by})
            _write_whole(path, wav)
            grown += len(wav)
        for path in self._newest_first(name_key(text)):
            if _recipe_and_contour(path)[0] != recipe:
                grown -= path.stat().st_size
                path.unlink()
        return grown

    def needed_again(self, text: str) -> None:
        """Put the files of ``text`` last in the order of eviction. Never raises."""
        for path in self._newest_first(name_key(text)):
            with suppress(OSError):
                path.touch()

    def evict(self, wanted_bytes: int, spared: frozenset[str]) -> int:
        """Take away files of names whose key is not ``spared``, those needed longest ago first, until ``wanted_bytes``
        are free or none is left; how many bytes went. Raises OSError."""
        aged = []
        for path in self._folder.glob("??/*.wav"):
            if path.name.partition("-")[0] not in spared:
                facts = path.stat()
                aged.append((facts.st_mtime_ns, path, facts.st_size))
        freed = 0
        for _, path, size_bytes in sorted(aged):
            if freed >= wanted_bytes:
                break
            path.unlink()
            freed += size_bytes
        return freed

    def listing(self) -> Iterator[NameFile]:
        """Every file that can be read, and what it says."""
        for path in sorted(self._folder.glob("??/*.wav")):
            with suppress(OSError, ValueError):
                wav = path.read_bytes()
                texts = wav_texts(wav)
                key = path.name.partition("-")[0]
                yield NameFile(path, key, texts.get(TEXT_CHUNK, ""), texts.get(MAKER_CHUNK, ""), len(wav))

    def size_bytes(self) -> int:
        """What all of them take on the disk, those left half-written by a power failure too; these go."""
        total = 0
        for path in self._folder.glob("??/*"):
            with suppress(OSError):
                if path.name.endswith(_PART):
                    path.unlink()
                else:
                    total += path.stat().st_size
        return total

    def _path(self, text: str, recipe: str, contour: Contour) -> Path:
        key = name_key(text)
        return self._folder / key[:2] / f"{key}-{recipe}.{contour.value}.wav"

    def _newest_first(self, key: str) -> list[Path]:
        aged = []
        with suppress(OSError), os.scandir(self._folder / key[:2]) as entries:
            for entry in entries:
                if entry.name.startswith(f"{key}-") and entry.name.endswith(".wav"):
                    aged.append((entry.stat().st_mtime_ns, Path(entry.path)))
        return [path for _, path in sorted(aged, reverse=True)]


def name_key(text: str) -> str:
    """What the files of ``text`` begin with; capitals and «ё» make no difference."""
    return hashlib.sha256(text.lower().replace("ё", "е").encode()).hexdigest()[:KEY_LENGTH]


def _recipe_and_contour(path: Path) -> tuple[str, Contour | None]:
    _, _, rest = path.name.partition("-")
    recipe, _, contour = rest.removesuffix(".wav").partition(".")
    return recipe, next((each for each in Contour if each.value == contour), None)


def _samples(path: Path) -> Samples | None:
    try:
        codes = alaw_codes(path.read_bytes())
    except (OSError, ValueError):
        return None
    return alaw_decoded(codes) if codes else None


def _write_whole(path: Path, content: bytes) -> None:
    part = path.with_name(path.name + _PART)
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
