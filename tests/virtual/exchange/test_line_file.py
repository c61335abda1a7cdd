"""Line and scenario files: what they mean, and one clear line for every mistake, all at once."""

from __future__ import annotations

import tomllib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from firmware.virtual.errors import LineFileWrong
from firmware.virtual.line_file import load_line
from firmware.virtual.line_plan import (
    AfterCaller,
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
from tests.virtual.exchange.bench import write_wav

RAMP = np.arange(-400, 400, dtype=np.int16)
SCENARIOS = sorted((Path(__file__).parents[3] / "config" / "scenarios").glob("*.toml"))
WANTED = {
    "known-one-address",
    "known-three-addresses",
    "unknown-phone-save",
    "lower-then-corrected",
    "too-few-digits",
    "too-many-digits",
    "silence-to-operator",
    "hang-up-before-yes",
    "hang-up-after-yes",
    "outside-window",
    "network-down",
    "no-speech-model",
    "operator-at-night",
    "two-zones",
    "high-reading",
    "key-ahead",
    "withheld-number",
    "transfer-fails",
}


def plan_of(folder: Path, text: str) -> LinePlan:
    path = folder / "line.toml"
    path.write_text(text, encoding="utf-8")
    return load_line(path)


def problems_of(folder: Path, text: str) -> list[str]:
    with pytest.raises(LineFileWrong) as caught:
        plan_of(folder, text)
    assert all("\n" not in problem for problem in caught.value.problems)
    return caught.value.problems


# ---------------------------------------------------------------- the files that come with the product


def test_the_wanted_scenarios_are_there() -> None:
    assert {path.stem for path in SCENARIOS} >= WANTED


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_every_scenario_can_be_loaded(path: Path) -> None:
    plan = load_line(path)
    parsed = tomllib.loads(path.read_text(encoding="utf-8"))
    assert all(parsed[key].strip() for key in ("title", "gloss", "proves"))
    assert plan.calls
    for call in plan.calls:
        assert call.steps
        assert call.number is None or call.number.startswith("499555")
        assert isinstance(call.steps[-1].action, HangUp)


# ---------------------------------------------------------------- meaning


def test_an_empty_file_is_one_quiet_call(tmp_path: Path) -> None:
    assert plan_of(tmp_path, "") == LinePlan()


def test_the_whole_line_table(tmp_path: Path) -> None:
    plan = plan_of(
        tmp_path,
        """
        [line]
        caller = "4995550101"
        answer_within_s = 25.5
        first_call_after_s = 0
        pause_s = 2
        ring_on_s = 0.8
        ring_off_s = 3.2
        caller_id_after_ring = 2
        month_day = "1120"
        hour_minute = "1105"
        extension = { number = "12", behaviour = "no-answer", answer_after_s = 3, talk_s = 2, ring_for_s = 9 }
        flash_min_s = 0.1
        flash_max_s = 0.5
        after_caller = "reversal"
        attenuation_db = 6
        noise_dbm0 = -50
        hum_dbm0 = -45
        echo_db = 14
        echo_delay_s = 0.01
        repeat = 2
        """,
    )
    assert [call.number for call in plan.calls] == ["4995550101"] * 2
    assert plan.calls[0].answer_within_s == 25.5
    assert plan.extension == ExtensionPlan("12", ExtensionBehaviour.NO_ANSWER, 3.0, 2.0, 9.0)
    assert plan.impairment == Impairment(6.0, -50.0, -45.0, 14.0, 0.01)
    assert (plan.first_call_after_s, plan.pause_s, plan.ring_on_s, plan.ring_off_s) == (0.0, 2.0, 0.8, 3.2)
    assert (plan.caller_id_after_ring, plan.month_day, plan.hour_minute) == (2, "1120", "1105")
    assert (plan.flash_min_s, plan.flash_max_s, plan.after_caller) == (0.1, 0.5, AfterCaller.REVERSAL)


def test_steps(tmp_path: Path) -> None:
    write_wav(tmp_path / "yes.wav", RAMP)
    plan = plan_of(
        tmp_path,
        """
        [[caller]]
        wait = "question"
        quiet_s = 1.2
        press = "12,#"
        tone_ms = 70
        gap_ms = 60
        level_dbm0 = -14
        [[caller]]
        id = "yes"
        comment = "says it"
        wait = "speech"
        after_s = 0.5
        timeout_s = 10
        say = "yes.wav"
        text = "да"
        [[caller]]
        silence_s = 3
        repeat = 2
        [[caller]]
        wait = "end"
        hang_up = true
        [[caller]]
        wait = "ringback"
        """,
    )
    first, second, third, fourth, fifth, sixth = plan.calls[0].steps
    assert first == Step(Wait.QUESTION, Press("12,#", 0.07, 0.06, -14.0), quiet_s=1.2)
    assert isinstance(second.action, Speak)
    assert second.action.what == "да"
    assert np.array_equal(second.action.samples, RAMP)
    assert (second.wait, second.after_s, second.timeout_s, second.id) == (Wait.SPEECH, 0.5, 10.0, "yes")
    assert third == fourth == Step(None, StaySilent(3.0))
    assert fifth == Step(Wait.END, HangUp())
    assert sixth == Step(Wait.RINGBACK)


def test_several_calls_share_what_they_do_not_say(tmp_path: Path) -> None:
    plan = plan_of(
        tmp_path,
        """
        [line]
        caller = "4995550101"
        answer_within_s = 20
        [[call]]
        [[call]]
        withheld = true
        answer_within_s = 5
        [[call.step]]
        press = "9"
        [[call]]
        unavailable = true
        [[caller]]
        press = "1"
        """,
    )
    first, second, third = plan.calls
    assert (first.number, first.withheld, first.answer_within_s) == ("4995550101", False, 20.0)
    assert (second.number, second.withheld, second.answer_within_s) == (None, True, 5.0)
    assert (third.number, third.withheld, third.unavailable) == (None, False, True)
    assert [call.steps[0].action for call in plan.calls] == [Press("1"), Press("9"), Press("1")]


def test_the_tables_of_others_are_passed_over(tmp_path: Path) -> None:
    text = 'title = "a"\ngloss = "b"\nproves = "c"\n[world]\nx = 1\n[expect]\ny = 2\n[settings]\nz.w = 3\n'
    assert plan_of(tmp_path, text) == LinePlan()


def test_a_byte_order_mark_and_crlf_are_forgiven(tmp_path: Path) -> None:
    path = tmp_path / "line.toml"
    path.write_bytes(b'\xef\xbb\xbf[line]\r\ncaller = "4995550101"\r\n')
    assert load_line(path).calls[0].number == "4995550101"


# ---------------------------------------------------------------- mistakes


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('[[caller]]\npres = "1"', '[[caller]] 1: unknown key "pres"; did you mean "press"?'),
        ('[[caller]]\nwait = "qestion"', '[[caller]] 1: wait: no such value "qestion"; did you mean "question"?'),
        ("[[caller]]\nwait = 5", "[[caller]] 1: wait: no such value 5 (known: question, speech, ringback, busy, end)"),
        ('[lin]\ncaller = "1"', 'file: unknown key "lin"; did you mean "line"?'),
        ('[line]\ncaler = "4995550101"', '[line]: unknown key "caler"; did you mean "caller"?'),
        ('[line]\nafter_caller = "busi"', '[line]: after_caller: no such value "busi"; did you mean "busy"?'),
        ("line = 5", "[line]: must be a table, not a number"),
        ("caller = 5", "file: caller: wanted [[caller]] tables, not 5"),
        ("caller = [5]", "[[caller]] 1: must be a table, not a number"),
        ('[line]\ncaller = "49955a"', '[line]: caller: "49955a" has "a"; wanted only 0123456789'),
        ('[line]\ncaller = "4"', '[line]: caller: "4" has 1 characters; wanted 3 to 15'),
        ("[line]\ncaller = 4995550101", "[line]: caller: wanted text in quotes, not 4995550101"),
        ('[line]\ncaller = "4995550101"\nwithheld = true', "[line]: caller and withheld exclude each other"),
        ("[line]\nwithheld = 1", "[line]: withheld: wanted true or false, not 1"),
        ("[line]\nanswer_within_s = 0", "[line]: answer_within_s: wanted a number from 0.1 to 3600, not 0"),
        ("[line]\nanswer_within_s = nan", "[line]: answer_within_s: wanted a number from 0.1 to 3600, not nan"),
        ("[line]\nanswer_within_s = true", "[line]: answer_within_s: wanted a number from 0.1 to 3600, not True"),
        ("[line]\nrepeat = 1.5", "[line]: repeat: wanted a whole number from 1 to 1000, not 1.5"),
        ("[line]\nnoise_dbm0 = 3", "[line]: noise_dbm0: wanted a number from -90 to 0, not 3"),
        ("[line]\nflash_min_s = 0.5\nflash_max_s = 0.2", "[line]: flash_min_s (0.5) is more than flash_max_s (0.2)"),
        ("[line]\nextension = {}", '[line] extension: number is missing, e.g. number = "12"'),
        (
            '[line]\nextension = { number = "12", behavior = "busy" }',
            '[line] extension: unknown key "behavior"; did you mean "behaviour"?',
        ),
        ("[line]\nextension = 12", "[line] extension: must be a table, not a number"),
        ('[[caller]]\npress = "1x"', '[[caller]] 1: press: "1x" has "x"; wanted only 123A456B789C*0#D,'),
        ('[[caller]]\npress = ",,"', "[[caller]] 1: press: there is no key in it; a pause alone is silence_s"),
        ("[[caller]]\npress = 12", "[[caller]] 1: press: wanted text in quotes, not 12"),
        (
            '[[caller]]\npress = "1"\nhang_up = true',
            "[[caller]] 1: one action a step, not press and hang_up; make 2 steps of it",
        ),
        ("[[caller]]\ntone_ms = 50", "[[caller]] 1: tone_ms goes with press; there is none"),
        ('[[caller]]\ntext = "да"', "[[caller]] 1: text tells what say speaks; there is no say"),
        ("[[caller]]\nquiet_s = 1", '[[caller]] 1: quiet_s goes with wait = "question"'),
        ('[[call]]\n[[call.step]]\n[[call.step]]\nsey = "a"', '[[call]] 1 [[step]] 2: unknown key "sey"'),
        ('[[call]]\nextension = "1"', '[[call]] 1: unknown key "extension"'),
    ],
)
def test_one_mistake_is_one_line(tmp_path: Path, text: str, expected: str) -> None:
    [problem] = [one for one in problems_of(tmp_path, text) if expected in one]
    assert problem.startswith("line.toml: ")
    if "extension = 12" not in text:
        assert len(problems_of(tmp_path, text)) == 1


