"""``linebox keys`` as a user runs it."""

from __future__ import annotations

import json
import wave
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result
from numpy.typing import NDArray

from box.cli.keys import keys
from tests.kit.tones import key_tone, presses, samples, silence


def write(path: Path, sound: NDArray[np.int16], rate: int = 8000, channels: int = 1) -> str:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(sound.astype("<i2").tobytes())
    return str(path)


def run(*words: str) -> Result:
    return CliRunner().invoke(keys, list(words))


def test_json(tmp_path: Path) -> None:
    first = write(tmp_path / "a.wav", samples(presses("0157#", 0.1, 0.1)))
    second = write(tmp_path / "b.wav", samples(silence(1.0)))
    result = run("--json", first, second)
    assert result.exit_code == 0
    assert result.stderr == ""
    report = json.loads(result.stdout)
    assert list(report) == ["results"]
    assert [entry["file"] for entry in report["results"]] == [first, second]
    events = report["results"][0]["events"]
    assert [event["key"] for event in events] == list("0157#")
    for number, event in enumerate(events):
        assert set(event) == {"key", "start_s", "duration_s"}
        assert event["start_s"] == pytest.approx(0.1 + 0.2 * number, abs=0.006)
        assert event["duration_s"] == pytest.approx(0.1, abs=0.01)
    assert report["results"][1]["events"] == []


def test_table(tmp_path: Path) -> None:
    file = write(tmp_path / "a.wav", samples(np.concatenate([silence(1.0), key_tone("7", 0.2), silence(0.5)])))
    result = run(file, write(tmp_path / "b.wav", samples(silence(0.5))))
    assert result.exit_code == 0
    head, line, other = result.stdout.splitlines()
    assert head == f"{file}: 7"
    start_s, _, duration_s, _, key = line.split()
    assert float(start_s) == pytest.approx(1.0, abs=0.006)
    assert float(duration_s) == pytest.approx(0.2, abs=0.01)
    assert key == "7"
    assert other.endswith("b.wav: no keys")


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_what_cannot_be_used_is_one_line_each_and_exit_2(tmp_path: Path, form: list[str]) -> None:
    good = write(tmp_path / "good.wav", samples(presses("5", 0.1, 0.1)))
    bad = [
        write(tmp_path / "wide.wav", samples(silence(0.1)), rate=16000),
        write(tmp_path / "stereo.wav", samples(silence(0.1)), channels=2),
        str(tmp_path / "absent.wav"),
        str(tmp_path),
    ]
    (tmp_path / "text.wav").write_text("not sound")
    (tmp_path / "empty.wav").write_bytes(b"")
    bad += [str(tmp_path / "text.wav"), str(tmp_path / "empty.wav")]
    result = run(*form, bad[0], good, *bad[1:])
    assert result.exit_code == 2
    lines = result.stderr.splitlines()
    assert len(lines) == len(bad)
    for line, file in zip(lines, bad, strict=True):
        assert line.startswith(f"linebox: {file}: ")
    assert "16000 Hz; convert it with: sox wide.wav -r 8000 OUT.wav" in lines[0]
    assert good in result.stdout


def test_no_file_is_wrong_use() -> None:
    result = run()
    assert result.exit_code == 2
    assert "Missing argument 'FILE.wav...'" in result.stderr


def test_help_has_an_example() -> None:
    result = run("--help")
    assert result.exit_code == 0
    assert "Example: ./linebox keys" in result.stdout
