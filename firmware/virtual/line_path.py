"""What the wires do to sound: loss, white noise, hum of the mains and the echo of the hybrid.

Pure: the noise comes from the seed. Two of these stand between box and caller, one for each direction.
"""

from __future__ import annotations

import numpy as np

from firmware.virtual.line import RATE_HZ, LineSamples
from firmware.virtual.line_plan import Impairment
from firmware.virtual.tones import Sine, Wave, rms_of, to_line

MAINS_HZ = 50.0


class LinePath:
    """One direction of the line, a frame at a time."""

    def __init__(self, impairment: Impairment, noise_source: np.random.Generator) -> None:
        self._gain = 10.0 ** (-impairment.attenuation_db / 20.0)
        self._noise_rms = 0.0 if impairment.noise_dbm0 is None else rms_of(impairment.noise_dbm0)
        self._noise_source = noise_source
        self._hum = None if impairment.hum_dbm0 is None else Sine(MAINS_HZ, impairment.hum_dbm0)
        self._echo_gain = 0.0 if impairment.echo_db is None else 10.0 ** (-impairment.echo_db / 20.0)
        self._echo: Wave = np.zeros(round(impairment.echo_delay_s * RATE_HZ))

    def carry(self, sound: Wave, own: LineSamples | None = None) -> LineSamples:
        """What arrives of ``sound``; ``own`` is what the receiving end sends meanwhile and gets back as echo."""
        arriving = sound * self._gain
        if self._echo_gain and own is not None:
            self._echo = np.concatenate([self._echo, own.astype(np.float64)])
            arriving = arriving + self._echo_gain * self._echo[: sound.size]
            self._echo = self._echo[sound.size :]
        if self._noise_rms:
            arriving = arriving + self._noise_source.normal(0.0, self._noise_rms, sound.size)
        if self._hum is not None:
            arriving = arriving + self._hum.take(sound.size)
        return to_line(arriving)
