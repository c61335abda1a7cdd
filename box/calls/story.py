"""The story of calls: masked into the log, always; unmasked into a file, in rehearsals only."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from box.calls.vocabulary import Told
from box.errors import SettingsWrong

log = logging.getLogger(__name__)


@contextmanager
def open_story(path: str) -> Iterator[Callable[[Told], None]]:
    """A teller that logs, and besides appends one JSON object for each entry to ``path`` unless that is ''."""
    if not path:
        yield _log
        return
    try:
        file = Path(path).open("a", encoding="utf-8", buffering=1)  # noqa: SIM115 - closed below
    except OSError as error:
        raise SettingsWrong([f"[rehearsal] story: cannot write {path}: {error.strerror}"]) from error
    with file:

        def tell(told: Told) -> None:
            _log(told)
            fields = {name: getattr(told, name) for name in ("at", "who", "kind", "text", "gloss", "phrases")}
            file.write(json.dumps(fields, ensure_ascii=False) + "\n")

        yield tell


def _log(told: Told) -> None:
    line = log_line(told)
    if line:
        log.info("%s", line)


def log_line(told: Told) -> str:
    """What a log may hold of an entry: who, what kind, phrase ids, and words without a figure in them. Keys are not
    logged at all, since a row of them is an account or a reading."""
    if told.kind == "key":
        return ""
    if told.phrases:
        return f"{told.who} {told.kind}: {' '.join(told.phrases)}"
    text = "digits" if any(c.isdigit() for c in told.text) and told.who == "caller" else told.text
    return f"{told.who} {told.kind}: {text}" if text else f"{told.who} {told.kind}"
