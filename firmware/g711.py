"""The two companding laws of ITU-T G.711 as look-up tables, computed from the segment formula.

Sixteen-bit samples are the 14-bit (µ-law) and 13-bit (A-law) uniform codes of the recommendation, left-justified. Knows
nothing of streams, modems or files.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_ULAW_BIAS = 132  # 33 of G.711 table 2, left-justified by two bits
_ULAW_CLIP = 32635  # the largest magnitude whose biased value still has fifteen bits
_ALAW_EVEN_BITS = 0x55  # G.711 §3.2: the even bits of every A-law code are inverted on the wire
_SIGN_BIT = 0x80


def _every_sample() -> NDArray[np.int32]:
    """Each 16-bit sample, placed at the index that its bits make when they are read as unsigned."""
    return np.arange(65536, dtype=np.uint16).view(np.int16).astype(np.int32)


def ulaw_decoding_table() -> NDArray[np.int16]:
    """Sample for each of the 256 codes, G.711 table 2 (µ-law), ±32124 at most."""
    code = ~np.arange(256, dtype=np.int32) & 0xFF  # §2.2: all bits are inverted on the wire
    magnitude = ((((code & 0x0F) << 3) + _ULAW_BIAS) << ((code >> 4) & 0x07)) - _ULAW_BIAS
    return np.where(code & _SIGN_BIT, -magnitude, magnitude).astype(np.int16)


def ulaw_encoding_table() -> NDArray[np.uint8]:
    """Code for each sample, indexed by the sample's bits read as unsigned."""
    sample = _every_sample()
    biased = np.minimum(np.abs(sample), _ULAW_CLIP) + _ULAW_BIAS
    segment = np.floor(np.log2(biased)).astype(np.int32) - 7
    code = (segment << 4) | ((biased >> (segment + 3)) & 0x0F)
    signed: NDArray[np.int32] = np.where(sample < 0, code | _SIGN_BIT, code)
    return (~signed & 0xFF).astype(np.uint8)


def alaw_decoding_table() -> NDArray[np.int16]:
    """Sample for each of the 256 codes, G.711 table 1 (A-law), ±32256 at most."""
    code = np.arange(256, dtype=np.int32) ^ _ALAW_EVEN_BITS
    segment = (code >> 4) & 0x07
    step = ((code & 0x0F) << 4) + 8  # the middle of the interval
    magnitude = np.where(segment == 0, step, (step + 256) << np.maximum(segment - 1, 0))
    return np.where(code & _SIGN_BIT, magnitude, -magnitude).astype(np.int16)


def alaw_encoding_table() -> NDArray[np.uint8]:
    """Code for each sample, indexed by the sample's bits read as unsigned."""
    sample = _every_sample()
    # A-law has no zero: the interval below zero is 0…-15, so that negatives count from -1.
    magnitude = np.where(sample < 0, ~sample, sample)
    segment = np.maximum(np.floor(np.log2(np.maximum(magnitude, 1))).astype(np.int32) - 7, 0)
    code = (segment << 4) | ((magnitude >> (np.maximum(segment, 1) + 3)) & 0x0F)
    signed: NDArray[np.int32] = np.where(sample < 0, code, code | _SIGN_BIT)
    return (signed ^ _ALAW_EVEN_BITS).astype(np.uint8)
