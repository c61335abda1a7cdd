"""One centre for the tests that can share it (each uses its own box ids); a database of their own for the others."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from box.centre.database import Database, open_database
from tests.centre.loopback import Fleet, fresh_target, running_fleet

settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")


@pytest.fixture(scope="session")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    with running_fleet(tmp_path_factory.mktemp("fleet")) as fleet:
        yield fleet


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = open_database(fresh_target(tmp_path))
    yield database
    database.close()
