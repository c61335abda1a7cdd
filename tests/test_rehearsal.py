"""Whole calls in real time with real processes: pty, SQLite file, HTTPS on loopback with certificates of their own."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from box.rehearsal.performance import Player, Turn
from box.rehearsal.scenario import FOLDER, load_scenario
from box.rehearsal.stage import START_WAIT_S, Cast, Stage
from box.settings import HOME
from firmware.virtual.line_events import LineEvent
from firmware.virtual.modem_events import ModemEvent

pytestmark = pytest.mark.line

LONGEST_S = 300


def linebox(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-P", "-m", "box.cli.main", *arguments],
        cwd=HOME,
        env={**os.environ, "PYTHONPATH": str(HOME)},
        capture_output=True,
        text=True,
        timeout=LONGEST_S,
        check=False,
    )


def test_a_call_with_the_network_down_reaches_billing_once(tmp_path: Path) -> None:
    recording = tmp_path / "call.wav"
    arguments = ("--scenario", "network-down", "--json", "--lang", "en", "--record", str(recording))
    done = linebox("rehearse", *arguments)
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert result["ok"]
    assert result["delivered"]
    assert result["pulled"]
    assert [reading["zones"] for reading in result["readings"]] == [{"T1": "01578"}]
    assert {turn["who"] for turn in result["turns"]} == {"line", "box", "caller", "system"}
    times = [turn["at_s"] for turn in result["turns"]]
    assert times[0] == 0.0
    assert min(times) >= 0
    assert result["latency_ms"]["keys"]["p95"] is not None
    assert recording.stat().st_size > 8000 * 2 * 2 * 20  # stereo, 16 bit, 20 s at least
    assert "(" in done.stderr  # glosses follow the Russian lines


def test_kill_9_of_the_line_after_the_confirmation_loses_nothing(tmp_path: Path) -> None:
    """The line process dies the moment «приняты» has been queued; the courier delivers once, billing gets it once, and
    the restarted line closes the broken call."""
    scenario = load_scenario(FOLDER / "known-one-address.toml")
    events: queue.SimpleQueue[LineEvent | ModemEvent] = queue.SimpleQueue()
    with Stage(tmp_path, Cast(scenario, "generic", interactive=False, on_event=events.put)) as stage:

        def kill_when_accepted(turn: Turn) -> None:
            if "accepted.one" in turn.phrases:
                line = stage.children.pop("line")
                line.kill()
                assert line.stop() == -signal.SIGKILL
                stage.start_line()

        player = Player(stage, events, kill_when_accepted)
        player.wait_ready(START_WAIT_S)
        result = player.play(network_down=False)
    assert result.outcome == "line-failed"
    assert [[zone.digits for zone in reading.zones] for reading in result.pulled] == [["01578"]]
    assert result.all_delivered
    assert result.pulled_once


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--scenario", "known-one-adress"), "did you mean known-one-address?"),
        (("--scenario", "absent.toml"), "no such file"),
        (("--profile", "hayes"), "hayes"),
    ],
)
def test_wrong_use_gets_one_clear_line(arguments: tuple[str, ...], words: str) -> None:
    done = linebox("rehearse", *arguments)
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_a_scenario_with_an_unknown_step_is_refused_before_anything_starts(tmp_path: Path) -> None:
    text = (FOLDER / "known-one-address.toml").read_text("utf-8").replace('press = "1"', 'presss = "1"', 1)
    path = tmp_path / "mine.toml"
    path.write_text(text, "utf-8")
    done = linebox("rehearse", "--scenario", str(path))
    assert done.returncode == 2
    assert "did you mean" in done.stderr
    assert "presss" in done.stderr
    assert "Traceback" not in done.stderr
