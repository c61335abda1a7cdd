"""Speech files in, recordings out; files made and read here by the wave module of Python."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import pytest

from firmware.virtual.errors import SoundFileWrong
from firmware.virtual.sound_files import LineRecorder, read_speech
from tests.virtual.exchange.bench import write_wav


def stereo(path: Path) -> np.ndarray:
    with wave.open(str(path), "rb") as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (8000, 2, 2)
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2)


RAMP = np.arange(-400, 400, dtype=np.int16)


def test_speech_is_read_as_it_is(tmp_path: Path) -> None:
    samples = read_speech(write_wav(tmp_path / "yes.wav", RAMP))
    assert samples.dtype == np.int16
    assert np.array_equal(samples, RAMP)


@pytest.mark.parametrize(
    ("how", "word"),
    [({"rate": 16000}, "16000 Hz"), ({"channels": 2}, "2 channel"), ({"width": 1}, "8 bit")],
)
def test_other_formats_are_refused_with_the_cure(tmp_path: Path, how: dict, word: str) -> None:
    with pytest.raises(SoundFileWrong, match=word) as caught:
        read_speech(write_wav(tmp_path / "x.wav", RAMP, **how))
    assert "8000 Hz mono 16-bit" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("data", [b"", b"RIFF", b"ID3" * 100, b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0"])
def test_what_is_no_wav(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "x.wav"
    path.write_bytes(data)
    with pytest.raises(SoundFileWrong, match=r"x\.wav"):
        read_speech(path)


def test_absent_empty_and_endless(tmp_path: Path) -> None:
    with pytest.raises(SoundFileWrong, match="No such file"):
        read_speech(tmp_path / "none.wav")
    with pytest.raises(SoundFileWrong, match="no sound"):
        read_speech(write_wav(tmp_path / "empty.wav", RAMP[:0]))
    with pytest.raises(SoundFileWrong, match="longer than"):
        read_speech(write_wav(tmp_path / "long.wav", np.zeros(8000 * 121, np.int16)))


def test_a_recording_has_the_caller_left_and_the_box_right(tmp_path: Path) -> None:
    recorder = LineRecorder(tmp_path / "call.wav")
    for number in range(120):
        recorder.frame(np.full(160, number, np.int16), np.full(160, -number, np.int16))
    recorder.close()
    recorder.close()
    recorder.frame(RAMP[:160], RAMP[:160])
    data = (tmp_path / "call.wav").read_bytes()
    assert int.from_bytes(data[4:8], "little") == len(data) - 8
    sound = stereo(tmp_path / "call.wav")
    assert np.array_equal(sound[:, 0], np.repeat(np.arange(120), 160))
    assert np.array_equal(sound[:, 1], -np.repeat(np.arange(120), 160))


def test_a_recording_without_its_end_can_be_played(tmp_path: Path) -> None:
    recorder = LineRecorder(tmp_path / "call.wav")
    for _ in range(130):
        recorder.frame(RAMP[:160], RAMP[160:320])
    assert len(stereo(tmp_path / "call.wav")) == 100 * 160
    recorder.close()
    assert len(stereo(tmp_path / "call.wav")) == 130 * 160


def test_an_empty_recording_is_a_wav(tmp_path: Path) -> None:
    LineRecorder(tmp_path / "call.wav").close()
    assert len(stereo(tmp_path / "call.wav")) == 0


def test_a_recording_that_cannot_be_made(tmp_path: Path) -> None:
    with pytest.raises(SoundFileWrong, match="No such file"):
        LineRecorder(tmp_path / "no" / "call.wav")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="/dev/full is Linux's")
def test_a_full_disk_ends_the_recording_with_one_line() -> None:
    recorder = LineRecorder(Path("/dev/full"))

    def record() -> None:
        for _ in range(1000):
            recorder.frame(RAMP[:160], RAMP[:160])

    with pytest.raises(SoundFileWrong, match="No space left"):
        record()
    record()
    recorder.close()
