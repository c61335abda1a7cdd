"""The inside of the garbage word: any phones at a price for each, or whole everyday words at a price for each word.

The words are kept as one small automaton without loops, in which equal endings are shared. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from box.training.phones import phone_id, place_in_word


@dataclass(frozen=True, slots=True)
class Node:
    """A phone of a word, by its number in the model files, and what may follow it; a word ends where nothing does.
    (The places of phones in a word differ, so that no word's end is another's middle.)"""

    phone: int
    after: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class WordForest:
    """``nodes`` in an order in which each stands after those it leads to; ``first`` are the beginnings of words."""

    nodes: tuple[Node, ...]
    first: tuple[Node, ...]


NO_WORDS = WordForest((), ())


def forest_of(ways: Iterable[tuple[str, ...]]) -> WordForest:
    """All pronunciations ``ways``, as few nodes as share their ends can be."""
    rows = sorted({tuple(phone_id(phone, place_in_word(i, len(way))) for i, phone in enumerate(way)) for way in ways})
    made: dict[tuple[int, tuple[int, ...]], Node] = {}
    first = tuple(_grown(rows, 0, made))
    return WordForest(tuple(made.values()), first)


def _grown(rows: list[tuple[int, ...]], depth: int, made: dict[tuple[int, tuple[int, ...]], Node]) -> Iterator[Node]:
    """The nodes for the phones at ``depth`` of ``rows`` (sorted, alike before it)."""
    start = 0
    while start < len(rows):
        phone = rows[start][depth]
        end = start
        while end < len(rows) and rows[end][depth] == phone:
            end += 1
        longer = [row for row in rows[start:end] if len(row) > depth + 1]
        after = tuple(_grown(longer, depth + 1, made))
        key = (phone, tuple(id(node) for node in after))
        yield made.setdefault(key, Node(phone, after))
        start = end
