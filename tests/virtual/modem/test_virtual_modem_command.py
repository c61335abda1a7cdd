"""``linebox virtual-modem`` as another program uses it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import serial
from click.testing import CliRunner

from box.cli.virtual_modem import virtual_modem

HOME = Path(__file__).resolve().parents[3]
PATIENCE_S = 30.0


@contextmanager
def started(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "box.cli.main", "virtual-modem", *arguments],
        cwd=HOME,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def wait_for(process: subprocess.Popen[str], event: str) -> dict[str, object]:
    """Read the log up to an event; ends when the program ends."""
    assert process.stdout is not None
    for line in process.stdout:
        happened: dict[str, object] = json.loads(line)
        if happened["event"] == event:
            return happened
    pytest.fail(f"the program ended without {event}")


@pytest.mark.line
def test_a_call_is_taken_recorded_and_over(tmp_path: Path) -> None:
    line = tmp_path / "line.toml"
    line.write_text("[line]\nfirst_call_after_s = 0.3\n[[caller]]\nafter_s = 0.5\nhang_up = true\n")
    arguments = ("--link", str(tmp_path / "ttyLB0"), "--line", str(line), "--record-line", str(tmp_path / "call.wav"))
    with started(*arguments) as process:
        arrived = wait_for(process, "call-arrived")
        assert arrived["by"] == "exchange"
        assert float(str(arrived["at_s"])) == pytest.approx(0.3, abs=0.05)
        with serial.Serial(str(tmp_path / "ttyLB0"), 115200, timeout=PATIENCE_S) as port:
            assert b"RING" in port.read_until(b"RING\r\n")
            port.write(b"AT+FCLASS=8;+VLS=1\r")
            assert port.read_until(b"OK\r\n").endswith(b"OK\r\n")
            hung_up = wait_for(process, "caller-hung-up")
            assert set(hung_up) >= {"at_s", "monotonic_s", "by", "event"}
            port.write(b"ATH\r")
            assert port.read_until(b"OK\r\n").endswith(b"OK\r\n")
        assert process.wait(PATIENCE_S) == 0
    assert not os.path.lexists(tmp_path / "ttyLB0")
    with wave.open(str(tmp_path / "call.wav")) as recording:
        assert (recording.getnchannels(), recording.getframerate()) == (2, 8000)
        assert recording.getnframes() > 1600


@pytest.mark.line
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_runs_until_told_to_stop_and_leaves_nothing(tmp_path: Path, number: signal.Signals) -> None:
    with started("--link", str(tmp_path / "ttyLB0"), "--profile", "usr5637") as process:
        assert wait_for(process, "ready")["link"] == str(tmp_path / "ttyLB0")
        with serial.Serial(str(tmp_path / "ttyLB0"), 115200, timeout=PATIENCE_S) as port:
            port.write(b"ATI\r")
            assert b"5601" in port.read_until(b"OK\r\n")
        process.send_signal(number)
        assert process.wait(PATIENCE_S) == 0
        assert process.stderr is not None
        assert process.stderr.read() == ""
    assert not os.path.lexists(tmp_path / "ttyLB0")


@pytest.mark.line
def test_calls_go_round_the_line_file(tmp_path: Path) -> None:
    line = tmp_path / "line.toml"
    line.write_text("[line]\nfirst_call_after_s = 0.1\npause_s = 0.1\nanswer_within_s = 0.5\n")
    with started("--link", str(tmp_path / "ttyLB0"), "--line", str(line), "--calls", "2") as process:
        assert [wait_for(process, "call-arrived")["call"] for _ in range(2)] == [1, 2]
        assert process.wait(PATIENCE_S) == 0


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--profile", "hayes"], "linebox: no modem profile 'hayes'; choose one of: conexant, generic, usr5637"),
        (["--line", "absent.toml"], "linebox: absent.toml: No such file or directory"),
        (["--record-line", "/no/such/folder/x.wav"], "linebox: /no/such/folder/x.wav: No such file or directory"),
    ],
)
def test_wrong_use_is_one_line_and_status_2(tmp_path: Path, more: list[str], message: str) -> None:
    result = CliRunner().invoke(virtual_modem, ["--link", str(tmp_path / "ttyLB0"), *more])
    assert result.exit_code == 2
    assert result.stderr.startswith(message)
    assert result.stderr.count("\n") == 1
    assert result.stdout == ""


def test_a_taken_link_is_one_line_and_status_2(tmp_path: Path) -> None:
    (tmp_path / "ttyLB0").write_text("a file of somebody")
    result = CliRunner().invoke(virtual_modem, ["--link", str(tmp_path / "ttyLB0")])
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
    assert "a file is there; remove it or choose another" in result.stderr


def test_three_mistakes_in_a_line_file_are_three_lines(tmp_path: Path) -> None:
    line = tmp_path / "line.toml"
    line.write_text("rings = 3\npause_s = 'long'\n[[caller]]\ndance = true\n")
    result = CliRunner().invoke(virtual_modem, ["--link", str(tmp_path / "ttyLB0"), "--line", str(line)])
    assert result.exit_code == 2
    assert result.stderr.count("\n") >= 3
    assert all(row.startswith("linebox: line.toml: ") for row in result.stderr.splitlines())
