"""Line and scenario files: what happens on a virtual line, read from TOML into a LinePlan.

All mistakes of a file are told at once. The tables ``world``, ``expect`` and ``settings`` and the texts ``title``,
``gloss`` and ``proves`` of a scenario belong to the rehearsal and are passed over here.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from firmware.virtual.caller_voice import VOICES, CallerVoice, load_voice
from firmware.virtual.errors import LineFileWrong, SoundFileWrong
from firmware.virtual.line import LineSamples
from firmware.virtual.line_plan import (
    DEFAULT_QUIET_S,
    Action,
    AfterCaller,
    CallPlan,
    ExtensionBehaviour,
    ExtensionPlan,
    HangUp,
    Impairment,
    LinePlan,
    Press,
    Speak,
    StaySilent,
    Step,
    Wait,
)
from firmware.virtual.mouth import PAUSE_KEY
from firmware.virtual.sound_files import read_speech
from firmware.virtual.toml_table import TOP, TomlTable
from firmware.virtual.tones import KEYS

OTHERS_KEYS = ("title", "gloss", "proves", "world", "settings", "expect")

MAX_FILE_BYTES = 1_000_000
MAX_REPEAT = 1000
MAX_SPOKEN_DIGITS = 30
DIGITS = "0123456789"

_CALLERS = ("caller", "withheld", "unavailable")
_ACTIONS = ("press", "say", "say_digits", "silence_s", "hang_up")
_PRESS_ONLY = ("tone_ms", "gap_ms", "level_dbm0")
_SOUND_FILE = ".wav"
_NO_SOUND: LineSamples = np.zeros(0, np.int16)

DEFAULT_DIGIT_GAP_S = 0.25
"""Between digits that are said strictly one at a time."""


@dataclass(frozen=True, slots=True)
class _Sounds:
    """Where the caller's speech comes from: files beside the line file, or recordings of one voice. ``voice_named``
    without a voice: the file names one that cannot be used, which has been told already."""

    folder: Path
    voice: CallerVoice | None
    voice_named: bool


def load_line(path: Path, voices: Path = VOICES) -> LinePlan:
    """The plan of a file; sound files are looked for beside it, voices in ``voices``. LineFileWrong tells every
    mistake."""
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise LineFileWrong([f"{path}: larger than {MAX_FILE_BYTES} bytes; this is no line file"])
        text = path.read_text(encoding="utf-8-sig")
        parsed = tomllib.loads(text)
    except OSError as error:
        raise LineFileWrong([f"{path}: {error.strerror or error}"]) from error
    except UnicodeDecodeError as error:
        raise LineFileWrong([f"{path}: not UTF-8 text (byte {error.start})"]) from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise LineFileWrong([f"{path}: not TOML: {error}"]) from error
    problems: list[str] = []
    plan = _line_plan(TomlTable(TOP, parsed, problems), path.parent, voices, problems)
    if problems:
        raise LineFileWrong([f"{path.name}: {problem}" for problem in problems])
    return plan


def _line_plan(top: TomlTable, folder: Path, voices: Path, problems: list[str]) -> LinePlan:
    line = TomlTable("[line]", {} if (table := top.raw("line")) is None else table, problems)
    sounds = _Sounds(folder, _voice(line, voices, problems), line.has("voice"))
    steps = _steps(top.tables("caller"), sounds)
    plan = LinePlan(
        calls=_calls(top, _call(line, CallPlan(steps=steps)), sounds) * line.whole("repeat", 1, 1, MAX_REPEAT),
        first_call_after_s=line.number("first_call_after_s", 1.0, 0, 3600),
        pause_s=line.number("pause_s", 3.0, 0.1, 3600),
        ring_on_s=line.number("ring_on_s", 1.0, 0.1, 10),
        ring_off_s=line.number("ring_off_s", 4.0, 1.0, 10),
        caller_id_after_ring=line.whole("caller_id_after_ring", 1, 0, 9),
        month_day=line.text("month_day", "0101", DIGITS, 4, 4),
        hour_minute=line.text("hour_minute", "0000", DIGITS, 4, 4),
        extension=_extension(line, sounds, problems),
        flash_min_s=line.number("flash_min_s", 0.080, 0.020, 2),
        flash_max_s=line.number("flash_max_s", 0.900, 0.020, 2),
        after_caller=line.choice("after_caller", AfterCaller, AfterCaller.BUSY),
        impairment=_impairment(line),
    )
    if plan.flash_min_s > plan.flash_max_s:
        line.complain(f"flash_min_s ({plan.flash_min_s:g}) is more than flash_max_s ({plan.flash_max_s:g})")
    line.done()
    top.done(ignored=OTHERS_KEYS)
    return plan


def _voice(line: TomlTable, voices: Path, problems: list[str]) -> CallerVoice | None:
    """The caller's voice, None for one who only presses keys."""
    name = line.text("voice", "", shortest=1)
    if not name:
        return None
    try:
        return load_voice(name, voices)
    except LineFileWrong as error:
        problems += error.problems
        return None


