"""Call-progress tones found at the cadences, levels and frequencies of voice-modem.md section 11, and what is none."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.progress_tones import ProgressTones, Tone
from firmware.sound_formats import FORMATS, decoder, encoder
from firmware.vocabulary import Samples
from tests.kit import tones
from tests.kit.tones import Sound, silence, sine, white_noise

LATE_S = 0.001  # rounding of a period to samples


def cadence(on_s: float, off_s: float, periods: int, hz: float = 425.0, level_dbm0: float = -15.0) -> Sound:
    return np.concatenate([part for _ in range(periods) for part in (sine(hz, level_dbm0, on_s), silence(off_s))])


def heard(sound: Sound, block: int = 160) -> list[tuple[Tone, float]]:
    return heard_in(tones.samples(sound), block)


def heard_in(samples: Samples, block: int = 160) -> list[tuple[Tone, float]]:
    detector = ProgressTones()
    found = [h for i in range(0, len(samples), block) for h in detector.feed(samples[i : i + block])]
    return [(h.tone, h.at_s) for h in found]


def kinds(sound: Sound) -> list[Tone]:
    return [tone for tone, _ in heard(sound)]


def talk(seconds: float, level_dbm0: float = -15.0) -> Sound:
    """As loud and as broad as a voice."""
    return white_noise(level_dbm0, seconds, 3)


CADENCES = [
    (0.3, 0.3, Tone.BUSY),
    (0.35, 0.35, Tone.BUSY),
    (0.4, 0.4, Tone.BUSY),
    (0.35, 0.4, Tone.BUSY),
    (0.5, 0.5, Tone.BUSY),
    (0.12, 0.12, Tone.CONGESTION),
    (0.175, 0.175, Tone.CONGESTION),
    (0.2, 0.2, Tone.CONGESTION),
    (0.175, 0.2, Tone.CONGESTION),
]


@pytest.mark.parametrize("level_dbm0", [0.0, -15.0, -35.0])
@pytest.mark.parametrize(("hz", "periods"), [(417, 2), (425, 2), (433, 2), (400, 3), (410, 3), (440, 3), (450, 3)])
@pytest.mark.parametrize(("on_s", "off_s", "expected"), CADENCES)
def test_busy_and_congestion_within_two_periods_or_three_off_nominal(
    on_s: float, off_s: float, expected: Tone, hz: float, periods: int, level_dbm0: float
) -> None:
    found = heard(np.concatenate((silence(0.1), cadence(on_s, off_s, 4, hz, level_dbm0))))
    assert [t for t, _ in found] == [expected]
    assert (periods - 1) * (on_s + off_s) < found[0][1] - 0.1 <= periods * (on_s + off_s) + LATE_S


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("level_dbm0", [0.0, -20.0, -35.0])
@pytest.mark.parametrize(("on_s", "expected"), [(0.35, Tone.BUSY), (0.4, Tone.BUSY), (0.175, Tone.CONGESTION)])
@pytest.mark.parametrize("words_s", [0.0, 0.5])
def test_every_coding_with_noise_20_db_down_and_speech_before(
    name: str, level_dbm0: float, on_s: float, expected: Tone, words_s: float
) -> None:
    lead = np.concatenate((talk(words_s), silence(0.15)))
    sound = np.concatenate((lead, cadence(on_s, on_s, 3, level_dbm0=level_dbm0)))
    sound += white_noise(level_dbm0 - 20, len(sound) / tones.RATE_HZ, 8)
    received = decoder(name).decode(encoder(name).encode(tones.samples(sound)))
    found = [(tone, at_s) for tone, at_s in heard_in(received) if tone is not Tone.VOICE]
    assert [tone for tone, _ in found] == [expected]
    assert found[0][1] <= len(lead) / tones.RATE_HZ + 4 * on_s + LATE_S


def test_congestion_of_a_tenth_of_a_second_takes_four_periods() -> None:
    found = heard(np.concatenate((silence(0.1), cadence(0.1, 0.1, 6))))
    assert [t for t, _ in found] == [Tone.CONGESTION]
    assert 0.6 < found[0][1] - 0.1 <= 0.8 + LATE_S


def test_a_telephone_channel_that_rings_changes_nothing() -> None:
    """300-3400 Hz with edges far steeper than any real filter's, so that every burst rings on for some 10 ms."""
    sound = np.concatenate((silence(0.1), cadence(0.175, 0.175, 3), silence(0.2)))
    spectrum, hz = np.fft.rfft(sound), np.fft.rfftfreq(len(sound), 1 / tones.RATE_HZ)
    found = heard(np.fft.irfft(spectrum * (hz > 300) * (hz < 3400), len(sound)))
    assert [t for t, _ in found] == [Tone.CONGESTION]
    assert found[0][1] <= 0.1 + 0.7 + LATE_S


