"""A drawing of a line, made from its transition table, in the DOT language of Graphviz.

``python -m box.dialogue.drawing > box/dialogue/docs/readings.dot`` draws the readings line anew; a test keeps the file
equal to the table. What holds at every question is drawn once, from one box that stands for all of them.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterator

from box.dialogue.engine import Line
from box.dialogue.person import WAYS_OUT
from box.dialogue.readings import READINGS_LINE
from box.dialogue.state import StateId, Transition

ANY_QUESTION = "any question"
PERSON = "a person, or what is offered instead"

Edges = dict[tuple[str, str], list[str]]


def drawing(line: Line) -> str:
    """The DOT text of ``line``. The same table gives the same text."""
    lines = [
        f"digraph {line.name} {{",
        '  node [fontname="sans-serif"];',
        '  edge [fontname="sans-serif", fontsize=10];',
    ]
    lines += _nodes(line)
    for (start, finish), labels in sorted(_edges(line).items()):
        label = r"\n".join(labels)
        lines.append(f'  "{start}" -> "{finish}" [label="{label}"];')
    lines += [f'  "{PERSON}" -> "{out.value}" [style=dashed];' for out in sorted(WAYS_OUT, key=lambda out: out.value)]
    return "\n".join([*lines, "}", ""])


def _nodes(line: Line) -> Iterator[str]:
    used = {at for at, _ in line.table} | {at for row in line.table.values() for at in row.to}
    for at in sorted(used, key=lambda at: at.value):
        shape = "box" if at in line.questions else "doublecircle" if at is StateId.ENDED else "ellipse"
        yield f'  "{at.value}" [shape={shape}];'
    yield f'  "{ANY_QUESTION}" [shape=box, style=dashed];'
    yield f'  "{PERSON}" [shape=box, style=dashed];'


def _edges(line: Line) -> Edges:
    edges: Edges = defaultdict(list)
    for (at, event), row in line.table.items():
        start = ANY_QUESTION if row.universal and at in line.questions else at.value
        for finish in _finishes(line, at, row):
            if event.__name__ not in edges[start, finish]:
                edges[start, finish].append(event.__name__)
    return {ends: sorted(labels) for ends, labels in edges.items()}


def _finishes(line: Line, at: StateId, row: Transition) -> Iterator[str]:
    """The ends of a row's arrows: branches that many rows share are one arrow each."""
    rest = row.to
    if row.universal and at in line.questions and at in rest:
        yield ANY_QUESTION  # the same question again, or the one before it
        rest = rest - set(line.questions) if rest >= set(line.questions) else rest - {at}
    elif len(rest) > 1 and rest >= set(line.questions) - WAYS_OUT:
        yield ANY_QUESTION
        rest = rest - set(line.questions)
    if rest >= WAYS_OUT - {at}:
        yield PERSON
        rest = rest - WAYS_OUT
    yield from (out.value for out in sorted(rest, key=lambda out: out.value))


if __name__ == "__main__":
    sys.stdout.write(drawing(READINGS_LINE))
