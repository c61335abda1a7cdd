"""am/final.mdl: the transition model and the network as the bytes that libvosk 0.3.45 (Kaldi 5.5) reads. Pure.

Kaldi binary: the file starts with 00 42; a token is ASCII and a space; int32 and float are a size byte (4) and the
value; little-endian throughout. The sources are hmm/hmm-topology.cc, hmm/transition-model.cc, nnet3/nnet-nnet.cc and
nnet3/am-nnet-simple.cc of Kaldi.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from box.training.phones import PHONE_IDS, entry_output, stay_output, unit_of_id

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Layer:
    """One affine layer: frames at ``offsets`` (in 10 ms) are joined, multiplied by ``weights`` (out, in x offsets, the
    columns ordered by offset), ``bias`` is added, and what is negative becomes 0 where ``rectified``."""

    offsets: tuple[int, ...]
    weights: Array
    bias: Array
    rectified: bool


def final_mdl(layers: Sequence[Layer], feature_size: int) -> bytes:
    """The whole file. Without priors: the outputs of a sequence-trained network are used as they are."""
    left = -sum(min(layer.offsets) for layer in layers)
    right = sum(max(layer.offsets) for layer in layers)
    context = _token("<LeftContext>") + _int(left) + _token("<RightContext>") + _int(right)
    priors = _token("<Priors>") + _vector([])
    return b"\0B" + transition_model() + network(layers, feature_size) + context + priors


def transition_model() -> bytes:
    """All phones share one topology: a state entered with one output and held with another, then left."""
    phones = range(1, PHONE_IDS + 1)
    topology = (
        _token("<Topology>")
        + _ints(phones)
        + _ints([-1] + [0] * PHONE_IDS)
        + _int(-1)  # the outputs of entering and of holding differ
        + _int(1)  # one topology entry, of two states:
        + _int(2)
        + (_int(0) + _int(1) + _int(2) + _int(0) + _float(0.5) + _int(1) + _float(0.5))
        + (_int(-1) + _int(-1) + _int(0))
        + _token("</Topology>")
    )
    tuples = b"".join(
        _int(phone) + _int(0) + _int(entry_output(unit_of_id(phone))) + _int(stay_output(unit_of_id(phone)))
        for phone in phones
    )
    log_probabilities = [0.0] + [math.log(0.5)] * (2 * PHONE_IDS)
    return (
        _token("<TransitionModel>")
        + topology
        + (_token("<Tuples>") + _int(PHONE_IDS) + tuples + _token("</Tuples>"))
        + (_token("<LogProbs>") + _vector(log_probabilities) + _token("</LogProbs>"))
        + _token("</TransitionModel>")
    )


def transition_id(phone: int, *, stay: bool) -> int:
    """The number by which a graph names «phone ``phone`` entered» or «held»."""
    return 2 * (phone - 1) + (1 if stay else 2)


def network(layers: Sequence[Layer], feature_size: int) -> bytes:
    """The nnet3 part: configuration lines, then the components."""
    lines = [f"input-node name=input dim={feature_size}"]
    components: list[tuple[str, bytes]] = []
    source = "input"
    for number, layer in enumerate(layers):
        joined = [source if offset == 0 else f"Offset({source}, {offset})" for offset in layer.offsets]
        spliced = joined[0] if len(joined) == 1 else f"Append({', '.join(joined)})"
        parts = [(f"layer{number}.affine", _affine(layer), spliced)]
        if layer.rectified:
            parts.append((f"layer{number}.relu", _rectified(len(layer.bias)), f"layer{number}.affine"))
        for name, component, fed_by in parts:
            lines.append(f"component-node name={name} component={name} input={fed_by}")
            components.append((name, component))
            source = name
    lines.append(f"output-node name=output input={source} objective=linear")
    body = b"".join(_token("<ComponentName>") + _token(name) + component for name, component in components)
    return (
        _token("<Nnet3>")
        + b"\n"
        + ("\n".join(lines) + "\n\n").encode("ascii")
        + (_token("<NumComponents>") + _int(len(components)) + body)
        + _token("</Nnet3>")
    )


def _affine(layer: Layer) -> bytes:
    return (
        _token("<FixedAffineComponent>")
        + (_token("<LinearParams>") + _matrix(layer.weights) + _token("<BiasParams>") + _vector(layer.bias))
        + _token("</FixedAffineComponent>")
    )


def _rectified(size: int) -> bytes:
    """ReLU with the statistics that the format wants, empty."""
    fields = [
        _token("<Dim>") + _int(size),
        _token("<ValueAvg>") + _vector([]),
        _token("<DerivAvg>") + _vector([]),
        _token("<Count>") + _float(0),
        _token("<OderivRms>") + _vector([]),
        _token("<OderivCount>") + _float(0),
        _token("<NumDimsSelfRepaired>") + _float(0),
        _token("<NumDimsProcessed>") + _float(0),
    ]
    name = "RectifiedLinearComponent>"
    return _token("<" + name) + b"".join(fields) + _token("</" + name)


def _token(name: str) -> bytes:
    return name.encode("ascii") + b" "


def _int(value: int) -> bytes:
    return struct.pack("<bi", 4, value)


def _float(value: float) -> bytes:
    return struct.pack("<bf", 4, value)


def _ints(values: Sequence[int]) -> bytes:
    return _int(len(values)) + np.asarray(values, "<i4").tobytes()


def _vector(values: Sequence[float] | Array) -> bytes:
    return b"FV " + _int(len(values)) + np.asarray(values, "<f4").tobytes()


def _matrix(values: Array) -> bytes:
    rows, columns = values.shape
    return b"FM " + _int(rows) + _int(columns) + np.ascontiguousarray(values, "<f4").tobytes()
