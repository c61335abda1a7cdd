"""G.711 and DLE shielding a second time, the slow way, to hold against the products' own."""

from __future__ import annotations


def ulaw_to_linear(code: int) -> int:
    """ITU-T G.711 table 2a by its decision values: 8 segments of 16 steps, the middle of each; 14-bit values, given
    here as 16 bits. The first interval of all, from 0 to 1, stands for 0."""
    code = 255 - code
    segment, step = divmod(code % 128, 16)
    first = [-1, 31, 95, 223, 479, 991, 2015, 4063][segment]
    width = 2 << segment
    value = first + step * width + width // 2
    return -4 * value if code >= 128 else 4 * value


def alaw_to_linear(code: int) -> int:
    """ITU-T G.711 table 1a: middle of each of the 16 steps of 8 segments; 13-bit values, given here as 16 bits."""
    code ^= 0b01010101
    segment, step = divmod(code % 128, 16)
    width = [2, 2, 4, 8, 16, 32, 64, 128][segment]
    start = [0, 32, 64, 128, 256, 512, 1024, 2048][segment]
    value = 8 * (start + step * width + width // 2)
    return value if code >= 128 else -value


def unshield(stream: bytes) -> tuple[bytes, list[int]]:
    """Samples and event letters of a stream from the modem, byte by byte."""
    samples, letters = bytearray(), []
    after_dle = False
    for byte in stream:
        if not after_dle:
            if byte == 16:
                after_dle = True
            else:
                samples.append(byte)
            continue
        after_dle = False
        if byte == 16:
            samples.append(16)
        elif byte == 26:
            samples += b"\x10\x10"
        else:
            letters.append(byte)
    return bytes(samples), letters
