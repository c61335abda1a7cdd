"""Trains the network from a flat start. All randomness comes from the seed and the number of the step; another
processor, number of threads or version of torch rounds differently. Imported by training only."""

from __future__ import annotations

import logging
import math
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from box.training.batches import Piece, chain_of, laid_out, outputs_of
from box.training.copies import Example
from box.training.features import FROM_LOG_MEL
from box.training.lexicon import Lexicon
from box.training.mmi import Objective, UnitBigram, bigram_of
from box.training.network import Network, Shape
from box.training.variation import Backgrounds, backgrounds, copy_varied, people_varied

logger = logging.getLogger(__name__)

_PEAK_RATE = 2e-3
_WARM_UP_STEPS = 300
_WEIGHT_DECAY = 1e-3
_OUTPUT_DECAY = 5e-4
_LARGEST_GRADIENT = 5.0
_AVERAGE = 0.998
_BIGRAM_SAMPLE = 6000


@dataclass(frozen=True, slots=True)
class Settings:
    """``frames`` of features (10 ms) a batch; ``people_share`` of utterances that are people's."""

    steps: int
    seed: int = 1
    frames: int = 8000
    people_share: float = 0.4
    shape: Shape = field(default_factory=Shape)


@dataclass(frozen=True)
class Material:
    """What is trained on; ``people`` may be empty. Every word is in ``lexicon``."""

    copies: Sequence[Example]
    people: Sequence[Example]
    lexicon: Lexicon


class Drawing:
    """Draws utterances, varies them, lays them out. Of a speaker with many utterances less than in proportion."""

    def __init__(self, material: Material, settings: Settings) -> None:
        self._material = material
        self._share = settings.people_share if material.people else 0.0
        self._frames = settings.frames
        self._sounds: Backgrounds = backgrounds(settings.seed)
        spoken = [example.speaker for example in material.people]
        counts = {speaker: spoken.count(speaker) for speaker in set(spoken)}
        weights = np.array([counts[speaker] ** -0.4 for speaker in spoken])
        self._chances = weights / weights.sum() if len(weights) else weights

    def bigram(self, rng: random.Random) -> UnitBigram:
        """Unit statistics of the transcripts as they are drawn."""
        people = int(_BIGRAM_SAMPLE * self._share)
        examples = rng.choices(self._material.copies, k=_BIGRAM_SAMPLE - people)
        if people:
            examples += rng.choices(self._material.people, self._chances.tolist(), k=people)
        return bigram_of([chain_of(example.words, self._material.lexicon, rng) for example in examples])

    def batch(self, rng: np.random.Generator, words_rng: random.Random) -> tuple[NDArray[np.float32], list[Piece]]:
        """One batch of about ``frames`` frames."""
        utterances: list[tuple[NDArray[np.float32], tuple[int, ...]]] = []
        frames = 0
        while frames < self._frames:
            energies, words = self._one(rng)
            chain = chain_of(words, self._material.lexicon, words_rng)
            if outputs_of(len(energies)) > len(chain):
                utterances.append(((energies @ FROM_LOG_MEL).astype(np.float32), chain))
                frames += len(energies)
        return laid_out(utterances)

    def _one(self, rng: np.random.Generator) -> tuple[NDArray[np.float64], tuple[str, ...]]:
        if rng.random() < self._share:
            example = self._material.people[rng.choice(len(self._chances), p=self._chances)]
            return people_varied(example.energies.astype(np.float64), rng, self._sounds), example.words
        example = self._material.copies[int(rng.integers(0, len(self._material.copies)))]
        return copy_varied(example.energies.astype(np.float64), rng, self._sounds), example.words


