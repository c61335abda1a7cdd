"""The key detector at and beyond the limits of ITU-T Q.24, on tones made by the test itself."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from firmware.key_detector import KeyBegan, KeyDetector, KeyEnded, KeyEvent, detect_keys
from firmware.sound_formats import FORMATS, decoder, encoder
from tests.kit import tones
from tests.kit.tones import ALL_KEYS, Sound, key_tone, presses, samples, silence, sine, white_noise

FOUR_TIMES = ALL_KEYS * 4


def found(sound: Sound) -> str:
    return "".join(key.key for key in detect_keys(samples(sound)))


def noisy(sound: Sound, ratio_db: float, seed: int = 1) -> Sound:
    """White noise so that both tones together (each -10 dBm0) stand ``ratio_db`` above it."""
    return sound + white_noise(-7.0 - ratio_db, len(sound) / tones.RATE_HZ, seed)


def moved(sound: Sound, delay: int) -> Sound:
    """Shifted against the detector's frames by so many samples."""
    return np.concatenate([np.zeros(delay), sound])


# ---------------------------------------------------------------- must be accepted


@pytest.mark.parametrize("on_s", [0.040, 0.045, 0.065, 0.1, 0.5])
def test_every_key_of_40_ms_and_more(on_s: float) -> None:
    assert found(presses(FOUR_TIMES, on_s, 0.040)) == FOUR_TIMES


@pytest.mark.parametrize("delay", range(0, 40, 5))
def test_shortest_press_wherever_it_falls_on_the_frames(delay: int) -> None:
    assert found(moved(presses(ALL_KEYS, 0.040, 0.040), delay)) == ALL_KEYS


@pytest.mark.parametrize("pause_s", [0.030, 0.035, 0.040])
@pytest.mark.parametrize("key", ["1", "5", "D"])
def test_the_same_key_again_after_a_short_pause(key: str, pause_s: float) -> None:
    for delay in range(0, 40, 10):
        assert found(moved(presses(key * 6, 0.050, pause_s), delay)) == key * 6


def test_ten_keys_a_second() -> None:
    assert found(presses("0157801578", 0.050, 0.043)) == "0157801578"


@pytest.mark.parametrize("off", [-0.018, -0.015, -0.01, 0.01, 0.015, 0.018])
def test_frequencies_within_the_tolerance(off: float) -> None:
    assert found(presses(ALL_KEYS, 0.040, 0.040, off=off)) == ALL_KEYS
    assert found(presses(ALL_KEYS, 0.040, 0.040, off=off, off_low=-off)) == ALL_KEYS


@pytest.mark.parametrize("twist_db", [-9, -8, -6, 0, 4, 5])
def test_twist(twist_db: float) -> None:
    assert found(presses(FOUR_TIMES, 0.050, 0.050, twist_db=twist_db, low_dbm0=-12)) == FOUR_TIMES


@pytest.mark.parametrize("level", [0, -3, -10, -25, -30, -38, -42])
def test_levels_from_overload_to_very_weak(level: float) -> None:
    assert found(presses(FOUR_TIMES, 0.050, 0.050, low_dbm0=level)) == FOUR_TIMES


@pytest.mark.parametrize(("ratio_db", "on_s"), [(15, 0.040), (12, 0.050), (10, 0.050), (8, 0.060)])
def test_white_noise(ratio_db: float, on_s: float) -> None:
    keys = ALL_KEYS * 10
    assert found(noisy(presses(keys, on_s, 0.050), ratio_db)) == keys


@pytest.mark.parametrize("below_db", [10, 5, 0, -3])
def test_dial_or_busy_tone_beneath(below_db: float) -> None:
    """425 Hz of continuous tone, up to 3 dB above the key itself."""
    sound = presses(ALL_KEYS, 0.050, 0.050)
    assert found(sound + sine(425, -7.0 - below_db, len(sound) / tones.RATE_HZ)) == ALL_KEYS