def test_a_constant_offset_changes_nothing() -> None:
    assert kinds(cadence(0.35, 0.35, 3, level_dbm0=-25) + 2000) == [Tone.BUSY]


def test_speech_up_to_the_first_burst_costs_no_more_than_a_period() -> None:
    found = heard(np.concatenate((talk(1.0), cadence(0.35, 0.35, 4))))
    assert [t for t, _ in found] == [Tone.VOICE, Tone.BUSY]
    assert found[1][1] <= 1.0 + 3 * 0.7


def test_listening_that_begins_within_a_burst_costs_no_more_than_a_period() -> None:
    found = heard(cadence(0.35, 0.35, 4)[1600:])
    assert [t for t, _ in found] == [Tone.BUSY]
    assert found[0][1] <= 3 * 0.7


def test_a_dial_tone_takes_two_seconds_and_off_nominal_less_than_three() -> None:
    assert [(t, 2.0 <= at_s <= 2.2) for t, at_s in heard(sine(425, -35, 3.0))] == [(Tone.DIAL, True)]
    assert [(t, 2.8 <= at_s <= 3.0) for t, at_s in heard(sine(440, -15, 3.5))] == [(Tone.DIAL, True)]
    assert kinds(np.concatenate((sine(425, -15, 1.9), silence(3.0)))) == []


def test_speech_before_a_noisy_dial_tone_is_not_heard_again_within_it() -> None:
    sound = np.concatenate((talk(1.0), sine(425, -15, 4.0)))
    assert kinds(sound + white_noise(-35, len(sound) / tones.RATE_HZ, 6)) == [Tone.VOICE, Tone.DIAL]


def test_ringback() -> None:
    assert kinds(cadence(1.0, 4.0, 2)) == [Tone.RINGBACK]
    assert kinds(cadence(0.8, 3.2, 2)) == [Tone.RINGBACK]


def special(*every_hz: float, on_s: float = 0.33, off_s: float = 0.0) -> Sound:
    return np.concatenate([p for hz in every_hz for p in (sine(hz, -15, on_s), silence(off_s))] + [silence(1.0)])


@pytest.mark.parametrize("off_s", [0.0, 0.02, 0.03])
@pytest.mark.parametrize("off_hz", [-50.0, 0.0, 50.0])
def test_special_information(off_s: float, off_hz: float) -> None:
    assert kinds(special(950 + off_hz, 1400 + off_hz, 1800 + off_hz, off_s=off_s)) == [Tone.SPECIAL_INFORMATION]


@pytest.mark.parametrize(
    "sound",
    [
        special(1400, 950, 1800),
        special(950, 1400),
        special(950, 1400, 1800, off_s=0.2),
        special(950, 1400, 1800, on_s=0.5),
    ],
)
def test_three_other_tones_are_no_special_information(sound: Sound) -> None:
    assert Tone.SPECIAL_INFORMATION not in kinds(sound)


@pytest.mark.parametrize("hz", [1062.0, 1100.0, 1138.0])
def test_a_calling_fax_and_a_calling_modem(hz: float) -> None:
    assert kinds(cadence(0.5, 3.0, 2, hz)) == [Tone.FAX_CALLING]
    assert kinds(cadence(0.6, 1.9, 2, hz + 200 if hz == 1100 else 1300)) == [Tone.DATA_CALLING]
    assert kinds(cadence(0.2, 0.2, 5, hz)) == []


def test_an_answering_fax_and_the_phase_reversals_of_an_answering_modem() -> None:
    assert kinds(sine(2100, -20, 3.0)) == [Tone.ANSWER_TONE]
    reversed_often = np.concatenate([sine(2100, -20, 0.45, phase=np.pi * (k % 2)) for k in range(7)])
    assert Tone.BUSY not in kinds(reversed_often)


# ---------------------------------------------------------------- what is none


def wave(seconds: float, hz: Sequence[float], parts: Sequence[float], level_dbm0: float = -15.0) -> Sound:
    return np.asarray(sum(part * sine(f, level_dbm0, seconds) for f, part in zip(hz, parts, strict=True)))


def swept(from_hz: float, to_hz: float, seconds: float = 0.35) -> Sound:
    every_hz = np.linspace(from_hz, to_hz, tones.count(seconds))
    return tones.peak(-15) * np.sin(2 * np.pi * np.cumsum(every_hz) / tones.RATE_HZ)


def faded(by_db: float, seconds: float = 0.35) -> Sound:
    return sine(425, -15, seconds) * 10 ** (np.linspace(0, by_db, tones.count(seconds)) / 20)


