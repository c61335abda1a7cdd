"""The catalogue of texts for people: both languages, the same places to fill, and nothing that nobody says."""

from __future__ import annotations

import re
import string

import pytest

from box.settings import HOME
from box.texts import CATALOGUE, LANGUAGES, TextMissing, Texts
from box.toml_tables import read_toml

TABLES, PROBLEMS = read_toml(CATALOGUE)
KEYS = [f"{table}.{name}" for table, texts in TABLES.items() for name in texts]


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("key", KEYS)
def test_both_languages_fill_the_same_places(key: str) -> None:
    table, _, name = key.partition(".")
    texts = TABLES[table][name]
    assert set(texts) == set(LANGUAGES)
    assert places(texts["ru"]) == places(texts["en"])
    assert re.search("[а-яё]", texts["ru"], re.IGNORECASE)
    assert not re.search("[а-яё]", texts["en"], re.IGNORECASE)


def test_every_text_is_said_and_every_text_said_exists() -> None:
    source = "\n".join(path.read_text("utf-8") for path in (HOME / "box").rglob("*.py"))
    said = set(re.findall(rf"""f?["']((?:{"|".join(TABLES)})\.[a-z_]+)""", source))
    whole = {key for key in said if key in KEYS}
    begun = {key for key in said if key not in KEYS}  # f"rehearsal.who_{…}"
    assert PROBLEMS == []
    assert [key for key in begun if not any(k.startswith(key) for k in KEYS)] == []
    assert [key for key in KEYS if key not in whole and not any(key.startswith(b) for b in begun)] == []


def test_a_missing_text_is_a_declared_error() -> None:
    with pytest.raises(TextMissing, match="nonsense"):
        Texts("ru")("rehearsal.nonsense")
    with pytest.raises(TextMissing, match="caller"):
        Texts("en")("rehearsal.ringing")
