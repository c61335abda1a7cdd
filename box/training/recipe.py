"""The settings from which the committed model was made, and the steps in order. Each step resumes what it finds."""

from __future__ import annotations

import hashlib
import logging
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from box.collecting.corpus_for_training import recordings
from box.listening.corpus import CorpusWrong
from box.listening.wav import NotAWav
from box.training.augmentation import QUIET_8_BIT, USUAL
from box.training.batches import chain_of
from box.training.clips import Clip, read_clips, synthesise
from box.training.copies import Example, make_copies, read_shards
from box.training.errors import TrainingInputWrong
from box.training.everyday_words import EVERYDAY
from box.training.features import RATE_HZ
from box.training.graph_writer import Costs
from box.training.lexicon import Lexicon, base_word
from box.training.mmi import UnitBigram, bigram_of
from box.training.model_folder import write_model
from box.training.model_writer import Layer
from box.training.other_rate import layers_for_rate
from box.training.other_speech import all_words
from box.training.people import held_out, people_examples
from box.training.pronunciations import PRONUNCIATIONS
from box.training.voices import all_voices, require

logger = logging.getLogger(__name__)

Ways = tuple[tuple[str, ...], ...]
_CLIPS_SEED, _COPIES_SEED, _QUIET_COPIES_SEED, _COLLECTED_COPIES_SEED, _TRAINING_SEED = 20261122, 7, 8, 9, 1
"""To each the recipe's own seed is added."""

COPIES_OF_A_RECORDING = 10
"""Of each that a volunteer made: other lines, other noise; not so many that ten people fill the training."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything that decides what the model becomes, but for the programs and the people's recordings. ``copies`` of
    the clips are made as by all sorts of lines, ``quiet_copies`` as by faint ones of 8 bits. ``threads`` are torch's:
    batches are so small that a second one only waits. ``processes`` make the data. ``rate_hz`` is that of the sound
    which the model is fed; what is above telephone speech it never hears."""

    seed: int = 0
    clips: int = 7000
    copies: int = 25_600
    quiet_copies: int = 8000
    steps: int = 18_000
    width: int = 256
    people_share: float = 0.3
    threads: int = 1
    processes: int = 2
    rate_hz: int = RATE_HZ
    costs: Costs = field(default_factory=Costs)


@dataclass(frozen=True, slots=True)
class Places:
    """``work`` takes everything that is made; ``people`` is the folder voxforge_ru of people's cepstra, if any;
    ``collected`` are corpora of ``linebox voices collect``."""

    work: Path
    people: Path | None = None
    collected: tuple[Path, ...] = ()

    @property
    def clips(self) -> Path:
        return self.work / "clips"

    @property
    def copies(self) -> Path:
        return self.work / "copies"

    @property
    def quiet_copies(self) -> Path:
        return self.work / "quiet_copies"

    @property
    def collected_copies(self) -> Path:
        """Named by what is in the corpora: one that has grown is copied anew. Raises TrainingInputWrong."""
        try:
            labels = b"".join((folder / "labels.json").read_bytes() for folder in self.collected)
        except OSError as error:
            raise TrainingInputWrong(f"{error.filename}: {error.strerror}; name a folder of voices collect") from None
        return self.work / f"collected_copies-{hashlib.sha256(labels).hexdigest()[:12]}"

    @property
    def checkpoint(self) -> Path:
        return self.work / "network" / "checkpoint.pt"


def make_data(recipe: Recipe, places: Places, rhvoice_program: str) -> None:
    """Synthetic speech and its varied copies."""
    require(rhvoice_program)
    clips_seed = _CLIPS_SEED + recipe.seed
    clips = synthesise(places.clips, all_voices(rhvoice_program), recipe.clips, clips_seed, recipe.processes)
    logger.info("%d clips; varying them into %d copies", len(clips), recipe.copies + recipe.quiet_copies)
    for folder, count, seed, end in (
        (places.copies, recipe.copies, _COPIES_SEED, USUAL),
        (places.quiet_copies, recipe.quiet_copies, _QUIET_COPIES_SEED, QUIET_8_BIT),
    ):
        make_copies(places.clips, clips, folder, count, seed + recipe.seed, end, recipe.processes)
    copy_collected(recipe, places)


