"""Our key detector beside spandsp's, on the same sound; and both on speech."""

from __future__ import annotations

import shutil
import subprocess
import wave
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from firmware.key_detector import detect_keys
from tests.kit import spandsp, tones
from tests.kit.tones import ALL_KEYS, Sound, presses, samples, white_noise

LIBRARY = spandsp.find()
needs_spandsp = pytest.mark.skipif(LIBRARY is None, reason="libspandsp2 is not installed")
needs_espeak = pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")
PROMPTS = sorted((Path(__file__).resolve().parents[3] / "prompts").rglob("*.wav"))

KEYS = ALL_KEYS * 6


def ours(sound: NDArray[np.int16]) -> str:
    return "".join(key.key for key in detect_keys(sound))


def theirs(sound: NDArray[np.int16]) -> str:
    assert LIBRARY is not None
    return spandsp.keys(LIBRARY, sound)


def hits(keys: str) -> int:
    """How many of KEYS were found in order (longest common subsequence), less those invented."""
    row = [0] * (len(keys) + 1)
    for wanted in KEYS:
        above = row
        row = [0]
        for place, key in enumerate(keys):
            row.append(above[place] + 1 if key == wanted else max(above[place + 1], row[place]))
    return row[-1] - (len(keys) - row[-1])


def noise(ratio_db: float, on_s: float) -> Sound:
    sound = presses(KEYS, on_s, 0.050)
    return sound + white_noise(-7.0 - ratio_db, len(sound) / tones.RATE_HZ, 11)


def speech_like(ratio_db: float, on_s: float) -> Sound:
    """Noise with the spectrum and the syllables of speech, as a prompt leaks back from the hybrid."""
    sound = presses(KEYS, on_s, 0.080)
    chance = np.random.default_rng(2)
    spectrum = np.fft.rfft(chance.normal(size=len(sound)))
    hz = np.fft.rfftfreq(len(sound), 1 / tones.RATE_HZ)
    voice = np.fft.irfft(spectrum / (1 + (hz / 500) ** 2) * (hz > 200), len(sound))
    voice *= 1 + np.sin(2 * np.pi * 4 * np.arange(len(sound)) / tones.RATE_HZ)
    return sound + voice / np.sqrt(np.mean(voice**2)) * tones.rms(-7.0 - ratio_db)


CONDITIONS = {
    **{f"{round(on_s * 1000)} ms on": presses(KEYS, on_s, 0.050) for on_s in (0.040, 0.035)},
    **{f"{off:+.1%} off": presses(KEYS, 0.050, 0.050, off=off) for off in (-0.02, -0.015, 0.015, 0.02)},
    **{f"twist {db:+d} dB": presses(KEYS, 0.050, 0.050, twist_db=db) for db in (-8, -6, 4)},
    **{f"{level} dBm0": presses(KEYS, 0.050, 0.050, low_dbm0=level) for level in (0, -30, -40)},
    **{f"noise {db} dB": noise(db, 0.050) for db in (15, 10, 8)},
    **{f"voice {db} dB": speech_like(db, 0.080) for db in (20, 15, 10)},
}


@needs_spandsp
@pytest.mark.parametrize("condition", list(CONDITIONS))
def test_at_least_as_good_as_spandsp(condition: str) -> None:
    heard = samples(CONDITIONS[condition])
    mine, yardstick = hits(ours(heard)), hits(theirs(heard))
    assert mine >= yardstick, f"ours {mine}, spandsp {yardstick} of {len(KEYS)}"


@needs_spandsp
@pytest.mark.parametrize("on_s", [0.015, 0.020])
def test_short_tones_are_refused_by_both(on_s: float) -> None:
    heard = samples(presses(KEYS, on_s, 0.060))
    assert ours(heard) == theirs(heard) == ""


TEXT = """Здравствуйте! Вы позвонили в энергосбытовую компанию. Чтобы передать показания счётчика, скажите: показания.
Чтобы узнать баланс, скажите: баланс. Ваш лицевой счёт: один, два, три, четыре, пять, шесть, семь, восемь, девять, ноль.
Показания приняты: пятьсот тридцать семь киловатт-часов. Задолженности нет. Адрес ближайшего офиса: улица Ленина, дом
двенадцать, с девяти до восемнадцати часов, перерыв с тринадцати до четырнадцати. Если всё верно, скажите да, иначе
скажите нет. Алло, алло, девушка, я не понимаю, куда нажимать, соедините меня с оператором, пожалуйста! Эээ, ааа, ммм.
"""


def spoken(voice: str, pitch: int, folder: Path) -> NDArray[np.int16]:
    """TEXT twice, in one voice, band-limited to the line's 8 kHz, at -12 dBm0."""
    file = folder / f"{voice}{pitch}.wav"
    subprocess.run(
        ["espeak-ng", "-v", voice, "-p", str(pitch), "-s", "150", "-w", str(file), TEXT * 2], check=True, timeout=120
    )
    with wave.open(str(file)) as sound:
        rate_hz = sound.getframerate()
        wide = np.frombuffer(sound.readframes(sound.getnframes()), dtype="<i2").astype(float)
    length = len(wide) * tones.RATE_HZ // rate_hz
    narrow = np.fft.irfft(np.fft.rfft(wide)[: length // 2 + 1], length)
    return samples(narrow / np.sqrt(np.mean(narrow**2)) * tones.rms(-12))


@needs_espeak
@pytest.mark.parametrize("voice", ["ru+f1", "ru+f2", "ru+f4", "ru+m1", "ru+m7"])
def test_speech_is_no_key(voice: str, tmp_path: Path) -> None:
    """High, level voices are the worst case: harmonics of theirs rest on pairs of tones."""
    for pitch in (40, 60, 75, 90):
        sound = spoken(voice, pitch, tmp_path)
        assert len(sound) > 60 * tones.RATE_HZ
        mine = ours(sound)
        assert mine == "", f"{voice} at pitch {pitch}, spandsp: {theirs(sound) if LIBRARY else 'absent'}"


@pytest.mark.skipif(not PROMPTS, reason="prompts/ holds no WAV files")
def test_our_own_prompts_are_no_keys() -> None:
    """They leak back into the receiver; a prompt that presses keys must be recorded anew."""
    from box.listening.wav import read_wav

    for file in PROMPTS:
        sound, _ = read_wav(file)
        assert ours(sound) == "", file.name