def repeated(*bursts: Sound, pause: Sound | None = None, times: int = 4) -> Sound:
    between = silence(0.35) if pause is None else pause
    return np.concatenate([part for _ in range(times) for burst in bursts for part in (burst, between)])


PLAIN = sine(425, -15, 0.35)
SQUARE = wave(0.35, (425, 1275, 2125, 2975), (1, 1 / 3, 1 / 5, 1 / 7))
WORD = np.concatenate((silence(0.1), talk(0.1, -27), silence(0.15)))
A_VOICE = wave(0.35, (212.5, 425, 637.5), (0.3, 1, 0.3))


NO_EXCHANGE: dict[str, Sound] = {
    "square wave": repeated(SQUARE),
    "partials": repeated(A_VOICE),
    "sweep": repeated(swept(420, 430)),
    "fade": repeated(faded(-6)),
    "two levels": repeated(PLAIN, sine(425, -20, 0.35)),
    "two frequencies": repeated(PLAIN, sine(417, -15, 0.35)),
    "two lengths": repeated(PLAIN, sine(425, -15, 0.30)),
    "short pauses": repeated(PLAIN, pause=silence(0.2)),
    "long pauses": repeated(PLAIN, pause=silence(0.6)),
    "a word in the first pause": np.concatenate((PLAIN, WORD, PLAIN, silence(1.0))),
    "a word in the last pause": np.concatenate((PLAIN, silence(0.35), PLAIN, WORD, silence(1.0))),
    "a pause that is not quiet": repeated(PLAIN, pause=sine(425, -28, 0.35)),
    "two beeps of A4": np.concatenate([sine(440, -15, 0.35), silence(0.35)] * 2 + [silence(2.0)]),
    "three short bursts": np.concatenate([sine(425, -15, 0.1), silence(0.1)] * 3 + [silence(2.0)]),
    "two notes and a voice": np.concatenate((PLAIN, silence(0.35), PLAIN, silence(0.2), talk(1.0))),
    "two notes and a shorter one": np.concatenate(
        (PLAIN, silence(0.35), PLAIN, silence(0.1), sine(425, -15, 0.15), silence(1.0))
    ),
    "too low": repeated(sine(393, -15, 0.35)),
    "too high": repeated(sine(457, -15, 0.35)),
    "too weak": repeated(sine(425, -44, 0.35)),
}


@pytest.mark.parametrize("sound", list(NO_EXCHANGE.values()), ids=list(NO_EXCHANGE))
def test_bursts_that_no_exchange_makes(sound: Sound) -> None:
    assert not {Tone.BUSY, Tone.CONGESTION, Tone.DIAL} & set(kinds(sound))


def test_three_sirens_are_no_special_information() -> None:
    sirens = [swept(hz - 15, hz + 15, 0.33) for hz in (950, 1400, 1800)]
    assert Tone.SPECIAL_INFORMATION not in kinds(np.concatenate((*sirens, silence(1.0))))


@pytest.mark.parametrize("sound", [faded(-12, 3.0), swept(410, 440, 3.0), wave(3.0, (425, 850), (1, 0.45))])
def test_a_note_that_is_held_is_no_dial_tone(sound: Sound) -> None:
    assert Tone.DIAL not in kinds(sound)


def test_a_voice_is_a_voice() -> None:
    assert kinds(talk(4.0)) == [Tone.VOICE]


def test_syllables_and_vowels_that_look_like_a_tone_are_one_voice() -> None:
    syllable = np.concatenate((talk(0.12), sine(425, -15, 0.03), silence(0.06)))
    assert heard(repeated(syllable, pause=silence(0)))[0][0] is Tone.VOICE


def test_a_click_now_and_then_is_no_voice() -> None:
    assert kinds(repeated(talk(0.1), pause=silence(0.25), times=8)) == []


def test_noise_between_bursts_is_no_voice() -> None:
    sound = cadence(0.4, 0.4, 2, level_dbm0=-5)
    found = kinds(sound + white_noise(-25, len(sound) / tones.RATE_HZ, 4))
    assert found == [Tone.BUSY]


@settings(deadline=None)
@given(st.lists(st.integers(1, 700), min_size=1, max_size=40))
def test_the_cutting_of_the_sound_does_not_matter(cuts: list[int]) -> None:
    sound = tones.samples(cadence(0.35, 0.35, 3))
    whole = heard_in(sound, len(sound))
    assert [tone for tone, _ in whole] == [Tone.BUSY]
    detector = ProgressTones()
    at, found = 0, []
    for cut in [*cuts, len(sound)]:
        found += detector.feed(sound[at : at + cut])
        at += cut
    assert [(h.tone, h.at_s) for h in found] == whole
