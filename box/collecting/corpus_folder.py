"""The folder that recordings land in: a speech corpus that is whole after every recording and every power cut."""

from __future__ import annotations

import io
import os
import re
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from box.collecting.corpus_entries import Condition, Consent, Entry
from box.errors import BoxError
from box.models.durable_files import flush, replace_file
from box.one_at_a_time import one_at_a_time
from firmware.vocabulary import SAMPLE_RATE_HZ, Samples

LABELS = "labels.json"
_OURS = re.compile(r"v[0-9]{6}-[0-9]{4}\.wav")


class CorpusNotWritable(BoxError):
    """A recording could not be stored or deleted; the text says where and why."""

    code = "corpus-disk"


class CorpusFolder:
    """One writer's. Open it with ``open_corpus``."""

    def __init__(self, folder: Path, entries: list[Entry]) -> None:
        self.folder = folder
        self._entries = entries

    @property
    def speakers(self) -> frozenset[str]:
        """Everybody who has a recording here."""
        return frozenset(entry.voice for entry in self._entries)

    def count(self, speaker: str) -> int:
        """Recordings of a speaker."""
        return sum(entry.voice == speaker for entry in self._entries)

    def keep(
        self, speaker: str, label: str, text: str, samples: Samples, condition: Condition, consent: Consent
    ) -> Path:
        """Store one recording: the sound first, then its entry. Raises CorpusNotWritable."""
        taken = {entry.file for entry in self._entries}
        number = next(n for n in range(len(self._entries) + 1) if _name(speaker, n) not in taken)
        path = self.folder / _name(speaker, number)
        entry = Entry(path.name, label, text, speaker, condition, consent)
        with self._writing(path):
            replace_file(path, _wav(samples))
            self._write([*self._entries, entry])
        return path

    def forget(self, speaker: str) -> int:
        """Delete everything of a speaker; how many recordings there were. The sound goes first: if power fails in
        between, the list names files that are away, which every reader complains of, until this is repeated."""
        going = [entry for entry in self._entries if entry.voice == speaker]
        with self._writing(self.folder / LABELS):
            for entry in going:
                (self.folder / entry.file).unlink(missing_ok=True)
            flush(self.folder)
            self._write([entry for entry in self._entries if entry.voice != speaker])
        return len(going)

    def _write(self, entries: list[Entry]) -> None:
        content = msgspec.json.format(msgspec.json.encode(entries), indent=1)
        replace_file(self.folder / LABELS, content + b"\n")
        self._entries = entries

    @contextmanager
    def _writing(self, path: Path) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise CorpusNotWritable(f"{path}: cannot be written: {error.strerror or error}") from None


@contextmanager
def open_corpus(folder: Path) -> Iterator[CorpusFolder]:
    """The corpus in ``folder``, made where there is none, for this process alone. A recording without an entry (power
    failed between the two) is deleted: nobody could ever withdraw it. Raises CorpusNotWritable and AlreadyRuns."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        content = (folder / LABELS).read_bytes() if (folder / LABELS).exists() else b"[]"
        entries = msgspec.json.decode(content, type=list[Entry])
    except OSError as error:
        raise CorpusNotWritable(f"{folder}: cannot be used: {error.strerror or error}") from None
    except msgspec.DecodeError as error:
        raise CorpusNotWritable(
            f"{folder / LABELS}: no list of collected recordings ({error}); name a new folder"
        ) from None
    if not os.access(folder, os.W_OK):
        raise CorpusNotWritable(f"{folder}: cannot be written; run this as its owner")
    with one_at_a_time(folder / ".lock", f"a collection into {folder}"):
        known = {entry.file for entry in entries}
        for path in folder.iterdir():
            name = path.name.removeprefix(".").removesuffix(".part")  # as files are called while they are written
            if _OURS.fullmatch(name) and path.name not in known and path.is_file():
                path.unlink(missing_ok=True)
        yield CorpusFolder(folder, entries)


def _name(speaker: str, number: int) -> str:
    return f"{speaker}-{number:04d}.wav"


def _wav(samples: Samples) -> bytes:
    content = io.BytesIO()
    with wave.open(content, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE_HZ)
        file.writeframes(samples.astype("<i2").tobytes())
    return content.getvalue()
