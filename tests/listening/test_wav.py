"""Reading WAV files: those that the standard library and sox make, and those that are broken."""

from __future__ import annotations

import io
import shutil
import struct
import subprocess
import wave
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from box.listening import wav
from box.listening.wav import NotAWav, WavTooLong, WavUnsupported, read_wav

needs_sox = pytest.mark.skipif(shutil.which("sox") is None, reason="sox is not installed")
RAMP = np.arange(-32768, 32768, 7, dtype=np.int16)


def made_by_python(sound: NDArray[np.int16], *, rate: int = 8000, channels: int = 1, width: int = 2) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(channels)
        out.setsampwidth(width)
        out.setframerate(rate)
        out.writeframes(sound.astype("<i2").tobytes())
    return file.getvalue()


def chunk(name: bytes, content: bytes, length: int | None = None) -> bytes:
    return name + struct.pack("<I", len(content) if length is None else length) + content


def riff(*chunks: bytes) -> bytes:
    body = b"WAVE" + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


PCM16 = chunk(b"fmt ", struct.pack("<HHIIHH", 1, 1, 8000, 16000, 2, 16))
SOUND = chunk(b"data", b"\x01\x00\x02\x00\xff\xff")


def read(folder: Path, content: bytes) -> tuple[NDArray[np.int16], int]:
    file = folder / "call.wav"
    file.write_bytes(content)
    return read_wav(file)


def refused(folder: Path, content: bytes, kind: type[NotAWav] = NotAWav) -> str:
    with pytest.raises(NotAWav) as error:
        read(folder, content)
    assert type(error.value) is kind
    line = str(error.value)
    assert line.startswith(f"{folder / 'call.wav'}: ")
    assert "\n" not in line
    return line


@pytest.mark.parametrize("rate", [8000, 16000, 44100])
def test_sixteen_bits_as_the_standard_library_writes_them(tmp_path: Path, rate: int) -> None:
    sound, rate_hz = read(tmp_path, made_by_python(RAMP, rate=rate))
    assert sound.dtype == np.int16
    assert np.array_equal(sound, RAMP)
    assert rate_hz == rate


@needs_sox
@pytest.mark.parametrize(
    ("coding", "step"), [("-b 8 -e unsigned", 256), ("-e u-law", 1100), ("-e a-law", 1100), ("-b 16 -e signed", 1)]
)
def test_codings_as_sox_writes_them(tmp_path: Path, coding: str, step: int) -> None:
    source, made = tmp_path / "source.wav", tmp_path / "made.wav"
    source.write_bytes(made_by_python(RAMP))
    subprocess.run(["sox", "-D", str(source), *coding.split(), str(made)], check=True, timeout=60)
    sound, rate_hz = read_wav(made)
    assert rate_hz == 8000
    assert len(sound) == len(RAMP)
    assert np.abs(sound.astype(int) - RAMP).max() <= step


def test_an_extensible_header(tmp_path: Path) -> None:
    guid = struct.pack("<H", 1) + bytes.fromhex("000000001000800000aa00389b71")
    extensible = struct.pack("<HHIIHH", 0xFFFE, 1, 8000, 16000, 2, 16) + struct.pack("<HHI", 22, 16, 4) + guid
    sound, _ = read(tmp_path, riff(chunk(b"fmt ", extensible), SOUND))
    assert sound.tolist() == [1, 2, -1]


def test_other_chunks_are_passed_over(tmp_path: Path) -> None:
    odd = chunk(b"LIST", b"odd") + b"\0"
    sound, _ = read(tmp_path, riff(odd, PCM16, odd, SOUND, chunk(b"id3 ", b"x", 99)))
    assert sound.tolist() == [1, 2, -1]


@pytest.mark.parametrize("length", [0, 0x7FFFF000, 0xFFFFFFFF])
def test_a_length_left_open_by_a_pipe(tmp_path: Path, length: int) -> None:
    sound, _ = read(tmp_path, riff(PCM16, chunk(b"data", b"\x01\x00\x02\x00", length)))
    assert sound.tolist() == [1, 2]


def test_no_samples_at_all(tmp_path: Path) -> None:
    sound, rate_hz = read(tmp_path, riff(PCM16, chunk(b"data", b"")))
    assert (len(sound), rate_hz) == (0, 8000)


def test_ten_minutes(tmp_path: Path) -> None:
    sound, _ = read(tmp_path, made_by_python(np.zeros(10 * 60 * 8000, dtype=np.int16)))
    assert len(sound) == 10 * 60 * 8000


def test_an_empty_file(tmp_path: Path) -> None:
    assert refused(tmp_path, b"").endswith("the file is empty")


@pytest.mark.parametrize("content", [b"hello", b"RIFF", b"ID3\x04" + bytes(200), b"RIFX" + bytes(60), bytes(44)])
def test_not_a_wav(tmp_path: Path, content: bytes) -> None:
    assert "not a WAV file; make one with: sox" in refused(tmp_path, content)


def test_cut_short(tmp_path: Path) -> None:
    whole = made_by_python(RAMP)
    assert f"cut short: 1000 bytes of {2 * len(RAMP)} are there" in refused(tmp_path, whole[:1044])
    assert "cut short in the middle of a sample" in refused(tmp_path, riff(PCM16, chunk(b"data", b"\x01\x00\x02")))
    assert "without a format" in refused(tmp_path, whole[:12])
    assert "cut short" in refused(tmp_path, whole[:30])
    assert "without sound" in refused(tmp_path, whole[:36])


def test_stereo_says_how_to_take_one_channel(tmp_path: Path) -> None:
    line = refused(tmp_path, made_by_python(RAMP[:100], channels=2), WavUnsupported)
    assert "2 channels; take one of them with: sox call.wav OUT.wav remix 1" in line


@pytest.mark.parametrize(("tag", "bits"), [(1, 24), (1, 32), (3, 32), (2, 4), (17, 4), (0xFFFE, 16)])
def test_other_codings(tmp_path: Path, tag: int, bits: int) -> None:
    header = chunk(b"fmt ", struct.pack("<HHIIHH", tag, 1, 8000, 16000, 2, bits))
    assert f"coding {tag} of {bits} bits is not read" in refused(tmp_path, riff(header, SOUND), WavUnsupported)


def test_an_absurd_rate(tmp_path: Path) -> None:
    header = chunk(b"fmt ", struct.pack("<HHIIHH", 1, 1, 0, 0, 2, 16))
    assert "a rate of 0 Hz" in refused(tmp_path, riff(header, SOUND))


def test_a_file_too_long_is_not_even_read(tmp_path: Path) -> None:
    file = tmp_path / "call.wav"
    with file.open("wb") as sparse:
        sparse.truncate(wav.LARGEST_BYTES + 1)
    with pytest.raises(WavTooLong, match="268 MB is too long"):
        read_wav(file)


def test_a_folder_and_nothing(tmp_path: Path) -> None:
    with pytest.raises(NotAWav, match="cannot be read: Is a directory"):
        read_wav(tmp_path)
    with pytest.raises(NotAWav, match="cannot be read: No such file"):
        read_wav(tmp_path / "absent.wav")


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=80), st.integers(0, 44), st.integers(0, 8))
def test_damage_anywhere_is_a_declared_error(tmp_path: Path, damage: bytes, place: int, drop: int) -> None:
    content = riff(PCM16, SOUND)
    content = content[:place] + damage + content[place + drop :]
    try:
        sound, rate_hz = read(tmp_path, content)
    except NotAWav:
        return
    assert sound.ndim == 1
    assert rate_hz > 0
