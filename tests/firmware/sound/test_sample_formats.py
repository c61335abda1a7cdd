"""Sample formats against values that our code did not make: ITU-T tables, vgetty's converter, audioop, the IMA text."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from firmware.errors import Misuse
from firmware.sound_formats import FORMATS, bytes_per_second, decoder, encoder

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    try:
        import audioop
    except ImportError:  # gone from Python 3.13
        audioop = None  # type: ignore[assignment]

needs_audioop = pytest.mark.skipif(audioop is None, reason="audioop is not in this Python")

EVERY_SAMPLE = np.arange(-32768, 32768, dtype=np.int16)
EVERY_BYTE = bytes(range(256))

sounds = st.lists(st.integers(-32768, 32767), max_size=300).map(lambda values: np.array(values, dtype=np.int16))

# G.711 table 2a (µ-law): octets on the wire and the decoder's outputs, 14-bit scale; both ends of each segment.
ULAW_OCTETS = "80 8F 90 9F A0 AF B0 BF C0 CF D0 DF E0 EF F0 FE FF"
ULAW_OUTPUTS = (8031, 4191, 3999, 2079, 1983, 1023, 975, 495, 471, 231, 219, 99, 93, 33, 30, 2, 0)
ULAW_DECISIONS = (4063, 2015, 991, 479, 223, 95, 31)  # between segments
# G.711 table 1a (A-law), octets after the inversion of the even bits, 13-bit scale.
ALAW_OCTETS = "AA A5 BA B5 8A 85 9A 95 EA E5 FA F5 CA D5"
ALAW_OUTPUTS = (4032, 2112, 2016, 1056, 1008, 528, 504, 264, 252, 132, 126, 66, 63, 1)
ALAW_DECISIONS = (2048, 1024, 512, 256, 128, 64)
G711 = {
    "ulaw": (dict(zip(bytes.fromhex(ULAW_OCTETS), ULAW_OUTPUTS, strict=True)), ULAW_DECISIONS, 4),
    "alaw": (dict(zip(bytes.fromhex(ALAW_OCTETS), ALAW_OUTPUTS, strict=True)), ALAW_DECISIONS, 8),
}


@pytest.mark.parametrize("name", list(G711))
def test_g711_decodes_as_the_tables_of_the_recommendation(name: str) -> None:
    outputs, _, scale = G711[name]
    for octet, value in outputs.items():
        assert decoder(name).decode(bytes([octet])).tolist() == [value * scale]
        assert decoder(name).decode(bytes([octet ^ 0x80])).tolist() == [-value * scale]


@pytest.mark.parametrize("name", list(G711))
def test_g711_decides_where_the_recommendation_does(name: str) -> None:
    """Just above and just below each border between segments."""
    outputs, decisions, scale = G711[name]
    values = sorted((value for value in outputs.values()), reverse=True)
    for border, above, below in zip(decisions, values[1::2], values[2::2], strict=False):
        pair = np.array([border * scale, border * scale - 1], dtype=np.int16)
        assert decoder(name).decode(encoder(name).encode(pair)).tolist() == [above * scale, below * scale]


@pytest.mark.parametrize("name", list(G711))
def test_g711_is_monotone_and_keeps_every_value_that_it_has(name: str) -> None:
    coded = decoder(name).decode(encoder(name).encode(EVERY_SAMPLE))
    assert np.all(np.diff(coded.astype(np.int32)) >= 0)
    values = decoder(name).decode(EVERY_BYTE)
    assert len(np.unique(values)) == (255 if name == "ulaw" else 256)  # µ-law has two zeros
    assert np.array_equal(decoder(name).decode(encoder(name).encode(values)), values)


@needs_audioop
@pytest.mark.parametrize("name", ["ulaw", "alaw"])
def test_g711_agrees_with_audioop(name: str) -> None:
    to_linear = {"ulaw": audioop.ulaw2lin, "alaw": audioop.alaw2lin}[name]
    from_linear = {"ulaw": audioop.lin2ulaw, "alaw": audioop.lin2alaw}[name]
    assert decoder(name).decode(EVERY_BYTE).tobytes() == to_linear(EVERY_BYTE, 2)
    # audioop drops the two lowest bits before it takes the magnitude; on multiples of four nothing is lost.
    fourths = EVERY_SAMPLE[EVERY_SAMPLE % 4 == 0]
    assert encoder(name).encode(fourths) == from_linear(fourths.tobytes(), 2)


# What pvftormd of mgetty 1.2.1 makes of these samples for a Lucent voice modem (formats 4 and 5): it fixes that the
# first sample of an ADPCM byte is in the low nibble.
PVF_SAMPLES = np.array(
    [0, 100, 300, 700, 1500, 3000, 6000, 12000, 20000, 32767, 32767, -32768, -20000, -5000, -300, 0], dtype=np.int16
)
PVFTORMD = {"ulaw": "fff2e4d5c6b7a8988c8080000c2b64ff", "ima4": "7077777777f71900"}


@pytest.mark.parametrize("name", list(PVFTORMD))
def test_bytes_are_those_that_vgetty_sends(name: str) -> None:
    assert encoder(name).encode(PVF_SAMPLES).hex() == PVFTORMD[name]


IMA_STEPS = (
    "7 8 9 10 11 12 13 14 16 17 19 21 23 25 28 31 34 37 41 45 50 55 60 66 73 80 88 97 107 118 130 143 157 173 190 209 "
    "230 253 279 307 337 371 408 449 494 544 598 658 724 796 876 963 1060 1166 1282 1411 1552 1707 1878 2066 2272 2499 "
    "2749 3024 3327 3660 4026 4428 4871 5358 5894 6484 7132 7845 8630 9493 10442 11487 12635 13899 15289 16818 18500 "
    "20350 22385 24623 27086 29794 32767"
)


class ImaByTheBook:
    """IMA ADPCM written from the flow charts of the Recommended Practices, one sample at a time."""

    STEPS = tuple(map(int, IMA_STEPS.split()))
    INDEX_CHANGE = (-1, -1, -1, -1, 2, 4, 6, 8)

    def __init__(self) -> None:
        self.predicted = 0
        self.index = 0

    def expand(self, code: int) -> int:
        step = self.STEPS[self.index]
        difference = 0
        if code & 4:
            difference += step
        if code & 2:
            difference += step >> 1
        if code & 1:
            difference += step >> 2
        difference += step >> 3
        self.predicted += -difference if code & 8 else difference
        self.predicted = max(-32768, min(32767, self.predicted))
        self.index = max(0, min(88, self.index + self.INDEX_CHANGE[code & 7]))
        return self.predicted

    def compress(self, sample: int) -> int:
        step = self.STEPS[self.index]
        difference = sample - self.predicted
        code = 0
        if difference < 0:
            code, difference = 8, -difference
        for mask in (4, 2, 1):
            if difference >= step:
                code |= mask
                difference -= step
            step >>= 1
        self.expand(code)
        return code


@settings(deadline=None)
@given(st.binary(max_size=400))
def test_ima_decodes_as_by_the_book(data: bytes) -> None:
    book = ImaByTheBook()
    expected = [book.expand(code) for byte in data for code in (byte & 15, byte >> 4)]
    assert decoder("ima4").decode(data).tolist() == expected


@settings(deadline=None)
@given(sounds)
def test_ima_encodes_as_by_the_book(sound: NDArray[np.int16]) -> None:
    book = ImaByTheBook()
    codes = [book.compress(sample) for sample in sound.tolist()]
    expected = bytes(low | high << 4 for low, high in zip(codes[0::2], codes[1::2], strict=False))
    assert encoder("ima4").encode(sound) == expected


@needs_audioop
def test_ima_agrees_with_audioop() -> None:
    sound = np.random.default_rng(3).integers(-32768, 32767, 40_000).astype(np.int16)
    sound[20_000:] = sound[20_000:] // 40
    theirs, _ = audioop.lin2adpcm(sound.tobytes(), 2, None)
    swapped = bytes(byte >> 4 | (byte & 15) << 4 for byte in theirs)
    assert encoder("ima4").encode(sound) == swapped
    assert decoder("ima4").decode(swapped).tobytes() == audioop.adpcm2lin(theirs, 2, None)[0]


@pytest.mark.parametrize(
    ("name", "sample", "octets"),
    [
        ("linear8u", 0, "80"),
        ("linear8u", -32768, "00"),
        ("linear8u", 32767, "ff"),
        ("linear8u", 127, "80"),
        ("linear8u", 128, "81"),
        ("linear8u", -129, "7f"),
        ("linear8s", 0, "00"),
        ("linear8s", -32768, "80"),
        ("linear8s", 32767, "7f"),
        ("linear8s", -256, "ff"),
        ("linear16", 0x1234, "3412"),
        ("linear16", -2, "feff"),
    ],
)
def test_linear_formats(name: str, sample: int, octets: str) -> None:
    assert encoder(name).encode(np.array([sample], dtype=np.int16)).hex() == octets


@pytest.mark.parametrize(("name", "step"), [("linear8u", 256), ("linear8s", 256), ("linear16", 1)])
def test_linear_formats_lose_no_more_than_their_step(name: str, step: int) -> None:
    back = decoder(name).decode(encoder(name).encode(EVERY_SAMPLE)).astype(np.int32)
    error = np.abs(back - EVERY_SAMPLE)
    assert error[:-200].max() <= step // 2
    assert error.max() < step


@pytest.mark.parametrize("name", FORMATS)
@settings(deadline=None)
@given(pieces=st.lists(sounds, max_size=5))
def test_encoding_does_not_depend_on_cuts(name: str, pieces: list[NDArray[np.int16]]) -> None:
    stream = encoder(name)
    whole = np.concatenate([*pieces, np.zeros(0, dtype=np.int16)])
    assert b"".join(stream.encode(piece) for piece in pieces) == encoder(name).encode(whole)


@pytest.mark.parametrize("name", FORMATS)
@settings(deadline=None)
@given(pieces=st.lists(st.binary(max_size=9), min_size=1, max_size=8))
def test_decoding_does_not_depend_on_cuts(name: str, pieces: list[bytes]) -> None:
    stream = decoder(name)
    decoded = [stream.decode(piece) for piece in pieces]
    assert all(samples.dtype == np.int16 for samples in decoded)
    assert np.array_equal(np.concatenate(decoded), decoder(name).decode(b"".join(pieces)))


@pytest.mark.parametrize("name", FORMATS)
def test_a_second_of_sound_fills_the_stated_bytes(name: str) -> None:
    assert len(encoder(name).encode(np.zeros(8000, dtype=np.int16))) == bytes_per_second(name)


@pytest.mark.parametrize("name", FORMATS)
def test_speech_like_sound_survives(name: str) -> None:
    """Signal to coding noise at -20 dBm0: 8-bit linear is poor, which is why it is not preferred."""
    seconds = np.arange(8000) / 8000
    sound = (2000 * np.sin(2 * np.pi * 220 * seconds) + 1200 * np.sin(2 * np.pi * 700 * seconds)).astype(np.int16)
    back = decoder(name).decode(encoder(name).encode(sound)).astype(float)
    noise = np.mean((back[200:] - sound[200:]) ** 2)
    signal = np.mean(sound[200:].astype(float) ** 2)
    assert 10 * np.log10(signal / max(noise, 1e-9)) > (25 if name.startswith("linear8") or name == "ima4" else 35)


@pytest.mark.parametrize("ask", [decoder, encoder, bytes_per_second])
def test_an_unknown_name_is_our_own_mistake(ask: object) -> None:
    with pytest.raises(Misuse, match="no sample format 'opus'"):
        ask("opus")  # type: ignore[operator]


def test_decoded_sound_may_be_changed_by_its_owner() -> None:
    for name in FORMATS:
        sound = decoder(name).decode(b"\x12\x34")
        sound[0] = 7
        assert decoder(name).decode(b"\x12\x34")[0] != 7
