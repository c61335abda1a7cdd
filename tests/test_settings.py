"""Settings: every mistake at once, in words that help; defaults complete."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from box.errors import SettingsWrong
from box.settings import DEFAULTS, load_settings
from box.toml_tables import merge, read_toml


def write(folder: Path, text: str | bytes) -> Path:
    path = folder / "box.toml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def problems(path: Path) -> list[str]:
    with pytest.raises(SettingsWrong) as caught:
        load_settings(path)
    return caught.value.problems


def test_the_defaults_are_complete_and_right() -> None:
    settings = load_settings(None)
    assert settings.line("line0").answer_after_rings == 2
    assert settings.zone.key == "Europe/Moscow"


def test_three_mistakes_are_told_together(tmp_path: Path) -> None:
    text = '[box]\nlanguge = "en"\n[operator]\nflash_s = 3\n[lines.line0]\nanswer_after_rings = "two"\n'
    assert problems(write(tmp_path, text)) == [
        "box.languge: unknown setting; did you mean language?",
        "lines.line0.answer_after_rings: expected `int`, got `str` (found 'two')",
        "operator.flash_s: wants 0.08 to 0.9 seconds (found 3)",
    ]


def test_ranges_are_told_together(tmp_path: Path) -> None:
    text = """
        [box]
        time_zone = "Europe/Moskow"
        [operator]
        opens = "8.30"
        flash_s = 3.0
        number = "+7 499"
        [centre]
        url = "http://centre.example"
        [lines.a]
        answer_after_rings = 0
        [lines.b]
        port = ""
    """
    assert problems(write(tmp_path, text)) == [
        "box.time_zone: 'Europe/Moskow' is not a time zone; did you mean Europe/Moscow?",
        "operator.opens: wants a time such as 08:30 (found '8.30')",
        "operator.flash_s: wants 0.08 to 0.9 seconds (found 3)",
        "operator.number: wants digits, * and # only",
        "centre.url: must start with https://; readings never travel in the clear",
        "lines.a.answer_after_rings: wants 1 to 10 rings (found 0)",
        "lines.b.port: missing; the modem's device, such as /dev/linebox-line0",
    ]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"[box", "is not TOML"),
        (b"\xff\xfe[", "is not UTF-8"),
        (b"lines = 3", "lines: wants one table for each line"),
        (b"[lines]\nline0 = 3", "lines: wants one table for each line"),
        (b"box = 3", "box: wants a table"),
    ],
)
def test_a_file_that_is_no_settings_gets_one_clear_line(tmp_path: Path, content: bytes, words: str) -> None:
    found = problems(write(tmp_path, content))
    assert len(found) == 1
    assert words in found[0]


def test_what_cannot_work_is_refused(tmp_path: Path) -> None:
    text = """
        [box]
        id = ""
        [operator]
        answer_wait_s = -3.0
        [centre]
        deliver_every_s = -1.0
        feed_every_s = 0
        [rehearsal]
        wall_offset_s = 1e300
        [lines.a]
        profile = "usr5673"
        number_country = "xx"
    """
    assert problems(write(tmp_path, text)) == [
        "box.id: wants 1 to 60 letters, digits, - . _ (found '')",
        "operator.answer_wait_s: wants 1 to 60 seconds (found -3)",
        "centre.deliver_every_s: wants 0.1 to 3600 seconds (found -1)",
        "centre.feed_every_s: wants 1 to 86400 seconds (found 0)",
        "rehearsal.wall_offset_s: wants -1e+10 to 1e+10 seconds (found 1e+300)",
        "lines.a.number_country: wants a country code of one to three digits, such as 7 (found 'xx')",
        "lines.a.profile: no modem profile 'usr5673'; did you mean usr5637?; "
        "there is: auto, conexant_cx930xx, generic, usr5637",
    ]


def test_what_contradicts_itself_is_refused(tmp_path: Path) -> None:
    text = '[operator]\nopens = "20:30"\ncloses = "08:30"\n[lines.a]\n[lines.b]\n'
    assert problems(write(tmp_path, text)) == [
        "operator.opens: must be earlier than operator.closes, or no operator is ever there",
        "lines.b.port: /dev/linebox-line0 is the port of lines.a already",
    ]


def test_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    assert "no such file" in problems(tmp_path / "absent.toml")[0]
    assert "cannot be read" in problems(tmp_path)[0]


def test_byte_order_mark_and_crlf_are_forgiven(tmp_path: Path) -> None:
    path = write(tmp_path, b'\xef\xbb\xbf[box]\r\nid = "box7"\r\n')
    assert load_settings(path).box.id == "box7"


def test_an_unknown_line_is_answered_with_the_known_ones(tmp_path: Path) -> None:
    settings = load_settings(write(tmp_path, "[lines.a]\n[lines.b]\nport = '/dev/b'\n"))
    with pytest.raises(SettingsWrong, match="there is: a, b"):
        settings.line("c")


@given(st.binary(max_size=200))
def test_any_bytes_give_settings_or_a_declared_error(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = write(tmp_path_factory.mktemp("any"), content)
    try:
        load_settings(path)
    except SettingsWrong as error:
        assert error.problems  # noqa: PT017 - either way is right


def test_every_default_carries_a_comment() -> None:
    lines = [line for line in DEFAULTS.read_text("utf-8").splitlines() if "=" in line.split("#")[0]]
    assert [line for line in lines if "#" not in line] == []


def test_merge_lays_tables_over_tables() -> None:
    assert merge({"a": {"b": 1, "c": 2}, "d": 3}, {"a": {"b": 5}, "d": {"e": 1}}) == {
        "a": {"b": 5, "c": 2},
        "d": {"e": 1},
    }
    assert read_toml(DEFAULTS)[1] == []