def copy_collected(recipe: Recipe, places: Places) -> None:
    """Varied copies of what volunteers recorded, without those kept for judging: they were heard over one line, callers
    come over all. Raises TrainingInputWrong for a corpus that cannot be trained on."""
    if not places.collected:
        return
    try:
        there = [each for each in recordings(places.collected) if not each.held_out]
    except (CorpusWrong, NotAWav) as error:
        raise TrainingInputWrong(str(error)) from None
    clips = [Clip(str(each.path.absolute()), f"volunteer/{each.speaker}", each.words) for each in there]
    count, seed = COPIES_OF_A_RECORDING * len(clips), _COLLECTED_COPIES_SEED + recipe.seed
    logger.info("%d recordings of volunteers; varying them into %d copies", len(clips), count)
    make_copies(places.work, clips, places.collected_copies, count, seed, USUAL, recipe.processes)


def train(recipe: Recipe, places: Places) -> Path:
    """The network; returns its checkpoint. Raises TrainingInputWrong without data or without torch."""
    try:
        import torch

        from box.training.network import Shape
        from box.training.trainer import Material, Settings, Trainer
    except ImportError as error:
        raise TrainingInputWrong(f"{error}; install requirements-training.txt") from None
    torch.set_num_threads(recipe.threads)
    copies = [*read_shards(places.copies), *read_shards(places.quiet_copies)]
    people = [*people_for_training(places), *(read_shards(places.collected_copies) if places.collected else ())]
    lexicon = lexicon_for([*copies, *people])
    material = Material(
        [example for example in copies if lexicon.knows(example.words)],
        [example for example in people if lexicon.knows(example.words)],
        lexicon,
    )
    logger.info("%d copies, %d utterances of people", len(material.copies), len(material.people))
    settings = Settings(
        recipe.steps,
        seed=_TRAINING_SEED + recipe.seed,
        people_share=recipe.people_share,
        shape=Shape(width=recipe.width),
    )
    return Trainer(material, settings, places.checkpoint.parent).run()


def people_for_training(places: Places) -> list[Example]:
    """Those who are not kept for judging; nobody where no folder is named."""
    if places.people is None:
        return []
    return [example for example in people_examples(places.people) if not held_out(example.speaker)]


def people_for_judging(places: Places) -> list[Example]:
    """Those who are kept apart."""
    if places.people is None:
        return []
    return [example for example in people_examples(places.people) if held_out(example.speaker)]


def lexicon_for(examples: Sequence[Example]) -> Lexicon:
    """Knows every word of ``examples`` that espeak-ng can spell."""
    lexicon = Lexicon()
    lexicon.learn({base_word(word) for example in examples for word in example.words})
    return lexicon


def judging_bigram(examples: Sequence[Example], lexicon: Lexicon) -> UnitBigram:
    """Unit statistics for scoring people: those of their own transcripts."""
    rng = random.Random(1)
    return bigram_of([chain_of(example.words, lexicon, rng) for example in examples])


def trained_layers(places: Places) -> list[Layer]:
    """The layers of the checkpoint. Raises TrainingInputWrong where there is none."""
    if not places.checkpoint.exists():
        raise TrainingInputWrong(f"{places.checkpoint}: nothing is trained yet; run the train command first")
    from box.training.network import plain_layers
    from box.training.trainer import averaged_weights

    return plain_layers(averaged_weights(places.checkpoint))


def export(recipe: Recipe, places: Places, folder: Path) -> None:
    """The Vosk model folder."""
    layers = layers_for_rate(trained_layers(places), recipe.rate_hz)
    ways = with_plain_spelling(PRONUNCIATIONS)
    write_model(folder, layers, ways, recipe.costs, garbage_ways(), recipe.rate_hz)


def garbage_ways(shortest: int = 3) -> list[tuple[str, ...]]:
    """What the garbage word may be as a whole word: everyday words and the model's own, of ``shortest`` phones
    or more."""
    lexicon = Lexicon()
    words = EVERYDAY | all_words()
    lexicon.learn(words)
    known = {way for word in words | set(PRONUNCIATIONS) if lexicon.knows([word]) for way in lexicon.of(word)}
    return sorted(way for way in known if len(way) >= shortest)


def with_plain_spelling(ways: Mapping[str, Ways]) -> dict[str, Ways]:
    """Each word with «ё» once more with «е»: word lists are written in either way."""
    plain = {word.replace("ё", "е"): rows for word, rows in ways.items()}
    return {**ways, **plain}


def voices_used(places: Places) -> dict[str, int]:
    """Clips by voice."""
    clips = read_clips(places.clips)
    return {voice: sum(clip.voice == voice for clip in clips) for voice in sorted({clip.voice for clip in clips})}
