"""How far the machine's clock is believed."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from box.accounts.model import ClockTrust
from box.clock import RELEASED, SystemClock


def test_a_synchronised_clock_is_believed(tmp_path: Path) -> None:
    mark = tmp_path / "synchronized"
    clock = SystemClock(marks=(mark,))
    assert clock.trust() is (ClockTrust.HOLDOVER if datetime.now(UTC) >= RELEASED else ClockTrust.UNKNOWN)
    mark.touch()
    assert clock.trust() is ClockTrust.SYNCED


def test_a_clock_that_plays_unset_is_not(tmp_path: Path) -> None:
    mark = tmp_path / "synchronized"
    mark.touch()
    assert SystemClock(marks=(mark,), unset=True).trust() is ClockTrust.UNKNOWN
