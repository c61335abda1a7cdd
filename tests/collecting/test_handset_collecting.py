"""The handset: the same talk frame by frame, without a sound card; and what the recorder makes of sound."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from box.collecting.conversation import Event
from box.collecting.corpus_folder import open_corpus
from box.collecting.handset import handset_call, press
from box.collecting.line import Collection
from box.collecting.recorder import AFTER, VolunteerRecorder
from box.collecting.volunteer_call import Collected
from box.dialogue.vocabulary import Question, QuestionKind, SaidIntent, SaidYes
from box.listening.corpus import load_corpus
from box.listening.endpointer import LONGEST, PREROLL
from box.listening.recording import read_answer
from box.listening.vocabulary import CallerSpeaks, Heard
from box.settings import HOME
from firmware.vocabulary import FRAME_SAMPLES, Samples
from tests.collecting.bench import SEED, VOICE, WALL, WORDS, YES, asked, engine, first_number, numbers, spoken
from tests.kit.simulated_clock import SimulatedClock
from tests.kit.tone_words import ToneEngine, said, silence, tone

REPEAT = Question("repeat", QuestionKind.MENU)
CONSENT = Question("consent", QuestionKind.YES_NO)
QUIET_FRAMES = 50
PATIENCE_FRAMES = 50 * 300


class Volunteer:
    """Sits at the handset: hears frames, waits for a second of quiet after the box spoke, then does the next thing."""

    def __init__(self, *acts: Samples | str) -> None:
        self._acts = list(acts)
        self._speech: list[Samples] = []
        self._quiet = 0
        self._spoken_to = False
        self._keys: list[str] = []

    def pressed(self) -> list[str]:
        keys, self._keys = self._keys, []
        return keys

    def frame(self, loudspeaker: Samples) -> Samples:
        """What the microphone brings while ``loudspeaker`` sounds; it hears the room a little too."""
        loud = int(np.abs(loudspeaker).max()) > 100
        self._quiet = 0 if loud else self._quiet + 1
        self._spoken_to = self._spoken_to or loud
        if self._spoken_to and self._quiet == QUIET_FRAMES and self._acts:
            self._spoken_to = False
            act = self._acts.pop(0)
            if isinstance(act, str):
                self._keys.append(act)
            else:
                whole = len(act) // FRAME_SAMPLES * FRAME_SAMPLES
                self._speech = list(act[:whole].reshape(-1, FRAME_SAMPLES))
        room = (loudspeaker // 4 + silence(0.02, 4.0)).astype(np.int16)
        return self._speech.pop(0) + room if self._speech else room


def sit_down(folder: Path, volunteer: Volunteer, count: int) -> list[Collected]:
    done: list[Collected] = []
    with open_corpus(folder) as corpus:
        clock = SimulatedClock(WALL)
        collection = Collection(corpus, VOICE, engine(), clock, count, SEED, done.append, numbers())
        call, exchange = handset_call(collection)
        microphone: Samples = np.zeros(FRAME_SAMPLES, np.int16)
        for _ in range(PATIENCE_FRAMES):
            microphone = volunteer.frame(exchange(microphone))
            press(call, volunteer)
            if call.done:
                return done
    raise AssertionError("the call does not end")


def test_a_call_at_the_handset(tmp_path: Path) -> None:
    things = asked(first_number(), 3)
    sounds = [VOICE.speak([thing.prompt]).samples for thing in things]
    [result] = sit_down(tmp_path, Volunteer(spoken(YES), *sounds), 3)
    assert result == Collected(f"v{first_number()}", True, 3, False)
    clips = load_corpus(tmp_path)
    assert [clip.label for clip in clips] == [thing.label for thing in things]
    assert '"channel":"handset"' in (tmp_path / "labels.json").read_text("utf-8").replace(" ", "")
    for clip, sound in zip(clips, sounds, strict=True):
        kept = read_answer(tmp_path / clip.file)
        assert abs(len(kept) - len(sound)) < 0.9 * 8000, "the answer alone, not the prompt that the room carried"


@pytest.mark.parametrize(("act", "kept", "withdrawn"), [("h", 1, False), ("0", 1, False), ("9", 0, True)])
def test_keys_at_the_handset(tmp_path: Path, act: str, kept: int, withdrawn: bool) -> None:
    sound = spoken("collect.say.readings.3")
    [result] = sit_down(tmp_path, Volunteer("1", sound, act), 5)
    assert (result.kept, result.withdrawn) == (kept, withdrawn)
    assert len(list(tmp_path.glob("*.wav"))) == kept


def test_nobody_at_the_handset(tmp_path: Path) -> None:
    assert [result.consented for result in sit_down(tmp_path, Volunteer(), 5)] == [False]


# ------------------------------------------------------------ the recorder


def record(sound: Samples, words: int = 1, cuts: Iterator[int] | None = None) -> tuple[VolunteerRecorder, list[object]]:
    heard: list[Heard] = []
    recorder = VolunteerRecorder(None, WORDS, heard.append)
    recorder.expect(words)
    recorder.start(REPEAT)
    place = 0
    while place < len(sound):
        size = next(cuts) if cuts is not None else FRAME_SAMPLES
        recorder.feed(sound[place : place + size])
        place += size
    return recorder, [each.event for each in heard]


def with_quiet(sound: Samples, before_s: float = 1.0, after_s: float = 2.0) -> Samples:
    return np.concatenate((silence(before_s), sound, silence(after_s)))


def test_the_take_has_the_speech_with_its_pre_roll_and_what_follows() -> None:
    sound = with_quiet(tone(500, 0.6))
    recorder, events = record(sound)
    assert events == [CallerSpeaks(), SaidIntent(Event.GOOD.value)]
    assert recorder.take is not None
    found = np.flatnonzero(np.abs(recorder.take) > 4000)
    assert PREROLL - 400 <= found[0] <= PREROLL + 400
    assert AFTER - 400 <= len(recorder.take) - found[-1] <= AFTER + 400


@given(st.integers(0, 10**9))
@settings(deadline=None, max_examples=15)
def test_pieces_of_any_size_record_the_same(seed: int) -> None:
    sound = with_quiet(said("один два"))
    rng = random.Random(seed)
    whole, events = record(sound, 2)
    cut, cut_events = record(sound, 2, iter(lambda: rng.choice((1, 37, 160, 800)), 0))
    assert events == cut_events
    assert whole.take is not None
    assert cut.take is not None
    assert np.array_equal(whole.take, cut.take)


@pytest.mark.parametrize(
    ("sound", "words", "verdict"),
    [
        (tone(500, 0.6, peak=100.0), 1, Event.TOO_QUIET),
        (np.sign(tone(500, 0.6)).astype(np.int16) * 32767, 1, Event.TOO_LOUD),
        (tone(500, 0.25), 5, Event.TOO_SHORT),
        (said("один " * int(LONGEST / 8000 / 0.4 + 3)), 1, Event.TOO_SHORT),
    ],
)
def test_what_cannot_be_kept_is_named_and_not_there(sound: Samples, words: int, verdict: Event) -> None:
    recorder, events = record(with_quiet(sound), words)
    assert events[-1] == SaidIntent(verdict.value)
    assert recorder.take is None


def test_a_pause_inside_a_row_does_not_end_it() -> None:
    row = np.concatenate((said("один"), silence(1.2), said("два")))
    recorder, events = record(with_quiet(row), 2)
    assert events[-1] == SaidIntent(Event.GOOD.value)
    assert recorder.take is not None
    assert len(recorder.take) > 1.7 * 8000


def test_long_silence_is_forgotten_before_the_speech() -> None:
    recorder, _ = record(with_quiet(tone(500, 0.6), before_s=40.0))
    assert recorder.take is not None
    found = np.flatnonzero(np.abs(recorder.take) > 4000)
    assert PREROLL - 400 <= found[0] <= PREROLL + 400


def test_silence_is_no_event_and_what_follows_the_take_is_not_heard() -> None:
    assert record(silence(5.0))[1] == []
    _, events = record(np.concatenate((with_quiet(tone(500, 0.5)), tone(700, 0.5), silence(1.0))))
    assert len(events) == 2


def test_a_yes_is_told_from_a_pressed_one() -> None:
    heard: list[Heard] = []
    recorder = VolunteerRecorder(ToneEngine(), WORDS, heard.append)
    turn = recorder.start(CONSENT)
    recorder.feed(with_quiet(said("да")))
    assert [(each.turn, each.event) for each in heard][-1] == (turn, SaidYes())
    assert recorder.said_yes
    recorder.start(CONSENT)
    assert not recorder.said_yes


def test_key_pressing_ends_a_recording_without_a_take() -> None:
    heard: list[Heard] = []
    recorder = VolunteerRecorder(None, WORDS, heard.append)
    recorder.start(REPEAT)
    recorder.feed(np.concatenate((silence(1.0), tone(500, 0.5))))
    recorder.key_pressed()
    recorder.feed(silence(2.0))
    assert recorder.take is None
    assert not any(isinstance(each.event, SaidIntent) for each in heard)


def test_the_sound_card_stays_in_one_place() -> None:
    sources = (HOME / "box" / "collecting").glob("*.py")
    assert not any("import sounddevice" in path.read_text("utf-8") for path in sources)
