"""Pieces of work shared among processes, with the results in order. Knows nothing of the work."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def mapped(make: Callable[[Item], Result], items: Iterable[Item], processes: int, at_once: int = 1) -> Iterator[Result]:
    """``make`` of each item, in order; ``at_once`` items are handed to a process together. ``make`` and the results
    must be picklable where there is more than one process."""
    if processes == 1:
        yield from map(make, items)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, context) as pool:
        yield from pool.map(make, items, chunksize=at_once)
