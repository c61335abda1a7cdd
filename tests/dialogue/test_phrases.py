"""The texts and the code agree, and the texts keep to the wording rules."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.dialogue.phrase_file import ENTRIES, PHRASES

DIALOGUE = Path(__file__).resolve().parents[2] / "box" / "dialogue"


def phrases_in_code() -> Iterator[tuple[str, frozenset[str]]]:
    """(id, names of values) of every phrase that the dialogue makes, read from its source."""
    for path in sorted(DIALOGUE.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "phrase":
                id_, *more = node.args
                assert isinstance(id_, ast.Constant), f"{path.name}:{node.lineno}: a phrase's id is written out"
                assert not more
                yield id_.value, frozenset(keyword.arg or "**" for keyword in node.keywords)


USED = sorted(set(phrases_in_code()), key=lambda used: used[0])


@pytest.mark.parametrize(("id_", "names"), USED, ids=[id_ for id_, _ in USED])
def test_a_phrase_of_the_code_is_in_the_file_with_its_values(id_: str, names: frozenset[str]) -> None:
    assert id_ in PHRASES
    assert names == PHRASES[id_]["names"]


def test_every_phrase_of_the_file_is_used() -> None:
    of_calls = [id_ for id_ in PHRASES if not id_.startswith("collect.")]  # those: tests/collecting
    assert sorted(of_calls) == sorted({id_ for id_, _ in USED})


def test_no_id_stands_twice() -> None:
    ids = [entry["id"] for entry in ENTRIES]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("entry", ENTRIES, ids=[entry["id"] for entry in ENTRIES])
def test_a_text_keeps_to_the_wording_rules(entry: dict[str, str]) -> None:
    text = entry["text"]
    assert set(entry) <= {"id", "text", "gloss", "spoken"}
    assert text == text.strip()
    assert text[-1] in ".?"
    for never in ("нуль", "минус", "ошиб", "неправильн", "идентиф", "валид", "  ", "..."):
        assert never not in text.lower()
    assert not re.search(r"\b(вы|вас|вам|ваш|вашего)\b", text), "«Вы» is written with a capital"
    assert len(text) <= 130, "about eight seconds of speech"
    assert set(re.findall(r"\{\w+\}", text)) == set(re.findall(r"\{\w+\}", entry["gloss"]))
    assert not re.search("[А-Яа-яЁё]", entry["gloss"].replace("«", ""))


def test_questions_end_with_the_form_of_their_answer() -> None:
    """What is answered by ДА or НЕТ ends in a question or in the hint that names the answers."""
    for id_ in ("address.ask", "account.check", "meter.ask", "reading.check", "phone.offer", "more.ask", "service.ask"):
        assert PHRASES[id_]["text"].endswith("?")


def test_please_is_said_sparingly() -> None:
    assert sum("пожалуйста" in entry["text"].lower() for entry in ENTRIES) <= 1
