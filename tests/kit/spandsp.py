"""The DTMF receiver of libspandsp, the yardstick for ours, through ctypes. Absent library: ``find()`` is None."""

from __future__ import annotations

import ctypes
import ctypes.util

import numpy as np
from numpy.typing import NDArray


def find() -> ctypes.CDLL | None:
    """The library with the three functions declared, or None where it is not installed."""
    name = ctypes.util.find_library("spandsp")
    if name is None:
        return None
    library = ctypes.CDLL(name)
    library.dtmf_rx_init.restype = ctypes.c_void_p
    library.dtmf_rx_init.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p]
    library.dtmf_rx.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int]
    library.dtmf_rx_get.restype = ctypes.c_size_t
    library.dtmf_rx_get.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int]
    library.dtmf_rx_free.argtypes = [ctypes.c_void_p]
    return library


def keys(library: ctypes.CDLL, samples: NDArray[np.int16]) -> str:
    """The keys that spandsp finds, taken out every 100 ms as its digit buffer holds only 128."""
    receiver = library.dtmf_rx_init(None, None, None)
    found = []
    buffer = ctypes.create_string_buffer(129)
    try:
        for start in range(0, len(samples), 800):
            block = np.ascontiguousarray(samples[start : start + 800], dtype=np.int16)
            library.dtmf_rx(receiver, block.ctypes.data, len(block))
            got = library.dtmf_rx_get(receiver, buffer, 128)
            found.append(buffer.raw[:got].decode("ascii"))
    finally:
        library.dtmf_rx_free(receiver)
    return "".join(found)
