"""A speech corpus (a folder with labels.json) and the tally of what was understood of it. Knows no recogniser.

Format: a list of {"file", "label", "text", "voice"}; WAV, mono, 16-bit, 8 kHz. A label is a command, «yes», «no»,
«digits:01578» or «oov» (nothing that the box should act on).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from box.dialogue.vocabulary import QuestionKind
from box.errors import BoxError
from box.listening.recording import Recognition, Status

COMMANDS = ("balance", "readings", "tariff", "operator", "services", "office", "debt", "payment")
DIGITS = "digits:"
OUT_OF_GRAMMAR = "oov"
_LABELS = f"wants {', '.join(COMMANDS)}, yes, no, {DIGITS}01578 or {OUT_OF_GRAMMAR}"


class CorpusWrong(BoxError):
    """A corpus cannot be used; one line says what to mend."""

    code = "corpus"


class Clip(msgspec.Struct, frozen=True):
    """One entry of labels.json; other keys are the corpus maker's own."""

    file: str
    label: str
    text: str = ""
    voice: str = ""


def load_corpus(folder: Path) -> list[Clip]:
    """The clips of a folder. Raises CorpusWrong."""
    path = folder / "labels.json"
    try:
        clips = msgspec.json.decode(path.read_bytes(), type=list[Clip])
    except OSError as error:
        raise CorpusWrong(f"{path}: cannot be read: {error.strerror or error}") from None
    except msgspec.DecodeError as error:
        raise CorpusWrong(f"{path}: no list of clips: {error}") from None
    if not clips:
        raise CorpusWrong(f"{path}: the list is empty")
    for clip in clips:
        if set_of(clip.label) is None:
            raise CorpusWrong(f"{path}: {clip.file}: {clip.label!r} is no label: {_LABELS}")
        if not (folder / clip.file).is_file():
            raise CorpusWrong(f"{path}: {clip.file}: no such file in {folder}")
    return clips


def set_of(label: str) -> str | None:
    """The row of the report that a label counts in; None for no label."""
    digits = label.removeprefix(DIGITS)
    if label.startswith(DIGITS) and digits.isascii() and digits.isdigit():
        return "digit_strings"
    if label in COMMANDS:
        return "commands"
    return {"yes": "yes_no", "no": "yes_no", OUT_OF_GRAMMAR: "out_of_grammar"}.get(label)


OFFERED = tuple(command for command in COMMANDS if command != "operator")
"""The intents of the menu that commands are heard under; «оператор» is a command everywhere."""


def questions_for(label: str) -> tuple[tuple[QuestionKind, int | None], ...]:
    """(kind, length) of the questions that a clip is heard under: its own, and all three when nothing should answer."""
    kind = {"commands": QuestionKind.MENU, "yes_no": QuestionKind.YES_NO, "digit_strings": QuestionKind.DIGITS}
    own = kind.get(set_of(label) or "")
    if own is None:
        return ((QuestionKind.MENU, None), (QuestionKind.YES_NO, None), (QuestionKind.DIGITS, 5))
    return ((own, len(label.removeprefix(DIGITS)) if own is QuestionKind.DIGITS else None),)


_COUNTED: Mapping[str, tuple[str, ...]] = {
    "commands": ("n", "right", "wrong", "unsure"),
    "yes_no": ("n", "right", "wrong", "unsure"),
    "digit_strings": ("n", "right", "wrong", "unsure"),
    "out_of_grammar": ("n", "rejected", "accepted"),
}


@dataclass
class Tally:
    """Counts of one corpus."""

    sets: dict[str, dict[str, int]] = field(
        default_factory=lambda: {name: dict.fromkeys(keys, 0) for name, keys in _COUNTED.items()}
    )
    digits: int = 0
    digit_errors: int = 0
    speech_s: float = 0.0
    decode_s: float = 0.0

    def count(self, label: str, found: Sequence[Recognition], digit_words: dict[str, str]) -> str:
        """One clip with its results, one for each question; the column that it counts in."""
        name = set_of(label)
        assert name is not None
        column = _column(label, found)
        self.sets[name]["n"] += 1
        self.sets[name][column] += 1
        if name == "digit_strings":
            wanted = label.removeprefix(DIGITS)
            [only] = found
            heard = only.value or "".join(digit_words.get(word, "") for word in only.words)
            self.digits += len(wanted)
            self.digit_errors += edit_distance(wanted, heard)
        return column

    def as_json(self) -> dict[str, Any]:
        """The corpus' entry of the report."""
        rate = round(self.digit_errors / self.digits, 5) if self.digits else None
        report: dict[str, Any] = {name: dict(counts) for name, counts in self.sets.items()}
        report["digit_strings"]["digit_error_rate"] = rate
        report["real_time_factor"] = round(self.decode_s / self.speech_s, 5) if self.speech_s else None
        return report


def _column(label: str, found: Sequence[Recognition]) -> str:
    accepted = [each.value for each in found if each.status is Status.ACCEPTED]
    if label == OUT_OF_GRAMMAR:
        return "accepted" if accepted else "rejected"
    if not accepted:
        return "unsure"
    return "right" if accepted == [label.removeprefix(DIGITS)] else "wrong"


def edit_distance(wanted: str, heard: str) -> int:
    """Digits to put in, leave out or change (Levenshtein)."""
    row = list(range(len(heard) + 1))
    for i, want in enumerate(wanted, 1):
        last, row[0] = row[0], i
        for j, have in enumerate(heard, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (want != have))
    return row[-1]
