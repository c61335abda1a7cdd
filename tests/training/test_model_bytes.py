"""am/final.mdl read back by an independent reader of Kaldi's format, written from its sources, not from our writer."""

from __future__ import annotations

import struct

import numpy as np
import pytest
from numpy.typing import NDArray

from box.training.model_writer import Layer, final_mdl, transition_id
from box.training.phones import OUTPUTS, PHONE_IDS, SILENCE_ID, Place, phone_id, unit_of_id


class KaldiReader:
    """A cursor over a Kaldi binary file."""

    def __init__(self, content: bytes) -> None:
        assert content[:2] == b"\0B", "not a Kaldi binary file"
        self._content, self._place = content, 2

    def take(self, count: int) -> bytes:
        taken = self._content[self._place : self._place + count]
        assert len(taken) == count, "cut short"
        self._place += count
        return taken

    def token(self, expected: str | None = None) -> str:
        end = self._content.index(b" ", self._place)
        name = self.take(end - self._place).decode("ascii")
        self.take(1)
        assert expected is None or name == expected, f"{expected} expected, {name} found"
        return name

    def integer(self) -> int:
        size, value = struct.unpack("<bi", self.take(5))
        assert size == 4
        return int(value)

    def real(self) -> float:
        size, value = struct.unpack("<bf", self.take(5))
        assert size == 4
        return float(value)

    def integers(self) -> list[int]:
        size, count = struct.unpack("<bi", self.take(5))
        assert size == 4
        return list(struct.unpack(f"<{count}i", self.take(4 * count)))

    def vector(self) -> NDArray[np.float32]:
        self.token("FV")
        return np.frombuffer(self.take(4 * self.integer()), "<f4")

    def matrix(self) -> NDArray[np.float32]:
        self.token("FM")
        rows, columns = self.integer(), self.integer()
        return np.frombuffer(self.take(4 * rows * columns), "<f4").reshape(rows, columns)

    def line(self) -> str:
        end = self._content.index(b"\n", self._place)
        text = self.take(end - self._place).decode("ascii")
        self.take(1)
        return text

    @property
    def at_end(self) -> bool:
        return self._place == len(self._content)


def small_layers() -> list[Layer]:
    rng = np.random.default_rng(2)
    return [
        Layer((-2, -1, 0, 1, 2), rng.normal(size=(8, 65)), rng.normal(size=8), rectified=True),
        Layer((-3, 0, 3), rng.normal(size=(8, 24)), rng.normal(size=8), rectified=True),
        Layer((0,), rng.normal(size=(OUTPUTS, 8)), rng.normal(size=OUTPUTS), rectified=False),
    ]


def read_transitions(reader: KaldiReader) -> list[tuple[int, int, int, int]]:
    reader.token("<TransitionModel>")
    reader.token("<Topology>")
    assert reader.integers() == list(range(1, PHONE_IDS + 1))
    assert reader.integers() == [-1] + [0] * PHONE_IDS
    assert [reader.integer() for _ in range(2)] == [-1, 1]
    assert reader.integer() == 2  # states
    assert [reader.integer() for _ in range(3)] == [0, 1, 2]
    transitions = [(reader.integer(), reader.real()) for _ in range(2)]
    assert transitions == [(0, 0.5), (1, 0.5)]
    assert [reader.integer() for _ in range(3)] == [-1, -1, 0]
    reader.token("</Topology>")
    reader.token("<Tuples>")
    rows = [tuple(reader.integer() for _ in range(4)) for _ in range(reader.integer())]
    reader.token("</Tuples>")
    reader.token("<LogProbs>")
    logs = reader.vector()
    assert logs[0] == 0
    assert np.exp(logs[1:]) == pytest.approx([0.5] * 2 * PHONE_IDS)
    reader.token("</LogProbs>")
    reader.token("</TransitionModel>")
    return rows  # type: ignore[return-value]


def test_transition_model() -> None:
    rows = read_transitions(KaldiReader(final_mdl(small_layers(), 13)))
    assert rows == sorted(rows)
    assert [row[0] for row in rows] == list(range(1, PHONE_IDS + 1))
    assert {row[1] for row in rows} == {0}
    assert all(row[2] == 2 * unit_of_id(row[0]) and row[3] == row[2] + 1 for row in rows)
    assert {pdf for row in rows for pdf in row[2:]} == set(range(OUTPUTS))


def test_network_comes_back_whole() -> None:
    layers = small_layers()
    reader = KaldiReader(final_mdl(layers, 13))
    read_transitions(reader)
    reader.token("<Nnet3>")
    assert reader.line() == ""
    lines = list(iter(reader.line, ""))
    assert lines[0] == "input-node name=input dim=13"
    assert lines[1].endswith(
        "input=Append(Offset(input, -2), Offset(input, -1), input, Offset(input, 1), Offset(input, 2))"
    )
    assert lines[-1] == "output-node name=output input=layer2.affine objective=linear"
    named = [dict(part.split("=", 1) for part in line.split(" ", 3)[1:3])["component"] for line in lines[1:-1]]
    reader.token("<NumComponents>")
    assert reader.integer() == len(named) == 5
    matrices = []
    for name in named:
        reader.token("<ComponentName>")
        reader.token(name)
        if reader.token() == "<FixedAffineComponent>":
            reader.token("<LinearParams>")
            weights = reader.matrix()
            reader.token("<BiasParams>")
            matrices.append((weights, reader.vector()))
            reader.token("</FixedAffineComponent>")
        else:
            read_rectified(reader, 8)
    for layer, (weights, bias) in zip(layers, matrices, strict=True):
        assert weights == pytest.approx(layer.weights.astype(np.float32))
        assert bias == pytest.approx(layer.bias.astype(np.float32))
    reader.token("</Nnet3>")
    reader.token("<LeftContext>")
    assert reader.integer() == 5
    reader.token("<RightContext>")
    assert reader.integer() == 5
    reader.token("<Priors>")
    assert len(reader.vector()) == 0
    assert reader.at_end


def read_rectified(reader: KaldiReader, size: int) -> None:
    reader.token("<Dim>")
    assert reader.integer() == size
    for name in ("<ValueAvg>", "<DerivAvg>", "<Count>", "<OderivRms>", "<OderivCount>"):
        reader.token(name)
        assert (reader.real() if name.endswith("Count>") else len(reader.vector())) == 0
    for name in ("<NumDimsSelfRepaired>", "<NumDimsProcessed>"):
        reader.token(name)
        assert reader.real() == 0
    reader.token("</RectifiedLinearComponent>")


def test_transition_ids_follow_the_tuples() -> None:
    """Kaldi numbers transitions from 1, tuple by tuple, in the order of the topology: first stay, then leave."""
    assert [transition_id(SILENCE_ID, stay=stay) for stay in (True, False)] == [1, 2]
    last = phone_id("sch", Place.SINGLETON)
    assert transition_id(last, stay=False) == 2 * PHONE_IDS
    numbers = [transition_id(phone, stay=stay) for phone in range(1, PHONE_IDS + 1) for stay in (True, False)]
    assert numbers == list(range(1, 2 * PHONE_IDS + 1))
