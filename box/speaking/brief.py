"""The studio brief: everything that a person must read to replace the synthesised voice, made from the manifest. Pure.

prompts/RECORDING.md begins with how to record, written by people; what follows the mark is made here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from box.speaking.addresses import Places
from box.speaking.examples import GENERAL, phrase_example, word_examples
from box.speaking.manifest import Clip, Manifest
from box.speaking.rendering import with_stress
from box.speaking.script import Contour

MARK = "<!-- From here on made by `linebox prompts brief`; do not edit. -->"
_ACUTE = "\u0301"


def with_brief(text: str, manifest: Manifest, places: Places, stress: Mapping[str, str]) -> str:
    """RECORDING.md with its list made anew: what stands in ``text`` before the mark is kept."""
    return text.partition(MARK)[0].rstrip() + "\n\n" + MARK + "\n\n" + brief(manifest, places, stress)


def brief(manifest: Manifest, places: Places, stress: Mapping[str, str]) -> str:
    """The list itself: for each file the text to read, with what is kept of it in bold and stresses where they are
    not plain."""
    lines = [f"## The list: {sum(1 for _ in manifest.clips())} files", ""]
    lines += _sentences(manifest, stress)
    lines += _words(manifest, places, stress)
    return "\n".join(lines) + "\n"


def _sentences(manifest: Manifest, stress: Mapping[str, str]) -> Iterator[str]:
    section = ""
    for entry in manifest.phrases.values():
        clips = [part for part in entry.parts if isinstance(part, Clip)]
        if not clips:
            continue
        if entry.id.partition(".")[0] != section:
            section = entry.id.partition(".")[0]
            yield from ("", f"### Sentences: {section}", "", *_HEAD)
        for clip in clips:
            yield _row(clip, phrase_example(entry, clip), stress)


def _words(manifest: Manifest, places: Places, stress: Mapping[str, str]) -> Iterator[str]:
    examples = word_examples(manifest, places)
    section = ""
    for word in manifest.words.values():
        for clip in word.clips.values():
            if clip.file.partition("/")[0] != section:
                section = clip.file.partition("/")[0]
                yield from ("", f"### Words: {section}", "", *_HEAD)
            text = examples.get(clip.name) or GENERAL[clip.contour].format(word=clip.text)
            yield _row(clip, text.replace(f"**{clip.text}**", f"**{_own_stress(clip)}**"), stress)


_HEAD = ("| file in audio/ | melody | take | read this, keep what is bold |", "|---|---|---|---|")
_MELODIES = {Contour.FLOW: "mid", Contour.HOLD: "hold", Contour.END: "end"}


def _row(clip: Clip, text: str, stress: Mapping[str, str]) -> str:
    return f"| `{clip.file}` | {_MELODIES[clip.contour]} | {clip.take} | {_accented(with_stress(text, stress))} |"


def _own_stress(clip: Clip) -> str:
    return clip.spoken.rstrip(".,")


def _accented(text: str) -> str:
    return re.sub(r"\+(\w)", rf"\1{_ACUTE}", text)
