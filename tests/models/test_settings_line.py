"""The model's line in a settings file: changed in place or refused, and never anything besides."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from box.models.settings_line import NotByProgram, model_lines, with_model

CASES = {
    "empty": "",
    "no newline at the end": '[box]\nid = "b1"',
    "other tables": '# mine\n[box]\nid = "b1"   # the name\n\n[centre]\nurl = "https://centre.example"\n',
    "in place": '[recognition]\nmodel = "old"   # ours\n[box]\nid = "b1"\n',
    "single quotes": "[ recognition ]  # hearing\n  model = 'old'\n",
    "empty table": "[recognition]\n[box]\nid = 'b'\n",
    "table at the end": "[box]\nid = 'b'\n[recognition]",
    "crlf": '[box]\r\nid = "b1"\r\n[recognition]\r\nmodel = "a"\r\n',
    "a line like it elsewhere": '[lines.line0]\nprofile = "auto"\n[other]\nmodel = "keep"\n',
}


@pytest.mark.parametrize("text", CASES.values(), ids=list(CASES))
@pytest.mark.parametrize("value", ["/var/lib/linebox/models/a", 'с «кавычками» и "', "back\\slash"])
def test_only_the_model_changes(text: str, value: str) -> None:
    changed = with_model(text, value)
    before, after = tomllib.loads(text), tomllib.loads(changed)
    assert after["recognition"] == {"model": value}
    assert {k: v for k, v in after.items() if k != "recognition"} == {
        k: v for k, v in before.items() if k != "recognition"
    }
    comments = [part for part in text.split("\n") if "#" in part]
    assert all(comment.split("#")[1].strip() in changed for comment in comments)
    assert with_model(changed, value) == changed


@pytest.mark.parametrize(
    "text",
    [
        'recognition.model = "a"\n',
        'recognition = {model = "a"}\n',
        "recognition = 5\n",
        '[recognition]\nmodel = """\na"""\n',
        '[recognition]\n"model" = "a"\n',
        "no toml at all [",
        'note = """\n[recognition]\nmodel = "a"\n"""\n',
    ],
)
def test_what_is_written_otherwise_is_left_to_a_person(text: str) -> None:
    with pytest.raises(NotByProgram):
        with_model(text, "new")


@given(st.text(max_size=80))
def test_any_text_is_changed_rightly_or_refused(text: str) -> None:
    try:
        changed = with_model(text, "new")
    except NotByProgram:
        return
    assert tomllib.loads(changed)["recognition"]["model"] == "new"


def test_the_lines_for_a_person() -> None:
    assert tomllib.loads(model_lines("/a/b")) == {"recognition": {"model": "/a/b"}}
