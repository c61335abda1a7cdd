"""The box's mouth: phrases in, samples out.

Joins clips with the pauses of their punctuation. Clips begin and end at rest (``line_sound.ramped``), so a joint makes
no click; no pause reaches half a second. Nothing here waits or plays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

import numpy as np

from box.dialogue.vocabulary import Phrase, Value
from box.speaking.addresses import PlaceAudio, Places
from box.speaking.catalogue import Catalogue
from box.speaking.line_sound import EDGE_S
from box.speaking.manifest import Manifest
from box.speaking.name_words import Abbreviations
from box.speaking.phrases import compose
from box.speaking.script import FULL_STOP, Piece, Rendered, Said, contour_before, nearest, text_of
from box.speaking.values import render
from firmware.vocabulary import SAMPLE_RATE_HZ, Samples

CACHED_UTTERANCES = 64


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Spoken:
    """An utterance. ``text`` is what is heard, word for word, ``gloss`` its English: both may hold personal data, so
    this prints none of it. ``complete`` is False when a name without a recording was left out. ``samples`` cannot be
    written to."""

    text: str
    gloss: str
    clips: tuple[str, ...]
    samples: Samples
    complete: bool = True

    @property
    def duration_s(self) -> float:
        """How long it takes to say."""
        return len(self.samples) / SAMPLE_RATE_HZ

    def __repr__(self) -> str:
        return f"Spoken({len(self.clips)} clips, {self.duration_s:.2f} s)"


class Voice:
    """Speaks phrases from a catalogue. ``place_audio`` supplies names that have no clips."""

    def __init__(
        self, catalogue: Catalogue, abbreviations: Abbreviations, place_audio: PlaceAudio | None = None
    ) -> None:
        self._catalogue = catalogue
        glosses = {word.id: word.gloss for word in catalogue.manifest.words.values()}
        self.places = Places(abbreviations, glosses, place_audio)
        self._cache: dict[tuple[str, ...], Spoken] = {}

    @property
    def manifest(self) -> Manifest:
        """The texts of the catalogue."""
        return self._catalogue.manifest

    def speak(self, phrases: Sequence[Phrase]) -> Spoken:
        """``phrases`` as one utterance. Raises CannotSay (see ``box.speaking.phrases.compose``)."""
        ids = tuple(phrase.id for phrase in phrases)
        if any(phrase.values for phrase in phrases):
            return self.say(compose(phrases, self.manifest, self.places))
        if ids not in self._cache:
            spoken = self.say(compose(phrases, self.manifest, self.places))
            if len(self._cache) >= CACHED_UTTERANCES:
                del self._cache[next(iter(self._cache))]
            self._cache[ids] = spoken
        return self._cache[ids]

    def say_value(self, value: Value) -> Spoken:
        """``value`` alone, as a sentence. Raises CannotSay."""
        rendered = render(value, self.places)
        pieces = (*rendered.pieces, FULL_STOP) if rendered.pieces else ()
        return self.say(Rendered(pieces, rendered.gloss, rendered.complete))

    def say(self, rendered: Rendered) -> Spoken:
        """A row of clips and pauses made sound. A pause at its end is not heard."""
        names: list[str] = []
        sounds: list[Samples] = []
        for piece, follower in zip_longest(rendered.pieces, rendered.pieces[1:]):
            if isinstance(piece, Said):
                names.append(self._clip_name(piece, follower))
                sounds.append(self._sound(piece, follower))
            elif follower is not None and sounds:
                sounds.append(_silence(piece.duration_s - 2 * EDGE_S))
        samples: Samples = np.concatenate(sounds) if sounds else np.zeros(0, np.int16)
        samples.flags.writeable = False
        return Spoken(text_of(rendered.pieces), rendered.gloss, tuple(names), samples, rendered.complete)

    def _clip_name(self, said: Said, follower: Piece | None) -> str:
        if said.fixed or said.takes is not None:
            return said.clip
        return self.manifest.words[said.clip].clip(contour_before(follower)).name

    def _sound(self, said: Said, follower: Piece | None) -> Samples:
        if said.takes is None:
            return self._catalogue.samples(self._clip_name(said, follower))
        return said.takes[nearest(contour_before(follower), said.takes)]


def _silence(duration_s: float) -> Samples:
    return np.zeros(max(round(duration_s * SAMPLE_RATE_HZ), 0), np.int16)
