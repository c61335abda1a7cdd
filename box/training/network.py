"""The network in torch, and its weights as the plain layers that the model file holds. Imported by training only.

A time-delay network: two layers at 10 ms, then layers that see every third frame, so that one output each 30 ms costs
one evaluation. 150 ms of context on either side.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from box.training.batches import SUBSAMPLING
from box.training.features import CEPSTRA
from box.training.model_writer import Layer
from box.training.phones import OUTPUTS

_DEEP_LAYERS = 4


@dataclass(frozen=True, slots=True)
class Shape:
    """``width`` of each hidden layer; ``dropout`` share of its values dropped in training."""

    width: int = 160
    dropout: float = 0.1


class Network(nn.Module):
    """(1, CEPSTRA, frames) -> (1, OUTPUTS, (frames - 2 CONTEXT - 1) // SUBSAMPLING + 1) log scores."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        width = shape.width
        self.shape = shape
        self.scaling = nn.BatchNorm1d(CEPSTRA, affine=False)
        self.layers = nn.ModuleList(
            [nn.Conv1d(CEPSTRA, width, 5), nn.Conv1d(width, width, 3, stride=SUBSAMPLING)]
            + [nn.Conv1d(width, width, 3) for _ in range(_DEEP_LAYERS)]
        )
        self.norms = nn.ModuleList([nn.BatchNorm1d(width) for _ in self.layers])
        self.drop = nn.Dropout(shape.dropout)
        self.last = nn.Conv1d(width, OUTPUTS, 1)
        with torch.no_grad():
            self.last.bias.zero_()
            self.last.weight.mul_(0.3)

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        values = self.scaling(features)
        for number, (layer, norm) in enumerate(zip(self.layers, self.norms, strict=True)):
            values = torch.relu(norm(layer(values)))
            if number:
                values = self.drop(values)
        return self.last(values)  # type: ignore[no-any-return]


def plain_layers(weights: dict[str, torch.Tensor]) -> list[Layer]:
    """The layers of a state dict with all normalisation folded into weights and biases."""
    values = {name: tensor.detach().double().numpy() for name, tensor in weights.items()}
    mean = values["scaling.running_mean"]
    spread = np.sqrt(values["scaling.running_var"] + 1e-5)
    layers = []
    for number in range(2 + _DEEP_LAYERS):
        weight, bias = values[f"layers.{number}.weight"], values[f"layers.{number}.bias"]
        if number == 0:
            weight = weight / spread[:, None]
            bias = bias - (weight * mean[:, None]).sum((1, 2))
        norm = f"norms.{number}."
        gain = values[norm + "weight"] / np.sqrt(values[norm + "running_var"] + 1e-5)
        bias = (bias - values[norm + "running_mean"]) * gain + values[norm + "bias"]
        weight = weight * gain[:, None, None]
        offsets = {0: (-2, -1, 0, 1, 2), 1: (-1, 0, 1)}.get(number, (-SUBSAMPLING, 0, SUBSAMPLING))
        layers.append(Layer(offsets, weight.transpose(0, 2, 1).reshape(len(bias), -1), bias, rectified=True))
    layers.append(Layer((0,), values["last.weight"][:, :, 0], values["last.bias"], rectified=False))
    return layers
