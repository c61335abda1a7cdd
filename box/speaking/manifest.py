"""The prompt manifest: what the box may say, cut into clips.

Four files of prompts/: ``phrases.toml`` (whole prompts with ``{values}``), and WORD_FILES
(single words). Text between two values of a phrase is one clip; punctuation between clips is a pause. Reads texts
only: where the sound is and whether it is good is the duty of ``catalogue`` and ``clip_checks``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import msgspec

from box.errors import PromptsBroken
from box.speaking.phrase_texts import Slot, Words, cut, text_mistakes, word_mistakes
from box.speaking.script import Contour, Pause, contour_before, nearest
from box.toml_tables import build, read_toml

PHRASES_FILE = "phrases.toml"
WORD_FILES = ("numbers.toml", "places.toml", "stations.toml")
CONTOURS = tuple(contour.value for contour in Contour)

_WORD_ENDINGS = {Contour.FLOW: "", Contour.HOLD: ",", Contour.END: "."}
_LATIN = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "yo", "ж": "zh", "з": "z", "и": "i", "й": "y",
    "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f",
    "х": "h", "ц": "c", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "j", "ы": "y-", "ь": "-", "э": "e-", "ю": "yu",
    "я": "ya",
}  # fmt: skip


class _PhraseFields(msgspec.Struct):
    text: str
    gloss: str
    spoken: str = ""
    take: int = 1


class _WordFields(msgspec.Struct):
    gloss: str
    spoken: str = ""
    take: int = 1
    contours: tuple[str, ...] = CONTOURS


@dataclass(frozen=True, slots=True)
class Clip:
    """One recording that the manifest asks for. ``spoken`` carries stress marks ('+' before the vowel) and ends with
    the punctuation that follows it; ``take`` is raised to have a clip recorded anew; ``file`` is below audio/."""

    name: str
    text: str
    spoken: str
    contour: Contour
    take: int
    file: str


Part: TypeAlias = Clip | Slot | Pause


@dataclass(frozen=True, slots=True)
class PhraseEntry:
    """A phrase ready to be filled: clips of fixed words, slots and the pauses between them, in order."""

    id: str
    parts: tuple[Part, ...]
    text: str
    gloss: str

    @property
    def values(self) -> frozenset[str]:
        """The names that must be filled."""
        return frozenset(part.name for part in self.parts if isinstance(part, Slot))


@dataclass(frozen=True, slots=True)
class WordEntry:
    """A word with a clip for each contour it is used in."""

    id: str
    gloss: str
    clips: Mapping[Contour, Clip]

    def clip(self, contour: Contour) -> Clip:
        """The clip for ``contour``, or the nearest one that the word has."""
        return self.clips[nearest(contour, self.clips)]


@dataclass(frozen=True, slots=True)
class Manifest:
    """All texts. A word's id is the word itself."""

    phrases: Mapping[str, PhraseEntry]
    words: Mapping[str, WordEntry]

    def clips(self) -> Iterator[Clip]:
        """Every recording that must exist, each once."""
        for phrase in self.phrases.values():
            yield from (part for part in phrase.parts if isinstance(part, Clip))
        for word in self.words.values():
            yield from word.clips.values()


def load_manifest(folder: Path) -> Manifest:
    """The manifest in ``folder``. Raises PromptsBroken with every mistake of all files in one text."""
    problems: list[str] = []
    phrases = _load_phrases(folder / PHRASES_FILE, problems)
    words: dict[str, WordEntry] = {}
    for name in WORD_FILES:
        for id_, word in _load_words(folder / name, problems).items():
            if id_ in words:
                problems.append(f"{name} [{id_}]: stands in two files; keep one")
            words[id_] = word
    manifest = Manifest(phrases, words)
    files = Counter(clip.file for clip in manifest.clips())
    problems += [f"two clips would share the file {file}; rename an id" for file, times in files.items() if times > 1]
    if problems:
        raise PromptsBroken("; ".join(problems))
    return manifest


def file_stem(id_: str) -> str:
    """An id in plain ASCII, for a file name that every system and archive keeps: «двадцать» is dvadcat-."""
    return "".join(_LATIN.get(letter, letter) for letter in id_.lower()).replace(" ", "_")


