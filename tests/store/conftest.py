"""A store in a file of its own for each test, closed afterwards."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest

from box.store.connection import Store, open_store
from box.store.ledger import Ledger
from tests.store.making import BOX, open_call


@pytest.fixture(scope="session")
def context() -> ForkServerContext:
    """A fresh process that forks the writers, so that no thread or open file of the tests is in them. It has imported
    what they need: the store, and pytest, because a child imports its parent's main module first."""
    made = multiprocessing.get_context("forkserver")
    made.set_forkserver_preload(["pytest", "tests.store.making"])
    return made


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "linebox.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    with open_store(path) as opened:
        yield opened


@pytest.fixture
def ledger(store: Store) -> Ledger:
    """For the box of the tests, with one open call, «call-1» on the line «readings»."""
    made = Ledger(store, BOX)
    open_call(made)
    return made
