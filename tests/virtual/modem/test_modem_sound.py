"""The modem's codecs against second implementations."""

from __future__ import annotations

import importlib
import warnings
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.virtual.modem_sound import level_dbm0, new_codec, resample
from tests.kit import tones
from tests.kit.second_g711 import alaw_to_linear, ulaw_to_linear

EVERY_BYTE = bytes(range(256))
EVERY_SAMPLE = np.arange(-32768, 32768).astype(np.int16)


def audioop() -> ModuleType:
    """The C implementation that Python had until 3.12."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        try:
            return importlib.import_module("audioop")
        except ImportError:
            pytest.skip("this Python has no audioop")


@pytest.mark.parametrize(("codec", "second"), [("ulaw", ulaw_to_linear), ("alaw", alaw_to_linear)])
def test_g711_expansion_is_that_of_the_tables(codec: str, second: object) -> None:
    assert callable(second)
    assert new_codec(codec).decode(EVERY_BYTE).tolist() == [second(code) for code in range(256)]


def test_g711_compression_is_that_of_audioop() -> None:
    module = audioop()
    samples = EVERY_SAMPLE[EVERY_SAMPLE > -32768]
    # Sun's program, which audioop keeps, rounds the last bits of negative samples its own way: compare what is heard.
    for codec, compress in (("ulaw", module.lin2ulaw), ("alaw", module.lin2alaw)):
        ours, theirs = new_codec(codec).encode(samples), compress(samples.tobytes(), 2)
        positive = samples >= 0
        assert np.array_equal(np.frombuffer(ours, np.uint8)[positive], np.frombuffer(theirs, np.uint8)[positive])
        heard = [new_codec(codec).decode(one).astype(np.int32) for one in (ours, theirs)]
        step = np.maximum(8, np.abs(samples.astype(np.int32)) // 16 + 16)
        assert np.all(np.abs(heard[0] - heard[1]) <= step)


@pytest.mark.parametrize("codec", ["ulaw", "alaw"])
def test_g711_picks_a_code_whose_interval_holds_the_sample(codec: str) -> None:
    one = new_codec(codec)
    heard = one.decode(one.encode(EVERY_SAMPLE)).astype(np.int32)
    error = np.abs(heard - EVERY_SAMPLE)
    clipped = np.abs(EVERY_SAMPLE.astype(np.int32)) > 32000
    assert np.all(error[~clipped] <= np.maximum(8, np.abs(heard[~clipped]) // 32 + 8))
    assert np.all(np.diff(heard) >= 0), "a louder sample never sounds softer"


@pytest.mark.parametrize("codec", ["u8", "s8", "ulaw", "alaw"])
def test_every_byte_survives_decoding_and_encoding(codec: str) -> None:
    one = new_codec(codec)
    again = one.encode(one.decode(EVERY_BYTE))
    same = [code for code in range(256) if again[code] == code]
    assert len(same) >= 255  # mu-law has two zeros, and only one comes back
    assert one.decode(again).tolist() == one.decode(EVERY_BYTE).tolist()


def test_linear_formats_are_what_their_names_say() -> None:
    assert new_codec("u8").decode(b"\x00\x80\xff").tolist() == [-32768, 0, 32512]
    assert new_codec("s8").decode(b"\x80\x00\x7f").tolist() == [-32768, 0, 32512]
    assert new_codec("u8").encode(np.array([-32768, 127, 128, 32767], np.int16)) == b"\x00\x80\x81\xff"
    assert new_codec("s16").decode(b"\x34\x12\xff\xff").tolist() == [0x1234, -1]
    assert new_codec("s14").encode(np.array([0x1237, -1], np.int16)) == b"\x34\x12\xfc\xff"


@given(st.binary(min_size=1, max_size=300))
def test_ima_decoder_is_audioops_with_nibbles_swapped(data: bytes) -> None:
    """audioop takes the earlier sample from the high half of the byte, IMA files and this modem from the low one."""
    swapped = bytes(byte >> 4 | (byte & 15) << 4 for byte in data)
    expected, _ = audioop().adpcm2lin(swapped, 2, None)
    assert new_codec("ima").decode(data).astype("<i2").tobytes() == expected


def test_ima_keeps_speech_recognisable() -> None:
    tone = tones.samples(tones.sine(500, -15, 1.0) + tones.sine(1700, -20, 1.0))
    one = new_codec("ima")
    heard = one.decode(one.encode(tone)).astype(np.float64)
    noise = heard[800:] - tone[800:]
    assert level_dbm0(tone) - level_dbm0(noise.astype(np.int16)) > 20


def test_levels_are_those_of_g711() -> None:
    assert level_dbm0(tones.samples(tones.sine(1000, 3.14, 1.0))) == pytest.approx(3.14, abs=0.02)
    assert level_dbm0(tones.samples(tones.sine(1000, -20.0, 1.0))) == pytest.approx(-20.0, abs=0.05)
    assert level_dbm0(np.zeros(160, np.int16)) == -99.0


@given(st.lists(st.integers(-32768, 32767), min_size=1, max_size=50), st.integers(-32768, 32767))
def test_the_same_rate_changes_nothing(samples: list[int], before: int) -> None:
    sound = np.array(samples, np.int16)
    assert np.array_equal(resample(before, sound, sound.size), sound)
    assert resample(before, sound, 160).size == 160
