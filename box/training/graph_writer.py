"""The decoding graph as OpenFst's text: lexicon, silence and the garbage word, for look-ahead with run-time word lists.
Pure. The states of a word follow libvosk's word alignment: first the arc of entering a phone, then its loop.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from box.training.garbage import NO_WORDS, WordForest
from box.training.model_writer import transition_id
from box.training.phones import PHONES, SILENCE_ID, Place, phone_id, place_in_word

GARBAGE = "[unk]"
"""The word that stands for speech outside the word list; it must be named in a list to be heard."""
_EPSILON = 0
_START, _BETWEEN, _PAUSE = range(3)


@dataclass(frozen=True, slots=True)
class Costs:
    """In nats. ``garbage_phone`` is paid for each phone of the garbage word, or ``garbage_word`` once for a whole word
    that it knows: lower rejects more. ``pause`` and ``no_pause`` are those of a silence before, after or between
    words."""

    garbage_phone: float = 3.0
    garbage_word: float = 8.0
    pause: float = 0.7
    no_pause: float = 0.7


@dataclass(frozen=True, slots=True)
class Arc:
    """``label_in`` is a transition id, ``label_out`` a word; 0 is no label."""

    source: int
    target: int
    label_in: int
    label_out: int
    cost: float


class _Drawing:
    """Collects arcs; new states are numbered from 3."""

    def __init__(self, costs: Costs) -> None:
        self.arcs: list[Arc] = []
        self._costs = costs
        self._states = 3

    def new_state(self) -> int:
        self._states += 1
        return self._states - 1

    def add(self, source: int, target: int, label_in: int = 0, label_out: int = 0, cost: float = 0.0) -> None:
        self.arcs.append(Arc(source, target, label_in, label_out, cost))

    def phone(self, source: int, phone: int, label_out: int = 0, cost: float = 0.0) -> int:
        """A phone entered from ``source`` and held; returns its state."""
        state = self.new_state()
        self.add(source, state, transition_id(phone, stay=False), label_out, cost)
        self.add(state, state, transition_id(phone, stay=True))
        return state

    def word_end(self, state: int) -> None:
        """To the next word, with or without a pause."""
        self.add(state, _BETWEEN, cost=self._costs.no_pause)
        self.add(state, _PAUSE, transition_id(SILENCE_ID, stay=False), cost=self._costs.pause)


def lexicon_arcs(
    ways: Mapping[str, Sequence[Sequence[str]]], ids: Mapping[str, int], costs: Costs, other: WordForest = NO_WORDS
) -> list[Arc]:
    """Arcs of all words of ``ways`` and of the garbage word, which may be any of the words ``other`` too. State 0 is
    the start, state 1 the end."""
    drawing = _Drawing(costs)
    drawing.word_end(_START)
    drawing.add(_PAUSE, _PAUSE, transition_id(SILENCE_ID, stay=True))
    drawing.add(_PAUSE, _BETWEEN)
    for word, rows in ways.items():
        for row in rows:
            state = _BETWEEN
            for index, phone in enumerate(row):
                first = index == 0
                number = phone_id(phone, place_in_word(index, len(row)))
                state = drawing.phone(state, number, ids[word] if first else 0, math.log(len(rows)) if first else 0.0)
            drawing.word_end(state)
    _phone_loop(drawing, ids[GARBAGE], costs.garbage_phone)
    _other_words(drawing, ids[GARBAGE], costs.garbage_word, other)
    return sorted(drawing.arcs, key=lambda arc: arc.source)


def _phone_loop(drawing: _Drawing, label: int, cost: float) -> None:
    """Any two phones or more, each at a price."""
    inside, end = drawing.new_state(), drawing.new_state()
    for phone in PHONES:
        drawing.add(drawing.phone(_BETWEEN, phone_id(phone, Place.BEGIN), label, cost), inside)
        drawing.add(drawing.phone(inside, phone_id(phone, Place.INTERNAL), cost=cost), inside)
        drawing.add(drawing.phone(inside, phone_id(phone, Place.END), cost=cost), end)
    drawing.word_end(end)


def _other_words(drawing: _Drawing, label: int, cost: float, other: WordForest) -> None:
    """Each of the words, at one price."""
    if not other.nodes:
        return
    end = drawing.new_state()
    states: dict[int, int] = {}
    for node in other.nodes:
        state = states[id(node)] = drawing.new_state()
        drawing.add(state, state, transition_id(node.phone, stay=True))
        for follower in node.after:
            drawing.add(state, states[id(follower)], transition_id(follower.phone, stay=False))
        if not node.after:
            drawing.add(state, end)
    for node in other.first:
        drawing.add(_BETWEEN, states[id(node)], transition_id(node.phone, stay=False), label, cost)
    drawing.word_end(end)


def graph_text(arcs: Sequence[Arc]) -> str:
    """As fstcompile reads it."""
    lines = [f"{arc.source}\t{arc.target}\t{arc.label_in}\t{arc.label_out}\t{arc.cost:.6g}" for arc in arcs]
    return "\n".join([*lines, str(_BETWEEN)]) + "\n"


def any_word_text(ids: Sequence[int]) -> str:
    """The default language model: every word, equally likely, any number of times."""
    cost = math.log(len(ids))
    return "".join(f"0\t0\t{number}\t{number}\t{cost:.6g}\n" for number in ids) + "0\n"


def word_ids(words: Sequence[str]) -> dict[str, int]:
    """Numbers before look-ahead relabelling: from 1 in order, the garbage word last."""
    return {word: number for number, word in enumerate([*words, GARBAGE], start=1)}


def words_txt(ids: Mapping[str, int], relabelled: Mapping[int, int]) -> tuple[str, dict[str, int]]:
    """graph/words.txt and the final ids, in which ``relabelled`` (old -> new) of the look-ahead conversion is applied;
    a word without an arc keeps apart from all others."""
    unused = max(relabelled.values(), default=0) + 1
    final: dict[str, int] = {}
    for word, number in ids.items():
        if number in relabelled:
            final[word] = relabelled[number]
        else:
            final[word] = unused
            unused += 1
    rows = sorted([(_EPSILON, "<eps>"), *((number, word) for word, number in final.items())])
    return "".join(f"{word} {number}\n" for number, word in rows), final


def word_boundary_int() -> str:
    """graph/phones/word_boundary.int."""
    names = {Place.BEGIN: "begin", Place.INTERNAL: "internal", Place.END: "end", Place.SINGLETON: "singleton"}
    rows = [f"{phone_id(phone, place)} {name}\n" for phone in PHONES for place, name in names.items()]
    return f"{SILENCE_ID} nonword\n" + "".join(rows)
