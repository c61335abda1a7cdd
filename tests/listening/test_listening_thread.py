"""The recogniser's thread: reports come from it in order, and a turn that is over is silent."""

from __future__ import annotations

import queue
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from box.dialogue.vocabulary import Question, QuestionKind, SaidYes
from box.listening.decision import Alternative
from box.listening.vocabulary import CallerFellSilent, CallerSpeaks, Heard, SpokenPart
from box.listening.worker import ListeningThread
from box.understanding.words import load_words
from firmware.vocabulary import Samples
from tests.kit.tone_words import ToneDecoder, ToneEngine, said, silence

WORDS = load_words(Path(__file__).resolve().parents[2] / "config" / "intents.toml")
YES_NO = Question("q", QuestionKind.YES_NO)
READING = Question("q", QuestionKind.DIGITS, length=5)
YES = np.concatenate((silence(0.3), said("да"), silence(0.7)))
PATIENCE_S = 60.0


class FaultyEngine(ToneEngine):
    """Breaks in its first utterance."""

    def decoder(self, question: Question) -> ToneDecoder:
        if not self.decoders:
            self.decoders.append(_Broken())
            return self.decoders[0]
        return super().decoder(question)


class _Broken(ToneDecoder):
    def result(self) -> Sequence[Alternative]:
        raise RuntimeError("as a library fails")


class Bench:
    """A recogniser whose reports are collected."""

    def __init__(self, engine: ToneEngine) -> None:
        self.reports: queue.SimpleQueue[Heard] = queue.SimpleQueue()
        self.recogniser = ListeningThread(engine, WORDS, self.reports.put)

    def feed(self, sound: Samples, piece: int = 160) -> None:
        for place in range(0, len(sound), piece):
            self.recogniser.feed(sound[place : place + piece])

    def next(self) -> Heard:
        return self.reports.get(timeout=PATIENCE_S)


@pytest.fixture
def bench() -> Iterator[Bench]:
    bench = Bench(ToneEngine())
    yield bench
    bench.recogniser.close()


def test_an_answer_comes_with_its_turn(bench: Bench) -> None:
    turn = bench.recogniser.start(YES_NO)
    bench.feed(YES)
    assert bench.next() == Heard(turn, CallerSpeaks())
    assert bench.next() == Heard(turn, SaidYes())


def test_what_was_said_in_a_turn_that_is_over_is_never_reported(bench: Bench) -> None:
    for _ in range(20):
        bench.recogniser.start(YES_NO)
        bench.feed(YES)
        bench.recogniser.stop()
        bench.feed(YES)  # between turns nobody listens
    turn = bench.recogniser.start(READING)
    bench.feed(np.concatenate((silence(0.3), said("ноль один пять семь восемь"), silence(0.7))))
    while (report := bench.next()).turn != turn:
        pass  # reported while its turn still was: the line drops it by its number
    assert report.event == CallerSpeaks()
    assert isinstance(bench.next().event, SpokenPart)
    assert bench.reports.empty()


def test_a_key_ends_what_is_being_said(bench: Bench) -> None:
    turn = bench.recogniser.start(READING)
    bench.feed(np.concatenate((silence(0.3), said("ноль один"), silence(0.3))))
    bench.recogniser.key_pressed()
    assert bench.next() == Heard(turn, CallerSpeaks())
    report = bench.next()
    assert isinstance(report.event, SpokenPart)
    assert len(report.event.row) == 2


def test_a_key_alone_is_reported_as_silence_or_not_at_all(bench: Bench) -> None:
    bench.recogniser.start(READING)
    bench.feed(silence(0.5))
    bench.recogniser.key_pressed()
    turn = bench.recogniser.start(YES_NO)
    bench.feed(YES)
    reports = [bench.next(), bench.next()]
    assert [report.turn for report in reports] == [turn, turn]
    assert CallerFellSilent() not in [report.event for report in reports]


def test_a_fault_of_the_engine_costs_one_answer(caplog: pytest.LogCaptureFixture) -> None:
    bench = Bench(FaultyEngine())
    bench.recogniser.start(YES_NO)
    bench.feed(YES)
    assert bench.next().event == CallerSpeaks()
    turn = bench.recogniser.start(YES_NO)
    bench.feed(YES)
    assert [bench.next(), bench.next()] == [Heard(turn, CallerSpeaks()), Heard(turn, SaidYes())]
    bench.recogniser.close()


def test_closing_ends_the_thread_and_nothing_is_reported_after_it(bench: Bench) -> None:
    bench.recogniser.start(YES_NO)
    bench.recogniser.close()
    bench.feed(YES)
    assert bench.reports.empty()
    assert bench.recogniser.start(YES_NO) > 1
