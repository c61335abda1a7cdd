"""Dumps: short, masked, and good enough to be replayed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.errors import Misuse, TranscriptWrong
from firmware.flight_recorder import FlightRecorder
from firmware.link_table import State
from firmware.transcript import command_text, read_command, read_transcript
from firmware.vocabulary import (
    CallerIdReceived,
    DialKey,
    Flash,
    KeyPressed,
    LineCommand,
    LinkFailed,
    Listen,
    Open,
    Pause,
    Play,
    ReleaseLine,
    SendTones,
    StopListening,
    StopPlaying,
    TakeLine,
)
from tests.kit.feeding import one_by_one
from tests.kit.hand_modem import Bench, ready
from tests.kit.replay import check

SECOND = np.zeros(8000, np.int16)
CALLER = b"\r\nDATE = 1122\r\nNMBR = 84995550143\r\nNAME = SOMEBODY\r\nMESG = 0A2B\r\n"


def a_call(bench: Bench) -> None:
    bench.hear(b"\r\nRING\r\n" + CALLER)
    bench.run(1.5)
    bench.command(TakeLine())
    bench.run(2)
    bench.command(Play(SECOND))
    bench.run(0.4)
    bench.hear(b"\x10/\x107\x10~")
    bench.command(StopPlaying())
    bench.command(Listen())
    bench.run(0.1)
    for _ in range(20):
        bench.hear(b"\xff" * 160)
        bench.run(0.02)
    bench.hear(b"\x10/\x108\x108\x10~")
    bench.command(SendTones((Flash(0.3), Pause(1.0), DialKey("1"))))
    bench.command(ReleaseLine())
    bench.run(3)


def recorded(capacity: int = 600, **more: object) -> tuple[Bench, FlightRecorder]:
    recorder = FlightRecorder(capacity)
    return ready(recorder=recorder, **more), recorder


def read(recorder: FlightRecorder, *, keep_personal: bool = False) -> str:
    return recorder.dump(keep_personal=keep_personal)


@pytest.mark.parametrize("keep_personal", [False, True])
def test_the_dump_of_a_call_is_a_test(keep_personal: bool) -> None:
    bench, recorder = recorded()
    a_call(bench)
    transcript = read_transcript(recorder.dump(keep_personal=keep_personal, comment="from a test"), "dump")
    assert transcript.complete
    check(transcript)


def test_the_dump_of_a_failure_is_a_test() -> None:
    bench, recorder = recorded()
    bench.hear(b"\r\nRING\r\n")
    bench.command(TakeLine())
    bench.run(2)
    bench.command(Listen())
    bench.run(20)
    assert bench.of(LinkFailed)
    check(read_transcript(recorder.dump(), "dump"))


def test_nobody_is_named_unless_asked_for() -> None:
    bench, recorder = recorded()
    a_call(bench)
    assert bench.of(CallerIdReceived)[0].number == "84995550143"
    assert [event.key for event in bench.of(KeyPressed)] == ["7", "8"]
    masked, kept = recorder.dump(), recorder.dump(keep_personal=True)
    for secret in ("84995550143", "SOMEBODY", "0A2B", "\\x107", "\\x108", "key=7", "key=8"):
        assert secret in kept
        assert secret not in masked
    assert "NMBR = 00000000000" in masked
    assert "number=00000000000" in masked
    assert "personal masked" in masked
    assert len(masked) == len(kept) + len("masked") - len("kept")


def test_a_number_cut_by_reads_is_masked_as_well() -> None:
    bench, recorder = recorded(cutting=one_by_one)
    a_call(bench)
    masked = "".join(line.partition(' "')[2].rstrip('"') for line in recorder.dump().splitlines() if " < " in line)
    kept = "".join(line.partition(' "')[2].rstrip('"') for line in read(recorder, keep_personal=True).splitlines())
    assert "84995550143" in kept
    assert "84995550143" not in masked
    assert "NMBR = 00000000000" in masked
    assert "\\x107" not in masked


@pytest.mark.parametrize("value", [b"P", b"O", b"PRIVATE", b"OUT OF AREA"])
def test_a_withheld_number_stays_withheld(value: bytes) -> None:
    bench, recorder = recorded()
    bench.hear(b"\r\nRING\r\n\r\nNMBR = " + value + b"\r\n")
    bench.run(2)
    assert f"NMBR = {value.decode()}" in recorder.dump()
    check(read_transcript(recorder.dump(), "dump"))


def test_sound_is_a_length() -> None:
    bench, recorder = recorded()
    a_call(bench)
    assert "\n".join(line for line in recorder.dump().splitlines() if "< sound 3200 over 0.38" in line)
    assert len(recorder.dump()) < 10_000


def test_old_calls_are_forgotten_and_the_rest_still_replays() -> None:
    bench, recorder = recorded(capacity=120)
    for _ in range(8):
        a_call(bench)
        bench.run(5000)  # half a day of checks in between
    text = recorder.dump()
    transcript = read_transcript(text, "dump")
    assert transcript.complete
    assert sum(entry.text == "TakeLine" for entry in transcript.entries) == 1
    assert text.splitlines()[3].startswith("0.000000 ! Open")
    check(transcript)


def test_a_call_longer_than_the_record_says_so() -> None:
    bench, recorder = recorded(capacity=50)
    bench.hear(b"\r\nRING\r\n")
    bench.command(TakeLine())
    bench.run(2)
    for _ in range(30):
        bench.command(Play(SECOND[:160]))
        bench.run(1)
    transcript = read_transcript(recorder.dump(), "dump")
    assert not transcript.complete
    with pytest.raises(AssertionError, match="not replayed"):
        check(transcript)


def test_open_begins_the_record_anew() -> None:
    bench, recorder = recorded()
    first = recorder.dump()
    a_call(bench)
    bench.command(Open())
    bench.run(10)
    assert len(recorder.dump().splitlines()) == len(first.splitlines())


def test_an_empty_record() -> None:
    assert not read_transcript(FlightRecorder().dump(), "dump").entries


@given(
    st.lists(
        st.one_of(
            st.sampled_from(
                [
                    Play(SECOND[:3000]),
                    StopPlaying(),
                    Listen(),
                    StopListening(),
                    SendTones((Flash(0.3),)),
                    ReleaseLine(),
                    TakeLine(),
                ]
            ),
            st.sampled_from(
                [b"\r\nRING\r\n", b"\r\nOK\r\n", b"\x10/\x105\x10~", b"\x10b", b"\r\nBUSY\r\n", b"\xff" * 80]
            ),
            st.floats(min_value=0.001, max_value=3),
        ),
        max_size=25,
    )
)
@settings(max_examples=100)
def test_whatever_was_recorded_replays(steps: list[LineCommand | bytes | float]) -> None:
    bench, recorder = recorded()
    for step in steps:
        bench.run(0.0011)  # two happenings at the very same moment have no order in the text
        try:
            if isinstance(step, bytes):
                bench.hear(step if bench.link.state is State.LISTENING or step[:1] != b"\xff" else b"")
            elif isinstance(step, float):
                bench.run(step)
            else:
                bench.command(step)
        except Misuse:
            continue  # refused, so it has no part in what happened
    check(read_transcript(recorder.dump(keep_personal=True), "dump"))


# ---------------------------------------------------------------- the text


@pytest.mark.parametrize(
    "command",
    [
        TakeLine(),
        StopPlaying(),
        Listen(),
        StopListening(),
        ReleaseLine(),
        SendTones((Flash(0.3), Pause(1.0), DialKey("1", 0.1), DialKey("#", 0.05))),
    ],
)
def test_commands_survive_the_text(command: LineCommand) -> None:
    assert read_command(command_text(command)) == command


def test_a_play_survives_as_its_length() -> None:
    command = read_command(command_text(Play(SECOND)))
    assert isinstance(command, Play)
    assert len(command.samples) == 8000


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "line 1: wanted 'linebox transcript 1'"),
        ("something else\n", "line 1: wanted"),
        ("linebox transcript 1\nhello\n", "line 2: wanted a time"),
        ("linebox transcript 1\n0.0 ! Dance\n", "line 2: 'Dance' is no command"),
        ("linebox transcript 1\n0.0 ! SendTones {!,30},rest\n", "line 2: 'SendTones"),
        ('linebox transcript 1\n0.0 < "unfinished\n', 'line 2: wanted "bytes" or'),
        ('linebox transcript 1\n0.0 < "\\q"\n', 'line 2: wanted "bytes" or'),
        ("linebox transcript 1\n0.0 < sound many\n", 'line 2: wanted "bytes" or'),
        ('linebox transcript 1\n2.0 < "a"\n1.0 < "b"\n', "line 3: goes back in time"),
    ],
)
def test_a_broken_transcript_is_named(text: str, words: str) -> None:
    with pytest.raises(TranscriptWrong) as caught:
        read_transcript(text, "dump.txt")
    assert str(caught.value).startswith("dump.txt: ")
    assert words in str(caught.value)


@given(st.binary(max_size=60))
def test_bytes_survive_the_text(data: bytes) -> None:
    recorder = FlightRecorder()
    recorder.received(data + b"!", 1.0)
    (entry,) = read_transcript(recorder.dump(keep_personal=True), "dump").entries
    assert entry.data == data + b"!"