class Trainer:
    """One training run; ``folder`` takes checkpoints, from which a run goes on."""

    def __init__(self, material: Material, settings: Settings, folder: Path) -> None:
        torch.manual_seed(settings.seed)
        self._settings = settings
        self._folder = folder
        self._drawing = Drawing(material, settings)
        self._bigram = self._drawing.bigram(random.Random(settings.seed))
        self._objective = Objective(folder / "compiled")
        self._network = Network(settings.shape)
        self._optimiser = torch.optim.AdamW(self._network.parameters(), lr=_PEAK_RATE, weight_decay=_WEIGHT_DECAY)
        self._average = {name: value.clone() for name, value in self._network.state_dict().items()}
        self._step = 0
        self._recent = 0.0

    def run(self, each: int = 250) -> Path:
        """Trains to the last step, writing a checkpoint every ``each`` steps; returns the last one."""
        path = self._folder / "checkpoint.pt"
        if path.exists():
            self._restore(path)
        self._network.train()
        while self._step < self._settings.steps:
            self._one_step()
            if self._step % 50 == 0:
                logger.info("step %d of %d: loss %.4f", self._step, self._settings.steps, self._recent)
            if self._step % each == 0 or self._step == self._settings.steps:
                self._save(path)
        return path

    def _one_step(self) -> None:
        # Each step has its own generators, so that a resumed run draws what an unbroken one would.
        seeds = [self._settings.seed, self._step]
        torch.manual_seed(1_000_003 * self._settings.seed + self._step)
        rows, pieces = self._drawing.batch(np.random.default_rng(seeds), random.Random(repr(seeds)))
        for group in self._optimiser.param_groups:
            group["lr"] = learning_rate(self._step, self._settings.steps)
        outputs = self._network(torch.from_numpy(rows.T.copy())[None])[0].T
        loss, gradient = self._loss(outputs.detach().numpy(), pieces)
        self._optimiser.zero_grad()
        outputs.backward(torch.from_numpy(gradient) + 2 * _OUTPUT_DECAY / outputs.numel() * outputs.detach())
        torch.nn.utils.clip_grad_norm_(self._network.parameters(), _LARGEST_GRADIENT)
        self._optimiser.step()
        self._step += 1
        self._recent = 0.98 * self._recent + 0.02 * loss if self._recent else loss
        self._keep_average()

    def _loss(self, outputs: NDArray[np.float32], pieces: Sequence[Piece]) -> tuple[float, NDArray[np.float32]]:
        """Loss per output frame over the batch, and its gradient; an utterance that does not fit adds nothing."""
        gradient = np.zeros_like(outputs)
        total, frames = 0.0, 0
        for piece in pieces:
            answer = self._objective(outputs[piece.outputs], piece.chain, self._bigram)
            if answer is not None:
                total += answer[0]
                frames += piece.outputs.stop - piece.outputs.start
                gradient[piece.outputs] = answer[1]
        return total / max(frames, 1), gradient / np.float32(max(frames, 1))

    def _keep_average(self) -> None:
        """A running mean of the weights, which is the model that is exported."""
        share = min(_AVERAGE, self._step / (self._step + 10))
        for name, value in self._network.state_dict().items():
            if value.is_floating_point():
                self._average[name].mul_(share).add_(value, alpha=1 - share)
            else:
                self._average[name].copy_(value)

    def _save(self, path: Path) -> None:
        state = {
            "network": self._network.state_dict(),
            "optimiser": self._optimiser.state_dict(),
            "average": self._average,
            "step": self._step,
        }
        unfinished = path.with_suffix(".part")
        torch.save(state, unfinished)
        unfinished.rename(path)

    def _restore(self, path: Path) -> None:
        state = torch.load(path)
        self._network.load_state_dict(state["network"])
        self._optimiser.load_state_dict(state["optimiser"])
        self._average = state["average"]
        self._step = state["step"]
        logger.info("going on from step %d", self._step)


def learning_rate(step: int, steps: int) -> float:
    """Warm-up, then half a cosine down to nothing at the last step."""
    return _PEAK_RATE * min(1.0, (step + 1) / _WARM_UP_STEPS) * 0.5 * (1 + math.cos(math.pi * step / steps))


def averaged_weights(checkpoint: Path) -> dict[str, torch.Tensor]:
    """The weights that a checkpoint exports."""
    return torch.load(checkpoint)["average"]  # type: ignore[no-any-return]
