"""Names that no clips can say are rendered when they arrive by sync: in the courier's process, never during a call.

A line that finds no sound for a name leaves the name out, so nothing here is urgent and nothing here may stop a
delivery: trouble is one line in the log and another try later. Logs tell abbreviations and counts; streets are
nobody's business there.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from box.accounts.model import Address
from box.errors import PromptsBroken
from box.speaking.addresses import Places
from box.speaking.audio_lock import load_lock, short_hash
from box.speaking.engines import Engine, SpeechEngineAway, installed_engines
from box.speaking.manifest import Clip, load_manifest
from box.speaking.name_files import NAMES_FOLDER, NameFiles, name_key
from box.speaking.name_words import load_abbreviations
from box.speaking.opening import ABBREVIATIONS, PROMPTS, STRESS
from box.speaking.rendering import TREATMENT, clip_samples, load_stress, with_stress
from box.speaking.script import Contour

log = logging.getLogger(__name__)

MOST_BYTES = 512 * 1024 * 1024
"""Room for some 15 000 names: more streets than one city has."""

AFTER_EVICTION = 0.95
"""Names that nobody asked for make room until the files take this part of the most."""

TAKES = (Contour.HOLD, Contour.END)
"""Before a comma, as in an address, and at a sentence's end."""

RETRY_S = 600.0
"""After the engines or the disk failed, the next try."""

PROBE = "да"
USUAL_VOICE = "anna"

UNKNOWN_ABBREVIATION = "abbreviation-unknown"
NAME_UNSPOKEN = "name-unspoken"
NAMES_FULL = "names-full"
NAMES_DISK = "names-disk"


@dataclass(frozen=True, slots=True)
class _Chosen:
    """An engine that has spoken; its version is asked once."""

    engine: Engine
    version: str


class NameRenderer:
    """Keeps the files of names in step with what arrives. ``places`` tells what has clips, ``engines`` which programs
    there are, the best first; ``stress`` maps words to their marked spelling; ``now`` is a monotonic clock in seconds.
    For one thread."""

    def __init__(
        self,
        files: NameFiles,
        places: Places,
        engines: Callable[[], Sequence[Engine]],
        stress: Mapping[str, str],
        *,
        most_bytes: int = MOST_BYTES,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._files = files
        self._places = places
        self._engines = engines
        self._stress = stress
        self._most_bytes = most_bytes
        self._now = now
        self._chosen: _Chosen | None = None
        self._seen: set[str] = set()
        self._late: dict[str, str] = {}
        self._rest_until = float("-inf")
        self._told: set[tuple[str, str]] = set()
        self._size_bytes = files.size_bytes()

    def names_arrived(self, names: Iterable[Address | str]) -> None:
        """Render what of ``names`` no clips can say and no file holds; the others cost next to nothing. What cannot be
        rendered now waits for a later call. Raises nothing that is foreseen."""
        if self._late and self._now() >= self._rest_until:
            late, self._late = self._late, {}
            for key, text in late.items():
                self._make_ready(key, text)
        for name in names:
            for words in self._places.unrecorded(name):
                for short in words.unknown:
                    self._tell(UNKNOWN_ABBREVIATION, f"«{short}» is left out; put it into config/abbreviations.toml")
                key = name_key(words.text)
                if words.words and key not in self._seen:
                    self._seen.add(key)
                    self._make_ready(key, words.text)

    def _make_ready(self, key: str, text: str) -> None:
        if self._now() < self._rest_until:
            self._late[key] = text
            return
        try:
            self._render_if_missing(key, text)
        except SpeechEngineAway as error:
            self._rest(key, text, error.code, str(error))
        except OSError as error:
            self._rest(key, text, NAMES_DISK, f"names cannot be written ({error.strerror})")

    def _rest(self, key: str, text: str, code: str, why: str) -> None:
        self._late[key] = text
        self._rest_until = self._now() + RETRY_S
        self._tell(code, f"new names are left out of what callers hear: {why}")

    def _render_if_missing(self, key: str, text: str) -> None:
        chosen = self._chosen = self._chosen or self._choose()
        recipe = short_hash(with_stress(text, self._stress), chosen.engine.name, chosen.version, str(TREATMENT))
        if self._files.has(text, recipe, TAKES):
            self._files.needed_again(text)
            return
        if not self._has_room():
            return
        try:
            takes = {take: clip_samples(name_clip(text, take), chosen.engine, self._stress) for take in TAKES}
        except (SpeechEngineAway, PromptsBroken):
            self._chosen = self._choose()  # one that speaks: so it is this name that it cannot say
            self._tell(NAME_UNSPOKEN, "the voice cannot say a name, which is left out of what callers hear", key)
            return
        self._size_bytes += self._files.store(text, recipe, takes, chosen.engine.name)

    def _choose(self) -> _Chosen:
        """The first engine that speaks. Raises SpeechEngineAway when none does."""
        why = SpeechEngineAway("no text-to-speech program is installed: apt install rhvoice-russian, or espeak-ng")
        for engine in self._engines():
            try:
                engine.sound(PROBE)
            except SpeechEngineAway as error:
                why = error
            else:
                log.info("names are spoken by %s", engine.name)
                return _Chosen(engine, engine.version)
        raise why

    def _has_room(self) -> bool:
        """Room for one name more, if need be by the files that nobody has asked for longest. Raises OSError."""
        if self._size_bytes >= self._most_bytes:
            freed = self._files.evict(self._size_bytes - int(self._most_bytes * AFTER_EVICTION), frozenset(self._seen))
            self._size_bytes -= freed
            if freed:
                log.info("names that nobody needs made room: %.1f MB", freed / 1e6)
        if self._size_bytes < self._most_bytes:
            return True
        self._tell(NAMES_FULL, f"names take {self._size_bytes / 1e6:.0f} MB: new ones are left out")
        return False

    def _tell(self, code: str, what: str, about: str = "") -> None:
        """One line for each thing that is wrong, however many names suffer from it."""
        if (code, about or what) not in self._told:
            self._told.add((code, about or what))
            log.warning("%s: %s", code, what)


def open_names(data: Path) -> NameRenderer:
    """The renderer of the box whose data are in ``data``, with the voice of its prompts where that is a synthetic one.
    Raises PromptsBroken, SettingsWrong."""
    glosses = {word.id: word.gloss for word in load_manifest(PROMPTS).words.values()}
    places = Places(load_abbreviations(ABBREVIATIONS), glosses)
    voice = voice_of_prompts(PROMPTS)
    return NameRenderer(NameFiles(data / NAMES_FOLDER), places, lambda: installed_engines(voice), load_stress(STRESS))


def voice_of_prompts(folder: Path) -> str:
    """The voice of RHVoice that most recordings in ``folder`` were made by; the usual one when none was. Raises
    PromptsBroken."""
    makers = [each.made_by.split() for each in load_lock(folder).values()]
    voices = [maker[1] for maker in makers if maker[:1] == ["RHVoice"] and len(maker) > 1]
    return max(set(voices), key=voices.count, default=USUAL_VOICE)


def name_clip(text: str, contour: Contour) -> Clip:
    """``text`` as a clip of its own, to be spoken with the melody of ``contour``."""
    ending = "." if contour is Contour.END else ","
    return Clip(f"(name)/{contour.value}", text, text + ending, contour, 1, "")