def _calls(top: TomlTable, base: CallPlan, sounds: _Sounds) -> tuple[CallPlan, ...]:
    """The [[call]] tables, each with what [line] says unless it says otherwise; without them one call."""
    calls = []
    for table in top.tables("call"):
        call = _call(table, base)
        if table.has("step"):
            call = replace(call, steps=_steps(table.tables("step"), sounds))
        table.done()
        calls.append(call)
    return tuple(calls) or (base,)


def _call(table: TomlTable, base: CallPlan) -> CallPlan:
    """Who calls, from [line] or one [[call]]."""
    said = table.present(_CALLERS)
    if len(said) > 1:
        table.complain(f"{' and '.join(said)} exclude each other")
    number = table.text("caller", "", DIGITS, 3, 15)
    withheld, unavailable = table.flag("withheld", False), table.flag("unavailable", False)
    if said:
        base = replace(base, number=number or None, withheld=withheld, unavailable=unavailable)
    return replace(base, answer_within_s=table.number("answer_within_s", base.answer_within_s, 0.1, 3600))


def _extension(line: TomlTable, sounds: _Sounds, problems: list[str]) -> ExtensionPlan | None:
    if not line.has("extension"):
        return None
    table = TomlTable("[line] extension", line.raw("extension"), problems)
    number = table.text("number", "", DIGITS + "*#", 1, 20)
    if not table.has("number"):
        table.complain('number is missing, e.g. number = "12"')
    plan = ExtensionPlan(
        number=number,
        behaviour=table.choice("behaviour", ExtensionBehaviour, ExtensionBehaviour.ANSWERS),
        answer_after_s=table.number("answer_after_s", 6.0, 0, 600),
        talk_s=table.number("talk_s", 5.0, 0.1, 600),
        ring_for_s=table.number("ring_for_s", 30.0, 1, 600),
        greeting=_said(table, "say", sounds),
    )
    table.done()
    return plan


def _impairment(line: TomlTable) -> Impairment:
    return Impairment(
        attenuation_db=line.number("attenuation_db", 0.0, 0, 40),
        noise_dbm0=line.optional_number("noise_dbm0", -90, 0),
        hum_dbm0=line.optional_number("hum_dbm0", -90, 0),
        echo_db=line.optional_number("echo_db", 0, 60),
        echo_delay_s=line.number("echo_delay_s", 0.0, 0, 1),
    )


# ---------------------------------------------------------------- steps of a caller