def test_all_mistakes_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = """
        [line]
        answer_within_s = "long"
        [[caller]]
        press = "1"
        [[caller]]
        pres = "1"
        say = "absent.wav"
        [wrold]
        """
    problems = problems_of(tmp_path, text)
    assert len(problems) == 4
    assert sum("[[caller]] 2" in problem for problem in problems) == 2
    assert any("absent.wav: No such file" in problem for problem in problems)
    assert any('"wrold"; did you mean "world"?' in problem for problem in problems)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"[line", "not TOML"),
        (b"\xff\xfe\x00", "not UTF-8"),
        (b"#" * 1_000_001, "larger than"),
    ],
)
def test_files_that_are_none(tmp_path: Path, data: bytes, words: str) -> None:
    path = tmp_path / "line.toml"
    path.write_bytes(data)
    with pytest.raises(LineFileWrong, match=words) as caught:
        load_line(path)
    assert len(caught.value.problems) == 1
    assert "\n" not in str(caught.value)


def test_absent_files_and_folders(tmp_path: Path) -> None:
    with pytest.raises(LineFileWrong, match="No such file"):
        load_line(tmp_path / "none.toml")
    with pytest.raises(LineFileWrong, match="directory"):
        load_line(tmp_path)


VALUES = st.one_of(
    st.booleans(), st.integers(-5, 5), st.floats(-5, 5), st.sampled_from(['"1"', '"busy"', '"x"', "[]", "{}", "[[1]]"])
)
KEYS = st.sampled_from(["caller", "press", "say", "wait", "repeat", "extension", "withheld", "silence_s", "hang_up"])


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(["[line]", "[[caller]]", "[[call]]"]), KEYS, VALUES), max_size=5))
def test_any_file_is_a_plan_or_clear_lines(tmp_path: Path, entries: list) -> None:
    text = "\n".join(f"{table}\n{key} = {str(value).lower()}" for table, key, value in entries)
    try:
        problems = [] if plan_of(tmp_path, text).calls else ["no calls"]
    except LineFileWrong as wrong:
        problems = wrong.problems or ["no problems"]
    assert all("\n" not in problem and "line.toml: " in problem for problem in problems)