def test_mains_hum_and_offset_beneath() -> None:
    sound = presses(ALL_KEYS, 0.050, 0.050, low_dbm0=-25)
    hum = sine(50, -20, len(sound) / tones.RATE_HZ) + sine(100, -25, len(sound) / tones.RATE_HZ)
    assert found(sound + hum + 2000) == ALL_KEYS


@pytest.mark.parametrize("level", [-3, -10, -20, -30])
@pytest.mark.parametrize("name", FORMATS)
def test_through_every_sample_format(name: str, level: float) -> None:
    sound = samples(presses(ALL_KEYS, 0.050, 0.050, low_dbm0=level))
    heard = decoder(name).decode(encoder(name).encode(sound))
    assert "".join(key.key for key in detect_keys(heard)) == ALL_KEYS


@pytest.mark.parametrize("echo_db", [-10, -12, -15, -20])
@pytest.mark.parametrize("delay_s", [0.005, 0.015, 0.030, 0.045])
def test_echo_in_the_pause_neither_joins_nor_hides_presses(echo_db: float, delay_s: float) -> None:
    sound = presses("5555#0", 0.050, 0.050)
    echo = np.concatenate([silence(delay_s), sound])[: len(sound)] * 10 ** (echo_db / 20)
    assert found(sound + echo) == "5555#0"


# ---------------------------------------------------------------- must not be split or joined


@pytest.mark.parametrize("gap_s", [0.002, 0.005, 0.008, 0.010])
@pytest.mark.parametrize("on_s", [0.025, 0.030, 0.050, 0.100])
def test_an_interruption_of_10_ms_does_not_split_a_press(on_s: float, gap_s: float) -> None:
    for key in ALL_KEYS:
        tone = key_tone(key, 2 * on_s + gap_s)
        start = tones.count(on_s)
        tone[start : start + tones.count(gap_s)] = 0
        assert found(np.concatenate([silence(0.1), tone, silence(0.1)])) == key


@pytest.mark.parametrize("ratio_db", [15, 10])
def test_a_long_press_in_noise_is_one(ratio_db: float) -> None:
    for seed, key in enumerate(ALL_KEYS):
        assert found(noisy(np.concatenate([silence(0.1), key_tone(key, 3.0), silence(0.1)]), ratio_db, seed)) == key


def test_a_change_of_key_without_a_pause_is_two_presses() -> None:
    for second_s in (0.045, 0.1):
        sound = np.concatenate([silence(0.05), key_tone("1", 0.1), key_tone("8", second_s), silence(0.1)])
        assert found(sound) == "18"


# ---------------------------------------------------------------- must be refused


@pytest.mark.parametrize("on_s", [0.010, 0.015, 0.020, 0.0229])
def test_tones_shorter_than_23_ms(on_s: float) -> None:
    for delay in range(0, 40, 10):
        assert found(moved(presses(FOUR_TIMES, on_s, 0.060), delay)) == ""


@pytest.mark.parametrize("off", [-0.05, -0.035, -0.03, 0.03, 0.035, 0.05])
def test_frequencies_beyond_the_tolerance(off: float) -> None:
    assert found(presses(FOUR_TIMES, 0.100, 0.050, off=off)) == ""
    assert found(presses(FOUR_TIMES, 0.100, 0.050, off=0.0, off_low=off)) == ""


def test_half_way_between_two_rows() -> None:
    for hz in (733.5, 811.0, 896.5):
        assert found(sine(hz, -10, 0.3) + sine(1336, -10, 0.3)) == ""


@pytest.mark.parametrize("twist_db", [-14, -12, 8, 10])
def test_too_much_twist(twist_db: float) -> None:
    assert found(presses(FOUR_TIMES, 0.050, 0.050, twist_db=twist_db, low_dbm0=-15)) == ""


@pytest.mark.parametrize("level", [-46, -50, -60])
def test_crosstalk_is_too_weak(level: float) -> None:
    assert found(presses(FOUR_TIMES, 0.100, 0.050, low_dbm0=level)) == ""