def _load_phrases(path: Path, problems: list[str]) -> dict[str, PhraseEntry]:
    phrases: dict[str, PhraseEntry] = {}
    for id_, table in _entries(path, "phrase", problems):
        fields = build(_PhraseFields, table, f"{path.name} [{id_}] ", problems)
        if fields is None:
            continue
        wrong = text_mistakes(id_, fields.text, fields.spoken or fields.text, fields.gloss)
        problems += [f"{path.name} {mistake}" for mistake in wrong]
        if not wrong:
            phrases[id_] = PhraseEntry(id_, tuple(_phrase_parts(id_, fields)), fields.text, fields.gloss)
    return phrases


def _load_words(path: Path, problems: list[str]) -> dict[str, WordEntry]:
    words: dict[str, WordEntry] = {}
    for id_, table in _entries(path, "word", problems):
        fields = build(_WordFields, table, f"{path.name} [{id_}] ", problems)
        if fields is None:
            continue
        wrong = word_mistakes(id_, fields.contours, CONTOURS)
        problems += [f"{path.name} {mistake}" for mistake in wrong]
        if not wrong:
            words[id_] = WordEntry(id_, fields.gloss, _word_clips(id_, fields, path.stem))
    return words


def _entries(path: Path, kind: str, problems: list[str]) -> Iterator[tuple[str, Mapping[str, object]]]:
    """The [[kind]] tables of a file, by id."""
    table, wrong = read_toml(path)
    problems += wrong
    problems += [f"{path.name} {key}: unknown; entries are [[{kind}]]" for key in table if key != kind]
    entries = table.get(kind, [])
    if not isinstance(entries, list):
        problems.append(f"{path.name} {kind}: write [[{kind}]], with two brackets, before every entry")
        return
    seen: set[str] = set()
    for number, fields in enumerate(entries, 1):
        id_ = fields.get("id") if isinstance(fields, Mapping) else None
        if not isinstance(id_, str):
            problems.append(f"{path.name} entry {number}: has no id")
        elif id_ in seen:
            problems.append(f"{path.name} [{id_}]: stands twice; keep one")
        else:
            seen.add(id_)
            yield id_, {key: value for key, value in fields.items() if key != "id"}


def _phrase_parts(id_: str, fields: _PhraseFields) -> Iterator[Part]:
    texts = cut(fields.text)
    spoken = cut(fields.spoken or fields.text)
    whole = sum(isinstance(part, Words) for part in texts) == 1 and not any(isinstance(part, Slot) for part in texts)
    number = 0
    for place, (part, sound) in enumerate(zip(texts, spoken, strict=True)):
        if not isinstance(part, Words) or not isinstance(sound, Words):
            yield part if not isinstance(part, Words) else Pause(part.text, 0.0)
            continue
        number += 1
        follower = texts[place + 1] if place + 1 < len(texts) else None
        ending = follower.mark.strip(' «»"()') if isinstance(follower, Pause) else ""
        yield Clip(
            name=id_ if whole else f"{id_}#{number}",
            text=part.text,
            spoken=sound.text + ending,
            contour=_fragment_contour(follower),
            take=fields.take,
            file=f"phrases/{id_}.wav" if whole else f"phrases/{id_}.{number}.wav",
        )


def _fragment_contour(follower: Words | Slot | Pause | None) -> Contour:
    if isinstance(follower, Slot | Words):
        return Contour.FLOW
    if follower is not None and "?" in follower.mark:
        return Contour.END  # the engine itself raises the voice at a question mark
    return contour_before(follower)


def _word_clips(id_: str, fields: _WordFields, group: str) -> dict[Contour, Clip]:
    return {
        contour: Clip(
            name=f"{id_}/{contour.value}",
            text=id_,
            spoken=(fields.spoken or id_) + _WORD_ENDINGS[contour],
            contour=contour,
            take=fields.take,
            file=f"{group}/{file_stem(id_)}.{contour.value}.wav",
        )
        for contour in Contour
        if contour.value in fields.contours
    }