def _steps(tables: list[TomlTable], sounds: _Sounds) -> tuple[Step, ...]:
    steps: list[Step] = []
    for table in tables:
        repeat = table.whole("repeat", 1, 1, MAX_REPEAT)
        table.text("comment", "")
        step = Step(
            wait=table.optional_choice("wait", Wait),
            action=_action(table, sounds),
            quiet_s=table.number("quiet_s", DEFAULT_QUIET_S, 0.1, 60),
            after_s=table.number("after_s", 0.0, 0, 600),
            timeout_s=table.number("timeout_s", 60.0, 0.1, 3600),
            id=table.text("id", "", longest=80),
        )
        if table.has("quiet_s") and step.wait is not Wait.QUESTION:
            table.complain('quiet_s goes with wait = "question"')
        table.done()
        steps += [step] * repeat
    return tuple(steps)


def _action(table: TomlTable, sounds: _Sounds) -> Action | None:
    chosen = table.present(_ACTIONS)
    if len(chosen) > 1:
        table.complain(f"one action a step, not {' and '.join(chosen)}; make {len(chosen)} steps of it")
    # Every key is read, so that a wrong value is told beside a wrong choice.
    actions: dict[str, Action | None] = {
        "press": _press(table),
        "say": Speak(_said(table, "say", sounds), table.text("text", "") or table.text("say", "")),
        "say_digits": _digits(table, sounds),
        "silence_s": StaySilent(table.number("silence_s", 0.0, 0, 3600)),
        "hang_up": HangUp() if table.flag("hang_up", False) else None,
    }
    if table.has("text") and "say" not in chosen:
        table.complain("text tells what say speaks; there is no say")
    return actions[chosen[0]] if chosen else None


def _press(table: TomlTable) -> Press:
    keys = table.text("press", KEYS[0], KEYS + PAUSE_KEY, 1, 200)
    if not set(keys) - {PAUSE_KEY}:
        table.complain("press: there is no key in it; a pause alone is silence_s")
    without = table.present(_PRESS_ONLY)
    if without and not table.has("press"):
        table.complain(f"{' and '.join(without)} goes with press; there is none")
    return Press(
        keys=keys,
        tone_s=table.number("tone_ms", 100, 10, 10_000) / 1000,
        gap_s=table.number("gap_ms", 100, 0, 10_000) / 1000,
        level_dbm0=table.number("level_dbm0", -10.0, -60, 0),
    )


def _said(table: TomlTable, key: str, sounds: _Sounds) -> LineSamples:
    """A sound file, or the voice's recording of a text."""
    said = table.text(key, "", shortest=1)
    if not said:
        return _NO_SOUND
    if said.endswith(_SOUND_FILE):
        return _sound(table, key, lambda: read_speech(sounds.folder / said))
    return _spoken(table, key, sounds, lambda voice: voice.says(said))


def _digits(table: TomlTable, sounds: _Sounds) -> Speak:
    """Digits said one at a time."""
    digits = table.text("say_digits", "", DIGITS, 1, MAX_SPOKEN_DIGITS)
    gap_s = table.number("digit_gap_s", DEFAULT_DIGIT_GAP_S, 0, 10)
    more_may_come = table.flag("more_may_come", False)
    without = table.present(("digit_gap_s", "more_may_come"))
    if without and not table.has("say_digits"):
        table.complain(f"{' and '.join(without)} goes with say_digits; there is none")
    samples = _NO_SOUND
    if digits:
        samples = _spoken(table, "say_digits", sounds, lambda voice: voice.says_digits(digits, gap_s))
    return Speak(samples, " ".join(digits), digits=True, more_may_come=more_may_come)


def _spoken(table: TomlTable, key: str, sounds: _Sounds, take: Callable[[CallerVoice], LineSamples]) -> LineSamples:
    voice = sounds.voice
    if voice is not None:
        return _sound(table, key, lambda: take(voice))
    if not sounds.voice_named:
        table.complain(f'{key}: the caller has no voice to say it with; [line] wants voice = "NAME"')
    return _NO_SOUND


def _sound(table: TomlTable, key: str, take: Callable[[], LineSamples]) -> LineSamples:
    try:
        return take()
    except SoundFileWrong as error:
        table.complain(f"{key}: {error}")
        return _NO_SOUND