@pytest.mark.parametrize("hz", [425, 697, 941, 1100, 1209, 1633, 2100])
def test_a_single_tone_is_no_key(hz: float) -> None:
    assert found(sine(hz, -6, 2.0)) == ""


def test_two_rows_or_two_columns_are_no_key() -> None:
    assert found(sine(697, -10, 1.0) + sine(941, -10, 1.0)) == ""
    assert found(sine(1209, -10, 1.0) + sine(1477, -10, 1.0)) == ""


def test_a_third_tone_spoils_a_key() -> None:
    assert found(key_tone("5", 0.5) + sine(1633, -12, 0.5)) == ""
    assert found(key_tone("5", 0.5) + sine(2672, -12, 0.5)) == ""


@pytest.mark.parametrize("flutter_hz", [30, 40])
def test_a_fluttering_pair_is_no_key(flutter_hz: float) -> None:
    """Keys are made at a steady level; beating harmonics are not."""
    for key in ALL_KEYS:
        pulse = 1 + 0.5 * np.sin(2 * np.pi * flutter_hz * np.arange(8000) / tones.RATE_HZ)
        assert found(key_tone(key, 1.0) * pulse) == ""
        assert found(noisy(key_tone(key, 1.0), 9) * pulse) == ""


def test_an_impure_pair_over_the_pitch_of_a_voice_is_no_key() -> None:
    """The same pair is a key without the pitch, and the pitch is forgiven beneath a pure pair."""
    pitch = sine(220, -6, 0.5)
    impure = key_tone("5", 0.5) + sine(2672, -16.5, 0.5)
    assert found(impure) == found(key_tone("5", 0.5) + pitch) == "5"
    assert found(impure + pitch) == ""


def test_the_signals_of_russian_exchanges_are_no_keys() -> None:
    special = np.concatenate([sine(hz, -10, 0.33) for hz in (950, 1400, 1800)])
    aon = np.concatenate(
        [sine(a, -10, 0.04) + sine(b, -10, 0.04) for a, b in ((700, 900), (900, 1100), (1100, 1300), (1300, 1500))]
    )
    assert found(np.concatenate([special, silence(0.2), aon, silence(0.2), sine(500, -4, 0.1)])) == ""


def test_ten_minutes_of_noise_at_any_level() -> None:
    for level in (-45, -30, -15, -5):
        assert found(white_noise(level, 150, seed=level + 100)) == ""


@pytest.mark.parametrize("low_hz", [683, 690, 755, 760, 835, 842])
@pytest.mark.parametrize("twist_db", [-6, 0, 4])
def test_an_octave_is_no_key(low_hz: float, twist_db: float) -> None:
    """A whistle or a high voice with its first overtone lies 4.3 % beside 2, 6 or C."""
    assert found(sine(low_hz, -12, 1.0) + sine(2 * low_hz, -12 + twist_db, 1.0)) == ""


def test_vowels_swept_over_all_pitches_are_no_keys() -> None:
    """Harmonic sounds with formants near the two groups of tones, pitch gliding as in speech: the talk-off danger."""
    time_s = np.arange(tones.count(60.0)) / tones.RATE_HZ
    pitch_hz = 110 + 130 * (1 + np.sin(2 * np.pi * time_s / 7)) + 5 * np.sin(2 * np.pi * 5 * time_s)
    phase = 2 * np.pi * np.cumsum(pitch_hz) / tones.RATE_HZ
    sound = np.zeros_like(time_s)
    for harmonic in range(1, 16):
        hz = harmonic * pitch_hz
        weight = np.exp(-(((hz - 800) / 180) ** 2)) + 0.8 * np.exp(-(((hz - 1350) / 200) ** 2)) + 0.05
        sound += weight * np.sin(harmonic * phase) * (hz < 3400)
    assert found(sound / np.abs(sound).max() * 12000) == ""


# ---------------------------------------------------------------- reports and their times


