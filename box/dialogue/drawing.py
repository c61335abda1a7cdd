"""A drawing of a line, made from its transition table, in the DOT language of Graphviz.

``python -m box.dialogue.drawing readings`` draws the readings line anew into box/dialogue/docs: readings.dot, and
readings.svg where Graphviz's ``dot`` is installed. Tests keep the first equal to the table, and the second to the first
by the checksum in it. What holds at every question is drawn once, from one box that stands for all of them; rows that
lead to the same many places are drawn through one point.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

from box.dialogue.engine import Line
from box.dialogue.lines import LINES
from box.dialogue.person import QUESTIONS as BRANCH
from box.dialogue.person import WAYS_OUT
from box.dialogue.state import StateId, Transition

ANY_QUESTION = "any question"
PERSON = "a person, or what is offered instead"

DOCS = Path(__file__).parent / "docs"

Edges: TypeAlias = dict[tuple[str, str], list[str]]
Points: TypeAlias = Mapping[str, frozenset[StateId]]
"""The points that rows are drawn through, and where each leads."""


def drawing(line: Line) -> str:
    """The DOT text of ``line``. The same table gives the same text."""
    lines = [
        f"digraph {line.name} {{",
        "  rankdir=LR;",
        '  node [fontname="sans-serif"];',
        '  edge [fontname="sans-serif", fontsize=10];',
    ]
    lines += _nodes(line)
    for (start, finish), labels in sorted(_edges(line).items()):
        label = r"\n".join(labels)
        lines.append(f'  "{start}" -> "{finish}" [label="{label}"];')
    ways_out = sorted(out.value for out in WAYS_OUT & _states(line))
    lines += [f'  "{PERSON}" -> "{out}" [style=dashed];' for out in ways_out]
    return "\n".join([*lines, "}", ""])


def checksum(dot: str) -> str:
    """The comment at the end of a picture that says from which text it was made."""
    return f"<!-- made from this text in DOT: sha256 {hashlib.sha256(dot.encode()).hexdigest()} -->\n"


def _states(line: Line) -> set[StateId]:
    return {at for at, _ in line.table} | {at for row in line.table.values() for at in row.to}


def _points(line: Line) -> Points:
    return {row.through: row.to for row in line.table.values() if row.through}


def _nodes(line: Line) -> Iterator[str]:
    for at in sorted(_states(line), key=lambda at: at.value):
        shape = "box" if at in line.questions else "doublecircle" if at is StateId.ENDED else "ellipse"
        yield f'  "{at.value}" [shape={shape}];'
    for point in sorted(_points(line)):
        yield f'  "{point}" [shape=diamond];'
    yield f'  "{ANY_QUESTION}" [shape=box, style=dashed];'
    yield f'  "{PERSON}" [shape=box, style=dashed];'


def _edges(line: Line) -> Edges:
    edges: Edges = defaultdict(list)
    points = _points(line)
    for (at, event), row in line.table.items():
        start = ANY_QUESTION if row.universal and at in line.questions else at.value
        for finish in [row.through] if row.through else _finishes(line, at, row):
            if event.__name__ not in edges[start, finish]:
                edges[start, finish].append(event.__name__)
    for point in points:
        for finish in _beyond(point, points):
            edges[point, finish] = []
    return {ends: sorted(labels) for ends, labels in edges.items()}


def _finishes(line: Line, at: StateId, row: Transition) -> Iterator[str]:
    """The ends of a row's arrows: branches that many rows share are one arrow each."""
    rest = row.to
    if row.universal and at in line.questions and at in rest:
        yield ANY_QUESTION  # the same question again, or the one before it
        rest = rest - set(line.questions) if rest >= set(line.questions) else rest - {at}
    elif len(rest) > 1 and rest >= set(line.questions) - BRANCH:
        yield ANY_QUESTION
        rest = rest - set(line.questions)
    yield from _ways_out_together(rest, at)


def _beyond(point: str, points: Points) -> Iterator[str]:
    """Where ``point`` leads; another point inside it is one arrow."""
    rest = points[point]
    for other, to in sorted(points.items()):
        if to < points[point]:
            yield other
            rest = rest - to
    yield from _ways_out_together(rest)


def _ways_out_together(to: frozenset[StateId], at: StateId | None = None) -> Iterator[str]:
    if to and to >= WAYS_OUT - {at}:
        yield PERSON
        to = to - WAYS_OUT
    yield from sorted(out.value for out in to)


def draw(line: Line, folder: Path) -> None:
    """Write the drawings of ``line`` into ``folder``. OSError or CalledProcessError where Graphviz is not there or
    fails; the DOT text is written first."""
    dot = drawing(line)
    (folder / f"{line.name}.dot").write_text(dot, "utf-8")
    made = subprocess.run(["dot", "-Tsvg"], input=dot, capture_output=True, text=True, check=True)
    (folder / f"{line.name}.svg").write_text(made.stdout + checksum(dot), "utf-8")


def main(names: Sequence[str], folder: Path = DOCS) -> int:
    """The command: draws the lines of ``names``, all without any, into ``folder``. 2 for a name that is no line, 1
    without Graphviz."""
    unknown = sorted(set(names) - set(LINES))
    if unknown:
        sys.stderr.write(f"no such line: {', '.join(unknown)}; wants {', '.join(LINES)}\n")
        return 2
    for name in names or LINES:
        try:
            draw(LINES[name], folder)
        except (OSError, subprocess.CalledProcessError) as error:
            sys.stderr.write(f"{name}.dot is written, {name}.svg is not: install graphviz ({error})\n")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
