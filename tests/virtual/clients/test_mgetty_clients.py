"""Debian's vm and vgetty, unchanged, against the virtual modem over a real pty: every sample of theirs counts."""

from __future__ import annotations

import random
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from firmware.virtual import modem_events as told
from firmware.virtual.line import CallerIdBlock
from firmware.virtual.modem import VirtualModem
from firmware.virtual.modem_profiles import load_profile
from firmware.virtual.pty_shell import VirtualModemPty
from tests.kit import tones
from tests.kit.mgetty_room import MgettyRoom, read_rmd, why_not, write_rmd
from tests.kit.scripted_line import ScriptedLine
from tests.kit.second_g711 import ulaw_to_linear

pytestmark = pytest.mark.line

ULAW = np.array([ulaw_to_linear(code) for code in range(256)], dtype=np.int16)
VGETTYS_ULAW = 10


def needs(program: str) -> pytest.MarkDecorator:
    reason = why_not(program)
    return pytest.mark.skipif(reason is not None, reason=reason or "")


@contextmanager
def modem_on(room: MgettyRoom, line: ScriptedLine, log: list[told.ModemEvent]) -> Iterator[None]:
    modem = VirtualModem(load_profile("generic"), line, time.monotonic())
    shell = VirtualModemPty(room.port, modem, log.append)
    shell.start()
    try:
        yield
    finally:
        shell.stop()


def every_byte_and_runs_of_dle(seed: int, size: int) -> bytes:
    """Sound of a file: all byte values, 0x10 often and in runs, 0x10 0x03 and 0x10 0x18 among them."""
    source = random.Random(seed)
    pieces = [bytes(range(256)), b"\x10\x03", b"\x10\x18", b"\x10\x10\x10", b"\x10"]
    sound = b"".join(source.choice(pieces) + source.randbytes(40) for _ in range(size // 40))
    return sound[:size]


def voice_in_ulaw(seed: int, seconds: float) -> NDArray[np.int16]:
    """What the line carries: noise of values that mu-law can express, all of them, so that nothing may be lost."""
    codes = np.random.default_rng(seed).integers(0, 256, round(8000 * seconds))
    return ULAW[codes]


def assert_recorded(sound: bytes, line: ScriptedLine, at_least_s: float) -> None:
    """The recording is an unbroken stretch of what the line carried, exact to the sample."""
    assert len(sound) > 8000 * at_least_s
    assert sound.count(0x10) > 10, "the recording has no sample that looks like <DLE>"
    assert ULAW[np.frombuffer(sound, np.uint8)].tobytes() in line.carried_sound().tobytes()


@needs("vm")
def test_vm_play(tmp_path: Path) -> None:
    room, line, log = MgettyRoom(tmp_path), ScriptedLine(), []
    sound = every_byte_and_runs_of_dle(1, 16000)
    write_rmd(tmp_path / "hello.rmd", sound, VGETTYS_ULAW)
    with modem_on(room, line, log):
        done = room.run("vm", "play", "-v", "-l", room.port.name, str(tmp_path / "hello.rmd"), timeout_s=15)
    assert done.returncode == 0, done.stderr + room.logs()
    assert ULAW[np.frombuffer(sound, np.uint8)].tobytes() in line.sent_sound().tobytes(), room.logs()
    assert [event.samples for event in log if isinstance(event, told.TransmitEnded)] == [16000]


@needs("vm")
def test_vm_record(tmp_path: Path) -> None:
    room, line, log = MgettyRoom(tmp_path, longest_s=2), ScriptedLine(voice_in_ulaw(2, 10)), []
    with modem_on(room, line, log):
        done = room.run("vm", "record", "-c", "10", "-l", room.port.name, str(tmp_path / "said.rmd"), timeout_s=15)
    assert done.returncode == 0, done.stderr + room.logs()
    compression, bits, sound = read_rmd(tmp_path / "said.rmd")
    assert (compression, bits) == (VGETTYS_ULAW, 8)
    assert_recorded(sound, line, 1.0)


@needs("vm")
def test_vm_reads_a_key(tmp_path: Path) -> None:
    """vm counts a shielded digit once, however often it is repeated inside."""
    sound = np.concatenate([tones.silence(1.0), tones.key_tone("5", 0.5), tones.silence(5.0)])
    room, line, log = MgettyRoom(tmp_path), ScriptedLine(tones.samples(sound)), []
    with modem_on(room, line, log):
        done = room.run("vm", "wait", "-P", "-l", room.port.name, "6", timeout_s=15)
    assert done.stdout.strip() == "5", done.stderr + room.logs()
    assert [event.key for event in log if isinstance(event, told.KeyReported)] == ["5"]


@needs("vgetty")
def test_vgetty_takes_a_call_plays_beeps_and_records(tmp_path: Path) -> None:
    room = MgettyRoom(tmp_path, longest_s=2)
    greeting = every_byte_and_runs_of_dle(3, 12000)
    write_rmd(tmp_path / "spool/messages/standard.rmd", greeting, VGETTYS_ULAW)
    # vgetty needs some seconds to find and set up its modem, then answers the second ring that it hears.
    rings = [(200 + 80 * number, 220 + 80 * number) for number in range(12)]
    caller = CallerIdBlock("0705", "1230", "4995550101")
    line, log = ScriptedLine(voice_in_ulaw(4, 30), rings, caller), []
    with modem_on(room, line, log):
        done = room.run("vgetty", "-x", "9", room.port.name, timeout_s=30)
    assert done.returncode == 0, done.stderr + room.logs()
    sent = line.sent_sound()
    played = ULAW[np.frombuffer(greeting, np.uint8)].tobytes()
    assert played in sent.tobytes(), room.logs()
    beep = sent[sent.tobytes().index(played) // 2 + len(greeting) :]
    assert np.count_nonzero(beep) > 1000, "the beep is missing"
    (recording,) = (tmp_path / "spool/incoming").glob("v-*.rmd")
    assert recording.name.endswith("-4995550101.rmd"), "vgetty did not read the caller's number"
    assert_recorded(read_rmd(recording)[2], line, 1.0)
    hooks = [type(event) for event in log if isinstance(event, told.OffHook | told.OnHook)]
    assert hooks == [told.OffHook, told.OnHook]


def test_a_room_ends_only_its_own_program(tmp_path: Path) -> None:
    reason = why_not("vm")
    if reason:
        pytest.skip(reason)
    with pytest.raises(subprocess.TimeoutExpired):
        MgettyRoom(tmp_path).run("sleep", "5", timeout_s=0.2)