def stream(sound: Sound, block: int) -> list[tuple[float, KeyEvent]]:
    """Events with the second of sound fed by then."""
    detector = KeyDetector()
    heard = samples(sound)
    events: list[tuple[float, KeyEvent]] = []
    for start in range(0, len(heard), block):
        fed_s = min(start + block, len(heard)) / tones.RATE_HZ
        events += [(fed_s, event) for event in detector.feed(heard[start : start + block])]
    return events


@pytest.mark.parametrize("delay", range(0, 40, 7))
def test_a_key_is_reported_within_60_ms_and_timed_within_5(delay: int) -> None:
    for key in ALL_KEYS:
        start_s = 0.1 + delay / tones.RATE_HZ
        sound = moved(np.concatenate([silence(0.1), key_tone(key, 0.1), silence(0.1)]), delay)
        (began_at, began), (_, ended) = stream(sound, 16)
        assert isinstance(began, KeyBegan)
        assert isinstance(ended, KeyEnded)
        assert began.key == ended.key == key
        assert began_at - start_s <= 0.050
        assert abs(began.start_s - start_s) <= 0.005
        assert began.start_s == ended.start_s
        assert abs(ended.duration_s - 0.1) <= 0.008


def test_frames_of_20_ms_as_the_link_gives_them() -> None:
    sound = presses("0157#", 0.060, 0.060)
    events = stream(sound, 160)
    assert [event.key for _, event in events if isinstance(event, KeyBegan)] == list("0157#")
    for number, (fed_s, event) in enumerate(pair for pair in events if isinstance(pair[1], KeyBegan)):
        assert fed_s - (0.060 + number * 0.120) <= 0.070
        assert abs(event.start_s - (0.060 + number * 0.120)) <= 0.005


def test_times_hold_far_into_a_stream() -> None:
    sound = np.concatenate([white_noise(-40, 600.0, 3), key_tone("7", 0.1), silence(0.1)])
    (key,) = detect_keys(samples(sound))
    assert key.key == "7"
    assert key.start_s == pytest.approx(600.0, abs=0.008)


def test_a_key_still_held_at_the_end_of_a_recording_ends_there() -> None:
    (key,) = detect_keys(samples(np.concatenate([silence(0.1), key_tone("3", 0.2)])))
    assert key.start_s + key.duration_s == pytest.approx(0.3, abs=0.008)


def test_began_and_ended_alternate() -> None:
    events = [event for _, event in stream(noisy(presses(FOUR_TIMES, 0.060, 0.060), 9), 160)]
    kinds = [type(event) for event in events]
    assert kinds == [KeyBegan, KeyEnded] * (len(kinds) // 2)
    assert len(kinds) >= 2 * 60


CUT_SOUND = samples(noisy(presses("1A0#55", 0.055, 0.045), 12))
CUT_EVENTS = KeyDetector().feed(CUT_SOUND)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, len(CUT_SOUND)), max_size=12))
def test_events_do_not_depend_on_cuts(cuts: list[int]) -> None:
    detector = KeyDetector()
    events = [event for piece in np.split(CUT_SOUND, sorted(cuts)) for event in detector.feed(piece)]
    assert [event.key for event in events if isinstance(event, KeyBegan)] == list("1A0#55")
    assert events == CUT_EVENTS


def test_sample_by_sample_gives_the_same() -> None:
    detector = KeyDetector()
    short = CUT_SOUND[:2500]
    events = [event for number in range(len(short)) for event in detector.feed(short[number : number + 1])]
    assert events == KeyDetector().feed(short)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(0, 3000))
def test_any_samples_at_all_are_survived(seed: int, length: int) -> None:
    chance = np.random.default_rng(seed)
    sound: NDArray[np.int16] = chance.choice(np.array([-32768, -1, 0, 1, 32767], dtype=np.int16), length)
    assert detect_keys(sound) is not None


def test_a_long_tone_that_proves_nothing_stays_cheap() -> None:
    """2.7 % off for four minutes: each frame alone passes, the run never does."""
    assert found(presses("5", 240.0, 0.1, off=0.027)) == ""
