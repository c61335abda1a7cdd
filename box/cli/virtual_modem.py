"""``linebox virtual-modem``: a voice modem with a telephone line behind it, for any program that uses a serial port."""

from __future__ import annotations

import dataclasses
import itertools
import json
import signal
import sys
import threading
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from box.cli.errors import one_line_errors

if TYPE_CHECKING:
    from firmware.virtual.line_plan import LinePlan
    from firmware.virtual.run import VirtualLine, Watcher

_LOOK_S = 0.1
_QUIET_AFTER_CALLS_S = 2.0  # the program on the port may still be saying goodbye


@click.command(
    epilog="Example: ./linebox virtual-modem --link ~/ttyLB0 --profile conexant --line call.toml --record-line call.wav"
)
@click.option("--link", required=True, type=click.Path(path_type=Path), help="Where the port shall appear.")
@click.option("--profile", default="generic", show_default=True, help="Model: generic, conexant or usr5637.")
@click.option("--line", "line_file", type=click.Path(path_type=Path), help="Who calls, says and presses what (TOML).")
@click.option("--record-line", type=click.Path(path_type=Path), help="Stereo WAV: caller left, box right.")
@click.option("--calls", type=click.IntRange(min=1), help="So many calls, going round those of the line file.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of the line's noise.")
def virtual_modem(
    link: Path, profile: str, line_file: Path | None, record_line: Path | None, calls: int | None, seed: int
) -> None:
    """Run a software voice modem at --link until the scripted calls are over, or until Ctrl-C. Prints what happens, one
    JSON object a line. Without --line nobody calls and the line gives dial tone."""
    from firmware.virtual.errors import LineFileWrong, VirtualError

    try:
        with one_line_errors():
            _run(link, profile, _plan(line_file, calls), record_line, seed)
    except LineFileWrong as error:
        _fail(error.problems)
    except VirtualError as error:
        _fail([str(error)])


def _fail(problems: list[str]) -> None:
    for problem in problems:
        click.echo(f"linebox: {problem}", err=True)
    sys.exit(2)


def _plan(line_file: Path | None, calls: int | None) -> LinePlan:
    from firmware.virtual.line_file import load_line
    from firmware.virtual.line_plan import LinePlan

    if line_file is None and calls is None:
        return LinePlan(calls=())
    plan = LinePlan() if line_file is None else load_line(line_file)
    if calls is None:
        return plan
    return dataclasses.replace(plan, calls=tuple(itertools.islice(itertools.cycle(plan.calls), calls)))


def _run(link: Path, profile: str, plan: LinePlan, record_line: Path | None, seed: int) -> None:
    from firmware.virtual.exchange import Exchange
    from firmware.virtual.run import VirtualLine
    from firmware.virtual.sound_files import LineRecorder

    stopping = threading.Event()
    with ExitStack() as stack:
        for number in (signal.SIGINT, signal.SIGTERM):
            stack.callback(signal.signal, number, signal.signal(number, lambda *_: stopping.set()))
        recorder = None
        if record_line is not None:
            recorder = LineRecorder(record_line)
            stack.callback(recorder.close)
        start = time.monotonic()
        exchange = Exchange(plan, start=start, seed=seed, recorder=recorder)
        line = VirtualLine(link, profile, exchange, _printer(start), start_s=start)
        line.start()
        stack.callback(line.stop)
        click.echo(json.dumps({"at_s": 0.0, "monotonic_s": round(start, 4), "event": "ready", "link": str(link)}))
        _wait(line, stopping, bool(plan.calls))


def _wait(line: VirtualLine, stopping: threading.Event, ends_by_itself: bool) -> None:
    quiet_s = 0.0
    while not stopping.wait(_LOOK_S) and line.running:
        quiet_s = quiet_s + _LOOK_S if ends_by_itself and line.finished else 0.0
        if quiet_s > _QUIET_AFTER_CALLS_S:
            return


def _printer(start: float) -> Watcher:
    from firmware.virtual.event_lines import event_line

    return lambda happened: click.echo(event_line(happened, start))
