"""Profiles as they are shipped, and every way a file can be wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from firmware.errors import ProfileWrong
from firmware.profiles import choose_profile, load_profiles, read_profile
from tests.kit.hand_modem import MODEMS

GENERIC = (MODEMS / "generic.toml").read_text("utf-8")


def test_what_is_shipped_loads() -> None:
    profiles = load_profiles(MODEMS)
    assert [profile.name for profile in profiles] == ["conexant_cx930xx", "generic", "usr5637"]
    for profile in profiles:
        assert 0.1 <= profile.transmit_lead_s <= 0.2
        assert any("+VSD" in line.send for line in profile.voice_setup), "a stream would end by itself"
        assert any("{country}" in line.send for line in profile.setup)


def test_every_command_has_a_word_about_its_source() -> None:
    """In its own file, or in the generic one, which all share."""
    explained = {line.split('"')[1] for line in GENERIC.splitlines() if "send =" in line and "#" in line}
    for path in MODEMS.glob("*.toml"):
        text = path.read_text("utf-8")
        assert "Sources:" in text
        for line in text.splitlines():
            assert "send =" not in line or "#" in line or line.split('"')[1] in explained, f"{path.name}: {line}"


@pytest.mark.parametrize(
    ("identity", "name"),
    [
        ({"ATI3": ["CX93001-EIS_V0.2013-V92"]}, "conexant_cx930xx"),
        ({"ATI0": ["5601"]}, "usr5637"),
        ({"ATI3": ["U.S. Robotics 56K FAX USB V1.2.23"]}, "usr5637"),
        ({"ATI0": ["56000"]}, "generic"),  # old Rockwell parts say so too
        ({"ATI0": ["15601"]}, "generic"),
        ({"ATI0": ["2457"]}, "generic"),
        ({}, "generic"),
    ],
)
def test_the_identity_chooses(identity: dict[str, list[str]], name: str) -> None:
    assert choose_profile(load_profiles(MODEMS), identity).name == name


def test_without_a_generic_profile_an_unknown_modem_is_an_error() -> None:
    others = [profile for profile in load_profiles(MODEMS) if profile.name != "generic"]
    with pytest.raises(ProfileWrong, match="generic"):
        choose_profile(others, {})


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("settle_s = 0.5", "", ["settle_s: is missing"]),
        ("settle_s = 0.5", "setle_s = 0.5", ["setle_s: there is no such key", "did you mean 'settle_s'"]),
        ("settle_s = 0.5", 'settle_s = "soon"', ["settle_s: ", "float"]),
        ("settle_s = 0.5", "settle_s = -1.0", ["settle_s: ", ">= 0"]),
        ("settle_s = 0.5", "settle_s = = 1", ["not TOML"]),
        ("busy_reports_needed = 2", "busy_reports_needed = 0", ["gone.busy_reports_needed: ", ">= 1"]),
        ("busy_reports_needed = 2", "bussy = 2", ["gone.bussy: there is no such key"]),
        ('pause = "[,,{t}]"', 'pause = "[t]"', ["tones.pause: "]),
        ('send = "ATM0"', 'send = "M0"', ["setup[2].send: "]),
        ('send = "ATM0"', 'send = "ATM0\\r"', ["setup[2].send: "]),
        ("identity = []", 'identity = [{ ask = "ATI9", pattern = "x" }]', ["identity[0].ask: "]),
        ("identity = []", 'identity = [{ ask = "ATI0", pattern = "(" }]', ["identity[0].pattern: ", "expression"]),
        ("transmit_lead_s = 0.2", "transmit_lead_s = 2.5", ["transmit_lead_s: ", "<= 0.2"]),
    ],
)
def test_errors_name_file_key_and_what_is_wanted(old: str, new: str, words: list[str]) -> None:
    assert GENERIC.count(old) == 1
    with pytest.raises(ProfileWrong) as caught:
        read_profile(GENERIC.replace(old, new), "generic.toml")
    message = str(caught.value)
    assert message.startswith("generic.toml: ")
    assert "\n" not in message
    for word in words:
        assert word in message


def test_a_folder_without_the_generic_profile(tmp_path: Path) -> None:
    with pytest.raises(ProfileWrong, match=r"generic\.toml: is missing"):
        load_profiles(tmp_path)


def test_a_file_under_a_wrong_name(tmp_path: Path) -> None:
    (tmp_path / "other.toml").write_text(GENERIC, "utf-8")
    with pytest.raises(ProfileWrong, match=r"other\.toml: name: must be"):
        load_profiles(tmp_path)


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "generic.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ProfileWrong, match="cannot be read"):
        load_profiles(tmp_path)
